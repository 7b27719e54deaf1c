"""Text of a template that pages show: words alone, so that it is never markup, wherever it is rendered."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS: Final = frozenset("\u200c\u200d")
"""Of the invisible letters those that words of some languages need."""

_LINES: Final = frozenset("\n\t")
_ACTIVE: Final = re.compile(r"!\[|\]\s*[(\[:]|<\s*[A-Za-z/!?]")
"""Markdown images and links, HTML: what a browser would act on."""

_MARKUP: Final = re.compile(
    r"[*`\\\[\]]|~~|^\s*[#>]|\$.*\$|&#?\w+;|:[\w/+-]+:|://|www\.|(?:^|\W)_+\S(?:.*\S)?_+(?:\W|$)", re.DOTALL
)
"""Emphasis, code, headings, quotes, formulas, entities, icons (:name:) and addresses."""


def plain_sentence(text: str) -> str:
    """Return the text. Raises ValueError where it holds control characters, images, links or HTML."""
    for letter in text:
        if unicodedata.category(letter) in _INVISIBLE and letter not in _JOINERS | _LINES:
            raise ValueError(f"control character U+{ord(letter):04X} in a text; take it out")
    _refuse(_ACTIVE.search(text))
    return text


def plain_title(text: str) -> str:
    """Return the text. Raises ValueError where it holds control characters or markup of any kind."""
    for letter in text:
        if letter in _LINES:
            raise ValueError(f"control character U+{ord(letter):04X} in a title; take it out")
    _refuse(_ACTIVE.search(text) or _MARKUP.search(text))
    return text


def _refuse(found: re.Match[str] | None) -> None:
    if found is not None:
        raise ValueError(f"markup {found[0].strip()[:20]!r} in a text; write plain words")
