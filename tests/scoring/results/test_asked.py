"""What a curve says is asked for is what is judged, where it is judged, worked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from i18n.tables import fault_rows, rep_rows, where_found
from patterns.templates.library import load_template
from patterns.templates.template import Side
from scoring.coach.recording import Judged, judge
from scoring.records.records import Fault
from scoring.results.curves import Curve, Trace, common_band, traces
from tests.support.movements import Rep, frames, standing_up
from tests.support.stick_figure import Posture
from ui.charts.curves import overlay


def raised(progress: float, to_deg: float = 160.0) -> Posture:
    """The straight right arm straight out to the side, from 10 degrees of elevation."""
    posture = Posture()
    posture.arms["right"] = (10.0 + (to_deg - 10.0) * progress, 0.0, 3.0)
    return posture


@cache
def abduction(to_deg: float, count: int = 1) -> tuple[Judged, tuple[Trace, ...]]:
    poses = frames([Rep(1.5 + 5.2 * k) for k in range(count)], lambda at: raised(at, to_deg))
    return seen(judge(poses, load_template("shoulder-abduction"), "right"), "shoulder-abduction")


@cache
def standing(*, stays: bool = False) -> tuple[Judged, tuple[Trace, ...]]:
    """Two sit-to-stands; stays: the recording ends standing, before the second one turns back."""
    reps = [Rep(1.5), Rep(6.7)]
    poses = list(frames(reps, standing_up))
    if stays:
        poses = [pose for pose in poses if pose.t_s <= reps[1].peak_s + 0.3]
    return seen(judge(poses, load_template("sit-to-stand"), "both"), "sit-to-stand")


def seen(found: Judged, pattern: str) -> tuple[Judged, tuple[Trace, ...]]:
    poses = (found.poses.frame(i) for i in range(len(found.poses)))
    side: Side = "right" if pattern == "shoulder-abduction" else "both"
    made = traces(poses, found.reps, load_template(pattern), side)
    return found, tuple(trace for trace in made if trace is not None)


def edges(curve: Curve) -> tuple[float, float]:
    """The lowest and the highest value that is asked for anywhere."""
    return float(np.nanmin(curve.target - curve.tolerance)), float(np.nanmax(curve.target + curve.tolerance))


def test_the_band_of_shoulder_abduction_is_its_end_posture_and_nothing_on_the_way() -> None:
    """The whole range is 0.85 of the path: between 140 (0.75) and 152 (0.875) degrees that is 149.6. Its end is 160.

    So 160 with 10.4 either side, at the far end alone. The range target, 150 with 30, asks for less.
    """
    _, (trace,) = abduction(160.0)
    curve = trace.curve("shoulder_elevation_right")
    asked = np.isfinite(curve.target)
    assert set(curve.target[asked]) == {160.0}
    assert list(edges(curve)) == pytest.approx([149.6, 170.4], abs=0.8)
    assert asked[(curve.phase > 0.95)].all() and not asked[curve.phase < 0.85].any()


def test_a_movement_that_is_told_reduced_range_lies_outside_of_what_is_asked_for() -> None:
    """Raised to 125 degrees, of 160: reach is short though the range target of 150 - 30 is met."""
    found, (trace,) = abduction(125.0)
    (fault,) = [one for one in found.reps[0].faults if one.id == "reduced_range"]
    assert fault.feature == "reach"
    curve = trace.curve("shoulder_elevation_right")
    low, _ = edges(curve)
    # By hand: the limit is 0.95 * 0.85 - 0.05 = 0.7575 of the path, 140 + 12 * 0.0075 / 0.125 = 140.7 degrees.
    assert low == pytest.approx(140.7, abs=0.8)
    assert np.nanmax(curve.value) < low
    assert np.isfinite(curve.target[np.nanargmax(curve.value)]), "asked for where it turned"


@pytest.mark.parametrize("feature", ["knee_flexion_left", "knee_flexion_right"])
def test_the_band_of_sit_to_stand_is_at_standing(feature: str) -> None:
    """The template: 8 degrees of the knee with 25 either side, from 0.9 of the path on; 90 degrees at the seat."""
    _, pair = standing()
    for trace in pair:
        curve = trace.curve(feature)
        asked = np.isfinite(curve.target)
        assert edges(curve) == (-17.0, 33.0)
        assert np.nanmax(curve.value[asked]) < 60 and np.nanmin(curve.value[~asked]) > 5
        assert asked[curve.phase > 0.95].all() and not asked[curve.phase < 0.85].any()


def test_a_path_feature_with_a_target_of_its_own_is_asked_for_that_target() -> None:
    """Sit to stand follows the trunk: asked for are 0, 32 and 2 degrees at 0, 0.45 and 1, with 20 either side."""
    _, (trace, _) = standing()
    curve = trace.curve("trunk_forward_lean")
    at = np.isfinite(curve.phase)
    assert curve.target[at] == pytest.approx(np.interp(curve.phase[at], [0.0, 0.45, 1.0], [0.0, 32.0, 2.0]))
    assert set(curve.tolerance[at]) == {20.0}


def test_a_last_one_without_a_return_is_asked_for_the_end_posture_at_its_end_and_leaves_the_others_alone() -> (
    None
):
    """The first comes back, the second ends standing: over both the band lies about the turn, at 100 of 200."""
    found, pair = standing(stays=True)
    assert [rep.stayed for rep in found.reps] == [False, True]
    last = pair[1].curve("knee_flexion_left")
    asked = np.flatnonzero(np.isfinite(last.target))
    assert asked[-1] == len(last.t_s) - 1 and last.phase[asked].min() > 0.85
    pairs = [(trace.rep, trace.curve("knee_flexion_left")) for trace in pair]
    (band,) = [one for one in overlay(pairs).data if one.name == "asked for"]
    assert min(band.x) == pytest.approx(90, abs=3) and max(band.x) == pytest.approx(110, abs=3)


def test_the_page_says_where_there_is_no_return_and_no_fault_is_at_100_to_100_percent() -> None:
    found, _ = standing(stays=True)
    assert [row["What"] for row in rep_rows(found.reps)] == ["Repetition", "Repetition, without a return"]
    fault = Fault("knee_valgus", "knee_medial_tilt_left", 20.0, 15.0, "deg", (1.0, 1.0), 0.3)
    places = [
        ((1.0, 1.0), "in the end posture"),
        ((0.0, 0.004), "in the start posture"),
        ((0.4, 0.4), "at 40 % of the way"),
    ]
    for phase, words in places:
        assert where_found(replace(fault, phase=phase)) == words
    assert where_found(replace(fault, phase=(0.9, 1.0))) == "90 to 100 % of the way"


@pytest.mark.parametrize(
    ("value", "limit", "unit", "shown"),
    [
        (15.4, 14.9, "deg", ("15.4° ± 1°", "14.9°")),
        (43.04, 42.96, "deg", ("43.04° ± 1°", "42.96°")),
        (16.0, 14.0, "deg", ("16° ± 1°", "14°")),
    ],
)
def test_a_value_beyond_its_limit_never_looks_the_same(
    value: float, limit: float, unit: str, shown: tuple[str, str]
) -> None:
    found, _ = standing()
    fault = Fault("knee_valgus", "knee_medial_tilt_left", value, limit, unit, (0.2, 0.5), 0.3)
    metric = replace(found.reps[0].metrics[0], name=fault.feature, value=value, unit=unit, error=1.0)
    (row,) = fault_rows([replace(found.reps[0], faults=(fault,), metrics=(metric,))])
    assert (row["Measured"], row["Limit"]) == shown


def test_of_several_repetitions_the_band_is_what_most_of_those_that_get_there_are_asked_for() -> None:
    """Two ask for 10 and 12 about the turn (median 11), the third ends at the turn and asks before it alone."""
    whole, half = np.arange(0.0, 201.0, 50.0), np.array([0.0, 50.0, 100.0])
    nothing = np.nan

    def part(
        places: np.ndarray[tuple[int], np.dtype[np.float64]], asked: Sequence[float]
    ) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.float64]], ...]:
        target = np.array(asked)
        return places, target, np.where(np.isfinite(target), 2.0, np.nan)

    parts = [
        part(whole, [nothing, nothing, 10.0, 10.0, nothing]),
        part(whole, [nothing, nothing, 12.0, 12.0, nothing]),
        part(half, [nothing, 30.0, 30.0]),
    ]
    target, band = common_band([(a, b, c) for a, b, c in parts], whole)
    np.testing.assert_array_equal(target, [nothing, nothing, 12.0, 11.0, nothing])
    np.testing.assert_array_equal(band, [nothing, nothing, 2.0, 2.0, nothing])
    assert np.isnan(common_band([], whole)[0]).all()
