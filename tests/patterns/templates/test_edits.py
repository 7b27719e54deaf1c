"""Edits of a template: each gives another valid one, hashed as its file would be, and leaves the old one as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from patterns.templates.edits import (
    as_version,
    with_cue,
    with_knots,
    with_limit,
    with_range,
    with_rep,
    with_tempo,
    with_translation,
    with_words,
    without,
)
from patterns.templates.errors import TemplateError
from patterns.templates.library import load_template, template_ids
from patterns.templates.mirroring import mirrored
from patterns.templates.template import Target, Template
from patterns.templates.template_file import parse_template, write_template
from scoring.coach.recording import judge
from tests.patterns.learning.test_learn import raising
from tests.support.movements import Rep, frames
from tests.support.stick_figure import Posture

ARM = load_template("shoulder-abduction")
DIAGONAL = load_template("ue-d2-flexion")
SQUAT = load_template("squat")


def targets(template: Template, fault: str, feature: str) -> list[Target]:
    return [one for one in template.target if (one.fault, one.feature) == (fault, feature)]


EDITS: dict[str, Callable[[Template], Template]] = {
    "knots": lambda t: with_knots(
        t, next(iter(t.path.features)), [v + 0.01 for v in next(iter(t.path.features.values()))]
    ),
    "limit": lambda t: with_limit(t, t.target[0].fault, t.target[0].feature, 13.5, 44.0),
    "without": lambda t: without(t, t.target[-1].fault, t.target[-1].feature),
    "tempo": lambda t: with_tempo(t, (1.5, 9.5), (1.25, 7.5)),
    "rep": lambda t: with_rep(t, shortest_s=0.75),
    "cue": lambda t: with_cue(t, "too_fast", "Take your time.", 9),
    "words": lambda t: with_words(t, title="Quite another title"),
    "translation": lambda t: with_translation(t, "fr", t.title, "Un autre titre"),
    "version": lambda t: as_version(t, 7, "Changed by a therapist."),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize(
    "template_id", ["shoulder-abduction", "squat", "standing-leg-raise", "ue-d2-flexion"]
)
def test_an_edit_is_the_template_that_its_own_file_gives(edit: str, template_id: str) -> None:
    before = load_template(template_id)
    kept = before.model_dump_json(by_alias=True)
    after = EDITS[edit](before)
    assert before.model_dump_json(by_alias=True) == kept
    text = write_template(after).encode()
    assert after.sha256 == hashlib.sha256(text).hexdigest()
    assert parse_template(text, "again") == after
    assert after.model_copy(update={"sha256": before.sha256}) != before


def test_what_was_set_is_there_and_nothing_else_is_changed() -> None:
    knots = [0.1 * k for k in range(len(DIAGONAL.path.phase))]
    moved = with_knots(DIAGONAL, "hand_x_right", knots)
    assert moved.path.features["hand_x_right"] == tuple(knots)
    assert moved.path.features["hand_y_right"] == DIAGONAL.path.features["hand_y_right"]
    (far,) = (one for one in ARM.target if one.role == "range")
    less = with_range(ARM, far.feature, 90.0, 12.0)
    (new,) = (one for one in less.target if one.role == "range")
    assert (set(new.value), new.tolerance) == ({90.0}, 12.0)
    assert new.model_copy(update={"value": far.value, "tolerance": far.tolerance}) == far
    limited = with_limit(ARM, "trunk_lean", "trunk_lean", 4.0)
    (old_lean,) = targets(ARM, "trunk_lean", "trunk_lean")
    (lean,) = targets(limited, "trunk_lean", "trunk_lean")
    assert (lean.tolerance, lean.span) == (4.0, old_lean.span)
    assert limited.model_copy(update={"target": ARM.target, "sha256": ARM.sha256}) == ARM
    assert with_tempo(ARM, (1.0, 2.0), (3.0, 4.0)).tempo.back_s == (3.0, 4.0)
    assert with_rep(ARM, may_stay=True).rep == ARM.rep.model_copy(update={"may_stay": True})
    said = with_cue(ARM, "too_fast", "Take your time.", 9)
    assert [cue.fault for cue in said.cue] == [cue.fault for cue in ARM.cue]
    assert [(cue.text, cue.priority) for cue in said.cue if cue.fault == "too_fast"] == [
        ("Take your time.", 9)
    ]
    told = with_words(ARM, command="Lift your arm.", praise="Well done.")
    assert (told.title, told.command, told.praise) == (ARM.title, "Lift your arm.", "Well done.")
    assert as_version(ARM, 8, "By hand.").version == 8


def test_knots_of_a_control_target_and_of_a_start_of_ones_own() -> None:
    (lean,) = targets(ARM, "trunk_lean", "trunk_lean")
    changed = with_knots(ARM, "trunk_lean", [3.0] * len(lean.value))
    assert targets(changed, "trunk_lean", "trunk_lean")[0].value == (3.0,) * len(lean.value)
    owners = [t for t in map(load_template, template_ids()) if t.path.own_start]
    assert owners
    for template in owners:
        name, (lowest, highest) = next(iter(template.path.own_start.items()))
        knots = [knot + 0.5 for knot in template.path.features[name]]
        assert with_knots(template, name, knots).path.own_start[name] == pytest.approx(
            (lowest + 0.5, highest + 0.5)
        )


def test_the_path_itself_has_a_limit_that_may_be_changed_and_left_out() -> None:
    assert DIAGONAL.path_target is not None
    wider = with_limit(DIAGONAL, "wrong_path", "path", 2.5).path_target
    assert wider == DIAGONAL.path_target.model_copy(update={"tolerance": 2.5})
    free = without(DIAGONAL, "wrong_path", "path")
    assert free.path_target is None
    assert "wrong_path" not in {cue.fault for cue in free.cue}


def test_a_sentence_stays_as_long_as_something_raises_its_fault() -> None:
    left = without(SQUAT, "knee_valgus", "knee_medial_tilt_left")
    assert "knee_valgus" in {cue.fault for cue in left.cue}
    neither = without(left, "knee_valgus", "knee_medial_tilt_right")
    assert len(neither.target) == len(SQUAT.target) - 2
    assert "knee_valgus" not in {cue.fault for cue in neither.cue}


def test_of_two_limits_in_two_directions_one_may_be_meant() -> None:
    leg = load_template("standing-leg-raise")
    name = "trunk_forward_lean"
    before = {one.direction: one for one in targets(leg, name, name)}
    assert set(before) == {"above", "below"}
    after = {
        one.direction: one
        for one in targets(with_limit(leg, name, name, 3.25, direction="above"), name, name)
    }
    assert (after["above"].tolerance, after["below"]) == (3.25, before["below"])
    assert targets(without(leg, name, name, "above"), name, name) == [before["below"]]
    assert targets(without(leg, name, name), name, name) == []


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda: with_knots(DIAGONAL, "hand_x_right", [0.0]), "hand_x_right has 1 knots, phase has"),
        (lambda: with_knots(DIAGONAL, "hand_x_right", []), "hand_x_right has 0 knots"),
        (lambda: with_knots(ARM, "trunk_lean", [0.0]), "value has 1 knots, phase has"),
        (lambda: with_knots(ARM, "foot_x_left", [0.0]), "no knots of foot_x_left; there are"),
        (
            lambda: with_knots(DIAGONAL, "hand_x_right", [float("nan")] * len(DIAGONAL.path.phase)),
            "finite number",
        ),
        (lambda: with_range(ARM, "knee_flexion_left", 90.0, 10.0), "no range of knee_flexion_left"),
        (
            lambda: with_range(ARM, "shoulder_elevation_right", 90.0, -1.0),
            "tolerance: expected: .*greater than 0",
        ),
        (
            lambda: with_limit(ARM, "hip_hike", "pelvis_tilt", 5.0),
            "no limit of hip_hike/pelvis_tilt; there are",
        ),
        (lambda: with_limit(ARM, "trunk_lean", "trunk_lean", 0.0), "tolerance: expected: .*greater than 0"),
        (lambda: without(ARM, "hip_hike", "pelvis_tilt"), "no limit of hip_hike/pelvis_tilt"),
        (lambda: with_tempo(ARM, (3.0, 2.0), (1.0, 2.0)), "shortest must be below longest"),
        (lambda: with_rep(ARM, start_zone=0.9), "start_zone < attempt_zone <= end_zone must hold"),
        (lambda: with_rep(ARM, shortest=0.9), "key rep.shortest: unknown key; did you mean shortest_s"),
        (lambda: with_cue(ARM, "hip_hike", "Level hips.", 3), "fault 'hip_hike' is not judged here"),
        (lambda: with_cue(ARM, "too_fast", "", 3), "at least 3 characters"),
        (lambda: with_cue(ARM, "too_fast", "Slower.", 0), "greater than or equal to 1"),
        (lambda: with_words(ARM, title="x" * 241), "title: expected: .*at most 240 characters"),
        (lambda: as_version(ARM, 0, "By hand."), "version: expected"),
    ],
)
def test_a_wrong_edit_is_told_in_one_line(edit: Callable[[], Template], told: str) -> None:
    with pytest.raises(TemplateError, match=told) as caught:
        edit()
    assert "\n" not in str(caught.value)


ODD = 'Say "up" - nicht "ab". [1] = \\ é {value}'


def test_translations_are_kept_in_the_file_in_the_mirror_and_through_other_edits() -> None:
    odd = with_cue(ARM, "too_fast", ODD, 4)
    told = with_translation(odd, "de", ODD, 'Über {value} = zu "schnell".\\')
    told = with_translation(told, "es", ARM.title, "Abrir el brazo")
    assert parse_template(write_template(told).encode(), "again").translations == {
        "de": {ODD: 'Über {value} = zu "schnell".\\'},
        "es": {ARM.title: "Abrir el brazo"},
    }
    assert mirrored(told).translations == told.translations
    assert with_tempo(told, (1.0, 2.0), (1.0, 2.0)).translations == told.translations
    assert with_cue(told, "too_fast", "Slower.", 4).translations == {"es": {ARM.title: "Abrir el brazo"}}
    assert with_translation(told, "de", ODD, None).translations == {"es": {ARM.title: "Abrir el brazo"}}


def test_every_sentence_of_a_template_may_be_translated() -> None:
    for sentence in (ARM.title, ARM.start, ARM.camera, ARM.command, ARM.praise, ARM.cue[0].text):
        assert with_translation(ARM, "fr", sentence, sentence).translations == {"fr": {sentence: sentence}}
    unseen = next(iter(ARM.not_measured.values()))
    assert with_translation(ARM, "fr", unseen, "Pas vu.").translations == {"fr": {unseen: "Pas vu."}}


@pytest.mark.parametrize(
    ("language", "sentence", "text", "told"),
    [
        ("German", ARM.title, "Arm zur Seite", "translations.German.*: expected"),
        ("DE", ARM.title, "Arm zur Seite", "translations.DE.*: expected"),
        ("de", "Jump.", "Springen.", "translations.de: 'Jump.' is no sentence of this template"),
        ("de", ARM.source, "Quelle.", "is no sentence of this template"),
        ("de", ARM.title, "Arm {value}", "expected the values none, got {value}"),
        ("de", ARM.title, "ab", "at least 3 characters"),
        ("de", ARM.title, "x" * 241, "at most 240 characters"),
    ],
)
def test_a_wrong_translation_is_told_in_one_line(language: str, sentence: str, text: str, told: str) -> None:
    with pytest.raises(TemplateError, match=told) as caught:
        with_translation(ARM, language, sentence, text)
    assert "\n" not in str(caught.value)


def test_a_file_with_a_translation_of_no_sentence_is_refused() -> None:
    text = write_template(ARM) + '\n[translations.de]\n"Jump." = "Springen."\n'
    with pytest.raises(TemplateError, match=r"mine.toml: .*'Jump.' is no sentence of this template"):
        parse_template(text.encode(), "mine.toml")


def test_an_edited_limit_is_the_one_that_judges() -> None:
    def leaning(held: Posture, progress: float, _t_s: float) -> None:
        held.lean_left = 20.0 * progress

    poses = list(frames([Rep(2.0), Rep(8.0)], raising("right"), change=leaning))
    for limit, told in ((4.0, True), (60.0, False)):
        reps = judge(poses, with_limit(ARM, "trunk_lean", "trunk_lean", limit), "right").reps
        assert [any(fault.id == "trunk_lean" for fault in rep.faults) for rep in reps] == [told, told]
