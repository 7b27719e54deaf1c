from __future__ import annotations

import os
import sqlite3
import stat
import sys
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from patterns.templates.library import load_template
from scoring.records.records import Cue, Fault, MetricValue, RepScore
from sessions.database.connection import StoreError, data_folder, default_path
from sessions.database.migrations import MIGRATIONS
from sessions.database.schema import Base
from sessions.store.landmarks import LandmarksError, decode, encode
from sessions.store.records import SessionStart
from sessions.store.reviews import Review
from sessions.store.session_numbers import numbers_of
from sessions.store.store import Store, UnknownSessionError
from tests.support.clips import standing
from tests.vision.test_recording import bits, sequences
from vision.pose import PoseFrame, PoseSequence

START = SessionStart(
    "squat", 1, "a" * 64, "both", "side", "live", "onnx", "full", "b" * 64, 2.0,
    started_at=datetime(2026, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=2))),
)  # fmt: skip


def rep(index: int, at_s: float = 0.0, total: float | None = 83.25) -> RepScore:
    return RepScore(
        index, "repetition", None, "both", at_s, at_s + 1.1, at_s + 2.3, total, 0.1 + 0.2, None, 0.97,
        (MetricValue("knee_flexion_range", 91.2, "deg", 3.5, 88.0, 1.0),
         MetricValue("smoothness", None, "1", None, None, 0.2)),
        (Fault("trunk_lean", "trunk_lean", 14.0, 10.0, "deg", (0.25, 0.75), 0.4),),
        Cue("trunk_lean", "Keep your chest over your hips (14 deg)", "trunk_lean", 14.0, 10.0, "deg"),
    )  # fmt: skip


def part(poses: PoseSequence, start: int, stop: int) -> PoseSequence:
    frames = [poses.frame(i) for i in range(start, stop)]
    return PoseSequence.from_frames(frames)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "kept" / "sessions.sqlite")


def file_of(store: Store) -> Path:
    assert store.database.path is not None
    return store.database.path


@settings(max_examples=40, deadline=None)
@given(sequence=sequences())
def test_landmarks_come_back_bit_for_bit(sequence: PoseSequence) -> None:
    got = decode(encode(sequence))
    for name in ("t_s", "xy_px", "world_m", "visibility", "world_error_m"):
        assert bits(getattr(got, name)) == bits(getattr(sequence, name)), name
    assert (got.size_wh, got.measured) == (sequence.size_wh, sequence.measured)


def test_damaged_landmarks_are_noticed() -> None:
    data = encode(standing(20))
    assert len(data) < 20 * 33 * 6 * 8
    for wrong in (b"", data[:-9], b"XXXX" + data[4:], data[:60] + b"\x00\x00" + data[62:]):
        with pytest.raises(LandmarksError, match="damaged"):
            decode(wrong)


def test_a_session_comes_back_as_it_was_stored(any_store: Store) -> None:
    poses = standing(90)
    number = any_store.begin(START)
    attempt = replace(rep(2, 3.0, None), kind="attempt", reason="reversed early", cue=None, faults=())
    any_store.add_rep(number, rep(1), part(poses, 0, 40))
    any_store.add_rep(number, attempt, part(poses, 40, 80))
    any_store.finish(number, part(poses, 80, 90))
    again = Store(any_store.database)
    got = again.session(number)
    assert got.reps == (rep(1), attempt)
    assert got.start == START
    assert got.start.started_at == datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
    assert got.finished_at is not None
    kept = PoseSequence.from_frames(again.frames(number))
    assert bits(kept.xy_px) == bits(poses.xy_px)
    assert bits(kept.t_s) == bits(poses.t_s)


@pytest.mark.parametrize("folder", ["who?me", "50%25", "set #1", "a b ü"])
def test_the_file_lies_where_it_was_asked_for_whatever_the_folder_is_called(
    tmp_path: Path, folder: str
) -> None:
    path = tmp_path / folder / "sessions.sqlite"
    store = Store.open(path)
    number = store.begin(START)
    store.close()
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]
    again = Store.open(path)
    assert [line.id for line in again.sessions()] == [number]
    again.close()


def test_sessions_are_listed_newest_first_with_their_mean(any_store: Store) -> None:
    first, second = any_store.begin(START), any_store.begin(replace(START, source_kind="demo", model=None))
    any_store.add_rep(first, rep(1, 0.0, 80.0), None)
    any_store.add_rep(first, rep(2, 3.0, None), None)
    any_store.add_rep(first, rep(3, 6.0, 70.0), None)
    any_store.add_rep(first, replace(rep(4, 9.0, 10.0), kind="attempt", reason="too short"), None)
    lines = any_store.sessions()
    assert [line.id for line in lines] == [second, first]
    assert (lines[1].repetitions, lines[1].attempts, lines[1].mean_total) == (3, 1, 75.0)
    assert (lines[0].repetitions, lines[0].mean_total, lines[0].finished_at) == (0, None, None)
    assert lines[0].start.model is None


def test_a_repetition_and_its_landmarks_are_stored_together_or_not_at_all(any_store: Store) -> None:
    number, poses = any_store.begin(START), standing(30)
    any_store.add_rep(number, rep(1), part(poses, 0, 10))
    with pytest.raises(StoreError, match="nothing changed"):
        any_store.add_rep(number, rep(1), part(poses, 10, 20))
    assert len(list(any_store.frames(number))) == 10
    with pytest.raises(StoreError, match="expected landmarks after"):
        any_store.add_rep(number, rep(2), part(poses, 9, 20))
    assert [r.index for r in any_store.session(number).reps] == [1]
    with pytest.raises(ValueError, match=r"RepScore\.control is NaN"):
        any_store.add_rep(number, replace(rep(2), control=float("nan")), part(poses, 10, 20))
    any_store.add_rep(number, rep(2), part(poses, 10, 20))
    any_store.finish(number)
    with pytest.raises(StoreError, match="finished"):
        any_store.add_rep(number, rep(3), None)
    with pytest.raises(StoreError, match="finished"):
        any_store.finish(number)


def test_an_unknown_session_is_said(any_store: Store) -> None:
    for ask in (
        any_store.session,
        lambda n: list(any_store.frames(n)),
        lambda n: any_store.add_rep(n, rep(1), None),
        any_store.finish,
    ):
        with pytest.raises(UnknownSessionError, match="session 9: there is no such session"):
            ask(9)


def test_what_is_stored_cannot_be_changed(any_store: Store) -> None:
    number = any_store.begin(START, [load_template("squat")])
    any_store.add_rep(number, rep(1), standing(5))
    any_store.finish(number)
    any_store.reviews.add(Review(number, 1, "A. Therapist", "changed", "attempt", None, ("trunk_lean",)))
    for table, column in (
        ("session", "side"), ("session_end", "finished_at"), ("landmark_block", "frames"),
        ("repetition", "total"), ("metric", "value"), ("fault", "value"), ("cue", "text"),
        ("person", "since"), ("person_entry", "alias"), ("definition", "text"), ("review", "note"),
        ("review_fault", "fault_id"), ("audit", "who"),
    ):  # fmt: skip
        with any_store.database.reading() as reading:
            assert reading.scalar(text(f"SELECT count(*) FROM {table}")), table
        refused = pytest.raises(StoreError, match="never changed")
        with refused, any_store.database.writing() as writing:
            writing.execute(text(f"UPDATE {table} SET {column} = {column}"))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX file modes")
def test_file_and_new_folder_are_the_owners_alone(store: Store) -> None:
    number = store.begin(START)
    store.add_rep(number, rep(1), standing(5))
    assert stat.S_IMODE(file_of(store).parent.stat().st_mode) == 0o700
    kept = list(file_of(store).parent.iterdir())
    assert len(kept) == 3  # with the write-ahead log and its index
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}


def test_the_file_is_made_durable(store: Store) -> None:
    with store.database._engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_the_tables_are_those_the_code_sees(any_store: Store) -> None:
    real = inspect(any_store.database._engine)
    assert set(real.get_table_names()) == set(Base.metadata.tables) | {"schema_version"}
    for name, table in Base.metadata.tables.items():
        columns = {c["name"]: (c["nullable"], c["type"].python_type) for c in real.get_columns(name)}
        expected = {c.name: (c.nullable, c.type.python_type) for c in table.columns}
        for key in (c.name for c in table.primary_key):
            columns[key] = expected[key] = (False, columns[key][1])
        assert columns == expected, name


def test_the_file_says_how_it_came_to_its_form(store: Store) -> None:
    store.close()
    Store.open(file_of(store)).close()
    with sqlite3.connect(file_of(store)) as connection:
        rows = connection.execute("SELECT version, name FROM schema_version").fetchall()
    connection.close()
    assert rows == [(i + 1, migration.__name__) for i, migration in enumerate(MIGRATIONS)]


def test_foreign_newer_and_damaged_files_are_refused_unchanged(tmp_path: Path) -> None:
    newer = tmp_path / "newer.sqlite"
    Store.open(newer).close()
    foreign = tmp_path / "foreign.sqlite"
    for path, statement in (
        (newer, "INSERT INTO schema_version VALUES (99, 'future', '')"),
        (foreign, "CREATE TABLE recipes (name TEXT)"),
    ):
        with sqlite3.connect(path) as connection:
            connection.execute(statement)
        connection.close()
    words = tmp_path / "words.sqlite"
    words.write_bytes(b"dear diary " * 200)
    short = tmp_path / "short.sqlite"
    short.write_bytes(b"x")
    for path, says in (
        (newer, "newer"),
        (foreign, "another program"),
        (words, "not a file"),
        (short, "not a file"),
    ):
        before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
        with pytest.raises(StoreError, match=says) as caught:
            Store.open(path)
        assert "\n" not in str(caught.value)
        assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_a_file_that_another_program_holds_is_not_called_foreign(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.close()
    monkeypatch.setattr("sessions.database.connection._BUSY_MS", 20)
    with closing(sqlite3.connect(file_of(store), isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="in use by another program") as caught:
            Store.open(file_of(store))
        assert "move it away" not in str(caught.value)
        other.execute("ROLLBACK")
    assert Store.open(file_of(store)).sessions() == ()


def test_a_migration_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(connection: Connection) -> None:
        MIGRATIONS[0](connection)
        raise StoreError("the second half fails")

    monkeypatch.setattr("sessions.database.connection.MIGRATIONS", (broken,))
    with pytest.raises(StoreError, match="second half"):
        Store.open(tmp_path / "a.sqlite")
    monkeypatch.undo()
    store = Store.open(tmp_path / "a.sqlite")
    assert store.sessions() == ()


def test_several_writers_at_once_lose_nothing(any_store: Store) -> None:
    poses = standing(3)

    def write() -> None:
        number = any_store.begin(START, [load_template("squat")])
        for i in range(1, 6):
            any_store.add_rep(number, rep(i), replace(poses, t_s=poses.t_s + i))
        any_store.finish(number)

    any_store.people.add("Me")
    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [line.repetitions for line in any_store.sessions()] == [5] * 4


def test_a_picture_that_changes_its_size_is_replayed_as_it_was(any_store: Store) -> None:
    number, poses = any_store.begin(START), standing(10)
    any_store.add_rep(number, rep(1), poses)
    any_store.finish(number, replace(poses, t_s=poses.t_s + 1, size_wh=(120, 160)))
    assert [f.size_wh for f in any_store.frames(number)] == [(160, 120)] * 10 + [(120, 160)] * 10
    assert np.allclose([f.t_s for f in any_store.frames(number)], [*poses.t_s, *poses.t_s + 1])


def test_the_data_folder_can_be_chosen_and_is_not_made_by_asking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path / "here"))
    assert data_folder() == tmp_path / "here"
    assert not (tmp_path / "here").exists()
    Store.open().close()
    assert default_path().is_file()
    monkeypatch.delenv("DIAGONAL_DATA_DIR")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert str(data_folder()) != str(tmp_path / "here")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_without_leave_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="set DIAGONAL_DATA_DIR"):
        Store.open(tmp_path / "deep" / "a.sqlite")
    tmp_path.chmod(0o700)


def test_a_file_in_the_way_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="set DIAGONAL_DATA_DIR"):
        Store.open(tmp_path / "file" / "a.sqlite")


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        replace(START, started_at=datetime(2026, 3, 1, 9, 30))


def test_sets_of_a_pattern_are_those_that_were_finished_live(any_store: Store) -> None:
    """Two finished squats; one that broke off, a demo and another pattern do not count."""
    starts = [START, START, START, replace(START, source_kind="demo"), replace(START, pattern_id="march")]
    numbers = [any_store.begin(start) for start in starts]
    for number in (*numbers[:2], *numbers[3:]):
        any_store.finish(number, None)
    assert any_store.sets_of("squat") == 2


def test_the_numbers_of_a_person_are_those_of_their_whole_sessions_with_what_was_said(
    any_store: Store,
) -> None:
    """Read row by row for speed, they must be what reading each session whole gives."""
    made = []
    for count in (3, 0, 2):
        number = any_store.begin(START)
        for i in range(1, count + 1):
            any_store.add_rep(number, rep(i, 4.0 * i, 60.0 + i), None)
        made.append(number)
    any_store.begin(START, person_id=any_store.people.add("Ben").id)
    whole = [any_store.session(number) for number in made]
    assert any_store.numbers() == tuple(map(numbers_of, whole))
    assert any_store.numbers()[0].values["both", "total", "points"].values == (61.0, 62.0, 63.0)
    knee = any_store.numbers()[0].values["both", "knee_flexion_range", "deg"]
    assert (knee.values, knee.errors) == ((91.2,) * 3, (3.5,) * 3)

    any_store.reviews.add(Review(made[0], 2, "T. Herapist", "changed", "attempt", None))
    any_store.reviews.add(Review(made[2], 1, "T. Herapist", "changed", "repetition", 95.0))
    first, _, last = any_store.numbers()
    assert first.values["both", "total", "points"].values == (61.0, 63.0)
    assert (first.movements, first.counted) == (3, {"both": 2})
    assert {len(one.values) for one in first.values.values()} == {2}, "its metrics go with it"
    assert last.values["both", "total", "points"].values == (95.0, 62.0)

    any_store.add_rep(made[2], rep(3, 12.0, 71.0), None)
    assert any_store.numbers()[2].values["both", "total", "points"].values == (95.0, 62.0, 71.0)
    assert any_store.numbers() == Store(any_store.database).numbers(), "what is known is what is read anew"


@given(count=st.integers(2, 12), cut=st.integers(1, 11), told=st.tuples(*[st.booleans()] * 4))
def test_joined_parts_are_what_all_their_frames_are(
    count: int, cut: int, told: tuple[bool, bool, bool, bool]
) -> None:
    """World landmarks and their errors, each in the one part or the other or in both or in neither."""
    numbers, cut = np.random.default_rng(count), min(cut, count - 1)
    frames = []
    for i in range(count):
        world, error = told[:2] if i < cut else told[2:]
        xy, m = numbers.normal(size=(33, 2)), numbers.normal(size=(33, 3)) if world else None
        frames.append(PoseFrame(0.1 * i, (64, 48), xy, m, np.ones(33), np.ones(33) if error else None))
    parts = [PoseSequence.from_frames(frames[:cut]), PoseSequence.from_frames(frames[cut:])]
    joined, whole = PoseSequence.joined(parts), PoseSequence.from_frames(frames)
    for one, other in zip(vars(joined).values(), vars(whole).values(), strict=True):
        assert one is other is None or np.array_equal(one, other, equal_nan=isinstance(one, np.ndarray))
