"""The curves that are plotted, against the movement they come from."""

import numpy as np
import pytest

from patterns.library import load_template
from scoring.curves import set_curves
from scoring.judge import judge
from tests.movements import Rep, arm_posture, frames


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
