"""Random adult bodies as bone lengths in trunk lengths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from vision.pose import FloatArray

MEAN: Final[dict[str, float]] = {
    "upper_arm": 0.54,
    "forearm": 0.48,
    "hand": 0.21,
    "thigh": 0.80,
    "shank": 0.87,
    "shoulder_width": 0.70,
    "hip_width": 0.45,
    "neck": 0.33,
    "ear_width": 0.34,
    "nose": 0.28,
    "ankle_height": 0.13,
    "heel": 0.10,
    "toe": 0.42,
}
"""Mean lengths in trunks (mid-hip to mid-shoulder, joint centres).

From the segment lengths of Winter, Biomechanics and Motor Control of Human Movement, 4th ed., table 4.1, moved
half-way to what surface markers and rendered skeletons have, since each takes its joint centres elsewhere.
"""

SPREAD: Final = 0.09
"""Standard deviation of each length over its mean: people differ by 4-5 %, conventions of joint centres by more."""

_BUILD_SPREAD: Final = 0.07


@dataclass(frozen=True)
class Bodies:
    """Lengths (N,) in trunks, one entry of `MEAN` each; trunk_m (N,) metres."""

    lengths: dict[str, FloatArray]
    trunk_m: FloatArray

    def __getitem__(self, name: str) -> FloatArray:
        return self.lengths[name]


def random_bodies(rng: np.random.Generator, count: int) -> Bodies:
    """Bodies whose limbs vary together (long or short legs and arms for the trunk) and each for itself."""
    limbs = np.exp(rng.normal(0, _BUILD_SPREAD, count))
    lengths = {}
    for name, mean in MEAN.items():
        own = np.exp(rng.normal(0, SPREAD / 1.5 if name in ("upper_arm", "forearm") else SPREAD, count))
        together = limbs if name in ("upper_arm", "forearm", "thigh", "shank", "hand") else 1.0
        lengths[name] = mean * own * together
    return Bodies(lengths, np.exp(rng.normal(np.log(0.49), 0.07, count)))
