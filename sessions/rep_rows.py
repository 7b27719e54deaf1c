"""Repetitions of many sessions at once: a year of them is read in four queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from patterns.template import Side
from scoring.records import Cue, Fault, Kind, MetricValue, RepScore
from sessions.schema import CueRow, FaultRow, MetricRow, RepetitionRow

_AT_ONCE = 500


def reps_of(session: Session, session_ids: Sequence[int]) -> dict[int, tuple[RepScore, ...]]:
    """The repetitions of each session in their order, equal to those stored; of one without any, none."""
    found: dict[int, list[RepScore]] = {number: [] for number in session_ids}
    for at in range(0, len(session_ids), _AT_ONCE):
        _read(session, session_ids[at : at + _AT_ONCE], found)
    return {number: tuple(reps) for number, reps in found.items()}


def _read(session: Session, session_ids: Sequence[int], found: dict[int, list[RepScore]]) -> None:
    metrics, faults = defaultdict[int, list[MetricValue]](list), defaultdict[int, list[Fault]](list)
    for m in _parts(session, session_ids, MetricRow):
        metrics[m.repetition_id].append(MetricValue(m.name, m.value, m.unit, m.error, m.score, m.coverage))
    for f in _parts(session, session_ids, FaultRow):
        measured = (f.feature, f.value, f.limit, f.unit)
        fault = Fault(f.fault_id, *measured, (f.phase_from, f.phase_to), f.severity)
        faults[f.repetition_id].append(fault)
    cues = {
        c.repetition_id: Cue(c.rule, c.text, c.feature, c.value, c.limit, c.unit)
        for c in _parts(session, session_ids, CueRow)
    }
    columns = [column for column in RepetitionRow.__table__.columns if column.name != "session_id"]
    rows = session.execute(
        select(RepetitionRow.session_id.label("owner"), *columns)
        .where(RepetitionRow.session_id.in_(session_ids))
        .order_by(RepetitionRow.session_id, RepetitionRow.number)
    )
    for row in rows:
        rep = RepScore(
            row.number,
            cast(Kind, row.kind),
            row.reason,
            cast(Side, row.side),
            *(row.start_s, row.peak_s, row.end_s),
            *(row.total, row.range, row.control, row.coverage),
            tuple(metrics[row.id]),
            tuple(faults[row.id]),
            cues.get(row.id),
        )
        found[row.owner].append(rep)


def _parts(session: Session, session_ids: Sequence[int], table: Any) -> Iterable[Any]:
    """Rows of a part of repetitions, as plain columns, in their order."""
    query: Select[Any] = (
        select(*table.__table__.columns)
        .join(RepetitionRow, RepetitionRow.id == table.repetition_id)
        .where(RepetitionRow.session_id.in_(session_ids))
        .order_by(*table.__table__.primary_key)
    )
    return session.execute(query)
