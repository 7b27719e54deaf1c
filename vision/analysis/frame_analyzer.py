"""Looking at one picture of a live set: decode, estimate, correct, and what the picture itself says."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Protocol

import numpy as np

from vision.backends.backend import PoseBackend
from vision.correction.depth import Correction
from vision.picture_facts import PictureFacts, picture_facts
from vision.pose import Frame, PoseFrame
from vision.video.sources import decode_jpeg

MAX_PIXELS: Final = 1280 * 960


@dataclass(frozen=True)
class Looked:
    """What one look found. people is None where it was not asked for or cannot be told; milliseconds of each part."""

    pose: PoseFrame
    facts: PictureFacts
    people: int | None
    decode_ms: float
    pose_ms: float
    correct_ms: float


class Eye(Protocol):
    """Looks at one picture after the other of one person; times must increase."""

    @property
    def name(self) -> str:
        """Of its pose backend."""

    @property
    def model(self) -> str:
        """lite, full or heavy."""

    @property
    def weights_sha256(self) -> str:
        """Of the landmark network's source file."""

    def look(self, t_s: float, jpeg: bytes, *, mirrored: bool = False, count: bool = False) -> Looked:
        """What a JPEG shows. mirrored: turn it round first; count: say how many people there are.

        Raises SourceError for what is no whole JPEG of at most MAX_PIXELS, and then nothing has changed.
        """

    def close(self) -> None:
        """Give back processes and memory."""


@dataclass(frozen=True)
class OwnEye:
    """An eye in this very process."""

    backend: PoseBackend
    correct: Correction

    @property
    def name(self) -> str:
        """Of its pose backend."""
        return self.backend.name

    @property
    def model(self) -> str:
        """lite, full or heavy."""
        return self.backend.model

    @property
    def weights_sha256(self) -> str:
        """Of the landmark network's source file."""
        return self.backend.weights_sha256

    def look(self, t_s: float, jpeg: bytes, *, mirrored: bool = False, count: bool = False) -> Looked:
        """See Eye."""
        marks_s = [time.perf_counter()]
        image = decode_jpeg(jpeg, MAX_PIXELS)
        if mirrored:
            image = np.ascontiguousarray(image[:, ::-1])
        facts = picture_facts(image)
        marks_s.append(time.perf_counter())
        people = self.backend.people(image) if count else None
        pose = self.backend.estimate(Frame(t_s, image))
        marks_s.append(time.perf_counter())
        pose = pose if pose.measured else self.correct(pose)
        marks_s.append(time.perf_counter())
        decode, estimate, correct = (1000 * (b - a) for a, b in pairwise(marks_s))
        return Looked(pose, facts, people, decode, estimate, correct)

    def close(self) -> None:
        """Give back processes and memory."""
        self.backend.close()


OpenEye = Callable[[str], Eye]
"""Opens an eye with a pose model."""
