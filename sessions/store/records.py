"""What the store takes and gives: sessions as frozen records, and their way into rows and back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, cast

from base.version import VERSION
from patterns.templates.template import Side
from scoring.records.records import Fault, MetricValue, RepScore
from sessions.database.file import stored_time
from sessions.database.schema import CueRow, FaultRow, MetricRow, RepetitionRow, SessionRow

SourceKind = Literal["live", "recording", "demo"]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class SessionStart:
    """What is known when a set begins.

    view: of the template. hold_s: seconds the start position is held before counting, without which a replay
    would count differently. model and weights_sha256 are None where no network was used. started_at: with its
    zone, kept as UTC. technique: id of the one in which the set was judged, technique_sha256: of its file; None for the
    person's own pace. source_sha256: of the file that was scored, None for a live set.
    """

    pattern_id: str
    pattern_version: int
    template_sha256: str
    side: Side
    view: str
    source_kind: SourceKind
    backend: str
    model: str | None
    weights_sha256: str | None
    hold_s: float
    code_version: str = VERSION
    started_at: datetime = field(default_factory=_now)
    technique: str | None = None
    technique_sha256: str | None = None
    source_sha256: str | None = None

    @property
    def is_demo(self) -> bool:
        """Whether the rendered person of the demo moved: such a session is listed, marked, and counted nowhere."""
        return self.source_kind == "demo"

    def __post_init__(self) -> None:
        if self.started_at.tzinfo is None:
            raise ValueError("started_at: expected a time with its zone, got one without")
        object.__setattr__(self, "started_at", self.started_at.astimezone(UTC))


@dataclass(frozen=True)
class StoredSession:
    """One session as it is kept. finished_at is None where it broke off."""

    id: int
    start: SessionStart
    finished_at: datetime | None
    reps: tuple[RepScore, ...]


@dataclass(frozen=True)
class SessionSummary:
    """One line about a session; mean_total over its scored repetitions, None where there is none.

    person_id: whose it is.
    """

    id: int
    start: SessionStart
    finished_at: datetime | None
    repetitions: int
    attempts: int
    mean_total: float | None
    person_id: int | None = None


def session_row(start: SessionStart) -> SessionRow:
    """The row of a session that begins."""
    return SessionRow(
        pattern_id=start.pattern_id,
        pattern_version=start.pattern_version,
        template_sha256=start.template_sha256,
        side=start.side,
        view=start.view,
        source_kind=start.source_kind,
        backend=start.backend,
        model=start.model,
        weights_sha256=start.weights_sha256,
        hold_s=start.hold_s,
        code_version=start.code_version,
        started_at=start.started_at.isoformat(),
        technique=start.technique,
        technique_sha256=start.technique_sha256,
        source_sha256=start.source_sha256,
    )


def start_of(row: SessionRow) -> SessionStart:
    """The beginning of a stored session."""
    return SessionStart(
        row.pattern_id,
        row.pattern_version,
        row.template_sha256,
        cast(Side, row.side),
        row.view,
        cast(SourceKind, row.source_kind),
        row.backend,
        row.model,
        row.weights_sha256,
        row.hold_s,
        row.code_version,
        stored_time(row.started_at),
        row.technique,
        row.technique_sha256,
        row.source_sha256,
    )


def repetition_row(session_id: int, rep: RepScore) -> RepetitionRow:
    """The rows of a repetition. Raises ValueError for a NaN: a number that is not known is None."""
    cue = rep.cue
    row = RepetitionRow(
        session_id=session_id,
        number=rep.index,
        kind=rep.kind,
        reason=rep.reason,
        side=rep.side,
        start_s=rep.start_s,
        peak_s=rep.peak_s,
        end_s=rep.end_s,
        total=rep.total,
        range=rep.range,
        control=rep.control,
        coverage=rep.coverage,
        metrics=[_metric_row(i, metric) for i, metric in enumerate(rep.metrics)],
        faults=[_fault_row(i, fault) for i, fault in enumerate(rep.faults)],
        cue=None if cue is None else CueRow(**vars(cue)),
    )
    parts: Sequence[object] = (rep, *rep.metrics, *rep.faults, *(() if cue is None else (cue,)))
    for part in parts:
        for name, value in vars(part).items():
            if isinstance(value, float) and math.isnan(value):
                raise ValueError(
                    f"repetition {rep.index}: {type(part).__name__}.{name} is NaN; expected None"
                )
    return row


def _metric_row(position: int, metric: MetricValue) -> MetricRow:
    return MetricRow(position=position, **vars(metric))


def _fault_row(position: int, fault: Fault) -> FaultRow:
    return FaultRow(
        position=position,
        fault_id=fault.id,
        feature=fault.feature,
        value=fault.value,
        limit=fault.limit,
        unit=fault.unit,
        phase_from=fault.phase[0],
        phase_to=fault.phase[1],
        severity=fault.severity,
    )
