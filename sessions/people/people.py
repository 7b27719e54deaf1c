"""People whose sessions are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from base.errors import RequestError
from patterns.programs.timed_test import Sex

FIRST_YEAR = 1900


def _now() -> datetime:
    return datetime.now(UTC)


class PersonError(RequestError):
    """Somebody who cannot be kept as asked, or whom there is not."""


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
            raise PersonError(f"alias: expected 1 to 80 characters, got {len(self.alias.strip())}")
        if self.birth_year is not None and not FIRST_YEAR <= self.birth_year <= _now().year:
            raise PersonError(f"birth year: expected {FIRST_YEAR} to {_now().year}, got {self.birth_year}")

    def age(self, on: date) -> int | None:
        """Years at the end of that year, None where the birth year is not known."""
        return None if self.birth_year is None else on.year - self.birth_year
