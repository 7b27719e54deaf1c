"""Stop and pain rules in a real browser: asked before, stopped when told to, asked after; by keyboard alone too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from models.provision import ensure
from scoring.safety.stop_rules import CheckIn
from sessions.store.store import Store
from tests.support.browsers import CHROMIUM, Camera, RunningServer, new_page, part, served, unanswered

pytestmark = [
    pytest.mark.browser,
    pytest.mark.camera,
    pytest.mark.weights,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian package chromium)"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    ensure("full")
    with served(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def page(server: RunningServer, browser: Browser, camera: Camera) -> Iterator[Page]:
    """A page of a person who has answered nothing yet."""
    unanswered(server)
    camera.play()
    with new_page(browser, 1280, 720) as page:
        page.goto(server.url)
        expect(part(page, "start")).to_be_visible(timeout=30_000)
        yield page


def rate(page: Page, question: str, answer: int) -> None:
    group = page.get_by_role("radiogroup", name=question)
    group.get_by_text(str(answer), exact=True).click()
    expect(group.get_by_role("radio", name=str(answer), exact=True)).to_be_checked()


def answers(server: RunningServer) -> tuple[CheckIn, ...]:
    store = Store.open(server.data / "sessions.sqlite")
    kept = store.check_ins()
    store.close()
    return kept


def answer_before(page: Page, pain: int, sign: str = "") -> None:
    part(page, "start").click()
    rate(page, "Pain now", pain)
    rate(page, "How tired", 3)
    if sign:
        page.get_by_text("Yes, one or more").click()
        page.get_by_role("dialog").get_by_text(sign, exact=True).click()
    else:
        page.get_by_text("None of these").click()
    page.get_by_role("button", name="Done, let me practise").click()


def expect_told(page: Page, told: str) -> None:
    """What follows from the answers is read where they were given, wherever the page is scrolled to; and closed."""
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(told)).to_be_in_viewport(ratio=1, timeout=15_000)
    dialog.get_by_role("button", name="I have read this").click()
    expect(dialog).to_have_count(0)


@pytest.mark.parametrize(
    ("pain", "sign", "told"),
    [
        (6, "", "Your pain is above 5 of 10"),
        (0, "Too short of breath to talk", "call your local emergency number"),
    ],
)
def test_pain_above_five_or_a_sign_stops_before_anything_begins(
    page: Page, server: RunningServer, pain: int, sign: str, told: str
) -> None:
    answer_before(page, pain, sign)
    expect_told(page, told)
    expect(page.get_by_role("alert").filter(has_text=told)).to_be_visible()
    expect(part(page, "start")).to_be_disabled()
    expect(part(page, "demo")).to_be_enabled()
    page.reload()
    expect(part(page, "start")).to_be_disabled(timeout=30_000)
    assert [kept.pain for kept in answers(server)] == [pain]


def test_pain_of_five_goes_on_and_above_five_after_a_set_stops(page: Page, server: RunningServer) -> None:
    answer_before(page, 5)
    expect_told(page, "Pain of 5 is acceptable, but be gentle")
    expect(part(page, "skip")).to_be_visible(timeout=30_000)
    page.keyboard.press("Escape")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Why did you stop?", timeout=15_000)
    keep = page.get_by_role("button", name="Save my answers")
    expect(keep).to_be_disabled()
    dialog.get_by_text("It hurt", exact=True).click()
    rate(page, "Pain now", 6)
    rate(page, "How hard", 4)
    keep.click()
    expect_told(page, "Your pain is above 5 of 10")
    expect(page.get_by_role("alert").filter(has_text="Your pain is above 5 of 10")).to_be_in_viewport(ratio=1)
    expect(part(page, "start")).to_be_disabled()
    before, after = answers(server)
    assert (before.moment, before.pain, before.effort) == ("before", 5, 3)
    assert (after.moment, after.pain, after.effort, after.reason) == ("after", 6, 4, "pain")
    shown = page.inner_text("body").lower()
    for verdict in ("norm", "risk", "normal", "percentile", "below average"):
        assert verdict not in shown


def test_questions_set_and_stop_by_keyboard_alone(page: Page, server: RunningServer) -> None:
    tab_to(page, "Start with the camera")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible(timeout=15_000)
    for question, presses in (("Pain now", 2), ("How tired", 1), ("Do you notice", 0)):
        tab_to(page, question)
        page.keyboard.press("Space")
        for _ in range(presses):
            page.keyboard.press("ArrowRight")
        page.wait_for_timeout(500)
    tab_to(page, "Done, let me practise")
    page.keyboard.press("Enter")
    expect(part(page, "skip")).to_be_visible(timeout=30_000)
    tab_to(page, "Skip the checks")
    page.keyboard.press("Enter")
    expect(part(page, "count")).not_to_have_text("0", timeout=60_000)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_contain_text("Me: how was it?", timeout=15_000)
    (kept,) = answers(server)
    assert (kept.pain, kept.effort, kept.signs) == (2, 1, ())


_FOCUSED = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  const group = element?.closest?.('[role="radiogroup"]');
  return `${group?.getAttribute('aria-label') ?? ''} ${element?.textContent ?? ''}`;
}"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has that name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if name in page.evaluate(_FOCUSED):
            return
    raise AssertionError(f"{name} is not reached by Tab")
