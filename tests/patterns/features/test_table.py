"""The features against an analytic person whose angles are known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.features.body import BodySize
from patterns.features.signals import Signals, body_yaw_deg, view_of
from patterns.features.table import FEATURES, compute, feature_table
from patterns.features.view_errors import feature_error
from tests.support.stick_figure import SHANK, THIGH, TRUNK, Posture, seen
from vision.pose import INDEX, LANDMARKS, PoseFrame, PoseSequence

SIZE = BodySize(100.0, (160.0, 160.0))


def value(name: str, posture: Posture, turned_right: float = 0.0, distance: float = 2.8) -> float:
    """A feature of a person whose joints are known in space."""
    pose = replace(seen(posture, 0.0, turned_right, distance), measured=True)
    signals = Signals.of([pose], [SIZE])
    return float(compute(signals, [name])[0, 0])


@settings(max_examples=60, deadline=None)
@given(
    side=st.sampled_from(["left", "right"]),
    elevation=st.floats(25, 150),
    plane=st.floats(-40, 125),
    elbow=st.floats(1, 140),
    turned=st.floats(-60, 60),
    lean=st.floats(-15, 15),
)
def test_arm_angles_do_not_depend_on_the_camera_or_the_trunk(
    side: str, elevation: float, plane: float, elbow: float, turned: float, lean: float
) -> None:
    posture = Posture(lean_left=lean)
    posture.arms[side] = (elevation, plane, elbow)
    assert value(f"shoulder_elevation_{side}", posture, turned) == pytest.approx(elevation, abs=1e-6)
    assert value(f"shoulder_plane_{side}", posture, turned) == pytest.approx(plane, abs=1e-6)
    assert value(f"elbow_flexion_{side}", posture, turned) == pytest.approx(elbow, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(
    side=st.sampled_from(["left", "right"]),
    hip=st.floats(-20, 110),
    knee=st.floats(1, 130),
    turned=st.floats(-90, 90),
)
def test_leg_angles_do_not_depend_on_the_camera(side: str, hip: float, knee: float, turned: float) -> None:
    posture = Posture()
    posture.legs[side] = (hip, knee)
    assert value(f"hip_flexion_{side}", posture, turned) == pytest.approx(hip, abs=1e-6)
    assert value(f"knee_flexion_{side}", posture, turned) == pytest.approx(knee, abs=1e-6)


@pytest.mark.parametrize(("turned", "wanted"), [(0.0, 20.0), (90.0, 80.0), (-90.0, 80.0), (180.0, 20.0)])
def test_seen_from_the_side_a_knee_is_told_from_the_picture(turned: float, wanted: float) -> None:
    """A knee bent by 80 degrees whose depth says 20: the picture is right from the side, and blind from the front."""
    true, wrong = Posture(), Posture()
    true.legs["left"], wrong.legs["left"] = (0.0, 80.0), (0.0, 20.0)
    told = replace(seen(true, 0.0, turned, 50.0), world_m=seen(wrong, 0.0, turned, 50.0).world_m)
    signals = Signals.of([told], [SIZE])
    assert compute(signals, ["knee_flexion_left"])[0, 0] == pytest.approx(wanted, abs=1.5)


@pytest.mark.parametrize("side", ["left", "right"])
def test_shoulder_flexion_is_forward_and_abduction_sideways(side: str) -> None:
    posture = Posture()
    posture.arms[side] = (70.0, 90.0, 5.0)
    assert value(f"shoulder_flexion_{side}", posture) == pytest.approx(70.0)
    posture.arms[side] = (70.0, 0.0, 5.0)
    assert value(f"shoulder_abduction_{side}", posture) == pytest.approx(70.0)


def test_plane_of_elevation_is_not_told_near_its_poles() -> None:
    posture = Posture()
    posture.arms["left"] = (15.0, 60.0, 5.0)
    assert np.isnan(value("shoulder_plane_left", posture))
    posture.arms["left"] = (165.0, 60.0, 5.0)
    assert np.isnan(value("shoulder_plane_left", posture))


def test_trunk_signs_are_the_persons() -> None:
    far = 1000.0
    assert value("trunk_lean", Posture(lean_left=12.0), distance=far) == pytest.approx(12.0, abs=0.1)
    assert value("trunk_lean", Posture(lean_left=-12.0), distance=far) == pytest.approx(-12.0, abs=0.1)
    assert value("trunk_forward_lean", Posture(lean_forward=30.0), 20.0) == pytest.approx(30.0)
    assert value("trunk_rotation", Posture(turn_right=18.0), 10.0) == pytest.approx(18.0)
    assert value("trunk_rotation", Posture(turn_right=-18.0), 10.0) == pytest.approx(-18.0)


def test_yaw_is_positive_when_turned_to_the_own_right() -> None:
    for turned in (-85.0, -30.0, 0.0, 30.0, 85.0):
        signals = Signals.of([seen(Posture(), 0.0, turned)], [SIZE])
        assert body_yaw_deg(signals)[0] == pytest.approx(turned)


def test_views_are_named_by_yaw() -> None:
    assert [view_of(y) for y in (0, 34, -36, 61, -119, 121)] == [
        "front",
        "front",
        "oblique",
        "side",
        "side",
        "back",
    ]


@pytest.mark.parametrize(("side", "sign"), [("left", 1), ("right", -1)])
def test_hand_is_told_in_arm_lengths_outward_and_up(side: str, sign: int) -> None:
    frame = seen(Posture(), 0.0)
    xy_px = frame.xy_px.copy()
    xy_px[INDEX[f"{side}_wrist"]] = xy_px[INDEX[f"{side}_shoulder"]] + [
        sign * SIZE.arm_px * 0.5,
        -SIZE.arm_px * 0.25,
    ]
    moved = PoseFrame(0.0, frame.size_wh, xy_px, frame.world_m, frame.visibility)
    row = compute(Signals.of([moved], [SIZE]), [f"hand_x_{side}", f"hand_y_{side}"])[0]
    assert row == pytest.approx([0.5, 0.25])


@pytest.mark.parametrize(("side", "inward"), [("left", -1), ("right", 1)])
def test_a_knee_that_falls_inward_is_valgus_on_either_side(side: str, inward: int) -> None:
    frame = seen(Posture(), 0.0)
    xy_px = frame.xy_px.copy()
    hip, ankle = xy_px[INDEX[f"{side}_hip"]], xy_px[INDEX[f"{side}_ankle"]]
    length = np.linalg.norm(ankle - hip) / 2
    xy_px[INDEX[f"{side}_knee"]] = (hip + ankle) / 2 + [inward * length * np.tan(np.radians(8)), 0.0]
    moved = PoseFrame(0.0, frame.size_wh, xy_px, frame.world_m, frame.visibility)
    got = compute(Signals.of([moved], [SIZE]), [f"knee_valgus_{side}"])[0, 0]
    assert got == pytest.approx(16.0, abs=0.5)


def test_the_foot_rises_towards_the_hip_in_a_squat_as_cosines_have_it() -> None:
    posture = Posture(legs={"left": (60.0, 100.0), "right": (60.0, 100.0)})
    far = 1000.0
    frame = seen(posture, 0.0, distance=far)
    leg_px = 550.0 * (THIGH + SHANK) / far
    signals = Signals.of([frame], [BodySize(550.0 * TRUNK / far, (leg_px, leg_px))])
    expected = -(THIGH * np.cos(np.radians(60)) + SHANK * np.cos(np.radians(40))) / (THIGH + SHANK)
    assert compute(signals, ["foot_y_left"])[0, 0] == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("name", sorted(FEATURES))
def test_every_feature_mirrors_with_the_body(name: str) -> None:
    posture = Posture(
        arms={"left": (70.0, 40.0, 30.0), "right": (30.0, 60.0, 60.0)},
        legs={"left": (40.0, 70.0), "right": (15.0, 20.0)},
        lean_left=7.0,
        lean_forward=9.0,
        turn_right=11.0,
    )
    frame = seen(posture, 0.0, 8.0)
    swapped = [INDEX[_other(landmark)] for landmark in LANDMARKS]
    assert frame.world_m is not None
    xy_px = frame.xy_px[swapped] * [-1.0, 1.0] + [frame.size_wh[0], 0.0]
    world_m = frame.world_m[swapped] * [-1.0, 1.0, 1.0]
    mirror = PoseFrame(0.0, frame.size_wh, xy_px, world_m, frame.visibility)
    here = compute(Signals.of([frame], [SIZE]), [name])[0, 0]
    there = compute(Signals.of([mirror], [SIZE]), [_other(name)])[0, 0]
    assert here * FEATURES[name].mirror == pytest.approx(there)


def _other(name: str) -> str:
    if "left" in name:
        return name.replace("left", "right")
    return name.replace("right", "left")


@pytest.mark.parametrize("name", sorted(FEATURES))
def test_every_feature_is_nan_where_nothing_is_seen(name: str) -> None:
    nobody = PoseFrame.missing(0.0, (640, 480))
    assert np.isnan(compute(Signals.of([nobody], [SIZE]), [name])).all()


@pytest.mark.parametrize("name", sorted(FEATURES))
def test_every_feature_has_an_error_for_each_view_it_can_be_told_in(name: str) -> None:
    for view in FEATURES[name].views:
        error = feature_error(name, view)
        assert error is not None and error > 0
    assert feature_error(name, "back") is None


def test_the_table_is_the_frames_one_by_one() -> None:
    poses = [seen(Posture(lean_left=0.5 * i), 0.1 * i) for i in range(12)]
    table = feature_table(PoseSequence.from_frames(poses))
    assert table.values.shape == (12, len(FEATURES))
    assert table.names == tuple(FEATURES)
    assert np.isfinite(table.column("trunk_lean")).all()
    assert table.column("trunk_lean")[-1] > table.column("trunk_lean")[0]


def test_only_who_vouches_for_the_depth_gives_it_an_error() -> None:
    """Markers are off by about a centimetre (an assumption); a correction says itself; a pose network says nothing."""
    pose = seen(Posture(), 0.0)
    corrected = replace(pose, world_error_m=np.full(len(LANDMARKS), 0.03))
    told = Signals.of([replace(pose, measured=True), corrected, pose], [SIZE] * 3).world_error_m
    assert (told[0] == 0.01).all() and (told[1] == 0.03).all() and np.isnan(told[2]).all()


def with_knee_in(side: str, degrees: float, toes_out: float) -> Signals:
    """A standing person whose shank is tipped inwards across the foot, which points out by so much."""
    pose = seen(Posture(), 0.0)
    assert pose.world_m is not None
    world = pose.world_m.copy()
    outward = 1.0 if side == "left" else -1.0
    way = np.array([outward * np.sin(np.radians(toes_out)), 0.0, -np.cos(np.radians(toes_out))])
    across = np.array([outward * np.cos(np.radians(toes_out)), 0.0, np.sin(np.radians(toes_out))])
    ankle = world[INDEX[f"{side}_ankle"]]
    world[INDEX[f"{side}_heel"]] = ankle - 0.05 * way + [0, 0.06, 0]
    world[INDEX[f"{side}_foot_index"]] = ankle + 0.16 * way + [0, 0.06, 0]
    tipped = np.radians(degrees)
    world[INDEX[f"{side}_knee"]] = (
        ankle + SHANK * (-np.sin(tipped) * across + np.cos(tipped) * np.array([0, -1, 0])) + 0.1 * way
    )
    return Signals.of([replace(pose, world_m=world, measured=True)], [SIZE])


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("toes_out", [0.0, 20.0])
def test_the_knees_tilt_is_told_across_the_foot(side: str, toes_out: float) -> None:
    """A knee far forward over the toes is not in; one that is in by 10 degrees across the foot is."""
    for degrees in (0.0, 10.0):
        signals = with_knee_in(side, degrees, toes_out)
        told = float(compute(signals, [f"knee_medial_tilt_{side}"])[0, 0])
        assert told == pytest.approx(degrees, abs=0.6), "the shank is longer by the way forward"


def test_a_shift_of_the_hips_is_told_in_leg_lengths_to_the_persons_left() -> None:
    pose = replace(seen(Posture(), 0.0), measured=True)
    assert pose.world_m is not None
    world = pose.world_m.copy()
    for side in ("left", "right"):
        for part in ("ankle", "heel", "foot_index"):
            world[INDEX[f"{side}_{part}"], 0] -= 0.05
    signals = Signals.of([replace(pose, world_m=world)], [SIZE])
    leg_m = np.linalg.norm([0.05, SHANK]) + THIGH
    assert float(compute(signals, ["hip_shift"])[0, 0]) == pytest.approx(0.05 / leg_m, rel=0.02)
