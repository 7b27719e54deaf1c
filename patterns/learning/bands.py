"""What goes along or stays still in a learned movement: the band in which it is to be kept.

A band is the repetitions' own course as far as it is more than people differ by, as wide as they differ and as the
measurement may be off, and never narrower than people differ from each other (a table below).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from patterns.features.table import FEATURES
from patterns.learning.demonstration import Shown
from patterns.learning.proposals import Movement
from patterns.templates.mirroring import swapped
from patterns.templates.template import Side, Target
from vision.pose import FloatArray

_KNOTS: Final = 5
_ALONG_SHARE: Final = 0.3
_LIFTED: Final = 0.15
"""Leg lengths by which a foot rises above the other one that is lifted: its knee carries nothing and cannot fall in."""

_UNEVEN: Final = ("trunk_lean", "trunk_rotation", "hip_shift", "knee_medial_tilt")
"""Changes that two legs that work alike do without."""

_STAY_STRAIGHT: Final = ("knee_bend", "elbow_bend")

_GOES_ALONG_DEG: Final = 10.0
"""A trunk that bends forward with the movement by as much may well bend less."""


@dataclass(frozen=True)
class Band:
    """How a feature that goes along is judged.

    tolerance: the least, by which people differ who do it well; span: from the tolerance to a score of 0; steady: by
    how much a person's own repetitions may differ. shared: what one person does along, all do who do it well.
    """

    feature: str
    fault: str
    limbs: tuple[str, ...]
    tolerance: float
    span: float
    steady: float
    direction: Literal["above", "both"] = "both"
    from_start: bool = False
    shared: bool = False


BANDS: Final = (
    Band("trunk_lean", "trunk_lean", ("arm", "leg"), 6.0, 20.0, 1.8, from_start=True),
    Band("trunk_forward_lean", "trunk_forward_lean", ("arm",), 12.0, 25.0, 3.0, from_start=True),
    Band("trunk_forward_lean", "trunk_forward_lean", ("leg",), 8.0, 25.0, 3.0, from_start=True),
    Band("trunk_rotation", "trunk_rotation", ("arm", "leg"), 12.0, 25.0, 3.6, from_start=True),
    Band("shoulder_hike", "shoulder_hike", ("arm",), 14.0, 20.0, 2.2, "above", True),
    Band("elbow_flexion", "elbow_bend", ("arm",), 22.0, 60.0, 4.5, "above"),
    Band("pelvis_tilt", "hip_hike", ("one leg",), 8.0, 15.0, 2.4, from_start=True, shared=True),
    Band("knee_valgus", "knee_valgus", ("one leg",), 10.0, 25.0, 3.0, "above"),
    Band("knee_medial_tilt", "knee_valgus", ("both legs",), 8.0, 20.0, 2.5, "above", True),
    Band("hip_shift", "weight_shift", ("both legs",), 0.04, 0.12, 0.012, from_start=True),
    Band("knee_flexion", "knee_bend", ("leg",), 25.0, 40.0, 4.5, "above"),
    Band("knee_flexion_asymmetry", "asymmetry", ("both legs",), 10.0, 30.0, 3.0, from_start=True),
    Band("shoulder_elevation_asymmetry", "asymmetry", ("both arms",), 12.0, 30.0, 3.6, from_start=True),
)
"""The parts that go along; widths are our proposal, the same as in the templates written by hand."""


def bands(shown: Shown, movement: Movement, side: Side, phase: FloatArray) -> list[Target]:
    """The bands that the movement has to keep, where the view shows them.

    phase (R, 2, POINTS): how far along the path every posture of the repetitions is, 0..1.
    """
    alike = side == "both" and all(limb.kind == "leg" for limb in movement.limbs)
    targets = []
    for band in BANDS:
        for name in _judged(band, movement, side):
            if shown.error(name) is None:
                targets += [_unseen(band, name)] if alike and band.feature in _UNEVEN else []
            elif not _belongs(shown, band, name):
                targets.append(_band(shown, band, name, phase))
    return targets


def _unseen(band: Band, name: str) -> Target:
    """The band of what the demonstrations' view could not show, and what two legs that work alike cannot need."""
    return Target(
        feature=name,
        role="control",
        phase=(0.0, 1.0),
        value=(0.0, 0.0),
        tolerance=band.tolerance,
        span=band.span,
        steady=band.steady,
        direction=band.direction,
        from_start=band.from_start,
        fault=band.fault,
    )


def _belongs(shown: Shown, band: Band, name: str) -> bool:
    """Whether what the band is to keep is a part of the movement itself: a joint that bends, the knee in the air."""
    if band.fault in _STAY_STRAIGHT:
        return shown.change(name) > band.tolerance
    own = name.rpartition("_")[2]
    return band.fault == "knee_valgus" and _lifted(shown, own)


def _lifted(shown: Shown, side: str) -> bool:
    """Whether the foot of a side leaves the floor: it rises over the other one from where it is at the start."""
    rise = shown.middle(f"foot_y_{side}") - shown.middle(f"foot_y_{swapped(side)}")
    return bool(np.nanmax(rise) - rise[0] > _LIFTED) if np.isfinite(rise).any() else False


def _judged(band: Band, movement: Movement, side: Side) -> list[str]:
    """The features of a band that this movement has to keep; none that it is itself made of."""
    kinds = {limb.kind for limb in movement.limbs}
    kinds |= {
        f"{'both' if side == 'both' else 'one'} {kind}{'s' if side == 'both' else ''}" for kind in kinds
    }
    if not kinds & set(band.limbs):
        return []
    if band.feature in FEATURES:
        names = [band.feature]
    elif band.feature == "knee_flexion":
        names = [f"{band.feature}_{own}" for own in ("right", "left")]
    else:
        names = [f"{band.feature}_{limb.side}" for limb in movement.limbs if limb.kind in _kinds(band)]
    return [name for name in names if name not in movement.path and name not in movement.drivers]


def _kinds(band: Band) -> set[str]:
    return {kind.split()[-1].removesuffix("s") for kind in band.limbs}


def _band(shown: Shown, band: Band, name: str, phase: FloatArray) -> Target:
    """The course of a feature over phase, as wide as repetitions, measurement and people differ."""
    values = shown.curves(name)
    if band.from_start:
        values = values - values[:, :1, :1]
    at = np.linspace(0, 1, _KNOTS)
    own = _course(values, phase, at)
    if band.from_start:
        own[0] = 0.0
    course = own
    if band.from_start and not band.shared:
        course = _beyond_people(own, max(band.tolerance, shown.error(name) or 0.0))
    if band.fault == "knee_valgus":
        course = np.maximum(course, 0.0)
    goes_along = band.feature == "trunk_forward_lean" and float(course.max()) > _GOES_ALONG_DEG
    direction = "above" if goes_along else band.direction
    off = values - np.interp(phase, at, own)
    wrong = off if direction == "above" else np.abs(off)
    differ = float(np.quantile(wrong.reshape(len(wrong), -1), 0.9, axis=1).max())
    least = band.tolerance + _ALONG_SHARE * float(np.ptp(course))
    digits = 1 if FEATURES[name].unit == "deg" else 3
    return Target(
        feature=name,
        role="control",
        phase=tuple(float(p) for p in at),
        value=tuple(round(float(v), digits) for v in course),
        tolerance=round(max(least, differ, shown.error(name) or 0.0), digits),
        span=band.span,
        steady=band.steady,
        direction=direction,
        from_start=band.from_start,
        fault=band.fault,
    )


def _course(values: FloatArray, phase: FloatArray, at: FloatArray) -> FloatArray:
    """The median (K,) of values (R, 2, POINTS) near each of the phases (K,), bridged where there are none."""
    nearest = np.abs(phase[..., None] - at).argmin(axis=-1)
    course = np.array(
        [np.median(values[nearest == k]) if (nearest == k).any() else np.nan for k in range(len(at))]
    )
    return np.asarray(np.interp(at, at[np.isfinite(course)], course[np.isfinite(course)]))


def _beyond_people(course: FloatArray, differ: float) -> FloatArray:
    """A person's own course drawn towards none at all, the more the less it is beyond what people differ by.

    The mean that is expected of everybody, given one person's value and that people's differ by `differ` around it
    (shrinkage; Efron and Morris 1973): what is small is this person's, what is large belongs to the movement.
    """
    size = float(np.abs(course).max())
    return course * size**2 / (size**2 + differ**2)
