"""What changed between two versions of a template: every field tells, nothing is told of what is equal."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import BaseModel

from patterns.templates.differences import KNOWN_BY, LEFT_OUT, ORDER, WORDS, differences
from patterns.templates.edits import (
    as_version,
    with_cue,
    with_knots,
    with_limit,
    with_tempo,
    with_translation,
    without,
)
from patterns.templates.library import load_template, template_ids
from patterns.templates.template import CueRule, Path, PathTarget, RepRule, Target, Template, Tempo

DIAGONAL = load_template("ue-d2-flexion")
ARM = load_template("shoulder-abduction")
RECORDS: dict[str, type[BaseModel]] = {
    "path": Path,
    "rep": RepRule,
    "tempo": Tempo,
    "path_target": PathTarget,
}


def other(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return f"{value} anew"
    if isinstance(value, float | int):
        return value + 0.125
    if isinstance(value, tuple):
        return (*value[:-1], other(value[-1]))
    if isinstance(value, dict):
        return {key: other(part) for key, part in value.items()}
    return ("front",)  # for what is None


def changed(record: BaseModel, name: str) -> dict[str, Any]:
    return {name: other(getattr(record, name))}


def one_field_changed() -> list[tuple[str, str, Template]]:
    """For every field of every record a template with another value there; as told when a field is new."""
    made = []
    whole = with_translation(DIAGONAL, "de", DIAGONAL.title, "Diagonale")
    assert whole.path_target is not None
    for name in Template.model_fields:
        if name not in (*RECORDS, "target", "cue"):
            made.append(("Template", name, whole.model_copy(update=changed(whole, name))))
    whole = whole.model_copy(
        update={"path": whole.path.model_copy(update={"own_start": {"hand_x_right": (0.0, 1.0)}})}
    )
    for part, kind in RECORDS.items():
        record = getattr(whole, part)
        for name in kind.model_fields:
            made.append(
                (
                    kind.__name__,
                    name,
                    whole.model_copy(update={part: record.model_copy(update=changed(record, name))}),
                )
            )
    lists: tuple[tuple[str, type[BaseModel]], ...] = (("target", Target), ("cue", CueRule))
    for part, kind in lists:
        first, *others = getattr(whole, part)
        for name in kind.model_fields:
            if name in ("fault", "feature"):
                new = {"fault": "heel_lift", "feature": "ankle_dorsiflexion_left"}[name]
                update = {name: new}
            else:
                update = changed(first, name)
            made.append(
                (
                    kind.__name__,
                    name,
                    whole.model_copy(update={part: (first.model_copy(update=update), *others)}),
                )
            )
    return made


def test_every_field_has_its_words() -> None:
    records = (*RECORDS, "target", "cue")
    assert set(ORDER) | LEFT_OUT == set(Template.model_fields)
    assert len(set(ORDER)) == len(ORDER)
    assert set(WORDS[Template]) == set(Template.model_fields) - LEFT_OUT - set(records)
    kinds: tuple[type[BaseModel], ...] = (Target, Path, RepRule, Tempo, PathTarget, CueRule)
    for kind in kinds:
        assert set(WORDS[kind]) == set(kind.model_fields) - set(KNOWN_BY.get(kind, ())), kind


@pytest.mark.parametrize(("record", "name", "after"), one_field_changed())
def test_every_field_tells_when_it_changes(record: str, name: str, after: Template) -> None:
    before = with_translation(DIAGONAL, "de", DIAGONAL.title, "Diagonale")
    if record in ("Path", "RepRule", "Tempo", "PathTarget", "Target", "CueRule"):
        path = before.path.model_copy(update={"own_start": {"hand_x_right": (0.0, 1.0)}})
        before = before.model_copy(update={"path": path})
    found = differences(before, after)
    if record == "Template" and name in LEFT_OUT:
        assert found == ()
        return
    several = {
        ("Path", "features"): 2,
        ("Path", "scale"): 2,
        ("Template", "not_measured"): len(DIAGONAL.not_measured),
    }
    known = {"Target": KNOWN_BY[Target], "CueRule": KNOWN_BY[CueRule]}.get(record, ())
    assert len(found) == (2 if name in known else several.get((record, name), 1))
    for one in found:
        assert one.before != one.after
        assert set(re.findall(r"\{(\w+)\}", one.what)) <= set(one.values)


@pytest.mark.parametrize("template_id", template_ids())
def test_nothing_is_told_of_what_is_equal(template_id: str) -> None:
    template = load_template(template_id)
    assert differences(template, as_version(template, 9, "Read again.")) == ()
    turned = template.model_copy(update={"target": template.target[::-1], "cue": template.cue[::-1]})
    assert differences(template, turned) == ()


def test_numbers_come_with_their_unit() -> None:
    (lean,) = (one for one in ARM.target if one.feature == "trunk_lean")
    (found,) = differences(ARM, with_limit(ARM, "trunk_lean", "trunk_lean", 3.5))
    assert found.what.format(**found.values) == "tolerance of trunk_lean (trunk_lean)"
    assert (found.before, found.after, found.unit) == (lean.tolerance, 3.5, "deg")
    knots = tuple(knot + 0.1 for knot in DIAGONAL.path.features["hand_x_right"])
    (found,) = differences(DIAGONAL, with_knots(DIAGONAL, "hand_x_right", knots))
    assert (found.what.format(**found.values), found.unit) == ("path of hand_x_right", "arm lengths")
    assert (found.before, found.after) == (DIAGONAL.path.features["hand_x_right"], knots)


def test_what_is_new_or_gone_is_one_difference_with_nothing_on_the_other_side() -> None:
    fewer = without(ARM, "trunk_lean", "trunk_lean")
    gone, unsaid = differences(ARM, fewer)
    assert gone.what == "tolerance of {feature} ({fault})"
    assert (gone.before is None, gone.after) == (False, None)
    assert unsaid.values == {"fault": "trunk_lean"}
    new, said = differences(fewer, ARM)
    assert (new.before, new.after) == (None, gone.before)
    assert (said.before, said.after) == (None, unsaid.before)
    (path, cue) = differences(DIAGONAL, without(DIAGONAL, "wrong_path", "path"))
    assert (path.what, path.after, cue.after) == ("tolerance of the path", None, None)


def test_two_limits_in_two_directions_are_told_apart() -> None:
    leg = load_template("standing-leg-raise")
    name = "trunk_forward_lean"
    (gone,) = differences(leg, without(leg, name, name, "above"))
    assert gone.after is None
    (one,) = differences(leg, with_limit(leg, name, name, 3.25, direction="below"))
    assert one.after == 3.25


def test_what_matters_more_comes_first() -> None:
    edited = with_translation(
        with_cue(with_tempo(ARM, (1.5, 9.5), (1.5, 9.5)), "jerky", "Easy.", 3), "fr", ARM.title, "Bras"
    )
    edited = with_limit(edited, "trunk_lean", "trunk_lean", 3.5)
    told = [one.what for one in differences(ARM, edited)]
    assert told[:3] == ["tolerance of {feature} ({fault})", "time of the way out", "time of the way back"]
    assert told[3] == "what is said for {fault}"
    assert told[-1] == "translation into {language}: {sentence}"
