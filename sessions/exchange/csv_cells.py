"""Tables as CSV that a spreadsheet shows and does not run.

A spreadsheet takes a cell that begins with =, +, - or @ for a formula, after a tab or a carriage return too (CWE-1236).
Such a cell is written with an apostrophe before it, which makes it text; numbers, negative ones too, stay numbers.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r]")
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV with the line ends of RFC 4180; csv_rows gives their cells back as text."""
    made = io.StringIO(newline="")
    csv.writer(made).writerows([guarded(cell) for cell in row] for row in rows)
    return made.getvalue()


def csv_rows(lines: Iterable[str]) -> Iterator[list[str]]:
    """Yield the cells of each row as they were before they were written. Raises csv.Error for what is no CSV."""
    for row in csv.reader(lines):
        yield [unguarded(cell) for cell in row]


def unguarded(cell: str) -> str:
    """Return a cell as it was before it was written."""
    return cell[1:] if _GUARDED.match(cell) else cell


def guarded(cell: object) -> object:
    """Return a cell as it is written: text that a spreadsheet could run with an apostrophe before it."""
    if isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
