"""How the result of a timed test stands against its norms. For therapists only: never part of a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from base.message import Message
from patterns.programs.timed_test import NormRow, NormTable, Sex, TimedTest
from scoring.safety.timed_tests import Outcome

NO_VERDICT: Final = (
    "A comparison with a group: no diagnosis and no verdict on any risk. The therapist decides."
)

NO_RESULT: Final = "there is no result to compare"
NO_NORM: Final = "there is no norm for {group}"
AT_MOST: Final = "at most {high}"
AT_LEAST: Final = "at least {low}"
BETWEEN: Final = "{low} to {high}"
PEOPLE: Final = {None: "everybody", "female": "women", "male": "men"}
OF_GROUP: Final = "{group}: {limits} {unit}"
OF_AGE: Final = "{people} of {years} years"
OF_AGES: Final = "{people} of {youngest} to {oldest} years"


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
        return Standing(NO_RESULT, None, table.source)
    row = next((row for row in table.row if row.holds_for(age, sex)), None)
    if row is None:
        return Standing(Message(NO_NORM, group=_group(sex, (age, age))), None, table.source)
    most = outcome.value if outcome.most is None else outcome.most
    words = list(dict.fromkeys(_words(table, row, value) for value in (outcome.value, most)))
    group = _group(row.sex, row.ages)
    told = words[0] if len(words) == 1 else Message(BETWEEN, low=words[0], high=words[-1])
    norm = Message(OF_GROUP, group=group, limits=_limits(row), unit=test.unit)
    return Standing(told, norm, table.source)


def _words(table: NormTable, row: NormRow, value: float) -> str:
    if row.low is not None and value < row.low:
        return table.below or ""
    if row.high is not None and value > row.high:
        return table.above or ""
    return table.within


def _limits(row: NormRow) -> str:
    if row.low is None:
        return Message(AT_MOST, high=f"{row.high:g}")
    if row.high is None:
        return Message(AT_LEAST, low=f"{row.low:g}")
    if row.low == row.high:
        return f"{row.low:g}"
    return Message(BETWEEN, low=f"{row.low:g}", high=f"{row.high:g}")


def _group(sex: Sex | None, ages: tuple[int, int] | None) -> str:
    people = PEOPLE[sex]
    if ages is None:
        return people
    if ages[0] == ages[1]:
        return Message(OF_AGE, people=people, years=ages[0])
    return Message(OF_AGES, people=people, youngest=ages[0], oldest=ages[1])
