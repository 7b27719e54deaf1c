"""A whole set at a camera in a real browser: set-up, hand, count-down, clean and faulty repetitions, cues, end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from models.provision import ensure
from patterns.templates.library import load_template
from sessions.store.store import Store
from tests.conftest import DATA
from tests.support.browsers import CHROMIUM, Camera, RunningServer, check_in, new_page, part, rest, served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.camera,
    pytest.mark.weights,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian package chromium)"),
]

# The rendered clip: clean 1.5-5.8 s; trunk leaning 15 degrees 6.7-10.9; turning 20 degrees 11.8-16.5; in 0.38 of the
# time 17.4-19.0; turned back at 45 % of the way 19.5-21.6 (the renderer's own frames). Before 1.1 s the arm swings in.
CLIP = DATA / "d2_flexion_right_faults.mp4"
STANDING = (1.1, 1.45)
PLAN = [*rest(10, *STANDING), (1.3, 6.2), *rest(5, *STANDING), (1.3, 22.4), *rest(8, *STANDING)]
_SOON_S = 14.0
"""From raising the hand in its own repetition to the next it is 9 s. A computer so busy that its set-up looks first
when that is over takes a later repetition for the raised hand, and can begin only in the long rest: then all of the
next round counts, the repetition of the hand first, 20 s or more after the set began."""
CUES = {rule.fault: rule.text for rule in load_template("ue-d2-flexion").cue}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    ensure("full")
    with served(tmp_path_factory.mktemp("server")) as running:
        check_in(running)
        yield running


_NOTE = """() => {
  window.noted = [];
  const coach = [...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('.coach')).find(Boolean);
  const text = (part) => coach.querySelector(`[data-part="${part}"]`).textContent;
  window.setInterval(() => {
    const now = [coach.dataset.phase, text('cue'), text('count'), text('reason'), text('big')].join('|');
    if (window.noted.at(-1) !== now) window.noted.push(now);
  }, 50);
}"""


def noted(page: Page) -> list[list[str]]:
    """Phase, cue, count, reason and large number, each time that one of them changed."""
    return [line.split("|") for line in page.evaluate("window.noted")]


def test_set_up_then_a_set_with_clean_and_faulty_repetitions(
    server: RunningServer, browser: Browser, camera: Camera
) -> None:
    camera.play(CLIP, PLAN)
    with new_page(browser, 1280, 720) as page:
        page.goto(server.url)
        expect(part(page, "start")).to_be_visible(timeout=30_000)
        part(page, "start").click()
        page.evaluate(_NOTE)
        expect(part(page, "reason")).to_contain_text("turned back", timeout=200_000)
        part(page, "stop").click()
        expect(part(page, "notice")).to_contain_text("saved: ")
        store = Store.open(server.data / "sessions.sqlite")
        stored = store.sessions()[0]
        reps, begun_s = store.session(stored.id).reps, next(store.frames(stored.id)).t_s
        store.close()
        hand_too = reps[0].start_s - begun_s > _SOON_S
        expected: list[set[str]] = [set(), {"trunk_lean"}, {"trunk_rotation"}, {"too_fast"}]
        if hand_too:
            expected = [set(), *expected]
        count = len(expected)
        expect(part(page, "notice")).to_contain_text(f"saved: {count} repetitions")
        lines = noted(page)
        phases = [phase for phase, *_ in lines]
        first = phases.index("setup")
        assert sorted(phases[first:], key="setup set".index) == phases[first:], "no way back into the set-up"
        in_setup = [cue for phase, cue, *_ in lines if phase == "setup"]
        assert "Raise your right hand." in in_setup
        assert {big for *_, big in lines} == {"", "1", "2"}, "the count-down"
        said = [cue for phase, cue, *_ in lines[first:] if phase == "set"]
        for fault in ("trunk_lean", "trunk_rotation", "too_fast"):
            assert any(CUES[fault] in cue for cue in said), fault
        assert [n for n in dict.fromkeys(line[2] for line in lines)] == [str(n) for n in range(count + 1)]
        assert any("Not counted: turned back at 4" in reason for _, _, _, reason, _ in lines)
        assert (stored.repetitions, stored.attempts, stored.start.source_kind) == (count, 1, "live")
        for rep, faults in zip(reps, expected, strict=False):
            found = {fault.id for fault in rep.faults}
            assert faults <= found if faults else not found, rep.index
