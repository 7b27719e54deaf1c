"""Results of timed tests over time: a stored session that was a test, counted as the test counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select

from base.errors import DiagonalError, RequestError
from patterns.programs.timed_test import TimedTest, load_timed_test, timed_test_ids
from scoring.safety.timed_tests import Outcome, Trial, run_test
from sessions.database.file import stored_time
from sessions.database.schema import SessionRow, TimedResultRow
from sessions.history.queries import dossier_of
from sessions.history.session_bundle import Dossier
from sessions.people.audit import note
from sessions.store.records import SessionStart
from sessions.store.store import Store

_OUTCOME: Final = TypeAdapter(Outcome)


class TimedResultError(RequestError):
    """A session that cannot be that test."""


class DamagedResultError(DiagonalError):
    """A stored result that cannot be read."""


@dataclass(frozen=True)
class TimedResult:
    """One session that was a test. at: when it began; test: its id."""

    session_id: int
    at: datetime
    test: str
    outcome: Outcome


def fitting_tests(start: SessionStart) -> tuple[TimedTest, ...]:
    """The tests that a session may have been: by its pattern and side, at the person's own pace; a demo was none."""
    if start.technique is not None or start.is_demo:
        return ()
    every = (load_timed_test(test_id) for test_id in timed_test_ids())
    return tuple(test for test in every if test.pattern == start.pattern_id and start.side in test.sides)


def outcome_of(dossier: Dossier, test: TimedTest) -> Outcome:
    """The result of a stored session as a test, with what therapists said of its repetitions. Raises TimedResultError.

    The same as of the recording itself, where nobody said otherwise.
    """
    session = dossier.session
    if test not in fitting_tests(session.start):
        raise TimedResultError(
            f"session {session.id}: it is {session.start.pattern_id} on side {session.start.side}; "
            f"{test.id} needs {test.pattern} on side {' or '.join(test.sides)}, at the own pace"
        )
    if dossier.poses is None:
        raise TimedResultError(f"session {session.id}: no landmarks are kept of it, and a test needs them")
    return run_test(test, Trial.of(dossier.reps, dossier.poses, test))


@dataclass(frozen=True)
class TimedResultsKept:
    """The results of a store, as its viewer may see them; added to, never changed."""

    store: Store

    def keep(self, session_id: int, test: TimedTest) -> TimedResult:
        """Commit that a session was a test, and its result.

        Raises NotAllowedError for a patient, UnknownSessionError, TimedResultError.
        """
        viewer = self.store.viewer
        viewer.must_treat("the result of a test")
        dossier = dossier_of(self.store, session_id)
        outcome = outcome_of(dossier, test)
        with self.store.database.writing() as session:
            document = _OUTCOME.dump_json(outcome).decode()
            session.add(TimedResultRow(session_id=session_id, test_id=test.id, document=document))
            note(session, viewer, "kept the result of a test", dossier.person.id, f"{session_id} {test.id}")
        return TimedResult(session_id, dossier.session.start.started_at, test.id, outcome)

    def of(self, person_id: int | None = None) -> tuple[TimedResult, ...]:
        """The results of a person in order of time, of a session's test the latest. Raises NotAllowedError."""
        numbers = [line.id for line in self.store.sessions(person_id)]
        query = (
            select(TimedResultRow, SessionRow.started_at)
            .join(SessionRow, SessionRow.id == TimedResultRow.session_id)
            .where(TimedResultRow.session_id.in_(numbers))
            .order_by(TimedResultRow.id)
        )
        with self.store.database.reading() as session:
            rows = [(row, at) for row, at in session.execute(query)]
            found = {(row.session_id, row.test_id): _result(row, at) for row, at in rows}
        return tuple(sorted(found.values(), key=lambda one: one.at))


def _result(row: TimedResultRow, at: str) -> TimedResult:
    try:
        outcome = _OUTCOME.validate_json(row.document)
    except ValidationError as error:
        where = f"session {row.session_id}, {row.test_id}"
        raise DamagedResultError(
            f"a stored result ({where}): {error.errors()[0]['msg']}; restore a backup"
        ) from error
    return TimedResult(row.session_id, stored_time(at), row.test_id, outcome)
