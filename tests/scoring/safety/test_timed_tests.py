"""Timed tests on sets worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from patterns.features.table import FeatureTable
from patterns.programs.timed_test import load_timed_test
from patterns.templates.library import load_template
from patterns.templates.template import Side
from scoring.coach.recording import judge
from scoring.records.records import Fault, MetricValue, RepScore
from scoring.safety.timed_tests import Trial, run_test
from tests.support.movements import Rep, frames, standing_up
from tests.support.stick_figure import Posture

FIVE, THIRTY, STEP, STANCE, PIVA = (
    load_timed_test(test_id)
    for test_id in (
        "five-times-sit-to-stand",
        "thirty-second-chair-stand",
        "two-minute-step",
        "single-leg-stance",
        "lateral-step-down",
    )
)


def rep(
    index: int,
    start_s: float,
    peak_s: float,
    end_s: float | None = None,
    *,
    reason: str | None = None,
    side: Side = "both",
    total: float | None = 90.0,
    faults: dict[str, float] | None = None,
    seen: tuple[str, ...] = (),
) -> RepScore:
    """faults: id to value."""
    return RepScore(
        index,
        "repetition" if reason is None else "attempt",
        reason,
        side,
        start_s,
        peak_s,
        peak_s + 1.0 if end_s is None else end_s,
        total,
        total,
        total,
        1.0,
        tuple(MetricValue(name, 0.0, "deg", 1.0, 90.0, 1.0) for name in seen),
        tuple(Fault(i, "x", v, 5.0, "deg", (0.0, 1.0), 0.5) for i, v in (faults or {}).items()),
    )


def stands(number: int, every_s: float = 2.5, first_s: float = 1.0) -> tuple[RepScore, ...]:
    """A rise of one second every so often."""
    starts = [first_s + k * every_s for k in range(number)]
    return tuple(rep(k + 1, start_s, start_s + 1.0) for k, start_s in enumerate(starts))


def heights(values: dict[float, float]) -> FeatureTable:
    """The height of the hips through points of (time, leg lengths), every 0.1 s."""
    t_s = np.round(np.arange(0.0, 40.0, 0.1), 1)
    column = np.interp(t_s, list(values), list(values.values()))
    return FeatureTable(t_s, ("foot_y_left", "foot_y_right"), ("leg lengths",) * 2, np.stack([column] * 2, 1))


def test_five_stands_take_from_the_first_rise_to_the_fifth_stand() -> None:
    """Rises at 1, 3.5, 6, 8.5, 11 s; the fifth stands at 12 s: 11 s, whatever comes after."""
    outcome = run_test(FIVE, Trial(stands(7), 30.0))
    assert (outcome.value, outcome.unit, outcome.reason, outcome.notes) == (11.0, "s", None, ())
    assert outcome.most == 11.0


def test_the_fifth_need_not_sit_down_again_and_tenths_are_told() -> None:
    reps = (*stands(4), rep(5, 11.0, 12.26, 12.26))
    assert run_test(FIVE, Trial(reps, 12.3)).value == 11.3


def test_four_stands_are_no_result() -> None:
    outcome = run_test(FIVE, Trial(stands(4), 30.0))
    assert outcome.value is None and outcome.most is None
    assert outcome.reason == "5 repetitions are needed, 4 could be judged"
    assert run_test(FIVE, Trial((), 30.0)).value is None


def test_an_attempt_does_not_count_but_its_time_does_and_it_is_told() -> None:
    half = rep(3, 6.0, 6.5, 7.0, reason="turned back at 50 % of the way")
    reps = (*stands(2), half, *(rep(k, 1.0 + (k - 1) * 2.5, 2.0 + (k - 1) * 2.5) for k in (4, 5, 6)))
    outcome = run_test(FIVE, Trial(reps, 30.0))
    assert outcome.value == 13.5
    assert outcome.notes == ("the attempt at 6.0 s is not counted: turned back at 50 % of the way",)


def test_an_attempt_before_the_first_stand_does_not_start_the_clock_but_is_told() -> None:
    reps = (rep(1, 0.2, 0.5, 0.8, reason="turned back at 45 % of the way"), *(stands(6)[1:]))
    outcome = run_test(FIVE, Trial(reps, 30.0))
    assert outcome.value == 11.0
    assert outcome.notes == ("the attempt at 0.2 s is not counted: turned back at 45 % of the way",)


SEAT, STAND = -0.6, -1.0


def at_thirty(share: float) -> Trial:
    """Twelve stands, then a rise that begins at 30.5 s and is that far at 31 s, half a minute after the first rise.

    The hips are at -0.6 leg lengths when sitting and at -1 when standing.
    """
    points: dict[float, float] = {0.0: SEAT}
    for one in stands(12):
        points |= {one.start_s: SEAT, one.peak_s: STAND, one.peak_s + 1.0: SEAT}
    points |= {30.5: SEAT, 31.0: SEAT + share * (STAND - SEAT), 32.0: STAND, 33.0: SEAT}
    return Trial((*stands(12), rep(13, 30.5, 32.0)), 35.0, heights(points))


@pytest.mark.parametrize(("share", "count"), [(0.0, 12), (0.45, 12), (0.49, 12), (0.51, 13), (0.9, 13)])
def test_more_than_half_way_up_at_thirty_seconds_counts(share: float, count: int) -> None:
    outcome = run_test(THIRTY, at_thirty(share))
    assert outcome.value == count
    assert outcome.notes[-1].startswith(f"the one under way at 30 s was {100 * share:.0f} % of the way")


def test_a_rise_half_way_at_thirty_seconds_that_turns_back_is_measured_against_the_own_stand() -> None:
    trial = at_thirty(0.7)
    turned = rep(13, 30.5, 31.2, 32.0, reason="turned back at 70 % of the way")
    assert run_test(THIRTY, Trial((*trial.reps[:12], turned), 35.0, trial.heights)).value == 13


def test_a_rise_that_could_not_be_seen_at_thirty_seconds_is_not_guessed() -> None:
    trial = at_thirty(0.9)
    assert trial.heights is not None
    blind = np.where(np.abs(trial.heights.t_s - 31.0)[:, None] < 0.25, np.nan, trial.heights.values)
    table = FeatureTable(trial.heights.t_s, trial.heights.names, trial.heights.units, blind)
    outcome = run_test(THIRTY, Trial(trial.reps, 35.0, table))
    assert outcome.value == 12 and "could not be seen" in outcome.notes[-1]
    kept = np.abs(trial.heights.t_s - 31.0) > 0.6
    gap = FeatureTable(trial.heights.t_s[kept], table.names, table.units, trial.heights.values[kept])
    assert run_test(THIRTY, Trial(trial.reps, 35.0, gap)).value == 12, "frames that never came"


def test_stands_after_thirty_seconds_do_not_count_and_one_that_ends_with_them_does() -> None:
    """Rises every 2.9 s from 1 s on: the eleventh stands at 31 s sharp."""
    reps = stands(14, 2.9)
    assert reps[10].peak_s == pytest.approx(31.0)
    still = heights({0.0: SEAT, 40.0: SEAT})
    on_time = (*reps[:10], rep(11, 30.0, 31.0), *reps[11:])
    assert run_test(THIRTY, Trial(on_time, 45.0, still)).value == 11
    late = (*reps[:10], rep(11, 31.0, 32.0), *reps[11:])
    assert run_test(THIRTY, Trial(late, 45.0, still)).value == 10


def test_a_recording_that_is_too_short_has_no_count() -> None:
    outcome = run_test(THIRTY, Trial(stands(5), 30.9))
    assert outcome.value is None
    assert outcome.reason == "the recording ends 29.9 s after the first start; 30 s are needed"
    assert run_test(THIRTY, Trial(stands(5), 31.0, heights({0.0: SEAT, 40.0: SEAT}))).value == 5
    assert run_test(THIRTY, Trial((), 60.0)).value is None


def test_right_knee_lifts_count_and_low_or_unseen_ones_do_not() -> None:
    """Lifts of 0.5 s from 1 s on, left and right in turns every second: 120 s end at 121 s."""
    reps = [rep(k + 1, 1.0 + k, 1.5 + k, 2.0 + k, side="left" if k % 2 == 0 else "right") for k in range(140)]
    assert run_test(STEP, Trial(tuple(reps), 150.0)).value == 60
    reps[1] = rep(2, 2.0, 2.5, side="right", faults={"reduced_range": 60.0})
    reps[3] = rep(4, 4.0, 4.5, side="right", total=None)
    reps[5] = rep(6, 6.0, 6.5, side="right", faults={"trunk_lean": 12.0})
    reps[7] = rep(8, 8.0, 8.5, side="right", reason="turned back at 28 % of the way")
    outcome = run_test(STEP, Trial(tuple(reps), 150.0))
    assert outcome.value == 57
    told = " ".join(outcome.notes)
    assert "1 not counted: reduced_range" in told and "too little of it was seen" in told and "8.0 s" in told


def test_the_longest_of_three_tries_counts_up_to_45_seconds() -> None:
    tries = (
        rep(1, 1.0, 2.0, 13.34),
        rep(2, 20.0, 21.0, 31.0),
        rep(3, 40.0, 41.0, 48.0),
        rep(4, 60.0, 61.0, 99.0),
    )
    outcome = run_test(STANCE, Trial(tries, 100.0))
    assert outcome.value == 12.3
    assert outcome.notes == ("tries: 12.3, 11.0 and 8.0 s", "later tries left out: 1")
    assert run_test(STANCE, Trial((rep(1, 1.0, 2.0, 61.0),), 100.0)).value == 45.0


def test_two_tries_that_may_be_one_are_told() -> None:
    short = {"incomplete_return": 30.0}
    tries = (
        rep(1, 1.0, 2.0, 9.0, faults=short),
        rep(2, 9.1, 10.0, 12.0, faults=short),
        rep(3, 14.0, 15.0, 20.0),
    )
    outcome = run_test(STANCE, Trial(tries, 30.0))
    assert outcome.value == 8.0
    assert outcome.notes[1:] == (
        "the try at 1.0 s and the next may be one: it was not wholly back in between",
    )


def test_a_try_that_was_not_seen_to_its_end_counts_only_beyond_45_seconds() -> None:
    lost = "a joint that matters went out of sight"
    short = run_test(STANCE, Trial((rep(1, 1.0, 2.0, 20.0, reason=lost),), 100.0))
    assert short.value is None and short.reason == "no whole try was seen" and lost in short.notes[0]
    assert run_test(STANCE, Trial((rep(1, 1.0, 2.0, 72.0, reason="took too long"),), 100.0)).value == 45.0


ALL = ("trunk_lean", "pelvis_tilt", "knee_valgus_right")


def steps(*faults: dict[str, float], seen: tuple[str, ...] = ALL) -> tuple[RepScore, ...]:
    return tuple(
        rep(k + 1, 4.0 * k, 4.0 * k + 2, side="right", faults=one, seen=seen) for k, one in enumerate(faults)
    )


@pytest.mark.parametrize(
    ("faults", "points"),
    [
        ({}, 0),
        ({"trunk_lean": 12.0}, 1),
        ({"trunk_lean": 12.0, "hip_hike": 9.0}, 2),
        ({"knee_valgus": 19.9}, 1),
        ({"knee_valgus": 20.0}, 2),
        ({"trunk_lean": 12.0, "hip_hike": 9.0, "knee_valgus": 25.0}, 4),
        ({"too_fast": 0.3, "reduced_range": 50.0}, 0),
    ],
)
def test_points_of_piva_are_given_once_for_each_fault(faults: dict[str, float], points: int) -> None:
    """Two of the six points, arms and unsteadiness, are beyond a camera."""
    outcome = run_test(PIVA, Trial(steps(faults, {}, faults, {}, {}), 30.0))
    assert (outcome.value, outcome.most) == (points, points + 2)
    assert {item.feature for item in outcome.not_measured} == {"arms", "unsteady"}


def test_only_the_first_five_step_downs_count_and_four_are_too_few() -> None:
    late = {"trunk_lean": 12.0}
    assert run_test(PIVA, Trial(steps({}, {}, {}, {}, {}, late), 30.0)).value == 0
    assert run_test(PIVA, Trial(steps({}, {}, {}, late), 30.0)).value is None
    unseen = (*steps({}, {}, {}, late), rep(5, 16.0, 18.0, side="right", total=None))
    assert run_test(PIVA, Trial(unseen, 30.0)).reason == "5 repetitions are needed, 4 could be judged"


def test_an_item_that_was_not_seen_is_not_measured() -> None:
    """From the side knee and pelvis are hidden: 1 for the trunk, up to 1 + 2 + 2 more."""
    reps = steps({"trunk_lean": 12.0}, {}, {}, {}, {}, seen=("trunk_lean",))
    outcome = run_test(PIVA, Trial(reps, 30.0))
    assert [part.points for part in outcome.parts] == [1, None, None]
    assert (outcome.value, outcome.most) == (1, 6)


@pytest.mark.parametrize(("every_s", "count"), [(4.0, 8), (4.1, 8), (4.27, 7)])
def test_an_analytic_person_stands_up(every_s: float, count: int) -> None:
    """Rises of 1.4 s: the fifth stands four intervals and 1.4 s after the first began.

    30 s after that the eighth stands, is nine tenths of the way in time, or has only just begun.
    """
    reps = [Rep(1.5 + every_s * k, 1.4, 0.4, 1.4) for k in range(8)]
    judged = judge(frames(reps, standing_up), load_template("sit-to-stand"), "both")
    outcome = run_test(FIVE, Trial.of(judged.reps, judged.poses, FIVE))
    assert outcome.value == pytest.approx(4 * every_s + 1.4, abs=0.4)
    assert run_test(THIRTY, Trial.of(judged.reps, judged.poses, THIRTY)).value == count


def stepping_down(progress: float) -> Posture:
    """The knee on the step bends to 60 degrees, the hip to 35."""
    return Posture(legs={"left": (0.0, 5.0), "right": (35 * progress, 5 + 55 * progress)})


def lean_twice(posture: Posture, progress: float, t_s: float) -> None:
    """18 degrees of trunk lean in the repetitions around 11 and 15 s."""
    if 9.0 < t_s < 17.0:
        posture.lean_left += 18.0 * progress


@pytest.mark.parametrize(
    ("turned_deg", "points", "most"),
    [(0.0, [1, 0, 0], 3.0), (80.0, [None, None, None], 6.0)],
    ids=["front", "side"],
)
def test_an_analytic_person_steps_down(turned_deg: float, points: list[int | None], most: float) -> None:
    """From the front the lean shows, in two repetitions; from the side none of the three faults can be told."""
    reps = [Rep(1.5 + 4.0 * k, 1.4, 0.4, 1.4) for k in range(5)]
    poses = frames(reps, stepping_down, change=lean_twice, turned_right=turned_deg)
    judged = judge(poses, load_template("lateral-step-down"), "right")
    outcome = run_test(PIVA, Trial.of(judged.reps, judged.poses, PIVA))
    assert [part.points for part in outcome.parts] == points
    assert outcome.most == most
    assert outcome.parts[0].found == (2 if points[0] else 0)
