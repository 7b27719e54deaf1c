"""What a pose network makes of a person: its offsets, its flattened depth, its doubt, and how all that drifts.

Fitted (see `fit_sensor`) on what the real network returned for rendered people with known joints. The mean of its
error depends on posture and view; what is left over is drawn from the leftovers of whole recordings, so that it keeps
its course over time, its ties between landmarks and its outliers.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from training.cameras import Seen
from vision.correction.inputs import KEPT, looks
from vision.pose import FloatArray

SENSOR_FILE: Final = Path(__file__).parent / "sensor.npz"
KEPT_COUNT: Final = len(KEPT)
OUTPUTS: Final = KEPT_COUNT * (2 + 3 + 1)
"""Image offsets in the person's size, world landmarks in half metres, visibility as a logit."""

WORLD_UNIT_M: Final = 0.5
LARGEST_LOGIT: Final = 7.0
_STEP: Final = 32


def describe(seen: Seen) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(features (N, T, F), middle of the hips (N, T, 2), size (N, T)) of what a perfect sensor would see."""
    count, frames = seen.xy.shape[:2]
    everything = np.ones((count * frames, KEPT_COUNT), dtype=np.bool_)
    size = looks(seen.xy.reshape(-1, KEPT_COUNT, 2), everything).reshape(count, frames)
    left, right = KEPT.index("left_hip"), KEPT.index("right_hip")
    root = (seen.xy[:, :, left] + seen.xy[:, :, right]) / 2
    places = (seen.xy - root[:, :, None]) / size[..., None, None]
    parts = [places, seen.camera, seen.inside.astype(np.float64), root, size[..., None]]
    return np.concatenate([p.reshape(count, frames, -1) for p in parts], axis=-1), root, size


@dataclass(frozen=True)
class Sensor:
    """layers: (weights, biases) of the network that gives the mean and spread of each output.

    leftovers (R, M, OUTPUTS): leftovers of R recordings over M moments, in spreads; rate_hz: of those moments.
    """

    layers: tuple[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]], ...]
    leftovers: FloatArray
    rate_hz: float

    @classmethod
    def read(cls, path: Path = SENSOR_FILE) -> Sensor:
        """The sensor as it was fitted."""
        with np.load(path) as kept:
            count = sum(name.startswith("weight") for name in kept.files)
            layers = tuple(
                (kept[f"weight{k}"].astype(np.float32), kept[f"bias{k}"].astype(np.float32))
                for k in range(count)
            )
            return cls(layers, kept["leftovers"] * float(kept["unit"]), float(kept["rate_hz"]))

    def mean_and_spread(
        self, features: FloatArray
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Mean and standard deviation (..., OUTPUTS) for features (..., F)."""
        values: npt.NDArray[np.float32] = features.astype(np.float32)
        for k, (weight, bias) in enumerate(self.layers):
            values = values @ weight.T + bias
            if k + 1 < len(self.layers):
                values = np.maximum(values, np.float32(0))
        return values[..., :OUTPUTS], np.exp(np.clip(values[..., OUTPUTS:], -6, 1))

    def sense(
        self, rng: np.random.Generator, seen: Seen, rate_hz: float
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """(xy (N, T, 21, 2), visibility (N, T, 21), world_m (N, T, 21, 3)) as the pose network would tell them."""
        count, frames = seen.xy.shape[:2]
        features, _, size = describe(seen)
        mean = np.empty((count, frames, OUTPUTS), dtype=np.float32)
        spread = np.empty_like(mean)
        for first in range(0, count, _STEP):
            some = slice(first, first + _STEP)
            mean[some], spread[some] = self.mean_and_spread(features[some])
        told = mean + spread * self._left_over(rng, count, frames, rate_hz)
        offset, world, doubt = np.split(told, [KEPT_COUNT * 2, KEPT_COUNT * 5], axis=-1)
        xy = seen.xy + offset.reshape(count, frames, -1, 2) * size[..., None, None]
        world_m = WORLD_UNIT_M * (world.reshape(count, frames, -1, 3) + seen.camera)
        return xy, 1 / (1 + np.exp(-doubt)), world_m

    def _left_over(self, rng: np.random.Generator, count: int, frames: int, rate_hz: float) -> FloatArray:
        recordings, moments = self.leftovers.shape[:2]
        chosen = rng.integers(0, recordings, count)
        at = rng.uniform(0, moments, count)[:, None] + np.arange(frames) * self.rate_hz / rate_hz
        at = np.abs((at + moments - 1) % (2 * (moments - 1)) - (moments - 1))
        low = np.minimum(at.astype(int), moments - 2)
        share = (at - low)[..., None]
        row = chosen[:, None]
        return np.asarray((1 - share) * self.leftovers[row, low] + share * self.leftovers[row, low + 1])
