"""A damaged database says how to restore a backup; a lost one is never replaced by a new one without a word."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError
from streamlit.testing.v1 import AppTest

import app
from sessions.backup.backup import back_up
from sessions.database.connection import Database, StoreError
from sessions.database.file import DamagedError, is_damage
from sessions.people.access import Role, Viewer
from sessions.store.store import Store
from tests.commands.test_cli import Runner
from tests.sessions.backup.test_backup import NAME, fill
from ui import server
from ui.live.app_state import workplace
from ui.page import current_user as who
from ui.widgets.damage import FOR_OTHERS, FOR_PATIENTS
from ui.widgets.plain_errors import RECORDS, reported

RESTORE = "restore your backup"


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of a database with two people in it, at its usual place, closed."""
    folder = tmp_path / "data"
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(folder))
    monkeypatch.delenv("DIAGONAL_DATABASE_URL", raising=False)
    store = Store.open()
    fill(store)
    back_up(store, tmp_path / "all.zip")
    store.close()
    return folder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Runner:
    return Runner(monkeypatch, capsys)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


HARM: dict[str, Callable[[bytes], bytes]] = {
    "the beginning is zero": lambda raw: bytes(4096) + raw[4096:],
    "all of it is zero": lambda raw: bytes(len(raw)),
    "the header is garbage": lambda raw: raw[:16] + b"\xa5" * 84 + raw[100:],
    "the second half is missing": lambda raw: raw[: len(raw) // 2],
    "cut in the header": lambda raw: raw[:60],
    "pages are garbage": lambda raw: raw[:4096] + b"\xa5" * (len(raw) - 4096),
    "pages are zero": lambda raw: raw[:4096] + bytes(len(raw) - 4096),
    "a text": lambda raw: b"dear diary " * 500,
}


@pytest.mark.parametrize("harm", HARM)
def test_a_damaged_file_says_how_to_restore_and_the_command_works(
    data: Path, run: Runner, tmp_path: Path, harm: str
) -> None:
    path = data / "sessions.sqlite"
    path.write_bytes(HARM[harm](path.read_bytes()))
    before = path.read_bytes()
    status, _, error = run("people", "list")
    assert (status, error.count("\n")) == (1, 1)
    assert str(path) in error
    assert "damaged" in error
    assert f"{RESTORE}: move sessions.sqlite" in error
    assert "python cli.py records restore BACKUP.zip" in error
    assert path.read_bytes() == before
    for left in data.iterdir():
        left.rename(tmp_path / left.name)
    assert run("records", "restore", tmp_path / "all.zip")[0] == 0
    assert "Anna" in run("people", "list")[1]


def test_damage_that_is_met_later_says_the_same(data: Path) -> None:
    """The pages of one table are overwritten while the database is open; what is read first is whole."""
    path = data / "sessions.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        pages = [row[0] for row in connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name IN ('person', 'person_entry') OR tbl_name = 'person_entry'"
        )]  # fmt: skip
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    raw = bytearray(path.read_bytes())
    for page in pages:
        raw[(page - 1) * size : page * size] = b"\xa5" * size
    store = Store.open()
    path.write_bytes(raw)
    with pytest.raises(DamagedError, match=RESTORE) as caught:
        store.people.all()
    assert isinstance(caught.value, StoreError)
    assert reported(caught.value) == RECORDS
    store.close()


def test_text_that_is_no_text_any_more_is_damage(data: Path) -> None:
    path = data / "sessions.sqlite"
    raw = path.read_bytes()
    assert NAME.encode() in raw
    path.write_bytes(raw.replace(NAME.encode(), b"\xff" * len(NAME)))
    store = Store.open()
    with pytest.raises(DamagedError, match=RESTORE):
        store.people.all()
    store.close()


def test_a_servers_own_codes_of_damage_are_known() -> None:
    """XX001 and XX002 of PostgreSQL, appendix A."""

    class SaidError(Exception):
        def __init__(self, sqlstate: str) -> None:
            self.sqlstate = sqlstate

    assert [is_damage(SaidError(code)) for code in ("XX001", "XX002", "23505", "57P01")] == [
        True, True, False, False,
    ]  # fmt: skip
    database = Database.__new__(Database)
    database.name, database.path = "postgresql://host/name", None
    with (
        pytest.raises(DamagedError, match=r"into an empty database: .* --into ADDRESS"),
        database.errors_named(),
    ):
        raise DatabaseError("SELECT", None, SaidError("XX001"))


@pytest.mark.parametrize("there", ["empty", "missing"])
def test_a_log_beside_no_database_is_not_thrown_away(
    data: Path, run: Runner, tmp_path: Path, there: str
) -> None:
    """A database whose process was killed: the sessions are in its log."""
    path = data / "sessions.sqlite"
    store = Store.open()
    store.people.add("Carla")
    log = path.with_name("sessions.sqlite-wal").read_bytes()
    assert b"Carla" in log
    store.close()
    path.unlink()
    path.with_name("sessions.sqlite-wal").write_bytes(log)
    if there == "empty":
        path.touch()
    before = contents(data)
    for command in (("people", "list"), ("records", "restore", tmp_path / "all.zip")):
        status, _, error = run(*command)
        assert (status, error.count("\n")) == (1, 1)
        assert (
            f"is {there}, but sessions.sqlite-wal beside it may hold sessions; nothing was changed" in error
        )
        assert contents(data) == before


@pytest.mark.parametrize("there", ["empty", "missing"])
@pytest.mark.parametrize("backup", ["all of it.zip", "sessions.sqlite.bak", "sessions (1).sqlite"])
def test_a_backup_beside_no_database_is_named(
    data: Path, run: Runner, tmp_path: Path, backup: str, there: str
) -> None:
    path = data / "sessions.sqlite"
    source = tmp_path / "all.zip" if backup.endswith(".zip") else path
    (data / backup).write_bytes(source.read_bytes())
    path.unlink()
    if there == "empty":
        path.touch()
    before = contents(data)
    status, _, error = run("people", "list")
    assert (status, error.count("\n")) == (1, 1)
    assert f"is {there}, but the backup {backup} is beside it; nothing was changed" in error
    assert contents(data) == before
    if backup.endswith(".zip"):
        assert f"python cli.py records restore '{data / backup}'" in error
        assert run("records", "restore", data / backup)[0] == 0
        assert "Anna" in run("people", "list")[1]


def test_other_files_beside_a_new_database_do_not_hinder(tmp_path: Path) -> None:
    (tmp_path / "holiday.zip").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "sessions.txt").write_text("notes")
    (tmp_path / "a.sqlite").touch()
    Store.open(tmp_path / "a.sqlite").close()
    store = Store.open(tmp_path / "sessions.sqlite")
    back_up(store, tmp_path / "all.zip")
    Store.open(tmp_path / "another.sqlite").close()


@pytest.fixture
def broken_later(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages whose database turns out to be damaged after they were opened."""
    workplace.cache_clear()

    def people(_store: Store) -> None:
        raise DamagedError(f"{data}/sessions.sqlite: the database is damaged")

    monkeypatch.setattr(Store, "people", property(people))
    monkeypatch.setattr(Store, "plan", people)
    yield
    workplace().store.close()
    workplace.cache_clear()


@pytest.mark.usefixtures("broken_later")
@pytest.mark.parametrize(("role", "says"), [("home", FOR_OTHERS), ("patient", FOR_PATIENTS)])
def test_a_page_says_what_to_do_without_a_path(
    data: Path, monkeypatch: pytest.MonkeyPatch, role: Role, says: str
) -> None:
    monkeypatch.setattr(who, "viewer", lambda: Viewer(role, "test", 1))
    page = AppTest.from_file(str(server.PAGES), default_timeout=30).run()
    assert not page.exception
    assert [one.value for one in page.error] == [says]
    assert str(data) not in says
    assert "cli.py" not in says
    assert ("restore" in says) == (role != "patient")


def test_the_server_does_not_start_on_a_damaged_database(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "sessions.sqlite").write_bytes(b"x" * 5000)
    monkeypatch.setattr("sys.argv", ["app.py", "--no-browser"])
    assert app.main() == 1
    assert f"{RESTORE}: move sessions.sqlite to another folder" in capsys.readouterr().err
