"""What a learned template judges beside the way, on people whose movement is known."""

from __future__ import annotations

from patterns.learning.demonstration import demonstration
from patterns.learning.learn import learn_template
from tests.patterns.learning.test_learn import THREE, TURNS, filmed, learned, march, raising, scored
from tests.support.movements import squat_posture
from tests.support.stick_figure import Posture


def standing_up(progress: float) -> Posture:
    """From sitting to standing; see leaning for the trunk."""
    return squat_posture(1.0 - progress)


def leaning(held: Posture, _progress: float, t_s: float) -> None:
    """The trunk is upright but for a lean there and back about when the knees begin to stretch, and end to bend."""
    at_s = [s for rep in THREE for s in (rep.start_s + 0.3, rep.end_s - 0.3)]
    held.lean_forward = max(35.0 * max(0.0, 1.0 - abs(t_s - s)) for s in at_s)


def test_a_lean_that_goes_there_and_back_belongs_to_the_way() -> None:
    template = learned(filmed(THREE, standing_up, leaning), "both")
    assert "trunk_forward_lean" in template.path.features
    assert "trunk_forward_lean" not in learned(filmed(THREE, squat_posture), "both").path.features


def test_what_one_person_does_along_is_less_than_right_for_all() -> None:
    def little(held: Posture, progress: float, _t_s: float) -> None:
        held.lean_left = 4.0 * progress

    def much(held: Posture, progress: float, _t_s: float) -> None:
        held.lean_left = 30.0 * progress

    for change, low, high in ((little, 0.0, 0.5), (much, 0.8, 1.0)):
        template = learned(filmed(THREE, raising("right"), change))
        (target,) = (t for t in template.target if t.feature == "trunk_lean")
        shown = {little: 4.0, much: 30.0}[change]
        assert low <= abs(target.value[-1]) / shown <= high


def test_a_knee_in_the_air_does_not_fall_in_and_one_that_bends_is_not_to_stay_straight() -> None:
    template = learned(filmed(TURNS, lambda _: Posture(), march))
    judged = {(target.feature, target.fault) for target in template.target}
    assert ("knee_valgus_right", "knee_valgus") not in judged
    assert ("knee_flexion_right", "knee_bend") not in judged and ("knee_flexion_left", "knee_bend") in judged


def test_two_legs_that_work_alike_are_judged_for_evenness_from_every_view() -> None:
    squat = learned(filmed(THREE, squat_posture), "both")
    aside = learned(filmed(THREE, squat_posture, turned_right=80.0), "both")
    for template in (squat, aside):
        judged = {target.fault for target in template.target}
        assert {"weight_shift", "trunk_lean", "knee_valgus"} <= judged
        assert not {"left_knee", "right_ankle"} & set(template.required)


def test_sides_that_take_turns_are_learned_together() -> None:
    sequence = filmed(TURNS, lambda _: Posture(), march)
    shown = [demonstration(sequence, side) for side in ("left", "right")]
    template = learn_template(shown, "learned", "Learned", "right")
    assert template.alternates and len(scored(sequence, template, "both")) == len(TURNS)
    assert not learn_template(shown[1:], "learned", "Learned", "right").alternates
