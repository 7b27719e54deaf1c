"""Damage that SQLite reads without a word, and values that cannot have been stored, are reported as damage."""

from __future__ import annotations

import os
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from sessions.backup.backup import back_up
from sessions.database.connection import StoreError
from sessions.database.file import DamagedError, reason_of
from sessions.store.store import Store
from tests.commands.test_cli import Runner
from tests.sessions.backup.test_backup import fill

RESTORE = "restore your backup: move sessions.sqlite"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Runner:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("DIAGONAL_DATABASE_URL", raising=False)
    return Runner(monkeypatch, capsys)


@pytest.fixture
def path(tmp_path: Path, run: Runner) -> Path:
    """The file of a database with two people in it, at its usual place, closed."""
    path = tmp_path / "data" / "sessions.sqlite"
    with closing(Store.open(path).database) as database:
        fill(Store(database))
    return path


def with_empty_index(path: Path, table: str) -> None:
    """Write an index page without a single entry (SQLite's file format, 1.6) in place of a table's first index."""
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute(
            "SELECT min(rootpage) FROM sqlite_master WHERE type = 'index' AND tbl_name = ?", (table,)
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    raw = bytearray(path.read_bytes())
    raw[(root - 1) * size : root * size] = struct.pack(">BHHHB", 10, 0, 0, size, 0).ljust(size, b"\0")
    path.write_bytes(raw)


def changed(*statements: str) -> Callable[[Path], None]:
    """Change rows that the database itself never lets be changed."""

    def change(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    return change


DAMAGE: dict[str, Callable[[Path], None]] = {
    "an index of sessions is empty": lambda path: with_empty_index(path, "session"),
    "a time": changed("UPDATE person SET since = replace(since, '-', 'm')"),
    "a time without a zone": changed("UPDATE session SET started_at = substr(started_at, 1, 19)"),
    "a person without a name": changed("DELETE FROM person_entry WHERE person_id = 2"),
    "no version": changed("DELETE FROM schema_version"),
    "the versions are gone": changed("DROP TABLE schema_version"),
    "a table is gone": changed("DROP TABLE person_entry"),
    "a value that a table refuses": changed(
        "PRAGMA ignore_check_constraints = ON", "UPDATE session SET side = 'lexx'"
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_of_every_kind_says_how_to_restore(path: Path, run: Runner, damage: str) -> None:
    DAMAGE[damage](path)
    status, written_out, error = run("people", "list")
    assert (status, error.count("\n"), written_out) == (1, 1, "")
    assert f"{path}: the database is damaged (" in error and RESTORE in error


def test_a_backup_of_damaged_landmarks_is_refused(path: Path, run: Runner, tmp_path: Path) -> None:
    """A start leaves the landmarks out, since they are nearly all of the file; a backup does not."""
    with_empty_index(path, "landmark_block")
    assert run("people", "list")[0] == 0
    status, _, error = run("records", "backup", tmp_path / "all.zip")
    assert (status, error.count("\n")) == (1, 1)
    assert RESTORE in error
    assert not (tmp_path / "all.zip").exists()
    status, told, _ = run("doctor")
    assert status == 1
    assert "BAD  database: " in told and RESTORE in told


def test_a_row_that_refers_to_a_missing_one_is_damage(path: Path, tmp_path: Path) -> None:
    changed("UPDATE landmark_block SET session_id = 99")(path)
    with (
        closing(Store.open(path).database) as database,
        pytest.raises(DamagedError, match="refers to one that is missing"),
    ):
        back_up(Store(database), tmp_path / "all.zip")


def test_the_doctor_looks_at_the_stored_sessions(path: Path, run: Runner) -> None:
    assert f"ok   database: {path}" in run("doctor")[1]
    path.unlink()
    assert f"ok   database: {path}, which is new" in run("doctor")[1]
    assert not path.exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_no_database_and_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "sessions.sqlite"
    os.mkfifo(path)
    pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    os.write(pipe, b"x" * 16)  # so that a program that reads it does not wait for ever
    with pytest.raises(StoreError, match="this is a device or pipe; choose another file"):
        Store.open(path)
    assert os.read(pipe, 16) == b"x" * 16
    os.close(pipe)


def refused(act: Callable[[sqlite3.Connection], object], connection: sqlite3.Connection) -> str:
    with pytest.raises(sqlite3.Error) as raised:
        act(connection)
    return reason_of(raised.value)


def test_a_database_in_use_and_a_full_disk_are_not_confused(tmp_path: Path) -> None:
    one, other = (sqlite3.connect(tmp_path / "a.sqlite", timeout=0, isolation_level=None) for _ in range(2))
    with closing(one), closing(other):
        one.execute("CREATE TABLE a (b)")
        one.execute("BEGIN IMMEDIATE")
        busy = refused(lambda connection: connection.execute("BEGIN IMMEDIATE"), other)
        assert busy == "in use by another program; close that program and try again (database is locked)"
        one.execute("PRAGMA max_page_count = 2")
        full = refused(lambda connection: connection.execute("INSERT INTO a VALUES (zeroblob(9999))"), one)
        assert full.startswith("the disk is full or fails; free some disk space")
        assert refused(lambda connection: connection.execute("SELECT x"), one) == "no such column: x"
