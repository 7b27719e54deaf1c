"""What a report is made from: one exercise of one person, its latest session, and the sessions before."""

from __future__ import annotations

from dataclasses import dataclass, replace

from base.errors import RequestError
from patterns.templates.template import Side
from scoring.records.records import RepScore
from scoring.results.curves import Trace
from sessions.history.progress import Course, courses
from sessions.history.queries import dossier_of, history_of
from sessions.history.session_bundle import Dossier, History
from sessions.history.timed_results import TimedResult, TimedResultsKept
from sessions.store.store import Store


class ReportError(RequestError):
    """Nothing to report of."""


@dataclass(frozen=True)
class Facts:
    """latest: the newest session of the exercise. reps: its repetitions with what therapists said in them.

    traces: of the repetitions of which landmarks are kept. history: of this exercise on this side alone, but for
    answers and plan. courses: its numbers over sessions. timed: results of all timed tests.
    """

    latest: Dossier
    reps: tuple[RepScore, ...]
    traces: tuple[Trace, ...]
    history: History
    courses: tuple[Course, ...]
    timed: tuple[TimedResult, ...]

    @property
    def side(self) -> Side:
        """On which the exercise was done."""
        return self.latest.session.start.side

    @property
    def counted(self) -> tuple[RepScore, ...]:
        """The repetitions of the latest session without the attempts."""
        return tuple(rep for rep in self.reps if rep.kind == "repetition")


def facts_of(store: Store, person_id: int | None = None, pattern: str | None = None) -> Facts:
    """The facts about a person's exercise, by default the one of their latest session; the demo is left out.

    Raises ReportError where there is no session of it, NotAllowedError, DefinitionError.
    """
    history = history_of(store, person_id)
    every = [one for one in history.sessions if not one.start.is_demo and one.movements]
    found = [one for one in every if pattern in (None, one.start.pattern_id)]
    if not found:
        known = ", ".join(sorted({one.start.pattern_id for one in every}))
        about = "no repetition is kept" if pattern is None else f"no session of {pattern} is kept"
        raise ReportError(f"{history.person.alias}: {about}" + (f"; there are {known}" if known else ""))
    last = found[-1].start
    alike = tuple(
        one for one in found if (one.start.pattern_id, one.start.side) == (last.pattern_id, last.side)
    )
    latest = dossier_of(store, alike[-1].id)
    own = replace(history, sessions=alike)
    return Facts(
        latest,
        latest.reps,
        tuple(trace for trace in latest.traces if trace is not None),
        own,
        courses(own),
        TimedResultsKept(store).of(history.person.id),
    )
