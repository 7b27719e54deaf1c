"""Generate the pages of exercises, faults, features, programs, techniques and timed tests from the data."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from benchmarks.page_blocks import markdown_table
from patterns.features.signals import SIDES
from patterns.features.table import FEATURES, Feature
from patterns.features.view_errors import feature_error
from patterns.programs.program import FAMILIES as PROGRAM_FAMILIES
from patterns.programs.program import Item, Program, load_program, program_ids
from patterns.programs.technique import GOALS, Stage, Step, Technique, load_technique, technique_ids
from patterns.programs.timed_test import TimedTest, load_timed_test, timed_test_ids
from patterns.templates.library import by_family, load_template, template_ids
from patterns.templates.template import ALWAYS_JUDGED, FAMILIES, FAULT_IDS, Template
from tests.docs.markdown import code, codes, page

VIEWS: Final = ("front", "oblique", "side")
FAULTS: Final = {
    "reduced_range": "The movement ends short of the end posture, or of the person's own usual reach.",
    "trunk_lean": "The trunk leans to one side.",
    "trunk_forward_lean": "The trunk leans forward or backward more than the exercise allows.",
    "trunk_rotation": "The shoulders turn against the hips.",
    "shoulder_hike": "One shoulder rises towards the ear.",
    "elbow_bend": "The elbow bends where the exercise asks for a straight arm.",
    "knee_bend": "The knee bends where the exercise asks for a straight leg.",
    "wrong_path": "The hand or foot leaves the path.",
    "too_fast": "The outward or return phase is shorter than the shortest time.",
    "too_slow": "The outward or return phase is longer than the longest time.",
    "jerky": "The movement is not smooth, or trembles.",
    "knee_valgus": "The knee moves inwards, towards the midline.",
    "weight_shift": "The hips move to one side of the feet.",
    "heel_lift": "Reserved name, raised by no exercise: feet are too small in the picture to show it.",
    "hip_hike": "One side of the pelvis rises.",
    "incomplete_return": "The movement turns before it is back at the start posture.",
    "asymmetry": "Left and right differ in a movement of both sides.",
}
_UNITS: Final = {
    "deg": ("degrees", "°"),
    "arm lengths": ("arm lengths", ""),
    "leg lengths": ("leg lengths", ""),
}
ALSO_CHECKED: Final = {
    "reduced_range": "progress along the path",
    "wrong_path": "distance from the path",
    "too_fast": "tempo",
    "too_slow": "tempo",
    "jerky": "smoothness",
    "incomplete_return": "progress along the path",
}
"""What faults are checked on, beyond features."""
MEANINGS: Final = {
    "shoulder_elevation": "Angle between upper arm and the hanging position along the trunk, 0 to 180.",
    "shoulder_plane": "Plane in which the arm is raised: 0 to the side, 90 forward, more across the body.",
    "shoulder_flexion": "Angle of the upper arm in the sagittal plane of the trunk; + forward.",
    "shoulder_abduction": "Angle of the upper arm in the frontal plane of the trunk; + away from it.",
    "elbow_flexion": "Angle between upper arm and forearm; 0 is straight.",
    "hip_flexion": "Angle between thigh and trunk in the sagittal plane; + forward.",
    "hip_abduction": "Angle between thigh and gravity in the frontal plane; + away from the midline.",
    "knee_flexion": "Angle between thigh and shank; 0 is straight.",
    "knee_valgus": "Frontal-plane projection angle of the knee; + inwards.",
    "knee_medial_tilt": "Tilt of the shank towards the midline, across the direction of the foot.",
    "ankle_dorsiflexion": "Angle of the shank forward over the foot.",
    "shoulder_hike": "Angle by which one shoulder stands above the other, less what a lateral lean explains.",
    "hand_x": "Hand from the shoulder, away from the midline.",
    "hand_y": "Hand from the shoulder, up along the trunk.",
    "foot_x": "Ankle from the hip, away from the midline.",
    "foot_y": "Ankle from the hip, up against gravity.",
    "trunk_lean": "Lateral lean of the trunk; + to the person's left.",
    "trunk_forward_lean": "Lean of the trunk in the sagittal plane; + forward.",
    "trunk_rotation": "Turn of the shoulder line against the hip line; + to the person's right.",
    "pelvis_tilt": "Tilt of the pelvis; + left side higher.",
    "hip_shift": "Hips to one side of the ankles; + to the person's left.",
}


def exercises() -> str:
    """Return the page of exercises, by family."""
    intro = (
        f"{len(template_ids())} exercises come with Diagonal. Each is one TOML file in `patterns/data/templates`; a "
        "new one needs no code ([Authoring](../authoring.md)). The side is the person's own. Every exercise also "
        f"checks {codes(ALWAYS_JUDGED)}."
    )
    families = [
        f"## {FAMILIES[family]}\n\n{_exercise_table([load_template(one) for one in ids])}"
        for family, ids in by_family().items()
    ]
    return page("Exercises", intro, *families)


def _exercise_table(templates: Sequence[Template]) -> str:
    rows = [
        (
            code(one.id),
            one.title,
            ", ".join(one.sides),
            one.view,
            "yes" if one.can_be_seated else "no",
            codes([fault for fault in FAULT_IDS if fault in one.raised and fault not in ALWAYS_JUDGED]),
        )
        for one in templates
    ]
    heads = ("id", "exercise", "side", "camera view", "sitting", "further faults")
    unseen = dict.fromkeys(f"- {why}" for one in templates for why in one.not_measured.values())
    return "\n".join([markdown_table(heads, rows), "", "Not measurable:", "", *unseen])


def faults() -> str:
    """Return the page of faults: what each means, and on which features exercises check it."""
    rows = [
        (code(fault), FAULTS[fault], _checked_on(fault), _number_of_exercises(fault)) for fault in FAULT_IDS
    ]
    intro = (
        "Fault ids are the same in every exercise. A fault is reported only beyond the limit plus the measurement "
        "error. Each exercise sets its own limits; `python cli.py patterns show ID` prints them."
    )
    heads = ("id", "meaning", "checked on", "exercises")
    return page("Faults", intro, markdown_table(heads, rows, (False, False, False, True)))


def _checked_on(fault: str) -> str:
    targets = [one for name in template_ids() for one in load_template(name).target if one.fault == fault]
    named = sorted({FEATURES[one.feature].base for one in targets})
    return ", ".join(filter(None, (ALSO_CHECKED.get(fault, ""), codes(named))))


def _number_of_exercises(fault: str) -> str:
    return str(sum(fault in load_template(name).raised for name in template_ids()))


def features() -> str:
    """Return the page of features: unit, sides, what each is, where it is measurable, its error by view."""
    rows = [_feature_row(base, list(of)) for base, of in groupby(FEATURES.values(), lambda one: one.base)]
    intro = (
        "A feature is one number of the body over time. Angles count from the anatomical zero in degrees; flexion is "
        "positive. Left and right are the person's. A feature that was not seen has no value.\n\n"
        "The error is one standard error by camera view where the depth is not corrected, from "
        "`patterns/data/feature_errors.toml`. A corrected angle carries "
        "its own error, frame by frame; beyond 15° it is not measured. A view without a number cannot show the "
        "feature."
    )
    heads = ("name", "meaning", "sides", "unit", *(f"error, {view}" for view in VIEWS))
    return page(
        "Features", intro, markdown_table(heads, rows, (False, False, False, False, True, True, True))
    )


def _feature_row(base: str, same: list[Feature]) -> tuple[str, ...]:
    one = same[0]
    sided = one.name.rpartition("_")[2] in SIDES
    unit, sign = _UNITS[one.unit]
    errors = [feature_error(one.name, view) for view in VIEWS]
    shown = ["" if error is None else f"{error:g}{sign}" for error in errors]
    return (code(base), meaning(base), "left, right" if sided else "", unit, *shown)


def meaning(base: str) -> str:
    """Return in one sentence what a feature is."""
    compared = base.removesuffix("_asymmetry")
    return MEANINGS[base] if compared == base else f"{code(compared)}, left minus right."


def programs() -> str:
    """Return the page of home programs: for whom, and the items in their order."""
    intro = (
        "A program is exercises in order, each with its side, sets, repetitions or seconds, rest and a note; days a "
        "week; and when to stop. `affected` is the person's own affected side. Every program also has the stop rules "
        "of `patterns/data/stop_rules.toml`: chest pain, dizziness, pain above the limit and so on. Each program is "
        "one TOML file in `patterns/data/programs`; a new one needs no code.\n\n"
        "**All contents are proposals for therapists to tune.** After an operation the surgeon decides when to begin."
    )
    made = [load_program(name) for name in program_ids()]
    parts = [
        f"## {one.title}\n\n{_program_text(one)}"
        for family in PROGRAM_FAMILIES
        for one in made
        if one.family == family
    ]
    return page("Home programs", intro, *parts)


def _program_text(one: Program) -> str:
    facts = (
        f"{code(one.id)}, {one.family}. {one.for_whom}\n\nDays a week: {one.days_a_week}. "
        f"Stop at pain above {one.pain_stop_above} of 10."
    )
    rows = [
        (
            code(item.pattern),
            item.side,
            _dose(item),
            code(item.technique) if item.technique else "",
            item.note,
        )
        for item in one.item
    ]
    heads = ("exercise", "side", "dose", "technique", "note")
    return f"{facts}\n\n{markdown_table(heads, rows)}\n\nSource: {one.source}"


def _dose(item: Item) -> str:
    dose = item.dose
    amount = f"{dose.repetitions}" if dose.repetitions is not None else f"{dose.seconds:g} s"
    hold = "" if dose.hold_s is None else f", hold {dose.hold_s:g} s"
    return f"{dose.sets} × {amount}{hold}, rest {dose.rest_s:g} s"


def techniques() -> str:
    """Return the page of techniques: what each asks step by step, what it is for and whom it suits."""
    intro = (
        "A technique paces a movement. Each is one TOML file in `patterns/data/techniques`: stages, rounds, steps with "
        "seconds, sentences, the tempo with its tolerances, and whom it suits; a new one needs no code. All numbers "
        "are proposals for therapists to tune. [Practising](../practising.md#pace) explains how a paced set is scored."
    )
    return page("Techniques", intro, *map(_technique_text, map(load_technique, technique_ids())))


def _technique_text(one: Technique) -> str:
    suits = "every exercise" if set(one.suits) == set(FAMILIES) else "; ".join(FAMILIES[f] for f in one.suits)
    needs = ". **Only where a therapist has enabled it.**" if one.needs_therapist else ""
    goals = ", ".join(GOALS[goal] for goal in one.goals)
    facts = f"{code(one.id)}{needs}\n\n{one.explanation}\n\nGoals: {goals}. Suits: {suits}."
    rows = [
        (stage.title, _times(stage), ", ".join(map(_step, stage.step)), "yes" if stage.counts else "no")
        for stage in one.stage
    ]
    return f"## {one.title}\n\n{facts}\n\n{markdown_table(('stage', 'rounds', 'steps', 'counted'), rows)}"


def _times(stage: Stage) -> str:
    often = "any number" if stage.times is None else str(stage.times)
    return f"{often}, or the program's" if stage.dosed else often


def _step(step: Step) -> str:
    return f"{step.title} ({'own time' if step.seconds is None else f'{step.seconds:g} s'})"


def timed_tests() -> str:
    """Return the page of timed tests: how each is measured, how it differs, and what the camera cannot see."""
    intro = (
        "`python cli.py tests run SOURCE --test ID --side SIDE` scores a recording as a test. Tests, norms and their "
        "sources are data: `patterns/data/norms.toml`. Norms are for therapists only "
        "([Therapists](../therapists.md#timed-tests))."
    )
    return page("Timed tests", intro, *map(_test_text, map(load_timed_test, timed_test_ids())))


def _test_text(one: TimedTest) -> str:
    change = (
        ""
        if one.smallest_change is None
        else f"\n- Smallest real change: {one.smallest_change.value:g} {one.unit}."
    )
    unseen = "".join(f"\n- Not measurable: {sentence}" for sentence in one.not_measured.values())
    return (
        f"## {one.title}\n\n{code(one.id)}: exercise {code(one.pattern)}, side {' or '.join(one.sides)}; result in "
        f"{one.unit}.\n\n- Source: {one.source}\n- Difference: {one.differs}{change}{unseen}"
    )
