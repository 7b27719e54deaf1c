"""The records that pixels become: frames, poses and pose sequences.

Conventions of the whole project, written once, here:

* Image coordinates are pixels, x to the right, y down. Left and right are the *person's*. Inference runs on the
  un-mirrored frame; only the display is mirrored.
* World coordinates are metres, x image right, y down, z away from the camera, origin between the hips.
* Angles are degrees from the anatomical zero, flexion positive. Times are seconds. Intervals are half open.
* A landmark that was not seen is NaN, never 0. Angles come from pixels or metres, never from [0, 1] coordinates.
* The 33 landmarks follow the BlazePose order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

_PAIRS_AFTER_FACE: Final = [
    "shoulder",
    "elbow",
    "wrist",
    "pinky",
    "index",
    "thumb",
    "hip",
    "knee",
    "ankle",
    "heel",
    "foot_index",
]
LANDMARKS: Final[tuple[str, ...]] = (
    "nose",
    "left_eye_inner",
    "left_eye",
    "left_eye_outer",
    "right_eye_inner",
    "right_eye",
    "right_eye_outer",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
    *(f"{side}_{part}" for part in _PAIRS_AFTER_FACE for side in ("left", "right")),
)
"""Names of the 33 landmarks in BlazePose order."""

INDEX: Final[dict[str, int]] = {name: i for i, name in enumerate(LANDMARKS)}
"""Landmark name to its row."""

BONES: Final[tuple[tuple[str, str], ...]] = (
    ("left_shoulder", "right_shoulder"),
    ("left_hip", "right_hip"),
    *(
        (f"{side}_{a}", f"{side}_{b}")
        for side in ("left", "right")
        for a, b in (
            ("shoulder", "hip"),
            ("shoulder", "elbow"),
            ("elbow", "wrist"),
            ("wrist", "index"),
            ("hip", "knee"),
            ("knee", "ankle"),
            ("ankle", "heel"),
            ("heel", "foot_index"),
        )
    ),
)
"""Pairs of landmarks joined by a line when a skeleton is drawn."""


def _checked(name: str, array: npt.ArrayLike, shape: tuple[int, ...]) -> FloatArray:
    got = np.asarray(array, dtype=np.float64)
    if got.shape != shape:
        raise ValueError(f"{name}: expected shape {shape}, got {got.shape}")
    return got


@dataclass(frozen=True)
class Frame:
    """One picture with its own time.

    t_s: seconds, strictly increasing within a source; a frame rate is never assumed.
    image: (H, W, 3) uint8, RGB, un-mirrored.
    """

    t_s: float
    image: npt.NDArray[np.uint8]

    def __post_init__(self) -> None:
        if self.image.ndim != 3 or self.image.shape[2] != 3 or self.image.dtype != np.uint8:
            raise ValueError(f"image: expected (H, W, 3) uint8, got {self.image.shape} {self.image.dtype}")

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return int(self.image.shape[1]), int(self.image.shape[0])


@dataclass(frozen=True)
class PoseFrame:
    """One person at one time.

    t_s: seconds. size_wh: width and height of the picture, pixels.
    xy_px: (33, 2) pixels, NaN where not seen. world_m: (33, 3) metres, or None where the backend has none.
    world_error_m: (33,) one standard error of world_m in metres, each as seen from the joint that the landmark hangs
    from (a wrist from its elbow, a shoulder or hip from the middle of the hips), or None where unknown.
    visibility: (33,) 0..1 as the backend says; 0 where not seen.
    measured: True where the world landmarks were measured in three dimensions (markers) and need no correction.
    """

    t_s: float
    size_wh: tuple[int, int]
    xy_px: FloatArray
    world_m: FloatArray | None
    visibility: FloatArray
    world_error_m: FloatArray | None = None
    measured: bool = False

    def __post_init__(self) -> None:
        n = len(LANDMARKS)
        object.__setattr__(self, "xy_px", _checked("xy_px", self.xy_px, (n, 2)))
        object.__setattr__(self, "visibility", _checked("visibility", self.visibility, (n,)))
        if self.world_m is not None:
            object.__setattr__(self, "world_m", _checked("world_m", self.world_m, (n, 3)))
        if self.world_error_m is not None:
            error = _checked("world_error_m", self.world_error_m, (n,))
            object.__setattr__(self, "world_error_m", error)

    @classmethod
    def missing(cls, t_s: float, size_wh: tuple[int, int]) -> PoseFrame:
        """A frame in which nobody was found: all NaN, visibility 0."""
        n = len(LANDMARKS)
        return cls(t_s, size_wh, np.full((n, 2), np.nan), np.full((n, 3), np.nan), np.zeros(n))

    @property
    def detected(self) -> bool:
        """Whether any landmark was seen."""
        return bool(np.isfinite(self.xy_px).any())


@dataclass(frozen=True)
class PoseSequence:
    """One person over time: the fields of PoseFrame with a leading T.

    t_s: (T,) seconds, strictly increasing. xy_px: (T, 33, 2). world_m: (T, 33, 3) or None.
    visibility: (T, 33). world_error_m: (T, 33) or None. size_wh and measured hold for all frames.
    notes: what the reader of a file has to report about it, a sentence each; not part of the movement, never stored.
    recorded_at: when the recording began, with its zone, where the file says it; not part of the movement either.
    """

    t_s: FloatArray
    size_wh: tuple[int, int]
    xy_px: FloatArray
    world_m: FloatArray | None
    visibility: FloatArray
    world_error_m: FloatArray | None = None
    measured: bool = False
    notes: tuple[str, ...] = field(default=(), compare=False)
    recorded_at: datetime | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        n = len(LANDMARKS)
        t_s = np.asarray(self.t_s, dtype=np.float64)
        if t_s.ndim != 1:
            raise ValueError(f"t_s: expected shape (T,), got {t_s.shape}")
        if not np.isfinite(t_s).all() or (np.diff(t_s) <= 0).any():
            raise ValueError("t_s: expected finite, strictly increasing seconds")
        count = len(t_s)
        object.__setattr__(self, "t_s", t_s)
        object.__setattr__(self, "xy_px", _checked("xy_px", self.xy_px, (count, n, 2)))
        object.__setattr__(self, "visibility", _checked("visibility", self.visibility, (count, n)))
        if self.world_m is not None:
            object.__setattr__(self, "world_m", _checked("world_m", self.world_m, (count, n, 3)))
        if self.world_error_m is not None:
            error = _checked("world_error_m", self.world_error_m, (count, n))
            object.__setattr__(self, "world_error_m", error)

    def __len__(self) -> int:
        return len(self.t_s)

    def frame(self, i: int) -> PoseFrame:
        """The i-th PoseFrame."""
        return PoseFrame(
            float(self.t_s[i]),
            self.size_wh,
            self.xy_px[i],
            None if self.world_m is None else self.world_m[i],
            self.visibility[i],
            None if self.world_error_m is None else self.world_error_m[i],
            self.measured,
        )

    @classmethod
    def joined(cls, parts: Sequence[PoseSequence]) -> PoseSequence:
        """Parts of one recording, in order, as one; as from_frames makes it of all their frames."""
        if len({part.size_wh for part in parts}) != 1:
            raise ValueError("size_wh: expected one picture size in a sequence")
        worlds = [part.world_m for part in parts if part.world_m is not None]
        told = any(part.world_error_m is not None for part in parts)
        errors = [
            np.full(part.visibility.shape, np.nan) if part.world_error_m is None else part.world_error_m
            for part in parts
        ]
        return cls(
            np.concatenate([part.t_s for part in parts]),
            parts[0].size_wh,
            np.concatenate([part.xy_px for part in parts]),
            np.concatenate(worlds) if len(worlds) == len(parts) else None,
            np.concatenate([part.visibility for part in parts]),
            np.concatenate(errors) if told else None,
            all(part.measured for part in parts),
        )

    @classmethod
    def from_frames(cls, frames: Iterable[PoseFrame]) -> PoseSequence:
        """Stack frames of one picture size.

        world_m is None unless every frame has it; world_error_m is None unless any has it, NaN for those without.
        """
        got = list(frames)
        if not got:
            raise ValueError("frames: expected at least one, got none")
        if len({f.size_wh for f in got}) > 1:
            raise ValueError("size_wh: expected one picture size in a sequence")
        worlds = [f.world_m for f in got if f.world_m is not None]
        unknown = np.full(len(LANDMARKS), np.nan)
        told = any(f.world_error_m is not None for f in got)
        errors = [unknown if f.world_error_m is None else f.world_error_m for f in got]
        return cls(
            np.array([f.t_s for f in got]),
            got[0].size_wh,
            np.stack([f.xy_px for f in got]),
            np.stack(worlds) if len(worlds) == len(got) else None,
            np.stack([f.visibility for f in got]),
            np.stack(errors) if told else None,
            all(f.measured for f in got),
        )
