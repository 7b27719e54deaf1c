"""What holds on every page: looks that are remembered, answers that cover no control, plain words for faults."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browsers import CHROMIUM, new_page, served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian package chromium)"),
]

PAGES: Final = ("", "today", "sessions", "progress", "review", "score", "exercises", "people", "agreement")
LARGE_PX: Final = 17.0
"""Streamlit's smallest letters have 14 pixels; a quarter more is 17.5."""
SIZES: Final = ((1366, 768), (844, 390), (390, 844))

_SEEN: Final = """() => {
  const all = [...document.querySelectorAll('p, h1, label, a')].filter((e) => e.checkVisibility() && e.innerText);
  const words = all.filter((e) => getComputedStyle(e).fontSize !== '0px');  // Streamlit's own words, hidden by ours
  const [size, colour] = [(e) => parseFloat(getComputedStyle(e).fontSize), (e) => getComputedStyle(e).color];
  const plain = words.filter((e) => !e.closest('[kind^="primary"], [data-testid="stToast"]'));
  return { smallest: Math.min(...words.map(size)), colours: [...new Set(plain.map(colour))],
    wide: document.documentElement.scrollWidth - innerWidth };
}"""
_COVERED: Final = """() => {
  const toast = document.querySelector('[data-testid="stToast"]').getBoundingClientRect();
  const controls = [...document.querySelectorAll('a, button, input, label, h1')].filter((e) => e.checkVisibility()
    && !e.closest('[data-testid="stToast"]'));
  return controls.filter((e) => {
    const box = e.getBoundingClientRect();
    const beside = box.left >= toast.right || box.right <= toast.left;
    return box.width && !beside && box.top < toast.bottom && box.bottom > toast.top;
  }).map((e) => e.innerText);
}"""


def choose_look(page: Page, words: str) -> None:
    page.get_by_role("button", name="Display").click()
    page.get_by_text(words, exact=True).click()
    expect(page.get_by_test_id("stToast").first).to_contain_text("Your settings are saved.")


def ready(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("button", name="Display")).to_be_visible(timeout=30_000)
    page.wait_for_timeout(500)


def test_looks_answers_and_dialogs_on_every_page(browser: Browser, tmp_path: Path) -> None:
    """One server and one page for all of it, since a server takes seconds to start."""
    with served(tmp_path) as server, new_page(browser, *SIZES[0]) as page:
        page.goto(f"{server.url}/no-such-page")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible(timeout=30_000)
        page.wait_for_timeout(1000)
        parts = "(e) => [...e.querySelectorAll('h2, h2 + div')]"
        shown = f"{parts}.map((part) => getComputedStyle(part, '::after').content)"
        assert dialog.evaluate(shown)[0] == '"This page does not exist"'
        assert dialog.evaluate(f"{parts}.every((part) => getComputedStyle(part).fontSize === '0px')")
        ready(page, f"{server.url}/today")
        assert page.evaluate(_SEEN)["smallest"] < LARGE_PX
        for number, (width, height) in enumerate(SIZES):
            page.set_viewport_size({"width": width, "height": height})
            choose_look(page, "Large letters")  # on, off, on
            assert page.evaluate(_COVERED) == [], (width, height)
            page.keyboard.press("Escape")
            if number < len(SIZES) - 1:
                expect(page.get_by_test_id("stToast")).to_have_count(0, timeout=10_000)
        choose_look(page, "High contrast")
        page.set_viewport_size({"width": 1366, "height": 768})
        for name in PAGES:
            ready(page, f"{server.url}/{name}")
            page.wait_for_function(f"({_SEEN})().colours.length === 1")
            now = page.evaluate(_SEEN)
            page.screenshot(path=tmp_path / f"looks-{name}.png")
            assert now["smallest"] >= LARGE_PX, name
            assert now["colours"] == ["rgb(0, 0, 0)"], name
            assert now["wide"] <= 0, name
        server.kill()
        expect(dialog).to_be_visible(timeout=30_000)
        assert dialog.evaluate(shown)[0] == '"The connection to Diagonal is lost"'
        assert not any("streamlit" in text.lower() for text in dialog.evaluate(shown))
        expect(dialog.get_by_text("streamlit run")).to_be_hidden()
