"""Each language in a real browser: questions, set-up, set, its end and today's list, without a sentence of English."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from models.provision import ensure
from patterns.program import load_program
from sessions.care import Plan
from sessions.store import Store
from tests.browsers import (
    ALLOWED,
    CHROMIUM,
    FAKE_CAMERA,
    camera_file,
    check_in,
    launched,
    part,
    served,
    watched_page,
)
from ui.language import ENGLISH, LANGUAGES, pack, placeholders
from ui.language_choice import LABEL
from ui.sentences import sentences

pytestmark = [
    pytest.mark.browser,
    pytest.mark.weights,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian package chromium)"),
]

_TEXT: Final = """() => {
  const coach = [...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('.coach')).find(Boolean);
  return document.body.innerText + '\\n' + (coach?.innerText ?? '');
}"""


def english_in(page: Page, code: str) -> list[str]:
    """The sentences of three words and more that the page shows in English though its pack has them."""
    shown = " ".join(page.evaluate(_TEXT).split())
    have = pack(code).sentences
    whole = [text for text in sentences() if len(text.split()) > 2 and not placeholders(text)]
    return [text for text in whole if text in shown and have[text] != text]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != ENGLISH])
def test_a_whole_set_in_each_language(playwright: Playwright, tmp_path: Path, code: str) -> None:
    ensure("full")
    words = pack(code).sentences
    camera = camera_file(tmp_path)
    with served(tmp_path) as server:
        store = Store.open(server.data / "sessions.sqlite")
        store.give_plan(Plan(load_program("stroke-arm"), "right"))
        store.close()
        browser = launched(playwright, ALLOWED, FAKE_CAMERA, f"--use-file-for-fake-video-capture={camera}")
        page, outside = watched_page(browser, 1280, 720)
        page.goto(server.url)
        expect(part(page, "start")).to_be_visible(timeout=30_000)
        page.wait_for_timeout(1500)  # the page has come to rest: the list that is opened stays open
        page.get_by_role("combobox", name=LABEL).click()
        page.get_by_role("option", name=LANGUAGES[code]).click()
        expect(part(page, "start")).to_have_text(words["Start with the camera"], timeout=15_000)
        assert page.locator(".coach").get_attribute("lang") == code
        seen = {"idle": english_in(page, code)}
        part(page, "start").click()
        expect(page.get_by_role("dialog")).to_contain_text(words["None of these"], timeout=15_000)
        seen["questions"] = english_in(page, code)
        check_in(server)
        page.reload()
        expect(part(page, "start")).to_have_text(words["Start with the camera"], timeout=30_000)
        part(page, "start").click()
        part(page, "skip").wait_for(timeout=30_000)
        page.wait_for_timeout(1500)
        seen["set-up"] = english_in(page, code)
        if part(page, "skip").is_visible():
            part(page, "skip").click()
        expect(part(page, "count")).not_to_have_text("0", timeout=60_000)
        seen["set"] = english_in(page, code)
        part(page, "stop").click()
        expect(page.get_by_role("dialog")).to_contain_text(words["How was it?"], timeout=15_000)
        seen["end"] = english_in(page, code)
        page.goto(f"{server.url}/today")
        expect(page.get_by_role("heading", name=words["What you did today"])).to_be_visible(timeout=30_000)
        seen["today"] = english_in(page, code)
        browser.close()
    assert outside == []
    assert {state: left for state, left in seen.items() if left} == {}
