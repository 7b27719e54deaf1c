"""What changed between two versions of a template, in the order of importance, for a page to put in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from patterns.features.table import FEATURES
from patterns.templates.template import CueRule, Path, PathTarget, RepRule, Target, Template, Tempo

Value = str | float | tuple[str, ...] | tuple[float, ...] | None
"""A text, a number (a switch is True or False), or several; None is nothing there."""

LEFT_OUT: Final = frozenset(("schema_", "id", "version", "source", "sha256"))
"""What is no change of the exercise."""

OWN: Final = "{unit}"
"""Stands for the unit of the feature."""

WORDS: Final[dict[type, dict[str, tuple[str, str]]]] = {
    Template: {
        "side": ("side that moves", ""),
        "view": ("view of the camera", ""),
        "alternates": ("sides may take turns", ""),
        "range_weight": ("weight of the range in the score", ""),
        "required": ("parts that must be in sight", ""),
        "command": ("what to do", ""),
        "start": ("how to start", ""),
        "camera": ("where the camera goes", ""),
        "title": ("name of the exercise", ""),
        "praise": ("praise when all was right", ""),
        "family": ("kind of exercise", ""),
        "not_measured": ("what is told of {name}", ""),
        "translations": ("translation into {language}: {sentence}", ""),
    },
    Target: {
        "tolerance": ("tolerance of {feature} ({fault})", OWN),
        "value": ("what is asked of {feature} ({fault})", OWN),
        "direction": ("wrong direction of {feature} ({fault})", ""),
        "span": ("beyond the tolerance of {feature} to no points ({fault})", OWN),
        "steady": ("departure of {feature} from one's own repetitions ({fault})", OWN),
        "from_start": ("{feature} from one's own start ({fault})", ""),
        "phase": ("part of the way on which {feature} is judged ({fault})", ""),
        "weight": ("weight of {feature} ({fault})", ""),
        "views": ("views in which {feature} is judged ({fault})", ""),
    },
    Path: {
        "features": ("path of {feature}", OWN),
        "scale": ("what counts as one on the path of {feature}", OWN),
        "own_start": ("where {feature} may start", OWN),
        "phase": ("where the path has its points", ""),
        "off_path": ("distance that is no longer on the path", "scales"),
    },
    RepRule: {
        "end_zone": ("share of the way that makes a repetition", ""),
        "full_reach": ("share of the way that is the whole range", ""),
        "attempt_zone": ("share of the way that makes an attempt", ""),
        "start_zone": ("share of the way that is still the start", ""),
        "hysteresis": ("share of the way that is a turn", ""),
        "shortest_s": ("shortest repetition", "s"),
        "longest_s": ("longest repetition", "s"),
        "may_stay": ("the last repetition need not come back", ""),
        "ready_s": ("time to hold still before the first one", "s"),
    },
    Tempo: {"out_s": ("time of the way out", "s"), "back_s": ("time of the way back", "s")},
    PathTarget: {
        "tolerance": ("tolerance of the path", "scales"),
        "span": ("beyond the tolerance of the path to no points", "scales"),
        "weight": ("weight of the path", ""),
    },
    CueRule: {
        "text": ("what is said for {fault}", ""),
        "priority": ("priority of what is said for {fault}", ""),
    },
}
"""For each record its fields and what each is called, with its unit; the first tells that the record is there."""

KNOWN_BY: Final = {Target: ("fault", "feature", "role"), CueRule: ("fault",)}
"""The fields by which a record of one version is found in the other."""

ORDER: Final = (
    *(
        "side",
        "view",
        "alternates",
        "target",
        "path",
        "rep",
        "tempo",
        "path_target",
        "range_weight",
        "required",
    ),
    *("cue", "command", "start", "camera", "title", "praise", "family", "not_measured", "translations"),
)
"""The fields of a template, the most important first."""


@dataclass(frozen=True)
class Difference:
    """One thing that changed.

    what: part of a sentence whose braces stand for what is in values (feature and fault by their names). before,
    after: in unit, None where it was not there.
    """

    what: str
    values: dict[str, str]
    before: Value
    after: Value
    unit: str


@dataclass(frozen=True)
class _Fact:
    """One value of a template. key: where it stands, from a field of ORDER on. part: the key of the record it is in."""

    key: tuple[str, ...]
    words: tuple[str, str]
    value: Value
    values: dict[str, str] = field(default_factory=dict)
    part: tuple[str, ...] = ()


def differences(before: Template, after: Template) -> tuple[Difference, ...]:
    """What is not the same in two versions of a template, the most important first; the order of lists is no matter."""
    several = _several(before) | _several(after)
    old, new = ({fact.key: fact for fact in _facts(one, several)} for one in (before, after))
    facts = sorted((old | new).values(), key=lambda fact: ORDER.index(fact.key[0]))
    found = []
    for fact in facts:
        was, now = (side[fact.key].value if fact.key in side else None for side in (old, new))
        of_one_alone = fact.part != fact.key and fact.part and (fact.part in old) != (fact.part in new)
        if was != now and not of_one_alone:
            found.append(Difference(fact.words[0], fact.values, was, now, fact.words[1]))
    return tuple(found)


def _several(template: Template) -> frozenset[tuple[str, str, str]]:
    """Fault, feature and role of targets of which there is more than one."""
    count = Counter((target.fault, target.feature, target.role) for target in template.target)
    return frozenset(key for key, many in count.items() if many > 1)


def _facts(template: Template, several: frozenset[tuple[str, str, str]]) -> Iterator[_Fact]:
    for name, words in WORDS[Template].items():
        value = getattr(template, name)
        if not isinstance(value, dict):
            yield _Fact((name,), words, tuple(sorted(value)) if isinstance(value, tuple) else value)
    for name, text in template.not_measured.items():
        yield _Fact(("not_measured", name), WORDS[Template]["not_measured"], text, {"name": name})
    for code, told in template.translations.items():
        for sentence, text in told.items():
            values = {"language": code, "sentence": sentence}
            yield _Fact(("translations", code, sentence), WORDS[Template]["translations"], text, values)
    yield from _of_path(template.path)
    yield from _of_record(("rep",), template.rep, {})
    yield from _of_record(("tempo",), template.tempo, {})
    if template.path_target is not None:
        yield from _of_record(("path_target",), template.path_target, {})
    seen: Counter[tuple[str, ...]] = Counter()
    for target in template.target:
        known = (target.fault, target.feature, target.role)
        key: tuple[str, ...] = ("target", *known, *((target.direction,) if known in several else ()))
        seen[key] += 1
        values = {"feature": target.feature, "fault": target.fault}
        yield from _of_record((*key, str(seen[key])), target, values)
    for cue in template.cue:
        seen["cue", cue.fault] += 1
        yield from _of_record(("cue", cue.fault, str(seen["cue", cue.fault])), cue, {"fault": cue.fault})


def _of_record(
    key: tuple[str, ...], record: RepRule | Tempo | PathTarget | Target | CueRule, values: dict[str, str]
) -> Iterator[_Fact]:
    table = WORDS[type(record)]
    part = (*key, next(iter(table)))
    for name, words in table.items():
        yield _Fact((*key, name), _in_unit(words, values), getattr(record, name), values, part)


def _of_path(path: Path) -> Iterator[_Fact]:
    table = WORDS[Path]
    for name in ("phase", "off_path"):
        yield _Fact(("path", name), table[name], getattr(path, name))
    for name in ("features", "scale", "own_start"):
        for feature, value in getattr(path, name).items():
            values, part = {"feature": feature}, ("path", "features", feature)
            yield _Fact(("path", name, feature), _in_unit(table[name], values), value, values, part)


def _in_unit(words: tuple[str, str], values: dict[str, str]) -> tuple[str, str]:
    unit = FEATURES[values["feature"]].unit if words[1] == OWN else words[1]
    return words[0], unit
