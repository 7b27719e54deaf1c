"""What was deleted is gone from every byte, now or after the next start; until then it is reported as remaining."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from sessions.backup.backup import delete_person
from sessions.database import traces
from sessions.database.connection import Database
from sessions.store.store import Store
from tests.commands.test_cli import Runner
from tests.sessions.backup.test_backup import NAME, fill
from tests.support.postgres import ON_POSTGRES
from tests.ui.records.test_people_page import shown
from ui.live.app_state import workplace

REMAIN = "traces remain in the database files until no other program reads them"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Runner:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path / "data"))
    return Runner(monkeypatch, capsys)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "WAIT_S", 0.3)
    monkeypatch.setattr(traces, "AT_START_S", 0.3)


@contextmanager
def reader(path: Path) -> Iterator[sqlite3.Connection]:
    """Another program that reads the database as it is now."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM person_entry").fetchone()
    yield other
    other.close()


def found_in(folder: Path) -> list[str]:
    """The files of a database in which the deleted name can be read."""
    return sorted(path.name for path in folder.glob("sessions.sqlite*") if NAME.encode() in path.read_bytes())


@pytest.mark.usefixtures("impatient")
def test_traces_that_another_reader_keeps_are_reported_and_erased_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "sessions.sqlite"
    store = Store.open(path)
    anna, ben = fill(store)
    with reader(path):
        delete_person(store, anna, tmp_path / "anna.zip")
        assert store.database.traces_remain
        assert found_in(path.parent), "the reader still sees the old pages"
        store.close()
        again = Store.open(path)
        assert again.database.traces_remain, "a start waits for a moment only"
        again.close()
    again = Store.open(path)
    assert not again.database.traces_remain
    assert found_in(path.parent) == []
    assert [person.id for person in again.people.all()] == [ben]
    again.close()


def test_a_deletion_waits_for_a_reader_that_ends(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "sessions.sqlite"
    store = Store.open(path)
    anna, _ = fill(store)
    with reader(path) as other:
        ends = threading.Timer(0.5, other.execute, ["ROLLBACK"])
        ends.start()
        delete_person(store, anna, tmp_path / "anna.zip")
        assert not store.database.traces_remain
        assert found_in(path.parent) == []
        ends.join()
    store.close()


def test_a_process_that_ends_right_after_deleting_leaves_the_work_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept" / "sessions.sqlite"
    store = Store.open(path)
    anna, _ = fill(store)
    monkeypatch.setattr(Database, "erase_traces", lambda *_: False)
    delete_person(store, anna, tmp_path / "anna.zip")
    assert found_in(path.parent)
    monkeypatch.undo()
    again = Store.open(path)
    assert found_in(path.parent) == []
    assert not again.database.traces_remain
    again.close()
    store.close()


@pytest.mark.usefixtures("impatient")
def test_a_deletion_during_the_erasing_is_not_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between emptying the log and removing the mark another process deletes and sets its own mark."""
    path = tmp_path / "sessions.sqlite"
    store = Store.open(path)
    with store.database.writing() as session:
        traces.mark(session.connection())
    emptied = traces._log_is_empty

    def meanwhile(file: sqlite3.Connection) -> bool:
        done = emptied(file)
        with store.database.writing() as session:
            traces.mark(session.connection())
        return done

    monkeypatch.setattr(traces, "_log_is_empty", meanwhile)
    assert store.database.erase_traces()
    assert store.database.traces_remain
    store.close()


@pytest.mark.usefixtures("impatient")
def test_the_command_line_says_that_traces_remain(run: Runner, tmp_path: Path) -> None:
    store = Store.open()
    fill(store)
    delete = ("people", "delete", "Anna", "--yes", "--export")
    assert store.database.path is not None
    with reader(store.database.path):
        status, told, _ = run(*delete, tmp_path / "a.zip")
        assert (status, f"Anna is deleted, but {REMAIN}" in told) == (0, True)
    told = run("people", "delete", "Ben", "--yes", "--export", tmp_path / "b.zip")[1]
    assert told.splitlines()[-1] == "Ben is deleted."
    store.close()


@pytest.mark.usefixtures("impatient")
def test_the_page_says_that_traces_remain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    workplace.cache_clear()
    anna, _ = fill(workplace().store)
    with reader(tmp_path / "sessions.sqlite"):
        page = shown()
        page.text_input(key=f"typed-{anna}").set_value("Anna").run()
        page.button(key=f"delete-{anna}").click().run()
        assert not page.exception
        assert REMAIN.replace("traces", "Traces of Anna") in page.warning[0].value
    workplace().store.close()
    workplace.cache_clear()


@ON_POSTGRES
@pytest.mark.parametrize("looked_at", ["person_entry", "schema_version"])
@pytest.mark.usefixtures("impatient")
def test_on_a_server_rows_stay_as_long_as_an_older_transaction_may_see_them(
    postgres: Callable[[], str], tmp_path: Path, looked_at: str
) -> None:
    """Whether the older transaction has read the person's own table or any other."""
    where = postgres()
    store = Store.open(where)
    anna, ben = fill(store)
    assert on_disk(where)
    with psycopg.connect(where) as other:
        other.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        other.execute(f"SELECT * FROM {looked_at}".encode())
        delete_person(store, anna, tmp_path / "anna.zip")
        assert store.database.traces_remain
        assert on_disk(where)
        other.rollback()
    store.close()
    again = Store.open(where)
    assert not again.database.traces_remain
    assert not on_disk(where)
    assert [person.id for person in again.people.all()] == [ben]
    again.close()


def on_disk(where: str) -> bool:
    """Whether the name is in a table file of the server, planner statistics included."""
    with psycopg.connect(where, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        files = connection.execute(
            "SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class "
            "WHERE relkind IN ('r', 't') AND pg_relation_filepath(oid) IS NOT NULL"
        ).fetchall()
    return any(NAME.encode() in content for (content,) in files)
