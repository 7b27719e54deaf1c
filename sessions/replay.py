"""A stored session judged again, through the same Coach as live and recorded movement."""

from __future__ import annotations

from collections.abc import Iterator

from models.errors import DiagonalError
from patterns.template import Template
from scoring.coach import Coach
from scoring.records import Update
from sessions.store import Store


class ReplayError(DiagonalError):
    """The template is not the one with which the session was judged."""


def replay(store: Store, session_id: int, template: Template) -> Iterator[Update]:
    """What the Coach said at each frame of a stored session, the same as when it was recorded.

    Raises UnknownSessionError, and ReplayError for a template that has changed since (its sha256 differs).
    """
    start = store.session(session_id).start
    if template.sha256 != start.template_sha256:
        raise ReplayError(
            f"session {session_id}: it was judged with {start.pattern_id} version {start.pattern_version}, "
            f"which differs from {template.id} version {template.version} as it is now"
        )
    coach = Coach(template, start.side, start.hold_s)
    for pose in store.frames(session_id):
        yield coach.step(pose)
