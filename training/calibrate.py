"""python -m training.calibrate CLIPS: writes patterns/data/calibration.toml from clips not trained on.

One factor for each feature and view, by which a propagated standard error is multiplied so that 90 of 100 true values
lie within 1.645 of it; and another for the change since the clip began, in which a steady error does not count.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

import numpy as np
import tomlkit

from base.atomic_file import whole_file
from patterns.features.conditioning import conditioned
from patterns.features.signals import Signals, View, body_yaw_deg, view_of
from patterns.features.table import FEATURES, compute
from patterns.features.uncertainty import CALIBRATION, WITHIN, propagated
from training.clips import Clip, read_clips
from vision.correction.depth import NetworkCorrection
from vision.correction.inputs import ROWS
from vision.pose import FloatArray, PoseFrame

_Parts = dict[tuple[str, View], list[FloatArray]]
_SIZE_WH: Final = (640, 480)
_LEAST_FRAMES: Final = 300
_NAMES: Final = tuple(name for name, feature in FEATURES.items() if feature.source == "world")
_HEAD: Final = """\
Factors by which a propagated standard error is multiplied, so that 90 of 100 true values lie within 1.645 of it:
by feature and view, over {clips} rendered clips of people and random movements that were not trained on; "change" is
for the value's change since the start posture. Made by: python -m training.calibrate CLIPS. What is absent has
no claimed error."""
_START_S: Final = 0.3


def _poses(clip: Clip) -> list[PoseFrame]:
    made = []
    for k, t_s in enumerate(clip.t_s):
        pixels, world, shown = np.full((33, 2), np.nan), np.full((33, 3), np.nan), np.zeros(33)
        pixels[ROWS] = clip.xy[k] * max(_SIZE_WH) + np.array(_SIZE_WH) / 2
        world[ROWS], shown[ROWS] = clip.world_m[k], clip.visibility[k]
        made.append(PoseFrame(float(t_s), _SIZE_WH, pixels, world, shown))
    return made


def _truth(clip: Clip) -> Signals:
    count = len(clip.t_s)
    world, empty = np.full((count, 33, 3), np.nan), np.full((count, 33, 2), np.nan)
    world[:, ROWS] = clip.level
    return Signals(clip.t_s, empty, world, np.ones((count, 33)), np.ones(count), empty[:, 0])


def ratios(clip: Clip) -> tuple[View, FloatArray, FloatArray]:
    """The clip's view, and error over propagated error (T, F) of every feature on world landmarks: value and change."""
    correct, truth = NetworkCorrection.open(), _truth(clip)
    pairs = list(conditioned(correct(pose) for pose in _poses(clip)))
    signals = Signals.of([pose for pose, _ in pairs], [size for _, size in pairs])
    off = (compute(signals, _NAMES) - compute(truth, _NAMES) + 180) % 360 - 180
    view = view_of(float(np.median(np.abs(body_yaw_deg(truth)))))
    claimed = propagated(signals, _NAMES)
    at_start = np.median(off[clip.t_s <= clip.t_s[0] + _START_S], axis=0)
    return view, np.abs(off) / claimed, np.abs(off - at_start) / claimed


def factors(clips: list[Clip]) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """Feature without its side to view to factor: of the value, and of its change."""
    found: tuple[_Parts, _Parts] = ({}, {})
    for clip in clips:
        view, *kinds = ratios(clip)
        for parts, ratio in zip(found, kinds, strict=True):
            for name, column in zip(_NAMES, ratio.T, strict=True):
                parts.setdefault((FEATURES[name].base, view), []).append(column[np.isfinite(column)])
    return _factors(found[0]), _factors(found[1])


def _factors(found: _Parts) -> dict[str, dict[str, float]]:
    made: dict[str, dict[str, float]] = {}
    for (base, seen_from), parts in sorted(found.items()):
        if sum(map(len, parts)) >= _LEAST_FRAMES:
            worst = float(np.quantile(np.concatenate(parts), 0.9))
            made.setdefault(base, {})[seen_from] = round(worst / WITHIN, 2)
    return made


def main() -> None:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("clips", type=Path)
    clips = read_clips(asked.parse_args().clips)
    document = tomlkit.document()
    for line in _HEAD.format(clips=len(clips)).splitlines():
        document.add(tomlkit.comment(line))
    for heading, found in zip(("factor", "change"), factors(clips), strict=True):
        table = tomlkit.table()
        for base, by_view in found.items():
            table[base] = tomlkit.inline_table()
            table[base].update(by_view)
        document[heading] = table
    with whole_file(CALIBRATION) as part:
        part.write_text(tomlkit.dumps(document))
    sys.stdout.write(CALIBRATION.read_text())


if __name__ == "__main__":
    main()
