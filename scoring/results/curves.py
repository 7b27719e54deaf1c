"""A judged set made ready to be looked at again: curves of its repetitions against the template, and the ways in the
picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from patterns.features.body import BodySize, trunk_vector
from patterns.features.conditioning import ConditionedRecording
from patterns.features.signals import Signals, View, body_yaw_deg, view_of
from patterns.features.table import FEATURES, compute
from patterns.features.uncertainty import propagated
from patterns.features.view_errors import error_over
from patterns.segmentation.phase import PathFollower
from patterns.segmentation.segmenter import own_start
from patterns.templates.library import sided
from patterns.templates.template import Side, Target, Template
from scoring.metrics.table import path_told
from scoring.metrics.targets import BoolArray, asked_for, far_end, limit_width, start_value
from scoring.records.records import Fault, RepScore
from vision.plausibility import UNSEEN_BELOW
from vision.pose import INDEX, FloatArray, PoseFrame, PoseSequence

_BEARING: Final = ("left_ankle", "right_ankle")
_HIPS: Final = ("left_hip", "right_hip")
_STEPS: Final = 50


@dataclass(frozen=True)
class Curve:
    """One feature over one repetition.

    t_s (N,) seconds; phase (N,) 0..1 from the person's own start; value, target and tolerance (N,) in unit, NaN where
    not seen or not asked; error: one standard error in unit, None where this view cannot show the feature. What is
    asked is what is judged: targets where they ask, the end posture at the far end, the path where it is to be kept.
    tolerance is the limit of a fault that the repetition has. from_start: value and target are changes since the start.
    """

    feature: str
    unit: str
    t_s: FloatArray
    phase: FloatArray
    value: FloatArray
    target: FloatArray
    tolerance: FloatArray
    error: float | None
    from_start: bool = False


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
    def _followed(self) -> tuple[FloatArray, PathFollower]:
        follower = PathFollower(self.template.path)
        rows = compute(self.signals, follower.names)
        nearest = [follower.nearest(row, t_s)[0] for row, t_s in zip(rows, self.signals.t_s, strict=True)]
        return np.asarray(np.clip(np.array(nearest), 0.0, 1.0)), follower

    @property
    def phase(self) -> FloatArray:
        """Where on the template's path each frame is (N,), 0..1; NaN where it cannot be told."""
        return self._followed[0]

    @cached_property
    def own_start(self) -> float:
        """Where on the path the person's own start posture is."""
        on_way_out = self.phase[self.signals.t_s <= self.rep.peak_s]
        seen = on_way_out[np.isfinite(on_way_out)]
        return own_start(float(seen.min())) if len(seen) else 0.0

    @cached_property
    def progress(self) -> FloatArray:
        """As phase, from the person's own start posture on, as the movement was judged."""
        return np.asarray(np.clip((self.phase - self.own_start) / (1.0 - self.own_start), 0.0, 1.0))

    @cached_property
    def view(self) -> View:
        """From where it was seen."""
        yaw_deg = body_yaw_deg(self.signals)
        return view_of(float(np.nanmedian(yaw_deg)) if np.isfinite(yaw_deg).any() else 0.0)

    @property
    def features(self) -> tuple[str, ...]:
        """What has a curve: the path's features, then those of targets."""
        return self.template.features

    def curve(self, feature: str) -> Curve:
        """The curve of one of its features, as it was judged."""
        signals, rep = self.signals, self.rep
        value = compute(signals, (feature,))[:, 0]
        target, fault = self._target(feature)
        from_start = target is not None and target.from_start
        if from_start:
            value = value - start_value(signals.t_s, self.progress, value, rep.start_s, rep.peak_s)
        wanted, band = self._asked(feature, target, fault, value)
        error = error_over(feature, self.view, propagated(signals, (feature,))[:, 0], change=from_start)
        unit = FEATURES[feature].unit
        return Curve(feature, unit, signals.t_s, self.progress, value, wanted, band, error, from_start)

    def _asked(
        self, feature: str, target: Target | None, fault: Fault | None, value: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return what is asked of a feature and how far off is still good, (N,) each, NaN where nothing is asked."""
        path, path_target = self.template.path, self.template.path_target
        wanted, band = np.full(len(value), np.nan), np.full(len(value), np.nan)
        if target is not None:
            wanted = asked_for(target, self.progress)[1]
            width = target.tolerance if fault is None else limit_width(target, fault, value, wanted)
            band = np.where(np.isfinite(wanted), width, np.nan)
        elif path_target is not None and feature in path.features:
            wanted = np.where(np.isfinite(self.phase), path.at(feature, self.phase), np.nan)
            band = np.where(np.isfinite(wanted), path.scale[feature], np.nan)
        goal = None if target is not None and target.role != "range" else self._end_posture(feature)
        if goal is None:
            return wanted, band
        end, edge = goal
        good = abs(end - edge)
        if target is None and path_target is not None:
            good = max(good, path.scale[feature])
        looser = np.isnan(wanted) | (np.sign(end - edge) * (wanted - edge) - band <= 0)
        there = far_end(self.progress) & (looser if target is not None else True)
        return np.where(there, end, wanted), np.where(there, good, band)

    def _end_posture(self, feature: str) -> tuple[float, float] | None:
        """Return the path's end, and the value from which on a movement went far enough or the limit that it missed.

        None for a feature that is not on the path or passes that value before, and where this view hides the path.
        """
        path, full = self.template.path, self.template.rep.full_reach
        if feature not in path.features or not path_told(self.view, self.template):
            return None
        short = [fault.limit for fault in self.rep.faults if fault.feature == "reach"]
        enough = full * short[0] / 100 if short else full
        edge_phase = self.own_start + (1.0 - self.own_start) * enough
        phases = np.append(np.linspace(0.0, edge_phase, _STEPS), 1.0)
        *before, edge, end = self._followed[1].as_own(feature, path.at(feature, phases)).tolist()
        onward = np.sign(end - edge)
        if not onward or max(onward * (value - edge) for value in before) > 0:
            return None
        return end, edge

    def _target(self, feature: str) -> tuple[Target | None, Fault | None]:
        """The target of a feature and the fault that it raised; of several targets the one that raised one."""
        targets = [one for one in self.template.target if one.feature == feature]
        for target in targets:
            for fault in self.rep.faults:
                if (fault.feature, fault.id) == (feature, target.fault) and _may_raise(target, fault):
                    return target, fault
        return (targets[0] if targets else None), None

    def curves(self) -> tuple[Curve, ...]:
        """A curve for each of its features."""
        return tuple(self.curve(feature) for feature in self.features)


class SetTraces:
    """The repetitions of a set in their order, each made ready when it is first asked for; None where no frame is."""

    def __init__(
        self, recording: ConditionedRecording, reps: Sequence[RepScore], templates: Mapping[Side, Template]
    ) -> None:
        self._recording, self._reps, self._templates = recording, tuple(reps), templates
        self._made: dict[int, Trace | None] = {}

    def __len__(self) -> int:
        return len(self._reps)

    def __iter__(self) -> Iterator[Trace | None]:
        return (self[place] for place in range(len(self)))

    def __getitem__(self, place: int) -> Trace | None:
        """The one at a place, 0 the first. Raises IndexError."""
        if place not in self._made:
            rep = self._reps[place]
            pairs = tuple(self._recording.between(rep.start_s, rep.end_s))
            self._made[place] = Trace(rep, self._templates[rep.side], pairs) if pairs else None
        return self._made[place]

    def told_as(self, reps: Sequence[RepScore]) -> SetTraces:
        """The same movements under other scores of theirs, one each."""
        return SetTraces(self._recording, reps, self._templates)


def traces(poses: Iterable[PoseFrame], reps: Sequence[RepScore], template: Template, side: Side) -> SetTraces:
    """Each repetition ready to be looked at, when it is asked for. poses: those of the whole set."""
    return SetTraces(ConditionedRecording(poses), reps, sided(template, side))


def ways(
    poses: PoseSequence, reps: Sequence[RepScore], template: Template, side: Side
) -> list[tuple[FloatArray, FloatArray] | None]:
    """Where the parts that travel are in the picture in each repetition, as the network saw them; None without frames.

    Times (N,) in seconds and places (P, N, 2): x right, y down, percent of the trunk's usual length, NaN where not
    seen. From the middle of the hips; where the hips go along, from the middle of the ankles at the start.
    """
    xy_px = np.where((poses.visibility < UNSEEN_BELOW)[..., None], np.nan, poses.xy_px)
    trunks_px = np.linalg.norm(trunk_vector(xy_px), axis=-1)
    seen = trunks_px[np.isfinite(trunks_px)]
    percent = 100 / float(np.median(seen)) if len(seen) else np.nan
    chosen = sided(template, side)
    found: list[tuple[FloatArray, FloatArray] | None] = []
    for rep in reps:
        first, last = np.searchsorted(poses.t_s, (rep.start_s, rep.end_s))
        way = _way(xy_px[first:last], chosen[rep.side].moving)
        found.append((poses.t_s[first:last], percent * way) if last > first else None)
    return found


def _way(xy_px: FloatArray, moving: Sequence[str]) -> FloatArray:
    """(P, N, 2) pixels from (N, 33, 2)."""
    whole_body = all(name.endswith("shoulder") for name in moving)
    anchor = _middle(xy_px, _BEARING)[:1] if whole_body else _middle(xy_px, _HIPS)
    places = np.stack([xy_px[:, INDEX[name]] for name in moving])
    return np.asarray((places.mean(axis=0, keepdims=True) if whole_body else places) - anchor)


def _middle(xy_px: FloatArray, names: Sequence[str]) -> FloatArray:
    return np.asarray(xy_px[:, [INDEX[name] for name in names]].mean(axis=1))


def set_curves(
    sequence: PoseSequence, reps: Sequence[RepScore], template: Template, side: Side
) -> tuple[tuple[Curve, ...], ...]:
    """For each repetition a curve for each path feature and each target of the template, over [start, end)."""
    poses = (sequence.frame(i) for i in range(len(sequence)))
    return tuple(() if one is None else one.curves() for one in traces(poses, reps, template, side))


def common_band(
    parts: Sequence[tuple[FloatArray, FloatArray, FloatArray]], at: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return what most repetitions are asked for at places (M,) and how far off is still good, NaN where nothing.

    parts: places (N,) in rising order, target and tolerance of each repetition. Only those that get to a place have a
    say there, the others have ended before; the values are medians.
    """
    wanted, band = (np.full(len(at), np.nan) for _ in range(2))
    each = [(places, np.stack(both)) for places, *both in parts if len(places)]
    here = np.array([(at >= places[0]) & (at <= places[-1]) for places, _ in each])
    placed = [both[:, np.clip(np.searchsorted(places, at), 0, len(places) - 1)] for places, both in each]
    for k in range(len(at) if each else 0):
        have = [both[:, k] for both, inside in zip(placed, here[:, k], strict=True) if inside]
        asked = [values for values in have if np.isfinite(values).all()]
        if 2 * len(asked) > len(have):
            wanted[k], band[k] = np.median(asked, axis=0)
    return wanted, band


def runs(inside: BoolArray) -> Iterator[tuple[int, int]]:
    """Yield the first and the last place of each run of true ones."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(int)))
    for first, after in edges.reshape(-1, 2).tolist():
        yield first, after - 1


def _may_raise(target: Target, fault: Fault) -> bool:
    """Whether the fault lies in the direction that is wrong for the target."""
    return target.direction == "both" or (fault.value > fault.limit) == (target.direction == "above")
