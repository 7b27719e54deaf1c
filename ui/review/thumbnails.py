"""Small pictures of the way that the hand, foot or body took in each repetition, all of a set on one scale."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from scoring.records.records import RepScore
from vision.pose import FloatArray

BoolArray = npt.NDArray[np.bool_]
WIDTH, HEIGHT = 96, 64
_MARGIN: Final = 6
_LINES: Final = 40
"""Points by which a way is drawn."""

_OTHERS: Final = "#c3ccd4"
_OUT: Final = "#d55e00"
_BACK: Final = "#0072b2"


def thumbnails(
    set_ways: Sequence[tuple[FloatArray, FloatArray] | None], reps: Sequence[RepScore]
) -> list[str | None]:
    """For each repetition an SVG as a data URL: its way out and back over those of the others; None without frames.

    set_ways: as scoring.results.curves.ways tells them.
    """
    places = [way.reshape(-1, 2) for _, way in filter(None, set_ways)]
    every = np.concatenate(places) if places else np.empty((0, 2))
    every = every[np.isfinite(every).all(axis=1)]
    if not len(every):
        return [None] * len(reps)
    low, high = every.min(axis=0), every.max(axis=0)
    unit = float(((np.array([WIDTH, HEIGHT]) - 2 * _MARGIN) / np.maximum(high - low, 1e-6)).min())
    middle = (low + high) / 2
    drawn = [
        None if one is None else (one[0], (one[1] - middle) * unit + [WIDTH / 2, HEIGHT / 2])
        for one in set_ways
    ]
    behind = "".join(_line(part, _OTHERS, 1.0) for _, way in filter(None, drawn) for part in way)
    return [
        None if one is None else _picture(behind, one[1], one[0] <= rep.peak_s)
        for one, rep in zip(drawn, reps, strict=True)
    ]


def _picture(behind: str, way: FloatArray, out: BoolArray) -> str:
    own = "".join(_line(part[~out], _BACK, 2.0) + _line(part[out], _OUT, 2.5) for part in way)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}"><rect width="100%" height="100%" rx="4" fill="#f4f6f8"/>{behind}{own}</svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii")


def _line(points: FloatArray, colour: str, width: float) -> str:
    """A polyline through what is seen of (N, 2) pixels."""
    chosen = points[:: max(len(points) // _LINES, 1)]
    seen = chosen[np.isfinite(chosen).all(axis=1)]
    told = " ".join(f"{x:.0f},{y:.0f}" for x, y in seen.tolist())
    return (
        f'<polyline points="{told}" fill="none" stroke="{colour}" stroke-width="{width}" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )
