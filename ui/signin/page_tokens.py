"""Signed tickets: as whom a page practises, said by the server to itself through the page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from sessions.people.access import Viewer
from ui.signin import tokens as live_token

LIFE_S: Final = 12 * 3600.0
"""So long a page may stay open before it must be opened anew."""


def ticket_for(viewer: Viewer, secret: bytes, now_s: float, sign_in_id: int | None = None) -> str:
    """Return a ticket for the viewer of a page; sign_in_id: of a clinic's visitor."""
    about = json.dumps([viewer.role, viewer.who, viewer.person_id, sign_in_id], ensure_ascii=False)
    return live_token.issue(secret, now_s, LIFE_S, about)


@dataclass(frozen=True)
class Holder:
    """As whom a page practises, and the sign-in on which that rests; None at home."""

    viewer: Viewer
    sign_in_id: int | None = None

    @property
    def person(self) -> int | str | None:
        """Return who practises, so that one person has one place; None at home where nobody was chosen."""
        if self.viewer.person_id is not None:
            return self.viewer.person_id
        return None if self.viewer.role == "home" else self.viewer.who


def holder_of(ticket: str, secret: bytes, now_s: float) -> Holder | None:
    """Return whom a ticket was given to; None for one that is not ours or too old."""
    about = live_token.read(secret, ticket, now_s)
    if not about:
        return None
    *who, sign_in_id = json.loads(about)
    return Holder(Viewer(*who), sign_in_id)
