"""Every page of a real server over a store of hostile texts: nothing is fetched from elsewhere, all is text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, Response, TimeoutError, expect

from tests.support.browsers import CHROMIUM, RunningServer, new_page, served
from tests.support.hostile import SHOWN, hostile_store
from tests.ui.test_safe_headers import EXPECTED

pytestmark = [
    pytest.mark.browser,
    pytest.mark.weights,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]
PAGES: Final = {
    "practise": "Practise",
    "today": "Today",
    "sessions": "Sessions",
    "progress": "Progress",
    "review": "Review",
    "score": "Score a video",
    "exercises": "Exercises",
    "people": "People",
    "agreement": "Agreement",
}
OPEN_ALL: Final = "document.querySelectorAll('details:not([open]) > summary').forEach((head) => head.click())"
MARKED: Final = "a[href*=evil]:not([href^='#']), img[src*=evil], .katex, .stMarkdownColoredText"
WITHOUT: Final = {"practise", "score"}
"""Pages whose first sight holds no text but in lists to choose from."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("content")
    (folder / "data").mkdir()
    hostile_store(folder / "data" / "sessions.sqlite")
    with served(folder) as running:
        yield running


def settled(page: Page) -> None:
    """Wait until a page has been drawn and nothing is running."""
    page.get_by_text("An exercise aid, not a medical device").first.wait_for(timeout=60_000)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=60_000)
    expect(page.locator('[data-stale="true"]')).to_have_count(0, timeout=60_000)


def turn_to(page: Page, name: str, address: re.Pattern[str]) -> None:
    """Open a page by its link, twice if need be: a click while the menu is drawn again goes to no link."""
    link = page.get_by_role("link", name=name, exact=True)
    link.click()
    try:
        page.wait_for_url(address, timeout=15_000)
    except TimeoutError:
        link.click()
        page.wait_for_url(address)


def test_every_page_shows_hostile_text_as_text_and_asks_nobody_else(
    browser: Browser, server: RunningServer
) -> None:
    troubles: list[str] = []
    without: list[str] = []

    def note_headers(response: Response) -> None:
        if not all(response.headers.get(name) == value for name, value in EXPECTED.items()):
            without.append(response.url)

    with new_page(browser, locale="en-GB") as page:
        page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("response", lambda got: note_headers(got) if got.url.startswith("http") else None)
        page.goto(f"{server.url}/?person=1")
        for path, name in PAGES.items():
            settled(page)
            turn_to(page, name, re.compile(rf"/({path})?(\?.*)?$"))
            settled(page)
            page.evaluate(OPEN_ALL)
            settled(page)
            main = page.get_by_test_id("stMain")
            if path not in WITHOUT:
                expect(main).to_contain_text(SHOWN, use_inner_text=True, timeout=30_000)
            assert main.get_by_test_id("stException").count() == 0, path
            assert main.locator(MARKED).count() == 0, path
            assert troubles == [], path
    assert without == []
