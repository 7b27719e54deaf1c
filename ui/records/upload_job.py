"""An uploaded video scored: the same way as live, with its tables, curves, overlay and files to take away."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from base.temporary import temporary_folder
from i18n.translation import ENGLISH, say, tr
from patterns.templates.template import Side, Template
from scoring.records.records import NotMeasured, RepScore
from scoring.results.curves import Curve, set_curves
from scoring.results.session_json import BackendFacts
from sessions.database.file import StoreError
from sessions.intake.opening import (
    FileFacts,
    Imported,
    MarkerFacts,
    ending_of,
    holds_landmarks,
    import_file,
    open_movement,
)
from sessions.intake.saved_maps import load_maps
from sessions.intake.score_source import annotate, notes_of, score_source
from sessions.people.access import Role
from sessions.store.save_recording import keep_recording, recording_start
from sessions.store.store import Store
from ui.page.streamlit_settings import MAX_UPLOAD_MB
from ui.records.uploading import OPENING, Progress, refusal
from ui.widgets.damage import failure_words
from vision.analysis.estimate import estimate_poses
from vision.backends.backend import PoseBackend
from vision.correction.depth import CORRECTIONS, DEFAULT
from vision.pose import PoseSequence
from vision.recording import read_recording, write_recording
from vision.sandbox.process import ASKS_EVERY_S, ApartError
from vision.video.limits import LimitError
from vision.video.sources import VideoSource

LARGEST_OVERLAY: Final = MAX_UPLOAD_MB * 1_000_000
"""Bytes of an annotated video that is shown: pages hold it in memory as long as they are open."""

_NEUTRAL = "upload"
NO_FACTS = FileFacts()


@dataclass(frozen=True)
class ScoredVideo:
    """What came of a recording. overlay_mp4 (None for one of landmarks) and landmarks_npz are whole files; curves in
    the order of reps.

    notes: what there is to report about the file, a sentence each. imported: its markers, None for a video.
    overlay_too_large: there is none because it would fill the memory of the server. duration_s: of the movement.
    recorded_at: when it was recorded, by the file; None where the file does not say.
    """

    name: str
    template: Template
    side: Side
    reps: tuple[RepScore, ...]
    not_measured: tuple[NotMeasured, ...]
    curves: tuple[tuple[Curve, ...], ...]
    document: dict[str, Any]
    overlay_mp4: bytes | None
    landmarks_npz: bytes
    notes: tuple[str, ...] = ()
    imported: Imported | None = None
    overlay_too_large: bool = False
    duration_s: float = 0.0
    recorded_at: datetime | None = None

    @property
    def document_json(self) -> str:
        """The diagonal.session/1 document as text."""
        return json.dumps(self.document, indent=1, allow_nan=False)

    @property
    def sha256(self) -> str:
        """Return the hash of the file's content."""
        return str(self.document["source"]["sha256"])

    def keep(self, store: Store, person_id: int | None, day: date | None = None) -> int:
        """Store landmarks and scores, not the video; return the session's number. day: on which it was recorded."""
        at = recording_start(self.duration_s, self.recorded_at, day)
        with temporary_folder() as folder:
            path = folder / "landmarks.npz"
            path.write_bytes(self.landmarks_npz)
            poses = read_recording(path)
        facts = BackendFacts(**self.document["backend"])
        return keep_recording(
            store,
            self.template,
            self.side,
            poses,
            self.reps,
            facts,
            person_id=person_id,
            recorded_at=at,
            source_sha256=self.sha256,
        )


def score_upload(
    content: bytes,
    name: str,
    template: Template,
    side: Side,
    *,
    progress: Progress,
    open_backend: Callable[[], PoseBackend],
    language: str = ENGLISH,
    facts: FileFacts = NO_FACTS,
) -> ScoredVideo:
    """The scored recording, a video or landmarks as its content says; its name is shown and otherwise not used.

    It lies in a folder of its own while it is read, in a process apart; the folder is always removed. facts: what a
    person added about the file. progress is called several times a second, and what it raises ends the work and that
    process. Raises MissingFactError for a fact that has to be added, RequestError for a file that is neither or shows
    nobody, WeightsError without weights.
    """
    with _opened(content, name, open_backend, facts, progress) as (path, opened, imported, backend):
        watched = _told(progress, "Looking for the person in each picture")
        scored = score_source(
            path,
            template,
            side,
            backend,
            opened=opened,
            name=name,
            correct=CORRECTIONS[DEFAULT](),
            progress=watched,
        )
        judged = scored.judged
        progress("Drawing the curves", 0.0)
        curves = set_curves(judged.poses, judged.reps, template, side)
        overlay, landmarks = path.parent / "overlay.mp4", path.parent / "landmarks.npz"
        if backend is not None:
            drawn = _told(progress, "Writing the annotated video")
            annotate(scored, overlay, drawn, lambda text: say(text, language))
        write_recording(landmarks, judged.poses)
        too_large = overlay.exists() and overlay.stat().st_size > LARGEST_OVERLAY
        return ScoredVideo(
            name,
            template,
            side,
            judged.reps,
            judged.not_measured,
            curves,
            scored.document,
            None if backend is None or too_large else overlay.read_bytes(),
            landmarks.read_bytes(),
            scored.notes,
            imported,
            too_large,
            float(judged.poses.t_s[-1]),
            opened.recorded_at,
        )


def poses_of_upload(
    content: bytes, name: str, *, progress: Progress, open_backend: Callable[[], PoseBackend]
) -> PoseSequence:
    """The corrected landmarks of an uploaded recording, which is removed, with the notes about it.

    Raises as score_upload does.
    """
    known = FileFacts(MarkerFacts(saved=load_maps()))
    with _opened(content, name, open_backend, known, progress) as (_, opened, _, backend):
        watched = _told(progress, "Looking for the person in each picture")
        poses = PoseSequence.from_frames(estimate_poses(opened, backend, CORRECTIONS[DEFAULT](), watched))
        return replace(poses, notes=notes_of(opened))


@contextmanager
def _opened(
    content: bytes,
    name: str,
    open_backend: Callable[[], PoseBackend],
    facts: FileFacts,
    progress: Progress,
) -> Iterator[tuple[Path, VideoSource | PoseSequence, Imported | None, PoseBackend | None]]:
    """An upload in a folder of its own, read in a process apart, with the backend that it needs."""
    with temporary_folder() as folder:
        path = folder / _NEUTRAL
        path.write_bytes(content)
        named = Path(name).suffix.lower()
        found = ending_of(path)
        path = path.rename(path.with_suffix(named if (found, named) == (".zip", ".npz") else found))

        def waiting() -> None:
            progress(OPENING, 0.0)

        imported: Imported | None = None
        try:
            if holds_landmarks(path):
                imported = import_file(path, facts.markers, waiting)
            else:
                opened = open_movement(path, stranger=True, video=facts.video, waiting=waiting)
        except ApartError:
            if holds_landmarks(path) or not holds_landmarks(name):
                raise
            path = path.rename(path.with_suffix(named))  # neither: what is wrong with it as what it is called
            imported = import_file(path, facts.markers, waiting)
        if imported is not None:
            opened = imported.poses
        backend = open_backend() if imported is None else None
        try:
            yield path, opened, imported, backend
        finally:
            if backend is not None:
                backend.close()


def plain_words(error: Exception, name: str, role: Role = "home") -> str:
    """Return an error's line with the uploaded file's name in place of the temporary path; role: of the reader.

    Raises DamagedError as it came: the page as a whole reports it.
    """
    if isinstance(error, LimitError):
        return refusal(error, name, role)
    if isinstance(error, StoreError):
        return tr(failure_words(error))
    words = str(error).split()
    line = " ".join(f"{name}:" if "diagonal-" in word and _NEUTRAL in word else word for word in words)
    return tr(line)


def _told(progress: Progress, what: str) -> Callable[[int, int | None], None]:
    """Return a frame counter that updates the page at each percent, and often enough for Cancel."""
    last, last_s = -1, 0.0

    def count(done: int, total: int | None) -> None:
        nonlocal last, last_s
        share = min(1.0, done / total) if total else 0.0
        if int(100 * share) != last or time.monotonic() - last_s > ASKS_EVERY_S:
            last, last_s = int(100 * share), time.monotonic()
            progress(what, share)

    return count
