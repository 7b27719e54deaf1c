"""Rendered clips with known joints, and what the pose network told of them: the only real sensor in training.

A folder of .npz, one for each clip: cam (T, 33, 3) true joints along the camera's axes in metres; up (3,) against
gravity along the same axes; uv (T, 33, 2) where the joints are in the picture, pixels; and what the pose network told:
xy (T, 33, 2) pixels, vis (T, 33), world (T, 33, 3) metres, NaN where it found nobody; t (T,) seconds; optionally
size_wh (2,), 640 x 480 otherwise, and kind, what is done in it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.samples import Samples
from vision.correction.inputs import ROWS, InputMaker
from vision.pose import INDEX, FloatArray


@dataclass(frozen=True)
class Clip:
    """One clip of T frames, kept landmarks only.

    t_s (T,). camera, level (T, 21, 3): true joints from mid-hip in trunks, along the camera's axes, and level with
    gravity. true_xy, xy (T, 21, 2): where they are and where the network sees them, from the middle of the picture in
    units of its longer side. inside (T, 21): in the picture. visibility (T, 21), world_m (T, 21, 3): as told.
    kind: what is done, "" where nobody says.
    """

    t_s: FloatArray
    camera: FloatArray
    level: FloatArray
    true_xy: FloatArray
    inside: FloatArray
    xy: FloatArray
    visibility: FloatArray
    world_m: FloatArray
    kind: str = ""


def read_clips(folder: Path, left_out: Collection[str] = ()) -> list[Clip]:
    """Every clip of a folder in which the person was never lost, by name; none whose kind is left out."""
    clips = [_read(path) for path in sorted(folder.glob("*.npz"))]
    return [clip for clip in clips if np.isfinite(clip.xy).all() and clip.kind not in left_out]


def _read(path: Path) -> Clip:
    with np.load(path) as kept:
        wide, high = kept["size_wh"] if "size_wh" in kept.files else (640, 480)
        joints = kept["cam"].astype(np.float64)
        uv, xy, world = (kept[name][:, ROWS].astype(np.float64) for name in ("uv", "xy", "world"))
        kind = str(kept["kind"]) if "kind" in kept.files else ""
        visibility, t_s, up = kept["vis"][:, ROWS].astype(np.float64), kept["t"], kept["up"]
    middle, longer = np.array([wide, high]) / 2, max(wide, high)
    hips, shoulders = (
        (joints[:, INDEX[f"left_{part}"]] + joints[:, INDEX[f"right_{part}"]]) / 2
        for part in ("hip", "shoulder")
    )
    trunk_m = np.linalg.norm(shoulders - hips, axis=-1)
    camera = (joints[:, ROWS] - hips[:, None]) / trunk_m[:, None, None]
    return Clip(
        t_s,
        camera,
        camera @ level_axes(up).T,
        (uv - middle) / longer,
        (np.abs(uv - middle) < middle).all(axis=-1),
        (xy - middle) / longer,
        visibility,
        world,
        kind,
    )


def level_axes(up: FloatArray) -> FloatArray:
    """Axes (3, 3) of a camera turned level: rows right, down, away, from up along the tilted camera's axes."""
    down = -up / np.linalg.norm(up)
    away = np.array([0.0, 0.0, 1.0]) - down * down[2]
    away /= np.linalg.norm(away)
    return np.stack([np.cross(down, away), down, away])


def clip_samples(clips: list[Clip]) -> Samples:
    """Every frame of every clip as a training sample."""
    told, truth = [], []
    for clip in clips:
        maker = InputMaker()
        for k, t_s in enumerate(clip.t_s):
            told.append(
                maker.step(float(t_s), clip.xy[k][None], clip.visibility[k][None], clip.world_m[k][None])
            )
            truth.append(clip.level[k][None])
    return Samples(np.concatenate(told).astype(np.float16), np.concatenate(truth).astype(np.float16))
