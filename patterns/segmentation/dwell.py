"""How long a movement stayed at its far end, from progress alone, and the course of a reaching movement.

A person who holds a position sways, and near the end of its way a limb hardly moves in the picture, so where a hold
begins and ends cannot be told from stillness. It is told from when the ways pass two levels in their first half,
carried on along the minimum-jerk course of reaching movements (Flash and Hogan, J Neurosci 5:1688, 1985).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from vision.pose import FloatArray

_LOW, _MIDDLE = 0.1, 0.5


def course(share: float) -> float:
    """How far along its way (0..1) a reaching movement is after a share 0..1 of its time: minimum jerk."""
    s = min(max(share, 0.0), 1.0)
    return s**3 * (10 - 15 * s + 6 * s * s)


def time_share(gone: float) -> float:
    """The share of its time after which a reaching movement has gone so far (0..1): the inverse of course."""
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if course(middle) < gone else (low, middle)
    return (low + high) / 2


_TAIL: Final = (1 - time_share(_MIDDLE)) / (time_share(_MIDDLE) - time_share(_LOW))
"""Time from the middle to the arrival, as a share of the time between the levels."""


def stays(
    t_s: FloatArray, progress: FloatArray, turns_s: Sequence[float] = ()
) -> tuple[tuple[float, float], ...]:
    """Arrival at the far end and leaving it in seconds, once for each way out; arrival is never after leaving.

    t_s (T,): rising times of one movement from start to end. progress (T,): along the path, NaN where not seen.
    turns_s: when it turned to go out again before it was back. A way of which a level is missing ends at its edge.
    """
    seen = np.isfinite(progress)
    t_s, progress = t_s[seen], progress[seen]
    if len(t_s) < 2:
        return ()
    cuts = [0, *(int(np.searchsorted(t_s, s)) for s in turns_s if t_s[0] < s < t_s[-1]), len(t_s) - 1]
    found = []
    for first, last in pairwise(cuts):
        part_s, part = t_s[first : last + 1], progress[first : last + 1]
        top = min(float(part.max()), 1.0)
        arrival = _arrival(part_s, part, top)
        leaving = -_arrival(-part_s[::-1], part[::-1], top)
        middle = (arrival + leaving) / 2
        found.append((min(arrival, middle), max(leaving, middle)))
    return tuple(found)


def _arrival(t_s: FloatArray, progress: FloatArray, top: float) -> float:
    """When a way (T,) that goes out from its first frame arrived at the top."""
    low, middle = (progress[0] + share * (top - progress[0]) for share in (_LOW, _MIDDLE))
    above = np.flatnonzero(progress >= middle)
    if not len(above):
        return float(t_s[-1])
    last = int(above[0])
    below = np.flatnonzero(progress[: last + 1] < low)
    low_s = _between(t_s, progress, int(below[-1]), low) if len(below) else float(t_s[0])
    middle_s = _between(t_s, progress, max(last - 1, 0), middle)
    return middle_s + _TAIL * (middle_s - low_s)


def _between(t_s: FloatArray, progress: FloatArray, i: int, level: float) -> float:
    """When progress passed the level between frame i and the next, by a line."""
    if i + 1 >= len(t_s) or progress[i + 1] <= progress[i]:
        return float(t_s[i])
    share = min(max((level - progress[i]) / (progress[i + 1] - progress[i]), 0.0), 1.0)
    return float(t_s[i] + share * (t_s[i + 1] - t_s[i]))
