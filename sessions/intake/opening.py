"""Every kind of file that movement comes in, and the one way to open them: a stranger's in a process apart.

Run as a program it is that process: "L" the landmarks (sessions.landmarks).
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from sessions.intake.c3d_file import read_c3d
from sessions.intake.markers import Axis, landmarks_of, own_sets, read_sets
from sessions.intake.own_files import read_record, read_tables
from sessions.intake.points import IntakeError, Points
from sessions.intake.room import seen
from sessions.intake.trc_file import read_trc
from sessions.landmarks import decode, encode
from vision.apart import Answer, asked_apart, serve
from vision.estimate import open_source
from vision.pose import PoseSequence
from vision.recording import read_recording
from vision.sources import VideoSource
from vision.video_apart import open_video_apart


@dataclass(frozen=True)
class MarkerFacts:
    """What is known of a file of markers beside itself: a file of marker sets, axes, unit; None where it tells."""

    markers: str | None = None
    up: Axis | None = None
    camera: Axis | None = None
    unit: str | None = None


@dataclass(frozen=True)
class LandmarkFile:
    """A kind of file that holds landmarks. title: for people. read: what it holds; raises RequestError, OSError."""

    title: str
    read: Callable[[Path], Points | PoseSequence]


def _read_zip(path: Path) -> PoseSequence:
    """Exported tables, or a landmark recording, which is a zip too."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if "t_s.npy" in archive.namelist():
                return read_recording(path)
    return read_tables(path)


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
_STARTS: Final = (
    (b"PathFileType", ".trc"),
    (b"t_s,landmark,", ".csv"),
    (b"{", ".json"),
    (b"PK\x03\x04", ".zip"),
)
_HEAD: Final = 64


def holds_landmarks(path: Path | str) -> bool:
    """Whether a SOURCE holds landmarks, by its name; else it is a video."""
    return Path(path).suffix.lower() in LANDMARK_FILES


def open_movement(path: Path | str, *, stranger: bool = False) -> VideoSource | PoseSequence:
    """A video ready to be read, or the poses of any file of LANDMARK_FILES.

    stranger: somebody else's file: it is read and decoded in a process apart, whatever it is. Raises RequestError.
    """
    path = Path(path)
    if holds_landmarks(path) and (stranger or path.suffix.lower() != ".npz"):
        return import_landmarks(path)
    return open_video_apart(path) if stranger else open_source(path)


def import_landmarks(path: Path, facts: MarkerFacts = _NOTHING_KNOWN) -> PoseSequence:
    """The poses in a file of LANDMARK_FILES, read in a process apart. Raises ApartError."""
    poses = None
    markers = None if facts.markers is None else str(Path(facts.markers).absolute())
    for _, content in asked_apart(__spec__.name, path, asdict(replace(facts, markers=markers))):
        poses = decode(content)
    if poses is None:
        raise IntakeError(f"{path}: nothing was read from it; export it again")
    return poses


def read_landmarks(path: Path, facts: MarkerFacts = _NOTHING_KNOWN) -> PoseSequence:
    """As import_landmarks, in this process. Raises RequestError."""
    ending = path.suffix.lower()
    if ending not in LANDMARK_FILES:
        kinds = ", ".join(f"{known} {one.title}" for known, one in LANDMARK_FILES.items())
        raise IntakeError(f"{path}: expected one of {kinds}")
    try:
        found = LANDMARK_FILES[ending].read(path)
    except OSError as error:
        raise IntakeError(f"{path}: the file cannot be read ({error.strerror})") from error
    if isinstance(found, PoseSequence):
        return found
    sets = own_sets() if facts.markers is None else read_sets(Path(facts.markers))
    chosen, landmarks = landmarks_of(found, sets, str(path))
    return seen(
        found.t_s,
        landmarks,
        facts.unit or found.unit,
        str(path),
        up=facts.up or chosen.up,
        camera=facts.camera or chosen.camera,
    )


def ending_of(path: Path) -> str:
    """The ending of LANDMARK_FILES that a file's content asks for, whatever its name; empty for anything else."""
    with path.open("rb") as file:
        head = file.read(_HEAD).lstrip(b"\xef\xbb\xbf \t\r\n")
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
    path = Path(asked.pop("path"))
    answer(b"L", encode(read_landmarks(path, MarkerFacts(**asked))))


if __name__ == "__main__":
    sys.exit(serve(_answers))
