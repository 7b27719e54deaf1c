"""The `diagonal.session/1` document: a scored set as plain data, the contract behind `--json`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from base.version import VERSION
from patterns.features.signals import View
from patterns.programs.technique import Technique
from patterns.templates.template import FAULT_IDS, Side, Template
from scoring.coach.set_summary import drift, symmetry
from scoring.pacing.pacer import PaceUpdate
from scoring.records.records import Fault, MetricValue, NotMeasured, RepScore

SCHEMA: Final = "diagonal.session/1"


@dataclass(frozen=True)
class SourceFacts:
    """Where the movement came from. frames: judged; detected: those in which the person was found.

    view, yaw_deg: from where the movements were seen, and how far the person was turned, + to their own right; None
    where nothing moved.
    """

    path: str
    sha256: str
    duration_s: float
    frames: int
    detected: int
    view: View | None = None
    yaw_deg: float | None = None


@dataclass(frozen=True)
class BackendFacts:
    """What made the landmarks: a backend, or "recording" without model and weights."""

    name: str
    model: str | None = None
    weights_sha256: str | None = None


def session_document(
    template: Template,
    side: Side,
    source: SourceFacts,
    backend: BackendFacts,
    *,
    reps: Sequence[RepScore],
    not_measured: Iterable[NotMeasured],
    technique: Technique | None = None,
    paced: PaceUpdate | None = None,
    code_version: str = VERSION,
) -> dict[str, Any]:
    """The document as nested dicts and lists that json.dumps takes with allow_nan=False.

    technique: in which the set was done, None for the person's own pace; paced: how far its pacer came.

    A number that is not known, NaN included, is None. Its form is SessionDocument.
    """
    return {
        "schema": SCHEMA,
        "pattern": {
            "id": template.id,
            "version": template.version,
            "sha256": template.sha256,
            "side": side,
            "view": template.view,
        },
        "technique": None if technique is None else technique.id,
        "paced": None if paced is None else {"done": paced.done, "of": paced.of, "finished": paced.finished},
        "source": vars(source)
        | {"duration_s": _number(source.duration_s), "yaw_deg": _number(source.yaw_deg)},
        "backend": dict(vars(backend)),
        "code_version": code_version,
        "reps": [_rep(rep) for rep in reps],
        "not_measured": [{"feature": item.feature, "reason": item.reason} for item in not_measured],
        "summary": summary(reps),
    }


def summary(reps: Sequence[RepScore]) -> dict[str, Any]:
    """Counts and means of a set, its symmetry and its drift.

    The means are over the repetitions that have the number, None where none has; faults counts the
    repetitions (attempts not) in which each fault was found.
    """
    done = [rep for rep in reps if rep.kind == "repetition"]
    found = Counter(fault_id for rep in done for fault_id in sorted({fault.id for fault in rep.faults}))
    return {
        "repetitions": len(done),
        "attempts": len(reps) - len(done),
        "mean_total": _mean(rep.total for rep in done),
        "mean_range": _mean(rep.range for rep in done),
        "mean_control": _mean(rep.control for rep in done),
        "faults": {fault_id: found[fault_id] for fault_id in FAULT_IDS if fault_id in found},
        "symmetry": [dict(vars(one)) for one in symmetry(reps)],
        "drift": [dict(vars(one)) for one in drift(reps)],
    }


def _rep(rep: RepScore) -> dict[str, Any]:
    return {
        "index": rep.index,
        "kind": rep.kind,
        "reason": rep.reason,
        "side": rep.side,
        "start_s": _number(rep.start_s),
        "peak_s": _number(rep.peak_s),
        "end_s": _number(rep.end_s),
        "total": _number(rep.total),
        "range": _number(rep.range),
        "control": _number(rep.control),
        "coverage": _number(rep.coverage),
        "metrics": [_metric(metric) for metric in rep.metrics],
        "faults": [_fault(fault) for fault in rep.faults],
        "cue": None if rep.cue is None else {"rule": rep.cue.rule, "text": rep.cue.text},
    }


def _metric(metric: MetricValue) -> dict[str, Any]:
    return {
        "name": metric.name,
        "value": _number(metric.value),
        "unit": metric.unit,
        "error": _number(metric.error),
        "score": _number(metric.score),
        "coverage": _number(metric.coverage),
    }


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "id": fault.id,
        "feature": fault.feature,
        "value": _number(fault.value),
        "limit": _number(fault.limit),
        "unit": fault.unit,
        "phase": [_number(edge) for edge in fault.phase],
        "severity": _number(fault.severity),
    }


def _number(value: float | None) -> float | None:
    """A plain float, None for what JSON cannot say."""
    return None if value is None or not math.isfinite(value) else float(value)


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in map(_number, values) if value is not None]
    return math.fsum(known) / len(known) if known else None


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


Points = Annotated[float, Field(ge=0, le=100)]
Share = Annotated[float, Field(ge=0, le=1)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0)]


class PatternPart(_Part):
    """Which exercise was asked for."""

    id: str
    version: int
    sha256: Sha256
    side: Side
    view: str


class SourcePart(_Part):
    """See SourceFacts."""

    path: str
    sha256: Sha256
    duration_s: Annotated[float, Field(ge=0)]
    frames: Count
    detected: Count
    view: View | None = None
    yaw_deg: Annotated[float, Field(ge=-180, le=180)] | None = None


class BackendPart(_Part):
    """See BackendFacts."""

    name: str
    model: str | None
    weights_sha256: Sha256 | None


class MetricPart(_Part):
    """See scoring.records.records.MetricValue."""

    name: str
    value: float | None
    unit: str
    error: float | None
    score: Points | None
    coverage: Share


class FaultPart(_Part):
    """See scoring.records.records.Fault."""

    id: str
    feature: str
    value: float
    limit: float
    unit: str
    phase: Annotated[list[Share], Field(min_length=2, max_length=2)]
    severity: Share


class CuePart(_Part):
    """See scoring.records.records.Cue."""

    rule: str
    text: str


class RepPart(_Part):
    """See scoring.records.records.RepScore."""

    index: Annotated[int, Field(ge=1)]
    kind: Literal["repetition", "attempt"]
    reason: str | None
    side: Side
    start_s: float
    peak_s: float
    end_s: float
    total: Points | None
    range: Points | None
    control: Points | None
    coverage: Share
    metrics: list[MetricPart]
    faults: list[FaultPart]
    cue: CuePart | None


class NotMeasuredPart(_Part):
    """See scoring.records.records.NotMeasured."""

    feature: str
    reason: str


class SymmetryPart(_Part):
    """See scoring.coach.set_summary.Symmetry."""

    metric: str
    unit: str
    left: float
    right: float
    index_percent: float
    shown: bool


class DriftPart(_Part):
    """See scoring.coach.set_summary.Drift."""

    metric: str
    unit: str
    first: float
    last: float
    shown: bool


class SummaryPart(_Part):
    """See summary."""

    repetitions: Count
    attempts: Count
    mean_total: Points | None
    mean_range: Points | None
    mean_control: Points | None
    faults: dict[str, Count]
    symmetry: list[SymmetryPart] = []
    drift: list[DriftPart] = []


class PacedPart(_Part):
    """Counted rounds of a technique; of is None where there is no end. See scoring.pacing.pacer.PaceUpdate."""

    done: Count
    of: Count | None
    finished: bool


class SessionDocument(_Part):
    """The schema of the whole document; model_validate(document) accepts what session_document makes."""

    schema_: Annotated[Literal["diagonal.session/1"], Field(alias="schema")]
    pattern: PatternPart
    technique: str | None = None
    paced: PacedPart | None = None
    source: SourcePart
    backend: BackendPart
    code_version: str
    reps: list[RepPart]
    not_measured: list[NotMeasuredPart]
    summary: SummaryPart
