"""The numbers of one movement: range, path, tempo, smoothness, compensations; each with its error and its faults.

Every family of metrics is one entry of METRICS, a function from a recorded movement and its template to findings. A
fault is raised only where the value is beyond tolerance plus error. Scores fall in straight lines from 100 without a
deviation to 90 at the tolerance and 0 at tolerance plus span, so that a worse movement never scores higher; any time
between the shortest and the longest allowed scores 100.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from patterns.features import FEATURES, View
from patterns.template import Target, Template
from scoring.recorded import Recorded
from scoring.records import Fault, MetricValue
from scoring.smoothness import LARGEST_JITTER, path_smoothness
from vision.pose import FloatArray

REACH_ERROR: Final = 0.05
"""One standard error of the share of the path travelled, from the hand's 3-6 px in the image."""

TIME_ERROR_S: Final = 0.1
UNTIMELY_SPAN: Final = 0.8
"""Share of the allowed time beyond it at which the score is 0."""

SMOOTHEST: Final = -1.6
"""SPARC of a healthy reach; smoother is not better."""

SMOOTH: Final = -2.2
"""SPARC down to which a movement counts as smooth: a minimum-jerk reach is -1.4, seen through 10 mm jitter -1.8."""

CLEAN: Final = 90.0
"""Score at the tolerance: what is still good scores 90 to 100, the closer the better."""

UNSMOOTH_SPAN: Final = 2.0
SMOOTHNESS_ERROR: Final = 0.4
LEAST_COVERAGE: Final = 0.6
_WORST: Final = 0.9
_START_PHASE: Final = 0.15


@dataclass(frozen=True)
class Finding:
    """One metric with its share in range or control, and the fault it raised."""

    metric: MetricValue
    role: str
    weight: float
    fault: Fault | None = None


def graded(deviation: float, tolerance: float, span: float) -> float:
    """0..100: 100 without deviation, CLEAN at the tolerance, 0 at tolerance plus span, straight lines between."""
    if deviation <= tolerance:
        return 100.0 - (100.0 - CLEAN) * max(deviation, 0.0) / tolerance
    return CLEAN * max(1.0 - (deviation - tolerance) / span, 0.0)


def _fault(
    fault: str, feature: str, value: float, limit: float, unit: str, phase: tuple[float, float], share: float
) -> Fault:
    low, high = (min(max(p, 0.0), 1.0) for p in phase)
    return Fault(fault, feature, value, limit, unit, (low, high), min(max(share, 0.0), 1.0))


def path_told(view: View, template: Template) -> bool:
    """Whether the camera view can show every feature of the path."""
    return all(view in FEATURES[name].views for name in template.path.features)


def reach(recorded: Recorded, template: Template) -> list[Finding]:
    """How far along the path the movement went, in percent of the whole range; nothing where the view hides it."""
    if not path_told(recorded.view, template):
        return []
    full = template.rep.full_reach
    got = max(recorded.movement.reach, 0.0)
    limit = full - REACH_ERROR
    value, error = 100 * got / full, 100 * REACH_ERROR / full
    fault = None
    if got < limit:
        where = (got, full)
        fault = _fault("reduced_range", "reach", value, 100 * limit / full, "%", where, (limit - got) / full)
    score = graded(1.0 - got, 1.0 - full, full)
    metric = MetricValue("reach", min(value, 125.0), "%", error, score, recorded.coverage)
    return [Finding(metric, "range", 1.0, fault)]


def full_return(recorded: Recorded, template: Template) -> list[Finding]:
    """How far from the start posture the movement ended, in percent of the whole range."""
    if not recorded.movement.came_back:
        return []
    left = max(recorded.movement.returned, 0.0)
    limit = template.rep.start_zone + REACH_ERROR
    fault = None
    if left > limit:
        fault = _fault("incomplete_return", "return", 100 * left, 100 * limit, "%", (0.0, left), left - limit)
    metric = MetricValue(
        "return", 100 * left, "%", 100 * REACH_ERROR, graded(left, limit, 0.5), recorded.coverage
    )
    return [Finding(metric, "control", 0.5, fault)]


def path(recorded: Recorded, template: Template) -> list[Finding]:
    """Mean distance from the template's path, in its scales, on the way out and back."""
    if template.path_target is None or not path_told(recorded.view, template):
        return []
    seen = np.isfinite(recorded.distance)
    if not seen.any():
        return []
    target = template.path_target
    distance = recorded.distance[seen]
    value, error = float(distance.mean()), 0.2
    limit = target.tolerance + error
    fault = None
    if value > limit:
        where = _phases(recorded, seen_beyond(recorded.distance, limit))
        fault = _fault("wrong_path", "path", value, limit, "scales", where, (value - limit) / target.span)
    metric = MetricValue(
        "path", value, "scales", error, graded(value, target.tolerance, target.span), float(seen.mean())
    )
    return [Finding(metric, "control", target.weight, fault)]


def tempo(recorded: Recorded, template: Template) -> list[Finding]:
    """Seconds of the way out, the hold and the way back; nothing of a way back that never came."""
    movement, rule = recorded.movement, template.tempo
    ways = (
        ("time_out", movement.ways_s[0], rule.out_s, (0.0, 1.0)),
        ("time_back", movement.ways_s[1], rule.back_s, (1.0, 0.0)),
    )
    findings = []
    for name, value, (shortest, longest), (a, b) in ways[: 2 if movement.came_back else 1]:
        fault = None
        if value < shortest - TIME_ERROR_S:
            limit = shortest - TIME_ERROR_S
            fault = _fault(
                "too_fast", name, value, limit, "s", (min(a, b), max(a, b)), (limit - value) / limit
            )
        elif value > longest + TIME_ERROR_S:
            limit = longest + TIME_ERROR_S
            fault = _fault(
                "too_slow", name, value, limit, "s", (min(a, b), max(a, b)), (value - limit) / limit
            )
        excess = max(shortest - value, value - longest) / (shortest if value < shortest else longest)
        score = 100.0 * (1.0 - min(max(excess / UNTIMELY_SPAN, 0.0), 1.0))
        metric = MetricValue(name, value, "s", TIME_ERROR_S, score, recorded.coverage)
        findings.append(Finding(metric, "control", 0.5, fault))
    hold = MetricValue(
        "hold", movement.leave_s - movement.peak_s, "s", 2 * TIME_ERROR_S, None, recorded.coverage
    )
    return [*findings, Finding(hold, "shown", 0.0)]


def smoothness(recorded: Recorded, template: Template) -> list[Finding]:
    """Spectral arc length of the way out; not shown where the picture's jitter is above the noise floor."""
    movement = recorded.movement
    out = (recorded.t_s >= movement.start_s) & (recorded.t_s <= movement.peak_s)
    names = [n for n in template.path.features if FEATURES[n].unit != "deg"]
    seen = (
        [n for n in names if np.isfinite(recorded.feature(n)[out]).mean() > LEAST_COVERAGE]
        if out.any()
        else []
    )
    if not seen:
        return []
    found = path_smoothness(recorded.t_s[out], np.stack([recorded.feature(n)[out] for n in seen], axis=-1))
    if found is None or found[1] > LARGEST_JITTER:
        return []
    value, limit = found[0], SMOOTH - SMOOTHNESS_ERROR
    fault = None
    if value < limit:
        fault = _fault("jerky", "smoothness", value, limit, "", (0.0, 1.0), (limit - value) / UNSMOOTH_SPAN)
    metric = MetricValue(
        "smoothness",
        value,
        "",
        SMOOTHNESS_ERROR,
        graded(SMOOTHEST - value, SMOOTHEST - SMOOTH, UNSMOOTH_SPAN),
        recorded.coverage,
    )
    return [Finding(metric, "control", 1.0, fault)]


def targets(recorded: Recorded, template: Template) -> list[Finding]:
    """Every target of the template that this view can show."""
    return [f for target in template.target if (f := _judge(recorded, target)) is not None]


def _judge(recorded: Recorded, target: Target) -> Finding | None:
    if recorded.view not in target.told_in:
        return None
    values = recorded.feature(target.feature)
    if target.from_start:
        values = values - _own_start(recorded, values)
    wanted = target.at(np.clip(recorded.phase, 0.0, 1.0))
    asked = np.isfinite(wanted)
    if target.role == "range":
        asked &= recorded.phase >= np.nanmax(recorded.phase) - 0.1
        wanted = np.where(asked | np.isnan(wanted), wanted, np.nan)
        if not asked.any():
            asked = recorded.phase >= np.nanmax(recorded.phase) - 0.1
            wanted = np.where(asked, target.value[-1], np.nan)
    seen = asked & np.isfinite(values)
    coverage = float(seen.sum() / asked.sum()) if asked.any() else 0.0
    error = recorded.error(target.feature, seen)
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
    limit = target.tolerance + error
    fault = None
    if excess > limit:
        where = _phases(recorded, seen_beyond(wrong, limit))
        edge = value - float(np.copysign(excess - limit, off))  # the value that would just have been a fault
        unit = FEATURES[target.feature].unit
        fault = _fault(target.fault, target.feature, value, edge, unit, where, (excess - limit) / target.span)
    metric = MetricValue(
        target.feature,
        value,
        FEATURES[target.feature].unit,
        error,
        graded(excess, target.tolerance, target.span),
        coverage,
    )
    return Finding(metric, target.role, target.weight, fault)


def _own_start(recorded: Recorded, values: FloatArray) -> float:
    """The person's own value at the start posture: the median before the movement has gone far."""
    first = recorded.t_s <= recorded.movement.start_s + 0.3
    near = (recorded.phase < _START_PHASE) & (recorded.t_s < recorded.movement.peak_s)
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


def seen_beyond(values: FloatArray, limit: float) -> FloatArray:
    """Where (T,) values are seen and beyond the limit, as 0 and 1."""
    return np.asarray(np.nan_to_num(values, nan=-np.inf) > limit, dtype=np.float64)


def _phases(recorded: Recorded, beyond: FloatArray) -> tuple[float, float]:
    phases = recorded.phase[(beyond > 0) & np.isfinite(recorded.phase)]
    return (float(phases.min()), float(phases.max())) if len(phases) else (0.0, 1.0)


METRICS: Final[dict[str, Callable[[Recorded, Template], list[Finding]]]] = {
    "reach": reach,
    "return": full_return,
    "path": path,
    "tempo": tempo,
    "smoothness": smoothness,
    "targets": targets,
}
"""Every family of metrics by name."""
