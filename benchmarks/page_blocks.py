"""Write tables into a page of the documentation, each between its two marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from rich.table import Table

from base.atomic_file import whole_file
from base.errors import RequestError

_BLOCK: Final = re.compile(r"<!-- written: (?P<name>[a-z-]+) -->\n(?P<content>.*?)<!-- end -->", re.DOTALL)


def block(content: str, name: str) -> str:
    """Return a named block with its marks."""
    return f"<!-- written: {name} -->\n\n{content.strip()}\n\n<!-- end -->"


def block_names(page: str) -> tuple[str, ...]:
    """Return the names of the blocks of a page, in their order."""
    return tuple(found["name"] for found in _BLOCK.finditer(page))


def with_blocks(page: str, contents: Mapping[str, str]) -> str:
    """Return a page with new contents in the blocks of these names; other blocks stay as they are."""
    return _BLOCK.sub(lambda found: block(contents.get(found["name"], found["content"]), found["name"]), page)


def check_blocks(path: Path | None, names: Iterable[str]) -> None:
    """Raise RequestError, before any long work, where there is no such page or it lacks one of the blocks."""
    if path is None:
        return
    if not path.is_file():
        raise RequestError(f"{path}: no such page")
    missing = sorted(set(names) - set(block_names(path.read_text(encoding="utf-8"))))
    if missing:
        raise RequestError(f"{path}: expected a block <!-- written: {missing[0]} --> ... <!-- end -->")


def write_blocks(path: Path, contents: Mapping[str, str]) -> None:
    """Write contents into the blocks of a page."""
    page = with_blocks(path.read_text(encoding="utf-8"), contents)
    with whole_file(path) as part:
        part.write_text(page, encoding="utf-8")


def markdown_table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool] = ()) -> str:
    """Return a Markdown table; right: which columns are aligned to the right."""
    aligned = [*right, *(False for _ in heads[len(right) :])]
    lines = [_row(heads), _row("---:" if one else "---" for one in aligned)]
    return "\n".join([*lines, *map(_row, rows)])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def markdown_of(table: Table) -> str:
    """Return a table of the terminal as Markdown, its title above it."""
    heads = [str(column.header) for column in table.columns]
    rows = list(zip(*([str(cell) for cell in column.cells] for column in table.columns), strict=True))
    right = [column.justify == "right" for column in table.columns]
    return f"**{table.title}**\n\n{markdown_table(heads, rows, right)}"
