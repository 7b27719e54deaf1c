"""A repetition as it is shown again: the person in space, facing the viewer, and the template's figure beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from patterns.features.signals import Signals, body_yaw_deg
from patterns.figure.body import TRUNK_M, turned
from patterns.figure.figure import figures
from patterns.templates.template import Side, Template
from scoring.results.curves import Trace
from vision.pose import INDEX, FloatArray

POSTURES: Final = 25
"""Postures of the figure, evenly along the phase."""

_FEET: Final = [INDEX[f"{s}_{p}"] for s in ("left", "right") for p in ("ankle", "heel", "foot_index")]
_HIPS: Final = [INDEX["left_hip"], INDEX["right_hip"]]
_SHOULDERS: Final = [INDEX["left_shoulder"], INDEX["right_shoulder"]]


@dataclass(frozen=True)
class Playback:
    """One repetition in space.

    t_s (N,) seconds since its start; phase (N,) 0..1 from the person's own start, NaN where it cannot be told; points
    (N, 33, 3) metres: to the person's left, up, and forward as the person mostly faced; NaN where not seen, forward
    all NaN where the recording has no depth. The middle of the hips is at 0; where legs are followed, the lowest foot
    is on the floor. trunk_m: length of the person's trunk, by which the figure is made as large.
    """

    t_s: FloatArray
    phase: FloatArray
    points: FloatArray
    trunk_m: float


def playback(trace: Trace) -> Playback:
    """The repetition as it was judged: its conditioned landmarks."""
    signals = trace.signals
    points = _in_space(signals)
    trunk = points[:, _SHOULDERS].mean(axis=1) - points[:, _HIPS].mean(axis=1)
    length = np.sqrt(np.nansum(trunk**2, axis=1))
    seen = length[length > 0]
    trunk_m = float(np.median(seen)) if len(seen) else TRUNK_M
    placed = _placed(points, on_floor=not trace.template.can_be_seated)
    return Playback(signals.t_s - signals.t_s[0], trace.progress, placed, trunk_m)


def postures(template: Template, side: Side) -> FloatArray:
    """The figure (POSTURES, 33, 3) of a template's movement on one side, in the axes and place of a Playback.

    Its trunk is TRUNK_M long. side: of the repetition. Takes up to a few seconds when asked for the first time.
    Raises SideError.
    """
    points = figures(template, side)[0].points(np.linspace(0.0, 1.0, POSTURES))
    return _placed(points, on_floor=not template.can_be_seated)


def _in_space(signals: Signals) -> FloatArray:
    """Points (N, 33, 3) to the left, up and forward of where the person mostly faced, in metres."""
    if not np.isfinite(signals.world_m).any():
        scale = TRUNK_M / signals.trunk_px
        flat = signals.xy_px * scale[:, None, None] * [1.0, -1.0]
        return np.concatenate([flat, np.full((*flat.shape[:-1], 1), np.nan)], axis=-1)
    yaw_deg = body_yaw_deg(signals)
    faced = float(np.nanmedian(yaw_deg)) if np.isfinite(yaw_deg).any() else 0.0
    return turned(signals.world_m * [1.0, -1.0, -1.0], -faced)


def _placed(points: FloatArray, *, on_floor: bool) -> FloatArray:
    """The middle of the hips at 0; in height the lowest foot, where it is on the floor and seen."""
    origin = points[:, _HIPS].mean(axis=1)
    feet = points[:, _FEET, 1]
    if on_floor and np.isfinite(feet).any():
        lowest = np.where(np.isfinite(feet), feet, np.inf).min(axis=1)
        origin[:, 1] = np.where(np.isfinite(lowest), lowest, origin[:, 1])
    return points - np.where(np.isnan(origin), 0.0, origin)[:, None, :]
