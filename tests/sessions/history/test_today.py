"""Today's list and the days of practice, counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from patterns.programs.program import load_program
from patterns.templates.template import Side
from sessions.history.today import days_practised, next_task, tasks, weeks_in_a_row
from sessions.store.plans_and_check_ins import Plan
from sessions.store.records import SessionStart, SessionSummary, SourceKind

TODAY = date(2026, 11, 23)  # a Monday
PLAN = Plan(load_program("after-knee-surgery"), "left")


def practised(
    pattern: str, side: Side, days_ago: int = 0, repetitions: int = 5, kind: SourceKind = "live"
) -> SessionSummary:
    at = (datetime.combine(TODAY, datetime.min.time()) + timedelta(hours=12)).astimezone()
    start = SessionStart(
        pattern,
        1,
        "0" * 64,
        side,
        "front",
        kind,
        "onnx",
        "full",
        None,
        2.0,
        started_at=at - timedelta(days=days_ago),
    )
    return SessionSummary(1, start, start.started_at, repetitions, 0, 90.0)


def test_a_new_day_has_all_to_do_in_the_order_of_the_program_on_the_persons_side() -> None:
    listed = tasks(PLAN, [], TODAY)
    assert [(task.item.pattern, task.side, task.done, task.left) for task in listed] == [
        ("march", "both", 0, 1),
        ("sit-to-stand", "both", 0, 2),
        ("standing-leg-raise", "left", 0, 2),
        ("hip-abduction", "both", 0, 2),
        ("le-d1-flexion-knee-flexing", "left", 0, 1),
        ("single-leg-stance", "both", 0, 1),
    ]
    assert next_task(listed) == listed[0]


def test_only_sets_of_today_at_the_camera_with_something_counted_and_the_right_side_count() -> None:
    sessions = [
        practised("march", "both"),
        practised("sit-to-stand", "both"),
        practised("sit-to-stand", "both", days_ago=1),
        practised("sit-to-stand", "both", repetitions=0),
        practised("sit-to-stand", "both", kind="demo"),
        practised("standing-leg-raise", "right"),
    ]
    listed = tasks(PLAN, sessions, TODAY)
    assert [task.done for task in listed] == [1, 1, 0, 0, 0, 0]
    assert next_task(listed) == listed[1]


def test_a_set_stopped_before_half_of_its_repetitions_stays_to_be_done_and_attempts_are_work_too() -> None:
    item = PLAN.program.item[1]  # two sets of six
    assert (item.pattern, item.dose.repetitions) == ("sit-to-stand", 6)
    stopped, half = (
        practised("sit-to-stand", "both", repetitions=2),
        practised("sit-to-stand", "both", repetitions=3),
    )
    tried = replace(stopped, attempts=4)
    for sets, done in (([stopped], 0), ([half], 1), ([stopped, tried], 1), ([stopped, half, tried], 2)):
        assert tasks(PLAN, sets, TODAY)[1].done == done


def test_more_sets_than_asked_for_are_no_more_than_done_and_all_done_has_no_next() -> None:
    sessions = [
        practised(item.pattern, item.side_for("left")) for item in PLAN.program.item for _ in range(3)
    ]
    listed = tasks(PLAN, sessions, TODAY)
    assert [task.left for task in listed] == [0] * 6
    assert next_task(listed) is None


def test_an_exercise_that_comes_twice_takes_sets_one_after_the_other() -> None:
    item = PLAN.program.item[1]  # two sets
    twice = Plan(PLAN.program.model_copy(update={"item": (item, item)}), "left")
    listed = tasks(twice, [practised("sit-to-stand", "both")] * 3, TODAY)
    assert [task.done for task in listed] == [2, 1]


def test_days_are_those_with_something_counted() -> None:
    sessions = [practised("squat", "both", days_ago=ago) for ago in (0, 0, 2)]
    sessions.append(practised("squat", "both", days_ago=3, repetitions=0))
    assert days_practised(sessions) == {TODAY, TODAY - timedelta(days=2)}


# Monday 23 November 2026; weeks begin on 16, 9, 2 November.
@pytest.mark.parametrize(
    ("days", "weeks"),
    [
        ([], 0),
        ([date(2026, 11, 23)], 1),
        ([date(2026, 11, 22)], 1),  # last Sunday: this week has only begun
        ([date(2026, 11, 23), date(2026, 11, 16), date(2026, 11, 15)], 3),
        ([date(2026, 11, 23), date(2026, 11, 13)], 1),  # a week without
        ([date(2026, 11, 15)], 0),
    ],
)
def test_weeks_in_a_row(days: list[date], weeks: int) -> None:
    assert weeks_in_a_row(days, TODAY) == weeks
