"""Page sentences for a database that is damaged or cannot be used, without a path or a command."""

from __future__ import annotations

from typing import Final

from base.errors import DiagonalError
from sessions.database.file import DamagedError, StoreError
from sessions.people.access import Role
from ui.widgets.plain_errors import reported

FOR_PATIENTS: Final = "The stored records cannot be read at the moment. Ask your therapist."
FOR_OTHERS: Final = (
    "The stored records are damaged. Stop Diagonal and start it again: it then explains how to restore your "
    "latest backup."
)


def damage_words(role: Role | None) -> str:
    """Return the sentence for the current user's role; None: the role is unknown."""
    return FOR_PATIENTS if role in ("patient", None) else FOR_OTHERS


def failure_words(error: DiagonalError) -> str:
    """Return a page's sentence for a failure. A damaged database is raised again: the page as a whole reports it."""
    if isinstance(error, DamagedError):
        raise error
    return reported(error) if isinstance(error, StoreError) else str(error)
