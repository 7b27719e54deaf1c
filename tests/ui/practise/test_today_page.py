"""The page of today's list and the bar on the practise page: what they say and choose, without a browser."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from commands.programs import programs_app
from i18n.extraction import sentences
from i18n.translation import LANGUAGES, say
from patterns.programs.program import load_program, write_program
from patterns.templates.library import load_template
from patterns.templates.template import Side
from scoring.records.records import Cue, RepScore
from scoring.safety.stop_rules import CheckIn
from sessions.store.plans_and_check_ins import Plan
from sessions.store.records import SessionStart, StoredSession
from sessions.store.store import Store
from ui.live.app_state import workplace
from ui.live.open_sets import OpenSets, Waiting
from ui.practise.today_page import calendar
from ui.practise.today_summary import figure, told
from ui.server import PAGES

CUE = Cue("trunk_lean", "Keep your trunk still.", "trunk_lean", 14.0, 6.0, "deg")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    workplace.cache_clear()
    opened = Store.open()
    yield opened
    opened.close()
    workplace.cache_clear()


def a_set(
    store: Store, pattern: str, side: Side, total: float = 90.0, days_ago: int = 0, repetitions: int = 3
) -> None:
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
    for i in range(1, repetitions + 1):
        times = (4.0 * i, 4.0 * i + 1, 4.0 * i + 2)
        cue = CUE if i == 2 else None
        rep = RepScore(i, "repetition", None, side, *times, total, 80.0, 95.0, 1.0, cue=cue)
        store.add_rep(number, rep, None)
    store.finish(number)


def today() -> None:
    import streamlit

    from ui.page.current_user import records
    from ui.practise import program_progress as program_bar
    from ui.practise import today_page
    from ui.practise.exercise_picker import choose_exercise, choose_pace

    if streamlit.session_state.get("practising"):
        template, side = choose_exercise("practise")
        choose_pace("practise", template, ())
        program_bar.show(records(), template.id, side)
    else:
        today_page.show(lambda: streamlit.session_state.update(practising=True))


def shown() -> AppTest:
    return AppTest.from_function(today, default_timeout=30).run()


def said(page: AppTest) -> str:
    return "\n".join(text.value for text in (*page.markdown, *page.success, *page.info, *page.caption))


def test_without_a_program_the_page_offers_to_practise_and_names_no_terminal(store: Store) -> None:
    page = shown()
    assert "no program yet" in said(page)
    page.button(key="choose-exercise").click().run()
    page.run()
    assert not page.exception
    assert page.selectbox(key="practise-pattern").value


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_page_sends_anybody_to_a_terminal(code: str) -> None:
    told = [say(sentence, code) for sentence in sentences()]
    assert [text for text in told if re.search(r"python |pip |cli\.py|terminal", text, re.IGNORECASE)] == []


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
    assert [button.label for button in page.button if (button.key or "").startswith("do-")] == ["Start"] * 5
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
    a_set(store, "standing-leg-raise", "left", repetitions=8)
    a_set(store, "standing-leg-raise", "left", repetitions=8)
    page.run()
    page.button(key="next-exercise").click().run()
    assert page.selectbox(key="practise-pattern").value == "march"


def test_a_day_on_which_all_is_done_is_praised(store: Store) -> None:
    plan = Plan(load_program("after-knee-surgery"), "right")
    store.give_plan(plan)
    for item in plan.program.item:
        for _ in range(item.dose.sets):
            a_set(store, item.pattern, item.side_for("right"), repetitions=item.dose.repetitions or 1)
    page = shown()
    assert not page.exception
    assert "All done for today" in said(page)
    assert not [button for button in page.button if (button.key or "").startswith("do-")]


def test_who_was_stopped_is_told_on_this_page_too(store: Store) -> None:
    assert not shown().error
    store.add_check_in(CheckIn(dt.datetime.now(dt.UTC), "after", 6, 3))
    (stop,) = shown().error
    assert "Your pain is above 5 of 10" in stop.value


def test_beside_a_stop_nothing_offers_to_begin(store: Store) -> None:
    """With a program and without one: only a way to put wrong answers right is offered."""
    store.add_check_in(CheckIn(dt.datetime.now(dt.UTC), "after", 8, 3))
    for plan in (None, Plan(load_program("after-knee-surgery"), "left")):
        store.give_plan(plan)
        page = shown()
        assert [button.label for button in page.button] == ["I answered wrongly"]
        assert "Choose an exercise" not in said(page)
    assert "Raise the straight leg forward" in said(page), "what the list holds can still be read"


def test_questions_after_a_set_that_were_lost_come_again_here(store: Store) -> None:
    a_set(store, "march", "both")
    page = shown()
    assert "the questions after your last set wait" in page.warning[0].value
    page.button(key="answer-now").click().run()
    assert not page.exception
    assert "Save my answers" in [button.label for button in page.button]


def test_a_rest_is_counted_down_may_be_cut_short_and_its_end_is_told(store: Store) -> None:
    store.give_plan(Plan(load_program("after-knee-surgery"), "left"))
    page = shown()
    page.button(key="do-2").click().run()
    page.run()
    page.session_state["rest-until"] = (time.time() + 30.5, 60.0)
    page.run()
    assert not page.exception
    page.button(key="end-rest").click().run()
    assert not [button for button in page.button if button.key == "end-rest"]
    page.session_state["rest-until"] = (time.time() - 1, 60.0)
    page.run()
    assert "The rest is over" in said(page)
    page.session_state["rest-until"] = (time.time() - 600, 60.0)
    page.run()
    assert "The rest is over" not in said(page)


@pytest.mark.parametrize(
    ("rules", "think"),
    [
        ([("praise", "Good."), ("praise", "Good."), ("trunk_lean", "Sit tall.")], "Next time: Sit tall."),
        ([("trunk_lean", "9"), ("too_fast", "Slower."), ("trunk_lean", "14")], "Next time: 14"),
        ([("praise", "Good.")], ""),
        ([], ""),
    ],
)
def test_what_to_think_of_next_is_the_fault_told_most_as_last_told_and_never_praise(
    rules: list[tuple[str, str]], think: str
) -> None:
    reps = [
        RepScore(i, "repetition", None, "left", i, i + 0.5, i + 1.0, 90.0, 70.0, 95.0, 1.0, cue=Cue(*cue))
        for i, cue in enumerate(rules, 1)
    ]
    well, then = told(reps)
    assert then == think
    assert well == ("Best: how steadily you moved." if rules else "")


def test_each_value_is_plotted_for_each_repetition_and_what_was_not_seen_is_a_gap() -> None:
    reps = [
        RepScore(1, "repetition", None, "left", 0.0, 0.5, 1.0, 90.0, 70.0, 95.0, 1.0),
        RepScore(2, "attempt", "turned back", "left", 1.0, 1.5, 2.0, 10.0, 20.0, 30.0, 1.0),
        RepScore(3, "repetition", None, "left", 2.0, 2.5, 3.0, None, None, None, 0.2),
    ]
    start = SessionStart("squat", 1, "s" * 64, "left", "front", "live", "onnx", "full", None, 0.0)
    one = StoredSession(1, start, None, tuple(reps))
    for value, expected in (("total", (90.0, None)), ("range", (70.0, None))):
        (line,) = figure([one], value).data
        assert tuple(line.x) == (1, 2)
        assert tuple(line.y) == expected


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
    assert "Me has no program" in run.invoke(programs_app, ["today"]).output
    assert run.invoke(programs_app, ["give", "stroke-arm", "--affected", "right"]).exit_code == 0
    a_set(store, "hand-to-mouth", "right")
    lines = run.invoke(programs_app, ["today"]).output.splitlines()
    assert lines[0].startswith("Me, stroke-arm: ")
    assert next(line.split() for line in lines if line.startswith("hand-to-mouth"))[:3] == [
        "hand-to-mouth",
        "right",
        "1",
    ]
    assert run.invoke(programs_app, ["end"]).exit_code == 0
    assert store.plan() is None


def test_a_program_that_fits_this_version_no_more_is_told_and_nobody_practises_without_its_limits(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Plan(load_program("stroke-arm"), "right")
    text = write_program(plan.program).replace("hand-to-mouth", "hand-to-moon")
    with monkeypatch.context() as older:
        older.setattr("sessions.store.plans_and_check_ins.write_program", lambda program: text)
        store.give_plan(plan)
    page = AppTest.from_file(str(PAGES), default_timeout=60).run()
    assert not page.exception
    (lost,) = page.error
    assert "Ask your therapist to give it again" in lost.value
    assert "hand-to-moon" in lost.value
    store.give_plan(plan)
    assert not page.run().error


def dose(page: AppTest) -> tuple[object, object]:
    """Pace and repetitions as they stand on the page."""
    return page.selectbox(key="practise-technique").value, page.number_input(key="practise-goal").value


def started(store: Store) -> AppTest:
    """The practise page after Start on the leg raise, left, 8 repetitions."""
    store.give_plan(Plan(load_program("after-knee-surgery"), "left"))
    page = shown()
    page.button(key="do-2").click().run()
    page.run()
    assert (page.selectbox(key="practise-pattern").value, dose(page)) == (
        "standing-leg-raise",
        ("own-pace", 8),
    )
    return page


def test_a_dose_belongs_to_its_exercise_and_side(store: Store) -> None:
    page = started(store)
    page.selectbox(key="practise-pattern").select("hip-abduction").run()
    assert dose(page) == ("own-pace", None)
    page.number_input(key="practise-goal").set_value(5).run()
    page.selectbox(key="practise-pattern").select("standing-leg-raise").run()
    assert dose(page) == ("own-pace", 8)
    page.radio(key="practise-side").set_value("right").run()
    assert dose(page) == ("own-pace", None)
    page.radio(key="practise-side").set_value("left").run()
    assert dose(page) == ("own-pace", 8)
    page.selectbox(key="practise-family").select(load_template("ue-d2-flexion").family).run()
    assert dose(page) == ("own-pace", None)


def test_a_dose_that_the_person_chose_goes_with_another_exercise_but_not_with_the_other_side(
    store: Store,
) -> None:
    page = started(store)
    page.selectbox(key="practise-pattern").select("hip-abduction").run()
    page.number_input(key="practise-goal").set_value(5).run()
    page.radio(key="practise-side").set_value("right").run()
    assert dose(page) == ("own-pace", 5)
    page.selectbox(key="practise-pattern").select("standing-leg-raise").run()
    assert dose(page) == ("own-pace", None)


def test_what_the_person_changes_of_an_offered_dose_stays(store: Store) -> None:
    page = started(store)
    page.number_input(key="practise-goal").set_value(3).run()
    page.run()
    assert dose(page) == ("own-pace", 3)


def test_today_reports_an_open_set_how_long_it_stays_open_and_goes_back_to_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not shown().warning
    own = store.people.own(make=True)
    assert own is not None
    left = Waiting("standing-leg-raise", "left", 125.9)
    monkeypatch.setattr(OpenSets, "waiting", lambda self, number: left if number == own.id else None)
    page = shown()
    (warning,) = page.warning
    assert "A set is still open: Raise the straight leg forward · Left" in warning.value
    assert "In 2 min 5 s it ends by itself and is saved" in warning.value
    page.button(key="back-to-set").click().run()
    page.run()
    assert page.selectbox(key="practise-pattern").value
