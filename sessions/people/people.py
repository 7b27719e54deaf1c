"""People whose sessions are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from base.errors import RequestError
from patterns.programs.timed_test import Sex

FIRST_YEAR = 1900
DELETED: Final = "The records of this person were deleted in the meantime."


def _now() -> datetime:
    return datetime.now(UTC)


class PersonError(RequestError):
    """Somebody who cannot be kept as asked, or whom there is not."""


class PersonGoneError(PersonError):
    """The person, or what was stored of them, was deleted in the meantime."""

    def __init__(self) -> None:
        super().__init__(DELETED)


class NameTakenError(PersonError):
    """Somebody else has that display name."""

    def __init__(self, alias: str) -> None:
        super().__init__(f'The name "{alias}" is already taken.')
        self.alias = alias


class LoginTakenError(PersonError):
    """Somebody else signs in with that login."""

    def __init__(self, login: str) -> None:
        super().__init__(f'The login "{login}" is already taken.')
        self.login = login


@dataclass(frozen=True)
class Person:
    """Somebody who practises.

    alias: what they are called everywhere, best no real name. name: the real one, None unless it was given. birth_year
    and sex: for norms alone. since: when they were added. Raises PersonError.
    """

    id: int
    alias: str
    name: str | None = None
    birth_year: int | None = None
    sex: Sex | None = None
    since: datetime = field(default_factory=_now)

    def __post_init__(self) -> None:
        if not self.alias.strip() or len(self.alias) > 80:
            raise PersonError("Enter a display name of 1 to 80 characters.")
        first, last = FIRST_YEAR, _now().year
        if self.birth_year is not None and not first <= self.birth_year <= last:
            raise PersonError(f"Enter a year of birth from {first} to {last}.")

    def age(self, on: date) -> int | None:
        """Years at the end of that year, None where the birth year is not known."""
        return None if self.birth_year is None else on.year - self.birth_year
