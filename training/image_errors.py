"""python -m training.image_errors CLIPS: writes patterns/data/feature_errors.toml from rendered clips.

One standard error of each feature by view, without correction of depth and from the image alone: the root mean square
over frames against the same feature of the true joints, every clip counting the same. A view in which no clip was seen
takes the larger error of its neighbours. Hand and foot are compared after the ratio of lengths between the two ideas of
joint centres is taken out, since the patterns' paths are drawn in the pose network's.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import tomlkit

from base.atomic_file import whole_file
from patterns.features.conditioning import conditioned
from patterns.features.signals import Signals, View, body_yaw_deg, view_of
from patterns.features.table import FEATURES, Feature, compute
from patterns.features.view_errors import FILE
from vision.analysis.estimate import estimate_poses
from vision.backends.backend import BACKENDS, PoseBackend
from vision.pose import FloatArray, PoseFrame
from vision.video.sources import open_video

_BY_BASE: Final[dict[str, list[Feature]]] = {}
for _feature in FEATURES.values():
    _BY_BASE.setdefault(_feature.base, []).append(_feature)
_NEIGHBOURS: Final[dict[View, tuple[View, ...]]] = {
    "front": ("oblique",),
    "oblique": ("front", "side"),
    "side": ("oblique",),
}
_LEAST_RANGE: Final = 0.2
_HEAD: Final = """\
One standard error of each feature by camera view, in its unit, where the depth is not corrected: root mean square
against the same feature of the true joints over {clips} rendered clips of people (BlazePose full); most of it is bias.
Hand and foot: after the ratio of lengths between the two ideas of joint centres is taken out. A view that is absent
cannot show the feature. Made by: python -m training.image_errors CLIPS"""


def _signals(poses: list[PoseFrame]) -> Signals:
    pairs = list(conditioned(poses))
    return Signals.of([pose for pose, _ in pairs], [size for _, size in pairs])


def _pair(video: Path, backend: PoseBackend) -> tuple[Signals, Signals]:
    """What the pose network told of a clip, and the true joints in its place."""
    told = [replace(pose, measured=False) for pose in estimate_poses(open_video(video), backend)]
    with np.load(video.with_suffix(".npz")) as kept:
        joints, pixels = kept["cam"].astype(np.float64), kept["uv"].astype(np.float64)
    count = min(len(told), len(joints))
    hips = joints[:, 23:25].mean(axis=1, keepdims=True)
    seen = np.ones(33)
    true = [
        PoseFrame(told[i].t_s, told[i].size_wh, pixels[i], joints[i] - hips[i], seen, measured=True)
        for i in range(count)
    ]
    return _signals(told[:count]), _signals(true)


def errors_of(told: Signals, true: Signals) -> Iterator[tuple[str, float]]:
    """Root mean square error of every feature that the clip shows, by the feature's name."""
    for name, feature in FEATURES.items():
        a, b = (compute(signals, (name,))[:, 0] for signals in (told, true))
        seen = np.isfinite(a) & np.isfinite(b)
        if seen.mean() < 0.5:
            continue
        if feature.unit == "deg":
            off = (a[seen] - b[seen] + 180) % 360 - 180
        elif np.ptp(b[seen]) > _LEAST_RANGE:
            off = a[seen] - b[seen] * float((a[seen] @ b[seen]) / (b[seen] @ b[seen]))
        else:
            off = a[seen] - b[seen]
        yield name, float(np.sqrt(np.mean(off**2)))


def table(errors: dict[tuple[str, View], list[float]]) -> dict[str, dict[str, float]]:
    """Feature without its side to view to error, over clips: every view that can show it."""
    made: dict[str, dict[str, float]] = {}
    for base, features in _BY_BASE.items():
        found: dict[View, float] = {
            view: float(np.sqrt(np.mean(np.square(errors[base, view]))))
            for view in features[0].views
            if (base, view) in errors
        }
        for view in features[0].views:
            if found and view not in found:
                near = [found[other] for other in _NEIGHBOURS[view] if other in found] or list(found.values())
                found[view] = max(near)
        if not found:
            continue
        digits = 1 if features[0].unit == "deg" else 3
        made[base] = {view: round(found[view], digits) for view in features[0].views}
    return made


def main() -> None:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("clips", type=Path, help="folder of NAME.mp4 with NAME.npz beside it")
    videos = sorted(asked.parse_args().clips.glob("*.mp4"))
    errors: dict[tuple[str, View], list[float]] = {}
    backend = BACKENDS["onnx"]("full")
    for video in videos:
        told, true = _pair(video, backend)
        view = view_of(float(np.median(np.abs(_seen(body_yaw_deg(true))))))
        for name, error in errors_of(told, true):
            errors.setdefault((FEATURES[name].base, view), []).append(error)
    document = tomlkit.document()
    for line in _HEAD.format(clips=len(videos)).splitlines():
        document.add(tomlkit.comment(line))
    for base, by_view in table(errors).items():
        document[base] = by_view
    with whole_file(FILE) as part:
        part.write_text(tomlkit.dumps(document))
    sys.stdout.write(FILE.read_text())


def _seen(values: FloatArray) -> FloatArray:
    return values[np.isfinite(values)]


if __name__ == "__main__":
    main()
