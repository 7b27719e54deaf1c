"""A judged set made ready to be looked at again: curves of its repetitions against the template, and the ways in the
picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from patterns.accuracy import error_over
from patterns.body import BodySize
from patterns.conditioning import conditioned
from patterns.features import FEATURES, compute
from patterns.library import sided
from patterns.progress import PathFollower
from patterns.segmentation import own_start
from patterns.signals import Signals, View, body_yaw_deg, view_of
from patterns.template import Side, Target, Template
from patterns.uncertainty import propagated
from scoring.records import RepScore
from scoring.targets import asked_for
from vision.pose import INDEX, FloatArray, PoseFrame, PoseSequence

_BEARING: Final = ("left_ankle", "right_ankle")
_HIPS: Final = ("left_hip", "right_hip")
_FIRST: Final = 10
"""The own start of a feature is its median over this part of the frames."""


@dataclass(frozen=True)
class Curve:
    """One feature over one repetition.

    t_s (N,) seconds; phase (N,) 0..1 from the person's own start; value, target and tolerance (N,) in unit, NaN where
    not seen or not asked; error: one standard error in unit, None where this view cannot show the feature.
    """

    feature: str
    unit: str
    t_s: FloatArray
    phase: FloatArray
    value: FloatArray
    target: FloatArray
    tolerance: FloatArray
    error: float | None


@dataclass(frozen=True)
class Trace:
    """One repetition: its score, the template as judged on its side, and its frames [start, end), one or more."""

    rep: RepScore
    template: Template
    pairs: tuple[tuple[PoseFrame, BodySize], ...]

    @cached_property
    def signals(self) -> Signals:
        """Its conditioned poses, stacked."""
        return Signals.of([pose for pose, _ in self.pairs], [size for _, size in self.pairs])

    @cached_property
    def phase(self) -> FloatArray:
        """Where on the template's path each frame is (N,), 0..1; NaN where it cannot be told."""
        follower = PathFollower(self.template.path)
        rows = compute(self.signals, follower.names)
        nearest = [follower.nearest(row, t_s)[0] for row, t_s in zip(rows, self.signals.t_s, strict=True)]
        return np.asarray(np.clip(np.array(nearest), 0.0, 1.0))

    @cached_property
    def progress(self) -> FloatArray:
        """As phase, from the person's own start posture on, as the movement was judged."""
        on_way_out = self.phase[self.signals.t_s <= self.rep.peak_s]
        seen = on_way_out[np.isfinite(on_way_out)]
        own = own_start(float(seen.min())) if len(seen) else 0.0
        return np.asarray(np.clip((self.phase - own) / (1.0 - own), 0.0, 1.0))

    @property
    def view(self) -> View:
        """From where it was seen."""
        yaw_deg = body_yaw_deg(self.signals)
        return view_of(float(np.nanmedian(yaw_deg)) if np.isfinite(yaw_deg).any() else 0.0)

    @property
    def features(self) -> tuple[str, ...]:
        """What has a curve: the path's features, then those of targets."""
        return self.template.features

    def curve(self, feature: str) -> Curve:
        """The curve of one of its features."""
        signals, path = self.signals, self.template.path
        value = compute(signals, (feature,))[:, 0]
        if feature in path.features:
            wanted, band = path.at(feature, self.phase), np.full(len(self.phase), path.scale[feature])
        else:
            target = next(one for one in self.template.target if one.feature == feature)
            wanted = _wanted(target, self.progress, value)
            band = np.where(np.isfinite(wanted), target.tolerance, np.nan)
        error = error_over(feature, self.view, propagated(signals, (feature,))[:, 0])
        unit = FEATURES[feature].unit
        return Curve(feature, unit, signals.t_s, self.progress, value, wanted, band, error)

    def curves(self) -> tuple[Curve, ...]:
        """A curve for each of its features."""
        return tuple(self.curve(feature) for feature in self.features)

    def ways(self) -> FloatArray:
        """Where the parts that travel are in the picture (P, N, 2): x right, y down, percent of the trunk's length.

        From the middle of the hips; where the hips go along, from the middle of the ankles at the start.
        """
        whole_body = all(name.endswith("shoulder") for name in self.template.moving)
        anchor = self._middle(_BEARING)[:1] if whole_body else self._middle(_HIPS)
        places = np.stack([self.signals.px(name) for name in self.template.moving])
        if whole_body:
            places = places.mean(axis=0, keepdims=True)
        return np.asarray(100 * (places - anchor) / self.signals.trunk_px[:, None])

    def _middle(self, names: Sequence[str]) -> FloatArray:
        return np.asarray(self.signals.xy_px[:, [INDEX[name] for name in names]].mean(axis=1))


def traces(
    poses: Iterable[PoseFrame], reps: Sequence[RepScore], template: Template, side: Side
) -> tuple[Trace | None, ...]:
    """Each repetition ready to be looked at; None for one of which no frame is there. poses: those of the whole set."""
    chosen = sided(template, side)
    pairs = list(conditioned(poses))
    t_s = [pose.t_s for pose, _ in pairs]
    found = []
    for rep in reps:
        first, last = np.searchsorted(t_s, (rep.start_s, rep.end_s))
        found.append(Trace(rep, chosen[rep.side], tuple(pairs[first:last])) if last > first else None)
    return tuple(found)


def set_curves(
    sequence: PoseSequence, reps: Sequence[RepScore], template: Template, side: Side
) -> tuple[tuple[Curve, ...], ...]:
    """For each repetition a curve for each path feature and each target of the template, over [start, end)."""
    poses = (sequence.frame(i) for i in range(len(sequence)))
    return tuple(() if one is None else one.curves() for one in traces(poses, reps, template, side))


def _wanted(target: Target, phase: FloatArray, value: FloatArray) -> FloatArray:
    """What a target asks for at each frame (N,), from the person's own start where it is told from there."""
    wanted = asked_for(target, phase)[1]
    if not target.from_start:
        return wanted
    seen = value[np.isfinite(value)]
    own = float(np.median(seen[: max(len(seen) // _FIRST, 1)])) if len(seen) else np.nan
    return wanted + own
