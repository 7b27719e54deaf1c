"""python -m training.mocap FOLDER: the correction on measured movements, seen through made cameras and errors.

FOLDER holds landmark recordings of real people measured in three dimensions (`measured`). Each is turned to face a
random camera, seen from the front and from the side with the fitted errors of the pose network, corrected, and its
features compared with those of the measured landmarks. Prints mean absolute errors, without and with the correction.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from patterns.features.signals import Signals
from patterns.features.table import compute
from training.cameras import Seen, random_views
from training.sensor import Sensor
from vision.correction.depth import NetworkCorrection
from vision.correction.inputs import KEPT, ROWS
from vision.pose import INDEX, FloatArray, PoseFrame
from vision.recording import read_recording

_LIMBS: Final = ("shoulder_elevation", "shoulder_plane", "elbow_flexion", "hip_flexion", "knee_flexion")
FEATURES: Final = (
    *(f"{feature}_{side}" for feature in _LIMBS for side in ("left", "right")),
    "trunk_forward_lean",
    "trunk_lean",
    "trunk_rotation",
)
VIEWS: Final = {"front": (-30.0, 30.0), "side": (60.0, 90.0)}
_RATE_HZ: Final = 30.0
_SIZE_WH: Final = (640, 480)
_WORKS_FROM_DEG: Final = 25.0


def _body(world_m: FloatArray) -> tuple[FloatArray, float]:
    """Kept landmarks (T, 21, 3) along left, up, forward from mid-hip in trunks, and the trunk in metres."""
    hips, shoulders = (
        (world_m[:, INDEX[f"left_{part}"]] + world_m[:, INDEX[f"right_{part}"]]) / 2
        for part in ("hip", "shoulder")
    )
    trunk_m = float(np.median(np.linalg.norm(shoulders - hips, axis=-1)))
    return (world_m[:, ROWS] - hips[:, None]) / trunk_m * [1.0, -1.0, -1.0], trunk_m


def _seen(rng: np.random.Generator, path: Path, turned_deg: tuple[float, float]) -> tuple[Seen, FloatArray]:
    recording = read_recording(path)
    assert recording.world_m is not None
    body, trunk_m = _body(recording.world_m)
    body = np.where(np.isfinite(body), body, 0.0)
    return random_views(
        rng, body[None], np.zeros((1, len(body), 3)), np.array([trunk_m]), turned_deg
    ), recording.t_s


def _poses(rng: np.random.Generator, sensor: Sensor, seen: Seen) -> Iterator[PoseFrame]:
    xy, visibility, world_m = (part[0] for part in sensor.sense(rng, seen, _RATE_HZ))
    for k in range(len(xy)):
        pixels, world = np.full((33, 2), np.nan), np.full((33, 3), np.nan)
        shown = np.zeros(33)
        pixels[ROWS] = xy[k] * max(_SIZE_WH) + np.array(_SIZE_WH) / 2
        world[ROWS], shown[ROWS] = world_m[k], visibility[k]
        yield PoseFrame(k / _RATE_HZ, _SIZE_WH, pixels, world, shown)


def _signals(world_m: FloatArray, error_m: FloatArray) -> Signals:
    nothing = np.full(len(world_m), np.nan)
    empty = np.full((len(world_m), 33, 2), np.nan)
    return Signals(nothing, empty, world_m, error_m, nothing, empty[:, 0])


def _angles(poses: list[PoseFrame]) -> FloatArray:
    world = np.array([pose.world_m for pose in poses])
    return compute(_signals(world, np.ones((len(poses), 33))), FEATURES)


def errors(folder: Path, every: int, seed: int) -> dict[tuple[str, str], list[FloatArray]]:
    """Errors (M, 2), without and with correction, by feature without its side and view."""
    rng, sensor = np.random.default_rng(seed), Sensor.read()
    found: dict[tuple[str, str], list[FloatArray]] = {}
    for path in sorted(folder.glob("m*.npz"))[::every]:
        for view, turned_deg in VIEWS.items():
            seen, _ = _seen(rng, path, turned_deg)
            true_world = np.full((seen.level.shape[1], 33, 3), np.nan)
            true_world[:, ROWS] = seen.level[0]
            truth = compute(_signals(true_world, np.ones(true_world.shape[:2])), FEATURES)
            raw = list(_poses(rng, sensor, seen))
            correct = NetworkCorrection.open()
            both = [_angles(raw), _angles([correct(pose) for pose in raw])]
            for i, name in enumerate(FEATURES):
                told = truth[np.isfinite(truth[:, i]), i]
                works = len(told) and (name.startswith("trunk") or np.ptp(told) >= _WORKS_FROM_DEG)
                if not works:
                    continue
                off = np.stack([(got[:, i] - truth[:, i] + 180) % 360 - 180 for got in both], axis=-1)
                base = name.removesuffix("_left").removesuffix("_right")
                found.setdefault((base, view), []).append(off[np.isfinite(off).all(axis=1)])
    return found


def main() -> None:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--every", type=int, default=1, help="only every so many-th recording")
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    sys.stdout.write(f"{len(KEPT)} landmarks; mean absolute error in degrees, off and on\n")
    for (feature, view), found in sorted(errors(given.folder, given.every, given.seed).items()):
        off = np.abs(np.concatenate(found)).mean(axis=0)
        sys.stdout.write(f"{feature:20s} {view:6s} {off[0]:6.1f} {off[1]:6.1f}  ({len(found)} recordings)\n")


if __name__ == "__main__":
    main()
