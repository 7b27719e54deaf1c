"""Training samples: what the correction network is told, and what it is to answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from training.bodies import random_bodies
from training.cameras import random_views
from training.measured import MeasuredMovements
from training.movements import RATE_HZ, random_movements
from training.sensor import Sensor
from training.skeleton import landmarks, way_of_hips
from vision.correction.inputs import KEPT, SIZE, InputMaker
from vision.pose import FloatArray

SECONDS: Final = 8.0
_TOGETHER: Final = 256
_MEASURED: Final = 32
_UNTOLD_WORLD: Final = 0.15
_HIDDEN_LIMB: Final = 0.1
_LIMBS: Final = tuple(
    [i for i, name in enumerate(KEPT) if name in (f"{side}_{a}", f"{side}_{b}", f"{side}_{c}")]
    for side in ("left", "right")
    for a, b, c in (("elbow", "wrist", "index"), ("ankle", "heel", "foot_index"), ("knee", "ankle", "heel"))
)


@dataclass(frozen=True)
class Samples:
    """told (M, SIZE): input rows; truth (M, 21, 3): landmarks from mid-hip in trunks, level, along the camera."""

    told: npt.NDArray[np.float16]
    truth: npt.NDArray[np.float16]


def make_samples(
    seed: int,
    sensor: Sensor,
    count: int,
    left_out: Collection[str] = (),
    measured: MeasuredMovements | None = None,
) -> Samples:
    """About count samples from as many random sequences as that takes; the same for the same seed.

    A share of the sequences move as measured people did, where there are such movements.
    """
    rng = np.random.default_rng(seed)
    made: list[Samples] = []
    while sum(len(some.told) for some in made) < count:
        made.append(_some(rng, sensor, left_out, measured))
    return Samples(
        np.concatenate([s.told for s in made])[:count], np.concatenate([s.truth for s in made])[:count]
    )


def _some(
    rng: np.random.Generator, sensor: Sensor, left_out: Collection[str], measured: MeasuredMovements | None
) -> Samples:
    """The samples of some sequences: of each sequence every third frame, and every one of its first second."""
    bodies = random_bodies(rng, _TOGETHER)
    postures = random_movements(rng, _TOGETHER, SECONDS, left_out)
    body = landmarks(bodies, postures)
    if measured is not None:
        body[:_MEASURED] = measured.draw(rng, bodies, _MEASURED, body.shape[1])
        postures.planted[:_MEASURED] = 1
    seen = random_views(rng, body, way_of_hips(body, postures.planted), bodies.trunk_m)
    xy, visibility, world_m = sensor.sense(rng, seen, RATE_HZ)
    world_m[rng.random(_TOGETHER) < _UNTOLD_WORLD] = np.nan
    _hide(rng, xy, visibility)
    every = int(rng.choice([1, 1, 2]))
    maker = InputMaker()
    told, truth = [], []
    for k in range(0, xy.shape[1], every):
        rows = maker.step(k / RATE_HZ, xy[:, k], visibility[:, k], world_m[:, k])
        if k % 3 == 0 or k < RATE_HZ // 2:
            told.append(rows.astype(np.float16))
            truth.append(seen.level[:, k].astype(np.float16))
    assert told[0].shape[1] == SIZE
    return Samples(np.concatenate(told), np.concatenate(truth))


def _hide(rng: np.random.Generator, xy: FloatArray, visibility: FloatArray) -> None:
    """Take one limb away for a while in some of the sequences."""
    for n in np.flatnonzero(rng.random(len(xy)) < _HIDDEN_LIMB):
        limb = _LIMBS[rng.integers(len(_LIMBS))]
        first = int(rng.integers(xy.shape[1]))
        last = first + int(rng.integers(5, xy.shape[1]))
        xy[n, first:last, limb] = np.nan
        visibility[n, first:last, limb] = 0.0
