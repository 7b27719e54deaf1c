"""The named features of movement: joint angles, trunk posture, and where hand and foot are.

Every feature is one entry of FEATURES, computed over (T, 33, D) arrays. Degrees from the anatomical zero, flexion
positive; left and right are the person's. NaN where a landmark it needs was not seen. Each feature says whether it
rests on the image or on the world landmarks, and in which views it can be told; its error by view is data
(patterns/data/feature_errors.toml).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from patterns.features.angles import (
    ankle_dorsiflexion,
    elbow_flexion,
    foot,
    hand,
    hip_abduction,
    hip_flexion,
    hip_shift,
    knee_flexion,
    knee_medial_tilt,
    knee_valgus,
    pelvis_tilt,
    shoulder_abduction,
    shoulder_elevation,
    shoulder_flexion,
    shoulder_hike,
    shoulder_plane,
    trunk_forward_lean,
    trunk_lean,
    trunk_rotation,
)
from patterns.features.conditioning import conditioned
from patterns.features.flat_view import seen_from_side
from patterns.features.signals import SIDES, Signals, View
from vision.pose import FloatArray, PoseSequence

FRONT: Final[tuple[View, ...]] = ("front",)
NEAR_FRONT: Final[tuple[View, ...]] = ("front", "oblique")
SIDE: Final[tuple[View, ...]] = ("side",)
NOT_BACK: Final[tuple[View, ...]] = ("front", "oblique", "side")


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


_Sided = Callable[[Signals, str], FloatArray]


def _for_side(compute: _Sided, side: str) -> Callable[[Signals], FloatArray]:
    return lambda s: compute(s, side)


def _difference(compute: _Sided) -> Callable[[Signals], FloatArray]:
    return lambda s: compute(s, "left") - compute(s, "right")


def _coordinate(point: _Sided, axis: int) -> _Sided:
    return lambda s, side: point(s, side)[:, axis]


_SIDED: Final[tuple[tuple[str, str, _Sided, Literal["image", "world"], tuple[View, ...]], ...]] = (
    ("shoulder_elevation", "deg", shoulder_elevation, "world", NOT_BACK),
    ("shoulder_plane", "deg", shoulder_plane, "world", NEAR_FRONT),
    ("shoulder_flexion", "deg", shoulder_flexion, "world", NOT_BACK),
    ("shoulder_abduction", "deg", shoulder_abduction, "world", NEAR_FRONT),
    ("elbow_flexion", "deg", elbow_flexion, "world", NOT_BACK),
    ("hip_flexion", "deg", hip_flexion, "world", NOT_BACK),
    ("hip_abduction", "deg", hip_abduction, "world", FRONT),
    ("knee_flexion", "deg", knee_flexion, "world", NOT_BACK),
    ("knee_valgus", "deg", knee_valgus, "world", FRONT),
    ("knee_medial_tilt", "deg", knee_medial_tilt, "world", FRONT),
    ("ankle_dorsiflexion", "deg", ankle_dorsiflexion, "world", SIDE),
    ("shoulder_hike", "deg", shoulder_hike, "image", FRONT),
    ("hand_x", "arm lengths", _coordinate(hand, 0), "image", NEAR_FRONT),
    ("hand_y", "arm lengths", _coordinate(hand, 1), "image", NEAR_FRONT),
    ("foot_x", "leg lengths", _coordinate(foot, 0), "image", NEAR_FRONT),
    ("foot_y", "leg lengths", _coordinate(foot, 1), "image", NOT_BACK),
)
_MIDDLE: Final[tuple[Feature, ...]] = (
    Feature("trunk_lean", "deg", trunk_lean, -1, "world", FRONT),
    Feature("trunk_forward_lean", "deg", trunk_forward_lean, 1, "world", NOT_BACK),
    Feature("trunk_rotation", "deg", trunk_rotation, -1, "world", NEAR_FRONT),
    Feature("pelvis_tilt", "deg", pelvis_tilt, -1, "world", FRONT),
    Feature("hip_shift", "leg lengths", hip_shift, -1, "image", FRONT),
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
        columns = [_computed(FEATURES[name], signals) for name in names]
    return np.stack(columns, axis=-1) if columns else np.empty((len(signals.t_s), 0))


def _computed(feature: Feature, signals: Signals) -> FloatArray:
    """Return values (T,) of one feature; NaN where there is no depth and a view from the side hides it.

    Where hand and foot are in the picture stays: movements are followed by it.
    """
    values = feature.compute(signals)
    from_front = feature.views == FRONT or (feature.source == "world" and "side" not in feature.views)
    if signals.flat is None or not from_front:
        return values
    return np.where(seen_from_side(signals.flat), np.nan, values)


def feature_table(sequence: PoseSequence, names: Iterable[str] | None = None) -> FeatureTable:
    """The features (all, unless named) of a recording, conditioned just as the Coach does it."""
    chosen = tuple(FEATURES if names is None else names)
    pairs = list(conditioned(sequence.frame(i) for i in range(len(sequence))))
    signals = Signals.of([pose for pose, _ in pairs], [size for _, size in pairs])
    return FeatureTable(
        sequence.t_s, chosen, tuple(FEATURES[n].unit for n in chosen), compute(signals, chosen)
    )
