"""The mean way of several repetitions, whatever their tempo."""

from __future__ import annotations

from typing import Final

import numpy as np
from dtaidistance.dtw_barycenter import dba_loop

from vision.pose import FloatArray

_WINDOW: Final = 12
_ROUNDS: Final = 10


def mean_way(ways: FloatArray) -> FloatArray:
    """The barycentre (N, F) of ways (W, N, F) under dynamic time warping.

    Petitjean, Ketterlin, Gancarski: A global averaging method for dynamic time warping, Pattern Recognition 44:678,
    2011. Begun from the way that is nearest to the middle of all; the warping may shift by a quarter of a way.
    """
    count = ways.shape[2]
    ways = np.concatenate(
        [ways, np.zeros((*ways.shape[:2], 1))], axis=-1
    )  # one feature alone is taken for a scalar
    off = np.linalg.norm(ways - np.median(ways, axis=0), axis=(1, 2))
    first = np.ascontiguousarray(ways[int(off.argmin())])
    mean = dba_loop(list(np.ascontiguousarray(ways)), c=first, max_it=_ROUNDS, use_c=True, window=_WINDOW)
    return np.asarray(mean, dtype=np.float64).reshape(ways.shape[1:])[:, :count]


def at_even_distances(way: FloatArray, knots: int) -> FloatArray:
    """Points (knots, F) of a way (N, F) with equal lengths of way between them, so that phase is distance travelled."""
    steps = np.linalg.norm(np.diff(way, axis=0), axis=1)
    gone = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.linspace(0.0, gone[-1], knots)
    return np.stack([np.interp(at, gone, column) for column in way.T], axis=-1)
