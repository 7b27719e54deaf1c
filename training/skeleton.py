"""Forward kinematics: postures of random bodies to landmarks in three dimensions.

The body's own axes are x to the person's left, y up, z forward (right-handed); lengths are in trunks. Everything is
vectorised over sequences and frames, (N, T).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from training.bodies import Bodies
from vision.correction.inputs import KEPT
from vision.pose import FloatArray

DOWN: Final = np.array([0.0, -1.0, 0.0])
_ROW: Final = {name: i for i, name in enumerate(KEPT)}


def turn_x(deg: FloatArray) -> FloatArray:
    """Rotations (..., 3, 3) that tip up forwards."""
    return _turn(deg, 1, 2)


def turn_y(deg: FloatArray) -> FloatArray:
    """Rotations (..., 3, 3) that turn forward to the left."""
    return _turn(deg, 2, 0)


def turn_z(deg: FloatArray) -> FloatArray:
    """Rotations (..., 3, 3) that tip left upwards."""
    return _turn(deg, 0, 1)


def _turn(deg: FloatArray, a: int, b: int) -> FloatArray:
    angle = np.radians(np.asarray(deg, dtype=np.float64))
    made = np.zeros((*angle.shape, 3, 3))
    made[..., 3 - a - b, 3 - a - b] = 1.0
    made[..., a, a] = made[..., b, b] = np.cos(angle)
    made[..., b, a] = np.sin(angle)
    made[..., a, b] = -np.sin(angle)
    return made


def swing_from_down(direction: FloatArray) -> FloatArray:
    """The shortest rotations (..., 3, 3) that take down to unit directions (..., 3)."""
    axis = np.cross(np.broadcast_to(DOWN, direction.shape), direction)
    cosine = direction @ DOWN
    x, y, z = np.moveaxis(axis, -1, 0)
    zero = np.zeros_like(x)
    skew = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=-1).reshape(*x.shape, 3, 3)
    return np.asarray(np.eye(3) + skew + skew @ skew / np.maximum(1 + cosine, 1e-3)[..., None, None])


def apply(rotation: FloatArray, vector: FloatArray) -> FloatArray:
    """Vectors (..., 3) turned by rotations (..., 3, 3)."""
    return np.asarray(np.einsum("...ij,...j->...i", rotation, vector))


@dataclass
class Arm:
    """One arm. humerus (N, T, 3): unit direction in the thorax; elbow, axial (outward +), hike, protraction, wrist
    (N, T): degrees."""

    humerus: FloatArray
    elbow: FloatArray
    axial: FloatArray
    hike: FloatArray
    protraction: FloatArray
    wrist: FloatArray


@dataclass
class Leg:
    """One leg in the pelvis: flexion, abduction, rotation (outward +), knee, ankle (toes up +), (N, T) degrees."""

    flexion: FloatArray
    abduction: FloatArray
    rotation: FloatArray
    knee: FloatArray
    ankle: FloatArray


@dataclass
class Postures:
    """pelvis, thorax (in the pelvis), head (in the thorax): rotations (N, T, 3, 3). Sides are left, right.

    planted (N,): 1 where the lower foot stays where it is and the hips move, 0 where the hips stay (seated).
    """

    pelvis: FloatArray
    thorax: FloatArray
    head: FloatArray
    arms: tuple[Arm, Arm]
    legs: tuple[Leg, Leg]
    planted: FloatArray


def landmarks(bodies: Bodies, postures: Postures) -> FloatArray:
    """The kept landmarks (N, T, 21, 3) from mid-hip, in trunks."""
    count, frames = postures.pelvis.shape[:2]
    placed = np.zeros((count, frames, len(KEPT), 3))
    chest = postures.pelvis @ postures.thorax
    up = np.array([0.0, 1.0, 0.0])
    neck_base = 0.4 * apply(postures.pelvis, up) + 0.6 * apply(chest, up)
    _head(placed, bodies, neck_base, chest, postures.head)
    for side, sign in (("left", 1), ("right", -1)):
        arm = postures.arms[0 if sign > 0 else 1]
        _arm(placed, bodies, neck_base, chest, arm, side, sign)
        _leg(placed, bodies, postures.pelvis, postures.legs[0 if sign > 0 else 1], side, sign)
    return placed


def way_of_hips(body: FloatArray, planted: FloatArray) -> FloatArray:
    """How mid-hip moves (N, T, 3) when the lower foot of body (N, T, 21, 3) stays on the floor, in trunks."""
    feet = body[:, :, [_ROW["left_ankle"], _ROW["right_ankle"]]]
    lower = np.exp(-8 * (feet[..., 1] - feet[..., 1].min(axis=-1, keepdims=True)))
    foot = (feet * (lower / lower.sum(axis=-1, keepdims=True))[..., None]).sum(axis=2)
    way = foot[:, :1] - foot
    way[..., 0] *= 0.5
    return np.asarray(way * planted[:, None, None])


def _length(bodies: Bodies, name: str) -> FloatArray:
    return bodies[name][:, None, None]


def _head(
    placed: FloatArray, bodies: Bodies, neck_base: FloatArray, chest: FloatArray, head: FloatArray
) -> None:
    skull = chest @ head
    middle = neck_base + 0.6 * _length(bodies, "neck") * apply(chest, -DOWN)
    middle = middle + 0.5 * _length(bodies, "neck") * apply(skull, -DOWN)
    side = 0.5 * _length(bodies, "ear_width") * apply(skull, np.array([1.0, 0.0, 0.0]))
    placed[:, :, _ROW["left_ear"]] = middle + side
    placed[:, :, _ROW["right_ear"]] = middle - side
    placed[:, :, _ROW["nose"]] = middle + _length(bodies, "nose") * apply(skull, np.array([0.0, -0.03, 1.0]))


def _arm(
    placed: FloatArray,
    bodies: Bodies,
    neck_base: FloatArray,
    chest: FloatArray,
    arm: Arm,
    side: str,
    sign: int,
) -> None:
    elevation = np.degrees(np.arccos(np.clip(-arm.humerus[..., 1], -1, 1)))
    rise = np.clip((elevation - 25) / 125, 0, 1)
    rise = 24 * rise * rise * (3 - 2 * rise) + arm.hike
    ahead = 8 * np.clip(arm.humerus[..., 2], -1, 1) * np.sin(np.radians(elevation)) + arm.protraction
    girdle = turn_z(sign * rise) @ turn_y(-sign * ahead)
    half = 0.5 * sign * _length(bodies, "shoulder_width") * np.array([1.0, 0.0, 0.0])
    shoulder = neck_base + apply(chest, apply(girdle, half))
    upper = chest @ swing_from_down(arm.humerus) @ turn_y(sign * arm.axial)
    elbow = shoulder + _length(bodies, "upper_arm") * apply(upper, DOWN)
    lower = upper @ turn_x(-arm.elbow)
    wrist = elbow + _length(bodies, "forearm") * apply(lower, DOWN)
    index = wrist + _length(bodies, "hand") * apply(lower @ turn_x(-arm.wrist), DOWN)
    for name, point in (("shoulder", shoulder), ("elbow", elbow), ("wrist", wrist), ("index", index)):
        placed[:, :, _ROW[f"{side}_{name}"]] = point


def _leg(placed: FloatArray, bodies: Bodies, pelvis: FloatArray, leg: Leg, side: str, sign: int) -> None:
    hip = 0.5 * sign * _length(bodies, "hip_width") * apply(pelvis, np.array([1.0, 0.0, 0.0]))
    thigh = pelvis @ turn_x(-leg.flexion) @ turn_z(sign * leg.abduction) @ turn_y(sign * leg.rotation)
    knee = hip + _length(bodies, "thigh") * apply(thigh, DOWN)
    shank = thigh @ turn_x(leg.knee)
    ankle = knee + _length(bodies, "shank") * apply(shank, DOWN)
    foot = shank @ turn_x(-leg.ankle)
    height = _length(bodies, "ankle_height") * DOWN
    back = _length(bodies, "heel") * np.array([0.0, 0.0, -1.0])
    ahead = _length(bodies, "toe") * np.array([0.0, 0.0, 1.0])
    points = (
        ("hip", hip),
        ("knee", knee),
        ("ankle", ankle),
        ("heel", ankle + apply(foot, height + back)),
        ("foot_index", ankle + apply(foot, height + ahead)),
    )
    for name, point in points:
        placed[:, :, _ROW[f"{side}_{name}"]] = point
