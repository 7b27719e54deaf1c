"""The person's size in the picture, followed frame by frame, so that paths can be told in arm and leg lengths.

A trunk bent towards the camera, or a thigh pointing at it, looks short; no segment ever looks longer than it is. So
the size is taken from the segment that looks longest for its kind. The ratios to the trunk were measured as the
median over 52 recordings of BlazePose landmarks of some 20 people, real and rendered (spread about 5 %).
"""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from vision.pose import INDEX, FloatArray, PoseFrame

ARM_IN_TRUNKS: Final = 1.03
"""Shoulder to wrist along a straight arm, in trunk lengths (shoulder line to hip line)."""

LEG_IN_TRUNKS: Final = 1.60
"""Hip to ankle along a straight leg, in trunk lengths."""

_SEGMENTS_IN_TRUNKS: Final = (("hip", "knee", 0.82), ("knee", "ankle", 0.77))
_MEMORY_S: Final = 3.0
_LEG_HALF_LIFE_S: Final = 60.0
_MOVED_SHARE: Final = 0.15
"""Change of size by which the person has come nearer or gone away, and did not just bend."""

_SIDES: Final = ("left", "right")


@dataclass(frozen=True)
class BodySize:
    """trunk_px: trunk length in the picture, pixels. leg_px: (left, right) leg lengths, pixels. NaN where unknown."""

    trunk_px: float
    leg_px: tuple[float, float]

    @property
    def arm_px(self) -> float:
        """Arm length in the picture, pixels."""
        return self.trunk_px * ARM_IN_TRUNKS


_Points = Sequence[Sequence[float]]
"""Landmarks as plain numbers: a few lengths a frame are told from them in a tenth of the time that arrays take."""

UNKNOWN: Final = BodySize(math.nan, (math.nan, math.nan))


@dataclass
class BodySizer:
    """Follows the size of one person; step once a frame, in the order of time."""

    _recent: deque[tuple[float, float]] = field(default_factory=deque)
    _chains: tuple[deque[float], deque[float]] = field(
        default_factory=lambda: (deque(maxlen=5), deque(maxlen=5))
    )
    _leg_px: list[float] = field(default_factory=lambda: [0.0, 0.0])
    _scaled_at_px: float = 0.0
    _last_s: float | None = None
    _proportions: deque[float] = field(default_factory=lambda: deque(maxlen=45))
    size: BodySize = UNKNOWN

    def step(self, pose: PoseFrame) -> BodySize:
        """The size now: trunk as the median over 3 s, legs as the longest each has looked at this distance.

        The longest fades with a half-life of a minute, so that one long-looking frame does not stay for ever. Who goes
        away has shorter legs at once; a trunk that grows may only have straightened, and longer legs show themselves.
        """
        points = pose.xy_px.tolist()
        now_px = _looks(points)
        if math.isfinite(now_px):
            self._recent.append((pose.t_s, now_px))
        while self._recent and self._recent[0][0] < pose.t_s - _MEMORY_S:
            self._recent.popleft()
        if not self._recent:
            self.size = UNKNOWN
            return self.size
        trunk_px = statistics.median(px for _, px in self._recent)
        if self._scaled_at_px == 0.0 or abs(trunk_px / self._scaled_at_px - 1) > _MOVED_SHARE:
            farther = min(trunk_px / self._scaled_at_px, 1.0) if self._scaled_at_px else 1.0
            self._leg_px = [px * farther for px in self._leg_px]
            self._scaled_at_px = trunk_px
        fade = 1.0 if self._last_s is None else 0.5 ** ((pose.t_s - self._last_s) / _LEG_HALF_LIFE_S)
        self._last_s = pose.t_s
        for k, side in enumerate(_SIDES):
            chain = _leg(points, side)
            if math.isfinite(chain):
                self._chains[k].append(chain)
                middle = statistics.median(self._chains[k])
                self._leg_px[k] = max(self._leg_px[k] * fade, middle)
        expected = self._leg_in_trunks(pose) * trunk_px
        left, right = (min(max(px, 0.85 * expected), 1.2 * expected) for px in self._leg_px)
        self.size = BodySize(trunk_px, (left, right))
        return self.size

    def _leg_in_trunks(self, pose: PoseFrame) -> float:
        """The person's own proportion where it was measured in three dimensions, otherwise the usual one.

        A network's world landmarks change the legs' length with the posture more than people differ.
        """
        if pose.measured and pose.world_m is not None:
            points = pose.world_m.tolist()
            trunk_m = _trunk(points)
            ratio = sum(_leg(points, side) for side in _SIDES) / 2 / trunk_m if trunk_m > 0 else math.nan
            if math.isfinite(ratio):
                self._proportions.append(ratio)
        return statistics.median(self._proportions) if self._proportions else LEG_IN_TRUNKS


def trunk_vector(points: FloatArray) -> FloatArray:
    """Mid-hip to mid-shoulder (..., D) from landmarks (..., 33, D), in pixels or metres as they are."""
    ends = [points[..., INDEX[f"{s}_{p}"], :] for p in ("shoulder", "hip") for s in _SIDES]
    return np.asarray((ends[0] + ends[1] - ends[2] - ends[3]) / 2)


def _looks(points: _Points) -> float:
    """Trunk length in pixels as the longest-looking of trunk, thighs and shanks has it; NaN where none is seen."""
    longest = _trunk(points)
    if not math.isfinite(longest):
        return math.nan
    for near, far, ratio in _SEGMENTS_IN_TRUNKS:
        for side in _SIDES:
            bone = _bone(points, f"{side}_{near}", f"{side}_{far}") / ratio
            longest = bone if bone > longest else longest
    return longest


def _trunk(points: _Points) -> float:
    left, right, left_hip, right_hip = (
        points[INDEX[f"{s}_{p}"]] for p in ("shoulder", "hip") for s in _SIDES
    )
    middles = zip(left, right, left_hip, right_hip, strict=True)
    return math.hypot(*((a + b - c - d) / 2 for a, b, c, d in middles))


def _leg(points: _Points, side: str) -> float:
    return _bone(points, f"{side}_hip", f"{side}_knee") + _bone(points, f"{side}_knee", f"{side}_ankle")


def _bone(points: _Points, near: str, far: str) -> float:
    return math.dist(points[INDEX[near]], points[INDEX[far]])
