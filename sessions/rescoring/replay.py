"""A stored session judged again, through the same Coach as live and recorded movement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scoring.coach.coach import Coach
from scoring.records.records import Update
from sessions.history.queries import technique_for, template_for
from sessions.store.store import Store


def replay(store: Store, session_id: int) -> Iterator[Update]:
    """What the Coach said at each frame of a stored session, the same as when it was recorded.

    Where the end of a finished session closed one more repetition, one more Update at the last frame's time holds it.
    Raises UnknownSessionError, and DefinitionError where the template or technique has changed since and is not kept.
    """
    session = store.session(session_id)
    start = session.start
    technique = technique_for(store, start)
    coach = Coach(template_for(store, start), start.side, start.hold_s, technique)
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
