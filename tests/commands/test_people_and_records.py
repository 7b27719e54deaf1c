"""`cli.py people` and `cli.py records`, as they are typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sessions.database.encryption import KEY_VARIABLE
from sessions.rescoring.replay import replay
from sessions.store.store import Store
from tests.commands.test_cli import Runner
from tests.sessions.backup.test_backup import NAME, fill
from tests.support.movements import Rep, arm_posture, frames
from vision.pose import PoseSequence
from vision.recording import write_recording


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
    assert run("programs", "give", "stroke-arm", "--affected", "left", "--person", "Anna")[0] == 0
    assert "stroke-arm" in run("programs", "today", "--person", "1")[1]
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
        (("people", "add", "  "), "alias: expected 1 to 80 characters"),
        (("people", "add", "Anna", "--birth-year", "1776"), "birth year: expected 1900 to"),
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
    assert (status, "something is kept in it already" in error) == (1, True)
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
