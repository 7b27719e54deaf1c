"""The records of judgement: what a repetition was found to be, and what a step of the Coach returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from patterns.templates.template import Side
from vision.pose import PoseFrame

Kind = Literal["repetition", "attempt"]
State = Literal["framing", "ready", "moving", "resting", "lost"]


@dataclass(frozen=True)
class MetricValue:
    """One number about a repetition.

    value in unit; error: one standard error in the same unit, None where unknown; score 0..100, None where the metric
    is shown but not scored; coverage 0..1, the share of the repetition's frames on which it rests.
    """

    name: str
    value: float | None
    unit: str
    error: float | None
    score: float | None
    coverage: float


@dataclass(frozen=True)
class Fault:
    """A deviation beyond tolerance plus error.

    id: of patterns.templates.template.FAULT_IDS. value and limit in unit. phase: progress interval [from, to]
    within 0..1 in which it happened. severity 0..1.
    """

    id: str
    feature: str
    value: float
    limit: float
    unit: str
    phase: tuple[float, float]
    severity: float


@dataclass(frozen=True)
class Cue:
    """One sentence to the person, with the number behind it."""

    rule: str
    text: str
    feature: str | None = None
    value: float | None = None
    limit: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class RepScore:
    """One judged movement, half open [start_s, end_s).

    index counts from 1 over repetitions and attempts together. reason is None for a repetition. total, range and
    control are 0..100, None where too little was seen, and where the movement did not turn and come back (lost from
    sight, too long), which has no metrics, faults and cue either.
    """

    index: int
    kind: Kind
    reason: str | None
    side: Side
    start_s: float
    peak_s: float
    end_s: float
    total: float | None
    range: float | None
    control: float | None
    coverage: float
    metrics: tuple[MetricValue, ...] = ()
    faults: tuple[Fault, ...] = ()
    cue: Cue | None = None

    @property
    def stayed(self) -> bool:
        """Whether it counts without a return phase: the last one of a set may end in the end posture (may_stay)."""
        names = {metric.name for metric in self.metrics}
        return self.kind == "repetition" and "time_out" in names and "time_back" not in names


@dataclass(frozen=True)
class NotMeasured:
    """A target that this recording could not show, and why."""

    feature: str
    reason: str


@dataclass(frozen=True)
class Update:
    """What one step of the Coach says.

    pose: the smoothed landmarks, for drawing. progress: 0 at the start posture, 1 at the end posture, None where it
    cannot be told. closed: the repetition or attempt that ended with this frame. message: a sentence to the person
    about the state (step back, hold the start position), empty when none is needed. arms_in_s: seconds of holding
    still that remain before counting starts, None when armed.
    """

    t_s: float
    state: State
    pose: PoseFrame
    progress: float | None
    repetitions: int
    attempts: int
    message: str = ""
    arms_in_s: float | None = None
    closed: RepScore | None = None
    cue: Cue | None = None
