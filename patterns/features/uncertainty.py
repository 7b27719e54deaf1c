"""One standard error of each feature in each frame, propagated from the errors of the landmarks.

A correction tells for each landmark how far it may be off as seen from the joint it hangs from. One landmark after the
other is moved by so much along each axis, all that hangs from it with it, and the feature's changes add up as squares;
so a feature that somebody adds needs nothing else. What this leaves out (errors that neighbours share, bias) is in one
factor for each feature and view, set so that 90 of 100 true angles lie within 1.645 errors (data/calibration.toml).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from patterns.features.signals import Signals, View
from patterns.features.table import FEATURES, compute
from vision.pose import INDEX, LANDMARKS, FloatArray

CALIBRATION: Final = Path(__file__).parents[1] / "data" / "calibration.toml"

LARGEST_ERROR_DEG: Final = 15.0
"""One standard error of an angle beyond which it is not measured."""

WITHIN: Final = 1.645
"""Standard errors to either side that hold 90 of 100 values (normal distribution)."""

_DEPTH_SHARE: Final = 0.9
"""Share of a landmark's squared error that lies along the line of sight; the picture tells the rest well."""

_AXES: Final = np.diag([((1 - _DEPTH_SHARE) / 2) ** 0.5, ((1 - _DEPTH_SHARE) / 2) ** 0.5, _DEPTH_SHARE**0.5])
_PARTS: Final = ("shoulder", "elbow", "wrist", "index", "hip", "knee", "ankle", "heel", "foot_index")
_MOVED: Final = tuple(INDEX[f"{side}_{part}"] for part in _PARTS for side in ("left", "right"))


def _chain() -> list[tuple[int, ...]]:
    """For each landmark itself and those it hangs from, up to the trunk."""
    near: dict[str, str] = {}
    for side in ("left", "right"):
        pairs = (("elbow", "shoulder"), ("wrist", "elbow"), ("knee", "hip"), ("ankle", "knee"))
        near |= {f"{side}_{far}": f"{side}_{by}" for far, by in pairs}
        near |= {f"{side}_{far}": f"{side}_wrist" for far in ("pinky", "index", "thumb")}
        near |= {f"{side}_{far}": f"{side}_ankle" for far in ("heel", "foot_index")}
    chains = []
    for name in LANDMARKS:
        links = [name]
        while links[-1] in near:
            links.append(near[links[-1]])
        chains.append(tuple(INDEX[link] for link in links))
    return chains


_CHAINS: Final = _chain()
_SUM: Final = np.array([[float(k in chain) for k in range(len(LANDMARKS))] for chain in _CHAINS])


_STEPS: Final = np.stack([_SUM[:, landmark, None] * axis for landmark in _MOVED for axis in _AXES])
"""Steps (S, 33, 3): one landmark and all that hangs from it along one axis, by the landmark's own error."""

_WHOSE: Final = np.repeat(_MOVED, 3)


def propagated(signals: Signals, names: Iterable[str]) -> FloatArray:
    """Uncalibrated standard errors (T, F) of features that rest on the world; NaN for others and where unknown."""
    chosen = tuple(names)
    error = np.full((len(signals.t_s), len(chosen)), np.nan)
    world = [i for i, name in enumerate(chosen) if FEATURES[name].source == "world"]
    if not world or not np.isfinite(signals.world_error_m).any():
        return error
    picked = tuple(chosen[i] for i in world)
    own_m = signals.world_error_m[:, _WHOSE].T
    moved = signals.world_m + own_m[..., None, None] * _STEPS[:, None]
    many = (len(_STEPS), *signals.world_error_m.shape)
    repeated = replace(
        signals,
        t_s=np.tile(signals.t_s, len(_STEPS)),
        xy_px=np.tile(signals.xy_px, (len(_STEPS), 1, 1)),
        world_m=moved.reshape(-1, *signals.world_m.shape[1:]),
        world_error_m=np.broadcast_to(signals.world_error_m, many).reshape(-1, many[-1]),
        trunk_px=np.tile(signals.trunk_px, len(_STEPS)),
        leg_px=np.tile(signals.leg_px, (len(_STEPS), 1)),
        flat=None if signals.flat is None else np.tile(signals.flat, len(_STEPS)),
    )
    off = compute(repeated, picked).reshape(len(_STEPS), -1, len(picked)) - compute(signals, picked)
    off = (off + 180) % 360 - 180
    told = np.isfinite(off).any(axis=0)
    error[:, world] = np.where(told, np.sqrt(np.nansum(off**2, axis=0)), np.nan)
    return error


@cache
def _factors() -> dict[str, dict[str, dict[str, float]]]:
    with CALIBRATION.open("rb") as file:
        return tomllib.load(file)


def calibrated(error: FloatArray, name: str, view: View, *, change: bool = False) -> FloatArray:
    """Standard errors of one feature with its factor for the view; NaN where no factor is known.

    change: of the value's change since the start posture, in which what is steadily off does not count.
    """
    table = _factors()["change" if change else "factor"]
    return error * table.get(FEATURES[name].base, {}).get(view, np.nan)
