"""Text of a template that pages show: words alone, so that it is never markup, wherever it is rendered."""

from __future__ import annotations

import re
from typing import Final

from pydantic import ValidationInfo

from base.characters import STORED

_ACTIVE: Final = re.compile(r"!\[|\]\s*[(\[:]|<\s*[A-Za-z/!?]")
"""Markdown images and links, HTML: what a browser would act on."""

_MARKUP: Final = re.compile(
    r"[*`\\\[\]]|~~|^\s*[#>]|\$.*\$|&#?\w+;|:[\w/+-]+:|://|www\.|(?:^|\W)_+\S(?:.*\S)?_+(?:\W|$)", re.DOTALL
)
"""Emphasis, code, headings, quotes, formulas, entities, icons (:name:) and addresses."""


def plain_sentence(text: str, info: ValidationInfo) -> str:
    """Validate a sentence for pydantic. Raises ValueError on images, links or HTML, unless it was stored before."""
    return _without(_ACTIVE, text, info)


def plain_title(text: str, info: ValidationInfo) -> str:
    """Validate a title for pydantic. Raises ValueError on markup of any kind, unless it was stored before."""
    return _without(_MARKUP, text, info)


def _without(markup: re.Pattern[str], text: str, info: ValidationInfo) -> str:
    found = None if info.context == STORED else markup.search(text)
    if found is not None:
        raise ValueError(f"markup {found[0].strip()[:20]!r} in a text; write plain words")
    return text
