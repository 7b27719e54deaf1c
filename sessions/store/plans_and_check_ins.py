"""Answers and plans as the store takes and gives them, and their way into rows and back."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Literal, cast

from patterns.programs.program import Program, parse_program, write_program
from patterns.templates.errors import ProgramError
from scoring.safety.stop_rules import CheckIn, Moment, NextDay
from sessions.database.file import stored_time
from sessions.database.schema import CheckInRow, PlanRow, SignRow


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Plan:
    """A program that somebody was given, for their affected side."""

    program: Program
    affected: Literal["left", "right"]
    given_at: datetime = field(default_factory=_now)


@dataclass(frozen=True)
class Period:
    """A program and until when it held; None: it still does."""

    plan: Plan
    until: datetime | None = None


def check_in_row(check_in: CheckIn) -> CheckInRow:
    """The rows of a check-in; its time as UTC."""
    return CheckInRow(
        at=check_in.at.astimezone(UTC).isoformat(),
        moment=check_in.moment,
        pain=check_in.pain,
        effort=check_in.effort,
        next_day=check_in.next_day,
        reason=check_in.reason,
        signs=[SignRow(position=i, sign=sign) for i, sign in enumerate(check_in.signs)],
    )


def check_in_of(row: CheckInRow) -> CheckIn:
    """The record of a stored check-in, equal to the one that was stored."""
    return CheckIn(
        stored_time(row.at),
        cast(Moment, row.moment),
        row.pain,
        row.effort,
        tuple(sign.sign for sign in row.signs),
        cast(NextDay | None, row.next_day),
        row.reason,
    )


def plan_row(plan: Plan | None) -> PlanRow:
    """The row of a plan that is given, or of None: that the last one has ended."""
    if plan is None:
        return PlanRow(given_at=_now().isoformat(), affected=None, program=None)
    return PlanRow(
        given_at=plan.given_at.astimezone(UTC).isoformat(),
        affected=plan.affected,
        program=write_program(plan.program),
    )


def plan_of(row: PlanRow | None) -> Plan | None:
    """The plan of the latest row, None where there is none or it has ended. Raises ProgramError.

    A program that an exercise or technique of today's library does not fit any more is refused, not guessed at.
    """
    if row is None or row.program is None or row.affected is None:
        return None
    program = parse_program(row.program.encode(), "the program you were given", stored=True)
    return Plan(program, cast(Literal["left", "right"], row.affected), stored_time(row.given_at))


def periods_of(rows: Iterable[PlanRow]) -> tuple[Period, ...]:
    """Each program with the time at which the next took its place, or it was ended; see Store.periods."""
    ordered = sorted(rows, key=lambda row: row.id)
    ends = [stored_time(row.given_at) for row in ordered[1:]]
    made = []
    for row, until in zip_longest(ordered, ends):
        with suppress(ProgramError):
            plan = plan_of(row)
            made += [] if plan is None else [Period(plan, until)]
    return tuple(made)
