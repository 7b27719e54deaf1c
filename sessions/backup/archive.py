"""The file of a backup: a zip of manifest.json and one text file per table with one row per line.

A backup may come from a stranger: run as a program, this module reads one in a sandbox of little memory.
Messages: "M" the manifest (JSON), then for each table "T" its name and "R" some of its rows, one a line; a table whose
rows are not those of the manifest ends in an error.
"""

from __future__ import annotations

import hashlib
import json
import stat
import sys
import zipfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from base.errors import RequestError
from base.zip_file import ZIP_DAMAGE, opened_zip
from vision.sandbox.process import Answer, ApartError, asked_apart, serve

SCHEMA: Final = "diagonal.archive/1"
MANIFEST: Final = "manifest.json"
MEMORY_BYTES: Final = 2 << 30
"""Of the sandbox."""

LONGEST_ROW: Final = 256 << 20
"""Bytes of one row: the landmarks of an hour in one block have half of that."""

MOST_TIMES: Final = 200
"""The most that a backup may grow when unpacked: rows grow tenfold, a zip bomb a thousandfold."""

_CHOOSE: Final = "choose a file that `records backup` or `people export` wrote"
_SMALL: Final = 64 << 20
_LARGEST_MANIFEST: Final = 1_000_000
_ROWS: Final = 200
_BYTES: Final = 4 << 20
_LARGEST_NUMBER: Final = 2**63 - 1
_DAMAGE: Final = (*ZIP_DAMAGE, KeyError, OSError)
"""OSError where damaged bytes name a place before the file's beginning, KeyError where a member is missing."""


class BackupError(RequestError):
    """A file that is no backup of ours, or is damaged, or a database that cannot take it; nothing was changed."""


class Part(BaseModel):
    """A table in an archive: its columns in order, how many rows it has, and their hash."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    columns: tuple[str, ...]
    rows: int = Field(ge=0)
    sha256: str


class Manifest(BaseModel):
    """What an archive holds. version: of the tables. person: its number, None for everybody."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    archive: str = Field(pattern="^diagonal\\.archive/1$")
    version: int = Field(ge=1)
    code_version: str
    made_at: datetime
    person: int | None
    tables: dict[str, Part]

    @property
    def rows(self) -> int:
        """In all tables together."""
        return sum(part.rows for part in self.tables.values())


def file_of(table: str) -> str:
    """Return the name of a table's file in an archive."""
    return f"tables/{table}.jsonl"


def measured(lines: Iterable[bytes], columns: tuple[str, ...]) -> Part:
    """Count and hash the rows of a table."""
    rows, sha256 = 0, hashlib.sha256()
    for line in lines:
        rows += 1
        sha256.update(line)
    return Part(columns=columns, rows=rows, sha256=sha256.hexdigest())


def read_manifest(path: Path) -> Manifest:
    """Check a whole archive for damage and return its manifest. Raises BackupError."""
    with _opened(path) as (archive, manifest):
        for name, part in manifest.tables.items():
            _check(path, name, part, measured(_lines(archive, name), part.columns))
    return manifest


@contextmanager
def unpacked(path: Path) -> Iterator[tuple[Manifest, Iterator[tuple[str, list[list[Any]]]]]]:
    """Read an archive in a sandbox: its manifest and, some at a time, the rows of its tables in order.

    Raises BackupError, at the latest after the last row of a table that is not as the manifest says.
    """
    try:
        with closing(asked_apart(__spec__.name, path, {})) as messages:
            manifest = Manifest.model_validate_json(next(messages)[1])
            yield manifest, _rows(messages)
    except ApartError as error:
        raise BackupError(str(error)) from error


def _rows(messages: Generator[tuple[bytes, bytes]]) -> Iterator[tuple[str, list[list[Any]]]]:
    name = ""
    for kind, content in messages:
        if kind == b"T":
            name = content.decode()
        else:
            yield name, [json.loads(line) for line in content.splitlines()]


@contextmanager
def _opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    try:
        if path.exists() and not path.is_file():
            raise BackupError(f"{path}: expected the file of a backup, got a folder or device")
        file = path.open("rb")
    except OSError as error:
        raise BackupError(f"{path}: cannot be read ({error.strerror}); check the name of the file") from error
    try:
        with file, opened_zip(file) as archive:
            if archive.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
                raise BackupError(f"{path}: not a backup of Diagonal; {_CHOOSE}")
            manifest = Manifest.model_validate_json(archive.read(MANIFEST))
            _check_members(path, archive, manifest)
            yield archive, manifest
    except _DAMAGE as error:
        raise BackupError(f"{path}: not a backup of Diagonal, or damaged; {_CHOOSE}") from error


def _check_members(path: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Refuse an archive that holds anything but one plain file for each table, or unpacks to too much."""
    members = archive.infolist()
    expected = {MANIFEST, *map(file_of, manifest.tables)}
    names = [member.filename for member in members]
    for name in names:
        if name not in expected:
            raise BackupError(f"{path}: {name[:80]!r} does not belong in a backup; take another backup")
    if len(names) != len(expected):
        raise BackupError(
            f"{path}: expected {len(expected)} files in it, got {len(names)}; take another backup"
        )
    for member in members:
        if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
            raise BackupError(f"{path}: {member.filename} in it is a link or device; take another backup")
    size, most = sum(member.file_size for member in members), MOST_TIMES * path.stat().st_size + _SMALL
    if size > most:
        raise BackupError(f"{path}: expected at most {most} bytes unpacked, got {size}; take another backup")


def _lines(archive: zipfile.ZipFile, table: str) -> Iterator[bytes]:
    """Yield the rows of a table. Raises ValueError for a row that is too long or a size that the zip gives wrongly."""
    left = archive.getinfo(file_of(table)).file_size
    with archive.open(file_of(table)) as file:
        while line := file.readline(LONGEST_ROW + 1):
            if len(line) > LONGEST_ROW:
                raise ValueError(f"a row of more than {LONGEST_ROW} bytes")
            left -= len(line)
            yield line
    if left:
        raise ValueError(f"{left} bytes of table {table} are missing")


def _check(path: Path, name: str, wanted: Part, found: Part) -> None:
    if found != wanted:
        raise BackupError(f"{path}: table {name} is damaged; take another backup")


def _answers(asked: dict[str, Any], answer: Answer) -> None:
    path = Path(asked["path"])
    with _opened(path) as (archive, manifest):
        answer(b"M", manifest.model_dump_json().encode())
        for name, part in manifest.tables.items():
            answer(b"T", name.encode())
            lines = _sent(_lines(archive, name), len(part.columns), answer)
            _check(path, name, part, measured(lines, part.columns))


def _sent(lines: Iterable[bytes], columns: int, answer: Answer) -> Iterator[bytes]:
    """Yield the lines, and send each to the parent once it is checked to be a row of plain values."""
    rows: list[bytes] = []
    size = 0
    for line in lines:
        rows.append(json.dumps(_plain_row(line, columns), separators=(",", ":"), allow_nan=False).encode())
        size += len(rows[-1])
        if len(rows) == _ROWS or size > _BYTES:
            answer(b"R", b"\n".join(rows))
            rows, size = [], 0
        yield line
    if rows:
        answer(b"R", b"\n".join(rows))


def _plain_row(line: bytes, columns: int) -> list[Any]:
    row: Any = json.loads(line)
    if not isinstance(row, list) or len(row) != columns:
        raise ValueError(f"expected a row of {columns} values")
    for value in row:
        if isinstance(value, list | dict) or (isinstance(value, int) and abs(value) > _LARGEST_NUMBER):
            raise ValueError("expected plain values")
        if isinstance(value, str):
            value.encode()  # raises for half a character
    return row


if __name__ == "__main__":
    sys.exit(serve(_answers, MEMORY_BYTES))
