"""What is asked before and after practising and when practising stops, as data: patterns/data/safety.toml."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, model_validator

from patterns.templates.errors import SafetyRulesError
from patterns.templates.template import Positive, Record, Sentence
from patterns.templates.toml_file import FileKind

FILE: Final = Path(__file__).parents[1] / "data" / "safety.toml"
Rating = Annotated[int, Field(ge=0, le=10)]
Name = Annotated[str, Field(pattern=r"^[a-z]+$", max_length=20)]


class Sign(Record):
    """A sign on which practising stops. help: it is to be got at once; else somebody is to be asked first."""

    id: Name
    text: Sentence
    help: bool


class Reason(Record):
    """Why somebody ended a set."""

    id: Name
    text: Sentence


class SafetyRules(Record):
    """Limits and what is told at them.

    pain_stop_above: stop; pain_told_from: go on with advice; pain_rise, effort_told_from: advice afterwards. holds_h:
    how long answers hold; pain_rest_h, sign_rest_h: how long a stop does. next_day_after_h, next_day_until_h: when the
    next-day question is asked, counted from the last practice, never on its own day.
    """

    pain_stop_above: Rating
    pain_told_from: Rating
    pain_rise: Annotated[int, Field(ge=1, le=10)]
    effort_told_from: Rating
    holds_h: Positive
    pain_rest_h: Positive
    sign_rest_h: Positive
    next_day_after_h: Positive
    next_day_until_h: Positive
    pain_stop: Sentence
    pain_told: Sentence
    pain_risen: Sentence
    not_settled: Sentence
    hard: Sentence
    sign_help: Sentence
    sign_ask: Sentence
    sign: Annotated[tuple[Sign, ...], Field(min_length=1)]
    reason: Annotated[tuple[Reason, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _orders(self) -> SafetyRules:
        if not self.pain_told_from <= self.pain_stop_above < 10:
            raise ValueError("expected pain_told_from <= pain_stop_above < 10")
        for name, ids in (("sign", [s.id for s in self.sign]), ("reason", [r.id for r in self.reason])):
            if len(set(ids)) < len(ids):
                raise ValueError(f"{name}: expected ids that differ")
        return self


_KIND: Final = FileKind("file of safety rules", SafetyRulesError, (SafetyRules, Sign, Reason))


def read_safety_rules(path: Path) -> SafetyRules:
    """The rules in a TOML file. Raises SafetyRulesError with one line for each kind of mistake."""
    return _KIND.check(SafetyRules, _KIND.parse(_KIND.read(path), path.name), path.name)


@cache
def safety_rules() -> SafetyRules:
    """The rules that hold. Raises SafetyRulesError."""
    return read_safety_rules(FILE)
