"""What only a whole set shows: how alike left and right were, and how the movement changed from first to last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy

from base.message import Message
from patterns.templates.template import Side
from scoring.coach.cues import PRAISE
from scoring.records.records import MetricValue, RepScore

COMPARED: Final = ("reach", "time_out", "time_back", "smoothness")
"""Metrics that are compared between sides and followed over a set."""

WORDS: Final = {
    "reach": "How far you went",
    "time_out": "The way out",
    "time_back": "The way back",
    "smoothness": "Smoothness",
}
DIFFERS: Final = "{what} differs between sides: left {left}, right {right}."
DIFFERS_BY_UNIT: Final = "{what} differs between sides: left {left}, right {right} {unit}."
CHANGED: Final = "{what} changed over the set: from {first} to {last}."
CHANGED_BY_UNIT: Final = "{what} changed over the set: from {first} to {last} {unit}."

FEWEST_FOR_DRIFT: Final = 5
FEWEST_A_SIDE: Final = 2


@dataclass(frozen=True)
class Symmetry:
    """One metric on either side, medians in unit, and how far right is from left in percent of their mean.

    The symmetry index of Robinson 1987: 100 (right - left) / half their sum. shown: the difference is beyond one
    standard error of the metric.
    """

    metric: str
    unit: str
    left: float
    right: float
    index_percent: float
    shown: bool


@dataclass(frozen=True)
class Drift:
    """How one metric went over the set in unit: its fitted first and last value.

    The line is Theil and Sen's (median of all slopes). shown: its 95 % interval leaves out zero, and the change is
    beyond one standard error of the metric.
    """

    metric: str
    unit: str
    first: float
    last: float
    shown: bool


def symmetry(reps: Sequence[RepScore]) -> tuple[Symmetry, ...]:
    """Of each metric that both sides have often enough; nothing where only one side moved."""
    found = []
    for name in COMPARED:
        both = _metrics(reps, name)
        left, right = (_values(both, side) for side in ("left", "right"))
        index = symmetry_index(left, right)
        if index is None:
            continue
        a, b = float(np.median(left)), float(np.median(right))
        found.append(Symmetry(name, both[0][1].unit, a, b, index, abs(b - a) > _error(both)))
    return tuple(found)


def symmetry_index(left: Sequence[float], right: Sequence[float]) -> float | None:
    """Robinson's index of a metric's values on either side, see Symmetry; None where a side has it too seldom."""
    if min(len(left), len(right)) < FEWEST_A_SIDE:
        return None
    a, b = float(np.median(left)), float(np.median(right))
    return None if a + b == 0 else 100 * (b - a) / abs((a + b) / 2)


def drift(reps: Sequence[RepScore]) -> tuple[Drift, ...]:
    """Of each metric that enough repetitions have; where sides alternate both go into the same line."""
    found = []
    for name in COMPARED:
        metrics = _metrics(reps, name)
        values = _values(metrics)
        if len(values) < FEWEST_FOR_DRIFT:
            continue
        slope, start, low, high = scipy.stats.theilslopes(values, np.arange(len(values)), 0.95)
        first, last = float(start), float(start + slope * (len(values) - 1))
        shown = bool(low * high > 0) and abs(last - first) > _error(metrics)
        found.append(Drift(name, metrics[0][1].unit, first, last, shown))
    return tuple(found)


def in_words(reps: Sequence[RepScore]) -> list[str]:
    """A plain sentence for each difference between sides and each change over the set that is shown."""
    lines: list[str] = [
        Message(
            DIFFERS_BY_UNIT if s.unit else DIFFERS,
            what=WORDS[s.metric],
            left=f"{s.left:.3g}",
            right=f"{s.right:.3g}",
            unit=s.unit,
        )
        for s in symmetry(reps)
        if s.shown
    ]
    lines += [
        Message(
            CHANGED_BY_UNIT if d.unit else CHANGED,
            what=WORDS[d.metric],
            first=f"{d.first:.3g}",
            last=f"{d.last:.3g}",
            unit=d.unit,
        )
        for d in drift(reps)
        if d.shown
    ]
    return lines


def _metrics(reps: Sequence[RepScore], name: str) -> list[tuple[Side, MetricValue]]:
    return [
        (rep.side, metric)
        for rep in reps
        if rep.kind == "repetition"
        for metric in rep.metrics
        if metric.name == name and metric.value is not None
    ]


def _values(metrics: Sequence[tuple[Side, MetricValue]], side: str | None = None) -> list[float]:
    return [m.value for own, m in metrics if side in (None, own) and m.value is not None]


def _error(metrics: Sequence[tuple[Side, MetricValue]]) -> float:
    return max(metric.error or 0.0 for _, metric in metrics)


def best_and_next(reps: Sequence[RepScore]) -> tuple[str | None, str | None]:
    """Of counted repetitions the better of "range" and "control", and the cue that was said most, in its latest words.

    None where there is no score, and where nothing was to be changed.
    """
    medians = {
        name: float(np.median(values))
        for name in ("range", "control")
        if (values := [score for rep in reps if (score := getattr(rep, name)) is not None])
    }
    best = max(medians, key=lambda name: medians[name]) if medians else None
    cues = [rep.cue for rep in reps if rep.cue is not None and rep.cue.rule != PRAISE]
    most = Counter(cue.rule for cue in cues).most_common(1)
    return best, next((cue.text for cue in reversed(cues) if cue.rule == most[0][0]), None) if most else None
