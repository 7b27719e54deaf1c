"""What a template is learned from: one recording of a few good repetitions, told as if the right side did them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from base.errors import RequestError
from patterns.features.conditioning import conditioned
from patterns.features.signals import Signals, View, body_yaw_deg, view_of
from patterns.features.table import FEATURES, FeatureTable, compute
from patterns.features.uncertainty import propagated
from patterns.features.view_errors import error_over
from patterns.learning.repetition_finder import FoundRep, find_repetitions
from patterns.templates.mirroring import swapped
from patterns.templates.template import Side
from vision.pose import LANDMARKS, FloatArray, PoseSequence

POINTS: Final = 50
"""Postures by which each way of a repetition is told."""

_ERROR_FRAMES: Final = 40


class DemonstrationError(RequestError):
    """The demonstrations cannot be learned from; the message says why and what to change."""


@dataclass(frozen=True)
class Demonstration:
    """One recording with its repetitions.

    table: all features, right-sided. errors: one standard error of each feature in its unit, None where the view
    cannot show it. seen: for each landmark the share of the repetitions' frames in which it was seen. side: the
    person's own that did it.
    """

    table: FeatureTable
    reps: tuple[FoundRep, ...]
    view: View
    errors: dict[str, float | None]
    seen: dict[str, float]
    side: Side = "right"

    def curves(self, name: str) -> FloatArray:
        """One feature in each repetition (R, 2, POINTS): on the way out, and on the way back told backwards."""
        column = self.table.column(name)
        known = np.isfinite(column)
        if known.sum() < 2:
            return np.full((len(self.reps), 2, POINTS), np.nan)
        share = np.linspace(0.0, 1.0, POINTS)
        at_s = np.array(
            [
                (
                    rep.start_s + (rep.peak_s - rep.start_s) * share,
                    rep.end_s + (rep.leave_s - rep.end_s) * share,
                )
                for rep in self.reps
            ]
        ).reshape(-1, 2, POINTS)
        return np.asarray(np.interp(at_s, self.table.t_s[known], column[known]))


@dataclass(frozen=True)
class Shown:
    """All demonstrations of one movement together."""

    parts: tuple[Demonstration, ...]

    @property
    def reps(self) -> int:
        """How many repetitions there are."""
        return sum(len(part.reps) for part in self.parts)

    def curves(self, name: str) -> FloatArray:
        """See Demonstration.curves; of all repetitions (R, 2, POINTS)."""
        return np.concatenate([part.curves(name) for part in self.parts])

    def middle(self, name: str) -> FloatArray:
        """The median course (POINTS,) of a feature from start to far end."""
        return np.asarray(np.median(self.curves(name), axis=(0, 1)))

    def change(self, name: str) -> float:
        """By how much a feature changes over the way, in its unit; NaN where it was not seen."""
        return float(np.ptp(self.middle(name)))

    def spread(self, name: str) -> float:
        """Standard deviation between repetitions at the far end."""
        return float(np.std(self.curves(name)[:, :, -1].mean(axis=1)))

    def error(self, name: str) -> float | None:
        """One standard error of a feature, the largest of all recordings; None where one of them cannot show it."""
        errors = [part.errors[name] for part in self.parts]
        told = [error for error in errors if error is not None]
        return max(told) if len(told) == len(errors) and np.isfinite(self.curves(name)).all() else None


def demonstration(poses: PoseSequence, side: Side, reps: Sequence[FoundRep] | None = None) -> Demonstration:
    """A recording made ready; its repetitions are found unless they are given."""
    pairs = list(conditioned(poses.frame(i) for i in range(len(poses))))
    signals = Signals.of([pose for pose, _ in pairs], [size for _, size in pairs])
    names = tuple(FEATURES)
    units = tuple(FEATURES[name].unit for name in names)
    table = FeatureTable(signals.t_s, names, units, compute(signals, names))
    found = tuple(find_repetitions(table, side) if reps is None else reps)
    inside = np.zeros(len(table.t_s), dtype=bool)
    for rep in found:
        inside |= (table.t_s >= rep.start_s) & (table.t_s < rep.end_s)
    if not inside.any():
        inside[:] = True
    turned = np.abs(body_yaw_deg(signals)[inside])
    view = view_of(float(np.nanmedian(turned))) if np.isfinite(turned).any() else "front"
    chosen = np.flatnonzero(inside)[:: max(int(inside.sum()) // _ERROR_FRAMES, 1)]
    few = Signals.of([pairs[i][0] for i in chosen], [pairs[i][1] for i in chosen])
    propagated_ = propagated(few, names)
    errors = {name: error_over(name, view, propagated_[:, k]) for k, name in enumerate(names)}
    shares = np.isfinite(signals.xy_px[inside]).all(axis=-1).mean(axis=0)
    seen = dict(zip(LANDMARKS, (float(share) for share in shares), strict=True))
    if side != "left":
        return Demonstration(table, found, view, errors, seen, side)
    return Demonstration(
        _mirrored(table),
        found,
        view,
        {swapped(name): error for name, error in errors.items()},
        {swapped(name): share for name, share in seen.items()},
        side,
    )


def _mirrored(table: FeatureTable) -> FeatureTable:
    """The features of the mirrored person."""
    columns = [FEATURES[name].mirror * table.column(swapped(name)) for name in table.names]
    return FeatureTable(table.t_s, table.names, table.units, np.stack(columns, axis=-1))
