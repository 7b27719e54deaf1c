"""Pacing techniques in a real browser, with a rendered person at the camera who keeps its tempo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from models.provision import ensure
from patterns.programs.program import load_program
from patterns.programs.technique import load_technique
from sessions.store.plans_and_check_ins import Plan
from sessions.store.store import Store
from tests.conftest import DATA
from tests.support.browsers import (
    CHROMIUM,
    Camera,
    RunningServer,
    check_in,
    new_page,
    part,
    served,
    skip_checks,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.camera,
    pytest.mark.weights,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian package chromium)"),
]

# The clip and the steps that its person keeps, in their order; a tempo that is scored. One technique of each kind that
# the page distinguishes: with a beat, with several stages, and with a therapist's leave. test_paced_scoring.py
# holds all of them against an analytic person, and five against a rendered one.
KEPT: Final = {
    "metronome": ("metronome", ["Ready", "Out", "Back"], "time_out"),
    "rhythmic-initiation": ("slow", ["Watch", "Ready", "Out", "Back"], "time_out"),
    "hold-relax": ("isotonics", ["Ready", "To the end", "Push"], ""),
}
_NOTE: Final = """() => {
  window.steps = [];
  window.beats = 0;
  const coach = [...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('.coach')).find(Boolean);
  const text = (part) => coach.querySelector(`[data-part="${part}"]`).textContent;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (at) {
    if (this.type === 'sine' && this.frequency.value > 800) window.beats += 1;
    return start.call(this, at);
  };
  window.setInterval(() => {
    const now = text('paceStep');
    if (now && window.steps.at(-1) !== now) window.steps.push(now);
  }, 40);
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    ensure("full")
    with served(tmp_path_factory.mktemp("server")) as running:
        check_in(running)
        yield running


def choose(page: Page, title: str) -> None:
    page.get_by_role("button", name="In your own time").click()
    page.get_by_role("combobox", name="Pace").click()
    page.get_by_role("option", name=title, exact=True).click()
    page.keyboard.press("Escape")


def in_order(wanted: list[str], seen: list[str]) -> bool:
    rest = iter(seen)
    return all(step in rest for step in wanted)


@pytest.mark.parametrize("technique", KEPT)
def test_a_set_is_paced_by_sight_and_sound_and_its_tempo_scored(
    server: RunningServer, browser: Browser, camera: Camera, technique: str
) -> None:
    clip, steps, metric = KEPT[technique]
    store = Store.open(server.data / "sessions.sqlite")
    if load_technique(technique).needs_therapist:
        allowing = load_program("overhead-athlete-shoulder")
        store.give_plan(Plan(allowing.model_copy(update={"therapist_enables": (technique,)}), "right"))
    camera.play(DATA / f"pace_{clip}.mp4")
    check_in(server)  # which also answers for an earlier test's set
    with new_page(browser, 1280, 720) as page:
        page.goto(server.url)
        expect(part(page, "start")).to_be_visible(timeout=30_000)
        choose(page, load_technique(technique).title)
        page.wait_for_timeout(1500)
        page.evaluate(_NOTE)
        part(page, "start").click()
        skip_checks(page)
        for _ in range(160):
            counted = int(part(page, "count").inner_text())
            if in_order(steps, page.evaluate("window.steps")) and (counted or not metric):
                break
            page.wait_for_timeout(250)
        seen, beats = page.evaluate("window.steps"), page.evaluate("window.beats")
        expect(part(page, "pace")).to_be_visible()
        part(page, "stop").click()
        expect(part(page, "notice")).not_to_be_empty(timeout=15_000)
        assert in_order(steps, seen), seen
        has_beat = any(stage.beat_s for stage in load_technique(technique).stage)
        assert (beats >= 3) == has_beat, "the metronome is heard where the technique has one"
        if metric:
            last = store.sessions()[0]
            assert last.start.technique == technique
            reps = [rep for rep in store.session(last.id).reps if rep.kind == "repetition"]
            scores = [m.score for rep in reps for m in rep.metrics if m.name == metric]
            assert scores, "the tempo is scored"
        store.close()
