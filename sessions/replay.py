"""A stored session judged again, through the same Coach as live and recorded movement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from models.errors import DiagonalError
from patterns.template import Template
from scoring.coach import Coach
from scoring.records import Update
from sessions.store import Store


class ReplayError(DiagonalError):
    """The template is not the one with which the session was judged."""


def replay(store: Store, session_id: int, template: Template) -> Iterator[Update]:
    """What the Coach said at each frame of a stored session, the same as when it was recorded.

    Where the end of a finished session closed one more repetition, one more Update at the last frame's time holds it.
    Raises UnknownSessionError, and ReplayError for a template that has changed since (its sha256 differs).
    """
    session = store.session(session_id)
    start = session.start
    if template.sha256 != start.template_sha256:
        raise ReplayError(
            f"session {session_id}: it was judged with {start.pattern_id} version {start.pattern_version}, "
            f"which differs from {template.id} version {template.version} as it is now"
        )
    coach = Coach(template, start.side, start.hold_s)
    update = None
    for pose in store.frames(session_id):
        update = coach.step(pose)
        yield update
    if update is None or session.finished_at is None:
        return
    for last in coach.finish():
        counted = last.kind == "repetition"
        update = replace(
            update,
            repetitions=update.repetitions + counted,
            attempts=update.attempts + (not counted),
            closed=last,
            cue=last.cue,
        )
        yield update
