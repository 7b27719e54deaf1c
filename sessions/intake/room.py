"""Landmarks in the axes of any laboratory as a level camera in front of the person would have seen them."""

from __future__ import annotations

from typing import Final

import numpy as np

from patterns.figure.body import CAMERA_HIGH_M, PICTURE_WH, projected, world
from sessions.intake.flat import flat_axis, in_picture
from sessions.intake.markers import Axis
from sessions.intake.points import METRES, IntakeError
from vision.pose import INDEX, FloatArray, PoseSequence

RATE_HZ: Final = 30.0
"""At which faster recordings are kept: that of the cameras the judgement was made for."""

_FASTEST_HZ: Final = 60.0
_CLEAR: Final = 0.8
"""An axis is told from the person where this share of a trunk lies along it."""

_TURNED: Final = 0.2
"""Below this length of the mean of where somebody faces, they have faced everywhere."""

_TRUNK_M: Final = (0.15, 1.0)
_AXES: Final = {
    sign + name: factor * row
    for sign, factor in (("", 1.0), ("-", -1.0))
    for name, row in zip("xyz", np.eye(3), strict=True)
}


def seen(
    t_s: FloatArray, landmarks: FloatArray, unit: str, where: str, *, up: Axis | None, camera: Axis | None
) -> PoseSequence:
    """The poses of landmarks (T, 33, 3) in a unit of METRES and in any axes, as measured in three dimensions.

    up: the axis that points up, camera: the one that points to the camera; without them the trunk is taken to be
    upright, and the camera to stand where the person faces on the whole; of points in one plane, the picture that they
    are, without depth (sessions.intake.flat). Raises IntakeError where neither can be told,
    or where the trunk has not the length of a trunk.
    """
    metres = landmarks * METRES[unit]
    depth = flat_axis(metres)
    shoulders, hips = _middle(metres, "shoulder"), _middle(metres, "hip")
    _check_size(shoulders - hips, unit, where)
    above = _AXES[up] if up is not None else _told_up(shoulders - hips, where)
    if depth is not None:
        toward = np.abs(_AXES[depth]) if camera is None else _AXES[camera]
    else:
        toward = _AXES[camera] if camera is not None else _told_forward(metres, above, where)
    if abs(float(above @ toward)) > 1e-6:
        raise IntakeError(f"{where}: --up {up} and --camera {camera} are the same axis; they must differ")
    turned = metres @ np.stack([np.cross(above, toward), above, toward]).T
    t_s, turned = _at_camera_rate(t_s, turned)
    stood = turned - _place(turned)
    if depth is not None:
        return in_picture(t_s, stood)
    pixels = projected(stood)
    there = np.isfinite(pixels).all(axis=-1)
    return PoseSequence(t_s, PICTURE_WH, pixels, world(stood), there.astype(float), measured=True)


def _middle(points: FloatArray, part: str) -> FloatArray:
    return np.asarray((points[:, INDEX[f"left_{part}"]] + points[:, INDEX[f"right_{part}"]]) / 2)


def _check_size(trunk: FloatArray, unit: str, where: str) -> None:
    lengths = np.linalg.norm(trunk, axis=1)
    if not np.isfinite(lengths).any():
        raise IntakeError(f"{where}: shoulders and hips are never there together; nothing can be judged")
    length_m = float(np.nanmedian(lengths))
    shortest, longest = _TRUNK_M
    if not shortest <= length_m <= longest:
        raise IntakeError(
            f"{where}: in {unit} the trunk is {length_m:.3g} m long; if the unit is another, say so with --unit"
        )


def _told_up(trunk: FloatArray, where: str) -> FloatArray:
    """The axis along which shoulders are above hips."""
    lengths = np.linalg.norm(trunk, axis=1, keepdims=True)
    along = np.nanmedian(trunk / lengths, axis=0)
    axis = int(np.argmax(np.abs(along)))
    if abs(float(along[axis])) < _CLEAR:
        raise IntakeError(f"{where}: which axis points up cannot be told from the trunk; say it with --up")
    told = np.zeros(3)
    told[axis] = np.sign(along[axis])
    return told


def _told_forward(points: FloatArray, above: FloatArray, where: str) -> FloatArray:
    """Where the person faces on the whole, level."""
    across = sum(
        points[:, INDEX[f"left_{part}"]] - points[:, INDEX[f"right_{part}"]] for part in ("shoulder", "hip")
    )
    ahead = np.cross(across, above)
    lengths = np.linalg.norm(ahead, axis=1, keepdims=True)
    there = lengths[:, 0] > 0
    mean = (ahead[there] / lengths[there]).mean(axis=0) if there.any() else np.zeros(3)
    if not float(np.linalg.norm(mean)) > _TURNED:
        raise IntakeError(
            f"{where}: the person faces every way; say with --camera which axis points to the camera"
        )
    return np.asarray(mean / np.linalg.norm(mean))


def _at_camera_rate(t_s: FloatArray, points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A faster recording at RATE_HZ, each point the mean of those around it; a slower one as it is."""
    if len(t_s) < 3 or 1.0 / float(np.median(np.diff(t_s))) <= _FASTEST_HZ:
        return t_s, points
    count = int((t_s[-1] - t_s[0]) * RATE_HZ + 1e-9) + 1
    at_s = t_s[0] + np.arange(count) / RATE_HZ
    edges = np.searchsorted(t_s, np.append(at_s - 0.5 / RATE_HZ, at_s[-1] + 0.5 / RATE_HZ))
    kept = [i for i in range(count) if edges[i] < edges[i + 1]]
    means = np.stack([points[edges[i] : edges[i + 1]].mean(axis=0) for i in kept])
    return at_s[kept], means


def _place(points: FloatArray) -> FloatArray:
    """Where the person stands: beneath the middle of their hips, on the lowest that a foot ever is."""
    hips = np.nanmedian(_middle(points, "hip"), axis=0)
    feet = points[
        :,
        [INDEX[f"{side}_{part}"] for side in ("left", "right") for part in ("ankle", "heel", "foot_index")],
        1,
    ]
    floor = np.nanmin(feet) if np.isfinite(feet).any() else hips[1] - CAMERA_HIGH_M
    return np.array([hips[0], floor, hips[2]])
