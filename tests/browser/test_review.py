"""A therapist reviews a recorded set in a real browser: plays it again, looks at its curves, overrides, by keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from patterns.templates.library import load_template
from scoring.coach.recording import judge
from scoring.results.session_json import BackendFacts
from sessions.store.save_recording import keep_recording
from sessions.store.store import Store
from tests.browser.test_today import look
from tests.support.browsers import CHROMIUM, new_page, served
from tests.support.movements import Rep, arm_posture, frames

pytestmark = [
    pytest.mark.browser,
    pytest.mark.weights,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian package chromium)"),
]
D2 = load_template("ue-d2-flexion")
_DRAWN = """(canvas) => {
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let [count, sum] = [0, 0];
  for (let i = 3; i < pixels.length; i += 4) if (pixels[i]) { count++; sum += i * pixels[i - 1] % 9973; }
  return [count, sum];
}"""


def keep_set(store: Store, reps: list[Rep]) -> int:
    """A set of the analytic person, judged and kept with its landmarks."""
    found = judge(frames(reps, lambda at: arm_posture("ue-d2-flexion", "right", at)), D2, "right")
    return keep_recording(store, D2, "right", found.poses, found.reps, BackendFacts("analytic", None, None))


def drawn(page: Page, view: str) -> list[int]:
    """How many pixels of a view are drawn on, and a sum that tells pictures apart."""
    figure = page.locator(".replay figure").filter(has_text=view)
    return list(figure.locator("canvas").evaluate(_DRAWN))


def test_a_recorded_set_is_played_again_looked_at_and_overridden(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    store = Store.open(tmp_path / "data" / "sessions.sqlite")
    keep_set(store, [Rep(1.5), Rep(6.7), Rep(12.0, amount=0.5)])
    keep_set(store, [Rep(1.5), Rep(6.7, amount=0.66), Rep(12.0, amount=0.5)])
    with served(tmp_path) as server, new_page(browser, 1280, 1500) as page:
        page.goto(f"{server.url}/review")
        expect(page.get_by_role("heading", name="No. 1 · score")).to_be_visible(timeout=60_000)
        expect(page.get_by_role("checkbox", name="Figure of the exercise")).to_be_visible(timeout=20_000)
        for view in ("From the front", "From the side", "From above"):
            assert drawn(page, view)[0] > 300, view

        page.get_by_label("Who says it").fill("T. Herapist")
        page.get_by_label("Who says it").press("Enter")
        expect(page.get_by_role("button", name="Accept")).to_be_enabled()
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("j")
        expect(page.get_by_role("heading", name="No. 2 · score")).to_be_visible()
        first = drawn(page, "From the front")
        page.wait_for_timeout(700)
        assert drawn(page, "From the front") != first
        expect(page.locator(".replay .clock")).to_have_attribute(
            "aria-live", "off"
        )  # each picture read out is noise
        page.get_by_role("button", name="Pause").click()
        slider = page.get_by_label("Time in the repetition")
        slider.fill("2000")
        expect(page.locator(".replay .found")).to_contain_text("reduced range")
        with_figure = drawn(page, "From the front")
        page.get_by_role("checkbox", name="Figure of the exercise").uncheck()
        assert drawn(page, "From the front")[0] < with_figure[0]
        page.get_by_label("Speed").select_option("0.25")
        expect(page.locator(".js-plotly-plot").first).to_contain_text("reduced range")

        form = page.locator("[data-testid=stForm]")
        form.get_by_label("Score (empty for none)").fill("95")
        form.get_by_label("Note").fill("All she can today.")
        form.get_by_role("button", name="Keep this review").click()
        expect(page.get_by_test_id("stTable").filter(has_text="All she can today.")).to_be_visible()
        (said,) = store.reviews.of([2])[2]
        assert (said.number, said.decision, said.total, said.note) == (
            2,
            "changed",
            95.0,
            "All she can today.",
        )
        assert store.session(2).reps[1].total != 95.0

        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("a")
        expect(page.get_by_role("heading", name="No. 3 · turned back")).to_be_visible()
        assert [one.decision for one in store.reviews.of([2])[2]] == ["changed", "accepted"]
        page.keyboard.press("k")
        expect(page.get_by_role("heading", name="No. 2 · score")).to_be_visible()

        page.get_by_text("All of them").click()
        plots = page.locator(".js-plotly-plot").filter(has_text="way out, then back")
        expect(plots).to_have_count(1)
        page.get_by_text("Two sessions").click()
        expect(plots).to_have_count(2)
        expect(page.get_by_text("no change shown").first).to_be_visible()
        look(page, tmp_path, "review")
    store.close()
