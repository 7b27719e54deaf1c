"""python -m models.training.calibrate CLIPS: writes patterns/data/calibration.toml from clips not trained on.

One factor for each feature and view, by which a propagated standard error is multiplied so that 90 of 100 true values
lie within 1.645 of it. Every clip counts the same.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

import numpy as np
import tomlkit

from models.training.clips import Clip, read_clips
from models.whole_file import whole_file
from patterns.conditioning import conditioned
from patterns.features import FEATURES, Signals, View, body_yaw_deg, compute, view_of
from patterns.uncertainty import CALIBRATION, WITHIN, propagated
from vision.correction import NetworkCorrection
from vision.correction_inputs import ROWS
from vision.pose import FloatArray, PoseFrame

_SIZE_WH: Final = (640, 480)
_LEAST_FRAMES: Final = 300
_NAMES: Final = tuple(name for name, feature in FEATURES.items() if feature.source == "world")
_HEAD: Final = """\
Factors by which a propagated standard error is multiplied, so that 90 of 100 true values lie within 1.645 of it:
by feature and view, over {clips} rendered clips of people and random movements that were not trained on.
Made by: python -m models.training.calibrate CLIPS. What is absent has no claimed error."""


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


def ratios(clip: Clip) -> tuple[View, FloatArray]:
    """The clip's view, and error over propagated error (T, F) of every feature on world landmarks."""
    correct, truth = NetworkCorrection.open(), _truth(clip)
    pairs = list(conditioned(correct(pose) for pose in _poses(clip)))
    signals = Signals.of([pose for pose, _ in pairs], [size for _, size in pairs])
    off = (compute(signals, _NAMES) - compute(truth, _NAMES) + 180) % 360 - 180
    view = view_of(float(np.median(np.abs(body_yaw_deg(truth)))))
    return view, np.abs(off) / propagated(signals, _NAMES)


def factors(clips: list[Clip]) -> dict[str, dict[str, float]]:
    """Feature without its side to view to factor."""
    found: dict[tuple[str, str], list[FloatArray]] = {}
    for clip in clips:
        view, ratio = ratios(clip)
        for name, column in zip(_NAMES, ratio.T, strict=True):
            seen = column[np.isfinite(column)]
            found.setdefault((FEATURES[name].base, view), []).append(seen)
    made: dict[str, dict[str, float]] = {}
    for (base, seen_from), parts in sorted(found.items()):
        if sum(map(len, parts)) >= _LEAST_FRAMES:
            made.setdefault(base, {})[seen_from] = round(
                float(np.quantile(np.concatenate(parts), 0.9)) / WITHIN, 2
            )
    return made


def main() -> None:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("clips", type=Path)
    clips = read_clips(asked.parse_args().clips)
    document = tomlkit.document()
    for line in _HEAD.format(clips=len(clips)).splitlines():
        document.add(tomlkit.comment(line))
    table = tomlkit.table()
    for base, by_view in factors(clips).items():
        table[base] = tomlkit.inline_table()
        table[base].update(by_view)
    document["factor"] = table
    with whole_file(CALIBRATION) as part:
        part.write_text(tomlkit.dumps(document))
    sys.stdout.write(CALIBRATION.read_text())


if __name__ == "__main__":
    main()
