"""Random cameras, and what they see of landmarks in three dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from training.skeleton import turn_y
from vision.pose import FloatArray

_TO_CAMERA: Final = np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, -1.0]])
"""The body's axes (left, up, forward) to those of a level camera in front of it (right, down, away)."""


@dataclass(frozen=True)
class Seen:
    """level (N, T, L, 3): from mid-hip in trunks, gravity along y; camera: the same along the tilted camera's axes.

    xy (N, T, L, 2): in the picture, in units of its longer side, from its middle. inside (N, T, L): in the picture.
    """

    level: FloatArray
    camera: FloatArray
    xy: FloatArray
    inside: FloatArray


def random_views(
    rng: np.random.Generator,
    body: FloatArray,
    way: FloatArray,
    trunk_m: FloatArray,
    turned_deg: tuple[float, float] | None = None,
) -> Seen:
    """What one random camera for each sequence sees of body (N, T, L, 3), in trunks from mid-hip.

    way (N, T, 3): how mid-hip itself moves, in trunks. turned_deg: between which angles people are turned, to either
    side; anyhow where not given.

    Half of the people face the camera within 40 degrees, a third stand sideways, the rest anyhow. Webcams: field of
    view 45 to 80 degrees over the longer side, 1.6 to 4.2 m away, 0.3 to 1.8 m high, tilted by up to some 20 degrees.
    """
    count = len(body)
    turn_to_camera = _TO_CAMERA @ turn_y(_headings_deg(rng, count, turned_deg))
    level = np.einsum("nij,ntlj->ntli", turn_to_camera, body)
    moved = level + np.einsum("nij,ntj->nti", turn_to_camera, way)[:, :, None]
    far = rng.uniform(1.6, 4.2, count) / trunk_m
    ratio = rng.choice([3 / 4, 9 / 16, 4 / 3, 16 / 9], count, p=[0.4, 0.4, 0.1, 0.1])
    half = np.stack([np.minimum(1, 1 / ratio), np.minimum(1, ratio)], axis=-1) / 2
    focal = 0.5 / np.tan(np.radians(rng.uniform(45, 80, count)) / 2)
    drop = np.minimum(moved[..., 1].max((1, 2)), 3.5)
    eye_up = rng.uniform(0.3, 1.8, count) / trunk_m - drop
    tilt = np.degrees(np.arctan2(eye_up - rng.normal(0.05, 0.35, count), far))
    roll = rng.normal(0, 1.5, count)
    aside = rng.normal(0, 0.12, count) * far * half[:, 0] / focal
    placed = moved + np.stack([aside, eye_up, far], axis=-1)[:, None, None]
    turn = _tilt(tilt, roll)
    camera = np.einsum("nij,ntlj->ntli", turn, level)
    seen = np.einsum("nij,ntlj->ntli", turn, placed)
    depth = np.maximum(seen[..., 2:], 0.3)
    xy = focal[:, None, None, None] * seen[..., :2] / depth
    inside = (np.abs(xy) < half[:, None, None]).all(axis=-1)
    return Seen(level, camera, xy, inside)


def _headings_deg(rng: np.random.Generator, count: int, between: tuple[float, float] | None) -> FloatArray:
    if between is not None:
        return rng.choice([-1.0, 1.0], count) * rng.uniform(*between, count)
    share = rng.random(count)
    front, any_way = rng.uniform(-40, 40, count), rng.uniform(-180, 180, count)
    side = rng.choice([-1.0, 1.0], count) * rng.uniform(35, 110, count)
    return np.where(share < 0.5, front, np.where(share < 0.85, side, any_way))


def _tilt(pitch_deg: FloatArray, roll_deg: FloatArray) -> FloatArray:
    """Rotations (N, 3, 3) from level axes into those of a camera that looks down by pitch and is rolled."""
    p, r = np.radians(pitch_deg), np.radians(roll_deg)
    one, zero = np.ones_like(p), np.zeros_like(p)
    down = np.stack([one, zero, zero, zero, np.cos(p), -np.sin(p), zero, np.sin(p), np.cos(p)], axis=-1)
    turn = np.stack([np.cos(r), -np.sin(r), zero, np.sin(r), np.cos(r), zero, zero, zero, one], axis=-1)
    return np.asarray(turn.reshape(-1, 3, 3) @ down.reshape(-1, 3, 3))
