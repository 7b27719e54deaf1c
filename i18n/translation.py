"""What people read and hear, in their language: packs of translated sentences (ui/words/*.po), English where one is
missing.

A sentence is known by its English words, values as `{name}`. `say` also knows one whose values are filled in already,
so that all below the pages speaks plain English and is translated here, at the border.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from babel.dates import format_date, format_time, get_day_names
from babel.lists import format_list
from babel.messages.catalog import Message as Entry
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from base.message import Message, Value, Verbatim, filled, placeholders
from patterns.templates.library import own_templates
from patterns.templates.template import Template

FOLDER: Final = Path(__file__).parent / "words"
ENGLISH: Final = "en"
LANGUAGES: Final = {ENGLISH: "English", "de": "Deutsch", "es": "Español"}
"""Code of each language to its own name."""

LANGUAGE_VARIABLE: Final = "DIAGONAL_LANGUAGE"
_asked: Final[list[Callable[[], str | None]]] = []
"""The function that knows the language of the current page; empty where nothing is shown on pages."""

_FIXED: Final[ContextVar[str | None]] = ContextVar("language", default=None)
_LOCALES: Final = {ENGLISH: "en_GB"}
_NAME: Final = re.compile(r"\{(\w+)\}")
_NUMBER: Final = re.compile(r"[-+±]?\d+(\.\d+)?")
_BETWEEN_SENTENCES: Final = re.compile(r"(?<=[.!?:;]) ")
_JOINS: Final = re.compile(r"(, | and | or )")
_LOOSE_LETTERS: Final = 8
"""A sentence with fewer letters beside its values fits too much: all its values must then be known words or numbers."""


@dataclass(frozen=True)
class _Pattern:
    """A sentence with values, as what it looks like when they are filled in."""

    expression: re.Pattern[str]
    translated: str
    letters: int

    @classmethod
    def of(cls, sentence: str, translated: str) -> _Pattern:
        seen: set[str] = set()
        parts = []
        for k, part in enumerate(_NAME.split(sentence)):
            if k % 2 == 0:
                parts.append(re.escape(part))
            else:
                parts.append(f"(?P={part})" if part in seen else f"(?P<{part}>.+?)")
                seen.add(part)
        letters = sum(letter.isalpha() for letter in _NAME.sub("", sentence))
        return cls(re.compile("".join(parts), re.DOTALL), translated, letters)


@dataclass(frozen=True, eq=False)
class Pack:
    """The sentences of one language: each to its translation, and one for each number of things (singular to both)."""

    language: str
    sentences: dict[str, str]
    plurals: dict[str, tuple[str, str]]
    _patterns: tuple[_Pattern, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        made = [_Pattern.of(*pair) for pair in self.sentences.items() if placeholders(pair[0])]
        object.__setattr__(self, "_patterns", tuple(sorted(made, key=lambda p: -p.letters)))

    def of(self, sentence: str) -> str | None:
        """Return the translation of a sentence that the pack has, in this letter case or in lower case; else None."""
        found = self.sentences.get(sentence)
        if found is None and sentence[:1].isupper():
            found = _capital(self.sentences.get(sentence[0].lower() + sentence[1:]))
        return found

    def find(self, sentence: str) -> str | None:
        """The translation of one sentence, its values filled in or not; None where the pack has none."""
        found = self.of(sentence)
        return self._filled(sentence) if found is None else found

    def _filled(self, sentence: str) -> str | None:
        for pattern in self._patterns:
            match = pattern.expression.fullmatch(sentence)
            if match is None:
                continue
            values = {name: self.value(text) for name, text in match.groupdict().items()}
            if pattern.letters < _LOOSE_LETTERS and None in values.values():
                continue
            known = {name: match[name] if value is None else value for name, value in values.items()}
            return _filled(pattern.translated, known)
        return None

    def value(self, text: str) -> str | None:
        """A value of a sentence: a number as it is written, a word or a list of them; None where it is not known."""
        if _NUMBER.fullmatch(text):
            return _written(text, self.language)
        if text in self.sentences:
            return self.sentences[text]
        if _JOINS.search(text):
            told = [
                self.sentences.get(part, part) if k % 2 else self.value(part)
                for k, part in enumerate(_JOINS.split(text))
            ]
            if None not in told:
                return "".join(part or "" for part in told)
        return self.find(text)

    def all_of(self, text: str) -> str:
        """Sentences one after the other, each by itself; what is not known stays as it is."""
        ends = [match.start() for match in _BETWEEN_SENTENCES.finditer(text)]
        for end in (len(text), *reversed(ends)):
            found = self.find(text[:end])
            if found is not None:
                return found if end == len(text) else f"{found} {self.all_of(text[end + 1 :])}"
        return f"{text[: ends[0]]} {self.all_of(text[ends[0] + 1 :])}" if ends else text


def _filled(sentence: str, values: dict[str, str]) -> str:
    """The sentence with its values; one that begins with a value begins with a capital if it is a whole sentence."""
    made = _NAME.sub(lambda match: values[match[1]], sentence)
    return _capital(made) or "" if _NAME.match(sentence) and sentence.endswith(".") else made


def _capital(text: str | None) -> str | None:
    return text and text[0].upper() + text[1:]


@cache
def pack(language: str) -> Pack:
    """The pack of a language other than English. Raises OSError where its file is missing.

    Left out is what is marked as doubtful (fuzzy), empty, or without the same values as the English sentence.
    """
    with (FOLDER / f"{language}.po").open("rb") as file:
        entries = [entry for entry in read_po(file, locale=language) if entry.id and not entry.fuzzy]
    sentences: dict[str, str] = {}
    plurals: dict[str, tuple[str, str]] = {}
    for entry in entries:
        pairs = _pairs(entry)
        if all(said and placeholders(sentence) == placeholders(said) for sentence, said in pairs):
            sentences |= dict(pairs)
            if len(pairs) == 2:
                plurals[pairs[0][0]] = (pairs[0][1], pairs[1][1])
    return Pack(language, sentences, plurals)


_with_own: Final[list[tuple[Mapping[str, Template], dict[str, Pack]]]] = []
"""The exercises of authors as they were last seen, and the packs with what authors translated."""


def _pack_now(language: str) -> Pack | None:
    """The pack of a language with what authors translated; None where there is nothing in it."""
    own = own_templates()
    if not any(template.translations for template in own.values()):
        return None if language == ENGLISH else pack(language)
    if not _with_own or _with_own[0][0] is not own:
        _with_own[:] = [(own, {code: _pack_of(code, own) for code in LANGUAGES})]
    return _with_own[0][1][language]


def _pack_of(language: str, own: Mapping[str, Template]) -> Pack:
    known = Pack(ENGLISH, {}, {}) if language == ENGLISH else pack(language)
    translated = {
        sentence: said
        for template in own.values()
        for sentence, said in template.translations.get(language, {}).items()
    }
    return Pack(language, known.sentences | translated, known.plurals)


def _pairs(entry: Entry) -> list[tuple[str, str]]:
    """English and translated: one pair, or two for what is counted."""
    if isinstance(entry.id, str):
        return [(entry.id, str(entry.string or ""))]
    return list(zip(entry.id, entry.string or (), strict=False))


def say(sentence: str, language: str) -> str:
    """The sentence in that language; as it is where the pack does not know it, or there is no such pack.

    Its values may be filled in, and several sentences may follow one another. Never raises, never empties a sentence.
    """
    if language not in LANGUAGES or not sentence:
        return sentence
    if isinstance(sentence, Message):
        return _translated(sentence, language)
    known = _pack_now(language)
    return sentence if known is None else _said_by(known, sentence)


def _translated(message: Message, language: str) -> str:
    """Return a sentence in a language, its values written as there; a sentence without a translation stays English."""
    known = _pack_now(language) or Pack(ENGLISH, {}, {})
    if message.several:
        singular, plural = known.plurals.get(message.template, (message.template, message.several))
        template = singular if message.values["count"] == 1 else plural
    else:
        template = known.of(message.template) or message.template
    return filled(template, message.values, lambda value: _worded(value, known, language))


def _worded(value: Value, known: Pack, language: str) -> str:
    if isinstance(value, tuple):
        parts = [_worded(part, known, language) for part in value]
        return format_list(parts, locale=locale_of(language))
    if isinstance(value, Verbatim):
        return value
    if isinstance(value, Message):
        return _translated(value, language)
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        return known.of(value) or value
    return _date(value, language) if isinstance(value, dt.date) else _written(value, language)


@lru_cache(maxsize=4096)
def _said_by(known: Pack, sentence: str) -> str:
    return known.all_of(sentence)


def tr(sentence: str, /, **values: object) -> str:
    """The sentence in the language of this page, with its values: words are translated, numbers written its way."""
    language = spoken()
    words = _pack_now(language)
    known = None if words is None else words.sentences.get(sentence)
    if known is None and not values:
        return say(sentence, language)
    return _with_values(known or sentence, values, language)


def ntr(one: str, many: str, count: int, /, **values: object) -> str:
    """As tr, of two sentences the one for so many things; `{count}` is the number."""
    language = spoken()
    words = _pack_now(language)
    known = None if words is None else words.plurals.get(one)
    singular, plural = known or (one, many)
    return _with_values(singular if count == 1 else plural, {"count": count, **values}, language)


def _with_values(sentence: str, values: dict[str, object], language: str) -> str:
    said = {name: _said(value, language) for name, value in values.items()}
    return _NAME.sub(lambda match: said.get(match[1], match[0]), sentence)


def _said(value: object, language: str) -> str:
    if isinstance(value, Message):
        return _translated(value, language)
    if isinstance(value, Verbatim):
        return value
    if isinstance(value, float | int) and not isinstance(value, bool):
        return _written(value, language)
    if isinstance(value, dt.date):
        return _date(value, language)
    return say(str(value), language)


def number(value: float | str) -> str:
    """A number as this page's language writes it; text keeps its digits: 0.350 is 0,350 in German."""
    return _written(value, spoken())


def day(date: dt.date) -> str:
    """A date in this page's language: 22 Nov 2026."""
    return _date(date, spoken())


def moment(time: dt.datetime) -> str:
    """Date and time of day in this page's language."""
    return f"{day(time)}, {format_time(time, 'HH:mm', locale=locale_of(spoken()))}"


def weekdays() -> list[str]:
    """The names of the days from Monday on, short, in this page's language."""
    names = get_day_names("abbreviated", locale=locale_of(spoken()))
    return [names[k] for k in range(7)]


def _written(value: float | Decimal | str, language: str) -> str:
    if isinstance(value, float):
        return format_decimal(value, "#,##0.###", locale=locale_of(language))
    text = str(value)
    digits = len(text.partition(".")[2])
    sign = "±" if text.startswith("±") else ""
    whole = Decimal(text.lstrip("±"))
    return sign + format_decimal(whole, f"0.{'0' * digits}" if digits else "0", locale=locale_of(language))


def _date(date: dt.date, language: str) -> str:
    return format_date(date, "medium", locale=locale_of(language))


def locale_of(language: str) -> str:
    """Return the name of the locale by which a language writes dates and numbers."""
    return _LOCALES.get(language, language)


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Whatever is said within is in that language, in a page or outside: for papers, which may be for somebody else."""
    before = _FIXED.set(code)
    try:
        yield
    finally:
        _FIXED.reset(before)


def spoken() -> str:
    """Return the code of the current language: of in_language, else of the page, else of DIAGONAL_LANGUAGE."""
    fixed = _FIXED.get()
    if fixed is not None:
        return fixed
    guesses = (*_asked, lambda: os.environ.get(LANGUAGE_VARIABLE))
    return first_known(*guesses)


def ask_for_language(of_page: Callable[[], str | None]) -> None:
    """Ask this function for the current language first; it answers None outside of a page."""
    _asked[:] = [of_page]


def first_known(*guesses: Callable[[], str | None]) -> str:
    """Return the first guess that is one of LANGUAGES, by its first two letters; English without any."""
    codes = ((guess() or "")[:2].lower() for guess in guesses)
    return next((code for code in codes if code in LANGUAGES), ENGLISH)
