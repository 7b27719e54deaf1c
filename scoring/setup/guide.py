"""What is drawn over the person while they move: the way to go, the band around it, and the joints that matter.

Everything is in pixels of the picture that was judged. Nothing here judges a repetition: the Coach does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from patterns.features.signals import SIDES, Signals, View, view_of
from patterns.features.table import FEATURES, compute
from patterns.features.view_errors import feature_error
from patterns.figure.figure import figures
from patterns.templates.library import sided
from patterns.templates.template import Side, Target, Template
from scoring.coach.side_tracker import Sight
from scoring.metrics.table import path_told
from scoring.records.records import Update
from scoring.setup.reference_paths import POINTS, Ghost, ghosts
from vision.pose import INDEX, FloatArray

MOST_ARCS: Final = 3
_AHEAD: Final = 0.15
_TURNED_BACK: Final = 0.06
_YAW_MEMORY_S: Final = 0.5
_AT_START: Final = 0.1
_JOINTS: Final = {
    "shoulder_elevation": ("hip", "shoulder", "elbow"),
    "shoulder_flexion": ("hip", "shoulder", "elbow"),
    "shoulder_abduction": ("hip", "shoulder", "elbow"),
    "elbow_flexion": ("shoulder", "elbow", "wrist"),
    "hip_flexion": ("shoulder", "hip", "knee"),
    "hip_abduction": ("shoulder", "hip", "knee"),
    "knee_flexion": ("hip", "knee", "ankle"),
}
"""Angle features that are drawn at a joint: the neighbour before it, the joint, the neighbour after it."""


@dataclass(frozen=True)
class Way:
    """The way of one part. line (POINTS, 2): from start to end. part (2,): where it is now.

    half_width: of the band to stay in. inside: whether the part is in it, true at the start. following (2,): where to
    go next; target (2,): the end of the way out, or of the way back.
    """

    line: FloatArray
    half_width: float
    part: FloatArray
    inside: bool
    following: FloatArray
    target: FloatArray


@dataclass(frozen=True)
class Arc:
    """The angle at a joint. rows: landmarks (neighbour, joint, neighbour). angle_deg: whole degrees.

    inside: whether it is within what the template asks here; None where it asks nothing at this point of the way.
    """

    rows: tuple[int, int, int]
    angle_deg: int
    inside: bool | None


@dataclass(frozen=True)
class GuideFrame:
    """The guidance for one frame: ways of the parts that travel (none where this view hides them), and joint arcs."""

    ways: tuple[Way, ...]
    arcs: tuple[Arc, ...]


class Guide:
    """The guidance along one set of a template on a side as the Coach takes it; step once a frame after the Coach.

    Making one solves the figure (a second the first time). Raises SideError where the template does not take the side.
    """

    def __init__(self, template: Template, side: Side) -> None:
        judged = sided(template, side)
        self._lanes = {
            figure.side: _Lane(judged[figure.side], ghosts(figure)) for figure in figures(template, side)
        }
        self._turned_deg, self._last_s = math.nan, -math.inf

    def step(self, update: Update, sight: Sight | None) -> GuideFrame | None:
        """What to draw with that update and what the Coach had in sight; None where nothing can be told."""
        if sight is None or update.progress is None or update.state == "lost":
            return None
        turned_deg = self._turned(sight.signals)
        if not math.isfinite(turned_deg):
            return None
        return self._lanes[sight.side].step(update, sight.signals, turned_deg)

    def _turned(self, signals: Signals) -> float:
        """How far the person is turned to their right, degrees, steadied over half a second."""
        now_s, seen = float(signals.t_s[0]), float(signals.yaw_deg[0])
        if math.isfinite(seen):
            share = 1.0 - math.exp(-(now_s - self._last_s) / _YAW_MEMORY_S)
            known = seen if math.isnan(self._turned_deg) else self._turned_deg
            self._turned_deg = known + share * ((seen - known + 180.0) % 360.0 - 180.0)
            self._last_s = now_s
        return self._turned_deg


class _Lane:
    """The guidance of one side."""

    def __init__(self, template: Template, its_ghosts: tuple[Ghost, ...]) -> None:
        self._template, self._ghosts = template, its_ghosts
        self._asked = _angles_asked(template)
        self._starts = dict.fromkeys(self._asked, math.nan)
        self._heading, self._turning_point = 1, 0.0

    def step(self, update: Update, signals: Signals, turned_deg: float) -> GuideFrame | None:
        progress = 0.0 if update.progress is None else update.progress
        view = view_of(turned_deg)
        self._follow(progress)
        told = path_told(view, self._template)
        ways = [self._way(ghost, progress, signals, turned_deg) for ghost in self._ghosts] if told else []
        arcs = self._arcs(progress, signals, view)
        frame = GuideFrame(tuple(way for way in ways if way is not None), arcs)
        return frame if frame.ways or frame.arcs else None

    def _follow(self, progress: float) -> None:
        """Notice where the movement turns."""
        if (progress - self._turning_point) * self._heading >= 0:
            self._turning_point = progress
        elif abs(progress - self._turning_point) > _TURNED_BACK:
            self._heading, self._turning_point = -self._heading, progress
        if progress < _TURNED_BACK:
            self._heading, self._turning_point = 1, progress

    def _way(self, ghost: Ghost, progress: float, signals: Signals, turned_deg: float) -> Way | None:
        laid = ghost.laid(signals, turned_deg)
        if laid is None:
            return None
        line, part, half_width = laid
        following = _at(line, progress + _AHEAD * self._heading)
        target = line[-1] if self._heading > 0 else line[0]
        inside = progress < _AT_START or _distance(line, part) <= half_width
        return Way(line, half_width, part, inside, following, target)

    def _arcs(self, progress: float, signals: Signals, view: View) -> tuple[Arc, ...]:
        names = [name for name in self._asked if view in FEATURES[name].views]
        if not names:
            return ()
        arcs = []
        for name, value in zip(names, compute(signals, names)[0].tolist(), strict=True):
            if not math.isfinite(value):
                continue
            if progress < _AT_START:
                self._starts[name] = value
            asked = [target for target in self._asked[name] if view in target.told_in]
            inside = [self._within(target, progress, value, view) for target in asked]
            known = [one for one in inside if one is not None]
            arcs.append(Arc(_rows(name), round(value), all(known) if known else None))
            if len(arcs) == MOST_ARCS:
                break
        return tuple(arcs)

    def _within(self, target: Target, progress: float, value: float, view: View) -> bool | None:
        """Whether a value is within tolerance and error of a target; None where it asks nothing, or cannot be told."""
        if not target.phase[0] <= progress <= target.phase[-1]:
            return None
        off = value - float(np.interp(progress, target.phase, target.value))
        off -= self._starts[target.feature] if target.from_start else 0.0
        error = feature_error(target.feature, view)
        if error is None or not math.isfinite(off):
            return None
        wrong = off if target.direction == "above" else -off if target.direction == "below" else abs(off)
        return wrong <= target.tolerance + error


def _angles_asked(template: Template) -> dict[str, list[Target]]:
    """The angles that are worth an arc, with their targets: where a range is asked for, on the path, then the rest."""
    ranges = [target.feature for target in template.target if target.role == "range"]
    others = [target.feature for target in template.target if target.role == "control"]
    found: dict[str, list[Target]] = {}
    joints: set[tuple[int, int, int]] = set()
    for name in dict.fromkeys([*ranges, *template.path.features, *others]):
        joint, _, side = name.rpartition("_")
        if joint in _JOINTS and side in SIDES and _rows(name) not in joints:
            joints.add(_rows(name))
            found[name] = [target for target in template.target if target.feature == name]
    return found


def _rows(name: str) -> tuple[int, int, int]:
    base, _, side = name.rpartition("_")
    near, joint, far = _JOINTS[base]
    return INDEX[f"{side}_{near}"], INDEX[f"{side}_{joint}"], INDEX[f"{side}_{far}"]


def _at(line: FloatArray, progress: float) -> FloatArray:
    """The point (2,) of a way at a progress, kept to its ends."""
    place = min(max(progress, 0.0), 1.0) * (POINTS - 1)
    before = min(int(place), POINTS - 2)
    return np.asarray(line[before] + (place - before) * (line[before + 1] - line[before]))


def _distance(line: FloatArray, point: FloatArray) -> float:
    """How far a point (2,) is from a line through points (N, 2)."""
    step, off = np.diff(line, axis=0), point - line[:-1]
    long = np.maximum((step * step).sum(axis=1), 1e-12)
    share = np.clip((off * step).sum(axis=1) / long, 0.0, 1.0)
    gap = off - share[:, None] * step
    return math.sqrt(float((gap * gap).sum(axis=1).min()))
