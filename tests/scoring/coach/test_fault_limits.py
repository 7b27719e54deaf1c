"""Faults, views and scores exactly on their limits, and unseen values: worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from patterns.features import uncertainty
from patterns.features.body import BodySize
from patterns.features.signals import view_of
from patterns.features.view_errors import error_over, feature_error
from patterns.programs.technique import PacedTempo, Timing
from patterns.segmentation.segmenter import Movement
from patterns.templates.library import load_template
from patterns.templates.template import PathTarget, RepRule, Target, Tempo
from scoring.coach.coach import HOLD_STILL, _message
from scoring.coach.judgement import _merged, judge_movement
from scoring.coach.side_tracker import Arbiter, Lane
from scoring.metrics import table as metrics
from scoring.metrics.targets import asked_for, limit_width, start_value, targets
from scoring.metrics.tempo import tempo
from scoring.records.finding import Finding, phases, seen_beyond
from scoring.records.movement_data import Recorded, Row, view_over
from scoring.records.records import Fault
from tests.support.stick_figure import Posture, seen
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


@pytest.mark.parametrize(("error_deg", "error"), [(15.0, 15.0), (15.0 + JUST, None)])
def test_an_angle_is_measured_up_to_an_error_of_fifteen_degrees(
    error_deg: float, error: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uncertainty, "_factors", lambda: {"factor": {"knee_flexion": {"front": 1.0}}})
    frames = np.array([NAN, error_deg, error_deg])
    assert error_over("knee_flexion_left", "front", frames) == error
    unknown = error_over("knee_flexion_left", "front", np.array([NAN, NAN]))
    assert unknown == feature_error("knee_flexion_left", "front")


def test_unseen_values_are_beyond_no_limit() -> None:
    values = np.array([NAN, 2.0, 2.0 + JUST, 1.0])
    assert seen_beyond(values, 2.0).tolist() == [0.0, 0.0, 1.0, 0.0]
    assert seen_beyond(np.array([NAN, -1.0]), -2.0).tolist() == [0.0, 1.0]


def test_phases_are_those_beyond_the_limit_that_are_known() -> None:
    phase, beyond = np.array([0.1, 0.3, NAN, 0.6, 0.9]), np.array([0.0, 1.0, 1.0, 1.0, 0.0])
    assert phases(phase, beyond) == (0.3, 0.6)


@pytest.mark.parametrize(
    ("got", "faults"), [(0.95 * 0.8 - 0.05, []), (0.95 * 0.8 - 0.05 - JUST, ["reduced_range"])]
)
def test_reach_falls_short_below_its_limit(got: float, faults: list[str]) -> None:
    """0.95 of the whole range of 0.8, less an error of 0.05."""
    assert raised(metrics.reach(recorded(movement(reach=got)), TEMPLATE)) == faults


@pytest.mark.parametrize(("left", "faults"), [(0.25 + 0.05, []), (0.25 + 0.05 + JUST, ["incomplete_return"])])
def test_a_return_is_incomplete_beyond_its_limit(left: float, faults: list[str]) -> None:
    assert raised(metrics.full_return(recorded(movement(returned=left)), TEMPLATE)) == faults


@pytest.mark.parametrize(("away", "faults"), [(0.75 + 0.2, []), (0.75 + 0.2 + JUST, ["wrong_path"])])
def test_a_path_is_wrong_beyond_tolerance_and_error(away: float, faults: list[str]) -> None:
    found = metrics.path(recorded(values=[0.0] * 3, distance=[NAN, away, away]), TEMPLATE)
    assert raised(found) == faults
    assert found[0].metric.value == away
    assert found[0].metric.coverage == pytest.approx(2 / 3)


Patched = Callable[[tuple[float, float] | None], list[FloatArray]]


@pytest.fixture
def smooth(monkeypatch: pytest.MonkeyPatch) -> Patched:
    """Return a function that sets the result of path_smoothness and returns the times it is called with."""

    def patched(found: tuple[float, float] | None) -> list[FloatArray]:
        asked: list[FloatArray] = []

        def path_smoothness(t_s: FloatArray, path: FloatArray) -> tuple[float, float] | None:
            asked.append(t_s)
            return found

        monkeypatch.setattr(metrics, "path_smoothness", path_smoothness)
        return asked

    return patched


def hand(values: Sequence[float], moved: Movement | None = None) -> Recorded:
    """Return a movement of the hand; its y column repeats x."""
    one = recorded(moved, values=values, name="hand_x_right")
    return replace(one, names=("hand_x_right", "hand_y_right"), values=np.repeat(one.values, 2, axis=1))


@pytest.mark.parametrize(("value", "faults"), [(-2.2 - 0.4, []), (-2.2 - 0.4 - JUST, ["jerky"])])
def test_a_movement_is_jerky_below_the_smooth_less_the_error(
    value: float, faults: list[str], smooth: Patched
) -> None:
    smooth((value, 0.0))
    assert raised(metrics.smoothness(hand([0.0] * 5), TEMPLATE)) == faults


@pytest.mark.parametrize(("jitter", "shown"), [(0.015, 1), (0.0151, 0)])
def test_smoothness_is_shown_up_to_the_largest_jitter(jitter: float, shown: int, smooth: Patched) -> None:
    smooth((-1.4, jitter))
    assert len(metrics.smoothness(hand([0.0] * 5), TEMPLATE)) == shown


def test_smoothness_covers_the_frames_from_start_to_arrival(smooth: Patched) -> None:
    asked = smooth((-1.4, 0.0))
    metrics.smoothness(hand([0.0] * 5, movement(start_s=0.25, peak_s=0.75)), TEMPLATE)
    assert [t_s.tolist() for t_s in asked] == [[0.25, 0.5, 0.75]]


@pytest.mark.parametrize(("values", "shown"), [
    ((0.0, 0.0, 0.0, NAN, NAN), 0), ((0.0, 0.0, 0.0, 0.0, NAN), 1),
])  # fmt: skip
def test_smoothness_needs_more_than_three_fifths_of_the_frames(
    values: Sequence[float], shown: int, smooth: Patched
) -> None:
    smooth((-1.4, 0.0))
    assert len(metrics.smoothness(hand(values), TEMPLATE)) == shown


@pytest.mark.parametrize(("value", "faults"), [(1.0 + 0.25, []), (1.0 + 0.25 + JUST, ["jerky"])])
def test_trembling_is_a_fault_beyond_the_steady_and_the_error(
    value: float, faults: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "tremor", lambda t_s, place, way_s: value)
    assert raised(metrics.trembling(recorded(), TEMPLATE)) == faults


def lean(role: str = "control", phase: tuple[float, float] = (0.0, 1.0)) -> Target:
    return Target.model_validate(
        {"feature": "trunk_lean", "role": role, "phase": phase, "value": (0.0, 0.0)}
        | {"tolerance": 10.0, "span": 20.0, "fault": "trunk_lean"}
    )


LEANING = TEMPLATE.model_copy(update={"target": (lean(),)})


@pytest.mark.parametrize(("degrees", "faults"), [
    (10.0 + TRUNK_LEAN_ERROR, []), (10.0 + TRUNK_LEAN_ERROR + JUST, ["trunk_lean"]),
])  # fmt: skip
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_a_target_is_missed_beyond_tolerance_and_error(
    degrees: float, faults: list[str], sign: float
) -> None:
    assert raised(targets(recorded(values=[sign * degrees] * 5), LEANING)) == faults


@pytest.mark.parametrize(("values", "faults"), [
    ((15.0, 15.0, 15.0, NAN, NAN), ["trunk_lean"]), ((15.0, 15.0, NAN, NAN, NAN), []),
])  # fmt: skip
def test_a_target_needs_three_fifths_of_its_frames(values: Sequence[float], faults: list[str]) -> None:
    found = targets(recorded(values=values), LEANING)
    assert raised(found) == faults
    assert [one.metric.coverage for one in found] == [0.6] * len(faults)


def test_a_target_covers_nothing_outside_its_phases() -> None:
    """Of phases 0, 0.25, ... 1 those from 0.5 on; the lean before them does not count."""
    late = TEMPLATE.model_copy(update={"target": (lean(phase=(0.5, 1.0)),)})
    (found,) = targets(recorded(values=(90.0, 90.0, 0.0, 0.0, 0.0)), late)
    assert (found.fault, found.metric.value, found.metric.coverage) == (None, 0.0, 1.0)


def test_a_range_target_covers_the_far_tenth_of_the_movement() -> None:
    asked, _ = asked_for(lean("range"), np.array([0.5, 0.9 - JUST, 0.9, 1.0]))
    assert asked.tolist() == [False, False, True, True]


@pytest.mark.filterwarnings("error")
def test_a_range_target_covers_nothing_without_a_seen_phase() -> None:
    asked, wanted = asked_for(lean("range"), np.array([NAN, NAN]))
    assert not asked.any() and np.isnan(wanted).all()


@pytest.mark.parametrize(("values", "own"), [
    ((0.0, 4.0, 50.0, 50.0), 2.0),  # the first 0.3 s
    ((NAN, 4.0, 50.0, 50.0), 4.0),
    ((NAN, NAN, 6.0, 50.0), 6.0),  # near the start posture and before the peak
    ((NAN, NAN, NAN, 50.0), NAN),
])  # fmt: skip
def test_the_own_start_is_the_first_three_tenths_of_a_second(values: Sequence[float], own: float) -> None:
    one = recorded(values=values, t_s=[0.0, 0.3, 0.5, 0.75], phase=[0.0, 0.1, 0.1, 0.15])
    assert own_start(one, values) == pytest.approx(own, nan_ok=True)


def own_start(one: Recorded, values: Sequence[float]) -> float:
    return start_value(one.t_s, one.phase, np.array(values), one.movement.start_s, one.movement.peak_s)


def test_the_own_start_is_near_the_start_posture_and_before_the_peak() -> None:
    """Phase 0.15 is no longer near; the peak at 1 s and all after it is not the start, wherever it lies."""
    values = (NAN, 2.0, 40.0, NAN, 40.0, 40.0)
    times, phase = [0.0, 0.5, 0.625, 0.75, 1.0, 1.25], [0.0, 0.1, 0.15, 0.1, 0.1, 0.1]
    assert own_start(recorded(values=values, t_s=times, phase=phase), values) == 2.0


@pytest.mark.parametrize(("out_s", "faults"), [
    (1.0 - 0.1, []), (1.0 - 0.1 - JUST, ["too_fast"]), (4.0 + 0.1, []), (4.0 + 0.1 + JUST, ["too_slow"]),
])  # fmt: skip
def test_a_phase_may_be_off_its_limits_by_the_error(out_s: float, faults: list[str]) -> None:
    moved = movement(peak_s=3.0, end_s=6.0, ways_s=(out_s, 2.0))
    assert raised(tempo(recorded(moved), TEMPLATE)) == faults
    assert raised(tempo(recorded(replace(moved, ways_s=(2.0, out_s))), TEMPLATE)) == faults


def paced(moved: Movement, asked: PacedTempo) -> list[Finding]:
    return tempo(replace(recorded(moved), asked=asked), TEMPLATE)


@pytest.mark.parametrize(("out_s", "faults"), [
    (2.0 - 0.6, []), (2.0 - 0.6 - JUST, ["too_fast"]), (2.0 + 0.6, []), (2.0 + 0.6 + JUST, ["too_slow"]),
])  # fmt: skip
def test_a_paced_phase_may_depart_by_tolerance_and_error(out_s: float, faults: list[str]) -> None:
    """2 s, 0.5 s tolerated and 0.1 s of error."""
    asked = PacedTempo(out_s=Timing(seconds=2.0, tolerance_s=0.5, span_s=1.0))
    assert raised(paced(movement(peak_s=out_s, end_s=8.0), asked)) == faults


def held_s(*stays_s: tuple[float, float]) -> float | None:
    """The hold that a paced movement is found to have; its edges lie at 3 s, without any hold."""
    asked = PacedTempo(hold_s=Timing(seconds=2.0, tolerance_s=0.5, span_s=1.0))
    found = paced(movement(peak_s=3.0, end_s=8.0, stays_s=stays_s), asked)
    (held,) = [one.metric.value for one in found if one.metric.name == "hold"]
    return held


def test_a_dwell_time_of_a_second_counts_and_so_do_two_of_any_length() -> None:
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


def test_of_two_equally_severe_faults_the_first_is_reported() -> None:
    first, second, worse = (
        Fault("jerky", feature, 1.0, 0.5, "", (0.0, 1.0), severity)
        for feature, severity in (("smoothness", 0.5), ("tremor", 0.5), ("reach", 0.75))
    )
    assert _merged([first, second]) == (first,)
    assert _merged([first, worse]) == (worse,)


def side_movement(start_s: float, end_s: float) -> Movement:
    return movement(start_s=start_s, peak_s=(start_s + end_s) / 2, end_s=end_s)


@pytest.mark.parametrize(("other_s", "settled"), [(1.0, 2), (1.0 - JUST, 1)])
def test_movements_of_two_sides_are_the_same_beyond_half_the_shorter_one(
    other_s: float, settled: int
) -> None:
    both = [(0, side_movement(0.0, 2.0)), (1, side_movement(other_s, 3.0))]
    assert len(Arbiter().step(both, [None, None])) == settled


@pytest.mark.parametrize(("since_s", "settled"), [(1.0, 1), (1.0 - JUST, 0)])
def test_a_movement_waits_for_another_that_began_before_its_middle(since_s: float, settled: int) -> None:
    assert len(Arbiter().step([(0, side_movement(0.0, 2.0))], [None, since_s])) == settled


def frame_without(*parts: str, t_s: float = 0.0) -> PoseFrame:
    pose = seen(Posture(), t_s)
    xy_px = pose.xy_px.copy()
    xy_px[[INDEX[part] for part in parts]] = np.nan
    return replace(pose, xy_px=xy_px)


def test_the_message_names_the_unseen_part() -> None:
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
def test_the_message_asks_to_hold_still_while_holding(left_s: float | None, message: str) -> None:
    lane = Lane(TEMPLATE.model_copy(update={"start": "Stand."}), "right", 2.0)
    assert _message(lane, "framing", left_s) == message


@pytest.mark.parametrize(("values", "wanted"), [((NAN, 1.0), (7.0, 3.0)), ((0.0, 1.0), (NAN, 3.0))])
def test_the_width_of_a_limit_is_that_where_something_was_asked_and_seen(
    values: Sequence[float], wanted: Sequence[float]
) -> None:
    """Limit 10, and 3 asked for in the one frame that counts, though 0 is the value that raised the fault."""
    fault = Fault("trunk_lean", "trunk_lean", 0.0, 10.0, "deg", (0.0, 1.0), 0.5)
    assert limit_width(lean(), fault, np.array(values), np.array(wanted)) == 7.0
    assert limit_width(lean(), fault, np.array([NAN]), np.array([3.0])) == 10.0, "the tolerance"
