"""When a movement starts, arrives and ends, to a fraction of what its slow ends would let one see.

A movement's ends are slow, and near some postures the image hardly changes while the joint still moves, so a level on
progress is crossed late and left early. Here the speed along the path's features is followed outwards from the clear
middle of the movement until it falls under a small share of its peak; what is then still missing is told from the
minimum-jerk course of reaching movements (Flash and Hogan, J Neurosci 5:1688, 1985) run along the template's own path.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import scipy

from patterns.features.table import FEATURES
from patterns.templates.template import Path
from vision.pose import FloatArray

_STEP_S: Final = 1 / 60
_SMOOTH_S: Final = 0.066
_SPEED_SHARE: Final = 0.04
_NOISE_TIMES: Final = 2.5
_BRIDGE_S: Final = 0.067
_LEVEL: Final = 0.2
_BLIND_FROM, _BLIND_WHOLLY = 0.04, 0.16
"""The more of the movement is too slow in the image at one end, the more that end is told from the other one: a
reaching movement without a pause is symmetric about its middle."""

_GRID: Final = np.linspace(0.0, 1.0, 201)
_COURSE: Final = _GRID**3 * (10 - 15 * _GRID + 6 * _GRID**2)


class EdgeFinder:
    """Edges of movements along one path."""

    def __init__(self, path: Path) -> None:
        self._path = path
        bases = [FEATURES[name].base for name in path.features]
        self._twins = [
            [i for i, base in enumerate(bases) if base == wanted] for wanted in dict.fromkeys(bases)
        ]

    def find(
        self, t_s: FloatArray, rows: FloatArray, progress: FloatArray, turn: int, floor: float
    ) -> tuple[float, float, float, float]:
        """(start, arrival at the far end, leaving it, end) in seconds.

        t_s (T,): rising times, from before the movement to after it. rows (T, F): path features in scales.
        progress (T,): along the path. turn: frame of the largest progress. floor: progress at the start posture.
        """
        top = float(progress[turn])
        level = [floor + share * (top - floor) for share in (_LEVEL, 0.5, 1 - _LEVEL)]
        grid_s = np.arange(t_s[0], t_s[-1] + _STEP_S / 2, _STEP_S)
        speed = _speed(t_s, rows, grid_s, self._twins)
        out = [_last_rise(progress[: turn + 1], t_s[: turn + 1], at) for at in level]
        back = [-_last_rise(progress[turn:][::-1], -t_s[turn:][::-1], at) for at in level]
        start_s, peak_s = self._ends(grid_s, speed, out, back[2], (floor, top))
        end_s, leave_s = self._ends(-grid_s[::-1], speed[::-1], [-at for at in back], -out[2], (floor, top))
        return start_s, peak_s, max(-leave_s, peak_s), -end_s

    def _ends(
        self,
        grid_s: FloatArray,
        speed: FloatArray,
        marks_s: list[float],
        until_s: float,
        span: tuple[float, float],
    ) -> tuple[float, float]:
        """(start, arrival) of one way, given when it passed its low, middle and high level."""
        low_s, middle_s, high_s = marks_s
        last = len(grid_s) - 1
        low, high, until = (min(int(np.searchsorted(grid_s, at)), last) for at in (low_s, high_s, until_s))
        fastest = float(speed[max(low - 1, 0) : high + 1].max())
        limit = max(_SPEED_SHARE * fastest, _NOISE_TIMES * float(np.quantile(speed, 0.1)))
        leave, arrive = self._slow_shares(*span, min(limit / fastest, 0.3) if fastest > 0 else _SPEED_SHARE)
        first_s = float(grid_s[_still_before(speed, low, limit)])
        final_s = (
            float(grid_s[last - _still_before(speed[::-1], last - high, limit)]) if high < last else high_s
        )
        final_s = min(final_s, float(grid_s[max(until, high)]))
        start_s = first_s - leave * max(middle_s - first_s, 0.0) / (0.5 - leave)
        arrival_s = final_s + arrive * max(final_s - middle_s, 0.0) / (0.5 - arrive)
        paused = bool((speed[low : high + 1] <= limit).any())
        blind_leave, blind_arrive = self._slow_shares(*span, _SPEED_SHARE)
        blind = (max(blind_leave, blind_arrive) - _BLIND_FROM) / (_BLIND_WHOLLY - _BLIND_FROM)
        trust = 0.0 if paused else min(max(blind, 0.0), 1.0)
        if blind_leave > blind_arrive:
            start_s = (1 - trust) * start_s + trust * (middle_s - max(arrival_s - middle_s, 0.0))
        else:
            arrival_s = (1 - trust) * arrival_s + trust * (middle_s + max(middle_s - start_s, 0.0))
        return start_s, min(arrival_s, max(until_s, high_s))

    def _slow_shares(self, floor: float, top: float, limit: float) -> tuple[float, float]:
        """Shares of a movement's duration below a share of its peak speed, at its start and before its arrival."""
        phase = np.clip(floor, 0, 1) + (np.clip(top, 0, 1) - np.clip(floor, 0, 1)) * _COURSE
        rows = np.stack([self._path.at(n, phase) / self._path.scale[n] for n in self._path.features], axis=-1)
        speed = np.linalg.norm(np.gradient(rows, _GRID, axis=0), axis=1)
        fast = np.flatnonzero(speed > limit * speed.max())
        if not len(fast):
            return 0.0, 0.0
        return min(float(_GRID[fast[0]]), 0.4), min(float(1 - _GRID[fast[-1]]), 0.4)


def _speed(t_s: FloatArray, rows: FloatArray, grid_s: FloatArray, twins: list[list[int]]) -> FloatArray:
    """Speed along the path's features on an even grid, smoothed; unseen features are bridged.

    Of a left and a right column the slower one counts for both: both sides move, and what only one of them does is
    the unrest of the side that the camera hardly sees.
    """
    total = np.zeros(len(grid_s))
    for columns in twins:
        speeds = [
            _column_speed(t_s, rows[:, i], grid_s) for i in columns if np.isfinite(rows[:, i]).sum() > 1
        ]
        if speeds:
            total += len(speeds) * np.min(speeds, axis=0) ** 2
    return np.sqrt(total)


def _column_speed(t_s: FloatArray, column: FloatArray, grid_s: FloatArray) -> FloatArray:
    seen = np.isfinite(column)
    even = np.interp(grid_s, t_s[seen], column[seen])
    return np.abs(
        np.gradient(scipy.ndimage.gaussian_filter1d(even, _SMOOTH_S / _STEP_S, mode="nearest"), _STEP_S)
    )


def _still_before(speed: FloatArray, index: int, limit: float) -> int:
    """The last frame before index from which the speed had stayed under the limit for a while, 0 if none."""
    run = round(_BRIDGE_S / _STEP_S)
    slow = speed[: index + 1] <= limit
    quiet = np.convolve(slow, np.ones(run), mode="valid") >= run
    found = np.flatnonzero(quiet)
    return int(found[-1]) + run - 1 if len(found) else 0


def _last_rise(progress: FloatArray, t_s: FloatArray, level: float) -> float:
    """When progress last rose through the level on its way to its last value, between frames by a line."""
    below = np.flatnonzero(progress < level)
    if not len(below):
        return float(t_s[0])
    i = int(below[-1])
    if i + 1 == len(progress):
        return float(t_s[i])
    share = (level - progress[i]) / (progress[i + 1] - progress[i])
    return float(t_s[i] + share * (t_s[i + 1] - t_s[i]))
