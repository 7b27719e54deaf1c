"""From a recording by the camera to an approved exercise to a scored set, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from models.provision import ensure
from patterns.templates.template_file import parse_template
from sessions.store.store import Store
from tests.conftest import DATA
from tests.support.browsers import (
    CHROMIUM,
    Camera,
    RunningServer,
    check_in,
    new_page,
    part,
    rest,
    served,
    skip_checks,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.camera,
    pytest.mark.weights,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian package chromium)"),
]

# Three times diagonal 2 with the right arm, 4.0 to 19.0 s (see data/README.md); before, the start posture.
PLAN: Final = [*rest(4, 1.5, 3.9), (3.9, 18.9)]
RECORDED_S: Final = 26
TITLE: Final = "Reach up and out"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    ensure("full")
    with served(tmp_path_factory.mktemp("server")) as running:
        check_in(running)
        yield running


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def recorded(page: Page) -> None:
    """Three repetitions or more by the camera, found on a time line."""
    press(page, "From a few good repetitions")
    page.get_by_role("textbox", name="Name of the exercise").fill(TITLE)
    press(page, "Start with the camera")
    page.get_by_role("button", name="Start", exact=True).click(timeout=30_000)
    page.get_by_role("button", name="Stop", exact=True).wait_for(timeout=30_000)
    page.wait_for_timeout(1000 * RECORDED_S)
    press(page, "Stop")
    expect(page.get_by_text("3. Are these the repetitions?")).to_be_visible(timeout=120_000)
    expect(page.get_by_role("radio", name="Right", exact=True)).to_be_checked()
    expect(page.get_by_text("repetitions are used.")).to_be_visible()


def kept(server: RunningServer) -> Store:
    return Store.open(server.data / "sessions.sqlite")


def test_from_a_recording_to_an_approved_exercise_to_a_scored_set(
    server: RunningServer, browser: Browser, camera: Camera, tmp_path: Path
) -> None:
    camera.play(DATA / "pace_metronome.mp4", PLAN)
    with new_page(browser, 1280, 800) as page:
        page.set_default_timeout(30_000)
        page.goto(f"{server.url}/exercises")
        recorded(page)
        press(page, "Make the exercise")
        expect(page.get_by_text("are counted.")).to_be_visible(timeout=60_000)
        page.set_viewport_size({"width": 390, "height": 844})
        last = page.get_by_test_id("stButtonGroup").get_by_text("Languages").bounding_box()
        assert last is not None and last["x"] + last["width"] <= 390, "every part can be chosen on a phone"
        page.set_viewport_size({"width": 1280, "height": 800})
        press(page, "Keep as a draft")
        press(page, "Try it")
        expect(page.get_by_text("All trials")).to_be_visible(timeout=300_000)
        press(page, "All of them are of its kind")
        expect(page.get_by_text("It stands every trial.")).to_be_visible()
        page.screenshot(path=tmp_path / "trials.png", full_page=True)
        store = kept(server)
        (draft,) = store.exercises.all()
        assert draft.trials is not None
        page.get_by_role("tab", name="Approve or withdraw").click()
        press(page, "Approve: everybody may use it")
        expect(page.get_by_role("heading", name=f"{TITLE} · Version 1 · Approved")).to_be_visible()
        with page.expect_download() as saved:
            page.get_by_role("tab", name="Use it").click()
            press(page, "Save the file")
        file = parse_template(saved.value.path().read_bytes(), "saved")
        assert (file.id, file.title, file.sha256) == ("reach-up-and-out", TITLE, draft.template.sha256)
        page.get_by_role("link", name="Practise").click()
        page.get_by_role("combobox", name="Kind of exercise").click()
        page.get_by_role("option", name="Own exercises").click()
        expect(page.get_by_text(TITLE).first).to_be_visible()
        part(page, "start").click()
        skip_checks(page)
        expect(part(page, "count")).to_have_text("2", timeout=90_000)
        part(page, "stop").click()
        expect(part(page, "notice")).to_contain_text("saved: ", timeout=30_000)
        stored = store.sessions()[0]
        assert (stored.start.pattern_id, stored.start.template_sha256) == (file.id, file.sha256)
        assert stored.repetitions >= 2
        scores = [rep.total for rep in store.session(stored.id).reps if rep.kind == "repetition"]
        assert all(score is not None and score >= 85 for score in scores[-2:])
        store.close()


def test_the_figure_stays_in_sight_while_the_last_slider_is_moved(
    server: RunningServer, browser: Browser
) -> None:
    with new_page(browser) as page:
        page.goto(f"{server.url}/exercises")
        press(page, "By hand")
        figure = page.get_by_role("img", name="From the front")
        expect(figure).to_be_in_viewport(ratio=1, timeout=30_000)
        expect(page.get_by_role("checkbox", name="Figure of the exercise")).to_have_count(0)
        page.get_by_label("Way back (s)").scroll_into_view_if_needed()
        expect(page.get_by_role("textbox", name="Name of the exercise")).not_to_be_in_viewport()
        expect(figure).to_be_in_viewport(ratio=1)
