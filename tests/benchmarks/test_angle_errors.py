"""The accuracy table on an analytic person whose angles are known without the program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.angle_errors import (
    TRUTH,
    AccuracyRow,
    Clip,
    accuracy_rows,
    clip_errors,
    true_angle,
    true_yaw_deg,
)
from tests.commands.test_cli import Runner
from tests.support.movements import Rep, frames, squat_posture
from vision.correction.depth import Correction, identity
from vision.pose import INDEX, FloatArray, PoseFrame

REPS = [Rep(1.0, out_s=4.0, back_s=4.0)]


def squat_clip(turned_right: float = 0.0) -> Clip:
    """A slow squat: knees 5 to 100, hips 65 and the trunk leaning 30 degrees along with it."""
    poses = tuple(frames(REPS, squat_posture, turned_right=turned_right))
    progress = np.array(
        [REPS[0].progress(p.t_s) if REPS[0].start_s <= p.t_s < REPS[0].end_s else 0.0 for p in poses]
    )
    truth: dict[str, FloatArray] = {name: np.zeros(len(poses)) for name in TRUTH.values()}
    for side in ("left", "right"):
        truth[f"ang_{side}_knee_flex"] = 5 + 95 * progress
        truth[f"ang_{side}_hip_flex"] = 65 * progress
    truth["ang_trunk_fwd"] = 30 * progress
    worlds = [pose.world_m for pose in poses]
    truth["cam"] = np.array(worlds)
    truth["visible"] = np.ones((len(poses), 33))
    return Clip("squat", truth, poses)


def rows(clip: Clip, methods: dict[str, Callable[[], Correction]]) -> dict[tuple[str, str], AccuracyRow]:
    return {(row.feature, row.method): row for row in accuracy_rows(clip_errors(clip, methods))}


def test_a_perfect_sensor_has_hardly_any_error() -> None:
    """What is left is the lag of smoothing on a slow movement."""
    found = rows(squat_clip(), {"off": lambda: identity})
    assert set(found) >= {("knee_flexion", "off"), ("trunk_forward_lean", "off"), ("foot_position", "off")}
    assert found["knee_flexion", "off"].mean < 1.5
    assert found["foot_position", "off"].mean < 1.5
    assert found["body_yaw", "off"].mean < 0.5
    assert all(row.view == "front" and row.clips == 1 for row in found.values())
    assert ("elbow_flexion", "off") not in found, "an arm that rests says nothing"


def test_a_planted_error_is_found_with_its_size_and_sign() -> None:
    def bent(pose: PoseFrame) -> PoseFrame:
        """The person tipped forwards by 10 degrees as a whole: only the trunk's angle to gravity changes."""
        assert pose.world_m is not None
        c, s = np.cos(np.radians(10)), np.sin(np.radians(10))
        turn = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
        return replace(pose, world_m=pose.world_m @ turn.T)

    found = rows(squat_clip(), {"on": lambda: bent, "off": lambda: identity})
    moved = found["trunk_forward_lean", "on"].bias - found["trunk_forward_lean", "off"].bias
    assert moved == pytest.approx(10, abs=0.5)
    assert found["knee_flexion", "on"].mean == pytest.approx(found["knee_flexion", "off"].mean, abs=0.2)


def test_a_leg_behind_the_body_is_extension_in_the_truth_too() -> None:
    """Clips tell the angle between thigh and trunk without a sign; 20 degrees behind is -20."""
    joints = np.zeros((1, 33, 3))
    for side, x in (("left", 0.1), ("right", -0.1)):
        joints[0, INDEX[f"{side}_shoulder"]] = x, -0.5, 0.0
        joints[0, INDEX[f"{side}_hip"]] = x, 0.0, 0.0
        joints[0, INDEX[f"{side}_knee"]] = x, 0.4 * np.cos(np.radians(20)), 0.4 * np.sin(np.radians(20))
    truth = {"cam": joints, "ang_left_hip_flex": np.array([20.0])}
    assert true_angle(truth, "hip_flexion_left") == pytest.approx([-20.0])


def test_views_are_named_by_the_true_yaw() -> None:
    clip = squat_clip(turned_right=80.0)
    assert np.median(true_yaw_deg(clip.truth["cam"])) == pytest.approx(80, abs=1)
    assert {row.view for row in rows(clip, {"off": lambda: identity}).values()} == {"side"}


def test_claimed_errors_are_held_against_what_is_off() -> None:
    clip = squat_clip()

    def claiming(error_m: float) -> Callable[[], Correction]:
        return lambda: lambda pose: replace(pose, world_error_m=np.full(33, error_m))

    found = rows(clip, {"sure": claiming(1e-6), "unsure": claiming(0.5)})
    sure, unsure = found["knee_flexion", "sure"], found["knee_flexion", "unsure"]
    assert sure.within90 is not None and unsure.within90 is not None
    assert sure.within90 < 0.2 and unsure.within90 == 1.0
    assert sure.told == 1.0 and unsure.told == 0.0


@pytest.mark.parametrize(("prepare", "word"), [(False, "found none"), (True, "is missing")])
def test_a_folder_without_clips_or_truth_is_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    prepare: bool,
    word: str,
) -> None:
    if prepare:
        (tmp_path / "a.mp4").write_bytes(b"x")
    status, _, complaint = Runner(monkeypatch, capsys)("bench", "accuracy", tmp_path)
    assert status == 2
    assert word in complaint and len(complaint.strip().splitlines()) == 1
