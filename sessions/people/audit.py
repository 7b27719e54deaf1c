"""The audit trail: who read and changed what on a server that several people use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, cast, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from sessions.database.connection import Database
from sessions.database.file import stored_time
from sessions.database.schema import AuditRow
from sessions.people.access import Role, Viewer

Action = Literal[
    "added a person",
    "approved an exercise",
    "compared reviews",
    "deleted a person",
    "described a person",
    "gave a program",
    "judged a session anew",
    "kept an exercise",
    "kept the result of a test",
    "read a history",
    "read a session",
    "reviewed a repetition",
    "took a backup",
    "took a report",
    "took all of a person along",
    "withdrew an exercise",
]
ACTIONS: Final[tuple[str, ...]] = get_args(Action)
"""What is written down, in words."""


@dataclass(frozen=True)
class AuditEntry:
    """One thing that somebody did.

    person_id: about whom, None for nobody in particular. about: numbers and names alone: of a session, a session and
    its repetition (12/3), a program, an exercise, how many.
    """

    at: datetime
    who: str
    role: Role
    action: str
    person_id: int | None
    about: str


def note(session: Session, viewer: Viewer, action: Action, person_id: int | None, about: str = "") -> None:
    """Write down, in the transaction of what is done, who does it."""
    session.add(
        AuditRow(
            noted_at=datetime.now(UTC).isoformat(),
            who=viewer.who,
            role=viewer.role,
            action=action,
            person_id=person_id,
            about=about,
        )
    )


def trail(database: Database, viewer: Viewer, person_id: int | None = None) -> tuple[AuditEntry, ...]:
    """What was done, in order of time; with a person, about them alone. Raises NotAllowedError for a patient."""
    viewer.must_treat("the audit trail")
    query = select(AuditRow).order_by(AuditRow.id)
    if person_id is not None:
        query = query.where(AuditRow.person_id == person_id)
    with database.reading() as session:
        return _entries(session.scalars(query))


def _entries(rows: Iterable[AuditRow]) -> tuple[AuditEntry, ...]:
    return tuple(
        AuditEntry(
            stored_time(row.noted_at),
            row.who,
            cast(Role, row.role),
            row.action,
            row.person_id,
            row.about,
        )
        for row in rows
    )
