"""The demonstrating person: joint angles in, 33 landmarks out, and how a camera in front sees them.

Body axes in metres: x to the person's left, y up from the floor, z forward. Lengths are those of an adult of 1.7 m in
the proportions of patterns.features.body. Landmarks do not show how hands and feet turn about their own bone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from patterns.features.body import ARM_IN_TRUNKS, BodySize
from patterns.features.signals import SIDES, Signals
from vision.pose import INDEX, LANDMARKS, FloatArray, PoseFrame, PoseSequence

TRUNK_M: Final = 0.50
UPPER_ARM_M, FOREARM_M = 0.52 * ARM_IN_TRUNKS * TRUNK_M, 0.48 * ARM_IN_TRUNKS * TRUNK_M
THIGH_M, SHANK_M = 0.82 * TRUNK_M, 0.77 * TRUNK_M
SHOULDERS_M, HIPS_M = 0.34, 0.20
HEEL_BACK_M, TOE_AHEAD_M, ANKLE_HIGH_M = 0.05, 0.15, 0.08
STANDING_HIP_M: Final = ANKLE_HIGH_M + THIGH_M + SHANK_M

PICTURE_WH: Final = (640, 480)
FOCAL_PX, CAMERA_AWAY_M, CAMERA_HIGH_M = 550.0, 2.8, 0.9
"""The camera of the templates' paths: 2.8 m in front, at hip height."""


@dataclass(frozen=True)
class Joint:
    """One degree of freedom: its natural value, how freely it leaves it, and how far it goes, degrees or metres.

    Limits after CLINICAL.md 3.6 (AAOS, Merck), the girdle's and trunk's our own.
    """

    name: str
    natural: float
    freedom: float
    lowest: float
    highest: float


def _both(*joints: Joint) -> tuple[Joint, ...]:
    return tuple(
        Joint(f"{j.name}_{side}", j.natural, j.freedom, j.lowest, j.highest) for side in SIDES for j in joints
    )


JOINTS: Final[tuple[Joint, ...]] = (
    Joint("pelvis_x", 0.0, 0.15, -0.6, 0.6),
    Joint("pelvis_y", STANDING_HIP_M - 0.005, 0.5, 0.2, 1.3),
    Joint("pelvis_z", 0.0, 0.3, -0.8, 0.9),
    Joint("pelvis_tilt", 0.0, 2.5, -16.0, 16.0),
    Joint("trunk_lean", 0.0, 1.0, -20.0, 20.0),
    Joint("trunk_forward", 1.0, 4.0, -12.0, 60.0),
    Joint("trunk_turn", 0.0, 2.0, -30.0, 30.0),
    *_both(
        Joint("girdle_up", 0.0, 8.0, -3.0, 30.0),
        Joint("girdle_forward", 0.0, 6.0, -20.0, 25.0),
        Joint("arm_out", 7.0, 25.0, -110.0, 175.0),
        Joint("arm_forward", 4.0, 25.0, -60.0, 175.0),
        Joint("arm_twist", 0.0, 25.0, -90.0, 80.0),
        Joint("elbow", 12.0, 12.0, 2.0, 148.0),
    ),
    *_both(
        Joint("thigh_out", 2.0, 8.0, -30.0, 45.0),
        Joint("thigh_forward", 0.0, 12.0, -30.0, 120.0),
        Joint("thigh_twist", 6.0, 6.0, -40.0, 40.0),
        Joint("knee", 4.0, 9.0, 2.0, 135.0),
        Joint("ankle", 0.0, 8.0, -50.0, 32.0),
        Joint("foot_turn", 2.0, 3.0, -10.0, 12.0),
        Joint("foot_roll", 0.0, 5.0, -20.0, 35.0),
    ),
)
"""Degrees of freedom. Arms and legs swing from hanging by (out, forward), the two parts of one turn; arm_twist is
+ inwards, thigh_twist + outwards; ankle + toes up; foot_roll + sole inwards; pelvis_tilt + left hip high; trunk_lean
+ to the left, trunk_turn + to the right."""

COLUMN: Final = {joint.name: i for i, joint in enumerate(JOINTS)}
OUTWARD: Final = {"left": 1.0, "right": -1.0}
_X, _Y, _Z = np.eye(3)


def body(angles: FloatArray) -> FloatArray:
    """Landmarks (N, 33, 3) in body axes from values of JOINTS (N, J)."""
    a = {name: angles[:, i, None] for name, i in COLUMN.items()}
    points = np.empty((len(angles), len(LANDMARKS), 3))
    pelvis = angles[:, :3]
    up, left, forward = _trunk_axes(a)
    neck = pelvis + TRUNK_M * up
    _head(points, a, neck, up)
    for side in SIDES:
        _arm(points, a, side, neck, (OUTWARD[side] * left, forward, up))
        _leg(points, a, side, pelvis)
    return points


def _cos_sin(degrees: FloatArray) -> tuple[FloatArray, FloatArray]:
    return np.cos(np.radians(degrees)), np.sin(np.radians(degrees))


def _trunk_axes(a: dict[str, FloatArray]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Up along the spine, left and forward of the shoulders, each (N, 3)."""
    (cf, sf), (cl, sl), (ct, st) = (_cos_sin(a[n]) for n in ("trunk_forward", "trunk_lean", "trunk_turn"))
    up = cl * (cf * _Y + sf * _Z) + sl * _X
    level_left = cl * _X - sl * (cf * _Y + sf * _Z)
    ahead = cf * _Z - sf * _Y
    return up, ct * level_left + st * ahead, ct * ahead - st * level_left


def _head(points: FloatArray, a: dict[str, FloatArray], neck: FloatArray, up: FloatArray) -> None:
    """The head goes half the way with the trunk, and half the way with its turn: the eyes stay on the screen."""
    (cf, sf), (ct, st) = _cos_sin(0.5 * a["trunk_forward"]), _cos_sin(0.5 * a["trunk_turn"])
    head_up = cf * _Y + sf * _Z
    ahead, left = ct * (cf * _Z - sf * _Y) - st * _X, ct * _X + st * _Z
    middle = neck + 0.08 * up + 0.11 * head_up
    for name in LANDMARKS[:11]:
        aside = 0.035 if "left" in name else -0.035 if "right" in name else 0.0
        high, deep = 0.025, 0.085
        if "ear" in name:
            aside, high, deep = 2.1 * aside, 0.0, 0.0
        elif "mouth" in name:
            aside, high, deep = 0.7 * aside, -0.06, 0.085
        elif name == "nose":
            high, deep = -0.015, 0.11
        points[:, INDEX[name]] = middle + aside * left + high * head_up + deep * ahead


def _swung(
    out: FloatArray, ahead: FloatArray, axes: tuple[FloatArray, FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(bone, outward, forward), each (N, 3), after a turn from hanging; axes: outward, forward and up."""
    outward, forward, up = axes
    angle = np.hypot(out, ahead)
    safe = np.where(angle > 1e-9, angle, 1.0)
    ko, kf = out / safe, ahead / safe
    cosine, sine = _cos_sin(angle)
    way = ko * outward + kf * forward
    bone = -cosine * up + sine * way
    turned = (cosine - 1.0) * way + sine * up
    return bone, outward + ko * turned, forward + kf * turned


def _arm(
    points: FloatArray,
    a: dict[str, FloatArray],
    side: str,
    neck: FloatArray,
    axes: tuple[FloatArray, FloatArray, FloatArray],
) -> None:
    outward, forward, up = axes
    (ch, sh), (cp, sp) = _cos_sin(a[f"girdle_up_{side}"]), _cos_sin(a[f"girdle_forward_{side}"])
    shoulder = neck + SHOULDERS_M / 2 * (ch * (cp * outward + sp * forward) + sh * up)
    bone, away, ahead = _swung(a[f"arm_out_{side}"], a[f"arm_forward_{side}"], axes)
    (ct, st), (ce, se) = _cos_sin(a[f"arm_twist_{side}"]), _cos_sin(a[f"elbow_{side}"])
    bend = ct * ahead - st * away
    elbow = shoulder + UPPER_ARM_M * bone
    forearm, thumb = ce * bone + se * bend, ce * bend - se * bone
    wrist = elbow + FOREARM_M * forearm
    points[:, INDEX[f"{side}_shoulder"]] = shoulder
    points[:, INDEX[f"{side}_elbow"]] = elbow
    points[:, INDEX[f"{side}_wrist"]] = wrist
    for name, along, aside in (("index", 0.085, 0.02), ("pinky", 0.08, -0.02), ("thumb", 0.05, 0.035)):
        points[:, INDEX[f"{side}_{name}"]] = wrist + along * forearm + aside * thumb


def _leg(points: FloatArray, a: dict[str, FloatArray], side: str, pelvis: FloatArray) -> None:
    (cr, sr) = _cos_sin(a["pelvis_tilt"])
    hip = pelvis + OUTWARD[side] * HIPS_M / 2 * (cr * _X + sr * _Y)
    level = (np.broadcast_to(OUTWARD[side] * _X, hip.shape), np.broadcast_to(_Z, hip.shape))
    bone, away, ahead = _swung(
        a[f"thigh_out_{side}"], a[f"thigh_forward_{side}"], (*level, np.broadcast_to(_Y, hip.shape))
    )
    (ct, st), (ck, sk) = _cos_sin(a[f"thigh_twist_{side}"]), _cos_sin(a[f"knee_{side}"])
    front, across = ct * ahead + st * away, ct * away - st * ahead
    knee = hip + THIGH_M * bone
    shank, shin = ck * bone - sk * front, ck * front + sk * bone
    ankle = knee + SHANK_M * shank
    (cf, sf), (ca, sa), (ci, si) = (_cos_sin(a[f"{n}_{side}"]) for n in ("foot_turn", "ankle", "foot_roll"))
    ahead_of_foot, beside = cf * shin + sf * across, cf * across - sf * shin
    sole, below = ca * ahead_of_foot - sa * shank, ca * shank + sa * ahead_of_foot
    below = ci * below - si * beside
    for name, point in (("hip", hip), ("knee", knee), ("ankle", ankle)):
        points[:, INDEX[f"{side}_{name}"]] = point
    points[:, INDEX[f"{side}_heel"]] = ankle + ANKLE_HIGH_M * below - HEEL_BACK_M * sole
    points[:, INDEX[f"{side}_foot_index"]] = ankle + ANKLE_HIGH_M * below + TOE_AHEAD_M * sole


def mirrored_body(points: FloatArray) -> FloatArray:
    """The landmarks (..., 33, 3) of the person as in a mirror: left and right change places."""
    return np.asarray(points[..., _SWAPPED, :] * np.array([-1.0, 1.0, 1.0]))


_SWAPPED: Final = [
    INDEX[name.replace("left", "right") if "left" in name else name.replace("right", "left")]
    for name in LANDMARKS
]


def turned(points: FloatArray, turned_right_deg: float) -> FloatArray:
    """The landmarks (..., 33, 3) after the person has turned that far to their own right, about the middle."""
    cosine, sine = np.cos(np.radians(turned_right_deg)), np.sin(np.radians(turned_right_deg))
    x, y, z = np.moveaxis(points, -1, 0)
    return np.stack([cosine * x - sine * z, y, cosine * z + sine * x], axis=-1)


def projected(points: FloatArray, away_m: float = CAMERA_AWAY_M, high_m: float = CAMERA_HIGH_M) -> FloatArray:
    """Where a level camera sees points (..., 3): (..., 2) pixels of a picture of PICTURE_WH."""
    away = away_m - points[..., 2]
    x = PICTURE_WH[0] / 2 + FOCAL_PX * points[..., 0] / away
    y = PICTURE_WH[1] / 2 - FOCAL_PX * (points[..., 1] - high_m) / away
    return np.stack([x, y], axis=-1)


def world(points: FloatArray) -> FloatArray:
    """Points (..., 33, 3) as world landmarks: metres, x image right, y down, z away, origin between the hips."""
    middle = (points[..., INDEX["left_hip"], :] + points[..., INDEX["right_hip"], :]) / 2
    return np.asarray((points - middle[..., None, :]) * np.array([1.0, -1.0, -1.0]))


def signals(points: FloatArray) -> Signals:
    """What features are computed from, for points (N, 33, 3), of a person whose standing size is known."""
    count = len(points)
    return Signals(
        np.arange(count, dtype=float),
        projected(points),
        world(points),
        np.full((count, len(LANDMARKS)), 0.01),
        np.full(count, SIZE.trunk_px),
        np.tile(SIZE.leg_px, (count, 1)),
    )


def pose_frame(points: FloatArray, t_s: float) -> PoseFrame:
    """One posture (33, 3) as the camera records it, its depth measured."""
    return filmed(points[None], np.array([t_s])).frame(0)


def filmed(points: FloatArray, t_s: FloatArray) -> PoseSequence:
    """Postures (T, 33, 3) at times (T,) as the camera records them, their depth measured."""
    seen = np.ones((len(t_s), len(LANDMARKS)))
    return PoseSequence(t_s, PICTURE_WH, projected(points), world(points), seen, measured=True)


_PX_A_M: Final = FOCAL_PX / CAMERA_AWAY_M
SIZE: Final = BodySize(_PX_A_M * TRUNK_M, (_PX_A_M * (THIGH_M + SHANK_M), _PX_A_M * (THIGH_M + SHANK_M)))
"""The figure's size in the picture where it stands."""
