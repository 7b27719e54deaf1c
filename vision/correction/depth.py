"""The seam between a pose backend and the Coach, in which the depth of the world landmarks is put right.

A pose network tells well where joints are in the picture, and badly how far away they are: a limb that points at the
camera comes out bent and short. The correction network (models/correction.onnx, made by models/training) has seen how
bodies move and how pose networks err. It answers with landmarks in three dimensions, level with gravity, in the scale
of an adult with a trunk of half a metre (one camera cannot tell the size), and with an error for each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from vision.backends.onnx_session import open_session
from vision.correction.bone_lengths import BoneLengths
from vision.correction.inputs import KEPT, MIRROR, MIRROR_ORDER, MIRROR_SIGN, ROWS, InputMaker
from vision.pose import INDEX, LANDMARKS, FloatArray, PoseFrame

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Correction = Callable[[PoseFrame], PoseFrame]
"""Takes the poses of one person in the order of their times, each with better world landmarks and their error."""

TRUNK_M: Final = 0.5
"""Mid-hip to mid-shoulder of the adult in whose scale corrected landmarks are told, metres."""

WEIGHTS: Final = Path(__file__).resolve().parents[2] / "models" / "correction.onnx"
_FORGET_S: Final = 1.0
_FOLLOWS: Final = {
    **{f"{side}_{part}": f"{side}_wrist" for side in ("left", "right") for part in ("pinky", "thumb")},
    **{name: "nose" for name in LANDMARKS if "eye" in name or "mouth" in name},
}
_OTHERS: Final = np.array([INDEX[name] for name in _FOLLOWS])
_LEADERS: Final = np.array([KEPT.index(leader) for leader in _FOLLOWS.values()])
_FLIP: Final = np.array([-1.0, 1.0, 1.0])


def identity(pose: PoseFrame) -> PoseFrame:
    """The pose as it came."""
    return pose


class NetworkCorrection:
    """The correction network on one person's poses; make one for each stream, none is shared between threads.

    Left and right are treated alike: each frame is judged as it is and mirrored, and the two answers are averaged.
    """

    def __init__(self, session: InferenceSession) -> None:
        self._session = session
        self._maker = InputMaker()
        self._lengths = BoneLengths()
        self._last_s: float | None = None

    @classmethod
    def open(cls, path: Path = WEIGHTS) -> NetworkCorrection:
        """The correction with the weights that come with the program. RuntimeMissingError without onnxruntime."""
        return cls(open_session(path))

    def __call__(self, pose: PoseFrame) -> PoseFrame:
        """The pose with corrected world landmarks.

        As it came where it is measured, was corrected before (its error is told), or nobody was found.

        A gap of more than a second, or time going back, begins a new person.
        """
        if pose.measured or not pose.detected or _corrected(pose):
            return pose
        elapsed_s = 0.0 if self._last_s is None else pose.t_s - self._last_s
        if not 0 <= elapsed_s <= _FORGET_S:
            self._maker, self._lengths, elapsed_s = InputMaker(), BoneLengths(), 0.0
        self._last_s = pose.t_s
        size_wh = np.array(pose.size_wh, dtype=np.float64)
        xy = (pose.xy_px[ROWS] - size_wh / 2) / size_wh.max()
        world = np.full((len(KEPT), 3), np.nan) if pose.world_m is None else pose.world_m[ROWS]
        rows = self._maker.step(pose.t_s, xy[None], pose.visibility[None, ROWS], world[None])
        both = np.concatenate([rows, rows[:, MIRROR_ORDER] * MIRROR_SIGN]).astype(np.float32)
        points, log_error = (np.asarray(v, dtype=np.float64) for v in self._session.run(None, {"told": both}))
        mean, error = _both_ways(points, np.exp(log_error))
        return _filled(pose, TRUNK_M * self._lengths.step(mean, error, elapsed_s), TRUNK_M * error)


def _corrected(pose: PoseFrame) -> bool:
    return pose.world_error_m is not None and bool(np.isfinite(pose.world_error_m).any())


def _both_ways(points: FloatArray, error: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The mean (21, 3) of two answers (2, 21, 3), the second one mirrored, and its error (21,)."""
    twin = points[1, MIRROR] * _FLIP
    apart = np.linalg.norm(points[0] - twin, axis=-1) / 2
    return (points[0] + twin) / 2, np.hypot((error[0] + error[1, MIRROR]) / 2, apart)


def _filled(pose: PoseFrame, mean: FloatArray, spread: FloatArray) -> PoseFrame:
    """The pose with world landmarks (21, 3) and their errors (21,), both in metres; the others follow the nearest."""
    world_m = np.full((len(LANDMARKS), 3), np.nan)
    error_m = np.full(len(LANDMARKS), np.nan)
    world_m[ROWS], error_m[ROWS] = mean, spread
    world_m[_OTHERS] = mean[_LEADERS]
    if pose.world_m is not None:
        world_m[_OTHERS] += pose.world_m[_OTHERS] - pose.world_m[ROWS][_LEADERS]
    error_m[_OTHERS] = spread[_LEADERS]
    return replace(pose, world_m=_single(world_m), world_error_m=_single(error_m))


def _single(array: FloatArray) -> FloatArray:
    """Rounded to single precision, which is all that the network has and takes half the room in a store."""
    return array.astype(np.float32).astype(np.float64)


CORRECTIONS: Final[dict[str, Callable[[], Correction]]] = {
    "off": lambda: identity,
    "on": NetworkCorrection.open,
}
"""What --correction asks for, each opened anew for every stream."""

DEFAULT: Final = "on"
"""On rendered people corrected angles are nearer to the truth in every feature and view (models/CORRECTION.md)."""
