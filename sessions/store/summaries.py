"""A line about each of many sessions, with what therapists said in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import fmean
from typing import cast

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from scoring.records.records import Kind, RepScore
from sessions.database.file import stored_time
from sessions.database.schema import RepetitionRow, ReviewRow, SessionEndRow, SessionRow
from sessions.store.records import SessionSummary, start_of
from sessions.store.rep_rows import scores_of
from sessions.store.reviews import Decision, Label, Review, in_force, reviewed

_Counts = tuple[int, int, float | None]
"""Repetitions, attempts, and the mean score of the repetitions."""


def summaries(session: Session, *of: ColumnElement[bool]) -> tuple[SessionSummary, ...]:
    """Return a line about each session, the newest first.

    The database counts what the machine found. Where a therapist changed something, `reviewed` decides instead.
    """
    done = RepetitionRow.kind == "repetition"
    counts = (
        select(
            RepetitionRow.session_id,
            func.sum(case((done, 1), else_=0)).label("repetitions"),
            func.count().label("both"),
            func.avg(case((done, RepetitionRow.total))).label("mean_total"),
        )
        .group_by(RepetitionRow.session_id)
        .subquery()
    )
    query = (
        select(
            SessionRow, SessionEndRow.finished_at, counts.c.repetitions, counts.c.both, counts.c.mean_total
        )
        .outerjoin(SessionEndRow, SessionEndRow.session_id == SessionRow.id)
        .outerjoin(counts, counts.c.session_id == SessionRow.id)
        .order_by(SessionRow.started_at.desc(), SessionRow.id.desc())
    )
    for condition in of:
        query = query.where(condition)
    changed = _changed(session, of)
    lines: list[SessionSummary] = []
    for row, finished_at, repetitions, both, mean_total in session.execute(query):
        finished = None if finished_at is None else stored_time(finished_at)
        done_n, all_n = int(repetitions or 0), int(both or 0)
        done_n, not_n, mean = changed.get(row.id, (done_n, all_n - done_n, mean_total))
        lines.append(SessionSummary(row.id, start_of(row), finished, done_n, not_n, mean, row.person_id))
    return tuple(lines)


def _changed(session: Session, of: Iterable[ColumnElement[bool]]) -> Mapping[int, _Counts]:
    """Return the counts of the sessions in which a therapist changed something."""
    query = (
        select(ReviewRow.session_id, ReviewRow.number, ReviewRow.reviewer, ReviewRow.decision)
        .add_columns(ReviewRow.kind, ReviewRow.total, ReviewRow.label, ReviewRow.reviewed_at)
        .join(SessionRow, SessionRow.id == ReviewRow.session_id)
        .where(*of)
        .order_by(ReviewRow.id)
    )
    said: dict[int, list[Review]] = defaultdict(list)
    for number, rep, by, decision, kind, total, label, at in session.execute(query):
        taken = (cast(Decision, decision), cast(Kind, kind), total)
        when = stored_time(at)
        said[number].append(Review(number, rep, by, *taken, label=cast(Label | None, label), at=when))
    said = {number: list(in_force(own)) for number, own in said.items()}
    wanted = [number for number, own in said.items() if any(one.decision == "changed" for one in own)]
    reps = scores_of(session, wanted)
    return {number: _counts(reviewed(reps[number], said[number])) for number in wanted}


def _counts(reps: tuple[RepScore, ...]) -> _Counts:
    done = [rep for rep in reps if rep.kind == "repetition"]
    totals = [rep.total for rep in done if rep.total is not None]
    return len(done), len(reps) - len(done), fmean(totals) if totals else None
