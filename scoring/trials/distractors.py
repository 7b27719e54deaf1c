"""Movement that no exercise is to count: standing still, and walking up to the camera."""

from __future__ import annotations

from typing import Final

import numpy as np

from patterns.figure.body import JOINTS, STANDING_HIP_M, body, filmed, turned
from vision.pose import FloatArray, PoseSequence

_RATE_HZ: Final = 30.0
_SEED: Final = 7
_STEPS_HZ: Final = 0.9
"""Double steps a second of somebody who walks at ease."""

_FAR_M: Final = 2.0
_WALKS_S, _STANDS_S = 5.0, 4.0
_WALK: Final = {"thigh_forward": 24.0, "arm_forward": 18.0}
"""How far thigh and arm swing to either side of hanging, degrees (Perry, Gait Analysis, 1992: hips 40 in all)."""

_KNEE_SWINGS: Final = 55.0
_NOISE_PX, _NOISE_M = 1.0, 0.006
"""How far landmarks of somebody who stands still wander from picture to picture."""


def standing(poses: PoseSequence, at_s: float, seconds: float = 20.0) -> PoseSequence:
    """Somebody who stays in the posture of a recording at at_s, as restless as landmarks are."""
    count = round(seconds * _RATE_HZ)
    rows = np.full(count, int(np.searchsorted(poses.t_s, at_s).clip(0, len(poses) - 1)))
    rng = np.random.default_rng(_SEED)

    def restless(values: FloatArray, by: float) -> FloatArray:
        return np.asarray(values[rows] + rng.normal(0.0, by, (count, *values.shape[1:])))

    return PoseSequence(
        np.arange(count) / _RATE_HZ,
        poses.size_wh,
        restless(poses.xy_px, _NOISE_PX),
        None if poses.world_m is None else restless(poses.world_m, _NOISE_M),
        poses.visibility[rows],
        None if poses.world_error_m is None else poses.world_error_m[rows],
        poses.measured,
    )


def walking_in(turned_right_deg: float) -> PoseSequence:
    """Somebody who walks up to where the exercise is done, turned as it is seen, and stands there."""
    t_s = np.arange(round((_WALKS_S + _STANDS_S) * _RATE_HZ)) / _RATE_HZ
    gone = np.clip(t_s / _WALKS_S, 0.0, 1.0)
    walks = np.clip((_WALKS_S - t_s) / 0.5, 0.0, 1.0)
    turn = 2 * np.pi * _STEPS_HZ * t_s
    angles = np.tile([joint.natural for joint in JOINTS], (len(t_s), 1))
    column = {joint.name: k for k, joint in enumerate(JOINTS)}
    for side, late in (("left", 0.0), ("right", np.pi)):
        swing = np.sin(turn + late)
        angles[:, column[f"thigh_forward_{side}"]] += _WALK["thigh_forward"] * walks * swing
        angles[:, column[f"arm_forward_{side}"]] -= _WALK["arm_forward"] * walks * swing
        lifted = np.clip(np.cos(turn + late), 0.0, 1.0)
        angles[:, column[f"knee_{side}"]] += _KNEE_SWINGS * walks * lifted
    angles[:, column["pelvis_y"]] = STANDING_HIP_M - 0.02 * walks
    points = body(angles)
    points[..., 2] -= (_FAR_M * (1 - gone))[:, None]
    return filmed(turned(points, turned_right_deg), t_s)
