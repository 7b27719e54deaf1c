"""How a report speaks: the words of its language come from outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Wording:
    """The language of a report, by its code.

    tr: a sentence with its values. name: a feature, metric or fault in words. amount: a number with its unit. number: a
    number. day, moment: a date, a date with its time. exercise: the title of a pattern. course: what a number over
    sessions is called, with its unit.
    """

    language: str
    tr: Callable[..., str]
    name: Callable[[str], str]
    amount: Callable[[float, str], str]
    number: Callable[[float | str], str]
    day: Callable[[date], str]
    moment: Callable[[datetime], str]
    exercise: Callable[[str], str]
    course: Callable[[Any], str]
