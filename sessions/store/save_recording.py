"""A judged recording kept as a session, as if it had been seen live."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import numpy as np

from patterns.programs.technique import Technique
from patterns.templates.template import Side, Template
from scoring.records.records import RepScore
from scoring.results.session_json import BackendFacts
from sessions.store.records import SessionStart
from sessions.store.store import Store
from vision.pose import PoseSequence

HOLD_S: Final = 0.0
"""Recordings may begin in motion: the start posture is not waited for."""

_NOON: Final = time(12)


def recording_start(
    duration_s: float, known: datetime | None = None, day: date | None = None, now: datetime | None = None
) -> datetime:
    """Return when a recording began: at the known time, else at noon of that day, by default so that it ends now.

    known: by the file or a person. day: by a person, who is right where the file names another. now: for tests.
    """
    latest = (datetime.now(UTC) if now is None else now) - timedelta(seconds=duration_s)
    if known is not None and day in (None, known.astimezone().date()):
        return known
    return latest if day is None else min(datetime.combine(day, _NOON).astimezone(), latest)


def keep_recording(
    store: Store,
    template: Template,
    side: Side,
    poses: PoseSequence,
    reps: tuple[RepScore, ...],
    backend: BackendFacts,
    technique: Technique | None = None,
    person_id: int | None = None,
    recorded_at: datetime | None = None,
    source_sha256: str | None = None,
) -> int:
    """The number of the new session, in which a replay finds the same repetitions. Raises StoreError.

    poses: as they were judged. person_id: whose it is, None for the viewer's own. recorded_at: when the recording
    began, None if it ended just now. source_sha256: of its file.
    """
    duration_s = float(poses.t_s[-1])
    begun = recording_start(duration_s, recorded_at)
    start = SessionStart(
        template.id,
        template.version,
        template.sha256,
        side,
        template.view,
        "recording",
        backend.name,
        backend.model,
        backend.weights_sha256,
        HOLD_S,
        started_at=begun,
        technique=None if technique is None else technique.id,
        technique_sha256=None if technique is None else technique.sha256,
        source_sha256=source_sha256,
    )
    judged_with = (template,) if technique is None else (template, technique)
    number, done = store.begin(start, judged_with, person_id), 0
    for rep in reps:
        upto = max(done, int(np.searchsorted(poses.t_s, rep.end_s, side="right")))
        store.add_rep(number, rep, _part(poses, done, upto))
        done = upto
    store.finish(number, _part(poses, done, len(poses)), begun + timedelta(seconds=duration_s))
    return number


def _part(poses: PoseSequence, begin: int, end: int) -> PoseSequence | None:
    return PoseSequence.from_frames(poses.frame(i) for i in range(begin, end)) if end > begin else None
