"""Text as text: one function for each language of markup that a page would read in it.

Markdown is that of Streamlit's pages: GitHub's with mathematics, directives (`:red[...]`), icons (`:material/home:`),
emoji (`:smile:`), arrows (`->`), and addresses that become links without being marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape
from typing import Any, Final

from base.characters import visible

_NOTHING: Final = ":small[]"
"""A directive without content, shown as nothing: it parts what Streamlit looks for after parsing, where a backslash is
gone already."""

_SIGNS: Final = re.compile(r"[\\`*\[\]<>&$~|]|(?<![^\W_])_|_(?![^\W_])|:(?=[^\W\d])")
_BLOCKS: Final = re.compile(
    r"^[ \t]*(?:(?=#{1,6}(?:\s|$))|(?=[-+](?:[\s:-]|$))|(?==+[ \t]*$)|(?=:-)|\d{1,9}(?=[.)](?:\s|$)))",
    re.MULTILINE,
)
"""What stands before a sign that begins a heading, a list, a rule or the line under the head of a table."""

_FROM: Final = r"(?<![^\s\ufeff])"
_TO: Final = r"(?![^\s\ufeff])"
_JOINED: Final = (
    re.compile(r":(?=//)"),
    re.compile(r"www(?=\.)", re.IGNORECASE),
    re.compile(r"[-.\w+](?=@[-\w])"),
    re.compile(r":material(?=[_/])"),
    re.compile(r":(?=[\w+-]*[^\W\d][\w+-]*:|100:|1234:|[+-]1:)"),
    re.compile(
        rf"{_FROM}(?:<(?=->{_TO})|-(?=[>-]{_TO})|<(?=[-=]{_TO})|[>~](?=={_TO}))|(?<={_FROM}<-)(?=>{_TO})"
    ),
)
"""What stands before a place at which Streamlit's text is parted: addresses, icons, emoji and arrows."""

_PUNCTUATION: Final = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_TEMPLATES: Final = frozenset(("hovertemplate", "texttemplate"))


class Markdown(str):
    """Markdown of our own, in which every value has been made text; see formatted."""

    __slots__ = ()


def formatted(markdown: str, *values: object) -> Markdown:
    """Put values as text into Markdown with a `{}` for each; one that is Markdown stays as it is."""
    return Markdown(
        markdown.format(*(v if isinstance(v, Markdown) else for_markdown(str(v), lines=True) for v in values))
    )


def bullets(lines: Iterable[object]) -> Markdown:
    """A list with a line for each text."""
    texts = tuple(lines)
    return formatted("\n".join("- {}" for _ in texts), *texts)


@lru_cache(maxsize=4096)
def for_markdown(text: str, *, lines: bool = False) -> str:
    """Return Markdown that shows a text as it is; lines: it may have several, as a label may not."""
    shown = visible(text.replace("\r\n", "\n") if lines else text, keep="\n\t" if lines else "")
    parted = {match.end() for joined in _JOINED for match in joined.finditer(shown)}
    escaped = {match.start() for match in _SIGNS.finditer(shown)}
    escaped |= {match.end() for match in _BLOCKS.finditer(shown)}
    escaped |= {at for place in parted for at in (place - 1, place) if shown[at] in _PUNCTUATION}
    return "".join(_characters(shown, escaped, parted))


def _characters(shown: str, escaped: set[int], parted: set[int]) -> Iterator[str]:
    for at, character in enumerate(shown):
        if at in parted:
            yield _NOTHING
        yield f"\\{character}" if at in escaped or character == "\n" else character


def for_html(text: str) -> str:
    """Return HTML that shows a text as it is, in an element or an attribute in quotes."""
    return escape(visible(text))


def for_plotly(text: str) -> str:
    """Return what Plotly shows as this text: it reads some HTML in every text, and mathematics between dollar signs."""
    return escape(visible(text, keep="\n"), quote=False).replace("$", "&#36;")


def plotly_texts(part: Any) -> Any:
    """Return a part of a figure, as Plotly's dicts and lists, with every text in it made text.

    Left alone are templates such as `hovertemplate`, whose markup is ours.
    """
    if isinstance(part, dict):
        return {key: value if key in _TEMPLATES else plotly_texts(value) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [plotly_texts(one) for one in part]
    return for_plotly(part) if isinstance(part, str) else part
