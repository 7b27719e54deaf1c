"""Page sentences for a damaged database: patients ask their therapist, everybody else restores a backup."""

from __future__ import annotations

from typing import Final

from sessions.people.access import Role

FOR_PATIENTS: Final = "The stored records cannot be read at the moment. Ask your therapist."
FOR_OTHERS: Final = (
    "The stored records are damaged. Stop Diagonal and start it again: it then explains how to restore your "
    "latest backup."
)


def damage_words(role: Role | None) -> str:
    """Return the sentence for the current user's role; None: the role is unknown."""
    return FOR_PATIENTS if role in ("patient", None) else FOR_OTHERS
