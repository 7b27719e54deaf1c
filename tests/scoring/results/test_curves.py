"""The curves that are plotted, against the movement they come from."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from i18n import tables
from patterns.templates.library import load_template
from scoring.coach.recording import judge
from scoring.results.curves import set_curves, traces, ways
from tests.support.movements import Rep, arm_posture, frames
from tests.support.stick_figure import Posture
from ui.charts import curves as charts
from vision.pose import PoseFrame, PoseSequence


def test_each_repetition_has_its_curves_in_its_own_time_and_within_its_band() -> None:
    reps = [Rep(1.5), Rep(6.7)]
    poses = frames(reps, lambda progress: arm_posture("ue-d2-flexion", "left", progress))
    template = load_template("ue-d2-flexion")
    found = judge(poses, template, "left")
    curves = set_curves(found.poses, found.reps, template, "left")
    assert len(curves) == 2
    for rep, own in zip(found.reps, curves, strict=True):
        assert {"hand_x_left", "hand_y_left", "trunk_lean"} <= {curve.feature for curve in own}
        for curve in own:
            assert rep.start_s <= curve.t_s[0] and curve.t_s[-1] < rep.end_s
            assert len(curve.value) == len(curve.target) == len(curve.tolerance) == len(curve.phase)
            assert curve.phase.min() >= 0 and curve.phase.max() <= 1
        height = next(curve for curve in own if curve.feature == "hand_y_left")
        # By hand: from 45 to 150 degrees of elevation the hand rises from -cos 45 to -cos 150 arm lengths, the higher
        # end seen about a tenth larger because it is nearer to the camera.
        assert height.value.min() == pytest.approx(-0.71, abs=0.12)
        assert height.value.max() == pytest.approx(0.87, abs=0.15)
        assert np.mean(np.abs(height.value - height.target) <= height.tolerance) > 0.95
        lean = next(curve for curve in own if curve.feature == "trunk_lean")
        assert lean.unit == "deg" and lean.error is not None and np.nanmax(np.abs(lean.value)) < 1.0


def test_a_band_asked_for_at_the_far_end_is_drawn_where_a_short_movement_ended() -> None:
    template = load_template("ue-d2-flexion")
    poses = frames([Rep(1.5, amount=0.75)], lambda progress: arm_posture("ue-d2-flexion", "right", progress))
    found = judge(poses, template, "right")
    (trace,) = traces(_each(found.poses), found.reps, template, "right")
    assert trace is not None
    curve = trace.curve("shoulder_elevation_right")
    asked = np.isfinite(curve.target)
    # The template asks for 150 degrees at the end; by hand, three quarters of the way is reached and nothing beyond.
    assert set(curve.target[asked]) == {150.0}
    assert curve.phase[asked].min() >= curve.phase.max() - 0.11
    held = (curve.t_s > found.reps[0].peak_s) & (curve.t_s < found.reps[0].peak_s + 0.4)
    assert asked[held].all() and not asked[: len(asked) // 4].any()


def test_progress_is_told_from_where_the_person_themselves_begins() -> None:
    template = load_template("ue-d2-flexion")
    poses = frames([Rep(1.5)], lambda at: arm_posture("ue-d2-flexion", "right", 0.2 + 0.8 * at))
    found = judge(poses, template, "right")
    (trace,) = traces(_each(found.poses), found.reps, template, "right")
    assert trace is not None
    assert trace.phase.min() > 0.1
    assert trace.progress.min() == 0.0 and trace.progress.max() == pytest.approx(trace.phase.max(), abs=0.02)


def test_the_way_in_the_picture_is_that_of_the_hand_from_the_hips() -> None:
    template = load_template("ue-d2-flexion")
    found = judge(frames([Rep(1.5)], lambda at: arm_posture("ue-d2-flexion", "right", at)), template, "right")
    (seen,) = ways(found.poses, found.reps, template, "right")
    assert seen is not None
    t_s, (way,) = seen
    top = way[int(np.argmin(np.abs(t_s - found.reps[0].peak_s)))]
    # By hand: the right hand ends up and out to the right, left in the picture, more than a trunk above the hips.
    assert way.shape == (len(t_s), 2)
    assert top[0] < -30 and top[1] < -150
    assert abs(way[0] - way[-1]).max() < 15


def test_a_repetition_without_a_frame_has_no_trace() -> None:
    template = load_template("ue-d2-flexion")
    found = judge(frames([Rep(1.5)], lambda at: arm_posture("ue-d2-flexion", "right", at)), template, "right")
    lost = replace(found.reps[0], start_s=100.0, peak_s=101.0, end_s=102.0)
    assert list(traces(_each(found.poses), [lost], template, "right")) == [None]
    assert ways(found.poses, [lost], template, "right") == [None]


def test_a_set_is_conditioned_no_further_than_it_is_asked_for_and_alike_however_it_is_asked() -> None:
    template = load_template("ue-d2-flexion")
    poses = frames([Rep(1.5), Rep(6.7), Rep(12.0)], lambda at: arm_posture("ue-d2-flexion", "right", at))
    found = judge(poses, template, "right")
    taken = []

    def counted() -> Iterator[PoseFrame]:
        for pose in _each(found.poses):
            taken.append(pose.t_s)
            yield pose

    lazily = traces(counted(), found.reps, template, "right")
    assert lazily[0] is not None
    assert taken[-1] <= found.reps[0].end_s + 0.1
    assert lazily[2] is not None and lazily[0] is lazily[0]
    for one, whole in zip(lazily, traces(_each(found.poses), found.reps, template, "right"), strict=True):
        assert one is not None and whole is not None
        assert np.array_equal(one.signals.xy_px, whole.signals.xy_px, equal_nan=True)


def _each(poses: PoseSequence) -> Iterator[PoseFrame]:
    return (poses.frame(i) for i in range(len(poses)))


@pytest.mark.parametrize(
    ("leans_deg", "stands_deg"), [((0.0, 0.0, 5.5), 3.0), ((15.0,), 0.0), ((12.0,), -4.0)]
)
def test_the_limit_of_a_fault_is_one_number_in_the_table_and_on_the_curve(
    leans_deg: tuple[float, ...], stands_deg: float
) -> None:
    """The trunk leans in the last repetition, of a person who stands a little aslant: beyond the template's limit, or
    only beyond their own repetitions before, which has a lower limit."""
    reps = [Rep(1.5 + 5.2 * k) for k in range(len(leans_deg))]

    def lean(posture: Posture, progress: float, t_s: float) -> None:
        now = next(
            (deg for one, deg in zip(reps, leans_deg, strict=True) if one.start_s <= t_s < one.end_s), 0.0
        )
        posture.lean_left = stands_deg + progress * now

    template = load_template("ue-d2-flexion")
    poses = frames(reps, lambda at: arm_posture("ue-d2-flexion", "right", at), change=lean)
    found = judge(poses, template, "right")
    rep = found.reps[-1]
    (fault,) = [one for one in rep.faults if one.feature == "trunk_lean"]
    trace = traces(_each(found.poses), found.reps, template, "right")[len(reps) - 1]
    assert trace is not None
    curve = trace.curve("trunk_lean")
    assert np.nanmax(np.abs(curve.value)) == pytest.approx(leans_deg[-1], abs=1.0), "since the start, by hand"
    assert np.nanmin(np.abs(curve.value - fault.value)) < 0.2
    edges = {round(float(edge), 6) for sign in (-1, 1) for edge in curve.target + sign * curve.tolerance}
    assert round(fault.limit, 6) in edges
    (limit,) = [line for line in charts.figure(curve, [fault]).data if str(line.name).startswith("limit")][:1]
    assert set(limit.y) == {fault.limit}
    assert tables.fault_rows([rep])[0]["Limit"] == limit.name.removeprefix("limit ")
