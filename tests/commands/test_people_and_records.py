"""`cli.py people` and `cli.py records`, as they are typed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from sessions.database.encryption import KEY_VARIABLE
from sessions.rescoring.replay import replay
from sessions.store.store import Store
from tests.commands.test_cli import Runner
from tests.sessions.backup.test_backup import NAME, fill
from tests.support.movements import Rep, arm_posture, frames
from vision.pose import PoseSequence
from vision.recording import read_recording, write_recording


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Runner:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("DIAGONAL_DATABASE_URL", raising=False)
    return Runner(monkeypatch, capsys)


def test_a_person_is_added_described_given_a_program_exported_and_deleted(
    run: Runner, tmp_path: Path
) -> None:
    assert run("people", "add", "Anna", "--sex", "female")[:2] == (0, "Anna is person 1.\n")
    said = run("people", "describe", "Anna", "--birth-year", "1951")
    assert said[:2] == (0, "1 Anna, born 1951, female\n")
    given = run("programs", "give", "stroke-arm", "--affected", "left", "--person", "Anna")
    assert given[:2] == (0, "Anna has the program stroke-arm now, affected side left.\n")
    assert run("programs", "today", "--person", "1")[1].startswith("Anna, stroke-arm: ")
    assert run("programs", "end")[:2] == (0, "Anna has no program any more.\n"), "the computer's own person"
    assert run("programs", "today")[1].startswith("Anna has no program; ")
    assert run("people", "list")[1].split() == ["1", "Anna", "0", "sessions,", "last", "-"]
    export = tmp_path / "anna.zip"
    assert "read back and compared" in run("people", "export", "Anna", "--out", export)[1]
    status, _, error = run("people", "delete", "Anna", "--export", export, "--yes")
    assert (status, "exists already" in error) == (2, True)
    assert "Anna is deleted" in run("people", "delete", "Anna", "--export", tmp_path / "b.zip", "--yes")[1]
    assert run("people", "list")[1] == ""
    assert "deleted a person" in run("records", "trail")[1]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("people", "add", "  "), "Enter a display name of 1 to 80 characters."),
        (("people", "add", "Anna", "--birth-year", "1776"), "Enter a year of birth from 1900 to"),
        (("people", "describe", "Zoe"), "Zoe: there is no such person; known: nobody yet"),
        (
            ("programs", "give", "stroke-arm", "--affected", "left", "--person", "Zoe"),
            "there is no such person",
        ),
        (("records", "restore", "nothing.zip"), "nothing.zip: cannot be read (No such file or directory)"),
        (("records", "backup", "nowhere/all.zip"), "the backup nowhere/all.zip: there is no folder"),
        (("records", "backup", "."), "this is a folder; name a file"),
        (("people", "export", "Me", "--out", "nowhere/me.zip"), "--out nowhere/me.zip: there is no folder"),
        (
            ("people", "delete", "Me", "--export", "nowhere/me.zip"),
            "--export nowhere/me.zip: there is no folder",
        ),
        (("report", "Me", "--out", "nowhere/me.pdf"), "--out nowhere/me.pdf: there is no folder"),
        (("export", "1", "--format", "csv", "--out", "."), "--out .: this is a folder; name a file"),
    ],
)
def test_a_wrong_request_is_one_line(run: Runner, arguments: tuple[str, ...], says: str) -> None:
    status, _, error = run(*arguments)
    assert status == 2
    assert says in error
    assert error.count("\n") == 1


def test_all_is_backed_up_restored_and_sealed(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open()
    anna, _ = fill(store)
    store.close()
    assert run("records", "backup", tmp_path / "all.zip")[0] == 0
    status, _, error = run("records", "restore", tmp_path / "all.zip")
    assert (status, "something is kept in it already" in error) == (2, True)
    told = run("records", "restore", tmp_path / "all.zip", "--into", tmp_path / "b.sqlite")[1]
    assert "rows are restored" in told
    assert Store.open(tmp_path / "b.sqlite").people.get(anna).name == NAME
    first = run("records", "seal", "--print-key")[1].split()[0]
    name, _, key = first.partition("=")
    assert name == KEY_VARIABLE
    assert NAME.encode() not in (tmp_path / "data" / "sessions.sqlite").read_bytes()
    monkeypatch.setenv(KEY_VARIABLE, key)
    told = " ".join(run("people", "list")[1].split())
    assert re.search(r"Anna 1 session, last \d{4}-", told), told


def test_a_scored_recording_is_kept_and_replayed_as_it_was_judged(run: Runner, tmp_path: Path) -> None:
    posed = list(frames([Rep(1.5), Rep(6.7)], lambda at: arm_posture("ue-d2-flexion", "right", at)))
    write_recording(tmp_path / "set.npz", PoseSequence.from_frames(posed))
    score = ("score", tmp_path / "set.npz", "--pattern", "ue-d2-flexion", "--side", "right", "--keep")
    status, _, error = run(*score, "Anna")
    assert (status, "there is no such person" in error) == (2, True)
    run("people", "add", "Anna")
    status, told, _ = run(*score, "Anna")
    assert (status, "Kept as session 1 of Anna." in told) == (0, True)
    store = Store.open()
    kept = store.session(1)
    assert (kept.start.source_kind, len(kept.reps), kept.finished_at is not None) == ("recording", 2, True)
    again = tuple(update.closed for update in replay(store, 1) if update.closed is not None)
    assert again == kept.reps
    assert len(list(store.frames(1))) == len(posed)


def recording(path: Path) -> Path:
    posed = list(frames([Rep(1.5)], lambda at: arm_posture("ue-d2-flexion", "right", at)))
    write_recording(path, PoseSequence.from_frames(posed))
    return path


def test_a_recording_is_stored_with_its_day_and_once(run: Runner, tmp_path: Path) -> None:
    path = recording(tmp_path / "set.npz")
    run("people", "add", "Anna")
    score = ("score", path, "--pattern", "ue-d2-flexion", "--side", "right", "--keep", "Anna")
    status, told, _ = run(*score, "--recorded", "2025-03-31T14:05")
    assert (status, "Recorded on 2025-03-31, 14:05 (as given)." in told) == (0, True)
    status, _, error = run(*score)
    assert status == 2
    assert (
        f"{path}: this file is stored already as session 1 of Anna; to store it again, add --again" in error
    )
    today = f"{datetime.now().astimezone():%Y-%m-%d}"
    status, told, _ = run(*score, "--again")
    assert status == 0
    assert re.search(rf"Recorded on {today}, .*\(today, for the file has no date; see --recorded\)", told)
    copy = tmp_path / "another name.npz"
    copy.write_bytes(path.read_bytes())
    status, _, error = run("score", copy, *score[2:])
    assert (status, "stored already as session 1 of Anna and session 2 of Anna" in error) == (2, True)
    store = Store.open()
    first = store.session(1)
    assert first.start.started_at == datetime(2025, 3, 31, 14, 5).astimezone()
    poses = store.poses(1)
    assert poses is not None
    assert first.finished_at == first.start.started_at + timedelta(seconds=float(poses.t_s[-1]))
    assert [line.id for line in store.sessions()] == [2, 1]
    store.close()


def test_an_exported_session_brings_its_day_along(run: Runner, tmp_path: Path) -> None:
    run("people", "add", "Anna")
    score = ("--pattern", "ue-d2-flexion", "--side", "right", "--keep", "Anna")
    run("score", recording(tmp_path / "set.npz"), *score, "--recorded", "2025-03-31T14:05")
    for form, ending in (("json", ".json"), ("csv", ".zip")):
        out = tmp_path / f"session{ending}"
        assert run("export", "1", "--format", form, "--out", out)[0] == 0
        status, told, error = run("score", out, *score)
        assert (status, "Recorded on 2025-03-31, 14:05 (by the file)." in told) == (0, True), error


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--keep", "Anna", "--recorded", "31.3.2025"), "expected a day such as 2026-03-31"),
        (("--keep", "Anna", "--recorded", "2025-02-30"), "expected a day such as 2026-03-31"),
        (("--keep", "Anna", "--recorded", "2999-01-01"), "this is in the future"),
        (("--keep", "Anna", "--recorded", "0999-01-01"), "expected a day since 1900"),
        (("--recorded", "2025-03-31"), "--recorded: it says how to store a session; add --keep NAME"),
        (("--again",), "--again: it says how to store a session; add --keep NAME"),
    ],
)
def test_a_day_that_cannot_be_is_refused_before_any_work(
    run: Runner, tmp_path: Path, options: tuple[str, ...], says: str
) -> None:
    run("people", "add", "Anna")
    source = ("score", recording(tmp_path / "set.npz"), "--pattern", "ue-d2-flexion", "--side", "right")
    status, told, error = run(*source, *options)
    assert (status, told, says in error) == (2, "", True), error


@pytest.mark.parametrize("command", [("records", "backup"), ("people", "export", "Anna", "--out")])
def test_no_backup_is_overwritten_unless_that_is_wanted(
    run: Runner, tmp_path: Path, command: tuple[str, ...]
) -> None:
    run("people", "add", "Anna")
    path = tmp_path / "all.zip"
    path.write_text("an earlier backup")
    status, _, error = run(*command, path)
    assert (status, "this file exists already" in error, "--overwrite" in error) == (2, True, True)
    assert path.read_text() == "an earlier backup"
    status, told, _ = run(*command, path, "--overwrite")
    assert (status, "read back and compared" in told) == (0, True)


@pytest.mark.parametrize(
    ("form", "name", "right"),
    [
        ("csv", "a.csv", "a.zip"),
        ("fhir", "a.zip", "a.json"),
        ("json", "a", "a.json"),
        ("mot", "a.trc", "a.mot"),
        ("trc", "a.TXT", "a.trc"),
    ],
)
def test_an_export_is_named_as_what_it_is(
    run: Runner, tmp_path: Path, form: str, name: str, right: str
) -> None:
    status, _, error = run("export", "1", "--format", form, "--out", tmp_path / name)
    assert (status, f"name it {tmp_path / right}" in error) == (2, True), error
    assert list(tmp_path.glob("a*")) == []


def test_tables_that_were_exported_under_another_name_are_read(run: Runner, tmp_path: Path) -> None:
    run("people", "add", "Anna")
    score = ("score", recording(tmp_path / "set.npz"), "--pattern", "ue-d2-flexion", "--side", "right")
    run(*score, "--keep", "Anna")
    assert run("export", "1", "--format", "csv", "--out", tmp_path / "a.zip")[0] == 0
    (tmp_path / "a.zip").rename(tmp_path / "a.csv")
    assert run("import", tmp_path / "a.csv", "--out", tmp_path / "b.npz")[0] == 0
    before, after = (read_recording(tmp_path / name).xy_px for name in ("set.npz", "b.npz"))
    np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("people", "delete", "Anna"), "Missing option '--export'"),
        (("export", "1", "--format", "csv"), "Missing option '--out'"),
        (("people", "delete"), "Missing argument 'whom'"),
        (("records", "restore", __file__), "not a backup of Diagonal, or damaged; choose a file that"),
    ],
)
def test_what_is_missing_or_wrong_is_named_as_it_is_typed(
    run: Runner, arguments: tuple[str, ...], says: str
) -> None:
    status, _, error = run(*arguments)
    assert (status, says in error, "Error" in error) == (2, True, False), error
