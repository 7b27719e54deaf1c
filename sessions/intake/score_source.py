"""A SOURCE scored from end to end: what the command line and the upload page both do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from base.errors import RequestError
from models.archive import file_sha256
from patterns.programs.technique import Technique
from patterns.templates.template import Side, Template
from scoring.coach.recording import Judged, judge
from scoring.results.captions import caption_track
from scoring.results.session_json import BackendFacts, SourceFacts, session_document
from sessions.intake.notes import NO_DEPTH
from sessions.intake.opening import open_movement
from vision.analysis.estimate import estimate_poses
from vision.backends.backend import PoseBackend
from vision.correction.depth import Correction, identity
from vision.pose import PoseSequence
from vision.render.overlay import write_overlay
from vision.video.sources import VideoSource
from vision.video.times import hole_notes, holes

FrameProgress = Callable[[int, int | None], None]
"""Told after each frame how many are done and about how many there are."""


@dataclass(frozen=True)
class Scored:
    """A scored source: its file, what was asked, what came of it, and the diagonal.session/1 document.

    source: the file as it was opened. notes: what there is to report about it, a sentence each.
    """

    path: Path
    source: VideoSource | PoseSequence
    template: Template
    side: Side
    judged: Judged
    document: dict[str, Any]
    notes: tuple[str, ...] = ()


def score_source(
    path: Path,
    template: Template,
    side: Side,
    backend: PoseBackend | None,
    *,
    opened: VideoSource | PoseSequence | None = None,
    name: str | None = None,
    technique: Technique | None = None,
    correct: Correction = identity,
    progress: FrameProgress | None = None,
) -> Scored:
    """Score a video or a file of landmarks, which needs no backend.

    opened: what open_movement gave of it, if it has been opened. name: what the document calls the source, its path
    unless given. technique: in which the movement was done, None for the person's own pace. Raises RequestError with
    one line for a file that cannot be judged.
    """
    source = open_movement(path) if opened is None else opened
    judged = judge(
        estimate_poses(source, backend, correct, progress, str(path)), template, side, technique=technique
    )
    poses = judged.poses
    detected = sum(poses.frame(i).detected for i in range(len(poses)))
    duration_s = float(poses.t_s[-1] - poses.t_s[0])
    facts = SourceFacts(name or str(path), file_sha256(path), duration_s, len(poses), detected)
    if judged.reps:
        facts = replace(facts, view=judged.view, yaw_deg=judged.yaw_deg)
    used = BackendFacts("recording") if backend is None else _facts(backend)
    document = session_document(
        template,
        side,
        facts,
        used,
        reps=judged.reps,
        not_measured=judged.not_measured,
        technique=technique,
        paced=judged.paced,
    )
    notes = (*notes_of(source), judged.unseen) if judged.unseen else notes_of(source)
    return Scored(path, source, template, side, judged, document, notes)


def notes_of(source: VideoSource | PoseSequence) -> tuple[str, ...]:
    """Return what there is to report about a source that was read, a sentence each: losses, holes, missing depth."""
    if isinstance(source, VideoSource):
        return source.notes
    depth = () if source.world_m is not None or NO_DEPTH in source.notes else (NO_DEPTH,)
    return (*source.notes, *depth, *hole_notes(list(holes(source.t_s.tolist()))))


def _facts(backend: PoseBackend) -> BackendFacts:
    return BackendFacts(backend.name, backend.model, backend.weights_sha256)


def annotate(
    scored: Scored, out: Path, progress: FrameProgress | None = None, say: Callable[[str], str] = str
) -> None:
    """Write the scored video with skeleton, counter, score and cue drawn into it (H.264); say: in whose language.

    Raises RequestError where a file of landmarks was scored.
    """
    if isinstance(scored.source, PoseSequence):
        raise RequestError(f"{scored.path}: it holds landmarks, there is no picture to draw on")
    captions = caption_track(scored.template.title, scored.judged.reps, say)
    write_overlay(scored.source, out, scored.judged.poses, captions, scored.side, progress)
