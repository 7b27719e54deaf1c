"""A person of whom only the picture is known: what a view from the side still shows of angles in space.

Seen from the side, the picture is the plane in which knees, hips and elbows bend. Left and right are set the usual
breadth apart across it, so that the body has axes; no feature that rests on that breadth is computed
(patterns.features.table). Seen from any other side the depth is needed, and stays unknown.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from vision.pose import INDEX, LANDMARKS, FloatArray

_TRUNK_M: Final = 0.5
_HALF_BREADTH_M: Final = 0.15
_BREADTHS_IN_TRUNKS: Final = 0.68 + 0.40
"""Shoulders and hips of somebody who faces the camera, together (patterns.figure.body)."""

SIDE_FROM_DEG: Final = 55.0
SIDE_TO_DEG: Final = 120.0
_SIGN: Final = np.array([(name.startswith("left")) * 1.0 - name.startswith("right") for name in LANDMARKS])


def turned_deg(xy_px: FloatArray, trunk_px: FloatArray) -> FloatArray:
    """Return how far (T,) a person is turned from facing the camera, + to their own right, by breadth and feet.

    xy_px (T, 33, 2); trunk_px (T,). NaN where shoulders or hips are unseen, or where it is not known which way a
    person seen from the side faces.
    """
    breadth = sum(
        xy_px[:, INDEX[f"left_{part}"], 0] - xy_px[:, INDEX[f"right_{part}"], 0]
        for part in ("shoulder", "hip")
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.asarray(breadth) / (trunk_px * _BREADTHS_IN_TRUNKS)
    return np.asarray(np.degrees(np.arccos(np.clip(share, -1.0, 1.0))) * -_faces(xy_px))


def lifted(xy_px: FloatArray, trunk_px: FloatArray, yaw_deg: FloatArray) -> FloatArray:
    """Return world landmarks (T, 33, 3) of frames seen from the side, in metres by the usual trunk; NaN for others."""
    hips = (xy_px[:, INDEX["left_hip"]] + xy_px[:, INDEX["right_hip"]]) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        plane = (xy_px - hips[:, None]) * (_TRUNK_M / trunk_px)[:, None, None]
    away = np.where(np.isfinite(yaw_deg), -np.sign(yaw_deg), np.nan)[:, None] * _SIGN * _HALF_BREADTH_M
    world = np.concatenate([plane, away[..., None]], axis=-1)
    return np.asarray(np.where(seen_from_side(yaw_deg)[:, None, None], world, np.nan))


def seen_from_side(yaw_deg: FloatArray) -> npt.NDArray[np.bool_]:
    """Return in which frames (T,) a person turned so far is seen from the side; False for NaN."""
    return np.asarray((np.abs(yaw_deg) > SIDE_FROM_DEG) & (np.abs(yaw_deg) <= SIDE_TO_DEG))


def _faces(xy_px: FloatArray) -> FloatArray:
    """Return -1 for a person (T,) who faces image left, +1 for right, by the feet, else by nose and ears."""
    feet = [
        xy_px[:, INDEX[f"{side}_foot_index"], 0] - xy_px[:, INDEX[f"{side}_heel"], 0]
        for side in ("left", "right")
    ]
    head = [xy_px[:, INDEX["nose"], 0] - xy_px[:, INDEX[f"{side}_ear"], 0] for side in ("left", "right")]
    found = np.full(len(xy_px), np.nan)
    for parts in (head, feet):
        ahead = np.nansum(parts, axis=0)
        found = np.where(ahead != 0, np.sign(ahead), found)
    return found
