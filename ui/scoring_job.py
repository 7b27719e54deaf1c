"""An uploaded video scored: the same way as live, with its tables, curves, overlay and files to take away."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.archive import file_sha256
from patterns.template import Side, Template
from scoring.curves import Curve, rep_curves
from scoring.document import BackendFacts, SourceFacts, session_document
from scoring.judge import judge
from scoring.records import NotMeasured, RepScore
from vision.backend import PoseBackend
from vision.correction import identity
from vision.estimate import estimate_poses, open_source
from vision.overlay import write_overlay
from vision.recording import write_recording

Progress = Callable[[str, float], None]
"""Told what is being done and which share of it is done, 0..1."""
OpenBackend = Callable[[], PoseBackend]


@dataclass(frozen=True)
class ScoredVideo:
    """What came of a video. overlay_mp4 and landmarks_npz are whole files; curves in the order of reps."""

    name: str
    template: Template
    side: Side
    reps: tuple[RepScore, ...]
    not_measured: tuple[NotMeasured, ...]
    curves: tuple[tuple[Curve, ...], ...]
    document: dict[str, Any]
    overlay_mp4: bytes
    landmarks_npz: bytes

    @property
    def document_json(self) -> str:
        """The diagonal.session/1 document as text."""
        return json.dumps(self.document, indent=1, allow_nan=False)


def score_video(
    video: bytes,
    name: str,
    template: Template,
    side: Side,
    *,
    progress: Progress,
    open_backend: OpenBackend,
) -> ScoredVideo:
    """The scored video. It lies in a folder of its own while it is read; the folder is always removed.

    Raises RequestError for a file that is no video or shows nobody, WeightsError without weights.
    """
    with tempfile.TemporaryDirectory(prefix="diagonal-") as folder:
        path = Path(folder) / f"upload{Path(name).suffix.lower()}"
        path.write_bytes(video)
        backend = open_backend()
        try:
            return _scored(path, name, template, side, (progress, backend))
        finally:
            backend.close()


def _scored(
    path: Path, name: str, template: Template, side: Side, means: tuple[Progress, PoseBackend]
) -> ScoredVideo:
    progress, backend = means
    source = open_source(path)
    watched = _told(progress, "Looking for the person in each picture")
    judged = judge(estimate_poses(source, backend, identity, watched), template, side)
    reps, poses = judged.reps, judged.poses
    progress("Drawing the curves", 0.0)
    curves = tuple(rep_curves(poses, rep, template, side) for rep in reps)
    overlay, landmarks = path.parent / "overlay.mp4", path.parent / "landmarks.npz"
    write_overlay(path, overlay, poses, reps, template, side, _told(progress, "Writing the annotated video"))
    write_recording(landmarks, poses)
    detected = sum(poses.frame(i).detected for i in range(len(poses)))
    duration_s = float(poses.t_s[-1] - poses.t_s[0])
    facts = SourceFacts(name, file_sha256(path), duration_s, len(poses), detected)
    used = BackendFacts(backend.name, backend.model, backend.weights_sha256)
    document = session_document(template, side, facts, used, reps=reps, not_measured=judged.not_measured)
    return ScoredVideo(
        name,
        template,
        side,
        reps,
        judged.not_measured,
        curves,
        document,
        overlay.read_bytes(),
        landmarks.read_bytes(),
    )


def _told(progress: Progress, what: str) -> Callable[[int, int | None], None]:
    """A frame counter that speaks to the page at most a hundred times."""
    last = -1

    def count(done: int, total: int | None) -> None:
        nonlocal last
        share = min(1.0, done / total) if total else 0.0
        if int(100 * share) != last:
            last = int(100 * share)
            progress(what, share)

    return count
