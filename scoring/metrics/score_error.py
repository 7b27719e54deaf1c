"""How far off a score may be by measuring alone: the errors of its metrics, carried through how each is graded.

First order, metrics independent of each other: the error of a weighted mean is the root of the sum of the squared
shares. Left out are metrics without an error, and times that are held against a technique or one's own repetitions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from patterns.templates.template import Template
from scoring.metrics.table import (
    SMOOTHNESS_GRADING,
    STEADY_TREMOR,
    TREMOR_SPAN,
    reach_grading,
    return_grading,
)
from scoring.metrics.tempo import TIME_WEIGHT, time_score
from scoring.records.finding import WORST_SHARE, Grading

Scored = tuple[str, float, float | None, float | None]
"""A metric of a repetition: its name, value, one standard error and score."""


@dataclass(frozen=True)
class _Part:
    role: str
    weight: float
    grading: Grading


def score_errors(template: Template, metrics: Iterable[Scored]) -> dict[str, float]:
    """Return one standard error of the scores of a repetition, by name, in points; without those that are not known.

    template: as judged on the side of the repetition.
    """
    parts = _parts(template)
    found: dict[str, list[tuple[float, float, float]]] = {"range": [], "control": []}
    for name, value, error, score in metrics:
        if score is None:
            continue
        allowed = {"time_out": template.tempo.out_s, "time_back": template.tempo.back_s}.get(name)
        if name in parts:
            part = parts[name]
            off = 0.0 if error is None else part.grading.error(score, error)
            found[part.role].append((score, part.weight, off))
        else:
            off = 0.0
            if allowed and error is not None and math.isclose(score, time_score(value, allowed)):
                off = 0.5 * abs(time_score(value + error, allowed) - time_score(value - error, allowed))
            found["control"].append((score, TIME_WEIGHT, off))
    errors = {role: _of_mean(some, WORST_SHARE[role]) for role, some in found.items() if some}
    if len(errors) == len(found):
        share = template.range_weight
        errors["total"] = math.hypot(share * errors["range"], (1 - share) * errors["control"])
    return errors


def _parts(template: Template) -> dict[str, _Part]:
    """Return how each metric of a template is graded. Of two targets on a feature the stricter one stands for both."""
    made = {
        "reach": _Part("range", 1.0, reach_grading(template)),
        "return": _Part("control", 0.5, return_grading(template)),
        "smoothness": _Part("control", 1.0, SMOOTHNESS_GRADING),
        "tremor": _Part("control", 1.0, Grading(STEADY_TREMOR, TREMOR_SPAN)),
    }
    if template.path_target is not None:
        target = template.path_target
        made["path"] = _Part("control", target.weight, Grading(target.tolerance, target.span))
    for one in sorted(template.target, key=lambda target: -target.span):
        made[one.feature] = _Part(one.role, one.weight, Grading(one.tolerance, one.span))
    return made


def _of_mean(some: list[tuple[float, float, float]], worst_share: float) -> float:
    """Return the error of a weighted mean that is drawn towards its worst; some: score, weight and error of each."""
    whole, worst = sum(weight for _, weight, _ in some), min(score for score, *_ in some)
    squares, drawn = 0.0, False
    for score, weight, error in some:
        share = (1 - worst_share) * weight / whole
        if score == worst and not drawn:
            share, drawn = share + worst_share, True
        squares += (share * error) ** 2
    return math.sqrt(squares)
