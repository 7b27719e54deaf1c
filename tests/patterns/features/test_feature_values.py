"""Every feature with its sign: postures of the stick figure and the values they have, worked out by hand.

The signs are those of the README: flexion, abduction, dorsiflexion and inward are positive; x of hand and foot away
from the midline; trunk_lean and hip_shift to the person's left, trunk_rotation to their right, pelvis_tilt with the
left side higher; an asymmetry is left minus right.

Segments of the figure in metres: trunk 0.48, upper arm and forearm 0.26 + 0.235 = 0.495, thigh and shank
0.394 + 0.370 = 0.764. An arm length is 1.03 trunk lengths, 0.4944 m.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from patterns.features.body import BodySize
from patterns.features.signals import Signals
from patterns.features.table import FEATURES, compute
from tests.support.stick_figure import Posture, seen
from vision.pose import PoseFrame

FAR_M = 1000.0
"""So far away that the picture shows no perspective: 0.55 pixels a metre."""

SIZE = BodySize(0.264, (0.4202, 0.33616))
"""0.48 m of trunk, 0.764 m of left leg, and a right leg that counts as 0.8 of its length, to tell the two apart."""


@dataclass(frozen=True)
class Row:
    """One posture and the value of one feature in it.

    why: how the value follows from the posture. space: from the world landmarks; None for a feature of the image
    alone. image: from the pixels; None for a feature of the world landmarks alone. turned_right: how far the person
    is turned for the image, degrees.
    """

    why: str
    posture: Posture
    space: float | None
    image: float | None
    turned_right: float = 0.0


Arm = tuple[float, float, float]


def arms(left: Arm, right: Arm, lean_left: float = 0.0) -> Posture:
    return Posture(arms={"left": left, "right": right}, lean_left=lean_left)


def legs(left: tuple[float, float], right: tuple[float, float]) -> Posture:
    return Posture(legs={"left": left, "right": right})


def straight_legs(
    abduction: tuple[float, float] = (0.0, 0.0), valgus: tuple[float, float] = (0.0, 0.0)
) -> Posture:
    level = {"left": (0.0, 0.0), "right": (0.0, 0.0)}
    return Posture(
        legs=level,
        abduction=dict(zip(("left", "right"), abduction, strict=True)),
        valgus=dict(zip(("left", "right"), valgus, strict=True)),
    )


RAISED = arms((60.0, 30.0, 0.0), (100.0, 110.0, 0.0))
FORWARD_AND_BACK = arms((70.0, 90.0, 0.0), (20.0, -90.0, 0.0))
OUT_AND_ACROSS = arms((60.0, 0.0, 0.0), (25.0, 180.0, 0.0))
ELBOWS = arms((0.0, 90.0, 40.0), (0.0, 90.0, 75.0))
ARMS_OUT = arms((60.0, 0.0, 0.0), (150.0, 0.0, 0.0))
ARMS_OUT_LEANING = arms((60.0, 0.0, 0.0), (150.0, 0.0, 0.0), lean_left=10.0)
THIGHS = legs((50.0, 0.0), (-15.0, 0.0))
THIGHS_AND_TRUNK = Posture(legs=THIGHS.legs, lean_forward=30.0)
THIGHS_AND_PELVIS = Posture(legs=THIGHS.legs, pelvis_left=7.0)
KNEES = legs((0.0, 70.0), (0.0, 35.0))
SHANKS = legs((20.0, 50.0), (35.0, 10.0))
LEGS_OUT_AND_IN = straight_legs(abduction=(20.0, -10.0))
FEET_TO_THE_RIGHT = straight_legs(abduction=(-10.0, 10.0))
KNEES_IN_AND_OUT = straight_legs(valgus=(12.0, -8.0))

ROWS: dict[str, tuple[Row, ...]] = {
    "shoulder_elevation_left": (Row("arm 60 deg up from hanging", RAISED, 60.0, None),),
    "shoulder_elevation_right": (Row("arm 100 deg up from hanging", RAISED, 100.0, None),),
    "shoulder_elevation_asymmetry": (Row("left minus right: 60 - 100", RAISED, -40.0, None),),
    "shoulder_plane_left": (Row("raised 30 deg forward of sideways", RAISED, 30.0, None),),
    "shoulder_plane_right": (Row("raised 20 deg beyond forward, across: 90 + 20", RAISED, 110.0, None),),
    "shoulder_flexion_left": (Row("arm 70 deg forward: +70", FORWARD_AND_BACK, 70.0, None),),
    "shoulder_flexion_right": (Row("arm 20 deg backward: -20", FORWARD_AND_BACK, -20.0, None),),
    "shoulder_abduction_left": (Row("arm 60 deg out to the left: +60", OUT_AND_ACROSS, 60.0, None),),
    "shoulder_abduction_right": (Row("arm 25 deg across, to the left: -25", OUT_AND_ACROSS, -25.0, None),),
    "elbow_flexion_left": (Row("forearm bent by 40 deg, seen from the side", ELBOWS, 40.0, 40.0, 90.0),),
    "elbow_flexion_right": (Row("forearm bent by 75 deg, seen from the side", ELBOWS, 75.0, 75.0, 90.0),),
    "elbow_flexion_asymmetry": (Row("left minus right: 40 - 75", ELBOWS, -35.0, -35.0, 90.0),),
    "hip_flexion_left": (
        Row("thigh 50 deg forward: +50", THIGHS, 50.0, None),
        Row("the same from a left hip that is raised", THIGHS_AND_PELVIS, 50.0, None),
        Row("the trunk 30 deg forward over it: 50 + 30", THIGHS_AND_TRUNK, 80.0, None),
    ),
    "hip_flexion_right": (
        Row("thigh 15 deg backward: -15", THIGHS, -15.0, None),
        Row("the same from a right hip that is lowered", THIGHS_AND_PELVIS, -15.0, None),
        Row("the trunk 30 deg forward over it: -15 + 30", THIGHS_AND_TRUNK, 15.0, None),
    ),
    "hip_flexion_asymmetry": (Row("left minus right: 50 - (-15)", THIGHS, 65.0, None),),
    "hip_abduction_left": (Row("thigh 20 deg out to the left: +20", LEGS_OUT_AND_IN, 20.0, 20.0),),
    "hip_abduction_right": (Row("thigh 10 deg inward, to the left: -10", LEGS_OUT_AND_IN, -10.0, -10.0),),
    "knee_flexion_left": (Row("shank bent by 70 deg, seen from the side", KNEES, 70.0, 70.0, 90.0),),
    "knee_flexion_right": (Row("shank bent by 35 deg, seen from the side", KNEES, 35.0, 35.0, 90.0),),
    "knee_flexion_asymmetry": (Row("left minus right: 70 - 35", KNEES, 35.0, 35.0, 90.0),),
    "knee_valgus_left": (
        Row("shank 12 deg outward of the thigh, knee in: +12", KNEES_IN_AND_OUT, 12.0, 12.0),
    ),
    "knee_valgus_right": (
        Row("shank 8 deg inward of the thigh, knee out: -8", KNEES_IN_AND_OUT, -8.0, -8.0),
    ),
    "knee_medial_tilt_left": (Row("knee inward over the foot by 12 deg: +12", KNEES_IN_AND_OUT, 12.0, None),),
    "knee_medial_tilt_right": (Row("knee outward over the foot by 8 deg: -8", KNEES_IN_AND_OUT, -8.0, None),),
    "ankle_dorsiflexion_left": (
        Row("thigh 20 forward, knee 50: shank 30 deg forward over a level foot: +30", SHANKS, 30.0, None),
    ),
    "ankle_dorsiflexion_right": (
        Row("thigh 35 forward, knee 10: shank 25 deg backward over a level foot: -25", SHANKS, -25.0, None),
    ),
    "shoulder_hike_left": (
        Row("left shoulder up, the line tilted by 6 deg: +6", Posture(hike_left=6.0), None, 6.0),
        Row(
            "level on a trunk 10 deg to the left, where 0.45 * 10 lower is usual: +4.5",
            ARMS_OUT_LEANING,
            None,
            4.5,
        ),
    ),
    "shoulder_hike_right": (
        Row("right shoulder down, the line tilted by 6 deg: -6", Posture(hike_left=6.0), None, -6.0),
        Row(
            "level on a trunk 10 deg to the left, where 0.45 * 10 higher is usual: -4.5",
            ARMS_OUT_LEANING,
            None,
            -4.5,
        ),
    ),
    "hand_x_left": (
        Row("arm 60 deg out: 0.495 sin 60 / 0.4944 to the left, away: +", ARMS_OUT, None, 0.86707),
        Row("the same on a trunk that leans: the frame leans along", ARMS_OUT_LEANING, None, 0.86707),
    ),
    "hand_x_right": (
        Row("arm 150 deg out: 0.495 sin 150 / 0.4944 to the right, away: +", ARMS_OUT, None, 0.50061),
        Row("the same on a trunk that leans: the frame leans along", ARMS_OUT_LEANING, None, 0.50061),
    ),
    "hand_y_left": (
        Row("arm 60 deg out: 0.495 cos 60 / 0.4944 below the shoulder: -", ARMS_OUT, None, -0.50061),
        Row("the same on a trunk that leans: the frame leans along", ARMS_OUT_LEANING, None, -0.50061),
    ),
    "hand_y_right": (
        Row("arm 150 deg out: 0.495 cos 30 / 0.4944 above the shoulder: +", ARMS_OUT, None, 0.86707),
        Row("the same on a trunk that leans: the frame leans along", ARMS_OUT_LEANING, None, 0.86707),
    ),
    "foot_x_left": (Row("leg 20 deg out to the left: + sin 20", LEGS_OUT_AND_IN, None, 0.34202),),
    "foot_x_right": (Row("leg 10 deg inward: - sin 10 / 0.8", LEGS_OUT_AND_IN, None, -0.21706),),
    "foot_y_left": (Row("below the hip: - cos 20", LEGS_OUT_AND_IN, None, -0.93969),),
    "foot_y_right": (Row("below the hip: - cos 10 / 0.8", LEGS_OUT_AND_IN, None, -1.23101),),
    "trunk_lean": (
        Row("12 deg to the person's left: +12", Posture(lean_left=12.0), 12.0, 12.0),
        Row("12 deg to the person's right: -12", Posture(lean_left=-12.0), -12.0, -12.0),
    ),
    "trunk_forward_lean": (Row("30 deg forward: +30", Posture(lean_forward=30.0), 30.0, None),),
    "trunk_rotation": (
        Row("shoulders 18 deg to the person's right: +18", Posture(turn_right=18.0), 18.0, None),
    ),
    "pelvis_tilt": (
        Row("left hip up, the line tilted by 7 deg: +7", Posture(pelvis_left=7.0), 7.0, 7.0),
        Row("right hip up, the line tilted by 7 deg: -7", Posture(pelvis_left=-7.0), -7.0, -7.0),
    ),
    "hip_shift": (
        Row(
            "feet sin 10 leg lengths to the right of the hips; in the image legs of 0.9",
            FEET_TO_THE_RIGHT,
            0.17365,
            0.19294,
        ),
    ),
}
"""Hand-worked rows of every feature."""


def measured(name: str, image: PoseFrame, world: PoseFrame, *, vouched: bool) -> float:
    """Return the feature of one posture's pixels and another's world landmarks; vouched: the depth is trusted."""
    pose = replace(image, world_m=world.world_m, measured=vouched)
    return float(compute(Signals.of([pose], [SIZE]), [name])[0, 0])


def test_the_rows_cover_the_feature_table() -> None:
    assert sorted(ROWS) == sorted(FEATURES)


@pytest.mark.parametrize("name", sorted(FEATURES))
def test_every_feature_has_its_hand_worked_value(name: str) -> None:
    """The landmarks of the branch not under test show a person standing still."""
    for row in ROWS[name]:
        shown, standing = (
            seen(posture, 0.0, turned_right=row.turned_right, distance=FAR_M)
            for posture in (row.posture, Posture())
        )
        if row.space is not None:
            got = measured(name, standing, shown, vouched=True)
            assert got == pytest.approx(row.space, rel=1e-4), f"in space: {row.why}"
        if row.image is not None:
            got = measured(name, shown, standing, vouched=False)
            assert got == pytest.approx(row.image, rel=1e-3), f"in the image: {row.why}"


@pytest.mark.parametrize("name", sorted(FEATURES))
def test_a_feature_with_one_branch_ignores_whether_the_depth_is_trusted(name: str) -> None:
    for row in ROWS[name]:
        shown, standing = (seen(posture, 0.0, distance=FAR_M) for posture in (row.posture, Posture()))
        if row.image is None and row.space is not None:
            assert measured(name, standing, shown, vouched=False) == pytest.approx(row.space, rel=1e-4), (
                row.why
            )
        if row.space is None and row.image is not None:
            assert measured(name, shown, shown, vouched=True) == pytest.approx(row.image, rel=1e-3), row.why


def test_every_row_would_show_a_flipped_sign_and_swapped_sides() -> None:
    """A row of 0, or of the same number on both sides, could not show a flipped sign or swapped sides."""
    for name, rows in ROWS.items():
        other = name.replace("_left", "_RIGHT").replace("_right", "_left").replace("_RIGHT", "_right")
        for row, twin in zip(rows, ROWS[other], strict=True):
            for value, swapped in ((row.space, twin.space), (row.image, twin.image)):
                assert value != 0
                assert name == other or value is None or value != swapped
