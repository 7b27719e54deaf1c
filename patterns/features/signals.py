"""What features are computed from: poses with the person's size, the trunk's axes and the turn to the camera."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np

from patterns.features.body import BodySize
from patterns.features.flat_view import lifted, turned_deg
from patterns.features.geometry import trunk_frame, unit
from vision.pose import INDEX, FloatArray, PoseFrame

View = Literal["front", "oblique", "side", "back"]
SIDES: Final = ("left", "right")
_MEASURED_ERROR_M: Final = 0.01
"""Our assumption for joints told by markers, whose skin moves by millimetres to centimetres; no recording told us."""


@dataclass(frozen=True)
class Signals:
    """What features are computed from.

    t_s (T,) seconds; xy_px (T, 33, 2); world_m (T, 33, 3), NaN where there is none; world_error_m (T, 33), NaN where
    nobody vouches for the depth (neither corrected nor measured); trunk_px (T,); leg_px (T, 2) left, right, pixels.
    flat (T,): how far the person is turned, in degrees, where there is no depth at all; None where there is (see
    patterns.features.flat_view).
    """

    t_s: FloatArray
    xy_px: FloatArray
    world_m: FloatArray
    world_error_m: FloatArray
    trunk_px: FloatArray
    leg_px: FloatArray
    flat: FloatArray | None = None

    @classmethod
    def of(cls, poses: Sequence[PoseFrame], sizes: Sequence[BodySize]) -> Signals:
        """Stack conditioned poses and sizes."""
        xy_px, trunk_px = (
            np.array([p.xy_px for p in poses]).reshape(-1, 33, 2),
            np.array([s.trunk_px for s in sizes]),
        )
        flat = None
        if len(poses) and all(p.world_m is None for p in poses):
            flat = turned_deg(xy_px, trunk_px)
            world_m = lifted(xy_px, trunk_px, flat)
        else:
            empty = np.full((33, 3), np.nan)
            world_m = np.array([empty if p.world_m is None else p.world_m for p in poses]).reshape(-1, 33, 3)
        return cls(
            np.array([p.t_s for p in poses]),
            xy_px,
            world_m,
            np.array([_world_error_m(p) for p in poses]).reshape(-1, 33),
            trunk_px,
            np.array([s.leg_px for s in sizes]).reshape(-1, 2),
            flat,
        )

    def px(self, name: str) -> FloatArray:
        """One landmark in the image, (T, 2)."""
        return np.asarray(self.xy_px[:, INDEX[name]])

    def m(self, name: str) -> FloatArray:
        """One landmark in the world, (T, 3)."""
        return np.asarray(self.world_m[:, INDEX[name]])

    @cached_property
    def yaw_deg(self) -> FloatArray:
        """See body_yaw_deg."""
        if self.flat is not None:
            return self.flat
        lines = [(self.m(f"left_{part}") - self.m(f"right_{part}"))[:, ::2] for part in ("shoulder", "hip")]
        line = unit(lines[0]) + unit(lines[1])
        return np.asarray(np.degrees(np.arctan2(-line[:, 1], line[:, 0])))

    @cached_property
    def trunk_axes(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Left, up and forward of the trunk in the world, each (T, 3); worked out once, most features need them."""
        return trunk_frame(
            (self.m("left_shoulder"), self.m("right_shoulder")), (self.m("left_hip"), self.m("right_hip"))
        )


def _world_error_m(pose: PoseFrame) -> FloatArray:
    """Errors (33,) of a pose's world landmarks, NaN where nobody vouches for them."""
    if pose.world_error_m is not None:
        return pose.world_error_m
    return np.full(33, _MEASURED_ERROR_M if pose.measured else np.nan)


def body_yaw_deg(signals: Signals) -> FloatArray:
    """How far (T,) the person is turned from facing the camera, -180..180 degrees; + turned to their own right.

    From the shoulder and hip lines in the world: 0 facing the camera, +-90 side on, beyond that the back.
    """
    return signals.yaw_deg


def view_of(yaw_deg: float) -> View:
    """The name of a view: front within 35 degrees, oblique to 55, side to 120, then back."""
    turned = abs(yaw_deg)
    if turned <= 35:
        return "front"
    if turned <= 55:
        return "oblique"
    return "side" if turned <= 120 else "back"
