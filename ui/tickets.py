"""Signed tickets: as whom a page practises, said by the server to itself through the page."""

from __future__ import annotations

import json
from typing import Final

from sessions.access import Viewer
from ui import live_token

LIFE_S: Final = 12 * 3600.0
"""So long a page may stay open before it must be opened anew."""


def ticket_for(viewer: Viewer, secret: bytes, now_s: float) -> str:
    """A ticket for who looks at a page."""
    about = json.dumps([viewer.role, viewer.who, viewer.person_id])
    return live_token.issue(secret, now_s, LIFE_S, about)


def viewer_of(ticket: str, secret: bytes, now_s: float) -> Viewer | None:
    """Whom a ticket was given to; None for one that is not ours or too old."""
    about = live_token.read(secret, ticket, now_s)
    return Viewer(*json.loads(about)) if about else None
