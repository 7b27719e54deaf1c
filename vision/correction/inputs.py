"""What the correction network is told: image landmarks of the last second, the world landmarks, the body's lengths.

One frame at a time, and the same numbers in training and at work. Everything is relative to the person's size in the
picture, so that distance and camera do not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from vision.pose import INDEX, FloatArray

BoolArray = npt.NDArray[np.bool_]

_PAIRS: Final = ("shoulder", "elbow", "wrist", "index", "hip", "knee", "ankle", "heel", "foot_index")
KEPT: Final[tuple[str, ...]] = (
    "nose",
    "left_ear",
    "right_ear",
    *(f"{side}_{part}" for part in _PAIRS for side in ("left", "right")),
)
"""The landmarks that the network sees and corrects."""

ROWS: Final = np.array([INDEX[name] for name in KEPT])
"""Their rows among the 33."""

_AT: Final = {name: i for i, name in enumerate(KEPT)}
MIRROR: Final = np.array(
    [_AT[n.replace("left_", "*").replace("right_", "left_").replace("*", "right_")] for n in KEPT]
)
"""For each kept landmark the row of its twin on the other side."""

BACK_S: Final = (0.0, 0.1, 0.25, 0.5, 1.0)
"""How long ago the image landmarks are that the network sees, seconds."""

_LIMBS: Final = (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"))
_BONES: Final = (
    *((f"{side}_{near}", f"{side}_{far}") for near, far in _LIMBS for side in ("left", "right")),
    ("left_shoulder", "right_shoulder"),
    ("left_hip", "right_hip"),
)
_NEAR: Final = np.array([_AT[a] for a, _ in _BONES])
_FAR: Final = np.array([_AT[b] for _, b in _BONES])
_MIRRORED_BONES: Final = np.array([1, 0, 3, 2, 5, 4, 7, 6, 8, 9])
_SHOULDERS: Final = [_AT["left_shoulder"], _AT["right_shoulder"]]
_HIPS: Final = [_AT["left_hip"], _AT["right_hip"]]
_LOOKS: Final = (("hip", "knee", 0.82), ("knee", "ankle", 0.77))
_THIGH_SHANK: Final = np.array(
    [[_AT[f"{s}_{near}"], _AT[f"{s}_{far}"]] for near, far, _ in _LOOKS for s in ("left", "right")]
)
_RATIOS: Final = np.array([ratio for _, _, ratio in _LOOKS for _ in range(2)])
SEEN_ABOVE: Final = 0.5
_WORLD_UNIT_M: Final = 0.5
_GROW: Final = 0.5
_FADE_S: Final = 60.0

SIZE: Final = len(KEPT) * 2 * len(BACK_S) + len(KEPT) + len(KEPT) * 3 + len(_BONES) + 1 + 3
"""How many numbers describe one frame."""


@dataclass
class _Moment:
    """t_s seconds; xy (N, 21, 2), NaN where unknown; looks (N,): the person's size in the picture then."""

    t_s: float
    xy: FloatArray
    looks: FloatArray


class InputMaker:
    """Turns landmarks into the network's input rows, frame by frame, for N people side by side (one at work)."""

    def __init__(self) -> None:
        self._moments: list[_Moment] = []
        self._longest: FloatArray | None = None

    def step(self, t_s: float, xy: FloatArray, visibility: FloatArray, world_m: FloatArray) -> FloatArray:
        """Input rows (N, SIZE) of this frame; times must increase.

        xy (N, 21, 2): image landmarks from the middle of the picture in units of its longer side. visibility (N, 21).
        world_m (N, 21, 3): the backend's world landmarks. NaN where something is missing.
        """
        seen = (visibility > SEEN_ABOVE) & np.isfinite(xy).all(axis=-1)
        self._moments.append(_Moment(t_s, xy, looks(xy, seen)))
        while len(self._moments) > 1 and self._moments[1].t_s <= t_s - BACK_S[-1]:
            self._moments.pop(0)
        past = [self._at(t_s - back) for back in BACK_S]
        size = np.fmax.reduce([looks for _, looks in past])
        size = np.where(np.isfinite(size) & (size > 0), size, np.nan)
        root = xy[:, _HIPS].mean(axis=1)
        places = [(then - root[:, None]) / size[:, None, None] for then, _ in past]
        elapsed_s = t_s - self._moments[-2].t_s if len(self._moments) > 1 else 0.0
        bones = self._bones(places[0], seen, elapsed_s)
        told = np.asarray(np.isfinite(world_m).all(axis=(1, 2)))[:, None]
        middle = world_m[:, _HIPS].mean(axis=1, keepdims=True)
        world = (world_m - middle) / _WORLD_UNIT_M
        blocks = [
            *places,
            np.where(np.isfinite(xy).all(axis=-1), visibility, 0.0),
            np.where(told[..., None], world, 0.0),
            bones,
            told.astype(np.float64),
            root,
            size[:, None],
        ]
        rows = np.concatenate([b.reshape(len(xy), -1) for b in blocks], axis=1)
        return np.asarray(np.where(np.isfinite(rows), rows, 0.0))

    def _at(self, t_s: float) -> tuple[FloatArray, FloatArray]:
        """Landmarks and size at a time, between two frames by a line, at the first frame before it."""
        later = next(k for k, moment in enumerate(self._moments) if moment.t_s >= t_s - 1e-9)
        after = self._moments[later]
        if later == 0 or after.t_s <= t_s + 1e-9:
            return after.xy, after.looks
        before = self._moments[later - 1]
        share = (t_s - before.t_s) / (after.t_s - before.t_s)
        return (1 - share) * before.xy + share * after.xy, np.fmax(before.looks, after.looks)

    def _bones(self, places: FloatArray, seen: BoolArray, elapsed_s: float) -> FloatArray:
        """The longest each bone has looked so far (N, 10), in the person's size; it fades with a minute's time."""
        length = np.linalg.norm(places[:, _NEAR] - places[:, _FAR], axis=-1)
        length = np.where(seen[:, _NEAR] & seen[:, _FAR] & np.isfinite(length), length, 0.0)
        before = np.zeros_like(length) if self._longest is None else self._longest
        before = before * 0.5 ** (elapsed_s / _FADE_S)
        risen = np.where(before > 0, before + _GROW * (length - before), length)
        longest = np.asarray(np.where(length > before, risen, before))
        self._longest = longest
        return longest


def looks(xy: FloatArray, seen: BoolArray) -> FloatArray:
    """The trunk's length (N,) as the longest-looking of trunk, thighs and shanks has it; NaN where none is known."""
    trunk = np.linalg.norm(xy[:, _SHOULDERS].mean(axis=1) - xy[:, _HIPS].mean(axis=1), axis=-1)
    bones = np.linalg.norm(xy[:, _THIGH_SHANK[:, 0]] - xy[:, _THIGH_SHANK[:, 1]], axis=-1) / _RATIOS
    bones = np.where(seen[:, _THIGH_SHANK].all(axis=-1), bones, np.nan)
    return np.asarray(np.fmax(trunk, np.fmax.reduce(bones, axis=1)))


def _mirror_of_inputs() -> tuple[npt.NDArray[np.intp], FloatArray]:
    place = (2 * MIRROR[:, None] + np.arange(2)).ravel()
    flip = np.tile([-1.0, 1.0], len(KEPT))
    parts = [(place, flip)] * len(BACK_S)
    parts.append((MIRROR, np.ones(len(KEPT))))
    parts.append(((3 * MIRROR[:, None] + np.arange(3)).ravel(), np.tile([-1.0, 1.0, 1.0], len(KEPT))))
    parts.append((_MIRRORED_BONES, np.ones(len(_BONES))))
    parts.append((np.arange(4), np.array([1.0, -1.0, 1.0, 1.0])))
    starts = np.cumsum([0, *(len(order) for order, _ in parts[:-1])])
    order = np.concatenate([start + order for start, (order, _) in zip(starts, parts, strict=True)])
    return order, np.concatenate([sign for _, sign in parts])


MIRROR_ORDER, MIRROR_SIGN = _mirror_of_inputs()
"""rows[:, MIRROR_ORDER] * MIRROR_SIGN are the rows of the mirrored person."""
