"""The page of today's list and the bar on the practise page: what they say and choose, without a browser."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from patterns.library import load_template
from patterns.program import load_program
from patterns.template import Side
from scoring.records import Cue, RepScore
from sessions.care import Plan
from sessions.records import SessionStart
from sessions.store import Store
from ui.programs import programs_app
from ui.today_page import calendar
from ui.workplace import workplace

CUE = Cue("trunk_lean", "Keep your trunk still.", "trunk_lean", 14.0, 6.0, "deg")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    workplace.cache_clear()
    opened = Store.open()
    yield opened
    opened.close()
    workplace.cache_clear()


def a_set(store: Store, pattern: str, side: Side, total: float = 90.0, days_ago: int = 0) -> None:
    template = load_template(pattern)
    at = dt.datetime.now().astimezone() - dt.timedelta(days=days_ago)
    begun = SessionStart(
        pattern,
        template.version,
        template.sha256,
        side,
        template.view,
        "live",
        "onnx",
        "full",
        None,
        2.0,
        started_at=at,
    )
    number = store.begin(begun)
    for i in range(1, 4):
        times = (4.0 * i, 4.0 * i + 1, 4.0 * i + 2)
        cue = CUE if i == 2 else None
        rep = RepScore(i, "repetition", None, side, *times, total, 80.0, 95.0, 1.0, cue=cue)
        store.add_rep(number, rep, None)
    store.finish(number)


def today() -> None:
    import streamlit

    from ui import program_bar, today_page
    from ui.choosing import choose_exercise, choose_pace
    from ui.workplace import workplace

    if streamlit.session_state.get("practising"):
        template, side = choose_exercise("practise")
        choose_pace("practise", template, ())
        program_bar.show(workplace(), template.id, side)
    else:
        today_page.show(lambda: streamlit.session_state.update(practising=True))


def shown() -> AppTest:
    return AppTest.from_function(today, default_timeout=30).run()


def said(page: AppTest) -> str:
    return "\n".join(text.value for text in (*page.markdown, *page.success, *page.info, *page.caption))


def test_without_a_program_the_page_says_how_to_get_one(store: Store) -> None:
    assert "no program yet" in said(shown())


def test_the_list_has_the_programs_exercises_doses_and_what_is_done(store: Store) -> None:
    store.give_plan(Plan(load_program("after-knee-surgery"), "left"))
    a_set(store, "march", "both")
    page = shown()
    assert not page.exception
    text = said(page)
    assert "✓ March in place" in text
    assert "2 sets of 6 repetitions" in text
    assert "1 set of 60 seconds" in text
    assert "1 set of 4 repetitions, held for 5 seconds" in text
    assert "Raise the straight leg forward** · Left" in text
    assert [button.label for button in page.button] == ["Start"] * 5
    assert "3 repetitions counted. Best: how steadily you moved. Next time: Keep your trunk still." in text
    assert "1 of 5 days this week." in text


def test_start_chooses_the_exercise_its_side_and_its_repetitions(store: Store) -> None:
    store.give_plan(Plan(load_program("after-knee-surgery"), "left"))
    page = shown()
    page.button(key="do-2").click().run()
    page.run()
    assert not page.exception
    assert page.selectbox(key="practise-pattern").value == "standing-leg-raise"
    assert page.radio(key="practise-side").value == "left"
    assert page.number_input(key="practise-goal").value == 8
    assert "Set 1 of 2** · 0 of 9 sets done today" in said(page)
    a_set(store, "standing-leg-raise", "left")
    a_set(store, "standing-leg-raise", "left")
    page.run()
    page.button(key="next-exercise").click().run()
    assert page.selectbox(key="practise-pattern").value == "march"


def test_a_day_on_which_all_is_done_is_praised(store: Store) -> None:
    plan = Plan(load_program("after-knee-surgery"), "right")
    store.give_plan(plan)
    for item in plan.program.item:
        for _ in range(item.dose.sets):
            a_set(store, item.pattern, item.side_for("right"))
    page = shown()
    assert not page.exception
    assert "All done for today" in said(page)
    assert not page.button


def test_the_calendar_fills_days_of_practice_and_blames_nobody() -> None:
    html = calendar(frozenset({dt.date(2026, 11, 20), dt.date(2026, 11, 23)}), dt.date(2026, 11, 23))
    cells = re.findall(r"<td class='([^']*)' title='([^']*)'>(\d+)", html)
    assert len(cells) == 35
    assert [number for kinds, _, number in cells if "done" in kinds] == ["20", "23"]
    assert [title for kinds, title, _ in cells if "today" in kinds] == ["23 Nov 2026, practised"]
    assert sum("later" in kinds for kinds, *_ in cells) == 6
    assert not re.search("miss|fail|broken|red", html)


def test_programs_are_given_seen_and_ended_on_the_command_line(store: Store) -> None:
    run = CliRunner()
    assert "No program is given" in run.invoke(programs_app, ["today"]).output
    assert run.invoke(programs_app, ["give", "stroke-arm", "--affected", "right"]).exit_code == 0
    a_set(store, "hand-to-mouth", "right")
    lines = run.invoke(programs_app, ["today"]).output.splitlines()
    assert lines[0].startswith("stroke-arm: ")
    assert next(line.split() for line in lines if line.startswith("hand-to-mouth"))[:3] == [
        "hand-to-mouth",
        "right",
        "1",
    ]
    assert run.invoke(programs_app, ["end"]).exit_code == 0
    assert store.plan() is None
