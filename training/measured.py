"""Movements of real people measured in three dimensions, put on random bodies for training.

Where each bone points is taken from the recording, and turned a little, the same over the whole sequence. Half of the
sequences have the lengths of the random bodies, whose joint centres are those of rendered people; the other half about
the lengths that the markers tell, since no two conventions of joint centres agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from training.bodies import MEAN, Bodies
from training.movements import RATE_HZ
from vision.correction.inputs import KEPT
from vision.pose import INDEX, FloatArray
from vision.recording import read_recording

_ROW: Final = {name: i for i, name in enumerate(KEPT)}
_CHAINS: Final = (
    ("shoulder", "elbow", "upper_arm"),
    ("elbow", "wrist", "forearm"),
    ("wrist", "index", "hand"),
    ("hip", "knee", "thigh"),
    ("knee", "ankle", "shank"),
    ("ankle", "heel", "heel"),
    ("ankle", "foot_index", "toe"),
)
_RIGID: Final = ("heel", "toe")
_TEMPO: Final = 1.5
_TURN_DEG: Final = 4.0
_OWN_LENGTHS: Final = 0.5
_LENGTH_SPREAD: Final = 0.05


@dataclass(frozen=True)
class MeasuredMovements:
    """Bodies (T, 21, 3) along left, up, forward from mid-hip in trunks, one for each recording, at RATE_HZ."""

    bodies: tuple[FloatArray, ...]

    @classmethod
    def read(cls, folder: Path) -> MeasuredMovements:
        """Every landmark recording of the folder, by name. Raises RecordingError; ValueError where there is none."""
        paths = sorted(folder.glob("*.npz"))
        if not paths:
            raise ValueError(f"{folder}: expected landmark recordings (.npz), found none")
        return cls(tuple(_read(path) for path in paths))

    def draw(self, rng: np.random.Generator, bodies: Bodies, count: int, frames: int) -> FloatArray:
        """Kept landmarks (count, frames, 21, 3) of the first count bodies moving as somebody did, in trunks."""
        return np.stack([self._one(rng, bodies, n, frames) for n in range(count)])

    def _one(self, rng: np.random.Generator, bodies: Bodies, n: int, frames: int) -> FloatArray:
        source = self.bodies[rng.integers(len(self.bodies))]
        tempo = np.exp(rng.uniform(-np.log(_TEMPO), np.log(_TEMPO)))
        first = rng.uniform(0, max(0.0, len(source) - 1 - tempo * (frames - 1)))
        at = np.clip(first + tempo * np.arange(frames), 0, len(source) - 1)
        before = np.minimum(at.astype(int), len(source) - 2)
        share = (at - before)[:, None, None]
        moved = source[before] * (1 - share) + source[before + 1] * share
        lengths = {name: float(bodies[name][n]) for name in MEAN}
        if rng.random() < _OWN_LENGTHS:
            lengths |= {name: told * np.exp(rng.normal(0, _LENGTH_SPREAD)) for name, told in _lengths(source)}
        return _rebuilt(rng, moved, lengths)


def _read(path: Path) -> FloatArray:
    recording = read_recording(path)
    if recording.world_m is None:
        raise ValueError(f"{path}: expected world landmarks, got none")
    told = recording.world_m[:, [INDEX[name] for name in KEPT]]
    seconds = np.arange(recording.t_s[0], recording.t_s[-1], 1 / RATE_HZ)
    even = np.empty((len(seconds), len(KEPT), 3))
    for row in range(len(KEPT)):
        known = np.isfinite(told[:, row]).all(axis=-1)
        if not known.any():
            raise ValueError(f"{path}: {KEPT[row]}: expected to be seen, is not")
        for axis in range(3):
            even[:, row, axis] = np.interp(seconds, recording.t_s[known], told[known, row, axis])
    hips, shoulders = _middle(even, "hip"), _middle(even, "shoulder")
    trunk_m = np.median(np.linalg.norm(shoulders - hips, axis=-1))
    return np.asarray((even - hips[:, None]) / trunk_m * [1.0, -1.0, -1.0])


def _middle(body: FloatArray, part: str) -> FloatArray:
    return np.asarray((body[:, _ROW[f"left_{part}"]] + body[:, _ROW[f"right_{part}"]]) / 2)


def _lengths(body: FloatArray) -> Iterator[tuple[str, float]]:
    """The lengths (by the names of bodies) that a body (T, 21, 3) has in the middle of its time, both sides' mean."""
    for near, far, bone in _CHAINS:
        if bone not in _RIGID:
            both = [body[:, _ROW[f"{s}_{far}"]] - body[:, _ROW[f"{s}_{near}"]] for s in ("left", "right")]
            yield bone, float(np.median(np.linalg.norm(both, axis=-1)))
    for part in ("hip", "shoulder"):
        across = body[:, _ROW[f"left_{part}"]] - body[:, _ROW[f"right_{part}"]]
        yield f"{part}_width", float(np.median(np.linalg.norm(across, axis=-1)))


def _rebuilt(rng: np.random.Generator, moved: FloatArray, lengths: dict[str, float]) -> FloatArray:
    """The same bearings of bones (T, 21, 3) with other lengths."""
    hips, shoulders = _middle(moved, "hip"), _middle(moved, "shoulder")
    trunk = shoulders - hips
    made = np.empty_like(moved)
    neck = lengths["neck"] / MEAN["neck"]
    for name in ("nose", "left_ear", "right_ear"):
        made[:, _ROW[name]] = trunk + neck * (moved[:, _ROW[name]] - shoulders)
    for part, start in (("hip", 0 * trunk), ("shoulder", trunk)):
        left, right = moved[:, _ROW[f"left_{part}"]], moved[:, _ROW[f"right_{part}"]]
        half = _unit(left - right) * lengths[f"{part}_width"] / 2
        made[:, _ROW[f"left_{part}"]], made[:, _ROW[f"right_{part}"]] = start + half, start - half
    for side in ("left", "right"):
        for near, far, bone in _CHAINS:
            a, b = _ROW[f"{side}_{near}"], _ROW[f"{side}_{far}"]
            along = moved[:, b] - moved[:, a]
            along = along / MEAN[bone] if bone in _RIGID else _turned(rng, _unit(along))
            made[:, b] = made[:, a] + lengths[bone] * along
    return made


def _unit(vector: FloatArray) -> FloatArray:
    return np.asarray(vector / np.maximum(np.linalg.norm(vector, axis=-1, keepdims=True), 1e-6))


def _turned(rng: np.random.Generator, along: FloatArray) -> FloatArray:
    """Unit vectors (T, 3) turned about one random axis by one small random angle."""
    axis = _unit(rng.normal(size=3))
    angle = np.radians(rng.normal(0, _TURN_DEG))
    sine, cosine = np.sin(angle), np.cos(angle)
    return np.asarray(
        along * cosine + np.cross(axis, along) * sine + axis * (along @ axis)[:, None] * (1 - cosine)
    )
