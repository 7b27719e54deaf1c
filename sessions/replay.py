"""A stored session judged again, through the same Coach as live and recorded movement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from models.errors import DiagonalError
from patterns.technique import Technique, load_technique
from patterns.template import Template
from scoring.coach import Coach
from scoring.records import Update
from sessions.records import SessionStart
from sessions.store import Store


class ReplayError(DiagonalError):
    """The template is not the one with which the session was judged."""


def replay(store: Store, session_id: int, template: Template) -> Iterator[Update]:
    """What the Coach said at each frame of a stored session, the same as when it was recorded.

    Where the end of a finished session closed one more repetition, one more Update at the last frame's time holds it.
    Raises UnknownSessionError, and ReplayError for a template or technique that has changed since (its sha256).
    """
    session = store.session(session_id)
    start = session.start
    if template.sha256 != start.template_sha256:
        raise ReplayError(
            f"session {session_id}: it was judged with {start.pattern_id} version {start.pattern_version}, "
            f"which differs from {template.id} version {template.version} as it is now"
        )
    coach = Coach(template, start.side, start.hold_s, _technique(session_id, start))
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


def _technique(session_id: int, start: SessionStart) -> Technique | None:
    """The technique in which a session was judged, as it still is."""
    if start.technique is None:
        return None
    technique = load_technique(start.technique)
    if technique.sha256 != start.technique_sha256:
        raise ReplayError(
            f"session {session_id}: it was judged with technique {technique.id}, which has changed since; now it has "
            f"version {technique.version}"
        )
    return technique
