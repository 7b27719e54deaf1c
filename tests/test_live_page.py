"""What the live page does with answers that do not come, other cameras, attempts, late voices and the keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from tests.browsers import CHROMIUM, mode, part
from tests.live_page import asked, begin, live_page, say, socket, update

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian package chromium)"),
]


_WATCH_SPOKEN = """() => {
  window.spoken = [];
  const region = coach.view.part.spoken;
  new MutationObserver(() => window.spoken.push(region.textContent)).observe(region, { childList: true });
}"""


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture
def page(playwright: Playwright) -> Iterator[Page]:
    with live_page(playwright) as mounted:
        yield mounted


def test_a_stop_that_is_not_answered_leaves_a_page_that_starts_again(page: Page) -> None:
    begin(page)
    part(page, "stop").click()
    assert asked(page) == ["begin", "finish"]
    page.evaluate("window.sockets.at(-1).drop()")
    socket(page, 2)
    say(page, type="hello", set=None)
    expect(part(page, "notice")).to_contain_text("saved under Sessions")
    begin(page, 3)
    assert mode(page) == "running"
    part(page, "stop").click()
    assert asked(page) == ["begin", "finish"]


def test_a_stop_that_is_refused_leaves_a_page_that_starts_again(page: Page) -> None:
    begin(page)
    part(page, "stop").click()
    say(page, type="error", message="The disk is full.")
    expect(part(page, "fault")).to_have_text("The disk is full.")
    begin(page, 2)
    assert mode(page) == "running"


def test_a_stop_before_the_set_has_begun_begins_none(page: Page) -> None:
    part(page, "start").click()
    socket(page, 1)
    part(page, "stop").click()
    say(page, type="hello", set=None)
    assert asked(page) == []
    expect(part(page, "notice")).to_contain_text("nothing was saved")
    begin(page, 2)
    assert mode(page) == "running"


def test_a_set_goes_on_in_the_size_it_began_with_whatever_camera_is_plugged_in(page: Page) -> None:
    begin(page)
    assert page.evaluate("coach.size") == [480, 360]
    page.evaluate("window.cameraSize = [1280, 720]")
    page.evaluate("window.tracks[0].dispatchEvent(new Event('ended'))")
    part(page, "resume").click()
    expect(page.locator(".coach")).to_have_attribute("data-mode", "running")
    assert page.evaluate("coach.video.videoWidth") == 1280
    assert page.evaluate("coach.size") == [480, 360]


def test_a_camera_that_does_not_play_is_said_and_let_go(page: Page) -> None:
    page.evaluate("() => { coach.video.play = () => Promise.reject(new DOMException('', 'AbortError')); }")
    part(page, "start").click()
    expect(part(page, "fault")).to_contain_text("in use by another program")
    assert mode(page) == "idle"
    assert page.evaluate("window.tracks.map((track) => track.readyState)") == ["ended"]


def test_every_attempt_is_heard_with_its_reason_by_voice_and_by_screen_reader(page: Page) -> None:
    page.evaluate("() => { window.voices = [{ localService: true, lang: 'en-GB' }]; }")
    begin(page)
    attempt = {"kind": "attempt", "reason": "turned back at 40 % of the way", "total": None}
    page.evaluate("() => { window.heard = []; }")
    sentence = "Not counted: turned back at 40 % of the way."
    page.evaluate(_WATCH_SPOKEN)
    for _ in range(2):
        update(page, closed=attempt | {"range": None, "control": None})
        page.wait_for_timeout(300)
    assert page.evaluate("window.spoken") == [sentence, "", sentence]
    assert page.evaluate("window.heard") == [sentence, sentence]
    expect(part(page, "reason")).to_have_text(sentence)
    update(page, closed=attempt | {"range": 40.0, "control": 90.0}, cue="Reach higher.")
    assert page.evaluate("window.heard.at(-1)") == "Not counted. Reach higher."


def test_the_keyboard_stays_on_the_main_button_of_each_mode(page: Page) -> None:
    focused = "document.activeElement.dataset.part"
    part(page, "start").focus()
    page.keyboard.press("Enter")
    assert page.evaluate(focused) == "stop"
    socket(page, 1)
    page.keyboard.press("Enter")
    say(page, type="hello", set=None)
    expect(page.locator(".coach")).to_have_attribute("data-mode", "finished")
    assert page.evaluate(focused) == "start"


def test_a_mode_that_changes_by_itself_takes_the_focus_from_nowhere_else(page: Page) -> None:
    part(page, "mute").focus()
    page.evaluate("coach.start('live')")
    expect(part(page, "stop")).to_be_visible()
    assert page.evaluate("document.activeElement.dataset.part") == "mute"


def test_a_voice_that_is_loaded_late_is_used_and_no_longer_called_missing(page: Page) -> None:
    begin(page)
    closed = {"kind": "repetition", "reason": None, "total": 95, "range": 95, "control": 95}
    update(page, closed=closed, repetitions=1)
    expect(part(page, "sound")).to_contain_text("No voice on this computer")
    page.evaluate("() => { window.voices = [{ localService: true, lang: 'en-GB' }]; }")
    update(page, closed=closed, repetitions=2)
    assert page.evaluate("window.heard.at(-1)") == "2."
    expect(part(page, "sound")).to_be_empty()


def test_a_hidden_page_says_that_the_coach_waits(page: Page) -> None:
    page.evaluate("() => { window.voices = [{ localService: true, lang: 'en-GB' }]; }")
    hide = """() => {
      Object.defineProperty(document, "hidden", { value: true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide)
    assert not [text for text in page.evaluate("window.heard") if "hidden" in text], "no set is running"
    begin(page)
    page.evaluate(hide)
    expect(part(page, "state")).to_have_text(
        "This page is hidden: the coach waits. Come back to it to go on."
    )
    assert "the coach waits" in page.evaluate("window.heard.at(-1)")
    page.evaluate("window.mounted.close()")
    page.evaluate("() => { window.heard = []; }")
    page.evaluate(hide)
    assert page.evaluate("window.heard") == []
