"""Training data: the skeleton against the features' own geometry, cameras against hand-worked sheets, same by seed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.features.body import BodySize
from patterns.features.signals import Signals
from patterns.features.table import compute
from tests.support.stick_figure import Posture, seen
from training import samples
from training.bodies import MEAN, Bodies, random_bodies
from training.cameras import random_views
from training.clips import level_axes
from training.exercises import EXERCISES
from training.image_errors import errors_of, table
from training.measured import MeasuredMovements
from training.movements import random_movements
from training.samples import make_samples
from training.sensor import Sensor
from training.skeleton import Arm, Leg, Postures, landmarks, turn_x, turn_y, turn_z, way_of_hips
from vision.correction.inputs import KEPT, ROWS, SIZE
from vision.pose import FloatArray, PoseSequence
from vision.recording import write_recording

BODY = Bodies({name: np.array([mean]) for name, mean in MEAN.items()}, np.array([0.49]))
TO_CAMERA = np.array([1.0, -1.0, -1.0])


def alone(value: float) -> FloatArray:
    return np.full((1, 1), value)


def arm(elevation: float, plane: float, elbow: float, sign: int, hike: float = 0.0) -> Arm:
    e, p = np.radians(elevation), np.radians(plane)
    way = np.array([[[sign * np.sin(e) * np.cos(p), -np.cos(e), np.sin(e) * np.sin(p)]]])
    return Arm(way, alone(elbow), alone(0), alone(hike), alone(0), alone(0))


def leg(flexion: float, knee: float, abduction: float = 0.0) -> Leg:
    return Leg(alone(flexion), alone(abduction), alone(0), alone(knee), alone(0))


def signals(postures: Postures) -> Signals:
    """What the features see of one posture, facing the camera."""
    world = np.full((1, 33, 3), np.nan)
    world[:, ROWS] = landmarks(BODY, postures)[0] * TO_CAMERA
    unknown = np.full((1, 33, 2), np.nan)
    return Signals(np.zeros(1), unknown, world, unknown[..., 0], np.ones(1), unknown[:, 0])


def told(postures: Postures, name: str) -> float:
    return float(compute(signals(postures), [name])[0, 0])


def standing(
    pelvis: FloatArray | None = None,
    thorax: FloatArray | None = None,
    arms: tuple[Arm, Arm] | None = None,
    legs: tuple[Leg, Leg] | None = None,
) -> Postures:
    straight = turn_x(alone(0))
    return Postures(
        straight if pelvis is None else pelvis,
        straight if thorax is None else thorax,
        straight,
        arms or (arm(10, 20, 10, 1), arm(10, 20, 10, -1)),
        legs or (leg(0, 0), leg(0, 0)),
        np.ones(1),
    )


@given(st.floats(15, 165), st.floats(-50, 130), st.floats(0, 150), st.sampled_from([1, -1]))
def test_an_arm_has_the_angles_it_was_given(elevation: float, plane: float, elbow: float, sign: int) -> None:
    """Both arms alike, so that the shoulder line stays level; the joints' own rise moves mid-shoulder only upwards."""
    side = "left" if sign > 0 else "right"
    posture = standing(arms=(arm(elevation, plane, elbow, 1), arm(elevation, plane, elbow, -1)))
    assert told(posture, f"shoulder_elevation_{side}") == pytest.approx(elevation, abs=6)
    assert told(posture, f"elbow_flexion_{side}") == pytest.approx(elbow, abs=0.1)
    if 30 < elevation < 150:
        assert told(posture, f"shoulder_plane_{side}") == pytest.approx(plane, abs=6)


@given(st.floats(-20, 110), st.floats(0, 130))
def test_a_leg_has_the_angles_it_was_given(flexion: float, knee: float) -> None:
    posture = standing(legs=(leg(flexion, knee), leg(0, 0)))
    assert told(posture, "hip_flexion_left") == pytest.approx(flexion, abs=0.1)
    assert told(posture, "knee_flexion_left") == pytest.approx(knee, abs=0.1)
    assert told(posture, "hip_flexion_right") == pytest.approx(0, abs=0.1)


def test_the_trunk_leans_and_turns_the_way_the_features_say() -> None:
    assert told(standing(pelvis=turn_x(alone(30))), "trunk_forward_lean") == pytest.approx(30, abs=0.1)
    turned_left = told(standing(thorax=turn_y(alone(25))), "trunk_rotation")
    assert turned_left == pytest.approx(-25, abs=1)  # + is to the right
    tipped = standing(pelvis=turn_z(alone(-12)))
    shoulders = signals(tipped)
    assert (
        shoulders.m("left_hip")[0, 1] > shoulders.m("right_hip")[0, 1]
    )  # the left side is lower: leans to the left


def test_a_hiked_shoulder_is_higher() -> None:
    level, hiked = (signals(standing(arms=(arm(10, 20, 10, 1, h), arm(10, 20, 10, -1)))) for h in (0.0, 15.0))
    assert hiked.m("left_shoulder")[0, 1] < level.m("left_shoulder")[0, 1] - 0.05


def test_the_lower_foot_stays_when_it_is_planted() -> None:
    rng = np.random.default_rng(8)
    bodies, postures = random_bodies(rng, 40), random_movements(rng, 40, 4.0)
    body = landmarks(bodies, postures)
    foot = body[:, :, [KEPT.index("left_ankle"), KEPT.index("right_ankle")]]
    way = way_of_hips(body, np.ones(40))
    lowest = (foot[..., 1].min(axis=-1) + way[..., 1]) - foot[:, :1, :, 1].min(axis=-1)
    assert np.abs(np.median(lowest, axis=1)).max() < 0.12
    assert not way_of_hips(body, np.zeros(40)).any()


def test_bones_keep_their_lengths_and_the_trunk_is_the_unit() -> None:
    rng = np.random.default_rng(9)
    bodies, postures = random_bodies(rng, 60), random_movements(rng, 60, 3.0)
    body = landmarks(bodies, postures)
    at = {name: body[:, :, i] for i, name in enumerate(KEPT)}
    for far, near, name in (
        ("elbow", "shoulder", "upper_arm"),
        ("wrist", "elbow", "forearm"),
        ("knee", "hip", "thigh"),
    ):
        length = np.linalg.norm(at[f"right_{far}"] - at[f"right_{near}"], axis=-1)
        np.testing.assert_allclose(length, np.broadcast_to(bodies[name][:, None], length.shape), rtol=1e-9)
    assert np.isfinite(body).all()


def test_a_camera_projects_as_a_pinhole_does() -> None:
    """Ratios of image lengths against depth, worked from the camera's own axes: x = f X / Z."""
    rng = np.random.default_rng(10)
    bodies, postures = random_bodies(rng, 30), random_movements(rng, 30, 1.0)
    body = landmarks(bodies, postures)
    seen = random_views(rng, body, way_of_hips(body, postures.planted), bodies.trunk_m)
    np.testing.assert_allclose(np.linalg.norm(seen.level, axis=-1), np.linalg.norm(body, axis=-1), rtol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(seen.camera, axis=-1), np.linalg.norm(body, axis=-1), rtol=1e-9)
    flat = np.linalg.norm(np.ptp(seen.xy, axis=2), axis=-1)
    assert (flat > 0).all() and np.isfinite(seen.xy).all()


def test_level_axes_put_gravity_along_y() -> None:
    up = np.array([0.1, -0.95, 0.25])
    up /= np.linalg.norm(up)
    axes = level_axes(up)
    np.testing.assert_allclose(axes @ up, [0, -1, 0], atol=1e-12)
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(axes) == pytest.approx(1)


def test_samples_are_the_same_for_the_same_seed_and_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "_TOGETHER", 12)
    sensor = Sensor.read()
    one, again, other = (make_samples(seed, sensor, 300) for seed in (3, 3, 4))
    assert one.told.tobytes() == again.told.tobytes() and one.truth.tobytes() == again.truth.tobytes()
    assert one.told.tobytes() != other.told.tobytes()
    assert one.told.shape == (300, SIZE) and one.truth.shape == (300, len(KEPT), 3)
    assert np.isfinite(one.told).all() and np.isfinite(one.truth).all()


def test_measured_movements_keep_where_bones_point_on_bodies_of_any_length(tmp_path: Path) -> None:
    """A recording of a body that does not move: every bone's bearing is kept within the small turns that are meant."""
    rng = np.random.default_rng(11)
    still = landmarks(random_bodies(rng, 1), random_movements(rng, 1, 1.0))[0, 0]
    world = np.full((40, 33, 3), np.nan)
    world[:, ROWS] = still * [0.5, -0.5, -0.5]
    t_s = np.arange(40) / 30
    pixels = np.full((40, 33, 2), 100.0)
    recording = PoseSequence(t_s, (640, 480), pixels, world, np.ones((40, 33)), measured=True)
    write_recording(tmp_path / "a.npz", recording)
    bodies = random_bodies(rng, 60)
    got = MeasuredMovements.read(tmp_path).draw(rng, bodies, 60, 12)
    at = {name: i for i, name in enumerate(KEPT)}
    own = []
    for far, near, name in (
        ("left_elbow", "left_shoulder", "upper_arm"),
        ("right_knee", "right_hip", "thigh"),
    ):
        bone, true = got[:, :, at[far]] - got[:, :, at[near]], still[at[far]] - still[at[near]]
        length = np.linalg.norm(bone, axis=-1)
        turned = np.degrees(np.arccos(bone @ true / length / np.linalg.norm(true)))
        assert turned.max() < 16 and 1 < np.median(turned) < 5
        own.append(np.isclose(length[:, 0], bodies[name][:60]).mean())
    assert 0.3 < np.mean(own) < 0.7


def test_a_folder_without_measured_recordings_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected landmark recordings"):
        MeasuredMovements.read(tmp_path)


def test_an_exercise_can_be_left_out_and_an_unknown_one_is_named() -> None:
    rng = np.random.default_rng(1)
    random_movements(rng, 4, 1.0, left_out=tuple(EXERCISES)[:-1])
    with pytest.raises(ValueError, match="got nonsense"):
        random_movements(rng, 4, 1.0, left_out=("nonsense",))


def test_errors_from_the_image_are_root_mean_squares_and_an_unseen_view_takes_its_neighbours() -> None:
    """Clips of 3 and 4 degrees: the root of 12.5; oblique is the larger of front and side."""
    found = table({("elbow_flexion", "front"): [3.0, 4.0], ("elbow_flexion", "side"): [9.0]})
    assert found["elbow_flexion"] == {"front": 3.5, "oblique": 9.0, "side": 9.0}


def test_a_feature_off_by_five_degrees_in_half_of_the_frames_has_that_error() -> None:
    pose = replace(seen(Posture(), 0.0), measured=True)
    leaning = replace(seen(Posture(lean_forward=5.0), 0.0), measured=True)
    size = BodySize(100.0, (160.0, 160.0))
    true = Signals.of([pose, pose], [size, size])
    told = Signals.of([pose, leaning], [size, size])
    errors = dict(errors_of(told, true))
    assert errors["trunk_forward_lean"] == pytest.approx(5.0 / np.sqrt(2), abs=1e-6)
    assert errors["knee_flexion_left"] == pytest.approx(0.0, abs=1e-6)
