"""Each language in a real browser: questions, set-up, set, its end and today's list, without a sentence of English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, TimeoutError, expect

from i18n.extraction import sentences
from i18n.translation import ENGLISH, LANGUAGES, pack
from models.provision import ensure
from patterns.programs.program import load_program
from patterns.templates.library import load_template
from sessions.store.plans_and_check_ins import Plan
from sessions.store.store import Store
from tests.sessions.store.test_store import START, rep
from tests.support.browsers import (
    CHROMIUM,
    Camera,
    RunningServer,
    check_in,
    new_page,
    part,
    past_checks,
    served,
    unanswered,
)
from ui.page.language_picker import LABEL

pytestmark = [
    pytest.mark.browser,
    pytest.mark.camera,
    pytest.mark.weights,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian package chromium)"),
]

_VALUE: Final = re.compile(r"\{\w+\}")
_TEXT: Final = """() => {
  const coach = [...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('.coach')).find(Boolean);
  return document.body.innerText + '\\n' + (coach?.innerText ?? '');
}"""


def english_in(page: Page, code: str) -> list[str]:
    """The sentences of three words and more that the page shows in English though its pack has them."""
    have = pack(code).sentences
    left = [text for text in sentences() if have.get(text, text) != text]
    for _ in range(20):  # what is only on its way into the page's language has some seconds to get there
        shown = " ".join(page.evaluate(_TEXT).split())
        left = [text for text in left if is_in(text, shown)]
        if not left:
            break
        page.wait_for_timeout(250)
    return left


def is_in(sentence: str, shown: str) -> bool:
    """Whether a sentence of three words and more beside its values is shown, whatever its values are."""
    fixed = _VALUE.split(sentence)
    if len(" ".join(fixed).split()) < 3:
        return False
    return re.search(".{1,60}?".join(re.escape(part) for part in fixed), shown) is not None


@pytest.mark.parametrize(
    ("sentence", "shown", "found"),
    [
        ("Start with the camera", "x Start with the camera y", True),
        ("Start with the camera", "x Mit der Kamera beginnen y", False),
        ("{done} of {whole} sets done", "Today 3 of 9 sets done March", True),
        ("{done} of {whole} sets done", "Heute 3 von 9 Sätzen fertig", False),
        ("Set {number}", "Set 1", False),
    ],
)
def test_a_sentence_is_found_with_its_values(sentence: str, shown: str, found: bool) -> None:
    assert is_in(sentence, shown) == found


def choose(page: Page, name: str) -> None:
    """Choose the language; a list that is opened while the page is still being built may close again."""
    for _ in range(10):
        page.get_by_role("combobox", name=LABEL).click()
        with suppress(TimeoutError):
            page.get_by_role("option", name=name).click(timeout=2000)
            return
        page.keyboard.press("Escape")
    raise AssertionError(f"{name} is not offered")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    ensure("full")
    with served(tmp_path_factory.mktemp("server")) as running:
        store = Store.open(running.data / "sessions.sqlite")
        store.give_plan(Plan(load_program("stroke-arm"), "right"))
        store.close()
        yield running


def test_choices_and_dates_of_charts_change_with_the_language(
    server: RunningServer, browser: Browser
) -> None:
    store = Store.open(server.data / "sessions.sqlite")
    squat = load_template("squat")
    for day in (1, 12):
        at = datetime(2026, 3, day, 9, 30, tzinfo=UTC)
        number = store.begin(replace(START, template_sha256=squat.sha256, started_at=at), [squat])
        store.add_rep(number, rep(1), None)
        store.finish(number)
    store.close()
    with new_page(browser, 1280, 720) as page:
        page.goto(f"{server.url}/progress")
        ticks, chosen = page.locator(".xtick text"), page.locator('[data-testid="stSelectbox"]')
        expect(ticks.filter(has_text="Mar").first).to_be_visible(timeout=30_000)
        expect(chosen.locator("input").first).to_have_value("All that was practised")
        choose(page, "Deutsch")
        words = pack("de").sentences
        expect(chosen.locator("input").first).to_have_value(words["All that was practised"], timeout=15_000)
        expect(ticks.filter(has_text="Mär").first).to_be_visible()
        expect(ticks.filter(has_text="Mar")).to_have_count(0)


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != ENGLISH])
def test_a_whole_set_in_each_language(
    server: RunningServer, browser: Browser, camera: Camera, code: str
) -> None:
    words = pack(code).sentences
    unanswered(server)
    camera.play()
    with new_page(browser, 1280, 720) as page:
        page.goto(server.url)
        expect(part(page, "start")).to_be_visible(timeout=30_000)
        choose(page, LANGUAGES[code])
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
        past_checks(page)
        expect(part(page, "count")).not_to_have_text("0", timeout=60_000)
        seen["set"] = english_in(page, code)
        part(page, "stop").click()
        expect(page.get_by_role("dialog")).to_contain_text(
            words["{name}: how was it?"].removeprefix("{name}"), timeout=15_000
        )
        seen["end"] = english_in(page, code)
        page.goto(f"{server.url}/today")
        expect(page.get_by_role("heading", name=words["What you did today"])).to_be_visible(timeout=30_000)
        seen["today"] = english_in(page, code)
        assert {state: left for state, left in seen.items() if left} == {}
