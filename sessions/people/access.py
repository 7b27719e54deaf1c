"""Who looks at what is kept, and what they may do; refused here, below every page and command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from base.errors import RequestError

Role = Literal["home", "patient", "therapist"]


class NotAllowedError(RequestError):
    """Something that is not for who asks."""


@dataclass(frozen=True)
class Viewer:
    """Who asks. role: home is whoever sits at a computer that is theirs. who: their name for the audit trail.

    person_id: as whom they practise; None where that is not said, and for therapists.
    """

    role: Role
    who: str
    person_id: int | None = None

    def must_see(self, person_id: int | None, what: str) -> None:
        """Raise NotAllowedError unless what belongs to that person is theirs to see."""
        if self.role == "patient" and (person_id is None or person_id != self.person_id):
            raise NotAllowedError(f"{what}: it is not yours; ask your therapist")

    def must_treat(self, what: str) -> None:
        """Raise NotAllowedError for who is a patient."""
        if self.role == "patient":
            raise NotAllowedError(f"{what}: only a therapist may do that")


HOME: Final = Viewer("home", "this computer")
"""Without a login: the computer's own person."""
