"""One camera's picture in a file of markers: what shows in it is judged, and nothing that needs depth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from patterns.features.table import feature_table
from scoring.coach.recording import judge
from scoring.metrics.not_measured import NO_DEPTH as NOT_MEASURED_DEPTH
from sessions.intake.notes import NO_DEPTH
from sessions.intake.opening import read_landmarks
from sessions.intake.score_source import notes_of
from tests.sessions.intake.test_opening import SQUAT, VIDEO, Lab, lab, z_up
from tests.support.lab_files import flat, trc, written
from tests.support.stick_figure import Vector, rotation
from vision.pose import PoseSequence
from vision.recording import read_recording, write_recording


def angles(poses: PoseSequence, *names: str) -> dict[str, Vector]:
    table = feature_table(poses, names)
    return {name: table.column(name) for name in names}


@pytest.mark.parametrize("turned", [90.0, -90.0])
@pytest.mark.parametrize("up", [1, 2])
def test_a_picture_from_the_side_shows_what_bends_in_it_and_nothing_else(
    tmp_path: Path, turned: float, up: int
) -> None:
    """Knee and hip as in space, seen from either side, with Y or Z up; no angle that needs depth."""
    one = flat(VIDEO, turned, up)
    poses = read_landmarks(written(tmp_path / "a.trc", trc(one)))
    assert NO_DEPTH in poses.notes
    assert poses.world_m is None
    deep = read_landmarks(written(tmp_path / "deep.trc", trc(lab(VIDEO, rotation(1, turned), 25.0))))
    shown = ("knee_flexion_left", "hip_flexion_right", "trunk_forward_lean")
    found, truth = angles(poses, *shown), angles(deep, *shown)
    for name in shown:
        np.testing.assert_allclose(found[name][10:-10], truth[name][10:-10], atol=4.0, err_msg=name)
    hidden = (
        "trunk_lean",
        "knee_valgus_left",
        "hip_abduction_left",
        "trunk_rotation",
        "pelvis_tilt",
        "shoulder_plane_left",
    )
    for name, values in angles(poses, *hidden, "knee_flexion_asymmetry", "knee_medial_tilt_left").items():
        assert np.isnan(values).all(), name
    judged = judge((poses.frame(i) for i in range(len(poses))), SQUAT, "both")
    assert [rep.kind for rep in judged.reps] == ["repetition"] * 3
    assert judged.view == "side"
    names = {metric.name for rep in judged.reps for metric in rep.metrics}
    assert not names & {"hip_shift", "trunk_lean", "knee_medial_tilt_left", "knee_medial_tilt_right"}
    assert ("depth", NOT_MEASURED_DEPTH) in [(one.feature, one.reason) for one in judged.not_measured]


def test_a_picture_from_the_front_shows_no_angle_in_space(tmp_path: Path) -> None:
    poses = read_landmarks(written(tmp_path / "a.trc", trc(flat(VIDEO, 0.0))))
    found = angles(poses, "knee_flexion_left", "hip_flexion_left", "trunk_forward_lean", "trunk_rotation")
    assert all(np.isnan(values).all() for values in found.values())
    assert np.isfinite(angles(poses, "foot_y_left")["foot_y_left"]).all()
    judged = judge((poses.frame(i) for i in range(len(poses))), SQUAT, "both")
    assert [rep.kind for rep in judged.reps] == ["repetition"] * 3
    assert not [fault for rep in judged.reps for fault in rep.faults]


def test_no_depth_is_still_known_after_the_landmarks_were_written(tmp_path: Path) -> None:
    poses = read_landmarks(written(tmp_path / "a.trc", trc(flat(VIDEO, 90.0))))
    write_recording(tmp_path / "a.npz", poses)
    again = read_recording(tmp_path / "a.npz")
    assert again.world_m is None
    assert again.measured, "no depth is guessed for it"
    assert notes_of(again) == (NO_DEPTH,)
    assert notes_of(poses) == (NO_DEPTH,)


def test_somebody_who_walks_through_a_wide_picture_is_in_all_of_it(tmp_path: Path) -> None:
    one = flat(VIDEO, 90.0)
    points = one.points + np.linspace(-4.0, 4.0, len(one.t_s))[:, None, None] * [1.0, 0.0, 0.0]
    poses = read_landmarks(written(tmp_path / "a.trc", trc(Lab(one.names, one.t_s, points))))
    assert np.nanmin(poses.xy_px[..., 0]) >= 0
    assert np.nanmax(poses.xy_px[..., 0]) < poses.size_wh[0]


def test_a_laboratory_whose_z_is_up_is_not_taken_for_flat(tmp_path: Path) -> None:
    assert read_landmarks(written(tmp_path / "a.trc", trc(lab(VIDEO, z_up(20.0), 25.0)))).world_m is not None
