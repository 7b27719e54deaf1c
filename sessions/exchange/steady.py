"""Movement at a constant rate, which the formats of laboratories ask for; a webcam's pictures come as they come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from vision.pose import FloatArray

LONGEST_GAP_S: Final = 0.25
"""Between pictures farther apart nothing is interpolated: what was not seen stays missing."""


@dataclass(frozen=True)
class Steady:
    """t_s (N,) at rate_hz from the first time on; values (N, ...), NaN where missing."""

    rate_hz: float
    t_s: FloatArray
    values: FloatArray


def steady(t_s: FloatArray, values: FloatArray) -> Steady:
    """Values (T, ...) at times t_s (T,), drawn at the rate of the median step, linear between neighbours.

    A value is missing where one of its neighbours is, or where they are more than LONGEST_GAP_S apart.
    """
    flat = values.reshape(len(t_s), -1)
    rate_hz = 30.0 if len(t_s) < 2 else float(np.round(1.0 / np.median(np.diff(t_s)), 3))
    count = int(np.floor((t_s[-1] - t_s[0]) * rate_hz + 1e-6)) + 1
    at_s = t_s[0] + np.arange(count) / rate_hz
    after = np.clip(np.searchsorted(t_s, at_s), 1, max(len(t_s) - 1, 1))
    before = after - 1
    if len(t_s) == 1:
        return Steady(rate_hz, at_s, values[:1])
    gap_s = t_s[after] - t_s[before]
    share = np.clip((at_s - t_s[before]) / gap_s, 0.0, 1.0)[:, None]
    drawn = np.where(share == 0.0, flat[before], flat[before] + share * (flat[after] - flat[before]))
    drawn = np.where(share == 1.0, flat[after], drawn)
    drawn[(gap_s > LONGEST_GAP_S) & (share[:, 0] > 0.0) & (share[:, 0] < 1.0)] = np.nan
    return Steady(rate_hz, at_s, drawn.reshape(count, *values.shape[1:]))
