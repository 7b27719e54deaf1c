"""What of a plan is done today, and on which days somebody practised: arithmetic over stored sessions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from patterns.programs.program import Item
from patterns.templates.template import Side
from sessions.store.plans_and_check_ins import Plan
from sessions.store.records import SessionStart, SessionSummary

_LEAST_SHARE: Final = 0.5
"""Of the repetitions asked for, for a set to count as done; ours, so that a set stopped early stays on the list."""


@dataclass(frozen=True)
class Task:
    """One exercise of today's list. side: as it is trained by this person; done: sets finished today, at most all."""

    item: Item
    side: Side
    done: int

    @property
    def left(self) -> int:
        """Sets that are still to be done."""
        return self.item.dose.sets - self.done


def local_day(time: datetime) -> date:
    """The day of a time on this computer's clock."""
    return time.astimezone().date()


def own(sessions: Iterable[SessionSummary]) -> tuple[SessionSummary, ...]:
    """Return the sessions that the person did, without demos: what "sessions" counts on every page and command."""
    return tuple(one for one in sessions if not one.start.is_demo)


def is_practice(start: SessionStart, counted: int) -> bool:
    """Whether a session is a set of practice: at the camera, with something counted. A recording has no known day."""
    return start.source_kind == "live" and counted > 0


def practised(sessions: Iterable[SessionSummary]) -> tuple[SessionSummary, ...]:
    """The sets at the camera in which something was counted."""
    return tuple(one for one in sessions if is_practice(one.start, one.repetitions))


def tasks(plan: Plan, sessions: Iterable[SessionSummary], today: date) -> tuple[Task, ...]:
    """Today's list in the order of the program; a set counts for the first exercise that it fits and that lacks one.

    A set fits from half of the repetitions asked for on, attempts included: it is what was done, not how well.
    """
    moved: defaultdict[tuple[str, Side], list[int]] = defaultdict(list)
    for one in practised(sessions):
        if local_day(one.start.started_at) == today:
            moved[one.start.pattern_id, one.start.side].append(one.repetitions + one.attempts)
    listed = []
    for item in plan.program.item:
        side = item.side_for(plan.affected)
        least = _LEAST_SHARE * (item.dose.repetitions or 0)
        fitting = [movements for movements in moved[item.pattern, side] if movements >= least]
        for movements in fitting[: item.dose.sets]:
            moved[item.pattern, side].remove(movements)
        listed.append(Task(item, side, min(item.dose.sets, len(fitting))))
    return tuple(listed)


def next_task(listed: Sequence[Task]) -> Task | None:
    """The first exercise that is not done, None where all are."""
    return next((task for task in listed if task.left > 0), None)


def days_practised(sessions: Iterable[SessionSummary]) -> frozenset[date]:
    """Every day with a set at the camera in which something was counted."""
    return frozenset(local_day(one.start.started_at) for one in practised(sessions))


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def weeks_in_a_row(days: Iterable[date], today: date) -> int:
    """Weeks with a day of practice, one after the other up to now; a week that has just begun breaks no row."""
    weeks = {week_of(day) for day in days}
    week = week_of(today)
    if week not in weeks:
        week -= timedelta(days=7)
    count = 0
    while week in weeks:
        count += 1
        week -= timedelta(days=7)
    return count
