"""The targets of a template held against a movement: the end posture reached, and the bands kept on the way.

A fault is raised beyond tolerance plus error; or, where the person did it better so far, beyond a share of the
tolerance from their own repetitions (scoring.records.baseline).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from patterns.features.table import FEATURES
from patterns.templates.template import Target, Template
from scoring.records.baseline import REPEAT_SHARE, STEADY_SHARE
from scoring.records.finding import Finding, Grading, phases, raised, seen_beyond
from scoring.records.movement_data import Recorded
from scoring.records.records import Fault, MetricValue
from vision.pose import FloatArray

BoolArray = npt.NDArray[np.bool_]

LEAST_COVERAGE: Final = 0.6
_WORST: Final = 0.9
_START_PHASE: Final = 0.15
_FAR: Final = 0.1


def targets(recorded: Recorded, template: Template) -> list[Finding]:
    """Every target of the template that this view can show."""
    return [f for target in template.target if (f := _judge(recorded, target)) is not None]


def _judge(recorded: Recorded, target: Target) -> Finding | None:
    if recorded.view not in target.told_in:
        return None
    values = recorded.feature(target.feature)
    if target.from_start:
        movement = recorded.movement
        values = values - start_value(recorded.t_s, recorded.phase, values, movement.start_s, movement.peak_s)
    asked, wanted = asked_for(target, recorded.phase)
    seen = asked & np.isfinite(values)
    coverage = float(seen.sum() / asked.sum()) if asked.any() else 0.0
    error = recorded.error(target.feature, seen, change=target.from_start)
    if coverage < LEAST_COVERAGE or error is None:
        return None
    deviation = values - wanted
    wrong = _wrong(deviation, target)
    if target.role == "range":
        excess, value, off = (float(np.median(v[seen])) for v in (wrong, values, deviation))
    else:
        excess = float(np.quantile(wrong[seen], _WORST))
        worst = np.abs(wrong[seen] - excess).argmin()
        value, off = float(values[seen][worst]), float(deviation[seen][worst])
    habit = f"{target.feature} {target.role} {target.direction} {target.fault}"
    usual = recorded.habits.usual(habit) if target.role == "control" else None
    limit = target.tolerance + error
    counts = excess
    if usual is not None:
        best = max(usual, 0.0)
        steady = STEADY_SHARE * target.tolerance if target.steady is None else target.steady
        limit = min(limit, best + steady + REPEAT_SHARE * error)
        counts = max(excess, _unsteady(excess - best, steady, target.tolerance))
    unit = FEATURES[target.feature].unit
    fault = None
    if excess > limit:
        where = phases(recorded.phase, seen_beyond(wrong, limit))
        edge = value - float(np.copysign(excess - limit, off))  # the value that would just have been a fault
        fault = raised(target.fault, target.feature, value, edge, unit, where, (excess - limit) / target.span)
    score = Grading(target.tolerance, target.span).score(counts)
    metric = MetricValue(target.feature, value, unit, error, score, coverage)
    return Finding(metric, target.role, target.weight, fault, (habit, excess), "alone")


def asked_for(target: Target, phase: FloatArray) -> tuple[BoolArray, FloatArray]:
    """Where (T,) a target asks for something along phases (T,), and what (T,), NaN where nothing.

    A range target asks at the far end of the way, however far that is.
    """
    wanted = target.at(np.clip(phase, 0.0, 1.0))
    asked = np.isfinite(wanted)
    if target.role == "range":
        far = far_end(phase)
        asked &= far
        if not asked.any():
            return far, np.where(far, target.value[-1], np.nan)
    return asked, wanted


def far_end(phase: FloatArray) -> BoolArray:
    """Return where (T,) along phases a movement is at its end posture, however far it went."""
    if not np.isfinite(phase).any():
        return np.zeros(len(phase), np.bool_)
    return np.asarray(phase >= np.nanmax(phase) - _FAR)


def limit_width(target: Target, fault: Fault, values: FloatArray, wanted: FloatArray) -> float:
    """Return how far from what a target asks for the limit of its fault lies, at the value that raised it.

    values, wanted (T,) over the movement as they were judged; the tolerance where nothing was asked for and seen.
    """
    seen = np.isfinite(values) & np.isfinite(wanted)
    if not seen.any():
        return float(target.tolerance)
    worst = np.abs(values[seen] - fault.value).argmin()
    return float(abs(fault.limit - wanted[seen][worst]))


def _unsteady(departure: float, steady: float, tolerance: float) -> float:
    """A departure from one's own repetitions as the deviation from a template that would count the same."""
    return departure * tolerance / steady if departure <= steady else tolerance + departure - steady


def start_value(
    t_s: FloatArray, phase: FloatArray, values: FloatArray, start_s: float, peak_s: float
) -> float:
    """Return the person's own value (T,) at the start posture of a movement: the median before it has gone far."""
    first = t_s <= start_s + 0.3
    near = (phase < _START_PHASE) & (t_s < peak_s)
    for chosen in (first & np.isfinite(values), near & np.isfinite(values)):
        if chosen.any():
            return float(np.median(values[chosen]))
    return float("nan")


def _wrong(deviation: FloatArray, target: Target) -> FloatArray:
    """The deviation as far as it is in a wrong direction, positive."""
    if target.direction == "above":
        return deviation
    if target.direction == "below":
        return -deviation
    return np.abs(deviation)
