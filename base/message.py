"""A sentence for people: English where it is made, translated where it is shown."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from base.errors import DiagonalError

Value = str | int | float | Decimal | dt.date | tuple["Value", ...]
"""What a sentence may hold: text, a number, a date, or a list of them; text that is a Message is translated too."""

OR: Final = "{first} or {second}"
THEN: Final = "{first}, {others}"
_NAME: Final = re.compile(r"\{(\w+)\}")


class MessageError(DiagonalError):
    """A sentence lacks one of its values."""


class Verbatim(str):
    """A value of a sentence that reads the same in every language: the name of a person or a file."""

    __slots__ = ()


class Message(str):
    """A sentence in English, with its values filled in, that knows what it was made of.

    template: the sentence with `{name}` for each value; translations are found by it. several: the sentence for
    another number than 1 of what `count` counts; empty where nothing is counted. values: the values by name.
    """

    __slots__ = ("several", "template", "values")
    template: str
    several: str
    values: Mapping[str, Value]

    def __new__(cls, template: str, /, **values: Value) -> Message:
        """Make a sentence. Values without a place in it are left out. Raises MessageError where one is missing."""
        return cls._made(template, "", values)

    @classmethod
    def counted(cls, one: str, several: str, count: int, /, **values: Value) -> Message:
        """Make a sentence for so many of something; `{count}` is the number. Raises MessageError."""
        return cls._made(one, several, {"count": count, **values})

    @classmethod
    def _made(cls, template: str, several: str, values: Mapping[str, Value]) -> Message:
        chosen = several if several and values["count"] != 1 else template
        asked = placeholders(template) | placeholders(several)
        if not asked <= set(values):
            raise MessageError(f"{template!r}: expected values for {sorted(asked)}, got {sorted(values)}")
        made = super().__new__(cls, filled(chosen, values, in_english))
        used = {
            name: value for name, value in values.items() if name in asked or (several and name == "count")
        }
        made.template, made.several, made.values = template, several, MappingProxyType(used)
        return made

    def __reduce__(self) -> tuple[object, ...]:
        """Copy and pickle a sentence with what it was made of."""
        return _again, (self.template, self.several, dict(self.values))


def _again(template: str, several: str, values: Mapping[str, Value]) -> Message:
    return Message._made(template, several, values)


def placeholders(sentence: str) -> set[str]:
    """Return the names of the values in a sentence."""
    return set(_NAME.findall(sentence))


def filled(sentence: str, values: Mapping[str, Value], written: Callable[[Value], str]) -> str:
    """Return a sentence with its values as `written` writes them.

    A whole sentence that begins with a value begins with a capital letter.
    """
    made = _NAME.sub(lambda match: written(values[match[1]]), sentence)
    return made[:1].upper() + made[1:] if _NAME.match(sentence) and sentence.endswith(".") else made


def any_of(*parts: str) -> str:
    """Return the parts of a list with commas and "or", to be translated as one sentence."""
    if len(parts) < 2:
        return "".join(parts)
    first, *others = parts
    if len(others) == 1:
        return Message(OR, first=first, second=others[0])
    return Message(THEN, first=first, others=any_of(*others))


def in_english(value: Value) -> str:
    """Return a value in English: the parts of a list with commas and "and"."""
    if not isinstance(value, tuple):
        return str(value)
    parts = [in_english(part) for part in value]
    return " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else "".join(parts)
