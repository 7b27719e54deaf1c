"""How the result of a timed test stands against its norms. For therapists only: never part of a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from patterns.timed_test import NormRow, NormTable, Sex, TimedTest
from scoring.timed_tests import Outcome

NO_VERDICT: Final = (
    "A comparison with a group: no diagnosis and no verdict on any risk. The therapist decides."
)


@dataclass(frozen=True)
class Standing:
    """Where a result stands. told: in words; norm: the group and its numbers in words, None without a norm."""

    told: str
    norm: str | None
    source: str


def compare(test: TimedTest, outcome: Outcome, age: int, sex: Sex) -> Standing:
    """The standing of a result among people of that age, in whole years, and sex.

    Where part of the test was not seen, the words for the least and for the most it may be.
    """
    table = test.norms
    if outcome.value is None:
        return Standing("there is no result to compare", None, table.source)
    row = next((row for row in table.row if row.holds_for(age, sex)), None)
    if row is None:
        return Standing(f"there is no norm for {_group(sex, (age, age))}", None, table.source)
    most = outcome.value if outcome.most is None else outcome.most
    words = dict.fromkeys(_words(table, row, value) for value in (outcome.value, most))
    group = _group(row.sex, row.ages)
    return Standing(" to ".join(words), f"{group}: {_limits(row)} {test.unit}", table.source)


def _words(table: NormTable, row: NormRow, value: float) -> str:
    if row.low is not None and value < row.low:
        return table.below or ""
    if row.high is not None and value > row.high:
        return table.above or ""
    return table.within


def _limits(row: NormRow) -> str:
    if row.low is None:
        return f"at most {row.high:g}"
    if row.high is None:
        return f"at least {row.low:g}"
    return f"{row.low:g}" if row.low == row.high else f"{row.low:g} to {row.high:g}"


def _group(sex: Sex | None, ages: tuple[int, int] | None) -> str:
    people = {None: "everybody", "female": "women", "male": "men"}[sex]
    if ages is None:
        return people
    years = f"{ages[0]}" if ages[0] == ages[1] else f"{ages[0]} to {ages[1]}"
    return f"{people} of {years} years"
