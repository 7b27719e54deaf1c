"""Text files of other programs, in whichever encoding: UTF-8, the UTF-16 of spreadsheets, or Windows' own."""

from __future__ import annotations

import codecs
from itertools import islice
from pathlib import Path
from typing import IO, Final

from sessions.intake.points import IntakeError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LONGEST_LINE: Final = 1 << 20
_WESTERN: Final = "cp1252"


def encoding_of(head: bytes, where: str) -> str:
    """Return the encoding of a text by its first bytes. Raises IntakeError for what is no text."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if b"\0" in head:
        raise IntakeError(f"{where}: it is no text")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return _WESTERN
    return "utf-8"


def open_text(path: Path, head_lines: int) -> IO[str]:
    """Return a text file opened in the encoding that its first lines are in. Raises IntakeError, OSError."""
    with path.open("rb") as file:
        head = b"".join(islice(iter(lambda: file.readline(_LONGEST_LINE), b""), head_lines))
    return path.open(encoding=encoding_of(head, str(path)), errors="replace", newline=None)


def number_of(cell: str) -> float:
    """Return the number in a cell, with a decimal point or comma; NaN where it is empty. Raises ValueError."""
    text = cell.strip()
    if not text:
        return float("nan")
    return float(text.replace(",", ".") if "," in text and "." not in text else text)
