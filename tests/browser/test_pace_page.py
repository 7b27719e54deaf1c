"""The pace in the page: what is shown, heard and when, in a real Chromium with a recorded sound card."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browsers import CHROMIUM
from tests.support.live_page import live_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian package chromium)"),
]

STILL: Final[dict[str, Any]] = {
    "t_s": 0.0, "technique": "metronome", "stage": 0, "stages": 1, "stage_title": "With the beat", "step": 1,
    "steps": 3, "title": "Out", "do": "move", "sentence": "", "note": "", "target": 0.25, "zone": [0.8, 1.0],
    "seconds_left": 1.4, "seconds": 2.0, "beat": 1, "strength": 1.0, "beat_in_s": None, "next_strength": None,
    "done": 2, "of": 6,
    "waiting": False, "paused": False, "finished": False,
}  # fmt: skip
_MOUNT: Final = """async () => {
  const { Pace } = await import("/live/files/pace.js");
  const markup = `<section class="pace" data-name="root" hidden><span class="pace-ring" data-name="ring"></span>
    <span class="pace-step" data-name="step"></span><span class="pace-seconds" data-name="seconds"></span>
    <span class="pace-count" data-name="count"></span><span class="pace-stage" data-name="stage"></span></section>
    <div style="position:relative;width:20px;height:200px"><div class="pace-zone" data-name="zone"></div>
    <div class="pace-marker" data-name="marker"></div></div>`;
  const style = document.createElement("link");
  [style.rel, style.href] = ["stylesheet", "/live/files/pace.css"];
  document.body.insertAdjacentHTML("beforeend", markup);
  window.elements = {};
  for (const part of document.querySelectorAll("[data-name]")) elements[part.dataset.name] = part;
  window.clicks = [];
  window.pulses = [];
  elements.ring.animate = (frames, options) => window.pulses.push([performance.now(), frames[0].transform]);
  const node = { gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect: (to) => to };
  window.sound = {
    get currentTime() { return performance.now() / 1000; }, destination: node, createGain: () => node,
    createOscillator() {
      const click = { frequency: {}, connect: (to) => to, start: (at) => { click.at = at; },
        stop: (at) => { if (at === undefined) click.stopped = true; } };
      window.clicks.push(click);
      return click;
    },
  };
  window.said = [];
  window.voice = { muted: false, say: (text) => window.said.push(text) };
  window.lessMotion = false;
  window.pace = new Pace(() => window.sound, () => window.lessMotion);
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with live_page(browser) as mounted:
        mounted.evaluate(_MOUNT)
        yield mounted


_SHOW: Final = """([text, ageS, beatAtS]) => {
  const nowS = performance.now() / 1000;
  const told = JSON.parse(text);
  if (beatAtS !== null) told.beat_in_s = beatAtS - nowS;
  pace.show(told, elements, voice, ageS);
  return nowS;
}"""


def show(page: Page, age_s: float = 0.0, beat_at_s: float | None = None, **changed: object) -> float:
    """A word of the pacer; the page's time in seconds when it came. beat_at_s: by that time, when the next beat is."""
    came_s: float = page.evaluate(_SHOW, [json.dumps(STILL | changed), age_s, beat_at_s])
    return came_s


def clicks(page: Page) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = page.evaluate(
        "clicks.map((c) => ({ at: c.at, hz: c.frequency.value, stopped: c.stopped ?? false }))"
    )
    return told


def part(page: Page, name: str) -> Any:
    return page.locator(f'[data-name="{name}"]')


def test_step_count_down_count_and_place_are_shown(page: Page) -> None:
    show(page)
    expect(part(page, "root")).to_be_visible()
    for name, text in {"step": "Out", "stage": "With the beat", "seconds": "2", "count": "2 / 6"}.items():
        expect(part(page, name)).to_have_text(text)
    at = "(name) => elements[name[0]].style.getPropertyValue(name[1])"
    assert page.evaluate(at, ["marker", "--at"]) == "0.25"
    assert page.evaluate(at, ["zone", "--from"]) == "0.8" and page.evaluate(at, ["zone", "--to"]) == "1"
    show(page, target=None, zone=None, seconds_left=None, of=None, waiting=True)
    assert page.evaluate("elements.marker.hidden && elements.zone.hidden")
    expect(part(page, "seconds")).to_have_text("")
    expect(part(page, "count")).to_have_text("2")
    expect(part(page, "root")).to_have_attribute("data-waiting", "true")


def test_a_foretold_beat_is_heard_at_its_time_and_once(page: Page) -> None:
    came_s = show(page, age_s=0.05, beat=1, beat_in_s=0.8, next_strength=0.5)
    first, second = clicks(page)
    assert first["hz"] > second["hz"], "beat 1 had come already and is strong"
    assert second["at"] == pytest.approx(came_s + 0.75, abs=0.01)
    show(page, beat=1, beat_at_s=came_s + 0.77, next_strength=0.5)
    page.wait_for_timeout(900)
    show(page, beat=2, strength=0.5, beat_in_s=None)
    assert len(clicks(page)) == 2
    times = [at_ms for at_ms, _ in page.evaluate("pulses")]
    assert len(times) == 2
    assert times[1] / 1000 == pytest.approx(second["at"], abs=0.12)


def test_a_beat_that_does_not_come_is_not_heard(page: Page) -> None:
    show(page, beat=1, beat_in_s=0.3, next_strength=0.5)
    show(page, beat=1, beat_in_s=None, waiting=True)
    assert [click["stopped"] for click in clicks(page)] == [False, True]
    page.wait_for_timeout(400)
    assert len(page.evaluate("pulses")) == 1


def test_a_beat_that_moves_is_set_anew(page: Page) -> None:
    show(page, beat=1, beat_in_s=0.9, next_strength=0.5)
    came_s = show(page, beat=1, beat_in_s=0.3, next_strength=1.0)
    told = clicks(page)
    assert [click["stopped"] for click in told] == [False, True, False]
    assert told[2]["at"] == pytest.approx(came_s + 0.3, abs=0.01)


def test_muted_is_silent_and_still_seen(page: Page) -> None:
    show(page, beat=1, beat_in_s=0.6, next_strength=0.5)
    page.evaluate("() => { voice.muted = true; pace.silence(); }")
    assert [click["stopped"] for click in clicks(page)] == [False, True]
    show(page, beat=2, strength=0.5, beat_in_s=0.1, next_strength=0.5)
    page.wait_for_timeout(250)
    assert len(clicks(page)) == 2 and len(page.evaluate("pulses")) >= 2


def test_without_a_sound_card_there_is_the_ring(page: Page) -> None:
    page.evaluate("() => { window.sound = null; }")
    show(page)
    page.wait_for_timeout(100)
    assert len(page.evaluate("pulses")) == 1


def test_less_motion_fills_the_ring_instead(page: Page) -> None:
    page.evaluate("() => { window.lessMotion = true; }")
    show(page, beat=1)
    expect(part(page, "ring")).to_have_attribute("data-beat", "on")
    show(page, beat=2)
    expect(part(page, "ring")).to_have_attribute("data-beat", "off")
    assert page.evaluate("pulses") == []


def test_the_sentence_is_said_with_the_note_before_it(page: Page) -> None:
    show(page)
    show(page, sentence="Hold there.", note="That hold lasted 1.4 of 3 seconds.")
    assert page.evaluate("said") == ["That hold lasted 1.4 of 3 seconds. Hold there."]


def test_without_a_technique_nothing_of_it_is_seen(page: Page) -> None:
    show(page, beat=1, beat_in_s=0.4, next_strength=0.5)
    page.evaluate("pace.show(null, elements, voice)")
    expect(part(page, "root")).to_be_hidden()
    assert clicks(page)[-1]["stopped"]
    assert page.evaluate("elements.marker.hidden")
