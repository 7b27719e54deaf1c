"""The numbers of one movement: range, path, tempo, smoothness, compensations; each with its error and its faults.

Every family of metrics is one entry of METRICS, a function from a recorded movement and its template to findings. A
fault is raised only where the value is beyond tolerance plus error; any time between the shortest and the longest
allowed scores 100.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from patterns.features.signals import View
from patterns.features.table import FEATURES
from patterns.templates.template import Template
from scoring.metrics.smoothness import LARGEST_JITTER, path_smoothness, tremor
from scoring.metrics.targets import LEAST_COVERAGE, targets
from scoring.metrics.tempo import tempo
from scoring.records.baseline import REPEAT_SHARE
from scoring.records.finding import Finding, Grading, phases, raised, seen_beyond
from scoring.records.movement_data import Recorded
from scoring.records.records import MetricValue

REACH_ERROR: Final = 0.05
"""One standard error of the share of the path travelled, from the hand's 3-6 px in the image."""

PATH_ERROR: Final = 0.2
STEADY_PATH: Final = 0.1
"""How much farther from the path than one's own other repetitions is still good, in scales of the path."""

REACHED: Final = 0.95
"""Share of the whole range that still counts as whole."""

SHORTENED: Final = 0.8
"""Share of one's own usual reach below which a repetition is cut short."""

SMOOTHEST: Final = -1.6
"""SPARC of a healthy reach; smoother is not better."""

SMOOTH: Final = -2.2
"""SPARC down to which a movement counts as smooth: a minimum-jerk reach is -1.4, seen through 10 mm jitter -1.8."""

UNSMOOTH_SPAN: Final = 2.0
STEADY_TREMOR: Final = 1.0
"""Trembling that is still good, percent of the trunk: rendered people who move smoothly have 0.1 to 1.0."""

TREMBLED: Final = 1.8
"""Multiple of one's own usual trembling from which on it is too much, above LEAST_TREMOR."""

LEAST_TREMOR: Final = 0.5
TREMOR_ERROR: Final = 0.25
TREMOR_SPAN: Final = 3.0
SMOOTHNESS_ERROR: Final = 0.4


SMOOTHNESS_GRADING: Final = Grading(SMOOTHEST - SMOOTH, UNSMOOTH_SPAN)
RETURN_SPAN: Final = 0.5


def reach_grading(template: Template) -> Grading:
    """Return how the share of the path that is missing is graded; the metric is percent of the whole range."""
    full = template.rep.full_reach
    return Grading(1.0 - full, full, full / 100)


def return_grading(template: Template) -> Grading:
    """Return how the distance from the start posture at the end is graded; the metric is percent."""
    return Grading(template.rep.start_zone + REACH_ERROR, RETURN_SPAN, 0.01)


def path_told(view: View, template: Template) -> bool:
    """Whether the camera view can show every feature of the path."""
    return all(view in FEATURES[name].views for name in template.path.features)


def reach(recorded: Recorded, template: Template) -> list[Finding]:
    """How far along the path the movement went, in percent of the whole range; nothing where the view hides it."""
    if not path_told(recorded.view, template):
        return []
    full = template.rep.full_reach
    got = max(recorded.movement.reach, 0.0)
    limit = REACHED * full - REACH_ERROR
    usual = recorded.habits.usual("reach")
    if usual is not None:
        limit = max(limit, min(SHORTENED * usual - REACH_ERROR, full))
    value, error = 100 * got / full, 100 * REACH_ERROR / full
    fault = None
    if got < limit:
        where = (got, full)
        fault = raised("reduced_range", "reach", value, 100 * limit / full, "%", where, (limit - got) / full)
    score = reach_grading(template).score(1.0 - got)
    metric = MetricValue("reach", min(value, 125.0), "%", error, score, recorded.coverage)
    return [Finding(metric, "range", 1.0, fault, ("reach", got))]


def full_return(recorded: Recorded, template: Template) -> list[Finding]:
    """How far from the start posture the movement ended, in percent of the whole range."""
    if not recorded.movement.came_back:
        return []
    left = max(recorded.movement.returned, 0.0)
    limit = template.rep.start_zone + REACH_ERROR
    fault = None
    if left > limit:
        fault = raised("incomplete_return", "return", 100 * left, 100 * limit, "%", (0.0, left), left - limit)
    score = return_grading(template).score(left)
    metric = MetricValue("return", 100 * left, "%", 100 * REACH_ERROR, score, recorded.coverage)
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
    value = float(distance.mean())
    limit = target.tolerance + PATH_ERROR
    usual = recorded.habits.usual("path")
    if usual is not None:
        limit = min(limit, usual + STEADY_PATH + REPEAT_SHARE * PATH_ERROR)
    fault = None
    if value > limit:
        where = phases(recorded.phase, seen_beyond(recorded.distance, limit))
        fault = raised("wrong_path", "path", value, limit, "scales", where, (value - limit) / target.span)
    score = Grading(target.tolerance, target.span).score(value)
    metric = MetricValue("path", value, "scales", PATH_ERROR, score, float(seen.mean()))
    return [Finding(metric, "control", target.weight, fault, ("path", value))]


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
        fault = raised("jerky", "smoothness", value, limit, "", (0.0, 1.0), (limit - value) / UNSMOOTH_SPAN)
    metric = MetricValue(
        "smoothness",
        value,
        "",
        SMOOTHNESS_ERROR,
        SMOOTHNESS_GRADING.score(SMOOTHEST - value),
        recorded.coverage,
    )
    return [Finding(metric, "control", 1.0, fault)]


def trembling(recorded: Recorded, template: Template) -> list[Finding]:
    """How far the parts that travel tremble about their way, in percent of the trunk's length; the worst of them."""
    way_s = min(recorded.movement.ways_s) if recorded.movement.came_back else recorded.movement.ways_s[0]
    told = [value for place in recorded.places if (value := tremor(recorded.t_s, place, way_s)) is not None]
    if not told:
        return []
    value, fault = max(told), None
    usual = recorded.habits.usual("tremor")
    steady = STEADY_TREMOR
    if usual is not None:
        steady = min(STEADY_TREMOR, max(LEAST_TREMOR, TREMBLED * usual))
    limit = steady + TREMOR_ERROR
    if value > limit:
        fault = raised("jerky", "tremor", value, limit, "% trunk", (0.0, 1.0), (value - limit) / TREMOR_SPAN)
    score = Grading(steady, TREMOR_SPAN).score(value)
    metric = MetricValue("tremor", value, "% trunk", TREMOR_ERROR, score, recorded.coverage)
    return [Finding(metric, "control", 1.0, fault, ("tremor", value))]


METRICS: Final[dict[str, Callable[[Recorded, Template], list[Finding]]]] = {
    "reach": reach,
    "return": full_return,
    "path": path,
    "tempo": tempo,
    "smoothness": smoothness,
    "tremor": trembling,
    "targets": targets,
}
"""Every family of metrics by name."""
