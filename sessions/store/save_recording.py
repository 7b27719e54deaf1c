"""A judged recording kept as a session, as if it had been seen live."""

from __future__ import annotations

import numpy as np

from patterns.programs.technique import Technique
from patterns.templates.template import Side, Template
from scoring.records.records import RepScore
from scoring.results.session_json import BackendFacts
from sessions.store.records import SessionStart
from sessions.store.store import Store
from vision.pose import PoseSequence

HOLD_S = 0.0
"""Recordings may begin in motion: the start posture is not waited for."""


def keep_recording(
    store: Store,
    template: Template,
    side: Side,
    poses: PoseSequence,
    reps: tuple[RepScore, ...],
    backend: BackendFacts,
    technique: Technique | None = None,
    person_id: int | None = None,
) -> int:
    """The number of the new session, in which a replay finds the same repetitions. Raises StoreError.

    poses: as they were judged. person_id: whose it is, None for the viewer's own.
    """
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
        technique=None if technique is None else technique.id,
        technique_sha256=None if technique is None else technique.sha256,
    )
    judged_with = (template,) if technique is None else (template, technique)
    number, done = store.begin(start, judged_with, person_id), 0
    for rep in reps:
        upto = max(done, int(np.searchsorted(poses.t_s, rep.end_s, side="right")))
        store.add_rep(number, rep, _part(poses, done, upto))
        done = upto
    store.finish(number, _part(poses, done, len(poses)))
    return number


def _part(poses: PoseSequence, begin: int, end: int) -> PoseSequence | None:
    return PoseSequence.from_frames(poses.frame(i) for i in range(begin, end)) if end > begin else None
