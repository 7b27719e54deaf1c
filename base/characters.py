"""Characters that text on one line may not hold: invisible, or able to change how the rest of the line reads.

Refused are control characters (Cc), line and paragraph separators, marks that reorder text (bidirectional embeddings,
overrides and isolates; Unicode 16, UAX 9), annotation marks, halves of surrogate pairs, and whatever Unicode draws as
nothing (Default_Ignorable_Code_Point). Of the latter joiners, variation selectors and the marks for left-to-right and
right-to-left are needed by names in many scripts and stay.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final, Literal, get_args

from pydantic import ValidationInfo

from base.errors import RequestError

STORED: Final[dict[str, Any]] = {"stored": True}
"""Validation context for text that was stored before these characters were refused: it still opens."""

Field = Literal["Display name", "Full name", "Login", "Note", "Reviewer"]
FIELDS: Final[tuple[str, ...]] = get_args(Field)
"""What people type on one line, in words."""
LINE_BREAK: Final = "{what}: character {place} is a line break; write it on one line"
INVISIBLE: Final = (
    "{what}: character {place} ({code}) is invisible and can change how the text reads; delete it"
)

NOTHING_VISIBLE: Final = "{what}: it shows nothing; write at least one letter or digit"
NUMBER_ALONE: Final = "{what}: a number alone could be mistaken for another person's number; add a letter"
TOO_LONG: Final = "{what}: at most {most} characters are allowed; this has {count}"
SENTENCES: Final = (LINE_BREAK, INVISIBLE, NOTHING_VISIBLE, NUMBER_ALONE, TOO_LONG)

_REFUSED: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
_UNSEEN: Final = re.compile("[\u061c\u180b-\u180f\u200c-\u200f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""The characters without a shape of their own that stay."""

_BLANK_PATTERN: Final = "\u2800"
"""The Braille cell without a dot: a symbol to Unicode, a space to the eye."""
_LINE_BREAKS: Final = "\n\r\v\f\x85\u2028\u2029"
_BROKEN: Final = re.compile(rf"[ \t]*[{_LINE_BREAKS}]+[ \t{_LINE_BREAKS}]*")
_DELETE: Final = "\x7f"
_PICTURES: Final = 0x2400
"""Control pictures: a visible sign for each character below U+0020."""


def trouble_in(text: str, what: str = "") -> str:
    """Return what has to change before a text fits on one line, empty if nothing; what: the name of its field."""
    found = _REFUSED.search(text)
    if found is None:
        return ""
    sentence = LINE_BREAK if found[0] in _LINE_BREAKS else INVISIBLE
    told = sentence.format(what=what, place=found.start() + 1, code=f"U+{ord(found[0]):04X}")
    return told.removeprefix(": ")


def joined(text: str) -> str:
    """Return the text on one line: a space for its line breaks and what is around them."""
    return _BROKEN.sub(" ", text.strip())


def check_line(what: Field, text: str | None, error: type[RequestError]) -> None:
    """Raise the error, with one clear line, if the text of a field does not fit on one line."""
    trouble = trouble_in(text or "", what)
    if trouble:
        raise error(trouble)


def shows_nothing(text: str) -> bool:
    """Return whether a text has no letter, digit or sign that can be seen."""
    return all(unicodedata.category(one)[0] not in "LNPS" or one == _BLANK_PATTERN for one in text)


def look(text: str) -> str:
    """Return a form that texts share which look the same in one script: NFC, without joiners and doubled spaces."""
    return " ".join(_UNSEEN.sub("", unicodedata.normalize("NFC", text)).split())


def one_line(text: str, info: ValidationInfo) -> str:
    """Validate a field of a file for pydantic. Raises ValueError, unless the context is STORED."""
    trouble = "" if info.context and info.context.get("stored") else trouble_in(text)
    if trouble:
        raise ValueError(trouble)
    return text


def visible(text: str, keep: str = "") -> str:
    """Return the text with a visible sign in place of each refused character that is not in `keep`."""
    return _REFUSED.sub(lambda match: match[0] if match[0] in keep else _sign(match[0]), text)


def _sign(character: str) -> str:
    if character == _DELETE:
        return "\N{SYMBOL FOR DELETE}"
    code = ord(character)
    return chr(_PICTURES + code) if code < ord(" ") else "\N{REPLACEMENT CHARACTER}"
