"""A template is tried before it is used: on its own repetitions, planted faults, bystanders and other exercises."""

from __future__ import annotations

import numpy as np
import pytest

from patterns.features.table import feature_table
from patterns.learning.demonstration import demonstration
from patterns.learning.learn import learn_template
from patterns.learning.repetition_finder import FoundRep
from patterns.templates.template import Template
from scoring.coach.recording import judge
from scoring.trials import validation as proof
from scoring.trials.cue_preview import fired
from scoring.trials.fault_injection import PLANTS, posed
from scoring.trials.synthetic import mirrored_poses
from scoring.trials.time_faults import RETIMINGS, drawn
from scoring.trials.validation import Finding, Proof, Shown, planted, prove, shown
from tests.patterns.learning.test_learn import filmed, raising
from tests.support.movements import Rep
from vision.pose import INDEX, PoseSequence

REPS = [Rep(2.0), Rep(8.0), Rep(14.0)]


@pytest.fixture(scope="module")
def recording() -> PoseSequence:
    return filmed(REPS, raising("right"))


def learned_from(recording: PoseSequence, reps: tuple[FoundRep, ...] | None = None) -> Template:
    return learn_template([demonstration(recording, "right", reps)], "arm-out", "Arm out", "right")


@pytest.fixture(scope="module")
def arm(recording: PoseSequence) -> Template:
    return learned_from(recording)


@pytest.fixture(scope="module")
def tried(arm: Template, recording: PoseSequence) -> Proof:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proof, "template_ids", lambda: ("shoulder-abduction", "squat"))
        return prove(arm, "right", [shown(recording, "right")])


def test_a_good_template_stands_all_trials_but_those_of_its_own_kind(tried: Proof) -> None:
    trials = {(one.trial, one.about): one.ok for one in tried.findings}
    for trial in ("own", "mirror", "still", "walk"):
        assert trials[trial, ""], trial
    for fault in ("trunk_lean", "trunk_rotation", "elbow_bend", "reduced_range", "too_fast", "too_slow"):
        assert trials["fault", fault], fault
    assert trials["other", "squat"]
    assert not trials["other", "shoulder-abduction"], "it is the same exercise"
    named = {one.about for one in tried.failed}
    assert "shoulder-abduction" in named
    alike = Proof(tried.template_sha256, tried.findings, ("shoulder-abduction",))
    assert {one.about for one in alike.failed} == named - {"shoulder-abduction"}
    for one in tried.findings:
        assert one.found.format(**one.values)
        assert one.ok == (not one.advice)


@pytest.mark.slow
def test_a_template_with_wide_limits_fails_and_is_told_which(arm: Template, recording: PoseSequence) -> None:
    wide = tuple(
        target.model_copy(update={"tolerance": 120.0, "steady": 120.0})
        if target.fault == "trunk_lean"
        else target
        for target in arm.target
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proof, "template_ids", tuple)
        tried = prove(arm.model_copy(update={"target": wide}), "right", [shown(recording, "right")])
    (lean,) = [one for one in tried.findings if one.about == "trunk_lean"]
    assert not lean.ok
    assert "Narrow the limit" in lean.advice
    assert not tried.stands


def own_of(template: Template, one: Shown) -> Finding:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proof, "template_ids", tuple)
        return prove(template, "right", [one]).findings[0]


@pytest.mark.slow
def test_of_a_repetition_that_was_left_out_nothing_is_asked() -> None:
    good = filmed([*REPS, Rep(20.0)], raising("right"))
    first, second, third, fourth = demonstration(good, "right").reps
    leaning = posed(good, second, PLANTS["trunk_lean"][0], learned_from(good))
    assert leaning is not None
    template = learned_from(leaning, (first, third, fourth))
    assert [
        rep.kind for rep in judge((leaning.frame(i) for i in range(len(leaning))), template, "right").reps
    ] == ["repetition"] * 4
    own = own_of(template, Shown(leaning, (first, third, fourth)))
    assert (own.ok, own.values["count"], own.values["shown"]) == (True, "3", "3")
    assert float(own.values["lowest"]) >= 90
    assert own.found.format(**own.values).endswith("counted in the recording beside them: 1"), (
        "it is not hidden"
    )
    all_of_them = own_of(template, Shown(leaning, (first, second, third, fourth)))
    assert not all_of_them.ok
    assert "beside them" not in all_of_them.found
    assert (all_of_them.values["count"], all_of_them.values["worst"]) == ("4", "trunk_lean")
    assert {one.rep for one in fired(template, "right", leaning)} == {2}
    assert fired(template, "right", leaning, (first, third, fourth)) == ()


@pytest.mark.slow
def test_a_repetition_that_the_recording_cuts_off_is_not_counted_and_the_trial_says_so(arm: Template) -> None:
    four = [*REPS, Rep(20.0)]
    whole = demonstration(filmed(four, raising("right")), "right").reps
    cut = filmed(four, raising("right"), until_s=(whole[3].leave_s + whole[3].end_s) / 2)
    assert own_of(arm, Shown(cut, whole[:3])).ok
    own = own_of(arm, Shown(cut, whole))
    assert (own.ok, own.values["count"], own.values["shown"]) == (False, "3", "4")
    assert "Leave out" in own.advice


def test_a_recording_without_a_repetition_has_nothing_to_plant_into(
    arm: Template, recording: PoseSequence
) -> None:
    assert list(planted(arm, "right", Shown(recording, ()))) == []


def test_what_goes_on_from_a_beginning_is_judged_as_the_whole_is(
    arm: Template, recording: PoseSequence
) -> None:
    begun = proof._Begun(arm, "right", arm, shown(recording, "right"))
    for plant in (*PLANTS["trunk_lean"], *PLANTS["elbow_bend"]):
        made = posed(begun.poses, begun.rep, plant, arm)
        assert made is not None
        whole = judge((made.frame(i) for i in range(len(made))), arm, "right")
        assert len(whole.reps) == 2
        assert repr(begun.judged(made)) == repr(whole.reps)


@pytest.mark.parametrize(("fault", "amount"), [("trunk_lean", 20.0), ("trunk_rotation", 30.0)])
def test_what_is_planted_is_as_much_as_is_said(
    recording: PoseSequence, arm: Template, fault: str, amount: float
) -> None:
    rep = demonstration(recording, "right").reps[1]
    for plant in PLANTS[fault]:
        made = posed(recording, rep, plant, arm)
        assert made is not None
        change = feature_table(made, [fault]).values - feature_table(recording, [fault]).values
        inside = (recording.t_s > rep.peak_s) & (recording.t_s < rep.leave_s)
        assert np.abs(change[inside]).mean() == pytest.approx(amount, rel=0.1)
        outside = (recording.t_s < rep.start_s - 0.5) | (recording.t_s > rep.end_s + 1.0)
        assert np.abs(change[outside]).max() < 0.5


def test_times_are_changed_for_one_repetition_alone(recording: PoseSequence, arm: Template) -> None:
    reps = demonstration(recording, "right").reps
    for name, change in RETIMINGS.items():
        changed = change(recording, reps, 1, arm)
        assert changed is not None, name
        times_s, at_s = changed
        assert (np.diff(times_s) > 0).all(), name
        made = drawn(recording, at_s, times_s)
        first = (made.t_s >= reps[0].start_s) & (made.t_s < reps[0].end_s)
        wrist = made.xy_px[first, INDEX["right_wrist"], 1]
        own = np.interp(made.t_s[first], recording.t_s, recording.xy_px[:, INDEX["right_wrist"], 1])
        np.testing.assert_allclose(wrist, own, atol=1e-6, err_msg=name)


def test_the_mirror_of_the_mirror_is_the_person(recording: PoseSequence) -> None:
    twice = mirrored_poses(mirrored_poses(recording))
    np.testing.assert_allclose(twice.xy_px, recording.xy_px)
    assert recording.world_m is not None
    np.testing.assert_allclose(np.asarray(twice.world_m), recording.world_m)
