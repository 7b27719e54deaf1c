"""The named features of movement: joint angles, trunk posture, and where hand and foot are.

Every feature is one entry of FEATURES, computed over (T, 33, D) arrays. Degrees from the anatomical zero, flexion
positive; left and right are the person's. NaN where a landmark it needs was not seen. Each feature says whether it
rests on the image or on the world landmarks, and in which views it can be told; its error by view is data
(patterns/data/feature_errors.toml).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np

from patterns.body import BodySize, trunk_vector
from patterns.conditioning import conditioned
from patterns.geometry import angle_deg, cross, dot, signed_angle_2d_deg, trunk_frame, unit
from vision.pose import INDEX, FloatArray, PoseFrame, PoseSequence

View = Literal["front", "oblique", "side", "back"]
SIDES: Final = ("left", "right")
FRONT: Final[tuple[View, ...]] = ("front",)
NEAR_FRONT: Final[tuple[View, ...]] = ("front", "oblique")
SIDE: Final[tuple[View, ...]] = ("side",)
NOT_BACK: Final[tuple[View, ...]] = ("front", "oblique", "side")
_GIMBAL_DEG: Final = 20.0
_LEVEL: Final = np.array([1.0, 0.0, 1.0])
_FLAT_FROM_DEG: Final = (50.0, 60.0)
_FLAT_TO_DEG: Final = (115.0, 125.0)
_MEASURED_ERROR_M: Final = 0.01
"""Our assumption for joints told by markers, whose skin moves by millimetres to centimetres; no recording told us."""


@dataclass(frozen=True)
class Signals:
    """What features are computed from.

    t_s (T,) seconds; xy_px (T, 33, 2); world_m (T, 33, 3), NaN where there is none; world_error_m (T, 33), NaN where
    nobody vouches for the depth (neither corrected nor measured); trunk_px (T,); leg_px (T, 2) left, right, pixels.
    """

    t_s: FloatArray
    xy_px: FloatArray
    world_m: FloatArray
    world_error_m: FloatArray
    trunk_px: FloatArray
    leg_px: FloatArray

    @classmethod
    def of(cls, poses: Sequence[PoseFrame], sizes: Sequence[BodySize]) -> Signals:
        """Stack conditioned poses and sizes."""
        empty = np.full((33, 3), np.nan)
        return cls(
            np.array([p.t_s for p in poses]),
            np.array([p.xy_px for p in poses]).reshape(-1, 33, 2),
            np.array([empty if p.world_m is None else p.world_m for p in poses]).reshape(-1, 33, 3),
            np.array([_world_error_m(p) for p in poses]).reshape(-1, 33),
            np.array([s.trunk_px for s in sizes]),
            np.array([s.leg_px for s in sizes]).reshape(-1, 2),
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
        lines = [(self.m(f"left_{part}") - self.m(f"right_{part}"))[:, ::2] for part in ("shoulder", "hip")]
        line = unit(lines[0]) + unit(lines[1])
        return np.asarray(np.degrees(np.arctan2(-line[:, 1], line[:, 0])))

    def trunk_axes(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Left, up and forward of the trunk in the world, each (T, 3)."""
        return trunk_frame(
            (self.m("left_shoulder"), self.m("right_shoulder")), (self.m("left_hip"), self.m("right_hip"))
        )


def _world_error_m(pose: PoseFrame) -> FloatArray:
    """Errors (33,) of a pose's world landmarks, NaN where nobody vouches for them."""
    if pose.world_error_m is not None:
        return pose.world_error_m
    return np.full(33, _MEASURED_ERROR_M if pose.measured else np.nan)


@dataclass(frozen=True)
class Feature:
    """One named signal.

    mirror: +1 or -1, by which the value is multiplied when the body is mirrored (and left and right swap).
    source: the landmarks on which it rests. views: those in which it can be told.
    """

    name: str
    unit: str
    compute: Callable[[Signals], FloatArray]
    mirror: int
    source: Literal["image", "world"]
    views: tuple[View, ...]

    @property
    def base(self) -> str:
        """The name without its side."""
        stem, _, side = self.name.rpartition("_")
        return stem if side in SIDES else self.name


def _outward(side: str) -> int:
    """+1 where image right is away from the midline for that side (the person faces the camera)."""
    return 1 if side == "left" else -1


def _humerus(s: Signals, side: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Sideways (away from the trunk), forward and down parts (T,) of the upper arm's direction in the trunk."""
    left, up, forward = s.trunk_axes()
    arm = unit(s.m(f"{side}_elbow") - s.m(f"{side}_shoulder"))
    return _outward(side) * dot(arm, left), dot(arm, forward), -dot(arm, up)


def _shoulder_elevation(s: Signals, side: str) -> FloatArray:
    _, _, down = _humerus(s, side)
    return np.asarray(np.degrees(np.arccos(np.clip(down, -1, 1))))


def _shoulder_plane(s: Signals, side: str) -> FloatArray:
    sideways, forward, _ = _humerus(s, side)
    elevation = _shoulder_elevation(s, side)
    told = (elevation > _GIMBAL_DEG) & (elevation < 180 - _GIMBAL_DEG)
    return np.asarray(np.where(told, np.degrees(np.arctan2(forward, sideways)), np.nan))


def _shoulder_flexion(s: Signals, side: str) -> FloatArray:
    _, forward, down = _humerus(s, side)
    return np.asarray(np.degrees(np.arctan2(forward, down)))


def _shoulder_abduction(s: Signals, side: str) -> FloatArray:
    sideways, _, down = _humerus(s, side)
    return np.asarray(np.degrees(np.arctan2(sideways, down)))


def _bend(s: Signals, side: str, near: str, joint: str, far: str) -> FloatArray:
    """Angle (T,) between two bones of a limb.

    In space; but seen from the side in the picture, where nobody vouches for the depth: against the truth of rendered
    people that is better there (knee 6 against 9 degrees, elbow 6 against 16) and worse from the front (31 against 15,
    33 against 22).
    """
    points = [f"{side}_{part}" for part in (near, joint, far)]
    a, b, c = (s.m(point) for point in points)
    deep = angle_deg(b - a, c - b)
    unsure = ~np.isfinite(s.world_error_m).any(axis=1)
    if not unsure.any():
        return deep
    a, b, c = (s.px(point) for point in points)
    flat = angle_deg(b - a, c - b)
    turned = np.abs(body_yaw_deg(s))
    share = np.interp(turned, (*_FLAT_FROM_DEG, *_FLAT_TO_DEG), (0.0, 1.0, 1.0, 0.0)) * unsure
    return np.asarray(np.where(share > 0, deep + share * (flat - deep), deep))


def _elbow_flexion(s: Signals, side: str) -> FloatArray:
    return _bend(s, side, "shoulder", "elbow", "wrist")


def _hip_flexion(s: Signals, side: str) -> FloatArray:
    _, up, forward = s.trunk_axes()
    thigh = s.m(f"{side}_knee") - s.m(f"{side}_hip")
    return np.asarray(np.degrees(np.arctan2(dot(thigh, forward), -dot(thigh, up))))


def _best(s: Signals, deep: FloatArray, flat: FloatArray) -> FloatArray:
    """The angle in space (T,) where the depth is vouched for, otherwise the one in the image.

    Against the truth of 39 rendered clips, from the front, degrees: hip abduction 1.4 in space and 2.7 in the image,
    knee valgus 1.6 and 3.4, pelvis tilt 0.4 and 1.5, shoulder hike 0.9 and 2.3.
    """
    return np.asarray(np.where(np.isfinite(s.world_error_m).any(axis=1), deep, flat))


def _level_hips(s: Signals) -> FloatArray:
    """Unit vectors (T, 3) along the hip line to the person's left, without its rise or fall."""
    return unit((s.m("left_hip") - s.m("right_hip")) * _LEVEL)


def _frontal_deg(s: Signals, bone: FloatArray, side: str) -> FloatArray:
    """Angle (T,) of a bone pointing down against gravity in the pelvis' frontal plane, + away from the midline."""
    return np.asarray(np.degrees(np.arctan2(_outward(side) * dot(bone, _level_hips(s)), bone[:, 1])))


def _hip_abduction(s: Signals, side: str) -> FloatArray:
    deep = _frontal_deg(s, s.m(f"{side}_knee") - s.m(f"{side}_hip"), side)
    thigh = s.px(f"{side}_knee") - s.px(f"{side}_hip")
    return _best(s, deep, np.degrees(np.arctan2(_outward(side) * thigh[:, 0], thigh[:, 1])))


def _knee_flexion(s: Signals, side: str) -> FloatArray:
    return _bend(s, side, "hip", "knee", "ankle")


def _knee_valgus(s: Signals, side: str) -> FloatArray:
    """Frontal-plane projection angle."""
    hip, knee, ankle = (s.m(f"{side}_{p}") for p in ("hip", "knee", "ankle"))
    deep = _frontal_deg(s, ankle - knee, side) - _frontal_deg(s, knee - hip, side)
    hip, knee, ankle = (s.px(f"{side}_{p}") for p in ("hip", "knee", "ankle"))
    flat = -_outward(side) * signed_angle_2d_deg(knee - hip, ankle - knee)
    return _best(s, (deep + 180) % 360 - 180, flat)


def _ankle_dorsiflexion(s: Signals, side: str) -> FloatArray:
    knee, ankle = s.m(f"{side}_knee"), s.m(f"{side}_ankle")
    foot = s.m(f"{side}_foot_index") - s.m(f"{side}_heel")
    return 90.0 - angle_deg(foot, knee - ankle)


def _trunk_lean(s: Signals) -> FloatArray:
    """In the pelvis and against gravity where the depth is vouched for, otherwise from the image."""
    trunk = trunk_vector(s.xy_px)
    flat = np.degrees(np.arctan2(trunk[:, 0], -trunk[:, 1]))
    _, up, _ = s.trunk_axes()
    return _best(s, np.degrees(np.arctan2(dot(up, _level_hips(s)), -up[:, 1])), flat)


def _trunk_forward_lean(s: Signals) -> FloatArray:
    _, up, _ = s.trunk_axes()
    hips = _level_hips(s)
    gravity_up = np.array([0.0, -1.0, 0.0])
    forward = cross(hips, np.broadcast_to(gravity_up, hips.shape))
    return np.asarray(np.degrees(np.arctan2(dot(up, forward), dot(up, gravity_up))))


def _trunk_rotation(s: Signals) -> FloatArray:
    hips = (s.m("left_hip") - s.m("right_hip")) * _LEVEL
    shoulders = (s.m("left_shoulder") - s.m("right_shoulder")) * _LEVEL
    return signed_angle_2d_deg(shoulders[:, ::2], hips[:, ::2])


def _shoulder_hike(s: Signals, side: str) -> FloatArray:
    other = "right" if side == "left" else "left"
    _, up, _ = s.trunk_axes()
    deep = _rise_deg(s.m(f"{side}_shoulder") - s.m(f"{other}_shoulder"), up)
    line = s.px(f"{side}_shoulder") - s.px(f"{other}_shoulder")
    up = unit(trunk_vector(s.xy_px))
    outward = _outward(side) * np.stack([-up[:, 1], up[:, 0]], axis=-1)
    return _best(s, deep, np.degrees(np.arctan2(dot(line, up), dot(line, outward))))


def _pelvis_tilt(s: Signals) -> FloatArray:
    deep = _rise_deg(s.m("left_hip") - s.m("right_hip"), np.array([[0.0, -1.0, 0.0]]))
    line = s.px("left_hip") - s.px("right_hip")
    return _best(s, deep, np.degrees(np.arctan2(-line[:, 1], line[:, 0])))


def _rise_deg(line: FloatArray, up: FloatArray) -> FloatArray:
    """Angle (T,) by which a line (T, 3) rises along up."""
    return np.asarray(np.degrees(np.arcsin(np.clip(dot(unit(line), up), -1, 1))))


def _hand(s: Signals, side: str) -> FloatArray:
    """Hand from the shoulder (T, 2), outward and up along the trunk in the image, arm lengths."""
    up = unit(trunk_vector(s.xy_px))
    outward = _outward(side) * np.stack([-up[:, 1], up[:, 0]], axis=-1)
    reach = s.px(f"{side}_wrist") - s.px(f"{side}_shoulder")
    arm_px = s.trunk_px * BodySize(1.0, (0.0, 0.0)).arm_px
    return np.stack([dot(reach, outward), dot(reach, up)], axis=-1) / arm_px[:, None]


def _foot(s: Signals, side: str) -> FloatArray:
    """Ankle from the hip (T, 2), outward and up against gravity in the image, leg lengths."""
    leg = s.px(f"{side}_ankle") - s.px(f"{side}_hip")
    return np.stack([_outward(side) * leg[:, 0], -leg[:, 1]], axis=-1) / s.leg_px[:, SIDES.index(side), None]


_Sided = Callable[[Signals, str], FloatArray]


def _for_side(compute: _Sided, side: str) -> Callable[[Signals], FloatArray]:
    return lambda s: compute(s, side)


def _difference(compute: _Sided) -> Callable[[Signals], FloatArray]:
    return lambda s: compute(s, "left") - compute(s, "right")


def _coordinate(point: _Sided, axis: int) -> _Sided:
    return lambda s, side: point(s, side)[:, axis]


_SIDED: Final[tuple[tuple[str, str, _Sided, Literal["image", "world"], tuple[View, ...]], ...]] = (
    ("shoulder_elevation", "deg", _shoulder_elevation, "world", NOT_BACK),
    ("shoulder_plane", "deg", _shoulder_plane, "world", NEAR_FRONT),
    ("shoulder_flexion", "deg", _shoulder_flexion, "world", NOT_BACK),
    ("shoulder_abduction", "deg", _shoulder_abduction, "world", NEAR_FRONT),
    ("elbow_flexion", "deg", _elbow_flexion, "world", NOT_BACK),
    ("hip_flexion", "deg", _hip_flexion, "world", NOT_BACK),
    ("hip_abduction", "deg", _hip_abduction, "world", FRONT),
    ("knee_flexion", "deg", _knee_flexion, "world", NOT_BACK),
    ("knee_valgus", "deg", _knee_valgus, "world", FRONT),
    ("ankle_dorsiflexion", "deg", _ankle_dorsiflexion, "world", SIDE),
    ("shoulder_hike", "deg", _shoulder_hike, "world", FRONT),
    ("hand_x", "arm lengths", _coordinate(_hand, 0), "image", NEAR_FRONT),
    ("hand_y", "arm lengths", _coordinate(_hand, 1), "image", NEAR_FRONT),
    ("foot_x", "leg lengths", _coordinate(_foot, 0), "image", NEAR_FRONT),
    ("foot_y", "leg lengths", _coordinate(_foot, 1), "image", NOT_BACK),
)
_MIDDLE: Final[tuple[Feature, ...]] = (
    Feature("trunk_lean", "deg", _trunk_lean, -1, "world", FRONT),
    Feature("trunk_forward_lean", "deg", _trunk_forward_lean, 1, "world", NOT_BACK),
    Feature("trunk_rotation", "deg", _trunk_rotation, -1, "world", NEAR_FRONT),
    Feature("pelvis_tilt", "deg", _pelvis_tilt, -1, "world", FRONT),
)

_COMPARED: Final = ("shoulder_elevation", "elbow_flexion", "hip_flexion", "knee_flexion")
"""Angles of which left minus right is a feature too."""

FEATURES: Final[dict[str, Feature]] = {
    feature.name: feature
    for feature in (
        *(
            Feature(f"{base}_{side}", unit_, _for_side(compute, side), 1, source, views)
            for base, unit_, compute, source, views in _SIDED
            for side in SIDES
        ),
        *(
            Feature(f"{base}_asymmetry", unit_, _difference(compute), -1, source, NEAR_FRONT)
            for base, unit_, compute, source, _ in _SIDED
            if base in _COMPARED
        ),
        *_MIDDLE,
    )
}
"""Every feature by name."""


@dataclass(frozen=True)
class FeatureTable:
    """t_s (T,) seconds, names and units of the F features, values (T, F); NaN is "not seen"."""

    t_s: FloatArray
    names: tuple[str, ...]
    units: tuple[str, ...]
    values: FloatArray

    def column(self, name: str) -> FloatArray:
        """One feature over time, (T,)."""
        return np.asarray(self.values[:, self.names.index(name)])


def compute(signals: Signals, names: Iterable[str]) -> FloatArray:
    """Values (T, F) of the named features."""
    with np.errstate(invalid="ignore"):
        columns = [FEATURES[name].compute(signals) for name in names]
    return np.stack(columns, axis=-1) if columns else np.empty((len(signals.t_s), 0))


def feature_table(sequence: PoseSequence, names: Iterable[str] | None = None) -> FeatureTable:
    """The features (all, unless named) of a recording, conditioned just as the Coach does it."""
    chosen = tuple(FEATURES if names is None else names)
    pairs = list(conditioned(sequence.frame(i) for i in range(len(sequence))))
    signals = Signals.of([pose for pose, _ in pairs], [size for _, size in pairs])
    return FeatureTable(
        sequence.t_s, chosen, tuple(FEATURES[n].unit for n in chosen), compute(signals, chosen)
    )


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
