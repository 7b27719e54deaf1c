"""Change over sessions against error, worked by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from patterns.programs.program import load_program
from patterns.templates.library import load_template
from scoring.records.records import Kind, MetricValue, RepScore
from scoring.safety.stop_rules import CheckIn
from sessions.history.progress import Course, Point, Week, courses, in_program, weeks
from sessions.history.session_bundle import History
from sessions.people.people import Person
from sessions.store import session_numbers as numbers_module
from sessions.store.plans_and_check_ins import Period, Plan
from sessions.store.records import SessionStart, StoredSession
from sessions.store.session_numbers import KnownNumbers, Numbers, numbers_of

FIRST = datetime(2026, 9, 7, 12, tzinfo=UTC)  # a Monday
START = SessionStart(
    "squat", 1, "a" * 64, "both", "side", "live", "onnx", "full", "b" * 64, 2.0, started_at=FIRST
)


def rep(
    number: int, total: float | None, knee: float | None, error: float | None = 4.0, kind: Kind = "repetition"
) -> RepScore:
    metric = MetricValue("knee_flexion", knee, "deg", error, None, 1.0)
    return RepScore(number, kind, None, "both", 0.0, 1.0, 2.0, total, None, None, 1.0, (metric,))


def session(number: int, day: int, *reps: RepScore, **changed: Any) -> StoredSession:
    start = replace(START, started_at=FIRST + timedelta(days=day), **changed)
    return StoredSession(number, start, None, reps)


def history(*sessions: StoredSession, plan: Plan | None = None) -> History:
    return History(Person(1, "Anna"), plan, tuple(map(numbers_of, sessions)))


def course(of: History, name: str) -> Course:
    return next(one for one in courses(of) if one.name == name)


def test_a_change_of_an_angle_is_held_against_camera_and_spread() -> None:
    """Session 1: 90, 94, 98 (mean 94, s 4); session 2: 108, 110, 112 (mean 110, s 2); error 4 each, n 3.

    SEM 1: sqrt(16 + 16/3) = 4.6188; SEM 2: sqrt(16 + 4/3) = 4.1633; smallest 1.96 sqrt(21.333 + 17.333) = 12.188.
    """
    of = history(
        session(1, 0, *(rep(i, 80.0, knee) for i, knee in enumerate((90.0, 94.0, 98.0), 1))),
        session(2, 7, *(rep(i, 80.0, knee) for i, knee in enumerate((108.0, 110.0, 112.0), 1))),
    )
    knee = course(of, "knee_flexion")
    assert [(p.session_id, p.value, p.n) for p in knee.points] == [(1, 94.0, 3), (2, 110.0, 3)]
    assert knee.points[0].sem == pytest.approx(4.6188, abs=1e-4)
    assert knee.points[1].sem == pytest.approx(4.1633, abs=1e-4)
    assert knee.change is not None
    assert knee.change.smallest == pytest.approx(1.96 * math.sqrt(64 / 3 + 52 / 3))
    assert knee.change.smallest == pytest.approx(12.188, abs=1e-3)
    assert (knee.change.difference, knee.change.shown) == (16.0, True)


def test_a_change_within_the_error_is_no_change_shown_however_many_repetitions_there_were() -> None:
    """Thirty alike repetitions a session: the camera's 4 degrees stay, so 11 degrees are 1.96 sqrt(2) 4 = 11.09."""
    of = history(
        *(session(i, i, *(rep(k, 80.0, 90.0 + 11.0 * (i - 1)) for k in range(1, 31))) for i in (1, 2))
    )
    change = course(of, "knee_flexion").change
    assert change is not None
    assert change.smallest == pytest.approx(11.087, abs=1e-3)
    assert change.shown is False


def test_scores_of_which_no_template_is_known_rest_on_their_spread_and_one_repetition_has_no_error() -> None:
    """70, 74, 78 (s 4, SEM 2.309) and 90, 92, 94 (s 2, SEM 1.155): smallest 5.06."""
    sessions = [session(1, 0, *(rep(i, t, None) for i, t in enumerate((70.0, 74.0, 78.0), 1)))]
    sessions.append(session(2, 7, *(rep(i, t, None) for i, t in enumerate((90.0, 92.0, 94.0), 1))))
    change = course(history(*sessions), "total").change
    assert change is not None
    assert change.smallest == pytest.approx(5.061, abs=1e-3)
    assert change.shown is True
    alone = course(history(sessions[0], session(3, 9, rep(1, 99.0, None))), "total").change
    assert alone is not None
    assert (alone.smallest, alone.shown) == (None, None)


def test_a_score_has_the_error_of_what_it_is_made_of() -> None:
    """Alike repetitions of 98 and of 97 points: no spread, but the reach of which range is made has an error.

    Reach 96 % graded 98: deviation 0.04 of tolerance 0.2; its error 0.05 is worth (100 - 10 * 0.09 / 0.2) = 95.5 on one
    side and 100 on the other: 2.25 points, and 1.96 sqrt(2) 2.25 = 6.24 is the smallest change of range.
    """
    reach = MetricValue("reach", 120.0, "%", 6.25, 98.0, 1.0)
    sessions = []
    for number, points in ((1, 98.0), (2, 97.0)):
        one = replace(rep(1, points, None), range=points, metrics=(reach,))
        sessions.append(session(number, number, one, replace(one, index=2)))
    plain = course(history(*sessions), "range").change
    assert plain is not None and plain.smallest == 0.0
    squat = load_template("squat")
    known = History(Person(1, "Anna"), None, tuple(numbers_of(one, squat) for one in sessions))
    change = course(known, "range").change
    assert change is not None and change.smallest == pytest.approx(6.237, abs=1e-3)
    assert course(known, "range").verdict == "none"


@pytest.mark.parametrize(
    ("name", "difference", "found"),
    [
        ("total", 9.0, "better"),
        ("total", -9.0, "worse"),
        ("total", 4.0, "none"),
        ("path", 9.0, "worse"),
        ("tremor", -9.0, "better"),
        ("knee_flexion", -9.0, "changed"),
    ],
)
def test_a_change_beyond_error_is_better_or_worse_where_a_direction_is_known(
    name: str, difference: float, found: str
) -> None:
    """Errors of 2 each: 1.96 sqrt(8) = 5.54."""
    points = tuple(Point(i, FIRST + timedelta(days=i), 50.0 + i * difference, 2.0, 3) for i in (0, 1))
    assert Course("squat", "both", name, "points", points).verdict == found
    unknown = (points[0], replace(points[1], sem=None))
    assert Course("squat", "both", name, "points", unknown).verdict == "unknown"


def test_what_was_judged_otherwise_is_not_compared() -> None:
    two = (rep(1, 80.0, 90.0), rep(2, 82.0, 92.0))
    of = history(
        session(1, 0, *two),
        session(2, 1, *two, template_sha256="c" * 64),
        session(3, 2, rep(1, 90.0, 100.0), rep(2, 92.0, 102.0), template_sha256="c" * 64),
        session(4, 3, *two, template_sha256="c" * 64, technique="replication", technique_sha256="d" * 64),
    )
    total = course(of, "total")
    assert total.judged_anew == (1, 3)
    assert total.change is None, "nothing was judged like the last one"
    before = replace(total, points=total.points[:3], judged_anew=(1,))
    assert before.change is not None
    assert (before.change.first.session_id, before.change.difference) == (2, 10.0)


def test_attempts_demos_and_what_was_not_measured_are_left_out() -> None:
    of = history(
        session(1, 0, rep(1, 80.0, 90.0), rep(2, 10.0, 20.0, kind="attempt"), rep(3, None, None)),
        session(2, 1, rep(1, 5.0, 5.0), source_kind="demo"),
    )
    assert [(one.name, one.points[0].value, one.points[0].n) for one in courses(of)] == [
        ("total", 80.0, 1),
        ("knee_flexion", 90.0, 1),
    ]


def test_weeks_are_counted_from_the_first_practice_to_today() -> None:
    """Monday and Tuesday (twice) of the first week, nothing in the second, Sunday of the third."""
    sets = [session(i, day, rep(1, 80.0, None)) for i, day in enumerate((0, 1, 1, 20), 1)]
    of = history(*sets, session(9, 8, rep(1, None, None, kind="attempt")))
    plan = Plan(load_program("stroke-arm"), "right", FIRST)
    monday = date(2026, 9, 7)
    assert weeks(of, date(2026, 9, 27)) == tuple(
        Week(monday + timedelta(days=7 * i), days_, None) for i, days_ in enumerate((2, 0, 1))
    )
    assert [week.asked for week in weeks(replace(of, plan=plan), date(2026, 9, 8))] == [
        plan.program.days_a_week
    ]
    assert weeks(history(), date(2026, 9, 8)) == ()


def test_a_program_has_its_own_exercises_sides_and_time_alone() -> None:
    """Given on the second Monday, ended on the fourth: asked in the third week, too, in which nothing was done."""
    plan = Plan(load_program("after-knee-surgery"), "left", FIRST + timedelta(days=7))
    period = Period(plan, FIRST + timedelta(days=21))
    chair = {"pattern_id": "sit-to-stand"}
    leg = {"pattern_id": "standing-leg-raise"}
    of = history(
        session(1, 6, rep(1, 50.0, None), **chair),
        session(2, 7, rep(1, 60.0, None), **chair),
        session(3, 8, rep(1, 70.0, None)),  # a squat, which the program does not ask for
        session(4, 8, rep(1, 71.0, None), **leg, side="right"),  # the other leg
        session(5, 8, rep(1, 72.0, None), **leg, side="left"),
        session(6, 21, rep(1, 80.0, None), **chair),
    )
    pain = tuple(CheckIn(FIRST + timedelta(days=day), "before", day % 10, 0) for day in (6, 7, 20, 21))
    found = in_program(replace(of, check_ins=pain), period)
    assert [one.id for one in found.sessions] == [2, 5]
    assert [one.pain for one in found.check_ins] == [7, 0]
    monday = date(2026, 9, 14)
    assert weeks(found, date(2026, 9, 27), monday) == (Week(monday, 2, 5), Week(date(2026, 9, 21), 0, 5))
    assert [one.id for one in in_program(of, Period(plan)).sessions] == [2, 5, 6], "it still holds"


def test_numbers_are_known_until_something_is_added_or_there_is_no_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(numbers_module, "MOST_KNOWN", 2)
    known, sets = KnownNumbers(), [Numbers(i, START, 5, {"both": 5}, {}) for i in (1, 2, 3)]
    for one in sets:
        known.keep(one, (5, 0))
    assert [known.get(i, START, (5, 0)) for i in (1, 2, 3)] == [None, *sets[1:]]
    assert known.get(2, START, (6, 0)) is known.get(2, START, (5, 1)) is None
    assert known.get(2, replace(START, pattern_id="march"), (5, 0)) is None, "another one of that number"
    known.forget()
    assert known.get(3, START, (5, 0)) is None
