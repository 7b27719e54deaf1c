"""One-Euro smoothing of landmarks on their real times.

Source: Casiez, Roussel, Vogel, "1 Euro Filter", CHI 2012. The cut-offs are those of the BlazePose graph: the image
landmarks in body sizes a second, the world landmarks in metres a second, so that one setting fits every distance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from vision.pose import FloatArray, PoseFrame

BoolArray = npt.NDArray[np.bool_]

LONGEST_GAP_S: Final = 0.5
"""A landmark unseen for longer starts afresh, so that an old place never pulls on a new one."""


@dataclass
class OneEuro:
    """A low-pass whose cut-off rises with speed: steady at rest, quick in movement.

    min_cutoff_hz at rest; beta: rise of the cut-off per unit of speed; the derivative is filtered at 1 Hz.
    Works on any array shape; each element has its own state. NaN in, NaN out.
    """

    min_cutoff_hz: float
    beta: float
    _value: FloatArray | None = None
    _speed: FloatArray | None = None
    _raw: FloatArray | None = None
    _seen_s: FloatArray | None = None
    _last_s: float = -math.inf
    _last_seen: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))

    def step(self, t_s: float, raw: FloatArray, scale: float = 1.0) -> FloatArray:
        """The smoothed array; scale turns raw units into those of beta (one over body size, for pixels)."""
        seen = np.isfinite(raw)
        dt_s: float | FloatArray = t_s - self._last_s
        as_before = dt_s <= LONGEST_GAP_S and np.array_equal(seen, self._last_seen)
        self._last_s, self._last_seen = t_s, seen
        if self._value is None or self._speed is None or self._raw is None or self._seen_s is None:
            self._value, self._raw = raw.copy(), raw.copy()
            self._speed = np.zeros_like(raw)
            self._seen_s = np.where(seen, t_s, -np.inf)
            return raw.copy()
        going: BoolArray = seen
        if not as_before:  # else one time holds for all, which takes a third of the work
            own_dt_s = t_s - self._seen_s
            fresh = seen & ((own_dt_s > LONGEST_GAP_S) | ~np.isfinite(self._value))
            going = seen & ~fresh
            dt_s = np.where(going, own_dt_s, 1.0)
            np.copyto(self._speed, 0.0, where=fresh)
            np.copyto(self._value, raw, where=fresh)
        speed = (raw - self._raw) * scale / dt_s
        alpha = _alpha(1.0, dt_s)
        np.copyto(self._speed, alpha * speed + (1 - alpha) * self._speed, where=going)
        alpha = _alpha(self.min_cutoff_hz + self.beta * np.abs(self._speed), dt_s)
        np.copyto(self._value, alpha * raw + (1 - alpha) * self._value, where=going)
        np.copyto(self._raw, raw, where=seen)
        np.copyto(self._seen_s, t_s, where=seen)
        return np.where(seen, self._value, np.nan)


def _alpha(cutoff_hz: float | FloatArray, dt_s: float | FloatArray) -> FloatArray:
    return np.asarray(1.0 / (1.0 + 1.0 / (2 * math.pi * cutoff_hz * dt_s)))


@dataclass
class PoseSmoother:
    """Smooths the image and world landmarks of one person, frame by frame.

    Recordings measured in space (markers) pass untouched: their noise is below what the filter would add as lag.
    """

    _image: OneEuro = field(default_factory=lambda: OneEuro(0.05, 80.0))
    _world: OneEuro = field(default_factory=lambda: OneEuro(0.1, 40.0))

    def step(self, pose: PoseFrame, body_size_px: float) -> PoseFrame:
        """The pose smoothed; body_size_px is the person's size in the picture, twice the trunk's length or so."""
        if pose.measured and pose.world_m is not None:
            return pose
        scale = (
            1.0 / body_size_px if math.isfinite(body_size_px) and body_size_px > 0 else 1.0 / pose.size_wh[1]
        )
        xy_px = self._image.step(pose.t_s, pose.xy_px, scale)
        world_m = None if pose.world_m is None else self._world.step(pose.t_s, pose.world_m)
        return replace(pose, xy_px=xy_px, world_m=world_m)
