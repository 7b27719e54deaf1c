"""How right the angles are: recordings of people whose joints are known, measured with and without the correction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from base.errors import RequestError
from patterns.features.conditioning import conditioned
from patterns.features.geometry import dot
from patterns.features.signals import SIDES, Signals, View, body_yaw_deg, view_of
from patterns.features.table import compute
from patterns.features.uncertainty import LARGEST_ERROR_DEG, WITHIN, calibrated, propagated
from vision.analysis.estimate import estimate_poses
from vision.backends.backend import PoseBackend
from vision.correction.depth import Correction
from vision.pose import FloatArray, PoseFrame
from vision.video.sources import open_video

TRUTH: Final = {
    **{
        f"{feature}_{side}": f"ang_{side}_{key}"
        for side in SIDES
        for feature, key in (
            ("shoulder_elevation", "shoulder_elev"),
            ("shoulder_plane", "shoulder_plane"),
            ("elbow_flexion", "elbow_flex"),
            ("hip_flexion", "hip_flex"),
            ("knee_flexion", "knee_flex"),
        )
    },
    "trunk_forward_lean": "ang_trunk_fwd",
    "trunk_lean": "ang_trunk_lat",
    "trunk_rotation": "ang_trunk_rot",
}
"""Feature to the name of its true angle in a clip's .npz."""

WORKS_FROM_DEG: Final = 25.0
"""Range of the true angle over a clip from which on the limb counts as working."""

_PLANE_FROM_DEG: Final = 25.0
_WORKS_FROM_SHARE: Final = 0.35
_NAMES: Final = tuple(TRUTH)


@dataclass(frozen=True)
class Clip:
    """A recording with its truth: NAME.mp4 and NAME.npz; raw poses (T) come from `poses`."""

    name: str
    truth: dict[str, FloatArray]
    poses: tuple[PoseFrame, ...]


@dataclass(frozen=True)
class Errors:
    """Errors of one feature in one clip, frame by frame, degrees (positions in percent of the limb).

    error, claimed (M,): what it is off, and the standard error claimed for it (NaN where none is).
    """

    clip: str
    feature: str
    view: View
    method: str
    error: FloatArray
    claimed: FloatArray


@dataclass(frozen=True)
class AccuracyRow:
    """One feature in one view by one method, left and right together.

    mean, p95, bias: of the error. within90: share of true values inside the interval claimed for 90 of 100, told: share
    of frames whose claimed error is below the limit; None where no error is claimed.
    """

    feature: str
    view: str
    method: str
    clips: int
    frames: int
    mean: float
    p95: float
    bias: float
    within90: float | None
    told: float | None


def clip_truth(video: Path) -> dict[str, FloatArray]:
    """The arrays of the .npz beside a video. RequestError where it is missing or holds no joints."""
    path = video.with_suffix(".npz")
    if not path.is_file():
        raise RequestError(f"{path}: the truth of {video.name} is missing; a clip is NAME.mp4 and NAME.npz")
    with np.load(path) as kept:
        missing = {"cam", "visible", *TRUTH.values()} - set(kept.files)
        if missing:
            raise RequestError(f"{path}: expected true angles, got no {', '.join(sorted(missing)[:3])}")
        return {
            name: np.asarray(kept[name], dtype=np.float64) for name in ("cam", "visible", *TRUTH.values())
        }


def read_clip(video: Path, backend: PoseBackend) -> Clip:
    """A clip's truth and its raw poses."""
    truth = clip_truth(video)
    return Clip(video.stem, truth, tuple(estimate_poses(open_video(video), backend)))


def clip_errors(clip: Clip, methods: dict[str, Callable[[], Correction]]) -> Iterator[Errors]:
    """The errors of every feature whose limb works in the clip, by each method."""
    count = min(len(clip.poses), len(clip.truth["cam"]))
    yaw = true_yaw_deg(clip.truth["cam"][:count])
    view = view_of(float(np.median(np.abs(yaw))))
    seen = np.asarray(clip.truth["visible"][:count].all(axis=1), dtype=np.bool_)
    for method, opened in methods.items():
        correct = opened()
        signals = _signals([correct(pose) for pose in clip.poses[:count]])
        values, errors = compute(signals, _NAMES), propagated(signals, _NAMES)
        for i, name in enumerate(_NAMES):
            truth = true_angle(clip.truth, name)[:count]
            asked = seen & np.isfinite(values[:, i])
            if not asked.any() or (not name.startswith("trunk") and np.ptp(truth[seen]) < WORKS_FROM_DEG):
                continue
            if name.startswith("shoulder_plane"):
                asked &= clip.truth[f"ang_{name.rpartition('_')[2]}_shoulder_elev"][:count] > _PLANE_FROM_DEG
            off = (values[asked, i] - truth[asked] + 180) % 360 - 180
            claimed = calibrated(errors[asked, i], name, view)
            yield Errors(clip.name, name, view, method, off, claimed)
        yield from _positions(clip, signals, seen, view, method)
        turned = (body_yaw_deg(signals) - yaw + 180) % 360 - 180
        asked = seen & np.isfinite(turned)
        yield Errors(clip.name, "body_yaw", view, method, turned[asked], np.full(int(asked.sum()), np.nan))


def true_angle(truth: dict[str, FloatArray], feature: str) -> FloatArray:
    """The true angle (T,) of a feature: the clip's own, but hip flexion from its joints.

    A clip tells the angle between thigh and trunk without a sign, so that extension would count as flexion.
    """
    if feature.startswith("hip_flexion"):
        return compute(_signals_of_world(truth["cam"]), [feature])[:, 0]
    return truth[TRUTH[feature]]


_REACHES: Final = (("hand", "wrist", "shoulder", "elbow"), ("foot", "ankle", "hip", "knee"))


def _positions(
    clip: Clip, signals: Signals, seen: npt.NDArray[np.bool_], view: View, method: str
) -> Iterator[Errors]:
    """How far hand and foot are off in the trunk's axes, in percent of the limb, where the limb works."""
    truth = _signals_of_world(clip.truth["cam"][: len(seen)])
    for part, far, near, joint in _REACHES:
        for side in SIDES:
            points = [f"{side}_{far}", f"{side}_{near}", f"{side}_{joint}"]
            true, told = (_in_trunk(s, *points) for s in (truth, signals))
            way = true[seen]
            if not len(way) or np.linalg.norm(np.ptp(way, axis=0)) < _WORKS_FROM_SHARE:
                continue
            off = 100 * np.linalg.norm(told - true, axis=-1)
            asked = seen & np.isfinite(off)
            yield Errors(
                clip.name,
                f"{part}_position_{side}",
                view,
                method,
                off[asked],
                np.full(int(asked.sum()), np.nan),
            )


def _in_trunk(s: Signals, far: str, near: str, joint: str) -> FloatArray:
    """Far end of a limb from its near end (T, 3) along left, up and forward of the trunk, in limb lengths."""
    limb_m = np.linalg.norm(s.m(far) - s.m(joint), axis=-1) + np.linalg.norm(s.m(joint) - s.m(near), axis=-1)
    seen_m = limb_m[np.isfinite(limb_m)]
    reach = (s.m(far) - s.m(near)) / (np.median(seen_m) if len(seen_m) else np.nan)
    return np.stack([dot(reach, axis) for axis in s.trunk_axes], axis=-1)


def _signals(poses: list[PoseFrame]) -> Signals:
    pairs = list(conditioned(poses))
    return Signals.of([pose for pose, _ in pairs], [size for _, size in pairs])


def true_yaw_deg(camera_m: FloatArray) -> FloatArray:
    """How far (T,) the person is truly turned, from joints (T, 33, 3) along the camera's axes."""
    return body_yaw_deg(_signals_of_world(camera_m))


def _signals_of_world(world_m: FloatArray) -> Signals:
    nothing = np.full(len(world_m), np.nan)
    empty = np.full((len(world_m), 33, 2), np.nan)
    return Signals(nothing, empty, world_m, empty[..., 0], nothing, empty[:, 0])


def accuracy_rows(errors: Iterable[Errors]) -> list[AccuracyRow]:
    """One row for each feature, view and method, in their order."""
    groups: dict[tuple[str, str, str], list[Errors]] = {}
    for one in errors:
        stem, _, side = one.feature.rpartition("_")
        feature = stem if side in SIDES else one.feature
        groups.setdefault((feature, one.view, one.method), []).append(one)
    return [_row(key, found) for key, found in sorted(groups.items())]


def _row(key: tuple[str, str, str], found: list[Errors]) -> AccuracyRow:
    off = np.concatenate([one.error for one in found])
    claimed = np.concatenate([one.claimed for one in found])
    known = np.isfinite(claimed)
    inside = np.abs(off[known]) <= WITHIN * claimed[known]
    return AccuracyRow(
        *key,
        clips=len({one.clip for one in found}),
        frames=len(off),
        mean=float(np.abs(off).mean()),
        p95=float(np.quantile(np.abs(off), 0.95)),
        bias=float(off.mean()),
        within90=float(inside.mean()) if known.any() else None,
        told=float((claimed[known] <= LARGEST_ERROR_DEG).mean()) if known.any() else None,
    )
