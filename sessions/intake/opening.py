"""Every kind of file that movement comes in, and the one way to open them: a stranger's in a process apart.

Run as a program it is that process: "L" the landmarks (store/landmarks.py), "N" what there is to report about the file
and which markers were matched (JSON).
"""

from __future__ import annotations

import json
import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from base.errors import MissingFactError
from base.zip_file import ZIP_DAMAGE, opened_zip
from sessions.intake.c3d_file import read_c3d
from sessions.intake.crossed import crossed_note
from sessions.intake.maps import hand_set, saved_for
from sessions.intake.markers import Axis, match, own_sets, read_sets
from sessions.intake.notes import SAVED_MAP
from sessions.intake.own_files import read_record, read_tables
from sessions.intake.points import METRES, IntakeError, Points, unit_of
from sessions.intake.room import seen
from sessions.intake.subjects import one_subject
from sessions.intake.trc_file import read_trc
from sessions.store.landmarks import decode, encode
from vision.analysis.estimate import open_source
from vision.pose import PoseSequence
from vision.recording import read_recording
from vision.sandbox.process import Answer, Waiting, asked_apart, serve
from vision.sandbox.video import open_video_apart
from vision.video.limits import check_length
from vision.video.sources import VideoSource
from vision.video.times import VideoFacts


@dataclass(frozen=True)
class MarkerFacts:
    """What a person adds about a file of markers; None for what the file says itself.

    markers: a file of marker sets, in place of the program's own. up, camera: axes. unit: overrides the file's.
    subject: whose movement it is. by_hand: landmarks to marker names ("A+B" for the middle). saved: such maps of
    earlier files (sessions.intake.maps).
    """

    markers: str | None = None
    up: Axis | None = None
    camera: Axis | None = None
    unit: str | None = None
    subject: str | None = None
    by_hand: Mapping[str, str] = field(default_factory=dict)
    saved: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class FileFacts:
    """What a person adds about a file of either kind."""

    markers: MarkerFacts = field(default_factory=MarkerFacts)
    video: VideoFacts = field(default_factory=VideoFacts)


@dataclass(frozen=True)
class Imported:
    """The poses of a file. title: of the marker set, empty for landmarks that are ours already.

    markers: the marker names that each landmark rests on. unused: markers that stand for none.
    """

    poses: PoseSequence
    title: str = ""
    markers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unused: tuple[str, ...] = ()


@dataclass(frozen=True)
class LandmarkFile:
    """A kind of file that holds landmarks. title: for people. read: what it holds; raises RequestError, OSError."""

    title: str
    read: Callable[[Path], Points | PoseSequence]


def _read_zip(path: Path) -> PoseSequence:
    """Exported tables, or a landmark recording, which is a zip too."""
    try:
        with opened_zip(path) as archive:
            is_recording = any(name.endswith(".npy") for name in archive.namelist())
    except ZIP_DAMAGE:
        is_recording = False  # reading it as tables reports what is wrong
    return read_recording(path) if is_recording else read_tables(path)


LANDMARK_FILES: Final[dict[str, LandmarkFile]] = {
    ".npz": LandmarkFile("a landmark recording (NPZ)", read_recording),
    ".trc": LandmarkFile("markers for OpenSim (TRC)", read_trc),
    ".c3d": LandmarkFile("motion capture (C3D)", read_c3d),
    ".json": LandmarkFile("an exported session (JSON)", read_record),
    ".zip": LandmarkFile("exported tables (zip)", _read_zip),
    ".csv": LandmarkFile("landmarks.csv of exported tables", read_tables),
}
"""By their endings."""

_NOTHING_KNOWN: Final = MarkerFacts()
_NO_VIDEO_FACTS: Final = VideoFacts()
_STARTS: Final = (
    ("PathFileType", ".trc"),
    ("{", ".json"),
    ("PK\x03\x04", ".zip"),
    *((f"{quote}t_s{quote}{separator}", ".csv") for quote in ("", '"') for separator in (",", ";", "\t")),
    ("sep=", ".csv"),
)
_HEAD: Final = 64


def holds_landmarks(path: Path | str) -> bool:
    """Whether a SOURCE holds landmarks, by its name; else it is a video."""
    return Path(path).suffix.lower() in LANDMARK_FILES


def open_movement(
    path: Path | str,
    *,
    stranger: bool = False,
    facts: MarkerFacts = _NOTHING_KNOWN,
    video: VideoFacts = _NO_VIDEO_FACTS,
    waiting: Waiting | None = None,
) -> VideoSource | PoseSequence:
    """Return a video ready to be read, or the poses of any file of LANDMARK_FILES, with what a person adds about it.

    stranger: somebody else's file: it is read and decoded in a process apart, whatever it is. waiting: called several
    times a second while that process opens it. Raises RequestError, LimitError for a recording that is too long.
    """
    path = Path(path)
    if holds_landmarks(path) and (stranger or path.suffix.lower() != ".npz"):
        return import_landmarks(path, facts, waiting)
    opened = open_video_apart(path, video, waiting) if stranger else open_source(path, video)
    if isinstance(opened, PoseSequence):
        _check_length(path, opened)
    return opened


def import_landmarks(
    path: Path, facts: MarkerFacts = _NOTHING_KNOWN, waiting: Waiting | None = None
) -> PoseSequence:
    """Return the poses in a file of LANDMARK_FILES, read in a process apart.

    Raises ApartError, MissingFactError, LimitError.
    """
    return import_file(path, facts, waiting).poses


def import_file(path: Path, facts: MarkerFacts = _NOTHING_KNOWN, waiting: Waiting | None = None) -> Imported:
    """Return what is in a file of LANDMARK_FILES, read in a process apart; waiting: as for open_movement.

    Raises ApartError, MissingFactError, LimitError.
    """
    poses, about = None, {}
    markers = None if facts.markers is None else str(Path(facts.markers).absolute())
    asked = {"facts": asdict(replace(facts, markers=markers))}
    for kind, content in asked_apart(__spec__.name, path, asked, waiting):
        if kind == b"N":
            about = json.loads(content)
        else:
            poses = decode(content)
    if poses is None:
        raise IntakeError(f"{path}: nothing was read from it; export it again")
    _check_length(path, poses)
    matched = {name: tuple(names) for name, names in about["markers"].items()}
    said = about["recorded_at"]
    recorded_at = None if said is None else datetime.fromisoformat(said)
    poses = replace(poses, notes=tuple(about["notes"]), recorded_at=recorded_at)
    return Imported(poses, about["title"], matched, tuple(about["unused"]))


def _check_length(path: Path, poses: PoseSequence) -> None:
    check_length(str(path), float(poses.t_s[-1] - poses.t_s[0]), len(poses))


def read_landmarks(path: Path, facts: MarkerFacts = _NOTHING_KNOWN) -> PoseSequence:
    """As import_landmarks, in this process. Raises RequestError."""
    return read_file(path, facts).poses


def read_file(path: Path, facts: MarkerFacts = _NOTHING_KNOWN) -> Imported:
    """As import_file, in this process. Raises RequestError."""
    ending = path.suffix.lower()
    if ending not in LANDMARK_FILES:
        kinds = ", ".join(f"{known} {one.title}" for known, one in LANDMARK_FILES.items())
        raise IntakeError(f"{path}: expected one of {kinds}")
    try:
        found = LANDMARK_FILES[ending].read(path)
    except OSError as error:
        raise IntakeError(f"{path}: the file cannot be read ({error.strerror})") from error
    if isinstance(found, PoseSequence):
        return Imported(found)
    unit = _unit(found, facts, path)
    sets = own_sets() if facts.markers is None else read_sets(Path(facts.markers))
    points = one_subject(found, sets, str(path), facts.subject)
    saved = {
        name: way for name, way in saved_for(points.names, facts.saved).items() if name not in facts.by_hand
    }
    matched = match(points, sets, str(path), hand_set(facts.by_hand, saved, points.names, str(path)))
    crossed = crossed_note(matched.values * METRES[unit])
    axes = matched.axes(points, facts.up, facts.camera)
    try:
        poses = seen(points.t_s, matched.values, unit, str(path), up=axes[0], camera=axes[1])
    except IntakeError as error:
        if not crossed:
            raise
        raise IntakeError(f"{path}: {crossed}") from error
    used = SAVED_MAP.format(map=", ".join(f"{name} = {way}" for name, way in saved.items())) if saved else ""
    notes = (*points.notes, used, crossed, *poses.notes)
    poses = replace(poses, notes=tuple(filter(None, notes)))
    return Imported(poses, matched.chosen.title, matched.markers, matched.unused)


def _unit(found: Points, facts: MarkerFacts, path: Path) -> str:
    unit = facts.unit or unit_of(found.unit)
    if unit is None:
        raise MissingFactError(
            f"{path}: {found.unit_at}: expected {', '.join(METRES)}, got {found.unit[:40]!r}; say which with --unit",
            "unit",
            tuple(METRES),
        )
    return unit


def ending_of(path: Path) -> str:
    """The ending of LANDMARK_FILES that a file's content asks for, whatever its name; empty for anything else."""
    with path.open("rb") as file:
        raw = file.read(_HEAD)
    encoding = "utf-16" if raw[:2] in (BOM_UTF16_LE, BOM_UTF16_BE) else "utf-8-sig"
    head = raw.decode(encoding, errors="ignore").lstrip()
    for start, ending in _STARTS:
        if head.startswith(start):
            return ending
    return ".c3d" if _c3d(path) else ""


def _c3d(path: Path) -> bool:
    """Whether the parameters that the first byte points to say that they are those of a C3D file."""
    with path.open("rb") as file:
        first = file.read(2)
        if len(first) < 2 or first[1] != 0x50 or not first[0]:
            return False
        file.seek(512 * (first[0] - 1))
        head = file.read(4)
    return len(head) == 4 and head[3] in (84, 85, 86)


def _answers(asked: dict[str, Any], answer: Answer) -> None:
    found = read_file(Path(asked["path"]), MarkerFacts(**asked["facts"]))
    answer(b"L", encode(found.poses))
    recorded_at = found.poses.recorded_at
    about: dict[str, Any] = {"notes": found.poses.notes, "title": found.title}
    about["recorded_at"] = None if recorded_at is None else recorded_at.isoformat()
    answer(b"N", json.dumps({**about, "markers": dict(found.markers), "unused": found.unused}).encode())


if __name__ == "__main__":
    sys.exit(serve(_answers))
