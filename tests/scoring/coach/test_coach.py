"""The Coach on an analytic person: what counts, when, on which side, with which fault and cue."""

from collections.abc import Callable
from dataclasses import replace
from itertools import cycle, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.features.signals import View
from patterns.templates.library import load_template, template_ids
from patterns.templates.template import Side
from scoring.coach.coach import Coach
from scoring.coach.cues import CueChooser
from scoring.coach.recording import Judged, judge
from scoring.metrics.table import path_told
from scoring.records.records import RepScore
from tests.support.movements import Rep, arm_posture, frames, squat_posture
from tests.support.stick_figure import Posture
from vision.pose import INDEX, PoseFrame, PoseSequence
from vision.recording import read_recording, write_recording

ARMS = [t for t in template_ids() if t.startswith("ue-d") and t.count("-") == 2]
SPACED = [Rep(1.5), Rep(6.7), Rep(11.9)]


def mover(pattern: str, side: Side) -> Callable[[float], Posture]:
    if pattern == "squat":
        return squat_posture
    return lambda progress: arm_posture(pattern, side, progress)


def judged(
    pattern: str,
    side: Side,
    reps: list[Rep],
    change: Callable[[Posture, float, float], None] | None = None,
    until_s: float | None = None,
    rate_hz: float = 30.0,
) -> Judged:
    poses = frames(reps, mover(pattern, side), until_s, rate_hz, change)
    return judge(poses, load_template(pattern), side)


CASES: list[tuple[str, Side]] = [
    *((arm, ("left", "right")[k % 2]) for k, arm in enumerate(ARMS)),
    ("squat", "both"),
]
"""Each on one side: that the other is its mirror image is proved for every template and every feature by itself."""


@pytest.mark.parametrize(("pattern", "side"), CASES)
def test_repetitions_are_counted_on_either_side_with_their_times(pattern: str, side: Side) -> None:
    reps = judged(pattern, side, SPACED).reps
    assert [rep.kind for rep in reps] == ["repetition"] * 3
    for rep, truth in zip(reps, SPACED, strict=True):
        assert rep.start_s == pytest.approx(truth.start_s, abs=0.25)
        assert rep.peak_s == pytest.approx(truth.peak_s, abs=0.25)
        assert rep.end_s == pytest.approx(truth.end_s, abs=0.25)
        assert rep.total is not None and rep.total >= 90
        assert not rep.faults
    assert all(a.end_s <= b.start_s for a, b in pairwise(reps))


@pytest.mark.parametrize(("pattern", "side"), [case for case in CASES if case[1] != "both"])
def test_the_other_side_moving_is_not_counted(pattern: str, side: Side) -> None:
    other: Side = "left" if side == "right" else "right"
    poses = frames(SPACED, mover(pattern, side))
    assert not judge(poses, load_template(pattern), other).reps


@pytest.mark.parametrize(
    "rep",
    [
        Rep(1.5, out_s=0.3, hold_s=0.0, back_s=0.3),
        Rep(1.5, out_s=10.0, hold_s=1.0, back_s=10.0),
        Rep(1.5, pause_s=2.0),
        Rep(1.5, hold_s=4.0),
        Rep(1.5, amount=0.75),
    ],
    ids=["fast", "slow", "paused", "held", "partial"],
)
def test_fast_slow_paused_held_and_partial_movements_count_once(rep: Rep) -> None:
    for pattern in ("ue-d2-flexion", "ue-d1-extension"):
        reps = judged(pattern, "right", [rep]).reps
        assert [r.kind for r in reps] == ["repetition"], (pattern, [r.reason for r in reps])


def test_a_half_repetition_is_an_attempt_with_its_reason() -> None:
    reps = judged("ue-d2-flexion", "right", [Rep(1.5), Rep(6.7, amount=0.42), Rep(11.9)]).reps
    assert [rep.kind for rep in reps] == ["repetition", "attempt", "repetition"]
    assert reps[1].reason is not None and reps[1].reason.startswith("turned back at")
    assert [rep.index for rep in reps] == [1, 2, 3]


@pytest.mark.parametrize("pattern", ["ue-d2-flexion", "ue-d1-extension", "squat"])
def test_the_end_of_a_recording_cuts_off_no_repetition_that_was_done(pattern: str) -> None:
    side: Side = "both" if pattern == "squat" else "left"
    rep = Rep(1.5)
    assert [r.kind for r in judged(pattern, side, [rep], until_s=rep.end_s).reps] == ["repetition"]
    assert not judged(pattern, side, [rep], until_s=rep.peak_s + 0.3).reps
    assert not judged(pattern, side, [rep], until_s=rep.start_s + 0.2).reps


@pytest.mark.slow
def test_standing_still_for_a_minute_counts_nothing() -> None:
    noise = np.random.default_rng(7)

    def sway(posture: Posture, progress: float, t_s: float) -> None:
        posture.lean_left += float(2 * np.sin(t_s) + noise.normal(0, 0.3))

    for (pattern, side), rate_hz in zip(CASES, cycle((15.0, 30.0)), strict=False):
        assert not judged(pattern, side, [], sway, until_s=60.0, rate_hz=rate_hz).reps


def test_repetitions_without_a_rest_between_them_are_told_apart() -> None:
    quick = [Rep(1.0 + 1.7 * k, out_s=0.8, hold_s=0.0, back_s=0.8) for k in range(6)]
    cases: list[tuple[str, Side]] = [
        ("squat", "both"),
        ("ue-d2-flexion", "left"),
        ("ue-d1-extension", "right"),
    ]
    for pattern, side in cases:
        reps = judged(pattern, side, quick).reps
        assert sum(r.kind == "repetition" for r in reps) == 6
        assert all(a.end_s <= b.start_s for a, b in pairwise(reps))


def test_a_movement_ends_where_the_next_begins_not_within_it() -> None:
    quick = [Rep(1.0, 1.54, 0.91, 1.69), Rep(5.88, 1.64, 0.68, 0.97), Rep(9.81, 1.61, 0.88, 1.97)]
    reps = judged("squat", "both", quick).reps
    assert [rep.kind for rep in reps] == ["repetition"] * 3
    assert reps[1].end_s == pytest.approx(quick[1].end_s, abs=0.25)
    assert {m.name: m.value for m in reps[1].metrics}["time_back"] == pytest.approx(0.97, abs=0.25)
    assert all(a.end_s <= b.start_s for a, b in pairwise(reps))


def test_ten_frames_a_second_are_enough_to_count() -> None:
    assert len(judged("ue-d2-flexion", "right", SPACED, rate_hz=10.0).reps) == 3


def test_live_needs_the_start_posture_held_and_says_so() -> None:
    coach = Coach(load_template("ue-d2-flexion"), "right", hold_s=2.0)
    updates = [coach.step(p) for p in frames([Rep(0.6), Rep(8.0)], mover("ue-d2-flexion", "right"))]
    assert updates[0].state == "framing" and updates[0].arms_in_s == pytest.approx(2.0)
    assert [rep.start_s for rep in coach.reps] == [pytest.approx(8.0, abs=0.25)]
    assert "moving" in {u.state for u in updates}
    closed = [u for u in updates if u.closed is not None]
    assert len(closed) == 1 and closed[0].repetitions == 1 and closed[0].cue == coach.reps[0].cue


def test_leaving_the_picture_disarms_and_keeps_what_was_counted() -> None:
    there = list(frames(SPACED, mover("ue-d2-flexion", "right")))
    poses = [PoseFrame.missing(p.t_s, p.size_wh) if 5.9 <= p.t_s < 9.0 else p for p in there]
    coach = Coach(load_template("ue-d2-flexion"), "right", hold_s=0.0)
    states = {coach.step(p).state for p in poses}
    assert "lost" in states
    assert [round(rep.start_s) for rep in coach.reps if rep.kind == "repetition"] == [2, 12]


def test_a_movement_that_took_too_long_is_not_judged() -> None:
    rep = only(judged("ue-d2-flexion", "right", [Rep(1.5, hold_s=30.0)]))
    assert rep.reason == "took too long"
    assert_not_judged(rep)


def assert_not_judged(rep: RepScore) -> None:
    assert rep.total is None and rep.range is None and rep.control is None
    assert rep.faults == () and rep.metrics == () and rep.cue is None


def test_a_repetition_of_which_too_little_was_seen_gets_no_score() -> None:
    there = list(frames(SPACED[:1], mover("ue-d2-flexion", "right")))
    poses = [
        PoseFrame.missing(p.t_s, p.size_wh) if i % 2 and 1.0 < p.t_s < 6.0 else p for i, p in enumerate(there)
    ]
    reps = judge(poses, load_template("ue-d2-flexion"), "right").reps
    assert len(reps) == 1
    assert reps[0].coverage < 0.7
    assert reps[0].total is None and reps[0].range is None and reps[0].control is None
    assert not reps[0].faults and reps[0].cue is None


@pytest.mark.parametrize("pattern", ["squat", "sit-to-stand"])
def test_feet_out_of_the_picture_are_asked_for(pattern: str) -> None:
    feet = [INDEX[f"{side}_{part}"] for side in ("left", "right") for part in ("ankle", "heel", "foot_index")]
    coach = Coach(load_template(pattern), "both", hold_s=2.0)
    for pose in frames([Rep(1.5)], squat_posture):
        hidden = pose.xy_px.copy()
        hidden[feet] = np.nan
        update = coach.step(replace(pose, xy_px=hidden))
        assert update.state == "framing" and update.message == "Step back: your feet are not in sight."


def test_nobody_in_the_picture_counts_nothing() -> None:
    poses = [PoseFrame.missing(i / 30, (640, 480)) for i in range(30)]
    assert not judge(poses, load_template("squat"), "both").reps


def leaning(degrees: float) -> Callable[[Posture, float, float], None]:
    def change(posture: Posture, progress: float, t_s: float) -> None:
        posture.lean_left += degrees * progress

    return change


def test_a_trunk_lean_is_found_where_it_happens_and_cued() -> None:
    reps = judged("ue-d2-flexion", "right", SPACED, leaning(18.0)).reps
    for rep in reps:
        fault = next(f for f in rep.faults if f.id == "trunk_lean")
        assert fault.value == pytest.approx(18.0, abs=3.0)
        assert 7.0 < fault.limit < 9.0 and fault.unit == "deg", "6 of tolerance and the error from the front"
        assert 0.2 < fault.phase[0] < fault.phase[1] <= 1.0
    first = reps[0].cue
    assert first is not None and first.rule == "trunk_lean" and first.value == pytest.approx(18.0, abs=3.0)


def test_the_same_cue_waits_two_repetitions() -> None:
    many = [Rep(1.5 + 5.2 * k) for k in range(5)]
    given_rules = [
        rep.cue.rule if rep.cue else None
        for rep in judged("ue-d2-flexion", "right", many, leaning(18.0)).reps
    ]
    assert given_rules[0] == "trunk_lean" and given_rules[3] == "trunk_lean"
    assert "trunk_lean" not in given_rules[1:3]


def test_a_clean_repetition_is_praised_with_its_number() -> None:
    rep = judged("ue-d2-flexion", "right", SPACED[:1]).reps[0]
    assert rep.cue is not None and rep.cue.rule == "praise" and rep.cue.value == rep.total


@pytest.mark.parametrize(
    ("total", "control", "praised"), [(95.0, 90.0, True), (90.0, 89.0, False), (83.0, 66.0, False)]
)
def test_a_repetition_without_a_fault_is_praised_for_a_high_score_alone(
    total: float, control: float, praised: bool
) -> None:
    rep = RepScore(1, "repetition", None, "right", 1.0, 2.0, 4.0, total, 100.0, control, 1.0)
    cue = CueChooser(load_template("squat")).choose(rep)
    assert (cue is not None and cue.rule == "praise") is praised


def only(found: Judged) -> RepScore:
    assert len(found.reps) == 1
    return found.reps[0]


@settings(max_examples=8, deadline=None)
@given(less=st.floats(0, 25), more=st.floats(0, 25))
def test_a_worse_lean_never_scores_higher(less: float, more: float) -> None:
    less, more = sorted((less, more))
    a, b = (only(judged("ue-d2-flexion", "right", SPACED[:1], leaning(d))) for d in (less, more))
    assert a.control is not None and b.control is not None
    assert b.control <= a.control + 0.5


def test_less_range_never_scores_higher_range() -> None:
    amounts = (1.0, 0.9, 0.8, 0.7, 0.62)
    scores = [only(judged("ue-d1-flexion", "left", [replace(SPACED[0], amount=a)])).range for a in amounts]
    assert all(a is not None and b is not None and a >= b - 0.5 for a, b in pairwise(scores))
    assert "reduced_range" in {
        f.id for f in only(judged("ue-d1-flexion", "left", [Rep(1.5, amount=0.62)])).faults
    }


def test_too_fast_and_too_slow_are_told_in_seconds() -> None:
    fast = only(judged("ue-d2-flexion", "right", [Rep(1.5, out_s=0.5, back_s=0.5)]))
    slow = only(judged("ue-d2-flexion", "right", [Rep(1.5, out_s=10.0, back_s=10.0)]))
    assert {f.id for f in fast.faults} >= {"too_fast"} and {f.id for f in slow.faults} >= {"too_slow"}
    assert {m.name: m.value for m in slow.metrics}["time_out"] == pytest.approx(10.0, abs=0.8)


def test_a_side_view_says_what_it_cannot_show() -> None:
    poses = frames(SPACED, squat_posture, turned_right=80.0)
    found = judge(poses, load_template("squat"), "both")
    assert len(found.reps) == 3
    reasons = {n.feature: n.reason for n in found.not_measured}
    assert (
        "seen from the side" in reasons["knee_medial_tilt_left"]
        and "seen from the side" in reasons["trunk_lean"]
    )
    assert "foot_pressure" in reasons
    assert "knee_valgus_left" not in {m.name for rep in found.reps for m in rep.metrics}


def test_a_back_that_wavers_about_180_degrees_is_not_called_a_front() -> None:
    left, right = (frames(SPACED[:1], squat_posture, turned_right=d) for d in (-172.0, 172.0))
    poses = [pair[k % 2] for k, pair in enumerate(zip(left, right, strict=True))]
    found = judge(poses, load_template("squat"), "both")
    told = [n.reason for n in found.not_measured if "seen from" in n.reason]
    assert told and all(reason.endswith("seen from the back") for reason in told)


@pytest.mark.parametrize(
    ("view", "told"), [("front", True), ("oblique", True), ("side", False), ("back", False)]
)
def test_a_hands_path_is_never_guessed_from_a_view_that_hides_it(view: View, told: bool) -> None:
    assert path_told(view, load_template("ue-d2-flexion")) is told
    assert path_told(view, load_template("squat")) is (view != "back")


@pytest.mark.parametrize(("pattern", "side"), [("ue-d2-flexion", "left"), ("squat", "both")])
def test_live_is_recorded_is_replayed_bit_for_bit(tmp_path: Path, pattern: str, side: Side) -> None:
    poses = list(frames(SPACED, mover(pattern, side)))
    template = load_template(pattern)
    recorded = judge(poses, template, side)
    live = Coach(template, side, hold_s=0.0)
    for pose in poses:
        live.step(pose)
    assert live.reps == recorded.reps
    file = tmp_path / "set.npz"
    write_recording(file, PoseSequence.from_frames(poses))
    stored = read_recording(file)
    replayed = judge((stored.frame(i) for i in range(len(stored))), template, side)
    assert replayed.reps == recorded.reps
    assert replayed.not_measured == recorded.not_measured


@pytest.mark.parametrize(("begun_s", "counted"), [(-0.5, 2), (-0.9, 2), (-1.9, 1)])
def test_a_recording_may_begin_on_the_way_out_but_not_on_the_way_back(begun_s: float, counted: int) -> None:
    """Way out 1.8 s, hold 0.6 s: who is first seen in the second half of the way, or at its end, was not seen to go."""
    reps = judged("squat", "both", [Rep(begun_s), Rep(6.0)]).reps
    assert [rep.kind for rep in reps] == ["repetition"] * counted
    assert reps[0].start_s >= 0.0
    live = Coach(load_template("squat"), "both", hold_s=1.0)
    for pose in frames([Rep(begun_s), Rep(6.0)], squat_posture):
        live.step(pose)
    assert len(live.reps) == 1
