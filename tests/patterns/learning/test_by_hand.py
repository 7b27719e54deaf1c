"""Exercises made by hand of two postures: the figure stands on the floor, and its template counts what it does."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, Literal

import numpy as np
import pytest

from patterns.features.table import compute
from patterns.figure.body import JOINTS, SHANK_M, THIGH_M, signals
from patterns.learning.by_hand import (
    GROUPS,
    REST_S,
    SLIDERS,
    TURNED_DEG,
    HandMade,
    HandMadeError,
    figure_at,
    learned,
    performed,
)
from patterns.learning.demonstration import DemonstrationError
from patterns.templates.template import Template
from patterns.templates.template_file import parse_template, write_template
from scoring.coach.recording import judge
from scoring.trials.synthetic import mirrored_poses
from vision.pose import INDEX, FloatArray

View = Literal["front", "side"]
SIT = {f"{joint}_{side}": 88.0 for joint in ("thigh_forward", "knee") for side in ("left", "right")}


def made(
    end: dict[str, float], start: dict[str, float] | None = None, view: View = "front", *, both: bool = False
) -> HandMade:
    return HandMade(start or {}, end, 2.0, 0.5, 2.5, view, both)


ARM_OUT = made({"arm_out_right": 90.0, "arm_forward_right": 0.0}, {"arm_forward_right": 0.0})
SQUAT = made(
    {"thigh_forward_right": 65.0, "knee_right": 97.0, "ankle_right": 32.0, "trunk_forward": 30.0}, both=True
)
KNEE_RAISE = made({"thigh_forward_right": 80.0, "knee_right": 85.0})
EXERCISES = {
    "arm out": ARM_OUT,
    "arm forward": made({"arm_forward_right": 120.0}),
    "elbow": made({"elbow_right": 130.0}),
    "both arms": made({"arm_out_right": 150.0}, both=True),
    "squat": SQUAT,
    "knee raise": KNEE_RAISE,
    "knee stretched in sitting": made(SIT | {"knee_right": 10.0}, SIT),
    "lunge": made(
        {"thigh_forward_right": 60.0, "knee_right": 70.0, "thigh_forward_left": -20.0, "knee_left": 60.0}
    ),
    "bow": made({"trunk_forward": 45.0}, both=True),
}
FRONT_ALONE = {
    "leg out": made({"thigh_out_right": 35.0}),
    "side bend": made({"trunk_lean": -18.0}),
}


def feature(exercise: HandMade, name: str) -> FloatArray:
    """A feature at the start, half way and at the end, as the figure is seen from the front."""
    return np.asarray(compute(signals(figure_at(exercise, np.array([0.0, 0.5, 1.0]))), [name])[:, 0])


@cache
def template_of(name: str, view: View) -> Template:
    exercise = (EXERCISES | FRONT_ALONE)[name]
    return learned(replace(exercise, view=view), "own-one", "Own one")


def test_an_arm_out_to_the_side_is_raised_as_far_as_it_was_set() -> None:
    assert feature(ARM_OUT, "shoulder_elevation_right") == pytest.approx([7.0, 48.5, 90.0], abs=0.1)
    assert feature(ARM_OUT, "shoulder_elevation_left")[2] == pytest.approx(np.hypot(7.0, 4.0), abs=0.1)
    assert feature(ARM_OUT, "shoulder_plane_right")[2] == pytest.approx(0.0, abs=1.5)
    assert feature(ARM_OUT, "elbow_flexion_right") == pytest.approx([12.0, 12.0, 12.0], abs=0.1)


def test_a_squat_sinks_the_hips_by_what_thigh_and_shank_lose_and_is_the_same_on_both_sides() -> None:
    for side in ("left", "right"):
        assert feature(SQUAT, f"knee_flexion_{side}")[2] == pytest.approx(97.0, abs=0.1)
        assert feature(SQUAT, f"hip_flexion_{side}")[2] == pytest.approx(95.0, abs=0.5)
    assert feature(SQUAT, "trunk_forward_lean")[2] == pytest.approx(30.0, abs=0.1)
    assert feature(SQUAT, "knee_flexion_asymmetry") == pytest.approx([0.0, 0.0, 0.0], abs=1e-6)
    height = figure_at(SQUAT, np.array([0.0, 1.0]))[:, INDEX["right_hip"], 1]
    stands, tilted = THIGH_M + SHANK_M, np.radians([65.0, 97.0 - 65.0])
    sinks = stands - THIGH_M * np.cos(tilted[0]) - SHANK_M * np.cos(tilted[1])
    assert height[0] - height[1] == pytest.approx(sinks, abs=0.015)
    ankles = figure_at(SQUAT, np.linspace(0, 1, 21))[:, [INDEX["left_ankle"], INDEX["right_ankle"]]]
    middle = ankles.mean(axis=1)
    np.testing.assert_allclose(middle[:, [0, 2]], np.broadcast_to(middle[0, [0, 2]], (21, 2)), atol=1e-6)


def test_a_knee_raise_bends_one_hip_and_stands_on_the_other_foot() -> None:
    assert feature(KNEE_RAISE, "hip_flexion_right")[2] == pytest.approx(81.0, abs=0.5)
    assert feature(KNEE_RAISE, "knee_flexion_right") == pytest.approx([4.0, 44.5, 85.0], abs=0.1)
    assert feature(KNEE_RAISE, "knee_flexion_left") == pytest.approx([4.0, 4.0, 4.0], abs=0.1)
    standing = figure_at(KNEE_RAISE, np.linspace(0, 1, 41))[:, INDEX["left_ankle"]]
    assert np.abs(standing - standing[0]).max() < 0.002


@pytest.mark.parametrize("name", [*EXERCISES, *FRONT_ALONE])
def test_no_foot_is_under_the_floor_one_is_on_it_and_none_jumps(name: str) -> None:
    points = figure_at((EXERCISES | FRONT_ALONE)[name], np.linspace(0, 1, 101))
    soles = points[:, [INDEX[f"{s}_{p}"] for s in ("left", "right") for p in ("heel", "foot_index")], 1]
    np.testing.assert_allclose(soles.min(axis=1), 0.0, atol=1e-9)
    assert np.abs(np.diff(points, axis=0)).max() < 0.03


@pytest.mark.parametrize("name", [*EXERCISES, *FRONT_ALONE])
def test_the_lower_foot_stays_where_it_was(name: str) -> None:
    points = figure_at((EXERCISES | FRONT_ALONE)[name], np.linspace(0, 1, 101))
    ankles = points[:, [INDEX["left_ankle"], INDEX["right_ankle"]]]
    higher = ankles[:, 0, 1] - ankles[:, 1, 1]
    for which, lower in ((0, higher < -1e-4), (1, higher > 1e-4)):
        stays = lower[:-1] & lower[1:]
        steps = np.diff(ankles[:, which, ::2], axis=0)[stays]
        assert np.abs(steps).max(initial=0.0) < 1e-4


def test_its_repetitions_are_where_it_says() -> None:
    poses, reps = performed(ARM_OUT, 2)
    first = reps[0]
    assert (first.start_s, first.peak_s, first.leave_s, first.end_s) == pytest.approx(
        (REST_S, REST_S + 2.0, REST_S + 2.5, REST_S + 5.0)
    )
    assert reps[1].start_s == pytest.approx(first.end_s + REST_S)
    assert poses.world_m is not None
    wrist = poses.world_m[:, INDEX["right_wrist"], 1]
    held = (poses.t_s >= first.peak_s) & (poses.t_s <= first.leave_s)
    rests = (poses.t_s <= first.start_s) | ((poses.t_s >= first.end_s) & (poses.t_s <= reps[1].start_s))
    assert np.ptp(wrist[held]) < 1e-9
    assert np.ptp(wrist[rests]) < 1e-9
    middle = np.interp(first.start_s + 1.0, poses.t_s, wrist)
    assert wrist[held][0] < middle < wrist[rests][0]  # y is down


@pytest.mark.parametrize("view", ["front", "side"])
@pytest.mark.parametrize("name", EXERCISES)
def test_its_template_counts_the_figure_and_its_mirror(name: str, view: View) -> None:
    exercise = replace(EXERCISES[name], view=view)
    template = template_of(name, view)
    assert (template.side, template.view) == (exercise.side, view)
    poses, reps = performed(exercise, 2)
    for shown, side in ((poses, exercise.side), (mirrored_poses(poses), "both" if exercise.both else "left")):
        judged = judge((shown.frame(i) for i in range(len(shown))), template, side).reps
        assert [rep.kind for rep in judged] == ["repetition"] * len(reps)
        for rep, own in zip(judged, reps, strict=True):
            assert rep.total is not None
            assert rep.total >= 90.0
            assert rep.faults == ()
            assert rep.start_s < own.peak_s < rep.end_s


def test_a_template_asks_for_the_end_that_was_set_and_reads_back() -> None:
    template = template_of("arm out", "front")
    (far,) = [one for one in template.target if one.role == "range"]
    assert far.feature == "shoulder_elevation_right"
    assert far.value[-1] == pytest.approx(90.0, abs=1.0)
    assert parse_template(write_template(template).encode(), "again") == template
    assert "Made by hand" in template.source


@pytest.mark.parametrize("name", FRONT_ALONE)
def test_what_the_view_cannot_show_is_refused(name: str) -> None:
    assert template_of(name, "front").view == "front"
    with pytest.raises(DemonstrationError, match=r"a camera at the side cannot show .*; choose another view"):
        template_of(name, "side")


def test_where_nothing_moves_nothing_is_learned() -> None:
    for still in (made({}), made({"arm_out_right": 60.0}, {"arm_out_right": 60.0})):
        with pytest.raises(DemonstrationError, match="no joint moves far enough") as caught:
            learned(still, "own-one", "Own one")
        assert "\n" not in str(caught.value)


def test_an_exercise_of_the_other_side_is_refused() -> None:
    with pytest.raises(DemonstrationError, match="left side that moves"):
        learned(made({"arm_out_left": 90.0}), "own-one", "Own one")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"end": {"knee_right": 136.0}}, "end: knee_right: expected 2 to 135 degrees, got 136"),
        ({"start": {"trunk_lean": -21.0}}, "start: trunk_lean: expected -20 to 20 degrees, got -21"),
        ({"end": {"knee_right": float("nan")}}, "end: knee_right: expected 2 to 135 degrees, got nan"),
        (
            {"end": {"knee_rigth": 5.0}},
            "end: 'knee_rigth' is no joint that can be set; did you mean knee_right",
        ),
        ({"end": {"pelvis_y": 0.5}}, "'pelvis_y' is no joint that can be set"),
        ({"end": {"knee_left": 50.0}, "both": True}, "knee_left follows knee_right"),
        ({"out_s": 0.1}, "out_s: expected 0.5 to 10 s, got 0.1"),
        ({"back_s": 11.0}, "back_s: expected 0.5 to 10 s, got 11"),
        ({"hold_s": -1.0}, "hold_s: expected 0 to 15 s, got -1"),
        (
            {"out_s": 10.0, "hold_s": 10.0, "back_s": 10.0},
            "out_s, hold_s and back_s: expected 25 s in all, got 30",
        ),
    ],
)
def test_what_the_figure_cannot_do_is_told_in_one_line(change: dict[str, Any], told: str) -> None:
    with pytest.raises(HandMadeError, match=told) as caught:
        replace(ARM_OUT, **change)
    assert "\n" not in str(caught.value)


def test_every_slider_moves_its_joint_within_its_limits() -> None:
    joints = {joint.name: joint for joint in JOINTS}
    assert len({slider.joint for slider in SLIDERS}) == len(SLIDERS)
    for slider in SLIDERS:
        joint = joints[slider.joint]
        assert slider.limits == (joint.lowest, joint.highest)
        assert slider.limits[0] <= slider.natural <= slider.limits[1]
        assert slider.two_sided <= GROUPS[slider.group][1]
        for limit in slider.limits:
            for both in (False, True) if slider.two_sided else (False,):
                assert np.isfinite(figure_at(made({slider.joint: limit}, both=both), np.array([1.0]))).all()
    assert {slider.group for slider in SLIDERS} == set(GROUPS)


def test_both_sides_do_the_same_in_the_mirror() -> None:
    for slider in SLIDERS:
        if slider.two_sided:
            points = figure_at(made({slider.joint: slider.limits[1]}, both=True), np.array([1.0]))[0]
            for part in ("wrist", "elbow", "knee", "ankle", "foot_index"):
                left, right = points[INDEX[f"left_{part}"]], points[INDEX[f"right_{part}"]]
                np.testing.assert_allclose(left, right * [-1.0, 1.0, 1.0], atol=1e-9)


def test_the_figure_turns_its_right_side_to_a_camera_at_the_side() -> None:
    assert TURNED_DEG["front"] == 0.0
    poses, _ = performed(replace(ARM_OUT, view="side"), 1)
    assert poses.world_m is not None
    left, right = (poses.world_m[0, INDEX[f"{side}_shoulder"], 2] for side in ("left", "right"))
    assert right < left - 0.25  # z is away from the camera
