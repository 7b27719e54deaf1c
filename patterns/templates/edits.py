"""Edits of a template: each gives another template, checked and hashed as if read from its file, or a TemplateError.

A translation of a sentence that is no longer said goes with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from patterns.templates.errors import TemplateError
from patterns.templates.template import Target, Template
from patterns.templates.template_file import made_template, template_tables

WRONG_PATH: Final = ("wrong_path", "path")
"""Fault and feature by which the limit of the path itself is meant."""

Tables = dict[str, Any]
Meant = Callable[[Target], bool]


def with_knots(
    template: Template, feature: str, values: Sequence[float], fault: str | None = None
) -> Template:
    """Other knots, as many as there were: of the path where it follows the feature, otherwise of what controls it.

    fault: of the control target that is meant, also where the path follows the feature. The range that a person's own
    start may have moves along with the first knot of the path.
    """
    knots = list(values)
    if fault is not None or feature not in template.path.features:

        def meant(target: Target) -> bool:
            return target.role == "control" and target.feature == feature and fault in (None, target.fault)

        return _with_targets(template, meant, lambda _: {"value": knots}, "knots", feature)
    data = template_tables(template)
    path = data["path"]
    if knots and feature in path["own_start"]:
        moved = knots[0] - path["features"][feature][0]
        path["own_start"][feature] = [limit + moved for limit in path["own_start"][feature]]
    path["features"][feature] = knots
    return made_template(data, template.id)


def with_range(template: Template, feature: str, value: float, tolerance: float) -> Template:
    """How far a feature is to go at the far end, and how much less is still good, in its unit."""

    def meant(target: Target) -> bool:
        return target.role == "range" and target.feature == feature

    def new(target: Target) -> Tables:
        before = [knot + value - target.value[-1] for knot in target.value[:-1]]
        return {"value": [*before, value], "tolerance": tolerance}

    return _with_targets(template, meant, new, "range", feature)


def with_limit(
    template: Template,
    fault: str,
    feature: str,
    tolerance: float,
    span: float | None = None,
    direction: str | None = None,
) -> Template:
    """How far a feature may be off before its fault is told, and how much farther its score is 0, in its unit.

    direction: of the target that is meant, where there are several. WRONG_PATH stands for the distance from the path,
    in its scales.
    """
    new = {"tolerance": tolerance} | ({} if span is None else {"span": span})
    if (fault, feature) == WRONG_PATH and template.path_target is not None:
        data = template_tables(template)
        return made_template(data | {"path_target": data["path_target"] | new}, template.id)
    return _with_targets(
        template, _judging(fault, feature, direction), lambda _: new, "limit", f"{fault}/{feature}"
    )


def without(template: Template, fault: str, feature: str, direction: str | None = None) -> Template:
    """Without judging a fault by a feature, in one direction if given, or (WRONG_PATH) by the path.

    What is said for the fault goes too, where nothing else raises it.
    """
    path = None if (fault, feature) == WRONG_PATH else template.path_target
    meant = _judging(fault, feature, direction)
    kept = tuple(target for target in template.target if not meant(target))
    if len(kept) == len(template.target) and path == template.path_target:
        raise TemplateError(f"{template.id}: no limit of {fault}/{feature}; there are {_judged(template)}")
    left = template.model_copy(update={"target": kept, "path_target": path})
    data = template_tables(left)
    data["cue"] = [cue for cue in data["cue"] if cue["fault"] in left.raised]
    return _said_anew(data, template.id)


def with_tempo(template: Template, out_s: tuple[float, float], back_s: tuple[float, float]) -> Template:
    """Other times, [shortest, longest] seconds, of the way out and the way back."""
    tempo = {"out_s": list(out_s), "back_s": list(back_s)}
    return made_template(template_tables(template) | {"tempo": tempo}, template.id)


def with_rep(template: Template, **fields: float | bool) -> Template:
    """Other values of fields of RepRule: when a movement counts."""
    data = template_tables(template)
    return made_template(data | {"rep": data["rep"] | fields}, template.id)


def with_cue(template: Template, fault: str, text: str, priority: int) -> Template:
    """Another sentence, and priority, for a fault that the template can raise."""
    if fault not in template.raised:
        known = ", ".join(sorted(template.raised))
        raise TemplateError(f"{template.id}: key cue: fault {fault!r} is not judged here; there are {known}")
    new = {"fault": fault, "priority": priority, "text": text}
    data = template_tables(template)
    data["cue"] = [new if cue["fault"] == fault else cue for cue in data["cue"]]
    return _said_anew(data, template.id)


def with_words(
    template: Template,
    title: str | None = None,
    start: str | None = None,
    camera: str | None = None,
    command: str | None = None,
    praise: str | None = None,
) -> Template:
    """Other sentences; those that are None stay."""
    new = {"title": title, "start": start, "camera": camera, "command": command, "praise": praise}
    said = {key: text for key, text in new.items() if text is not None}
    return _said_anew(template_tables(template) | said, template.id)


def with_translation(template: Template, language: str, sentence: str, text: str | None) -> Template:
    """What one of the template's own sentences is in a language, by its code of two letters; None takes it away."""
    told = {code: dict(texts) for code, texts in template.translations.items()}
    told.setdefault(language, {})
    if text is None:
        told[language].pop(sentence, None)
    else:
        told[language][sentence] = text
    kept = {code: texts for code, texts in told.items() if texts}
    return made_template(template_tables(template) | {"translations": kept}, template.id)


def with_not_measured(template: Template, name: str, why: str | None) -> Template:
    """With one more thing that is not told, and why, or (None) without it. A fault that is named is not promised."""
    data = template_tables(template)
    told = {key: text for key, text in data["not_measured"].items() if key != name}
    return _said_anew(data | {"not_measured": told if why is None else told | {name: why}}, template.id)


def as_version(template: Template, version: int, source: str) -> Template:
    """The template as another version, and where it comes from."""
    return made_template(template_tables(template) | {"version": version, "source": source}, template.id)


def _said_anew(data: Tables, where: str) -> Template:
    """The template of tables whose sentences may have changed, without translations of those that are gone."""
    told = data.pop("translations", {})
    sentences = made_template(dict(data), where).sentences
    kept = {code: {s: t for s, t in texts.items() if s in sentences} for code, texts in told.items()}
    return made_template(data | {"translations": {c: texts for c, texts in kept.items() if texts}}, where)


def _judging(fault: str, feature: str, direction: str | None) -> Meant:
    return lambda target: (
        (target.fault, target.feature) == (fault, feature) and direction in (None, target.direction)
    )


def _with_targets(
    template: Template, meant: Meant, new: Callable[[Target], Tables], what: str, of: str
) -> Template:
    """The template with new values of those targets that are meant; TemplateError where none is."""
    if not any(map(meant, template.target)):
        raise TemplateError(f"{template.id}: no {what} of {of}; there are {_judged(template)}")
    data = template_tables(template)
    both = zip(data["target"], template.target, strict=True)
    data["target"] = [table | new(own) if meant(own) else table for table, own in both]
    return made_template(data, template.id)


def _judged(template: Template) -> str:
    named = dict.fromkeys(f"{target.fault}/{target.feature}" for target in template.target)
    return ", ".join(named) or "none"
