"""Points that one camera saw, in a plane: a picture without depth, whatever the file's three columns say."""

from __future__ import annotations

from typing import Final

import numpy as np

from patterns.figure.body import CAMERA_AWAY_M, CAMERA_HIGH_M, FOCAL_PX, PICTURE_WH
from sessions.intake.markers import Axis
from sessions.intake.notes import NO_DEPTH
from vision.pose import FloatArray, PoseSequence

_PLANE_M: Final = 0.005
"""All points of a recording within so much of a plane: nobody is that thin."""

_PX_M: Final = FOCAL_PX / CAMERA_AWAY_M
_MARGIN_PX: Final = 20
_LARGEST_PX: Final = 65_536


def flat_axis(landmarks_m: FloatArray) -> Axis | None:
    """Return the axis along which no landmark (T, 33, 3) ever has another place; None where there is depth."""
    points = landmarks_m.reshape(-1, 3)
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return None
    spread = np.ptp(points, axis=0)
    thin = int(np.argmin(spread))
    axes: tuple[Axis, ...] = ("x", "y", "z")
    return axes[thin] if spread[thin] < _PLANE_M else None


def in_picture(t_s: FloatArray, stood_m: FloatArray) -> PoseSequence:
    """Return points (T, 33, 3), x image right, y up from the floor, as pixels of a picture that holds all of them.

    They are said to be measured, so that no depth is guessed for them (vision.correction.depth).
    """
    x, y = stood_m[..., 0] * _PX_M, (CAMERA_HIGH_M - stood_m[..., 1]) * _PX_M
    size_wh = []
    for extent, least in ((x, PICTURE_WH[0]), (y, PICTURE_WH[1])):
        reach = float(np.nanmax(np.abs(extent))) + _MARGIN_PX
        size_wh.append(min(max(least, int(np.ceil(2 * reach))), _LARGEST_PX))
    pixels = np.stack([x + size_wh[0] / 2, y + size_wh[1] / 2], axis=-1)
    there = np.isfinite(pixels).all(axis=-1)
    return PoseSequence(
        t_s, (size_wh[0], size_wh[1]), pixels, None, there.astype(float), measured=True, notes=(NO_DEPTH,)
    )
