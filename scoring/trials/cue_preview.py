"""What a template would say of a recording: each fault, its sentence, when it was, and which one is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from patterns.learning.repetition_finder import FoundRep
from patterns.templates.template import Side, Template
from scoring.coach.cues import worded
from scoring.coach.recording import judge
from scoring.metrics.targets import asked_for
from scoring.records.records import Fault, RepScore
from scoring.results.curves import Trace, traces
from scoring.trials.synthetic import judged_in
from vision.pose import FloatArray, PoseSequence

_AT_THE_TURN: Final = 0.05
"""Progress before the farthest point that stands for what lay beyond it."""


@dataclass(frozen=True)
class Fired:
    """A fault of a movement with the sentence for it.

    rep: the index of its RepScore. from_s, to_s: when in the recording, seconds; the whole movement where its part
    cannot be told. value and limit in unit; severity 0..1. said: whether the Coach says this one.
    """

    rep: int
    side: Side
    fault: str
    text: str
    from_s: float
    to_s: float
    feature: str
    value: float
    limit: float
    unit: str
    severity: float
    said: bool


def fired(
    template: Template, side: Side, poses: PoseSequence, shown: Sequence[FoundRep] | None = None
) -> tuple[Fired, ...]:
    """The faults of every movement in a recording, in the order of time, the worst of each movement first.

    shown: of these movements alone, where given. A movement says one of them at most; what was said within two
    movements before is not said again. Raises SideError where the template does not take the side, ValueError for a
    recording without a pose.
    """
    frames = [poses.frame(i) for i in range(len(poses))]
    reps = judge(frames, template, side).reps
    if shown is not None:
        reps = judged_in(reps, shown)
    both = zip(reps, traces(frames, reps, template, side), strict=True)
    return tuple(_fired(template, rep, fault, trace) for rep, trace in both for fault in rep.faults)


def _fired(template: Template, rep: RepScore, fault: Fault, trace: Trace | None) -> Fired:
    rule = min((rule for rule in template.cue if rule.fault == fault.id), key=lambda rule: rule.priority)
    cue = worded(rule, fault)
    from_s, to_s = (rep.start_s, rep.end_s) if trace is None else _when(fault, trace)
    return Fired(
        rep=rep.index,
        side=rep.side,
        fault=fault.id,
        text=cue.text,
        from_s=from_s,
        to_s=to_s,
        feature=fault.feature,
        value=fault.value,
        limit=fault.limit,
        unit=fault.unit,
        severity=fault.severity,
        said=rep.cue == cue,
    )


def _when(fault: Fault, trace: Trace) -> tuple[float, float]:
    """When a movement was in the phases of a fault; of several times the one in which it was worst."""
    whole_s = trace.rep.start_s, trace.rep.end_s
    low, high = fault.phase
    progress = trace.progress
    if (low, high) == (0.0, 1.0) or not np.isfinite(progress).any():
        return whole_s
    low = min(low, float(np.nanmax(progress)) - _AT_THE_TURN)
    within = np.flatnonzero((progress >= low) & (progress <= high))
    if not len(within):
        return whole_s
    parts = np.split(within, np.flatnonzero(np.diff(within) > 1) + 1)
    t_s = trace.signals.t_s
    if fault.id == "incomplete_return":
        chosen = parts[-1]
    else:
        worst = _worst(fault, trace)
        chosen = max(parts, key=len) if worst is None else max(parts, key=lambda part: worst[part].max())
    return float(t_s[chosen[0]]), float(t_s[chosen[-1]])


def _worst(fault: Fault, trace: Trace) -> FloatArray | None:
    """How far (N,) each frame is off in the direction of the fault, from an own zero; None where no target told it."""
    targets = [t for t in trace.template.target if (t.fault, t.feature) == (fault.id, fault.feature)]
    if not targets:
        return None
    value = trace.curve(fault.feature).value
    off = np.sign(fault.value - fault.limit) * (value - asked_for(targets[0], trace.progress)[1])
    return np.asarray(np.nan_to_num(off, nan=-np.inf))
