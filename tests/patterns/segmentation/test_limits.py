"""The Segmenter exactly on each of its limits, and just beyond: frames and their movements, worked out by hand.

Frames lie on powers of two, so that sums and differences are exact. A limit that is no such number (0.2 s, 0.7 s) is
met from time 0, where the difference is exact too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from patterns.features.lost import TOO_SLOW
from patterns.segmentation import segmenter as segmentation
from patterns.segmentation.edges import EdgeFinder
from patterns.segmentation.segmenter import OFF_PATH, TOO_LONG, TURNED_BACK, Movement, Segmenter
from patterns.templates.library import load_template
from patterns.templates.template import RepRule
from vision.pose import FloatArray

RULE = RepRule(
    start_zone=0.25, attempt_zone=0.375, end_zone=0.625, hysteresis=0.125, shortest_s=0.5, longest_s=4.0
)
OFF_AT = 1.0
PATH = load_template("ue-d2-flexion").path
NOT_SEEN = float("nan")
JUST = 1 / 64

OUT = [(0.0, 0.0), (0.25, 0.5), (0.5, 1.0), (0.75, 0.5)]
"""Knots (seconds, progress) of an outward phase and the first half of its return."""


class FirstToLast(EdgeFinder):
    """Report edges from the first to the last frame of a movement, and record all frames."""

    def __init__(self) -> None:
        super().__init__(PATH)
        self.shown_s: list[list[float]] = []

    def find(
        self, t_s: FloatArray, rows: FloatArray, progress: FloatArray, turn: int, floor: float
    ) -> tuple[float, float, float, float]:
        self.shown_s.append(t_s.tolist())
        return float(t_s[0]), float(t_s[turn]), float(t_s[turn]), float(t_s[-1])


@dataclass
class Cut:
    """Run a Segmenter over frames and hold the movements it cuts; rows: the features, progress itself unless given."""

    frames: Sequence[tuple[float, float]]
    rule: RepRule = RULE
    hold_s: float = 0.0
    turns_within: bool = False
    distances: Sequence[float] = ()
    rows: Sequence[float] = ()
    edges: EdgeFinder = field(default_factory=FirstToLast)

    def __post_init__(self) -> None:
        self.segmenter = Segmenter(self.rule, OFF_AT, self.hold_s, self.edges, self.turns_within)
        distances = self.distances or [0.0] * len(self.frames)
        rows = self.rows or [progress for _, progress in self.frames]
        closed = [
            self.segmenter.step(t_s, progress, distance, np.array([row]))
            for (t_s, progress), distance, row in zip(self.frames, distances, rows, strict=True)
        ]
        self.movements = [movement for movement in closed if movement is not None]

    @property
    def phase(self) -> str:
        return self.segmenter.phase

    @property
    def reasons(self) -> list[str | None]:
        return [movement.reason for movement in self.movements]


def held(progress: float, from_s: float, to_s: float) -> list[tuple[float, float]]:
    """Return frames every quarter of a second, and one at the end."""
    return [(float(t_s), progress) for t_s in np.arange(from_s, to_s, 0.25)] + [(to_s, progress)]


def out_to(top: float) -> list[tuple[float, float]]:
    """Return a whole movement that reaches `top` and comes to rest at 1.25 s."""
    return [(0.0, 0.0), (0.25, top), (0.5, top), (0.75, top / 4), (1.0, 0.0), (1.25, 0.0)]


@pytest.mark.parametrize(("progress", "distance", "armed"), [
    (0.25, 0.0, True), (0.25 + JUST, 0.0, False), (0.0, OFF_AT, True), (0.0, OFF_AT + JUST, False),
])  # fmt: skip
def test_the_start_zone_and_the_path_include_their_limit(
    progress: float, distance: float, armed: bool
) -> None:
    assert Cut([(0.0, progress)], distances=[distance]).segmenter.armed is armed


@pytest.mark.parametrize(("until_s", "armed"), [(2.0, True), (2.0 - JUST, False)])
def test_the_start_posture_is_held_for_exactly_the_time_asked(until_s: float, armed: bool) -> None:
    cut = Cut(held(0.0, 0.0, until_s), hold_s=2.0)
    assert cut.segmenter.armed is armed
    assert cut.segmenter.holding_s(1.5) == 0.5


@pytest.mark.parametrize(("wobble", "armed"), [(0.125, True), (0.125 + JUST, False)])
def test_holding_allows_a_wobble_of_the_hysteresis(wobble: float, armed: bool) -> None:
    frames = [(0.0, 0.0), (0.5, wobble), (1.0, wobble), (1.5, wobble), (2.0, wobble)]
    assert Cut(frames, hold_s=2.0).segmenter.armed is armed


@pytest.mark.parametrize(("first", "second", "distance", "phase"), [
    (0.4375, 0.4375 + 0.125, 0.0, "resting"),
    (0.4375, 0.4375 + 0.125 + JUST, 0.0, "out"),
    (0.5, 1.0, 0.0, "resting"),
    (0.5 - JUST, 1.0, 0.0, "out"),
    (0.4375, 1.0, OFF_AT, "out"),
    (0.4375, 1.0, OFF_AT + JUST, "resting"),
])  # fmt: skip
def test_a_recording_that_begins_in_motion(first: float, second: float, distance: float, phase: str) -> None:
    cut = Cut([(0.0, first), (0.25, second)], distances=[0.0, distance])
    assert cut.phase == phase
    assert cut.segmenter.armed is (phase == "out")
    assert cut.segmenter.moving_since_s == (0.0 if phase == "out" else None)


@pytest.mark.parametrize(("second_s", "phase"), [(0.7, "out"), (0.7 + JUST, "resting")])
def test_the_first_frame_is_remembered_for_seven_tenths_of_a_second(second_s: float, phase: str) -> None:
    assert Cut([(0.0, 0.4375), (0.5, 0.4375), (second_s, 0.75)]).phase == phase


@pytest.mark.parametrize(("until_s", "phase"), [(2.5, "out"), (2.5 + JUST, "resting")])
def test_the_rest_level_is_the_lowest_of_two_and_a_half_seconds(until_s: float, phase: str) -> None:
    """0.15 is beyond 0 by more than the hysteresis, and beyond the 0.1 of the later frames by less."""
    frames = [(0.0, 0.0), (0.5, 0.1), (1.0, 0.1), (1.5, 0.1), (2.0, 0.1), (until_s, 0.15)]
    assert Cut(frames).phase == phase


@pytest.mark.parametrize(("progress", "phase"), [(0.125, "resting"), (0.125 + JUST, "out")])
def test_a_movement_begins_beyond_the_hysteresis(progress: float, phase: str) -> None:
    assert Cut([(0.0, 0.0), (0.25, progress)]).phase == phase


@pytest.mark.parametrize(("tremble", "since_s"), [(0.04, 0.25), (0.04 + JUST, 0.0)])
def test_a_movement_begins_at_the_last_frame_at_rest(tremble: float, since_s: float) -> None:
    assert Cut([(0.0, 0.0), (0.25, tremble), (0.5, 0.5)]).segmenter.moving_since_s == since_s


@pytest.mark.parametrize(("back", "phase"), [(0.875, "out"), (0.875 - JUST, "back")])
def test_a_movement_turns_beyond_the_hysteresis(back: float, phase: str) -> None:
    assert Cut([*OUT[:3], (0.75, back)]).phase == phase


@pytest.mark.parametrize(("until_s", "reasons"), [(4.0, []), (4.0 + JUST, [TOO_LONG])])
def test_the_longest_duration_is_allowed(until_s: float, reasons: list[str]) -> None:
    assert Cut([(0.0, 0.0), *held(1.0, 0.25, until_s)]).reasons == reasons


@pytest.mark.parametrize(("lower", "returned"), [(0.5 - 0.02, 0.5), (0.46875, 0.46875)])
def test_the_lowest_point_moves_by_steps_of_more_than_a_fiftieth(lower: float, returned: float) -> None:
    (lost,) = Cut([*OUT, (1.0, lower), (1.75, NOT_SEEN)]).movements
    assert lost.returned == returned


@pytest.mark.parametrize(("again", "phase"), [(0.625, "back"), (0.625 + JUST, "out")])
def test_going_out_again_is_beyond_the_hysteresis(again: float, phase: str) -> None:
    cut = Cut([*OUT, (1.0, again)])
    assert (cut.phase, cut.movements) == (phase, [])


@pytest.mark.parametrize(("bottom", "counted"), [(0.5, 0), (0.5 - JUST, 1)])
def test_returning_at_most_half_the_distance_is_one_movement(bottom: float, counted: int) -> None:
    cut = Cut([*OUT[:3], (0.75, bottom), (1.0, 0.75)])
    assert len(cut.movements) == counted
    assert cut.phase == "out"


@pytest.mark.parametrize(("bottom", "counted"), [(0.25, 1), (0.25 + JUST, 0)])
def test_the_limit_of_the_start_zone_is_a_return(bottom: float, counted: int) -> None:
    cut = Cut([*OUT, *held(bottom, 1.0, 2.0)])
    assert cut.reasons == [None] * counted


@pytest.mark.parametrize(("bottom", "counted"), [(0.6 * 0.125, 1), (0.6 * 0.125 + JUST, 0)])
def test_back_within_six_tenths_of_the_hysteresis_settles_soon(bottom: float, counted: int) -> None:
    assert len(Cut([*OUT, (1.0, bottom), (1.25, bottom)]).movements) == counted


@pytest.mark.parametrize(("bottom", "after_s", "counted"), [
    (0.0, 0.2, 1), (0.0, 0.2 - JUST, 0), (0.25, 0.8, 1), (0.25, 0.8 - JUST, 0),
])  # fmt: skip
def test_a_movement_has_settled_after_exactly_its_time(bottom: float, after_s: float, counted: int) -> None:
    """0.2 s where it is back for good, 0.8 s where it stays short of that; the lowest point lies at 0 s."""
    out = [(t_s - 1.0, progress) for t_s, progress in OUT]
    between = [(t_s, bottom) for t_s in (0.0, 0.3, 0.6) if t_s < after_s]
    assert len(Cut([*out, *between, (after_s, bottom)]).movements) == counted


@pytest.mark.parametrize(("last_row", "counted"), [(0.5, 1), (0.5 + JUST, 0)])
def test_a_tenth_of_the_greatest_speed_is_still(last_row: float, counted: int) -> None:
    """Rows change by 5 in a quarter of a second, 20 a second at most; by 0.5 in the last, which is 2 a second."""
    cut = Cut([*OUT, (1.0, 0.0), (1.25, 0.0)], rows=[0.0, 5.0, 10.0, 5.0, 0.0, last_row])
    assert len(cut.movements) == counted


def test_speed_is_taken_over_exactly_twelve_hundredths_of_a_second() -> None:
    """From 0.0 to 0.12 s the rows stand still; from the frame before they do not."""
    out = [(t_s - 1.25, progress) for t_s, progress in OUT]
    rows = [0.0, 5.0, 10.0, 5.0, 0.0, 5.0, 5.0]
    assert len(Cut([*out, (-0.25, 0.0), (0.0, 0.0), (0.12, 0.0)], rows=rows).movements) == 1


@pytest.mark.parametrize(("until_s", "counted"), [(2.5, 0), (2.5 + JUST, 1)])
def test_a_restless_person_has_settled_after_more_than_a_second_and_a_half(
    until_s: float, counted: int
) -> None:
    frames = [*OUT, *held(0.0, 1.0, until_s)]
    restless = [5.0 * (k % 2) for k in range(len(frames))]
    assert len(Cut(frames, rows=restless).movements) == counted


@pytest.mark.parametrize(("end_s", "counted"), [(0.5, 1), (0.5 - JUST, 0)])
def test_the_shortest_duration_counts(end_s: float, counted: int) -> None:
    frames = [(0.0, 0.0), (0.125, 0.5), (0.25, 1.0), (0.375, 0.5), (end_s, 0.0), (0.625, 0.5)]
    assert len(Cut(frames).movements) == counted


@pytest.mark.parametrize(("again", "phase"), [(0.125, "resting"), (0.125 + JUST, "out")])
def test_the_next_movement_begins_beyond_the_hysteresis_too(again: float, phase: str) -> None:
    """Back beyond the template's own start posture, so that the rise from there closes the movement before."""
    cut = Cut([*OUT, (1.0, -0.0625), (1.25, again)])
    assert (len(cut.movements), cut.phase) == (1, phase)


def test_the_next_movement_begins_at_the_lowest_point_of_the_one_before() -> None:
    cut = Cut([*OUT, (1.0, 0.0), (1.25, 0.5)])
    assert [movement.end_s for movement in cut.movements] == [1.0]
    assert cut.segmenter.moving_since_s == 1.0


@pytest.mark.parametrize(("top", "came"), [(0.625, True), (0.625 - JUST, False)])
def test_a_last_movement_without_return_needs_the_end_zone(top: float, came: bool) -> None:
    cut = Cut([(0.0, 0.0), (0.25, top)], rule=RULE.model_copy(update={"may_stay": True}))
    last = cut.segmenter.finish()
    assert (last is not None) is came
    assert last is None or not last.came_back


@pytest.mark.parametrize(("top", "attempted"), [(0.375, True), (0.375 - JUST, False)])
def test_a_movement_cut_off_by_the_recording_counts_from_the_attempt_zone_on(
    top: float, attempted: bool
) -> None:
    last = Cut([(0.0, 0.0), (0.25, top), (0.5, 0.125)]).segmenter.finish()
    assert (last is not None) is attempted


@pytest.mark.parametrize(("top", "counted"), [(0.375, 1), (0.375 - JUST, 0)])
def test_an_attempt_is_one_from_the_attempt_zone_on(top: float, counted: int) -> None:
    assert len(Cut(out_to(top)).movements) == counted
    assert len(Cut([(0.0, 0.0), (0.25, top), (1.0, NOT_SEEN)]).movements) == counted


@pytest.mark.parametrize(("unseen_s", "lost"), [(0.7, True), (0.7 - JUST, False)])
def test_a_person_is_lost_after_exactly_seven_tenths_of_a_second(unseen_s: float, lost: bool) -> None:
    cut = Cut([(-0.5, 0.0), (-0.25, 0.5), (0.0, 1.0), (unseen_s, NOT_SEEN)])
    assert cut.segmenter.lost is lost
    assert cut.segmenter.armed is not lost
    assert cut.reasons == [TOO_SLOW.format(seconds="0.7")] * lost


@pytest.mark.parametrize(("top", "reason"), [
    (0.625, None), (0.625 - JUST, TURNED_BACK.format(percent=61)), (0.5, TURNED_BACK.format(percent=50)),
])  # fmt: skip
def test_a_repetition_reaches_the_end_zone(top: float, reason: str | None) -> None:
    assert Cut(out_to(top)).reasons == [reason]


@pytest.mark.parametrize(("distance", "reason"), [(OFF_AT, None), (OFF_AT + 3 * JUST, OFF_PATH)])
def test_a_repetition_keeps_to_the_path_up_to_its_limit(distance: float, reason: str | None) -> None:
    away = [OFF_AT, distance, distance, 0.0, 0.0, 0.0]
    assert Cut(out_to(1.0), distances=away).reasons == [reason]


def test_distance_is_the_mean_from_the_first_frame_to_the_turn() -> None:
    """(0 + 1 + 2) / 3: neither the rest before nor the return phase counts."""
    frames = [(-0.25, 0.0), *OUT, (1.0, 0.0), (1.25, 0.0)]
    (movement,) = Cut(frames, distances=[1.0, 0.0, 1.0, 2.0, 8.0, 8.0, 8.0]).movements
    assert movement.off_path == 1.0


class Fixed(FirstToLast):
    """Report the edges that the test gives."""

    def __init__(self, start_s: float, end_s: float) -> None:
        super().__init__()
        self.start_s, self.end_s = start_s, end_s

    def find(
        self, t_s: FloatArray, rows: FloatArray, progress: FloatArray, turn: int, floor: float
    ) -> tuple[float, float, float, float]:
        return self.start_s, self.start_s, self.start_s, self.end_s


@pytest.mark.parametrize(("start_s", "end_s", "counted"), [
    (0.25, 0.25, 0), (0.25, 0.25 + JUST, 1), (0.25 - JUST, 0.25, 0),
])  # fmt: skip
def test_a_movement_needs_a_frame_within_its_half_open_interval(
    start_s: float, end_s: float, counted: int
) -> None:
    assert len(Cut(out_to(1.0), edges=Fixed(start_s, end_s)).movements) == counted


def test_edges_are_sought_from_the_end_of_the_movement_before_to_the_closing_frame() -> None:
    second = [(t_s + 1.5, progress) for t_s, progress in out_to(1.0)]
    edges = FirstToLast()
    cut = Cut([*out_to(1.0), *second], edges=edges)
    assert cut.reasons == [None, None]
    assert [(shown[0], shown[-1]) for shown in edges.shown_s] == [(0.0, 1.25), (1.25, 2.75)]


def test_stays_are_sought_from_the_first_frame_of_the_movement(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[list[float]] = []

    def no_stays(t_s: FloatArray, progress: FloatArray, turns_s: Sequence[float]) -> tuple[()]:
        shown.append(t_s.tolist())
        return ()

    monkeypatch.setattr(segmentation, "stays", no_stays)
    Cut([(-0.25, 0.0), *out_to(1.0)])
    assert [(t_s[0], t_s[-1]) for t_s in shown] == [(0.0, 1.25)]


def test_a_movement_that_turned_within_has_its_edges_before_and_after_the_turn() -> None:
    edges = FirstToLast()
    frames = [*OUT, (1.0, 1.0), (1.25, 0.5), (1.5, 0.0), (1.75, 0.0)]
    (movement,) = Cut(frames, turns_within=True, edges=edges).movements
    assert [(shown[0], shown[-1]) for shown in edges.shown_s] == [(0.0, 0.75), (0.75, 1.75)]
    assert len(movement.stays_s) == 2


SMALL = RULE.model_copy(update={"hysteresis": 0.0625})


@pytest.mark.parametrize(("until_s", "phase"), [(2.5, "resting"), (2.5 - JUST, "out")])
def test_a_low_pause_becomes_rest_after_exactly_two_and_a_half_seconds(until_s: float, phase: str) -> None:
    """Begun at 0 s, and since then within half the hysteresis."""
    assert Cut([(-0.5, 0.0), (0.0, 0.04), *held(0.07, 0.25, until_s)], rule=SMALL).phase == phase


@pytest.mark.parametrize(("until_s", "phase"), [(2.5, "out"), (2.75, "resting")])
def test_a_frame_of_two_and_a_half_seconds_ago_still_counts(until_s: float, phase: str) -> None:
    assert Cut([(0.0, 0.0), *held(0.25, 0.25, until_s)]).phase == phase


@pytest.mark.parametrize(("sway", "phase"), [(0.0625, "resting"), (0.0625 + JUST, "out")])
def test_a_low_pause_may_sway_by_half_the_hysteresis(sway: float, phase: str) -> None:
    frames = [(0.0, 0.0), *held(0.25, 0.25, 1.0), (1.25, 0.25 + sway), *held(0.25, 1.5, 2.75)]
    assert Cut(frames).phase == phase


@pytest.mark.parametrize(("crest", "phase"), [(0.375, "out"), (0.375 - JUST, "resting")])
def test_a_pause_at_the_attempt_zone_is_still_a_movement(crest: float, phase: str) -> None:
    assert Cut([(0.0, 0.0), *held(crest, 0.25, 2.75)]).phase == phase


def test_the_new_rest_level_is_the_lowest_of_two_and_a_half_seconds() -> None:
    """Of the frames from 0.25 to 2.75 s the first is the lowest: progress is counted from there."""
    cut = Cut([(0.0, 0.0), (0.25, 0.25), *held(0.28125, 0.5, 2.75)])
    assert cut.phase == "resting"
    assert cut.segmenter.personal(0.25) == 0.0


def test_movements_are_half_open() -> None:
    """The first ends at the very frame at which the second may begin."""
    first, second = Cut(
        [*OUT, (1.0, 0.0), (1.25, 0.5), (1.5, 1.0), (1.75, 0.5), (2.0, 0.0), (2.25, 0.0)]
    ).movements
    assert isinstance(first, Movement)
    assert (first.start_s, first.end_s, second.start_s, second.end_s) == (0.0, 1.0, 1.0, 2.25)
