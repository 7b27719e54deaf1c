"""What the live page does with answers that do not come, other cameras, attempts, late voices and the keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from tests.browsers import CHROMIUM, mode, part
from tests.live_page import asked, begin, live_page, say, socket

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian package chromium)"),
]


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
