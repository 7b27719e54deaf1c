"""The numbers of a session as they are followed over time: what was counted, its scores, and what was measured."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean, median
from threading import Lock
from typing import Final

from patterns.templates.library import sided
from patterns.templates.template import Side, Template
from scoring.metrics.score_error import Scored, score_errors
from scoring.records.records import RepScore
from sessions.store.records import SessionStart, StoredSession

SCORES: Final = ("total", "range", "control")
POINTS: Final = "points"
MOST_KNOWN: Final = 2000
"""Sessions of which the numbers are kept: some 30 kB each with sixty repetitions."""

Measured = tuple[int, int, str, str, float, float | None, float | None]
"""A metric of a repetition: numbers of session and repetition, name and unit, value, one standard error and score."""


@dataclass(frozen=True)
class Values:
    """One number in the counted repetitions of one side, in their order; errors: the known ones of its values."""

    values: tuple[float, ...]
    errors: tuple[float, ...] = ()

    @cached_property
    def mean(self) -> float:
        """Of the values."""
        return fmean(self.values)

    @cached_property
    def spread(self) -> float:
        """One standard deviation of the values, two or more, as of a sample."""
        if min(self.values) == max(self.values):
            return 0.0
        squares = math.fsum((value - self.mean) ** 2 for value in self.values)
        return math.sqrt(squares / (len(self.values) - 1))

    @cached_property
    def error(self) -> float:
        """The usual error of one value, 0 where none is known."""
        return median(self.errors) if self.errors else 0.0


@dataclass(frozen=True)
class Numbers:
    """One session.

    movements: repetitions and attempts together. counted: repetitions on each side that has one. values: by side, name
    and unit (scores: SCORES in POINTS); what no counted repetition has is left out.
    """

    id: int
    start: SessionStart
    movements: int
    counted: Mapping[Side, int]
    values: Mapping[tuple[Side, str, str], Values]


class KnownNumbers:
    """Numbers of sessions that were read, kept as long as nothing has been added to them: a session never changes."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[tuple[int, int], Numbers]] = {}
        self._adding = Lock()

    def get(self, session_id: int, start: SessionStart, added: tuple[int, int]) -> Numbers | None:
        """Those of a session to which so many repetitions and reviews were added; None where they are not known."""
        then, known = self._kept.get(session_id, (None, None))
        return known if known is not None and (then, known.start) == (added, start) else None

    def keep(self, read: Numbers, added: tuple[int, int]) -> None:
        """Keep what was read, instead of the oldest where there is no room."""
        with self._adding:
            while len(self._kept) >= MOST_KNOWN and read.id not in self._kept:
                del self._kept[next(iter(self._kept))]
            self._kept[read.id] = added, read

    def forget(self) -> None:
        """Keep nothing."""
        with self._adding:
            self._kept.clear()


def numbers_of(session: StoredSession, template: Template | None = None) -> Numbers:
    """Return the numbers of a session that has been read whole; template: with which it was judged."""
    measured = (
        (session.id, rep.index, one.name, one.unit, one.value, one.error, one.score)
        for rep in session.reps
        for one in rep.metrics
        if one.value is not None
    )
    return numbers(session.id, session.start, session.reps, measured, template)


def numbers(
    session_id: int,
    start: SessionStart,
    reps: Iterable[RepScore],
    measured: Iterable[Measured],
    template: Template | None = None,
) -> Numbers:
    """Return the numbers of a session out of its repetitions, without their own metrics, and what was measured.

    template: with which it was judged; None where that is not stored, and then scores have no error of measuring.
    """
    sides: dict[int, Side] = {}
    counted: dict[Side, int] = defaultdict(int)
    found: dict[tuple[Side, str, str], list[float]] = defaultdict(list)
    errors: dict[tuple[Side, str, str], list[float]] = defaultdict(list)
    graded: dict[int, list[Scored]] = defaultdict(list)
    movements = 0
    for rep in reps:
        movements += 1
        if rep.kind != "repetition":
            continue
        sides[rep.index] = rep.side
        counted[rep.side] += 1
        for name in SCORES:
            score = getattr(rep, name)
            if score is not None:
                found[rep.side, name, POINTS].append(score)
    for _, number, name, unit, value, error, score in measured:
        side = sides.get(number)
        if side is not None:
            key = (side, name, unit)
            found[key].append(value)
            graded[number].append((name, value, error, score))
            if error is not None:
                errors[key].append(error)
    for (side, name), off in _score_errors(template, start, sides, graded):
        errors[side, name, POINTS].append(off)
    values = {key: Values(tuple(some), tuple(errors.get(key, ()))) for key, some in found.items()}
    return Numbers(session_id, start, movements, dict(counted), values)


def _score_errors(
    template: Template | None,
    start: SessionStart,
    sides: Mapping[int, Side],
    graded: Mapping[int, Sequence[Scored]],
) -> Iterator[tuple[tuple[Side, str], float]]:
    """Yield the error of each score of each repetition, by the repetition's side and the score's name."""
    if template is None:
        return
    judged = sided(template, start.side)
    for number, metrics in graded.items():
        for name, off in score_errors(judged[sides[number]], metrics).items():
            yield (sides[number], name), off
