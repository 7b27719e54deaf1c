"""Faults, views and scores exactly on their limits, and what was not seen: values worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from patterns import uncertainty
from patterns.accuracy import error_over, feature_error
from patterns.body import BodySize
from patterns.library import load_template
from patterns.segmentation import Movement
from patterns.signals import view_of
from patterns.technique import PacedTempo, Timing
from patterns.template import PathTarget, RepRule, Target, Tempo
from scoring import metrics
from scoring.coach import HOLD_STILL, _message
from scoring.finding import Finding, phases, seen_beyond
from scoring.judgement import _merged, judge_movement
from scoring.lane import Arbiter, Lane
from scoring.recorded import Recorded, Row, view_over
from scoring.records import Fault
from scoring.smoothness import path_smoothness, spectral_arc_length, tremor
from scoring.targets import _own_start, asked_for, targets
from scoring.tempo import tempo
from tests.stick_figure import Posture, seen
from vision.pose import INDEX, FloatArray, PoseFrame

JUST = 1 / 64
NAN = float("nan")
TEMPLATE = load_template("ue-d2-flexion").model_copy(
    update={
        "rep": RepRule(start_zone=0.25, end_zone=0.55, full_reach=0.8),
        "tempo": Tempo(out_s=(1.0, 4.0), back_s=(1.0, 4.0)),
        "path_target": PathTarget(tolerance=0.75, span=1.0),
        "target": (),
    }
)
TRUNK_LEAN_ERROR = 1.4
"""Of trunk_lean seen from the front, degrees (patterns/data/feature_errors.toml)."""


def movement(
    start_s: float = 0.0,
    peak_s: float = 1.0,
    end_s: float = 1.0,
    ways_s: tuple[float, float] = (2.0, 2.0),
    reach: float = 0.8,
    returned: float = 0.0,
    stays_s: tuple[tuple[float, float], ...] = (),
) -> Movement:
    return Movement(start_s, peak_s, peak_s, end_s, ways_s, reach, returned, 0.0, None, True, stays_s=stays_s)


def recorded(
    moved: Movement | None = None,
    *,
    values: Sequence[float] = (0.0,) * 5,
    phase: Sequence[float] | None = None,
    distance: Sequence[float] | None = None,
    t_s: Sequence[float] | None = None,
    name: str = "trunk_lean",
) -> Recorded:
    """A movement with the values of one feature, seen from the front, from 0 to 1 s unless t_s is given."""
    count = len(values)
    times = np.linspace(0.0, 1.0, count) if t_s is None else np.array(t_s)
    return Recorded(
        moved or movement(),
        (name,),
        times,
        np.linspace(0.0, 1.0, count) if phase is None else np.array(phase),
        np.zeros(count) if distance is None else np.array(distance),
        np.array(values, dtype=float)[:, None],
        np.full((count, 1), np.nan),
        np.zeros(count),
        np.zeros((1, count, 2)),
    )


def raised(findings: list[Finding]) -> list[str]:
    return [finding.fault.id for finding in findings if finding.fault is not None]


@pytest.mark.parametrize(("yaw_deg", "view"), [
    (35.0, "front"), (35.01, "oblique"), (55.0, "oblique"), (55.01, "side"), (120.0, "side"), (120.01, "back"),
])  # fmt: skip
def test_a_view_includes_its_limit_on_either_side(yaw_deg: float, view: str) -> None:
    assert view_of(yaw_deg) == view_of(-yaw_deg) == view


def test_frames_without_a_turn_do_not_count_for_the_view() -> None:
    assert view_over(np.array([NAN, 80.0, NAN])) == "side"
    assert view_over(np.array([NAN])) == "front"


@pytest.mark.parametrize(("error_deg", "told"), [(15.0, 15.0), (15.0 + JUST, None)])
def test_an_angle_is_measured_up_to_an_error_of_fifteen_degrees(
    error_deg: float, told: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uncertainty, "_factors", lambda: {"factor": {"knee_flexion": {"front": 1.0}}})
    frames = np.array([NAN, error_deg, error_deg])
    assert error_over("knee_flexion_left", "front", frames) == told
    unknown = error_over("knee_flexion_left", "front", np.array([NAN, NAN]))
    assert unknown == feature_error("knee_flexion_left", "front")


def test_what_was_not_seen_is_beyond_no_limit() -> None:
    values = np.array([NAN, 2.0, 2.0 + JUST, 1.0])
    assert seen_beyond(values, 2.0).tolist() == [0.0, 0.0, 1.0, 0.0]
    assert seen_beyond(np.array([NAN, -1.0]), -2.0).tolist() == [0.0, 1.0]


def test_phases_are_those_beyond_the_limit_that_are_known() -> None:
    phase, beyond = np.array([0.1, 0.3, NAN, 0.6, 0.9]), np.array([0.0, 1.0, 1.0, 1.0, 0.0])
    assert phases(phase, beyond) == (0.3, 0.6)


@pytest.mark.parametrize(
    ("got", "told"), [(0.95 * 0.8 - 0.05, []), (0.95 * 0.8 - 0.05 - JUST, ["reduced_range"])]
)
def test_reach_falls_short_below_its_limit(got: float, told: list[str]) -> None:
    """0.95 of the whole range of 0.8, less an error of 0.05."""
    assert raised(metrics.reach(recorded(movement(reach=got)), TEMPLATE)) == told


@pytest.mark.parametrize(("left", "told"), [(0.25 + 0.05, []), (0.25 + 0.05 + JUST, ["incomplete_return"])])
def test_a_return_is_incomplete_beyond_its_limit(left: float, told: list[str]) -> None:
    assert raised(metrics.full_return(recorded(movement(returned=left)), TEMPLATE)) == told


@pytest.mark.parametrize(("away", "told"), [(0.75 + 0.2, []), (0.75 + 0.2 + JUST, ["wrong_path"])])
def test_a_path_is_wrong_beyond_tolerance_and_error(away: float, told: list[str]) -> None:
    found = metrics.path(recorded(values=[0.0] * 3, distance=[NAN, away, away]), TEMPLATE)
    assert raised(found) == told
    assert found[0].metric.value == away
    assert found[0].metric.coverage == pytest.approx(2 / 3)


Patched = Callable[[tuple[float, float] | None], list[FloatArray]]


@pytest.fixture
def smooth(monkeypatch: pytest.MonkeyPatch) -> Patched:
    """Sets what path_smoothness finds; gives the times it was asked for."""

    def patched(found: tuple[float, float] | None) -> list[FloatArray]:
        asked: list[FloatArray] = []

        def path_smoothness(t_s: FloatArray, path: FloatArray) -> tuple[float, float] | None:
            asked.append(t_s)
            return found

        monkeypatch.setattr(metrics, "path_smoothness", path_smoothness)
        return asked

    return patched


def hand(values: Sequence[float], moved: Movement | None = None) -> Recorded:
    """The hand's way; its y column is x again."""
    one = recorded(moved, values=values, name="hand_x_right")
    return replace(one, names=("hand_x_right", "hand_y_right"), values=np.repeat(one.values, 2, axis=1))


@pytest.mark.parametrize(("value", "told"), [(-2.2 - 0.4, []), (-2.2 - 0.4 - JUST, ["jerky"])])
def test_a_way_is_jerky_below_the_smooth_less_the_error(
    value: float, told: list[str], smooth: Patched
) -> None:
    smooth((value, 0.0))
    assert raised(metrics.smoothness(hand([0.0] * 5), TEMPLATE)) == told


@pytest.mark.parametrize(("jitter", "shown"), [(0.015, 1), (0.0151, 0)])
def test_smoothness_is_shown_up_to_the_largest_jitter(jitter: float, shown: int, smooth: Patched) -> None:
    smooth((-1.4, jitter))
    assert len(metrics.smoothness(hand([0.0] * 5), TEMPLATE)) == shown


def test_smoothness_is_that_of_the_way_from_start_to_arrival(smooth: Patched) -> None:
    asked = smooth((-1.4, 0.0))
    metrics.smoothness(hand([0.0] * 5, movement(start_s=0.25, peak_s=0.75)), TEMPLATE)
    assert [t_s.tolist() for t_s in asked] == [[0.25, 0.5, 0.75]]


@pytest.mark.parametrize(("values", "shown"), [
    ((0.0, 0.0, 0.0, NAN, NAN), 0), ((0.0, 0.0, 0.0, 0.0, NAN), 1),
])  # fmt: skip
def test_smoothness_needs_more_than_three_fifths_of_the_way(
    values: Sequence[float], shown: int, smooth: Patched
) -> None:
    smooth((-1.4, 0.0))
    assert len(metrics.smoothness(hand(values), TEMPLATE)) == shown


@pytest.mark.parametrize(("value", "told"), [(1.0 + 0.25, []), (1.0 + 0.25 + JUST, ["jerky"])])
def test_trembling_is_a_fault_beyond_the_steady_and_the_error(
    value: float, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "tremor", lambda t_s, place, way_s: value)
    assert raised(metrics.trembling(recorded(), TEMPLATE)) == told


def lean(role: str = "control", phase: tuple[float, float] = (0.0, 1.0)) -> Target:
    return Target.model_validate(
        {"feature": "trunk_lean", "role": role, "phase": phase, "value": (0.0, 0.0)}
        | {"tolerance": 10.0, "span": 20.0, "fault": "trunk_lean"}
    )


LEANING = TEMPLATE.model_copy(update={"target": (lean(),)})


@pytest.mark.parametrize(("degrees", "told"), [
    (10.0 + TRUNK_LEAN_ERROR, []), (10.0 + TRUNK_LEAN_ERROR + JUST, ["trunk_lean"]),
])  # fmt: skip
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_a_target_is_missed_beyond_tolerance_and_error(degrees: float, told: list[str], sign: float) -> None:
    assert raised(targets(recorded(values=[sign * degrees] * 5), LEANING)) == told


@pytest.mark.parametrize(("values", "told"), [
    ((15.0, 15.0, 15.0, NAN, NAN), ["trunk_lean"]), ((15.0, 15.0, NAN, NAN, NAN), []),
])  # fmt: skip
def test_a_target_needs_three_fifths_of_its_frames(values: Sequence[float], told: list[str]) -> None:
    found = targets(recorded(values=values), LEANING)
    assert raised(found) == told
    assert [one.metric.coverage for one in found] == [0.6] * len(told)


def test_a_target_asks_for_nothing_outside_its_phases() -> None:
    """Of phases 0, 0.25, ... 1 those from 0.5 on; the lean before them is not asked about."""
    late = TEMPLATE.model_copy(update={"target": (lean(phase=(0.5, 1.0)),)})
    (found,) = targets(recorded(values=(90.0, 90.0, 0.0, 0.0, 0.0)), late)
    assert (found.fault, found.metric.value, found.metric.coverage) == (None, 0.0, 1.0)


def test_a_target_of_range_asks_at_the_far_tenth_of_the_way() -> None:
    asked, _ = asked_for(lean("range"), np.array([0.5, 0.9 - JUST, 0.9, 1.0]))
    assert asked.tolist() == [False, False, True, True]


@pytest.mark.filterwarnings("error")
def test_a_target_of_range_asks_for_nothing_where_no_phase_was_seen() -> None:
    asked, wanted = asked_for(lean("range"), np.array([NAN, NAN]))
    assert not asked.any() and np.isnan(wanted).all()


@pytest.mark.parametrize(("values", "own"), [
    ((0.0, 4.0, 50.0, 50.0), 2.0),  # the first 0.3 s
    ((NAN, 4.0, 50.0, 50.0), 4.0),
    ((NAN, NAN, 6.0, 50.0), 6.0),  # what is near the start posture and before the peak
    ((NAN, NAN, NAN, 50.0), NAN),
])  # fmt: skip
def test_ones_own_start_is_the_first_three_tenths_of_a_second(values: Sequence[float], own: float) -> None:
    one = recorded(values=values, t_s=[0.0, 0.3, 0.5, 0.75], phase=[0.0, 0.1, 0.1, 0.15])
    assert _own_start(one, np.array(values)) == pytest.approx(own, nan_ok=True)


def test_ones_own_start_is_near_the_start_posture_and_before_the_peak() -> None:
    """Phase 0.15 is no longer near; the peak at 1 s and all after it is not the start, wherever it lies."""
    values = (NAN, 2.0, 40.0, NAN, 40.0, 40.0)
    times, phase = [0.0, 0.5, 0.625, 0.75, 1.0, 1.25], [0.0, 0.1, 0.15, 0.1, 0.1, 0.1]
    assert _own_start(recorded(values=values, t_s=times, phase=phase), np.array(values)) == 2.0


@pytest.mark.parametrize(("out_s", "told"), [
    (1.0 - 0.1, []), (1.0 - 0.1 - JUST, ["too_fast"]), (4.0 + 0.1, []), (4.0 + 0.1 + JUST, ["too_slow"]),
])  # fmt: skip
def test_a_way_may_take_its_time_give_or_take_the_error(out_s: float, told: list[str]) -> None:
    moved = movement(peak_s=3.0, end_s=6.0, ways_s=(out_s, 2.0))
    assert raised(tempo(recorded(moved), TEMPLATE)) == told
    assert raised(tempo(recorded(replace(moved, ways_s=(2.0, out_s))), TEMPLATE)) == told


def paced(moved: Movement, asked: PacedTempo) -> list[Finding]:
    return tempo(replace(recorded(moved), asked=asked), TEMPLATE)


@pytest.mark.parametrize(("out_s", "told"), [
    (2.0 - 0.6, []), (2.0 - 0.6 - JUST, ["too_fast"]), (2.0 + 0.6, []), (2.0 + 0.6 + JUST, ["too_slow"]),
])  # fmt: skip
def test_a_paced_way_may_depart_by_tolerance_and_error(out_s: float, told: list[str]) -> None:
    """2 s, 0.5 s tolerated and 0.1 s of error."""
    asked = PacedTempo(out_s=Timing(seconds=2.0, tolerance_s=0.5, span_s=1.0))
    assert raised(paced(movement(peak_s=out_s, end_s=8.0), asked)) == told


def held_s(*stays_s: tuple[float, float]) -> float | None:
    """The hold that a paced movement is found to have; its edges lie at 3 s, without any hold."""
    asked = PacedTempo(hold_s=Timing(seconds=2.0, tolerance_s=0.5, span_s=1.0))
    found = paced(movement(peak_s=3.0, end_s=8.0, stays_s=stays_s), asked)
    (held,) = [one.metric.value for one in found if one.metric.name == "hold"]
    return held


def test_a_stay_of_a_second_is_long_and_so_are_two_of_any_length() -> None:
    assert held_s((2.0, 3.0)) == 1.0
    assert held_s((2.0, 3.0 - JUST)) == 0.0, "from the edges"
    assert held_s((2.0, 2.25), (3.0, 3.25)) == 0.25


@pytest.mark.parametrize(("seen_frames", "scored"), [(7, True), (6, False)])
def test_a_movement_is_scored_from_a_coverage_of_seven_tenths_on(seen_frames: int, scored: bool) -> None:
    phase = [0.5] * seen_frames + [NAN] * (10 - seen_frames)
    one = replace(hand([0.0] * 10), phase=np.array(phase))
    score = judge_movement(one, TEMPLATE, "right", 1)
    assert score.coverage == seen_frames / 10
    assert (score.control is not None) is scored


def test_of_two_faults_as_severe_the_first_is_told() -> None:
    first, second, worse = (
        Fault("jerky", feature, 1.0, 0.5, "", (0.0, 1.0), severity)
        for feature, severity in (("smoothness", 0.5), ("tremor", 0.5), ("reach", 0.75))
    )
    assert _merged([first, second]) == (first,)
    assert _merged([first, worse]) == (worse,)


def test_a_movement_is_the_frames_from_its_start_to_before_its_end() -> None:
    rows = [
        Row(t_s, 0.0, 0.0, seen(Posture(), t_s), BodySize(100.0, (160.0, 160.0)))
        for t_s in (0.0, 0.25, 0.5, 0.75)
    ]
    assert Recorded.of(movement(start_s=0.25, end_s=0.75), rows, TEMPLATE).t_s.tolist() == [0.25, 0.5]


def side_movement(start_s: float, end_s: float) -> Movement:
    return movement(start_s=start_s, peak_s=(start_s + end_s) / 2, end_s=end_s)


@pytest.mark.parametrize(("other_s", "settled"), [(1.0, 2), (1.0 - JUST, 1)])
def test_movements_of_two_sides_are_the_same_beyond_half_the_shorter_one(
    other_s: float, settled: int
) -> None:
    both = [(0, side_movement(0.0, 2.0)), (1, side_movement(other_s, 3.0))]
    assert len(Arbiter().step(both, [None, None])) == settled


@pytest.mark.parametrize(("since_s", "settled"), [(1.0, 1), (1.0 - JUST, 0)])
def test_a_movement_waits_for_what_began_before_its_middle(since_s: float, settled: int) -> None:
    assert len(Arbiter().step([(0, side_movement(0.0, 2.0))], [None, since_s])) == settled


def frame_without(*parts: str, t_s: float = 0.0) -> PoseFrame:
    pose = seen(Posture(), t_s)
    xy_px = pose.xy_px.copy()
    xy_px[[INDEX[part] for part in parts]] = np.nan
    return replace(pose, xy_px=xy_px)


def test_what_is_not_seen_is_asked_for() -> None:
    size = BodySize(100.0, (160.0, 160.0))
    arm = Lane(TEMPLATE, "right", 0.0)
    arm.step(frame_without("right_wrist"), size)
    assert arm.unseen == "Step back or turn: your right wrist is not in sight."
    legs = Lane(load_template("squat"), "both", 0.0)
    legs.step(frame_without("left_ankle", "right_ankle"), size)
    assert legs.unseen == "Step back: your feet are not in sight."
    legs.step(frame_without("left_ankle"), size)
    assert legs.unseen == ""


def test_frames_are_forgotten_after_one_and_a_half_longest_movements_and_five_seconds() -> None:
    lane = Lane(TEMPLATE.model_copy(update={"rep": RepRule(longest_s=4.0)}), "right", 0.0)
    lane.rows.extend(
        Row(t_s, 0.0, 0.0, seen(Posture(), t_s), BodySize(1.0, (1.0, 1.0))) for t_s in (0.0, 1.0, 2.0)
    )
    lane.forget(11.0 + 1.0)
    assert [row.t_s for row in lane.rows] == [1.0, 2.0]


@pytest.mark.parametrize(("left_s", "message"), [
    (2.0, "Stand."), (2.0 - JUST, HOLD_STILL), (JUST, HOLD_STILL), (0.0, "Stand."), (None, "Stand."),
])  # fmt: skip
def test_holding_still_is_asked_for_while_it_is_held(left_s: float | None, message: str) -> None:
    lane = Lane(TEMPLATE.model_copy(update={"start": "Stand."}), "right", 2.0)
    assert _message(lane, "framing", left_s) == message


def arc(*points: tuple[float, float]) -> float:
    """Length of a line through points, from 0 to 1 in x."""
    (x0, _), (x1, _) = points[0], points[-1]
    return sum(math.hypot((b[0] - a[0]) / (x1 - x0), b[1] - a[1]) for a, b in pairwise(points))


def test_spectral_arc_length_includes_the_highest_frequency() -> None:
    """Two samples, +1 and -1, padded to 32: |sin(pi k / 32)| of the k-th of 16 frequencies, loud from the first on."""
    wave = [(k, math.sin(math.pi * k / 32)) for k in range(1, 17)]
    assert spectral_arc_length(np.array([1.0, -1.0]), 20.0) == pytest.approx(-arc(*wave))


def test_spectral_arc_length_is_of_what_is_as_loud_as_a_twentieth() -> None:
    """21 and 19: 40 at frequency 0 and 2, a twentieth, at the highest."""
    both = [abs(21 + 19 * np.exp(-2j * math.pi * k / 32)) / 40 for k in range(17)]
    wave = [(float(k), float(loud)) for k, loud in enumerate(both)]
    assert spectral_arc_length(np.array([21.0, 19.0]), 20.0) == pytest.approx(-arc(*wave))


def test_spectral_arc_length_of_two_frequencies_is_a_line() -> None:
    """At 320 Hz the band up to 10 Hz has two of 32 frequencies; both samples 1: 1 and cos(pi / 32)."""
    line = math.hypot(1.0, 1.0 - math.cos(math.pi / 32))
    assert spectral_arc_length(np.array([1.0, 1.0]), 320.0) == pytest.approx(-line, abs=1e-12)
    assert spectral_arc_length(np.array([1.0, 1.0]), 640.0) == 0.0


def swinging(count: int, rate_hz: float) -> tuple[FloatArray, FloatArray]:
    t_s = np.arange(count) / rate_hz
    return t_s, np.stack([np.sin(40 * t_s) + t_s, t_s], axis=-1)


@pytest.mark.parametrize(("way_s", "told"), [(4 / 18.0, False), (4 / 17.9, True)])
def test_trembling_is_told_below_nine_twentieths_of_the_frame_rate(way_s: float, told: bool) -> None:
    """Four swings in the way are 18 a second, 0.45 of 40 frames."""
    assert (tremor(*swinging(41, 40.0), way_s) is not None) is told


@pytest.mark.parametrize(("count", "told"), [(17, True), (16, False)])
def test_smoothness_needs_sixteen_even_samples(count: int, told: bool) -> None:
    """16 steps of a sixteenth of a second; the last frame ends the last of them."""
    assert (path_smoothness(*swinging(count, 16.0)) is not None) is told


@pytest.mark.parametrize(("rate_hz", "jitters"), [(15.0, False), (16.0, True)])
def test_a_path_is_smoothed_above_fifteen_frames_a_second(rate_hz: float, jitters: bool) -> None:
    found = path_smoothness(*swinging(31, rate_hz))
    assert found is not None and (found[1] > 0) is jitters


@pytest.mark.filterwarnings("error")
def test_a_path_that_stands_still_has_no_smoothness_and_one_with_a_gap_has() -> None:
    t_s, path = swinging(40, 30.0)
    assert path_smoothness(t_s, np.zeros_like(path)) is None
    path[10] = NAN
    found = path_smoothness(t_s, path)
    assert found is not None and np.isfinite(found).all()
