"""A repetition played again, held against the person that it was made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from patterns.templates.library import load_template
from patterns.templates.template import Side
from scoring.coach.recording import judge
from scoring.results.curves import Trace, traces
from scoring.results.playback import POSTURES, playback, postures
from tests.support.movements import Rep, arm_posture, frames, squat_posture
from tests.support.stick_figure import Posture, body
from vision.pose import INDEX, PoseFrame

FEET = [INDEX[f"{s}_{p}"] for s in ("left", "right") for p in ("ankle", "heel", "foot_index")]


def shown(
    pattern: str,
    side: Side,
    posture: Callable[[float], Posture],
    turned_right: float = 0.0,
    flat: bool = False,
) -> Trace:
    poses: list[PoseFrame] = list(frames([Rep(1.5)], posture, turned_right=turned_right))
    if flat:
        poses = [replace(pose, world_m=None) for pose in poses]
    template = load_template(pattern)
    found = judge(poses, template, side)
    (trace,) = traces(poses, found.reps, template, side)
    assert trace is not None
    return trace


@pytest.mark.parametrize("turned_right", [0.0, 25.0, -25.0])
def test_the_person_is_shown_as_they_faced_however_the_camera_stood(turned_right: float) -> None:
    trace = shown(
        "ue-d2-flexion", "right", lambda at: arm_posture("ue-d2-flexion", "right", at), turned_right
    )
    played = playback(trace)
    held = int(np.argmin(np.abs(played.t_s - (trace.rep.peak_s + 0.3 - trace.signals.t_s[0]))))
    truth = body(arm_posture("ue-d2-flexion", "right", 1.0))
    for name in ("right_wrist", "right_elbow", "left_wrist", "left_shoulder", "nose"):
        assert played.points[held, INDEX[name]] == pytest.approx(truth[INDEX[name]], abs=0.03), name
    assert played.t_s[0] == 0.0 and len(played.t_s) == len(played.phase) == len(played.points)


def test_where_legs_are_followed_the_feet_stay_on_the_floor_and_the_hips_go_down() -> None:
    played = playback(shown("squat", "both", squat_posture))
    assert played.points[:, FEET, 1].min(axis=1) == pytest.approx(0.0, abs=1e-9)
    hips = played.points[:, [INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=1)
    low, high = body(squat_posture(1.0)), body(squat_posture(0.0))
    lowered = -high[FEET, 1].min() + low[FEET, 1].min()  # by hand: the hips are at 0 in both
    assert hips[:, 1].max() - hips[:, 1].min() == pytest.approx(lowered, abs=0.03)


def test_without_depth_only_the_picture_is_told() -> None:
    played = playback(
        shown("ue-d2-flexion", "right", lambda at: arm_posture("ue-d2-flexion", "right", at), flat=True)
    )
    assert np.isnan(played.points[..., 2]).all()
    wrist, shoulder = (played.points[:, INDEX[f"right_{part}"]] for part in ("wrist", "shoulder"))
    assert (wrist[:, 1] - shoulder[:, 1]).max() > 0.3 and (wrist[:, 1] - shoulder[:, 1]).min() < -0.2
    assert wrist[int(np.argmax(wrist[:, 1])), 0] < shoulder[0, 0]


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_figure_does_the_exercise_on_the_side_of_the_repetition(side: Side) -> None:
    made = postures(load_template("ue-d2-flexion"), side)
    assert made.shape == (POSTURES, 33, 3)
    way = np.ptp(made[:, [INDEX["left_wrist"], INDEX["right_wrist"]]], axis=0).max(axis=-1)
    # By hand: an arm of half a metre from 45 to 150 degrees goes up by 0.5 * (cos 45 - cos 150) = 0.79 m.
    assert (
        way[0 if side == "left" else 1] == pytest.approx(0.79, abs=0.05)
        and way[1 if side == "left" else 0] < 0.1
    )
    outward = 1 if side == "left" else -1
    assert outward * made[-1, INDEX[f"{side}_wrist"], 0] > 0.2 and made[-1, INDEX[f"{side}_wrist"], 1] > 0.7
