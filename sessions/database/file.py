"""The SQLite file of sessions before it is opened: whose it is, whether it is whole, and what is beside it."""

from __future__ import annotations

import os
import shlex
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import platformdirs

from base.errors import DiagonalError, RequestError
from base.zip_file import ZIP_DAMAGE, opened_zip
from sessions.database.migrations import APPLICATION_ID, MIGRATIONS

_SQLITE: Final = b"SQLite format 3\0"
_APPLICATION_ID_AT: Final = 68
_DAMAGE: Final = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))
_SERVER_DAMAGE: Final = ("XX001", "XX002", "42P01")
"""PostgreSQL's data_corrupted, index_corrupted and undefined_table."""

_NO_TABLE: Final = "no such table"
"""What SQLite says, with a code for errors of any kind."""

_IN_USE: Final = "in use by another program; close that program and try again"
_FULL: Final = "the disk is full or fails; free some disk space, or use another disk"
_NO_TEXT: Final = "Could not decode to UTF-8"
"""What Python's sqlite3 says, without a code, of text that damage has made unreadable."""

_REASONS: Final = {
    sqlite3.SQLITE_BUSY: _IN_USE,
    sqlite3.SQLITE_LOCKED: _IN_USE,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: _FULL,
}
_LARGE: Final = "landmark_block"
"""The table that has nearly all bytes of a file."""

_MANIFEST: Final = "manifest.json"
_RESTORE: Final = "python cli.py records restore"


class StoreError(DiagonalError):
    """The database of sessions cannot be used, or a write to it failed; nothing was changed."""


class NotEmptyError(StoreError, RequestError):
    """A backup is to be restored where something is stored already; nothing was changed."""


class DamagedError(StoreError):
    """The database of sessions is damaged; the message says how to restore a backup."""


class StoredValueError(DiagonalError):
    """A stored value cannot be what was stored: the database is damaged."""


def stored_time(text: str) -> datetime:
    """Return a stored time with its zone. Raises StoredValueError."""
    try:
        found = datetime.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise StoredValueError(f"{str(text)[:40]!r} is no time") from error
    if found.tzinfo is None:
        raise StoredValueError(f"the time {text!r} has no zone")
    return found


def data_folder() -> Path:
    """Where sessions are kept: DIAGONAL_DATA_DIR if set, else the user's data folder. Nothing is created."""
    chosen = os.environ.get("DIAGONAL_DATA_DIR")
    return Path(chosen) if chosen else platformdirs.user_data_path("diagonal", appauthor=False)


def default_path() -> Path:
    """The file of sessions in the data folder."""
    return data_folder() / "sessions.sqlite"


def is_damage(error: BaseException | None) -> bool:
    """Return whether an error of sqlite3 or psycopg means that the database itself is damaged."""
    code, said = getattr(error, "sqlite_errorcode", None), str(error)
    if code is not None:
        return code & 0xFF in _DAMAGE or said.startswith(_NO_TABLE)
    return getattr(error, "sqlstate", None) in _SERVER_DAMAGE or _NO_TEXT in said


def reason_of(error: BaseException | None) -> str:
    """Return why the database cannot be used, and what to do where that is known, by an error of sqlite3 or psycopg."""
    said = " ".join(str(error).split())
    known = _REASONS.get((getattr(error, "sqlite_errorcode", None) or 0) & 0xFF)
    return said if known is None else f"{known} ({said})"


def damaged(path: Path | None, name: str, reason: str) -> DamagedError:
    """Return the error for a damaged database, with how to restore a backup; path: None on a server."""
    reason = " ".join(reason.split())
    if path is None:
        return DamagedError(
            f"{name}: the database is damaged ({reason}): restore your backup into an empty database: "
            f"{_RESTORE} BACKUP.zip --into ADDRESS"
        )
    files = [path.name, *(f"{path.name}{end}" for end in ("-wal", "-shm") if _beside(path, end).exists())]
    return DamagedError(
        f"{path}: the database is damaged ({reason}): restore your backup: move {' and '.join(files)} to another "
        f"folder, then run: {_RESTORE} BACKUP.zip{_into(path)}"
    )


def check_not_lost(path: Path, *, usual: bool, restoring: bool) -> None:
    """Refuse to begin a new database in the place of one that was lost. Raises StoreError, nothing changed.

    A write-ahead log beside a missing or empty file shows that there was a database. So does a backup beside an empty
    file, or beside the missing file at its usual place, unless one is being restored.
    """
    is_there = path.exists()
    if is_there and (not path.is_file() or path.stat().st_size):
        return
    state = "empty" if is_there else "missing"
    log = _beside(path, "-wal")
    if log.exists():
        raise StoreError(
            f"{path}: the file of sessions is {state}, but {log.name} beside it may hold sessions; nothing was "
            f"changed. Put the file back, or restore your backup: move {log.name} to another folder, then run: "
            f"{_RESTORE} BACKUP.zip{_into(path)}"
        )
    backup = None if restoring or not (is_there or usual) else _backup_beside(path)
    if backup is None:
        return
    back = (
        f"Restore it: {_RESTORE} {shlex.quote(str(backup))}{_into(path)}"
        if zipfile.is_zipfile(backup)
        else f"Copy it to {path.name}"
    )
    raise StoreError(
        f"{path}: the file of sessions is {state}, but the backup {backup.name} is beside it; nothing was changed. "
        f"{back}. To start without sessions, move the backup to another folder"
    )


def make_private(path: Path) -> None:
    """Make the file and its folder, if absent, for their owner alone. Raises StoreError."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise StoreError(f"{path}: this is a device or pipe; choose another file for sessions")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(
            f"{path}: sessions cannot be kept there ({error.strerror}); "
            "set DIAGONAL_DATA_DIR to a folder of yours"
        ) from error


def refuse_foreign(path: Path, wait_s: float) -> None:
    """Refuse what is no whole database of sessions, changing nothing; an empty file is a new one.

    Raises StoreError, DamagedError.
    """
    with path.open("rb") as file:
        head = file.read(len(_SQLITE))
    if not head:
        return
    if head != _SQLITE:
        raise damaged(path, str(path), "not a file of sessions, or its beginning was overwritten")
    version = 0
    with _looked_into(path, wait_s) as connection:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application == APPLICATION_ID:
            found = _trouble(connection)
            if found:
                raise damaged(path, str(path), found)
            (version,) = connection.execute("SELECT max(version) FROM schema_version").fetchone()
    if application != APPLICATION_ID and tables:
        raise StoreError(f"{path}: a database of another program; choose another file for sessions")
    refuse_newer(version, str(path))


def check_whole_file(path: Path, wait_s: float) -> None:
    """Check all pages, rows, indexes and references of a file of sessions. Raises StoreError, DamagedError."""
    with _looked_into(path, wait_s) as connection:
        (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if found == "ok" and connection.execute("PRAGMA foreign_key_check").fetchone():
            found = "a row refers to one that is missing"
    if found != "ok":
        raise damaged(path, str(path), str(found))


@contextmanager
def _looked_into(path: Path, wait_s: float) -> Iterator[sqlite3.Connection]:
    """Open a file to look into it. Closing a read-only connection would leave a log behind, so this one may write."""
    try:
        address = f"{path.absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, timeout=wait_s, uri=True)) as connection:
            yield connection
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            raise damaged(path, str(path), str(error)) from error
        raise StoreError(f"{path}: {reason_of(error)}") from error


def _trouble(connection: sqlite3.Connection) -> str:
    """Return the first damage that SQLite finds in pages, rows and indexes, empty for none.

    The table of landmarks is left out: without it the check takes a moment, however large the file is.
    """
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "schema_version" not in tables or not connection.execute("SELECT 1 FROM schema_version").fetchone():
        return "the version of its tables is missing"
    for name in sorted(tables - {_LARGE}):
        for (found,) in connection.execute("SELECT * FROM pragma_integrity_check(?)", (name,)):
            if found != "ok":
                return str(found)
    return ""


def refuse_newer(version: int, name: str) -> None:
    """Raise StoreError for tables of a version that this program does not know."""
    if version > len(MIGRATIONS):
        raise StoreError(
            f"{name}: written by a newer Diagonal (version {version}, this one knows {len(MIGRATIONS)}); "
            "update Diagonal"
        )


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def _into(path: Path) -> str:
    """Return the option that names a file of sessions outside its usual place."""
    return "" if path == default_path() else f" --into {shlex.quote(str(path))}"


def _backup_beside(path: Path) -> Path | None:
    """Find the newest backup in the folder of a file of sessions: an archive, or a copy that begins with its name."""
    try:
        found = [
            one
            for one in path.parent.iterdir()
            if one.is_file() and (_is_archive(one) or (one.name.startswith(path.stem) and _is_copy(one)))
        ]
        return max(found, key=lambda one: one.stat().st_mtime, default=None)
    except OSError:  # no such folder, or not ours to read: what is wrong with it is reported when it is used
        return None


def _is_archive(path: Path) -> bool:
    if path.suffix.lower() != ".zip":
        return False
    try:
        with opened_zip(path) as archive:
            return _MANIFEST in archive.namelist()
    except (*ZIP_DAMAGE, OSError):
        return False


def _is_copy(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(_APPLICATION_ID_AT + 4)
    return head.startswith(_SQLITE) and head[_APPLICATION_ID_AT:] == APPLICATION_ID.to_bytes(4, "big")
