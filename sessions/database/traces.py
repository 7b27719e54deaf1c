"""Erase what deleted rows leave in the files of a database, and remember it where that cannot be finished yet.

The mark is set in the deleting transaction itself, so that it outlives a process that ends before it has erased: in
SQLite it is the header's user_version, in PostgreSQL the comment of the table schema_version.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

WAIT_S: Final = 10.0
"""How long a deletion waits for other programs that read the database."""

AT_START_S: Final = 1.0
"""How long a start waits for them."""

_PAUSE_S: Final = 0.05
_LOCK_NOT_AVAILABLE: Final = "55P03"
_COMMENT: Final = "deleted by transaction "
_MARK: Final = text("SELECT obj_description('schema_version'::regclass, 'pg_class')")
_OLD_READERS: Final = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND age(backend_xmin) >= age(CAST(:deleted_by AS xid))"
)


def mark(connection: Connection) -> None:
    """Note, in the transaction that deletes, that its traces must be erased."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA user_version = {int(mark_of(connection) or 0) + 1}")
        return
    number = connection.scalar(text("SELECT pg_current_xact_id()::xid::text"))
    connection.exec_driver_sql(f"COMMENT ON TABLE schema_version IS '{_COMMENT}{int(str(number))}'")


def mark_of(connection: Connection) -> str | None:
    """Return the mark of traces that remain, None where none do; each deletion changes it."""
    if connection.dialect.name == "sqlite":
        number = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        return str(number) if number else None
    comment: str | None = connection.scalar(_MARK)
    return comment.removeprefix(_COMMENT) if comment and comment.startswith(_COMMENT) else None


def erase_in_file(path: Path, within_s: float) -> bool:
    """Rewrite a SQLite file without free pages and empty its write-ahead log; return whether both were finished.

    A program that reads an older state blocks the log: then the mark stays, and nothing else is harmed.
    """
    until = time.monotonic() + within_s
    with closing(sqlite3.connect(path, timeout=within_s, isolation_level=None)) as file:
        try:
            (number,) = file.execute("PRAGMA user_version").fetchone()
            if not _empties_log(file, until):  # then rewriting the file would not help yet
                return False
            file.execute(f"PRAGMA busy_timeout = {round(1000 * within_s)}")
            file.execute("VACUUM")
            if not _empties_log(file, until):
                return False
            file.execute("BEGIN IMMEDIATE")
            if file.execute("PRAGMA user_version").fetchone() == (number,):
                file.execute("PRAGMA user_version = 0")
            file.execute("COMMIT")
        except sqlite3.OperationalError:  # locked for longer than that, or the disk is full
            return False
    return True


def _empties_log(file: sqlite3.Connection, until: float) -> bool:
    file.execute(f"PRAGMA busy_timeout = {round(1000 * _PAUSE_S)}")
    while not _log_is_empty(file):
        if time.monotonic() >= until:
            return False
        time.sleep(_PAUSE_S)
    return True


def _log_is_empty(file: sqlite3.Connection) -> bool:
    busy, _, _ = file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def erase_on_server(engine: Engine, within_s: float) -> bool:
    """Rewrite the tables of a PostgreSQL database without deleted rows; return whether that was finished.

    Rows stay as long as a transaction that began before the deletion may look at them.
    """
    until = time.monotonic() + within_s
    with engine.connect() as opened:
        connection = opened.execution_options(isolation_level="AUTOCOMMIT")
        try:
            deleted_by = mark_of(connection)
            while deleted_by and connection.scalar(_OLD_READERS, {"deleted_by": deleted_by}):
                if time.monotonic() >= until:
                    return False
                time.sleep(_PAUSE_S)
            connection.exec_driver_sql(f"SET lock_timeout = {max(1, round(1000 * within_s))}")
            connection.exec_driver_sql("VACUUM (FULL, ANALYZE)")
            connection.exec_driver_sql("RESET lock_timeout")
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                raise
            opened.invalidate()  # its lock_timeout is not for others
            return False
    with engine.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE schema_version IN SHARE UPDATE EXCLUSIVE MODE")
        if mark_of(connection) == deleted_by:
            connection.exec_driver_sql("COMMENT ON TABLE schema_version IS NULL")
    return True
