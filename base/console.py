"""The terminal: whatever is printed there is text, and no character of it moves the cursor or changes a colour."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from base.characters import visible


class PlainConsole(Console):
    """A console without markup in strings, in which a visible sign stands for each control character."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Return a string, or a cell of a table, as one line of text."""
        return super().render_str(visible(text), **options | {"markup": False, "emoji": False})

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield what is written; also text that came as rich's own kind."""
        for segment in super().render(renderable, options):
            text, style, control = segment
            yield segment if control else Segment(visible(text, keep="\n"), style)


def styled(*parts: str | tuple[str, str]) -> Text:
    """Return one line of parts, each a text or a text with its style."""
    return Text.assemble(
        *(visible(one) if isinstance(one, str) else (visible(one[0]), one[1]) for one in parts)
    )


def lines(texts: Iterable[str]) -> Text:
    """Return texts under each other, for a cell of a table."""
    return Text("\n").join(Text(visible(text)) for text in texts)


def write_text(text: str) -> None:
    """Write the text of a file to standard output, where it may be sent into one."""
    sys.stdout.write(visible(text, keep="\n\t"))


def write_error(text: str) -> None:
    """Write one line of text to standard error."""
    sys.stderr.write(f"{visible(text)}\n")
