"""Errors of landmarks to errors of angles: against small sheets worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from patterns.features.signals import Signals
from patterns.features.table import FEATURES
from patterns.features.uncertainty import propagated
from vision.pose import INDEX, FloatArray

POINTS = {
    "left_shoulder": (0.2, -0.5, 0.0),
    "right_shoulder": (-0.2, -0.5, 0.0),
    "left_hip": (0.1, 0.0, 0.0),
    "right_hip": (-0.1, 0.0, 0.0),
    "left_knee": (0.1, 0.0, -0.4),
    "left_ankle": (0.1, 0.45, -0.4),
    "left_elbow": (0.5, -0.5, 0.0),
    "left_wrist": (0.5, -0.25, 0.0),
}
"""Facing the camera, the left thigh pointing at it with the shank hanging; the left arm out to the side, the forearm
hanging. Metres, x image right, y down, z away."""


def signals(errors_m: dict[str, float]) -> Signals:
    world, error = np.full((1, 33, 3), np.nan), np.zeros((1, 33))
    for name, point in POINTS.items():
        world[0, INDEX[name]] = point
    for name, value in errors_m.items():
        error[0, INDEX[name]] = value
    unknown: FloatArray = np.full((1, 33, 2), np.nan)
    return Signals(np.zeros(1), unknown, world, error, np.ones(1), unknown[:, 0])


def error_of(name: str, errors_m: dict[str, float]) -> float:
    return float(propagated(signals(errors_m), [name])[0, 0])


def test_depth_of_the_ankle_turns_a_hanging_shank() -> None:
    """Along the line of sight 0.9 of the squared error: atan(0.02 sqrt(0.9) / 0.45) = 2.41 deg."""
    wanted = np.degrees(np.arctan(0.02 * np.sqrt(0.9) / 0.45))
    assert error_of("knee_flexion_left", {"left_ankle": 0.02}) == pytest.approx(wanted, rel=0.02)


def test_depth_of_the_knee_hardly_turns_a_thigh_that_points_at_the_camera() -> None:
    """The shank hangs from the knee and goes with it; only 0.05 of the squared error lies along y: 0.62 deg."""
    wanted = np.degrees(np.arctan(0.02 * np.sqrt(0.05) / 0.4))
    assert error_of("knee_flexion_left", {"left_knee": 0.02}) == pytest.approx(wanted, rel=0.05)


def test_errors_of_two_landmarks_add_up_as_squares() -> None:
    ankle, knee = (error_of("knee_flexion_left", {k: 0.02}) for k in ("left_ankle", "left_knee"))
    both = error_of("knee_flexion_left", {"left_ankle": 0.02, "left_knee": 0.02})
    assert both == pytest.approx(np.hypot(ankle, knee), rel=1e-6)


def test_an_arm_in_the_plane_of_the_picture_turns_only_out_of_it() -> None:
    """The upper arm level to the side: depth of the elbow changes its plane by atan(0.03 sqrt(0.9) / 0.3) = 5.4 deg."""
    wanted = np.degrees(np.arctan(0.03 * np.sqrt(0.9) / 0.3))
    assert error_of("shoulder_plane_left", {"left_elbow": 0.03}) == pytest.approx(wanted, rel=0.05)
    assert error_of("shoulder_elevation_left", {"left_elbow": 0.03}) < 0.3 * wanted


def test_a_far_landmark_does_not_matter_and_more_error_is_more() -> None:
    assert error_of("knee_flexion_left", {"left_wrist": 0.1}) == 0.0
    few, many = (error_of("knee_flexion_left", {"left_ankle": v}) for v in (0.01, 0.03))
    assert 2.5 * few < many < 3.5 * few


def test_without_errors_of_landmarks_nothing_is_claimed() -> None:
    plain = signals({})
    plain.world_error_m[:] = np.nan
    assert np.isnan(propagated(plain, FEATURES)).all()


def test_a_feature_of_a_limb_that_is_not_seen_has_no_error() -> None:
    assert np.isnan(error_of("knee_flexion_right", {"left_ankle": 0.02}))
