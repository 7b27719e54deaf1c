"""The curves of repetitions against their template, for a plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from patterns.accuracy import error_over
from patterns.body import BodySize
from patterns.conditioning import conditioned
from patterns.features import FEATURES, compute
from patterns.library import sided
from patterns.progress import PathFollower
from patterns.signals import Signals, View, body_yaw_deg, view_of
from patterns.template import Side, Template
from patterns.uncertainty import propagated
from scoring.records import RepScore
from vision.pose import FloatArray, PoseFrame, PoseSequence


@dataclass(frozen=True)
class Curve:
    """One feature over one repetition.

    t_s (N,) seconds; phase (N,) 0..1; value, target and tolerance (N,) in unit, NaN where not seen or not asked;
    error: one standard error in unit, None where this view cannot show the feature.
    """

    feature: str
    unit: str
    t_s: FloatArray
    phase: FloatArray
    value: FloatArray
    target: FloatArray
    tolerance: FloatArray
    error: float | None


def set_curves(
    sequence: PoseSequence, reps: Sequence[RepScore], template: Template, side: Side
) -> tuple[tuple[Curve, ...], ...]:
    """For each repetition a curve for each path feature and each target of the template, over [start, end)."""
    chosen = sided(template, side)
    pairs = list(conditioned(sequence.frame(i) for i in range(len(sequence))))
    found = []
    for rep in reps:
        first, last = np.searchsorted(sequence.t_s, (rep.start_s, rep.end_s))
        found.append(_curves(pairs[first:last], chosen[rep.side]) if last > first else ())
    return tuple(found)


def _curves(pairs: list[tuple[PoseFrame, BodySize]], template: Template) -> tuple[Curve, ...]:
    signals = Signals.of([pose for pose, _ in pairs], [size for _, size in pairs])
    follower = PathFollower(template.path)
    rows = compute(signals, follower.names)
    phase = np.clip(
        np.array([follower.nearest(row, t_s)[0] for row, t_s in zip(rows, signals.t_s, strict=True)]),
        0.0,
        1.0,
    )
    view = view_of(float(np.nanmedian(body_yaw_deg(signals))))
    curves = []
    for name in follower.names:
        band = np.full(len(phase), template.path.scale[name])
        curves.append(_curve(name, signals, phase, template.path.at(name, phase), band, view))
    for target in template.target:
        if target.feature in follower.names:
            continue
        value = compute(signals, (target.feature,))[:, 0]
        wanted = target.at(phase)
        if target.from_start:
            seen = value[np.isfinite(value)]
            wanted = wanted + (float(np.median(seen[: max(len(seen) // 10, 1)])) if len(seen) else np.nan)
        band = np.where(np.isfinite(wanted), target.tolerance, np.nan)
        curves.append(_curve(target.feature, signals, phase, wanted, band, view))
    return tuple(curves)


def _curve(
    name: str,
    signals: Signals,
    phase: FloatArray,
    wanted: FloatArray,
    band: FloatArray,
    view: View,
) -> Curve:
    value = compute(signals, (name,))[:, 0]
    error = error_over(name, view, propagated(signals, (name,))[:, 0])
    return Curve(name, FEATURES[name].unit, signals.t_s, phase, value, wanted, band, error)
