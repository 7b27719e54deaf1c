"""What a learned template is proposed to follow: the limbs that move, and for each its place or its angles.

Everything is told for a movement of the right side or of both; the left one is made by mirroring.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from patterns.features.table import FEATURES
from patterns.learning.demonstration import DemonstrationError, Shown
from patterns.learning.repetition_finder import ONE

_MOVED: Final = 1.0
"""Change (in ones of `repetition_finder.ONE`) from which a limb moves at all."""

_ALONG: Final = 0.5
"""Share of the most moving limb's change from which another one belongs to the movement."""

_JOINT_ALONG: Final = 0.3
_CLEAR: Final = 8.0
"""Change of a place, in its uncertainties, from which the picture tells the movement without any depth."""

_DRIVES: Final = 0.6
_LEAST_ERROR_DEG: Final = 5.0
"""No webcam tells an angle better, whatever the demonstration was measured with."""

_SAME_DEPTH: Final = 0.1
"""Leg lengths by which one foot may stand higher in the picture than the other, and still be as far from the camera."""

_ARM_UP_DEG: Final = 75.0
_THIGH_UP_DEG: Final = 40.0
"""Beyond these the plane of the arm or thigh is lost, and angles within a plane mean nothing."""


@dataclass(frozen=True)
class Limb:
    """A limb of one side: features of where its far end is, and of its joints' angles."""

    kind: str
    side: str
    places: tuple[str, ...]
    angles: tuple[str, ...]


_PARTS: Final = {
    "arm": (("hand_x", "hand_y"), ("shoulder_elevation", "shoulder_flexion", "elbow_flexion")),
    "leg": (("foot_x", "foot_y"), ("hip_flexion", "knee_flexion", "hip_abduction")),
}
TOLD_BY: Final = {
    **dict.fromkeys(("hand_x", "hand_y"), ("wrist",)),
    **dict.fromkeys(("shoulder_elevation", "shoulder_flexion"), ("elbow",)),
    "elbow_flexion": ("elbow", "wrist"),
    **dict.fromkeys(("foot_x", "foot_y"), ("ankle",)),
    **dict.fromkeys(("hip_flexion", "hip_abduction"), ("knee",)),
    "knee_flexion": ("knee", "ankle"),
}
"""For each feature of a limb the landmarks that must be seen for it; those of the trunk must be anyway."""

LIMBS: Final = tuple(
    Limb(
        kind,
        side,
        tuple(f"{place}_{side}" for place in places),
        tuple(f"{angle}_{side}" for angle in angles),
    )
    for kind, (places, angles) in _PARTS.items()
    for side in ("right", "left")
)
TRUNK: Final = Limb(
    "trunk",
    "",
    (),
    ("trunk_lean", "trunk_forward_lean", "trunk_rotation", "shoulder_hike_right", "pelvis_tilt"),
)


LEAN: Final = "trunk_forward_lean"


@dataclass(frozen=True)
class Movement:
    """What moves: limbs, most moving first; path: features to follow it by; drivers: angles whose range counts."""

    limbs: tuple[Limb, ...]
    path: tuple[str, ...]
    drivers: tuple[str, ...]


def proposed(shown: Shown, *, both: bool) -> Movement:
    """What moves in the demonstrations, and how it is followed best. DemonstrationError where nothing does.

    both: it is one movement of both sides, of which the camera may see one less well.
    """
    moved = {limb: _moved(shown, limb) for limb in (*LIMBS, TRUNK)}
    most = max(moved[limb] for limb in LIMBS)
    if most < _MOVED:
        if moved[TRUNK] < _JOINT_ALONG * _MOVED:
            raise DemonstrationError(
                "no joint moves far enough in these repetitions; show the whole movement"
            )
        limbs: tuple[Limb, ...] = (TRUNK,)
    else:
        kinds = {limb.kind for limb in LIMBS if both and moved[limb] >= _ALONG * most}
        part = [k for k in LIMBS if moved[k] >= (_MOVED if k.kind in kinds else _ALONG * most)]
        limbs = tuple(sorted(part, key=lambda limb: -moved[limb]))
        legs = tuple(limb for limb in limbs if limb.kind == "leg")
        limbs = legs or limbs  # where the legs work the arms only keep the balance
    path, drivers, told = [], [], []
    for limb in limbs:
        angles = _angles(shown, limb)
        turning = _drivers(shown, angles)
        followed = _places(shown, limb, turning) or (turning if limb.kind == "leg" else angles)
        path += followed
        drivers += turning
        told += [limb] if followed else []
    if path and LEAN not in path and _there_and_back(shown, LEAN) > ONE["deg"]:
        path.append(LEAN)
    if not path:
        raise DemonstrationError(
            "this view cannot show the movement; turn so that the moving limb is seen in its whole length"
        )
    return Movement(tuple(told), tuple(path), tuple(drivers))


def _there_and_back(shown: Shown, name: str) -> float:
    """By how much a feature goes beyond both its start and its far end on the way; 0 where it was not seen.

    Such a thing belongs to the movement (who stands up leans forward first), and only following it tells how far
    along one is while the limbs still rest.
    """
    if shown.error(name) is None:
        return 0.0
    course = shown.middle(name)
    return float(course.max() - max(course[0], course[-1]))


def _moved(shown: Shown, limb: Limb) -> float:
    """The largest change of a limb's features, in ones."""
    names = [name for name in (*limb.places, *_safe(shown, limb)) if shown.error(name) is not None]
    return max((shown.change(name) / ONE[FEATURES[name].unit] for name in names), default=0.0)


def _safe(shown: Shown, limb: Limb) -> list[str]:
    """The angles of a limb that mean something all along the way: none that wraps or loses its plane."""
    hung = shown.change(f"hip_flexion_{limb.side}") <= _THIGH_UP_DEG if limb.kind == "leg" else True
    if limb.kind == "arm":
        hung = float(shown.curves(f"shoulder_elevation_{limb.side}").max()) <= _ARM_UP_DEG
    return [
        name
        for name in limb.angles
        if hung or FEATURES[name].base not in ("shoulder_flexion", "hip_abduction")
    ]


def _angles(shown: Shown, limb: Limb) -> list[str]:
    """The angles of a limb that take part in its movement; of two that tell the shoulder the clearer one."""
    told = [name for name in _safe(shown, limb) if shown.error(name) is not None]
    largest = max((shown.change(name) for name in told), default=0.0)
    part = [name for name in told if shown.change(name) >= _JOINT_ALONG * largest]
    shoulder = [name for name in part if name.startswith("shoulder_") and limb.kind == "arm"]
    if len(shoulder) > 1:
        best = max(shoulder, key=lambda name: _clarity(shown, name))
        part = [name for name in part if name not in shoulder or name == best]
    return part


def _clarity(shown: Shown, name: str) -> float:
    """The change of a feature in its uncertainties: measurement error and difference between repetitions."""
    error = shown.error(name) or 0.0
    least = _LEAST_ERROR_DEG if FEATURES[name].unit == "deg" else 0.0
    return shown.change(name) / float(np.hypot(max(error, least), shown.spread(name)))


def _places(shown: Shown, limb: Limb, drivers: list[str]) -> list[str]:
    """The coordinates by which a limb is followed in the picture; none where they hardly move or are not seen.

    Of a foot only those that change, since where the feet stand is the person's own; and none where depth changes the
    picture: of feet one behind the other, and of a straight leg raised towards the camera.
    """
    if not limb.places or any(shown.error(name) is None for name in limb.places):
        return []
    if max(_clarity(shown, name) for name in limb.places) < _CLEAR:
        return []
    if limb.kind == "arm":
        return list(limb.places)
    largest = max(shown.change(name) for name in limb.places)
    moving = [name for name in limb.places if shown.change(name) >= _JOINT_ALONG * largest]
    feet = [float(shown.middle(f"foot_y_{side}")[0]) for side in ("left", "right")]
    if not abs(feet[0] - feet[1]) <= _SAME_DEPTH:
        return []
    straight = not any(name.startswith("knee_") for name in drivers)
    return [] if straight and limb.places[0] not in moving else moving


def _drivers(shown: Shown, angles: list[str]) -> list[str]:
    """The angles whose range counts: those that change most; beside a knee no hip, which the trunk bends too."""
    largest = max((shown.change(name) for name in angles), default=0.0)
    most = [name for name in angles if shown.change(name) >= _DRIVES * largest]
    without = [name for name in most if not name.startswith("hip_")]
    return without or most
