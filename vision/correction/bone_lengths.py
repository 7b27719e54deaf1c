"""Bones that keep their length: the directions of a frame, the lengths of all frames so far."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from vision.correction.inputs import KEPT
from vision.pose import FloatArray

_REMEMBER_S: Final = 20.0
_PARTS: Final = (
    ("elbow", "shoulder"),
    ("wrist", "elbow"),
    ("index", "wrist"),
    ("knee", "hip"),
    ("ankle", "knee"),
    ("heel", "ankle"),
    ("foot_index", "ankle"),
)
_FAR, _NEAR = (
    np.array([[KEPT.index(f"{side}_{pair[k]}") for side in ("left", "right")] for pair in _PARTS])
    for k in (0, 1)
)


class BoneLengths:
    """Follows the lengths of one person's limb bones; left and right are taken to be alike."""

    def __init__(self) -> None:
        self._weight: FloatArray = np.zeros(len(_PARTS))
        self._sum: FloatArray = np.zeros(len(_PARTS))

    def step(self, points: FloatArray, error: FloatArray, elapsed_s: float) -> FloatArray:
        """Points (21, 3) with every limb bone as long as it was on average, the surer frames counting more.

        error (21,): of each landmark as seen from the one it hangs from, in the unit of points.
        """
        bones = points[_FAR] - points[_NEAR]
        length = np.linalg.norm(bones, axis=-1)
        weight = 1.0 / np.maximum(error[_FAR], 1e-3) ** 2
        fade = math.exp(-elapsed_s / _REMEMBER_S)
        self._weight = self._weight * fade + weight.sum(axis=1)
        self._sum = self._sum * fade + (weight * length).sum(axis=1)
        wanted = self._sum / self._weight
        made = points.copy()
        for part in range(len(_PARTS)):
            stretch = wanted[part] / np.maximum(length[part], 1e-6)
            made[_FAR[part]] = made[_NEAR[part]] + bones[part] * stretch[:, None]
        return made
