"""Edges, stays and progress along the path exactly on their limits: values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from patterns.segmentation.dwell import course, stays, time_share
from patterns.segmentation.edges import EdgeFinder, _last_rise, _speed, _still_before
from patterns.segmentation.phase import PathFollower
from patterns.templates.library import load_template
from patterns.templates.template import Path
from vision.pose import FloatArray

TAIL = 1.9734
"""A minimum-jerk movement has covered a tenth of its distance after 0.24664 of its time: 0.5 / (0.5 - 0.24664)."""


def dwell(*progress: float, turns_s: tuple[float, ...] = ()) -> list[tuple[float, float]]:
    """Return the dwell times of a movement of one frame a second."""
    return list(stays(np.arange(float(len(progress))), np.array(progress), turns_s))


def at(*stay: float) -> object:
    return pytest.approx(stay, abs=1e-3)


def test_the_course_and_its_inverse() -> None:
    assert (course(0.0), course(0.5), course(1.0)) == (0.0, 0.5, 1.0)
    assert time_share(0.1) == pytest.approx(0.24664, abs=1e-5)
    assert time_share(0.5) == pytest.approx(0.5, abs=1e-8)


def test_two_frames_are_enough_and_one_is_not() -> None:
    """It passes 0.1 at 0.1 s and 0.5 at 0.5 s, so it arrives at 0.5 + 0.4 TAIL = 1.289; it leaves at 1: the mean."""
    assert dwell(0.0, 1.0) == [at(1.1447, 1.1447)]
    assert dwell(0.0) == []


def test_a_pause_at_the_middle_level_counts_from_its_first_frame() -> None:
    """Out: 0.1 at 0.2 s, 0.5 at 1 s. Back, from the end at 4 s: 0.1 at 3.9 s, 0.5 at 3.5 s."""
    assert dwell(0.0, 0.5, 0.5, 1.0, 0.0) == [at(1.0 + TAIL * 0.8, 3.5 - TAIL * 0.4)]


def test_a_pause_at_the_low_level_counts_from_its_first_frame() -> None:
    """Out: 0.1 at 1 s, 0.5 at 2.444 s. Back, from the end at 8 s: 0.1 at 7.9 s, 0.5 at 7.5 s."""
    paused = dwell(0.0, 0.1, 0.1, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0)
    assert paused == [at(2.4444 + TAIL * 1.4444, 7.5 - TAIL * 0.4)]


def test_a_person_who_never_moves_dwells_from_first_to_last() -> None:
    assert dwell(0.5, 0.5, 0.5) == [(0.0, 2.0)]


def test_unseen_frames_are_left_out() -> None:
    nan = float("nan")
    t_s, progress = np.array([0.0, 0.5, 1.0, 2.0, 3.0, 4.0]), np.array([0.0, nan, 0.5, 0.5, 1.0, 0.0])
    assert list(stays(t_s, progress)) == dwell(0.0, 0.5, 0.5, 1.0, 0.0)
    assert list(stays(t_s[:3], np.array([nan, nan, 0.5]))) == []


@pytest.mark.parametrize("turn_s", [0.0, 2.0])
def test_a_turn_at_either_end_is_none(turn_s: float) -> None:
    """Arrival at 0.5 + 0.4 TAIL and leaving at 1.5 - 0.4 TAIL cross at 1 s."""
    assert dwell(0.0, 1.0, 0.0, turns_s=(turn_s,)) == [at(1.0, 1.0)]


def test_a_turn_between_the_last_two_frames_counts() -> None:
    assert dwell(0.0, 1.0, 0.0, turns_s=(1.5,)) == [at(1.0, 1.0), (2.0, 2.0)]


def test_a_turn_separates_two_dwell_times() -> None:
    """Each part as a movement of its own: it ends, and begins, at the turn."""
    both = dwell(0.0, 1.0, 0.0, 1.0, 0.0, turns_s=(2.0,))
    assert both == [at(1.0, 1.0), at(3.0, 3.0)]


@pytest.mark.parametrize(("progress", "rose_s"), [
    ((0.0, 0.5, 0.5, 1.0), 1.0), ((0.0, 1.0), 0.5), ((1.0, 0.0), 1.0), ((1.0, 1.0), 0.0),
])  # fmt: skip
def test_the_last_rise_through_a_half(progress: tuple[float, ...], rose_s: float) -> None:
    """A pause at the level counts from its first frame; without a rise the last frame below counts."""
    assert _last_rise(np.array(progress), np.arange(float(len(progress))), 0.5) == rose_s


@pytest.mark.parametrize(("speed", "frame"), [
    ((2, 2, 2, 2, 5, 5), 3), ((5, 5, 2, 2, 2, 2), 5), ((2, 2, 2, 2.1, 5, 5), 0), ((2, 2, 2, 5, 2, 5), 0),
])  # fmt: skip
def test_still_is_four_frames_up_to_the_limit(speed: tuple[float, ...], frame: int) -> None:
    assert _still_before(np.array(speed, dtype=float), 5, 2.0) == frame


def test_a_twin_seen_once_does_not_slow_the_other() -> None:
    """One column rises by 1 a second; of the other there is one frame, or none, or all but one."""
    t_s = np.linspace(0.0, 1.0, 61)
    rising, unseen = t_s.copy(), np.full(61, np.nan)
    once = unseen.copy()
    once[30] = 0.0
    gap = rising.copy()
    gap[30] = np.nan
    for twin, speed in ((once, 1.0), (unseen, 1.0), (gap, np.sqrt(2.0))):
        got = _speed(t_s, np.stack([rising, twin], axis=-1), t_s, [[0, 1]])
        assert got[20:40] == pytest.approx(np.full(20, speed), rel=1e-3)


class Shares(EdgeFinder):
    """Edges with the shares of slow ends that the test gives, and a record of the marks of each phase."""

    def __init__(self, leave: float = 0.0, arrive: float = 0.0) -> None:
        super().__init__(load_template("ue-d2-flexion").path)
        self.shares = leave, arrive
        self.marks: list[list[float]] = []

    def _slow_shares(self, floor: float, top: float, limit: float) -> tuple[float, float]:
        return self.shares

    def _ends(
        self,
        grid_s: FloatArray,
        speed: FloatArray,
        marks_s: list[float],
        until_s: float,
        span: tuple[float, float],
    ) -> tuple[float, float]:
        self.marks.append([round(abs(mark), 3) for mark in marks_s])
        return super()._ends(grid_s, speed, marks_s, until_s, span)

    def edges_of(
        self, fast: dict[int, float], marks: tuple[float, float, float], until: float
    ) -> tuple[float, float]:
        """Return onset and arrival of one phase over frames 0 to 40, still in all but some of them."""
        speed = np.zeros(41)
        for frame, value in fast.items():
            speed[frame] = value
        return self._ends(np.arange(41.0), speed, list(marks), until, (0.0, 1.0))


MOVING = dict.fromkeys(range(10, 21), 100.0)


def test_a_phase_lies_between_the_still_frames_around_it() -> None:
    """Frames 10 to 20 move. Where nothing is blind, the last still frame before and the first after are its ends."""
    assert Shares().edges_of(MOVING, (12.0, 15.0, 18.0), 40.0) == (9.0, 21.0)


def test_without_any_speed_the_marks_are_the_edges() -> None:
    assert Shares().edges_of({}, (12.0, 15.0, 18.0), 40.0) == (12.0, 18.0)


def test_a_phase_cut_off_by_the_recording_arrives_at_its_high_mark() -> None:
    moving = dict.fromkeys(range(10, 41), 100.0)
    assert Shares().edges_of(moving, (12.0, 30.0, 39.5), 40.0) == (9.0, 39.5)


def test_a_blind_start_is_as_far_from_the_middle_as_the_arrival() -> None:
    """Wholly blind is 0.16: then 16 - (21 - 16) = 11, or 16 + (16 - 9) = 23; where both ends are, from the start."""
    assert Shares(0.16, 0.0).edges_of(MOVING, (12.0, 15.0, 18.0), 40.0) == pytest.approx((9.0, 21.0))
    assert Shares(0.0, 0.16).edges_of(MOVING, (12.0, 15.0, 18.0), 40.0) == pytest.approx((9.0, 21.0))
    lopsided = (12.0, 16.0, 18.0)
    assert Shares(0.16, 0.0).edges_of(MOVING, lopsided, 40.0) == pytest.approx((11.0, 21.0))
    assert Shares(0.0, 0.16).edges_of(MOVING, lopsided, 40.0) == pytest.approx((9.0, 23.0))
    start, arrival = 9 - 0.16 / 0.34 * 7, 16 + 7 + 0.16 / 0.34 * 7
    assert Shares(0.16, 0.16).edges_of(MOVING, lopsided, 40.0) == pytest.approx((start, arrival)), (
        "the start stays as it is"
    )


@pytest.mark.parametrize("paused_at", [12, 15, 18])
def test_a_phase_with_a_pause_is_not_taken_as_symmetric(paused_at: int) -> None:
    """4 is a twenty-fifth of 100, the limit itself: a pause, so the start is 9 - 0.16 / 0.34 * 7."""
    fast = MOVING | {paused_at: 4.0}
    start = 9 - 0.16 / 0.34 * 7
    assert Shares(0.16, 0.0).edges_of(fast, (12.0, 16.0, 18.0), 40.0) == pytest.approx((start, 21.0))
    barely = MOVING | {paused_at: 4.1}
    assert Shares(0.16, 0.0).edges_of(barely, (12.0, 16.0, 18.0), 40.0) == pytest.approx((11.0, 21.0))


@pytest.mark.parametrize(("fastest_at", "still_s", "arrival_s"), [(11, 10.0, 18.0), (18, 12.0, 19.0)])
def test_the_greatest_speed_is_sought_from_before_the_low_mark_to_the_high_one(
    fastest_at: int, still_s: float, arrival_s: float
) -> None:
    """3 is slow beside 100: still until the frame before that one, or until the low mark; and paused in between."""
    fast = dict.fromkeys(range(10, 21), 3.0) | {fastest_at: 100.0}
    onset = still_s - 0.16 / 0.34 * (16.0 - still_s)
    assert Shares(0.16, 0.0).edges_of(fast, (12.0, 16.0, 18.0), 40.0) == pytest.approx((onset, arrival_s))


def test_nothing_is_faster_than_the_greatest_speed() -> None:
    straight = Path.model_validate(
        {
            "phase": (0.0, 1.0),
            "features": {"trunk_lean": (0.0, 10.0)},
            "scale": {"trunk_lean": 1.0},
            "off_path": 1.0,
        }
    )
    assert EdgeFinder(straight)._slow_shares(0.0, 1.0, 1.0) == (0.0, 0.0)


def test_levels_are_sought_up_to_the_turn_and_from_it_on() -> None:
    """Out in one frame, 1 to 2 s, and back in one, 2 to 3 s: a fifth, a half and four fifths of each."""
    edges = Shares()
    t_s, progress = np.arange(5.0), np.array([0.0, 0.0, 1.0, 0.0, 0.0])
    edges.find(t_s, np.stack([progress] * 9, axis=-1), progress, 2, 0.0)
    assert edges.marks == [[1.2, 1.5, 1.8], [2.8, 2.5, 2.2]]


THERE_AND_BACK = Path.model_validate(
    {
        "phase": (0.0, 0.4, 0.9, 1.0),
        "features": {"hand_x_right": (0.0, 1.0, 0.0, -1.0), "hand_y_right": (0.0, 0.0, 0.0, 0.0)},
        "scale": {"hand_x_right": 1.0, "hand_y_right": 1.0},
        "off_path": 1.0,
    }
)
"""A path that rises through 0.525 at phase 0.21 and falls through 0.52, near it, at 0.64."""


@pytest.mark.parametrize(("after_s", "phase"), [(0.5, 0.64), (0.5 + 1 / 64, 0.21)])
def test_the_last_phase_is_remembered_for_half_a_second(after_s: float, phase: float) -> None:
    follower = PathFollower(THERE_AND_BACK)
    assert follower.nearest(np.array([-1.0, 0.0]), 0.0)[0] == 1.0
    assert follower.nearest(np.array([0.525, 0.0]), after_s)[0] == phase


def test_an_unseen_feature_is_left_out_of_the_distance() -> None:
    """2 off the path in the one that is seen; 0 for the other one would make it sqrt(2)."""
    phase, distance = PathFollower(THERE_AND_BACK).nearest(np.array([np.nan, 2.0]), 0.0)
    assert distance == pytest.approx(2.0)
    assert np.isfinite(phase)
    assert np.isnan(PathFollower(THERE_AND_BACK).nearest(np.array([np.nan, np.nan]), 0.0)).all()


def own_start(start: float, end: float, limits: tuple[float, float]) -> Path:
    return Path.model_validate(
        {
            "phase": (0.0, 1.0),
            "features": {"foot_y_left": (start, end)},
            "scale": {"foot_y_left": 1.0},
            "off_path": 1.0,
            "own_start": {"foot_y_left": limits},
        }
    )


@pytest.mark.parametrize(("start", "end", "seen_at", "phase"), [
    (0.0, 1.0, 0.2, 0.0), (0.0, 1.0, 0.6, 0.5), (1.0, 0.0, 0.8, 0.0), (1.0, 0.0, 0.4, 0.5),
])  # fmt: skip
def test_an_own_start_is_the_farthest_value_from_the_end(
    start: float, end: float, seen_at: float, phase: float
) -> None:
    """From an own start at 0.2 of the distance, half of the rest lies at 0.6 (or at 0.4 from the other end)."""
    limits = (start - 0.3, start + 0.3)
    follower = PathFollower(own_start(start, end, limits))
    own = start + 0.2 * (end - start)
    nearer = start + 0.25 * (end - start)
    for k, value in enumerate((own, nearer, nearer, nearer)):
        follower.nearest(np.array([value]), k / 30)
    assert follower.nearest(np.array([seen_at]), 1.0)[0] == pytest.approx(phase)


def test_an_unseen_feature_does_not_set_the_own_start() -> None:
    follower = PathFollower(own_start(0.0, 1.0, (-0.3, 0.3)))
    assert np.isnan(follower.nearest(np.array([np.nan]), 0.0)[0])
    follower.nearest(np.array([0.2]), 0.1)
    assert follower.nearest(np.array([0.6]), 1.0)[0] == pytest.approx(0.5)


@pytest.mark.parametrize("end", [0.3, -0.3])
def test_an_own_start_never_reaches_the_end(end: float) -> None:
    """There the path would have no length left to measure progress on."""
    with pytest.raises(ValidationError, match="own_start: foot_y_left must not reach the end of the path"):
        own_start(0.0, end, (-0.3, 0.3))
