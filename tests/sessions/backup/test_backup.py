"""Backups: nothing is lost between the databases, damage is noticed, and who is deleted is gone from every byte."""

from __future__ import annotations

import stat
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, func, select

from patterns.programs.program import load_program
from patterns.templates.library import load_template
from scoring.safety.stop_rules import CheckIn
from sessions.backup import backup
from sessions.backup.backup import (
    BackupError,
    Manifest,
    NotWholeError,
    back_up,
    delete_person,
    read_manifest,
    restore,
)
from sessions.backup.row_ownership import of_person
from sessions.database import migrations
from sessions.database.connection import Database, StoreError
from sessions.database.schema import Base
from sessions.history.queries import dossier_of, history_of
from sessions.people.access import Viewer
from sessions.people.people import PersonError
from sessions.store.plans_and_check_ins import Plan
from sessions.store.reviews import Review
from sessions.store.store import Store
from tests.conftest import DATA
from tests.sessions.store.test_store import START, rep
from tests.support.clips import standing
from tests.support.postgres import ON_POSTGRES
from tests.vision.test_recording import bits

SQUAT = load_template("squat")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NAME = "Annegret Musterfrau-Beispiel"


def fill(store: Store) -> tuple[int, int]:
    """Two people with a bit of everything; their numbers."""
    people = [store.people.add("Anna", NAME, 1951, "female"), store.people.add("Ben")]
    for person in people:
        own = store.seen_by(Viewer("home", "test", person.id))
        own.add_check_in(CheckIn(NOW, "before", 7, 1, ("chest",)))
        own.give_plan(Plan(load_program("stroke-arm"), "right", NOW))
        number = own.begin(replace(START, template_sha256=SQUAT.sha256), [SQUAT])
        noise = standing(40)
        own.add_rep(number, rep(1), noise)
        own.add_rep(number, replace(rep(2, 3.0, None), cue=None), None)
        own.finish(number)
        own.reviews.add(
            Review(number, 1, "T.", "changed", "attempt", 0.1 + 0.2, ("trunk_lean",), f"{person.name} leaned")
        )
        own.reviews.add(Review(number, 2, "U.", "changed", "repetition", 80.0, blind=True))
    return people[0].id, people[1].id


def counts(store: Store) -> dict[str, int]:
    with store.database.reading() as session:
        return {
            t.name: session.scalar(select(func.count()).select_from(t)) or 0
            for t in Base.metadata.sorted_tables
        }


def same(one: Store, other: Store, person: int) -> None:
    assert history_of(one, person) == history_of(other, person)
    for line in one.sessions(person):
        a, b = dossier_of(one, line.id), dossier_of(other, line.id)
        assert a.poses is not None
        assert b.poses is not None
        assert bits(a.poses.xy_px) == bits(b.poses.xy_px)
        assert replace(a, poses=None) == replace(b, poses=None)


@pytest.mark.parametrize("to", ["sqlite", pytest.param("postgresql", marks=ON_POSTGRES)])
def test_a_backup_of_one_database_is_restored_in_another(
    any_store: Store, to: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    anna, ben = fill(any_store)
    made = back_up(any_store, tmp_path / "all.zip")
    assert stat.S_IMODE((tmp_path / "all.zip").stat().st_mode) == 0o600
    assert {name: part.rows for name, part in made.tables.items()} == counts(any_store)
    assert made.rows > 30
    where = tmp_path / "new.sqlite" if to == "sqlite" else request.getfixturevalue("postgres")()
    database = Database.open(where)
    assert restore(tmp_path / "all.zip", database) == made
    again = Store(database)
    assert counts(again) == counts(any_store)
    same(any_store, again, anna)
    same(any_store, again, ben)
    number = again.begin(START, person_id=ben)
    assert number > max(line.id for line in any_store.all_sessions()), "numbers go on where they were"
    with pytest.raises(StoreError, match="something is kept in it already"):
        restore(tmp_path / "all.zip", database)
    assert again.owner(number) == ben
    again.close()


def test_a_backup_of_one_person_holds_theirs_alone(store: Store, tmp_path: Path) -> None:
    anna, ben = fill(store)
    back_up(store, tmp_path / "anna.zip", anna)
    again = Store(Database.open(tmp_path / "new.sqlite"))
    restore(tmp_path / "anna.zip", again.database)
    assert [person.alias for person in again.people.all()] == ["Anna"]
    same(store, again, anna)
    with pytest.raises(PersonError, match="there is nobody of that number"):
        again.people.get(ben)


def test_a_backup_of_an_earlier_version_is_brought_to_todays_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made of the file that version 3 wrote, as that version would have: without people."""
    path = tmp_path / "old.sqlite"
    path.write_bytes((DATA / "schemas" / "version_3.sqlite").read_bytes())
    monkeypatch.setattr("sessions.database.connection.MIGRATIONS", migrations.MIGRATIONS[:3])
    monkeypatch.setattr(backup, "MIGRATIONS", migrations.MIGRATIONS[:3])
    then = Store(Database.open(path))
    tables = MetaData()
    tables.reflect(then.database._engine)
    tables.remove(tables.tables["schema_version"])
    monkeypatch.setattr(backup, "Base", type("Then", (), {"metadata": tables}))
    made = back_up(then, tmp_path / "old.zip")
    monkeypatch.undo()
    assert made.version == 3
    database = Database.open(tmp_path / "new.sqlite")
    restore(tmp_path / "old.zip", database)
    again = Store(database)
    assert [person.alias for person in again.people.all()] == ["Me"]
    assert [(line.repetitions, line.person_id) for line in again.all_sessions()] == [(0, 1), (1, 1)]
    assert again.plan() is not None


def test_damage_anywhere_is_refused_or_changes_nothing(store: Store, tmp_path: Path) -> None:
    """A byte in a hundred is changed, one after the other; a date in the zip's own list may be, a row not."""
    fill(store)
    path = tmp_path / "all.zip"
    made = back_up(store, path)
    raw, refused = path.read_bytes(), 0
    places = range(7, len(raw), 101)
    for place in places:
        path.write_bytes(raw[:place] + bytes([raw[place] ^ 0x55]) + raw[place + 1 :])
        try:
            assert read_manifest(path).tables == made.tables
        except BackupError as error:
            refused += 1
            assert str(path) in str(error)
    assert refused > 0.8 * len(places)
    database = Database.open(tmp_path / "new.sqlite")
    path.write_bytes(raw[: len(raw) // 2])
    with pytest.raises(BackupError, match="not a backup of Diagonal, or damaged"):
        restore(path, database)
    assert Store(database).people.all() == ()


@pytest.mark.parametrize("content", [b"", b"PK", b"words " * 100])
def test_what_is_no_backup_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "words.zip"
    path.write_bytes(content)
    with pytest.raises(BackupError, match="not a backup of Diagonal"):
        read_manifest(path)


def test_a_row_that_was_put_in_by_hand_is_noticed(store: Store, tmp_path: Path) -> None:
    fill(store)
    back_up(store, tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive, zipfile.ZipFile(tmp_path / "b.zip", "w") as other:
        for name in archive.namelist():
            more = b'["x"]\n' if name == "tables/review.jsonl" else b""
            other.writestr(name, archive.read(name) + more)
    with pytest.raises(BackupError, match="table review is damaged"):
        read_manifest(tmp_path / "b.zip")


def test_who_is_deleted_is_exported_first_and_gone_from_every_byte(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "kept" / "sessions.sqlite")
    anna, ben = fill(store)
    before = history_of(store, ben)
    number = store.sessions(anna)[0].id
    assert NAME.encode() in b"".join(p.read_bytes() for p in (tmp_path / "kept").iterdir())
    made = delete_person(store, anna, tmp_path / "anna.zip")
    assert made.tables["review"].rows == 2
    assert NAME.encode() not in b"".join(p.read_bytes() for p in (tmp_path / "kept").iterdir())
    with pytest.raises(PersonError):
        store.people.get(anna)
    assert history_of(store, ben) == before
    with store.database.reading() as session:
        for table in Base.metadata.sorted_tables:
            owned = of_person(table, anna)
            if owned is not None:
                assert session.scalar(select(func.count()).select_from(table).where(owned)) == 0, table.name
    again = Store(Database.open(tmp_path / "new.sqlite"))
    restore(tmp_path / "anna.zip", again.database)
    assert again.people.get(anna).name == NAME
    assert len(again.session(number).reps) == 2


def test_where_the_export_cannot_be_written_nobody_is_deleted(store: Store, tmp_path: Path) -> None:
    anna, _ = fill(store)
    with pytest.raises(OSError, match="No such file"):
        delete_person(store, anna, tmp_path / "nowhere" / "anna.zip")
    assert store.people.get(anna).name == NAME


def test_what_is_kept_during_the_export_is_not_deleted_unexported(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, _ = fill(store)
    number = store.sessions(anna)[0].id

    def meanwhile(*given: Any) -> Manifest:
        made = back_up(*given)
        store.begin(store.session(number).start, person_id=anna)
        return made

    monkeypatch.setattr(backup, "back_up", meanwhile)
    before = len(store.sessions(anna))
    with pytest.raises(NotWholeError, match="meanwhile; nothing was deleted"):
        delete_person(store, anna, tmp_path / "anna.zip")
    assert len(store.sessions(anna)) == before + 1 and store.people.get(anna).name == NAME


def test_every_table_is_somebodys_or_named_here() -> None:
    """A new table must be found by its references, or else nobody would be deleted from it."""
    nobodys = {table.name for table in Base.metadata.sorted_tables if of_person(table, 1) is None}
    of_authors = {"exercise", "exercise_state", "exercise_trial"}
    assert nobodys == {"definition", "audit", "sealing", *of_authors}
