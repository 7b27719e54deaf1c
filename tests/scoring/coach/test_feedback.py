"""What a person is told when: schedules, strengths, the bandwidth; repetitions written down by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from patterns.templates.library import load_template, template_ids
from patterns.templates.template import FAULT_IDS
from patterns.templates.template_file import strengths
from scoring.coach.feedback import FADES_AFTER, STAGES, WIDEST, Feedback, Stage, Told, stage_after
from scoring.records.records import Fault, MetricValue, RepScore

TEMPLATE = load_template("ue-d2-flexion")
GOOD = {"reach": 98.0, "trunk_lean": 97.0, "shoulder_hike_right": 96.0, "elbow_flexion_right": 80.0}
LEAN = "Keep your breastbone over your belt buckle and let only the arm travel."
ELBOW = "Reach long through your fingertips so the arm stays straight."
PRAISE = "Good - that one was right."
UPRIGHT, WHOLE_WAY, LOW = (
    strengths()["strength"][f] for f in ("trunk_lean", "reduced_range", "shoulder_hike")
)


def fault(name: str, severity: float = 0.5) -> Fault:
    return Fault(name, "x", 1.0, 0.5, "deg", (0.0, 1.0), severity)


def rep(
    number: int, *faults: Fault, total: float | None = None, scores: dict[str, float] | None = None
) -> RepScore:
    """A repetition with these faults; 95 points without any and 70 with one where nothing is said."""
    points = (70.0 if faults else 95.0) if total is None else total
    metrics = tuple(MetricValue(name, 1.0, "", None, score, 1.0) for name, score in (scores or GOOD).items())
    at_s = 5.0 * number
    return RepScore(
        number,
        "repetition",
        None,
        "right",
        at_s,
        at_s + 1,
        at_s + 3,
        points,
        points,
        points,
        1.0,
        metrics,
        faults,
    )


def tells(stage: Stage, reps: Sequence[RepScore]) -> list[Told | None]:
    feedback = Feedback(TEMPLATE, "right", stage)
    return [feedback.closed(one) for one in reps]


def test_a_good_repetition_is_praised_and_nothing_else_is_said() -> None:
    assert tells("every", [rep(1)]) == [Told(PRAISE, None)]


def test_one_strength_and_one_cue_the_positive_first() -> None:
    """The trunk leaned, so it is no strength; the shoulder comes next in the template's order, before the range."""
    (told,) = tells("every", [rep(1, fault("trunk_lean"), fault("elbow_bend"))])
    assert told is not None and told.cue is not None
    assert told.text == f"{LOW} {LEAN}"


def test_what_got_better_is_the_strength() -> None:
    told = tells("every", [rep(1, fault("trunk_lean")), rep(2, fault("elbow_bend"))])[1]
    assert told is not None
    assert told.text == f"{strengths()['better']['trunk_lean']} {ELBOW}"


def test_the_same_cue_comes_again_only_after_two_repetitions_without_it() -> None:
    told = tells("every", [rep(n, fault("trunk_lean")) for n in range(1, 6)])
    assert [one is not None and one.cue is not None for one in told] == [True, False, False, True, False]


def test_strengths_take_turns() -> None:
    told = tells("every", [rep(n, fault("elbow_bend")) for n in range(1, 5)])
    assert [one.strength for one in told if one] == [UPRIGHT, LOW, WHOLE_WAY, UPRIGHT]


def test_every_third_tells_of_what_most_of_the_three_had() -> None:
    reps = [rep(1, fault("elbow_bend")), rep(2, fault("elbow_bend")), rep(3, fault("trunk_lean"))]
    told = tells("third", [*reps, rep(4), rep(5), rep(6)])
    assert [one is None for one in told] == [True, True, False, True, True, False]
    assert told[2] is not None and told[2].cue is not None and told[2].cue.text == ELBOW
    assert told[5] == Told(PRAISE, None)


def test_summary_says_nothing_before_the_end_unless_asked() -> None:
    feedback = Feedback(TEMPLATE, "right", "summary")
    assert feedback.asked() is None
    assert [feedback.closed(rep(n, fault("trunk_lean"))) for n in (1, 2)] == [None, None]
    for _ in range(2):  # who asks twice is answered twice
        told = feedback.asked()
        assert told is not None and told.cue is not None and told.cue.text == LEAN


def test_the_set_in_one_strength_and_one_thing_to_work_on() -> None:
    feedback = Feedback(TEMPLATE, "right", "summary")
    for one in (
        rep(1, fault("trunk_lean")),
        rep(2, fault("elbow_bend")),
        rep(3, fault("elbow_bend")),
        rep(4),
    ):
        feedback.closed(one)
    told = feedback.summary()
    assert told is not None
    assert told.text == f"{strengths()['better']['trunk_lean']} {ELBOW}"
    assert Feedback(TEMPLATE, "right").summary() is None


def test_a_clean_set_is_praised_at_its_end() -> None:
    feedback = Feedback(TEMPLATE, "right", "summary")
    for n in (1, 2):
        feedback.closed(rep(n, scores={"elbow_flexion_right": 90.0}))
    assert feedback.summary() == Told(PRAISE, None)


def test_the_bandwidth_widens_when_under_half_succeed_and_narrows_again() -> None:
    """Four faulty of four: one step wider, so that a severity of 0.08 passes; five good of six later: narrower."""
    feedback = Feedback(TEMPLATE, "right")
    for n in range(1, 5):
        feedback.closed(rep(n, fault("trunk_lean", 0.08)))
    assert feedback.band == pytest.approx(0.1)
    told = feedback.closed(rep(5, fault("trunk_lean", 0.08)))
    assert told is not None and told.cue is None and told.strength
    for n in range(6, 9):
        feedback.closed(rep(n))
    assert feedback.band == pytest.approx(0.05)


def test_the_bandwidth_never_hides_what_is_large() -> None:
    feedback = Feedback(TEMPLATE, "right")
    said = [feedback.closed(rep(n, fault("trunk_lean", 0.9))) for n in range(1, 40)]
    assert feedback.band == pytest.approx(WIDEST)
    assert any(one is not None and one.cue is not None for one in said[-4:])


def test_half_of_the_repetitions_are_enough() -> None:
    feedback = Feedback(TEMPLATE, "right")
    for n in range(1, 20):
        feedback.closed(rep(n, *([fault("trunk_lean")] if n % 2 == 0 else [])))
    assert feedback.band == 0.0


def test_without_a_score_nothing_is_told() -> None:
    unseen = RepScore(1, "repetition", None, "right", 0.0, 1.0, 2.0, None, None, None, 0.4)
    assert tells("every", [unseen]) == [None]


def test_feedback_fades_over_sets() -> None:
    assert [stage_after(n) for n in (0, 1, 2, 4, 5, 8, 9, 500)] == [
        "live", "live", "every", "every", "third", "third", "summary", "summary",
    ]  # fmt: skip
    assert len(FADES_AFTER) == len(STAGES) - 1


def test_every_fault_has_its_strength() -> None:
    assert all(set(words) == set(FAULT_IDS) for words in strengths().values())


@pytest.mark.parametrize("template_id", template_ids())
def test_every_template_can_name_a_strength(template_id: str) -> None:
    """Somebody who does everything right but one thing hears something good about one of the others."""
    template = load_template(template_id)
    side = template.sides[0]
    one = rep(1, fault("jerky"), scores={"reach": 99.0, "return": 99.0})
    told = Feedback(template, side).closed(one)
    assert told is not None and told.strength and told.cue is not None
