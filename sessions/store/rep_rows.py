"""Repetitions as they were stored: those of one session whole, those of many sessions as far as progress needs them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from patterns.templates.template import Side
from scoring.records.records import Cue, Fault, Kind, MetricValue, RepScore
from sessions.database.schema import CueRow, FaultRow, MetricRow, RepetitionRow
from sessions.store.session_numbers import Measured

_AT_ONCE: Final = 500
"""Sessions that are asked for in one query."""
_ROWS_AT_ONCE: Final = 10_000


def reps_of(session: Session, session_id: int) -> tuple[RepScore, ...]:
    """The repetitions of a session in their order, equal to those stored."""
    metrics, faults = defaultdict[int, list[MetricValue]](list), defaultdict[int, list[Fault]](list)
    for m in _parts(session, session_id, MetricRow):
        metrics[m.repetition_id].append(MetricValue(m.name, m.value, m.unit, m.error, m.score, m.coverage))
    for f in _parts(session, session_id, FaultRow):
        measured = (f.feature, f.value, f.limit, f.unit)
        fault = Fault(f.fault_id, *measured, (f.phase_from, f.phase_to), f.severity)
        faults[f.repetition_id].append(fault)
    cues = {
        c.repetition_id: Cue(c.rule, c.text, c.feature, c.value, c.limit, c.unit)
        for c in _parts(session, session_id, CueRow)
    }
    return tuple(
        _rep(row, tuple(metrics[row.id]), tuple(faults[row.id]), cues.get(row.id))
        for row in _rows(session, [session_id])
    )


def scores_of(session: Session, session_ids: Sequence[int]) -> dict[int, tuple[RepScore, ...]]:
    """The repetitions of each session in their order, without metrics, faults and cue."""
    found: dict[int, list[RepScore]] = {number: [] for number in session_ids}
    for some in _some(session_ids):
        for row in _rows(session, some):
            found[row.session_id].append(_rep(row, (), (), None))
    return {number: tuple(reps) for number, reps in found.items()}


def measured_of(session: Session, session_ids: Sequence[int]) -> Iterator[Measured]:
    """What was measured in each session, together and in the order of its repetitions; only what has a value.

    As rows of the driver, and never all of them at once: a year of daily sessions has a third of a million.
    """
    for some in _some(session_ids):
        named = (RepetitionRow.session_id, RepetitionRow.number, MetricRow.name, MetricRow.unit)
        query = (
            select(*named, MetricRow.value, MetricRow.error, MetricRow.score)
            .join(RepetitionRow, RepetitionRow.id == MetricRow.repetition_id)
            .where(RepetitionRow.session_id.in_(some), MetricRow.value.is_not(None))
            .order_by(RepetitionRow.session_id, RepetitionRow.id)
        )
        rows = session.connection().execute(query).cursor
        while part := rows.fetchmany(_ROWS_AT_ONCE):
            yield from part


def _some(session_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for at in range(0, len(session_ids), _AT_ONCE):
        yield session_ids[at : at + _AT_ONCE]


def _rows(session: Session, session_ids: Sequence[int]) -> Iterable[Any]:
    query = select(*RepetitionRow.__table__.columns).where(RepetitionRow.session_id.in_(session_ids))
    return session.connection().execute(query.order_by(RepetitionRow.session_id, RepetitionRow.number))


def _rep(row: Any, metrics: tuple[MetricValue, ...], faults: tuple[Fault, ...], cue: Cue | None) -> RepScore:
    return RepScore(
        row.number,
        cast(Kind, row.kind),
        row.reason,
        cast(Side, row.side),
        *(row.start_s, row.peak_s, row.end_s),
        *(row.total, row.range, row.control, row.coverage),
        metrics,
        faults,
        cue,
    )


def _parts(session: Session, session_id: int, table: Any) -> Iterable[Any]:
    """Rows of a part of repetitions, as plain columns, in their order."""
    query: Select[Any] = (
        select(*table.__table__.columns)
        .join(RepetitionRow, RepetitionRow.id == table.repetition_id)
        .where(RepetitionRow.session_id == session_id)
        .order_by(*table.__table__.primary_key)
    )
    return session.execute(query)
