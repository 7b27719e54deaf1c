"""Where along a template's path a posture is: the nearest phase, and how far off the path."""

from __future__ import annotations

import math
import statistics
from collections import deque
from typing import Final

import numpy as np

from patterns.templates.template import Path
from vision.pose import FloatArray

_STEPS: Final = 100
_BEYOND: Final = 0.2
"""The path goes on straight by this much phase at either end, so that an end is passed, not run into."""

_STEP_PHASE: Final = 0.1
_FASTEST_PHASE_S: Final = 5.0
_JUMP_WEIGHT: Final = 0.04
_FORGOTTEN_AFTER_S: Final = 0.5


class PathFollower:
    """Nearest phase on one path, for rows of feature values in the order of time."""

    def __init__(self, path: Path) -> None:
        self.names: tuple[str, ...] = tuple(path.features)
        beyond = round(_BEYOND * _STEPS)
        self._phase: FloatArray = np.arange(-beyond, _STEPS + beyond + 1) / _STEPS
        columns = [_extended(path, name, self._phase) / path.scale[name] for name in self.names]
        self._curve: FloatArray = np.stack(columns, axis=-1)
        self._scale: FloatArray = np.array([path.scale[name] for name in self.names])
        self._last_s, self._last_phase = -math.inf, 0.0
        self._own = {self.names.index(n): _OwnStart(path, n, limits) for n, limits in path.own_start.items()}

    def nearest(self, row: FloatArray, t_s: float) -> tuple[float, float]:
        """(phase, distance in scales) for values (F,) in the order of names at t_s; NaN features are left out.

        Where the path passes close to itself the phase nearer to the last one is taken: a body does not jump.

        Phase runs from -0.2 to 1.2; both are NaN when no feature was seen. Step once a frame: a start that is the
        person's own is learnt on the way.
        """
        if self._own:
            row = row.copy()
            for column, own in self._own.items():
                row[column] = own.step(float(row[column]))
        seen = np.isfinite(row)
        if not seen.any():
            return float("nan"), float("nan")
        difference = self._curve[:, seen] - row[seen] / self._scale[seen]
        squared = (difference * difference).mean(axis=1)
        cost = squared
        if t_s - self._last_s <= _FORGOTTEN_AFTER_S:
            reach = _STEP_PHASE + _FASTEST_PHASE_S * (t_s - self._last_s)
            cost = squared + _JUMP_WEIGHT * ((self._phase - self._last_phase) / reach) ** 2
        best = int(cost.argmin())
        self._last_s, self._last_phase = t_s, float(self._phase[best])
        return float(self._phase[best]), float(np.sqrt(squared[best]))

    def as_own(self, name: str, values: FloatArray) -> FloatArray:
        """Return values (N,) of the path as this person has them: a start of their own lies elsewhere."""
        own = self._own.get(self.names.index(name))
        return values if own is None else own.as_own(values)


class _OwnStart:
    """Maps a feature so that the person's own start posture falls on the template's: the farthest value yet seen."""

    def __init__(self, path: Path, name: str, limits: tuple[float, float]) -> None:
        self._start, self._end = path.features[name][0], path.features[name][-1]
        self._limits = limits
        self._recent: deque[float] = deque(maxlen=5)
        self._own: float | None = None

    def step(self, value: float) -> float:
        if not math.isfinite(value):
            return value
        self._recent.append(value)
        middle = statistics.median(self._recent)
        limited = min(max(middle, self._limits[0]), self._limits[1])
        farthest = max if self._start > self._end else min
        self._own = limited if self._own is None else farthest(self._own, limited)
        return self._end + (value - self._end) * (self._start - self._end) / (self._own - self._end)

    def as_own(self, values: FloatArray) -> FloatArray:
        if self._own is None:
            return values
        return np.asarray(
            self._end + (values - self._end) * (self._own - self._end) / (self._start - self._end)
        )


def _extended(path: Path, name: str, phase: FloatArray) -> FloatArray:
    knots, values = np.array(path.phase), np.array(path.features[name])
    inside = np.interp(phase, knots, values)
    first = (values[1] - values[0]) / (knots[1] - knots[0])
    last = (values[-1] - values[-2]) / (knots[-1] - knots[-2])
    before, after = np.minimum(phase, 0.0), np.maximum(phase - 1.0, 0.0)
    return np.asarray(inside + first * before + last * after)
