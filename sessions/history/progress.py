"""How somebody's movement changed over their sessions, and which change is more than error.

Smallest change that is more than error (95 %): 1.96 * sqrt(SEM_first^2 + SEM_last^2), which is the usual
MDC95 = 1.96 * sqrt(2) * SEM where both are alike. The SEM of a session's mean is sqrt(e^2 + s^2 / n): e the metric's
own standard error, which a camera makes alike in all repetitions and which therefore does not shrink with their number;
s the standard deviation between the n repetitions. The e of a score is that of the metrics it is made of
(scoring.metrics.score_error); where the template is not stored, it is not known and s stands alone. Only what was
judged alike is compared: the same template, technique and side. A webcam's view may still differ from day to day.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from patterns.templates.template import Side
from scoring.coach.set_summary import COMPARED, symmetry_index
from sessions.history.session_bundle import History
from sessions.history.today import is_practice, local_day, week_of
from sessions.store.plans_and_check_ins import Period
from sessions.store.session_numbers import SCORES, Numbers, Values

Verdict = Literal["better", "worse", "changed", "none", "unknown"]
VERDICTS: Final[dict[Verdict, str]] = {
    "better": "better",
    "worse": "worse",
    "changed": "changed",
    "none": "no change shown",
    "unknown": "cannot be told",
}
"""What a change over sessions is called wherever it is shown."""

BETTER: Final = {
    **dict.fromkeys((*SCORES, "reach", "smoothness"), 1),
    **dict.fromkeys(("return", "path", "tremor"), -1),
}
"""In which direction a number is better; the others, such as angles, have none by themselves."""

SYMMETRY: Final = "symmetry of "
FEWEST: Final = 2
"""Repetitions of a session from which on it is known how much they differ."""
_Z95: Final = 1.96


@dataclass(frozen=True)
class Point:
    """One session: value is the mean of n repetitions, sem its standard error, None where it cannot be told."""

    session_id: int
    at: datetime
    value: float
    sem: float | None
    n: int


@dataclass(frozen=True)
class Change:
    """From the first to the last session that can be compared. smallest: the change that is more than error, 95 %."""

    first: Point
    last: Point
    smallest: float | None

    @property
    def difference(self) -> float:
        """Last minus first, in the course's unit."""
        return self.last.value - self.first.value

    @property
    def shown(self) -> bool | None:
        """Whether it is more than error; False is "no change shown", None "cannot be told"."""
        return None if self.smallest is None else verdict(self.difference, self.smallest, 0) != "none"


@dataclass(frozen=True)
class Course:
    """One number over time. points: the oldest first. judged_anew: their places from which on it was judged otherwise.

    What lies before the last of these places is not compared with what lies after it.
    """

    pattern: str
    side: Side
    name: str
    unit: str
    points: tuple[Point, ...]
    judged_anew: tuple[int, ...] = ()

    @property
    def change(self) -> Change | None:
        """Over the sessions that can be compared with the last one; None where there is one alone."""
        alike = self.points[self.judged_anew[-1] if self.judged_anew else 0 :]
        if len(alike) < 2:
            return None
        first, last = alike[0], alike[-1]
        if first.sem is None or last.sem is None:
            return Change(first, last, None)
        return Change(first, last, _Z95 * math.hypot(first.sem, last.sem))

    @property
    def verdict(self) -> Verdict:
        """Return what became of it, the same for every page and report."""
        change = self.change
        if change is None or change.smallest is None:
            return "unknown"
        return verdict(change.difference, change.smallest, BETTER.get(self.name, 0))


def verdict(difference: float, smallest: float, better: int) -> Verdict:
    """Return what a difference is; smallest: the change that is more than error; better: its good direction, or 0."""
    if abs(difference) <= smallest:
        return "none"
    if not better:
        return "changed"
    return "better" if difference * better > 0 else "worse"


@dataclass(frozen=True)
class Week:
    """monday: its first day. days: on which somebody practised. asked: by the program that holds, None without one."""

    monday: date
    days: int
    asked: int | None


def courses(history: History) -> tuple[Course, ...]:
    """Every number that at least one session has, by exercise and side; scores first, then symmetry, then metrics."""
    found: dict[tuple[str, Side, str, str], list[tuple[Point, str]]] = defaultdict(list)
    for session in history.sessions:
        if session.start.is_demo:
            continue
        alike = f"{session.start.template_sha256} {session.start.technique_sha256}"
        for (side, name, unit), own in session.values.items():
            point = _point(session, own)
            found[session.start.pattern_id, side, name, unit].append((point, alike))
        for name, point in _symmetry(session):
            found[session.start.pattern_id, "both", name, "%"].append((point, alike))
    made = [Course(*key, *_alike(points)) for key, points in found.items()]
    return tuple(sorted(made, key=_order))


def in_program(history: History, period: Period) -> History:
    """What of a history belongs to a program: its exercises, on the sides that it asks for, while it held."""
    plan, until = period.plan, period.until
    asked = {(item.pattern, item.side_for(plan.affected)) for item in plan.program.item}

    def held(at: datetime) -> bool:
        return plan.given_at <= at and (until is None or at < until)

    sessions = tuple(
        one
        for one in history.sessions
        if held(one.start.started_at) and (one.start.pattern_id, one.start.side) in asked
    )
    return History(history.person, plan, sessions, tuple(one for one in history.check_ins if held(one.at)))


def weeks(history: History, today: date, since: date | None = None) -> tuple[Week, ...]:
    """Every week from the first practice, or from a day since which something is asked, to that of today."""
    practised = {
        local_day(one.start.started_at)
        for one in history.sessions
        if is_practice(one.start, sum(one.counted.values()))
    }
    if not practised and since is None:
        return ()
    asked = None if history.plan is None else history.plan.program.days_a_week
    monday, made = week_of(since or min(practised)), []
    while monday <= today:
        days = sum(monday <= day < monday + timedelta(days=7) for day in practised)
        made.append(Week(monday, days, asked))
        monday += timedelta(days=7)
    return tuple(made)


def _point(session: Numbers, own: Values) -> Point:
    count, sem = len(own.values), None
    if count >= FEWEST:
        sem = math.hypot(own.error, own.spread / math.sqrt(count))
    return Point(session.id, session.start.started_at, own.mean, sem, count)


def _symmetry(session: Numbers) -> Iterable[tuple[str, Point]]:
    for (side, name, unit), left in session.values.items():
        right = session.values.get(("right", name, unit))
        if side != "left" or name not in COMPARED or right is None:
            continue
        index = symmetry_index(left.values, right.values)
        if index is not None:
            yield SYMMETRY + name, Point(session.id, session.start.started_at, index, None, 1)


def _alike(points: Sequence[tuple[Point, str]]) -> tuple[tuple[Point, ...], tuple[int, ...]]:
    anew = tuple(i for i in range(1, len(points)) if points[i][1] != points[i - 1][1])
    return tuple(point for point, _ in points), anew


def _order(course: Course) -> tuple[str, str, int, str]:
    kind = SCORES.index(course.name) if course.name in SCORES else 4
    return course.pattern, course.side, 3 if course.name.startswith(SYMMETRY) else kind, course.name
