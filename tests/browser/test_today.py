"""Today's list practised in a real browser, from its Start to the summary; each state at laptop and phone size.

Screenshots go to a folder of pytest's (--basetemp chooses where), to be looked at.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from models.provision import ensure
from patterns.programs.program import Dose, load_program
from sessions.store.plans_and_check_ins import Plan
from sessions.store.store import Store
from tests.support.browsers import CHROMIUM, Camera, new_page, part, served, skip_checks

pytestmark = [
    pytest.mark.browser,
    pytest.mark.camera,
    pytest.mark.weights,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian package chromium)"),
]

SIZES: Final = {"phone": (390, 844), "laptop": (1280, 720)}
_OUT: Final = """() => {
  const seen = [...document.querySelectorAll('*')].filter((e) => e.checkVisibility() && !e.closest(NOT));
  const wide = seen.filter((e) => e.scrollWidth > e.clientWidth + 1
    && !e.closest('[data-testid="stTable"], [data-testid="stDataFrame"]')
    && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX));
  const cut = seen.filter((e) => e.matches('button p, label p') && e.scrollWidth > e.clientWidth + 1);
  return [...wide, ...cut].map((e) => `${e.tagName} ${e.dataset.testid ?? e.className} ${e.innerText.slice(0, 40)}`);
}""".replace("NOT", """'svg, .unseen, [data-testid="stSidebar"]'""")


def look(page: Page, folder: Path, state: str) -> None:
    """A screenshot of the state at each size, in which nothing sticks out sideways and no button's words are cut."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(400)
        page.screenshot(path=folder / f"{state}-{size}.png")
        assert page.evaluate(_OUT) == [], f"{state} at {size}"


def rate(page: Page, question: str, answer: int) -> None:
    group = page.get_by_role("radiogroup", name=question)
    group.get_by_text(str(answer), exact=True).click()
    expect(group.get_by_role("radio", name=str(answer), exact=True)).to_be_checked()


def give(server_data: Path) -> None:
    """Two exercises: one repetition of the pattern in the camera's clip, with a rest, and another exercise."""
    program = load_program("overhead-athlete-shoulder")
    wave = next(item for item in program.item if item.pattern == "ue-d2-flexion")
    once = wave.model_copy(update={"technique": None, "dose": Dose(sets=1, repetitions=1, rest_s=90)})
    other = next(item for item in program.item if item.pattern == "overhead-press")
    store = Store.open(server_data / "sessions.sqlite")
    store.give_plan(Plan(program.model_copy(update={"item": (once, other)}), "right"))
    store.close()


def test_todays_list_is_practised_from_start_to_summary(
    browser: Browser, camera: Camera, tmp_path: Path
) -> None:
    ensure("full")
    camera.play()
    with served(tmp_path) as server, new_page(browser, *SIZES["laptop"]) as page:
        page.goto(f"{server.url}/today")
        expect(page.get_by_text("You have no program yet")).to_be_visible(timeout=30_000)
        look(page, tmp_path, "no-program")
        give(server.data)
        page.reload()
        expect(page.get_by_text("0 of 3 sets done")).to_be_visible(timeout=30_000)
        look(page, tmp_path, "list")
        page.get_by_role("button", name="Start").first.click()
        expect(page.get_by_text("Set 1 of 1")).to_be_visible(timeout=30_000)
        expect(part(page, "title")).to_contain_text("diagonal 2, flexion")
        look(page, tmp_path, "chosen")
        part(page, "start").click()
        expect(page.get_by_role("dialog")).to_contain_text("Me: before you start", timeout=15_000)
        page.get_by_text("Yes, one or more").click()
        expect(page.get_by_role("dialog").get_by_role("checkbox")).to_have_count(8)
        look(page, tmp_path, "signs")
        page.get_by_text("None of these").click()
        rate(page, "Pain now", 0)
        rate(page, "How tired", 1)
        look(page, tmp_path, "questions")
        page.get_by_role("button", name="Done, let me practise").click()
        skip_checks(page)
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Me: how was it?", timeout=60_000)
        expect(dialog.get_by_text("Why did you stop?")).to_have_count(0)
        look(page, tmp_path, "after")
        rate(page, "Pain now", 2)
        rate(page, "How hard", 3)
        page.get_by_role("button", name="Save my answers").click()
        expect(dialog).to_contain_text("Your pain went up by 2", timeout=15_000)
        look(page, tmp_path, "advice")
        page.get_by_role("button", name="I have read this").click()
        expect(page.get_by_text("1 of 3 sets done today")).to_be_visible(timeout=15_000)
        page.wait_for_timeout(500)
        expect(page.get_by_text("Rest: ")).to_be_in_viewport()
        look(page, tmp_path, "rest")
        page.get_by_role("button", name="I am ready now").click()
        expect(page.get_by_text("Rest: ")).to_have_count(0)
        page.get_by_role("button", name="Next: ").click()
        expect(part(page, "title")).to_contain_text("Press both hands", timeout=15_000)
        page.get_by_role("link", name="Today").click()
        expect(page.get_by_role("heading", name="What you did today")).to_be_visible(timeout=30_000)
        expect(page.get_by_text("1 repetition counted. Best: ")).to_be_visible()
        expect(page.get_by_text("1 of 3 days this week.")).to_be_visible()
        look(page, tmp_path, "summary")
        page.get_by_role("heading", name="Your days of practice").scroll_into_view_if_needed()
        look(page, tmp_path, "days")
