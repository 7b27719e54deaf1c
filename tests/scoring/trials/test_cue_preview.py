"""What a template would say of a recording: every fault with its sentence and its time, and the one that is said."""

from __future__ import annotations

import numpy as np
import pytest

from patterns.templates.edits import with_cue
from patterns.templates.library import load_template
from scoring.coach.recording import judge
from scoring.trials.cue_preview import Fired, fired
from scoring.trials.synthetic import mirrored_poses
from tests.patterns.learning.test_learn import filmed
from tests.support.movements import Rep
from tests.support.stick_figure import Posture
from vision.pose import PoseSequence

ARM = load_template("shoulder-abduction")
REPS = [Rep(2.0), Rep(8.0), Rep(14.0), Rep(20.0)]
LEANS_S = (11.0, 11.8)
"""On the way back of the second repetition, at half of the way."""


def up(progress: float) -> Posture:
    """The straight right arm out to the side and up, from 8 to 158 degrees."""
    held = Posture()
    held.arms["right"] = (8.0 + 150.0 * progress, 10.0, 5.0)
    return held


def lean_back_and_bend(held: Posture, progress: float, t_s: float) -> None:
    """Leans for a moment on the second way back; bends the elbow in the third and fourth, and turns the trunk."""
    inside = (t_s - LEANS_S[0]) / (LEANS_S[1] - LEANS_S[0])
    if 0 < inside < 1:
        held.lean_left = 35.0 * float(np.sin(np.pi * inside))
    if t_s > REPS[2].start_s:
        elevation, plane, _ = held.arms["right"]
        held.arms["right"] = (elevation, plane, 5.0 + 80.0 * progress)
        held.turn_right = 40.0 * progress


@pytest.fixture(scope="module")
def recording() -> PoseSequence:
    return filmed(REPS, up, lean_back_and_bend)


@pytest.fixture(scope="module")
def told(recording: PoseSequence) -> tuple[Fired, ...]:
    return fired(ARM, "right", recording)


def test_every_fault_of_the_judgement_is_there_with_its_numbers(
    recording: PoseSequence, told: tuple[Fired, ...]
) -> None:
    reps = judge((recording.frame(i) for i in range(len(recording))), ARM, "right").reps
    assert len(reps) == len(REPS)
    wanted = [(rep.index, f.id, f.feature, f.value, f.limit, f.unit) for rep in reps for f in rep.faults]
    assert [(one.rep, one.fault, one.feature, one.value, one.limit, one.unit) for one in told] == wanted
    assert {one.fault for one in told if one.rep == 1} == set()
    assert {one.fault for one in told if one.rep == 2} == {"trunk_lean"}
    assert {"elbow_bend", "trunk_rotation"} <= {one.fault for one in told if one.rep == 3}
    for rep in reps:
        said = [one.text for one in told if one.rep == rep.index and one.said]
        assert said == ([] if rep.cue is None or not rep.faults else [rep.cue.text])


def test_one_is_said_of_each_repetition_and_not_the_same_again(told: tuple[Fired, ...]) -> None:
    said = [one for one in told if one.said]
    priority = {cue.fault: cue.priority for cue in ARM.cue}
    third = [one for one in told if one.rep == 3]
    (first,) = [one for one in said if one.rep == 3]
    (second,) = [one for one in said if one.rep == 4]
    assert priority[first.fault] == min(priority[one.fault] for one in third)
    assert second.fault != first.fault


def test_a_fault_is_where_it_was_done(told: tuple[Fired, ...]) -> None:
    (lean,) = [one for one in told if one.rep == 2]
    assert LEANS_S[0] - 0.15 <= lean.from_s < lean.to_s <= LEANS_S[1] + 0.15
    for one in told:
        if one.fault in ("elbow_bend", "trunk_rotation"):
            rep = REPS[one.rep - 1]
            assert rep.start_s < one.from_s < rep.peak_s
            assert rep.peak_s + rep.hold_s < one.to_s < rep.end_s


def test_what_has_no_part_is_of_the_whole_repetition() -> None:
    (slow,) = [one for one in fired(ARM, "right", filmed([Rep(2.0, out_s=10.0)], up)) if one.said]
    assert slow.fault == "too_slow"
    assert (slow.from_s, slow.to_s) == pytest.approx((2.0, 14.4), abs=0.7)


def test_what_fell_short_is_told_where_it_turned() -> None:
    rep = Rep(2.0, amount=0.72)
    short = [one for one in fired(ARM, "right", filmed([rep], up)) if one.fault == "reduced_range"]
    assert len(short) == 1
    assert rep.start_s + 0.5 < short[0].from_s <= rep.peak_s
    assert rep.peak_s + rep.hold_s <= short[0].to_s < rep.end_s - 0.5


def test_it_says_the_words_of_the_template_with_the_numbers(recording: PoseSequence) -> None:
    own = with_cue(ARM, "trunk_lean", "You lean by {value}, {limit} is fine.", 1)
    (lean,) = [one for one in fired(own, "right", recording) if one.rep == 2]
    assert lean.text == f"You lean by {lean.value:.0f}, {lean.limit:.0f} is fine."
    assert 20 < lean.value < 36


def test_the_mirror_says_the_same_at_the_same_times(recording: PoseSequence, told: tuple[Fired, ...]) -> None:
    other = fired(ARM, "left", mirrored_poses(recording))
    assert [(one.rep, one.fault, one.text, one.said) for one in other] == [
        (one.rep, one.fault, one.text, one.said) for one in told
    ]
    assert [one.from_s for one in other] == pytest.approx([one.from_s for one in told], abs=0.05)
    assert {one.side for one in other} == {"left"}
