"""A repetition held against the person's own before it, worked by hand; and trembling on curves that are known."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from patterns.segmentation.segmenter import Movement
from patterns.templates.library import load_template
from patterns.templates.template import Target, Template
from scoring.coach.judgement import judge_movement
from scoring.metrics.smoothness import tremor
from scoring.metrics.table import reach, trembling
from scoring.metrics.targets import targets
from scoring.metrics.tempo import DRAGGED, HURRIED, TIME_ERROR_S, tempo
from scoring.records.baseline import REPEAT_SHARE, STEADY_SHARE, Habits
from scoring.records.finding import Finding
from scoring.records.movement_data import Recorded
from tests.support.stick_figure import minimum_jerk
from vision.pose import FloatArray

T_S = np.linspace(0.0, 2.0, 61)
LEAN = Target.model_validate(
    {
        "feature": "trunk_lean",
        "role": "control",
        "phase": (0.0, 1.0),
        "value": (0.0, 0.0),
        "tolerance": 10.0,
        "span": 20.0,
        "fault": "trunk_lean",
    }
)
PATTERN = load_template("squat").model_copy(update={"target": (LEAN,)})


def movement(way_s: float = 0.9, whole_s: float = 2.0, reached: float = 0.9) -> Movement:
    return Movement(0.0, way_s, whole_s - way_s, whole_s, (way_s, way_s), reached, 0.0, 0.0, None, True)


def recorded(
    lean: float, habits: Habits, moved: Movement | None = None, places: FloatArray | None = None
) -> Recorded:
    """Two seconds of one lean in degrees, told without an error of its own."""
    names = PATTERN.features
    values = np.tile([lean if name == "trunk_lean" else -0.9 for name in names], (len(T_S), 1))
    unknown = np.full_like(values, np.nan)
    still = np.zeros((1, len(T_S), 2)) if places is None else places
    phase = np.sin(np.pi * T_S / 2)
    return Recorded(moved or movement(), names, T_S, phase, 0 * T_S, values, unknown, 0 * T_S, still, habits)


def lean(value: float, habits: Habits) -> Finding:
    (found,) = targets(recorded(value, habits), PATTERN)
    return found


def with_habits(**values: float) -> Habits:
    habits = Habits()
    for name, value in values.items():
        habits.learn(name, value)
    return habits


def test_the_usual_is_the_median_of_the_last_five() -> None:
    habits = Habits()
    assert habits.usual("x") is None
    for value in (90.0, 90.0, 1.0, 2.0, 3.0, 4.0, 50.0):
        habits.learn("x", value)
    assert habits.usual("x") == 3.0 and habits.usual("y") is None


def test_a_departure_from_ones_own_is_a_fault_before_one_from_the_template() -> None:
    """Tolerance 10: alone 8 is good; after 1 and 1 the limit is 1 + 3 + 0.3 errors."""
    habits = Habits()
    first = lean(1.0, habits)
    assert first.fault is None and first.habit is not None and first.metric.error is not None
    assert lean(8.0, habits).fault is None
    habits.learn(*first.habit)
    limit = 1.0 + STEADY_SHARE * 10.0 + REPEAT_SHARE * first.metric.error
    assert lean(limit - 0.01, habits).fault is None
    told = lean(8.0, habits).fault
    assert told is not None and told.limit == pytest.approx(limit)


def test_a_template_may_say_how_steady_to_be() -> None:
    habits = Habits()
    first = lean(1.0, habits)
    assert first.habit is not None and first.metric.error is not None
    habits.learn(*first.habit)
    strict = PATTERN.model_copy(update={"target": (LEAN.model_copy(update={"steady": 1.0}),)})
    (told,) = targets(recorded(3.5, habits), strict)
    assert told.fault is not None
    assert told.fault.limit == pytest.approx(2.0 + REPEAT_SHARE * first.metric.error)


def test_doing_better_than_before_is_no_fault_and_habits_do_not_excuse() -> None:
    habits = Habits()
    bad = lean(9.5, habits)
    assert bad.habit is not None
    habits.learn(*bad.habit)
    assert lean(0.0, habits).fault is None
    assert lean(25.0, habits).fault is not None
    error = bad.metric.error
    assert error is not None
    assert lean(10.0 + error + 0.1, habits).fault is not None, "the template's own limit holds besides"


def test_a_worse_repetition_never_scores_higher_with_habits_either() -> None:
    habits = Habits()
    first = lean(2.0, habits)
    assert first.habit is not None
    habits.learn(*first.habit)
    scores = [lean(value, habits).metric.score or 0.0 for value in np.linspace(0, 40, 81)]
    assert all(b <= a + 1e-9 for a, b in pairwise(scores))
    assert scores[0] == 100.0 and scores[-1] == 0.0


def faults(found: list[Finding]) -> set[str]:
    return {one.fault.id for one in found if one.fault is not None}


@pytest.mark.parametrize(
    ("whole_s", "told"),
    [
        (4.0, set()),
        (4.0 * DRAGGED + TIME_ERROR_S + 0.01, {"too_slow"}),
        (4.0 * DRAGGED + TIME_ERROR_S - 0.01, set()),
        (4.0 * HURRIED - TIME_ERROR_S - 0.01, {"too_fast"}),
    ],
)
def test_the_whole_time_is_held_against_ones_own(whole_s: float, told: set[str]) -> None:
    moved = movement(way_s=1.2, whole_s=whole_s)
    assert faults(tempo(recorded(0.0, with_habits(duration=4.0), moved), PATTERN)) == told
    assert faults(tempo(recorded(0.0, Habits(), moved), PATTERN)) == set()


def test_reach_far_below_ones_own_is_cut_short_though_the_template_would_let_it_pass() -> None:
    full = PATTERN.rep.full_reach
    short = recorded(0.0, with_habits(reach=1.2), movement(reached=0.9 * full + 0.05))
    assert faults(reach(short, PATTERN)) == {"reduced_range"}
    assert faults(reach(replace(short, habits=Habits()), PATTERN)) == set()
    whole = recorded(0.0, with_habits(reach=1.5), movement(reached=full))
    assert faults(reach(whole, PATTERN)) == set(), "who goes the whole way is never cut short"


def test_only_what_was_without_a_fault_becomes_a_habit() -> None:
    habits = Habits()
    judge_movement(recorded(30.0, habits), PATTERN, "both", 1)
    assert habits.usual("duration") is None, "a repetition with a fault is no measure of its time"
    rep = judge_movement(recorded(1.0, habits), PATTERN, "both", 2)
    assert rep.faults == () and habits.usual("duration") == 2.0
    attempt = replace(movement(whole_s=9.0), reason="turned back")
    judge_movement(recorded(1.0, habits, attempt), PATTERN, "both", 3)
    assert habits.usual("duration") == 2.0


def reaching(amplitude: float, frequency_hz: float, way_s: float = 1.5, length: float = 150.0) -> FloatArray:
    """(T, 2) places of a smooth way out, percent of the trunk, with a swing of that amplitude across it."""
    t_s = np.arange(0, way_s, 1 / 60)
    along = np.array([length * minimum_jerk(t / way_s) for t in t_s])
    return np.stack([along, amplitude * np.sin(2 * np.pi * frequency_hz * t_s)], axis=-1)


def test_trembling_is_told_with_its_size_and_smooth_ways_are_not() -> None:
    """The median of |sin| is 0.707; a Butterworth filter of order 2, run both ways, lets 97 % through."""
    t_s = np.arange(0, 3.0, 1 / 60)
    smooth, shaken = tremor(t_s, reaching(0.0, 7.0, 3.0), 3.0), tremor(t_s, reaching(4.0, 7.0, 3.0), 3.0)
    assert smooth is not None and smooth < 0.3
    assert shaken is not None and shaken == pytest.approx(4.0 * 0.707 * 0.97, rel=0.1)


def test_a_quick_smooth_way_is_no_tremor() -> None:
    t_s = np.arange(0, 0.6, 1 / 60)
    quick = tremor(t_s, reaching(0.0, 5.0, 0.6), 0.6)
    assert quick is not None and quick < 0.7


def test_trembling_needs_a_frame_rate_that_shows_it() -> None:
    t_s = np.arange(0, 3.0, 1 / 6)
    assert tremor(t_s, np.zeros((len(t_s), 2)), 1.0) is None
    assert tremor(t_s[:5], np.zeros((5, 2)), 1.0) is None


def test_trembling_is_a_fault_beyond_the_steady_and_beyond_ones_own() -> None:
    def shaking(amplitude: float, habits: Habits, pattern: Template = PATTERN) -> set[str]:
        places = np.stack([np.stack([0 * T_S, amplitude * np.sin(2 * np.pi * 6 * T_S)], axis=-1)])
        return faults(trembling(recorded(0.0, habits, movement(1.0), places), pattern))

    assert shaking(0.5, Habits()) == set() and shaking(4.0, Habits()) == {"jerky"}
    assert shaking(1.5, Habits()) == set() and shaking(1.5, with_habits(tremor=0.2)) == {"jerky"}
