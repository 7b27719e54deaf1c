"""What a timed test is: a pattern, how it is counted, and its norms, all data of patterns/data/norms.toml.

Norms are for therapists: they are no part of a result.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, field_validator, model_validator

from patterns.features.table import FEATURES
from patterns.templates.errors import SideError, TemplateError, TimedTestError
from patterns.templates.library import load_template, sided
from patterns.templates.template import ALWAYS_JUDGED, FAULT_IDS, Positive, Record, Sentence, Side, Title
from patterns.templates.toml_file import FileKind

NORMS: Final = Path(__file__).parents[1] / "data" / "norms.toml"

Sex = Literal["female", "male"]
Count = Annotated[int, Field(ge=1)]


class TimeOf(Record):
    """Seconds from the start of the first repetition to the far end of the last of so many."""

    kind: Literal["time_of"]
    repetitions: Count


class CountIn(Record):
    """Repetitions within so many seconds of the start of the first one.

    counts: the side that is counted, every side where it is left out. without: faults with which a repetition does not
    count. half_way: features by which one that is under way when the time is up counts if it is more than half-way.
    """

    kind: Literal["count_in"]
    seconds: Positive
    counts: Literal["left", "right"] | None = None
    without: tuple[str, ...] = ()
    half_way: tuple[str, ...] = ()


class Longest(Record):
    """Seconds of the longest of so many tries, from start to end; longest_s ends a try."""

    kind: Literal["longest"]
    longest_s: Positive
    tries: Count


class FaultPoints(Record):
    """Points for a fault found in any repetition.

    feature: the base name of the feature that shows it. more_points: given instead from the value more_from on.
    """

    name: Sentence
    fault: str
    feature: str
    points: Count = 1
    more_from: Positive | None = None
    more_points: Count | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> FaultPoints:
        if (self.more_from is None) != (self.more_points is None):
            raise ValueError("more_from and more_points go together")
        return self

    @property
    def largest(self) -> int:
        """The most points that this item can bring."""
        return self.points if self.more_points is None else self.more_points


class Points(Record):
    """The sum of the points of faults over the first so many repetitions.

    unseen_points: of the items of the test that a camera cannot see.
    """

    kind: Literal["points"]
    repetitions: Count
    item: Annotated[tuple[FaultPoints, ...], Field(min_length=1)]
    unseen_points: Annotated[int, Field(ge=0)] = 0


BETTER: Final = {"time_of": -1, "count_in": 1, "longest": 1, "points": -1}
"""By kind of measure in which direction a result is better: points are of faults."""

Measure = Annotated[TimeOf | CountIn | Longest | Points, Field(discriminator="kind")]


class NormRow(Record):
    """The norm of one group: from low to high, both included; ages in whole years [youngest, oldest], all if absent."""

    sex: Sex | None = None
    ages: tuple[int, int] | None = None
    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def _order(self) -> NormRow:
        if self.ages is not None and self.ages[0] > self.ages[1]:
            raise ValueError("ages must rise")
        if self.low is None and self.high is None:
            raise ValueError("expected low or high")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("low must not be above high")
        return self

    def holds_for(self, age: int, sex: Sex) -> bool:
        """Whether it is the norm of somebody of this age, in whole years, and sex."""
        return self.sex in (None, sex) and (self.ages is None or self.ages[0] <= age <= self.ages[1])


class NormTable(Record):
    """The norms of a test, and what is said of a result below, within and above a row."""

    source: Sentence
    below: Sentence | None = None
    within: Sentence
    above: Sentence | None = None
    row: Annotated[tuple[NormRow, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _words_and_groups(self) -> NormTable:
        if self.below is None and any(row.low is not None for row in self.row):
            raise ValueError("below: expected the words for a result under a row's low")
        if self.above is None and any(row.high is not None for row in self.row):
            raise ValueError("above: expected the words for a result over a row's high")
        for one, other in combinations(self.row, 2):
            if _share_a_person(one, other):
                raise ValueError(f"row: two norms for the same group, from ages {one.ages} and {other.ages}")
        return self


class SmallestChange(Record):
    """The change of a result that is more than error (95 %), in the test's unit, as others found it."""

    value: Positive
    source: Sentence


class TimedTest(Record):
    """A test: the pattern that is judged, the sides it takes, how it is counted, and its norms.

    smallest_change: None where nobody has told it for this test.
    differs: in what it is not the test as done by hand. not_measured: what of the test a camera cannot see, and why.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    title: Title
    pattern: str
    sides: Annotated[tuple[Side, ...], Field(min_length=1)]
    unit: str
    source: Sentence
    differs: Sentence
    not_measured: dict[str, Sentence] = Field(default_factory=dict)
    measure: Measure
    norms: NormTable
    smallest_change: SmallestChange | None = None

    @field_validator("sides")
    @classmethod
    def _each_once(cls, sides: tuple[Side, ...]) -> tuple[Side, ...]:
        if len(set(sides)) != len(sides):
            raise ValueError("every side once")
        return sides

    def check_side(self, side: str) -> None:
        """Raise TimedTestError naming the sides there are, where the test does not take this one."""
        if side not in self.sides:
            allowed = " or ".join(self.sides)
            raise TimedTestError(f"side {side!r} does not fit test {self.id}; it takes {allowed}")


class TimedTests(Record):
    """The whole file."""

    schema_: Annotated[Literal["diagonal.norms/1"], Field(alias="schema")]
    test: tuple[TimedTest, ...]


TIMED_TEST_FILE: Final = FileKind(
    "table of tests",
    TimedTestError,
    (
        TimedTests,
        TimedTest,
        NormTable,
        NormRow,
        SmallestChange,
        TimeOf,
        CountIn,
        Longest,
        Points,
        FaultPoints,
    ),
)


@cache
def timed_test_ids() -> tuple[str, ...]:
    """The ids of all tests, sorted."""
    return tuple(sorted(_library()))


def load_timed_test(test_id: str) -> TimedTest:
    """The test of that id. Raises TimedTestError naming the nearest id when there is none."""
    TIMED_TEST_FILE.check_id(test_id, timed_test_ids(), "test")
    return _library()[test_id]


def parse_timed_tests(raw: bytes, where: str) -> dict[str, TimedTest]:
    """The tests in the bytes of a TOML file, by id; `where` names them in errors. Every test fits its pattern."""
    found: dict[str, TimedTest] = {}
    tests = TIMED_TEST_FILE.check(TimedTests, TIMED_TEST_FILE.parse(raw, where), where).test
    for number, test in enumerate(tests):
        if test.id in found:
            raise TimedTestError(f"{where}: key test.{number}.id: {test.id} is there twice")
        _check_pattern(test, f"{where}: key test.{number}")
        found[test.id] = test
    return found


@cache
def _library() -> dict[str, TimedTest]:
    return parse_timed_tests(TIMED_TEST_FILE.read(NORMS), NORMS.name)


def _check_pattern(test: TimedTest, where: str) -> None:
    """Whether the pattern is there, takes the sides, and can raise the faults that are asked for."""
    try:
        template = load_template(test.pattern)
        for side in test.sides:
            sided(template, side)
    except TemplateError as error:
        raise TimedTestError(f"{where}.pattern: {error}") from error
    except SideError as error:
        raise TimedTestError(f"{where}.sides: {error}") from error
    raised = {*ALWAYS_JUDGED, *(target.fault for target in template.target)}
    asked, features = _asked(test.measure)
    for fault in asked:
        if fault not in raised:
            able = ", ".join(name for name in FAULT_IDS if name in raised)
            raise TimedTestError(
                f"{where}.measure: pattern {test.pattern} has no fault {fault!r}; it has {able}"
            )
    bases = {feature.base for feature in FEATURES.values()}
    for name in features:
        if name not in FEATURES and name not in bases:
            raise TimedTestError(f"{where}.measure: unknown feature {name!r}")


def _asked(measure: TimeOf | CountIn | Longest | Points) -> tuple[list[str], list[str]]:
    """The faults and the features that a measure needs."""
    if isinstance(measure, CountIn):
        return list(measure.without), list(measure.half_way)
    if isinstance(measure, Points):
        return [item.fault for item in measure.item], [item.feature for item in measure.item]
    return [], []


def _share_a_person(one: NormRow, other: NormRow) -> bool:
    if one.sex is not None and other.sex is not None and one.sex != other.sex:
        return False
    if one.ages is None or other.ages is None:
        return True
    return one.ages[0] <= other.ages[1] and other.ages[0] <= one.ages[1]
