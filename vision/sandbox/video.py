"""A stranger's video: its pictures are decoded in a process apart (process.py), with the same frames as in this one.

Run as a program it is that process. Messages: "V" the fields of a VideoSource (JSON), "F" a frame: seconds, height and
width, then its RGB bytes, "C" the counts of what was given and lost (JSON).
"""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Generator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np

from vision.pose import Frame
from vision.sandbox.process import Answer, Waiting, asked_apart, serve
from vision.video.sources import VideoSource, open_video
from vision.video.times import VideoFacts

_NO_FACTS: Final = VideoFacts()
_FRAME: Final = struct.Struct("<dII")
_FIELDS: Final = ("duration_s", "frames_estimate", "of_container")
_SHARES: Final = ("time_base_s", "slower")
_COUNTS: Final = ("given", "dropped", "damaged", "holes")


@dataclass
class VideoApart(VideoSource):
    """A VideoSource whose pictures come from a process of their own at each pass; facts: as it was opened with."""

    facts: VideoFacts = _NO_FACTS

    def __iter__(self) -> Generator[Frame]:
        asked = {"frames": True, "facts": asdict(self.facts)}
        with closing(asked_apart(__spec__.name, self.path, asked)) as messages:
            for kind, content in messages:
                if kind == b"C":
                    vars(self).update(json.loads(content))
                elif kind == b"F":
                    t_s, height, width = _FRAME.unpack_from(content)
                    pixels = np.frombuffer(content, np.uint8, offset=_FRAME.size)
                    yield Frame(t_s, pixels.reshape(height, width, 3).copy())


def open_video_apart(
    path: Path | str, facts: VideoFacts = _NO_FACTS, waiting: Waiting | None = None
) -> VideoApart:
    """As vision.video.sources.open_video, in a process apart; waiting: as for asked_apart.

    Raises ApartError, MissingFactError, LimitError.
    """
    path = Path(path)
    told: dict[str, Any] = {}
    for _, content in asked_apart(__spec__.name, path, {"frames": False, "facts": asdict(facts)}, waiting):
        told = json.loads(content)
    fields: dict[str, Any] = {name: told[name] for name in _FIELDS}
    fields |= {name: Fraction(*told[name]) for name in _SHARES}
    fields["recorded_at"] = (
        None if told["recorded_at"] is None else datetime.fromisoformat(told["recorded_at"])
    )
    return VideoApart(path, tuple(told["size_wh"]), **fields, facts=facts)


def _answers(asked: dict[str, Any], answer: Answer) -> None:
    video = open_video(asked["path"], VideoFacts(**asked["facts"]))
    if not asked["frames"]:
        about: dict[str, Any] = {name: getattr(video, name) for name in _FIELDS}
        about |= {name: getattr(video, name).as_integer_ratio() for name in _SHARES}
        recorded = None if video.recorded_at is None else video.recorded_at.isoformat()
        answer(b"V", json.dumps(about | {"size_wh": video.size_wh, "recorded_at": recorded}).encode())
        return
    try:
        for frame in video:
            height, width = frame.image.shape[:2]
            answer(b"F", _FRAME.pack(frame.t_s, height, width) + frame.image.tobytes())
    finally:
        answer(b"C", json.dumps({name: getattr(video, name) for name in _COUNTS}).encode())


if __name__ == "__main__":
    sys.exit(serve(_answers))
