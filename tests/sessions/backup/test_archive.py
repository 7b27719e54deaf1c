"""A backup from a stranger is read in a sandbox: whatever is wrong with it is one line, and nothing of it stays."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sessions.backup import archive
from sessions.backup.archive import MEMORY_BYTES, BackupError, read_manifest, unpacked
from sessions.backup.backup import back_up
from sessions.store.store import Store
from tests.commands.test_cli import Runner
from tests.sessions.backup.test_backup import fill

Members = dict[str, bytes]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Members:
    """The files in a good backup."""
    folder = tmp_path_factory.mktemp("good")
    store = Store.open(folder / "a.sqlite")
    fill(store)
    back_up(store, folder / "all.zip")
    store.close()
    with zipfile.ZipFile(folder / "all.zip") as opened:
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Runner:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("DIAGONAL_DATABASE_URL", raising=False)
    return Runner(monkeypatch, capsys)


def written(path: Path, members: Members) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)


def with_rows(members: Members, table: str, change: Callable[[list[Any]], Any]) -> Members:
    """The backup with the first row of a table changed, its hash made right again."""
    lines = members[f"tables/{table}.jsonl"].splitlines(keepends=True)
    lines[0] = change(json.loads(lines[0]))
    content = b"".join(lines)
    manifest = json.loads(members["manifest.json"])
    manifest["tables"][table]["sha256"] = hashlib.sha256(content).hexdigest()
    return members | {f"tables/{table}.jsonl": content, "manifest.json": json.dumps(manifest).encode()}


def with_tables(members: Members, change: Callable[[dict[str, Any]], object]) -> Members:
    manifest = json.loads(members["manifest.json"])
    change(manifest["tables"])
    return members | {"manifest.json": json.dumps(manifest).encode()}


def line(*values: object) -> bytes:
    return json.dumps(values).encode() + b"\n"


EMPTY = {"columns": ["id"], "rows": 0, "sha256": hashlib.sha256(b"").hexdigest()}
ODD: dict[str, tuple[Callable[[Members], Members], str]] = {
    "another file in it": (lambda m: m | {"readme.txt": b"hello"}, "'readme.txt' does not belong in a backup"),
    "a path out of it": (lambda m: m | {"../../evil": b"x"}, "'../../evil' does not belong in a backup"),
    "ten thousand files": (
        lambda m: m | {f"tables/{i}.jsonl": b"" for i in range(10_000)}, "does not belong in a backup",
    ),
    "a table whose name is a path": (
        lambda m: with_tables(m, lambda t: t.update({"../../evil": EMPTY})) | {"tables/../../evil.jsonl": b""},
        "other tables than version",
    ),
    "a table that no version has": (
        lambda m: with_tables(m, lambda t: t.update({"recipes": EMPTY})) | {"tables/recipes.jsonl": b""},
        "other tables than version .*recipes",
    ),
    "a table without its file": (
        lambda m: {name: content for name, content in m.items() if name != "tables/review.jsonl"}, "files in it, got",
    ),
    "a table too few": (
        lambda m: {k: v for k, v in with_tables(m, lambda t: t.pop("review")).items() if "review.jsonl" not in k},
        "other tables than version .*review",
    ),
    "other columns": (
        lambda m: with_tables(m, lambda t: t["person"].update(columns=["id", "since; DROP TABLE person"])),
        "table person",
    ),
    "too few rows": (lambda m: m | {"tables/person.jsonl": b""}, "table person is damaged"),
    "a newer version": (
        lambda m: m | {"manifest.json": m["manifest.json"].replace(b'"version": ', b'"version": 9')},
        "written by a newer Diagonal",
    ),
    "a nested row": (lambda m: with_rows(m, "person", lambda row: line(row, *row[1:])), "or damaged"),
    "a deep row": (lambda m: with_rows(m, "person", lambda row: b"[" * 200_000 + b"\n"), "or damaged"),
    "a short row": (lambda m: with_rows(m, "person", lambda row: line(*row[:-1])), "or damaged"),
    "no row": (lambda m: with_rows(m, "person", lambda row: b"person\n"), "or damaged"),
    "a number beyond all columns": (
        lambda m: with_rows(m, "person", lambda row: line(10**30, *row[1:])), "or damaged",
    ),
    "half a character": (
        lambda m: with_rows(m, "person_entry", lambda row: line(*("\ud800" if v == "Anna" else v for v in row))),
        "or damaged",
    ),
    "no number": (lambda m: with_rows(m, "person", lambda row: line(float("nan"), *row[1:])), "or damaged"),
    "no base64": (
        lambda m: with_rows(m, "landmark_block", lambda row: line(*("?" if len(str(v)) > 99 else v for v in row))),
        "table landmark_block",
    ),
    "a text for a year": (
        lambda m: with_rows(m, "person_entry", lambda row: line(row[0], "abc", *row[2:])),
        "table person_entry: expected birth_year to be int, got str",
    ),
    "a number for a name": (
        lambda m: with_rows(m, "person_entry", lambda row: line(5, *row[1:])), "expected alias to be str, got int",
    ),
    "a truth value for a number": (
        lambda m: with_rows(m, "person", lambda row: line(True, *row[1:])), "expected id to be int, got bool",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
def test_an_odd_backup_is_one_line_and_leaves_nothing(
    run: Runner, tmp_path: Path, good: Members, what: str
) -> None:
    change, says = ODD[what]
    path = tmp_path / "odd.zip"
    written(path, change(good))
    before = sorted(tmp_path.rglob("*"))
    status, told, error = run("records", "restore", path, "--into", tmp_path / "new.sqlite")
    assert (status in (1, 2), told, error.count("\n")) == (True, "", 1)
    assert error.startswith(f"error: {path}: ")
    assert re.search(says, error), error
    assert sorted(tmp_path.rglob("*")) == before


def test_what_was_there_before_stays(run: Runner, tmp_path: Path, good: Members) -> None:
    """An existing database without sessions stays one; it is restored into afterwards."""
    assert run("people", "list")[:2] == (0, "")
    written(tmp_path / "odd.zip", ODD["too few rows"][0](good))
    written(tmp_path / "good.zip", good)
    assert run("records", "restore", tmp_path / "odd.zip")[0] == 2
    assert run("people", "list")[:2] == (0, "")
    assert run("records", "restore", tmp_path / "good.zip")[0] == 0
    assert "Anna" in run("people", "list")[1]


def test_a_member_that_is_a_link_is_refused(tmp_path: Path, good: Members) -> None:
    path = tmp_path / "link.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name, content in good.items():
            info = zipfile.ZipInfo(name)
            if name == "tables/person.jsonl":
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            made.writestr(info, content)
    with pytest.raises(BackupError, match=r"tables/person\.jsonl in it is a link or device"):
        read_manifest(path)


def test_a_member_twice_is_refused(tmp_path: Path, good: Members) -> None:
    path = tmp_path / "twice.zip"
    written(path, good)
    with zipfile.ZipFile(path, "a") as made, pytest.warns(UserWarning, match="Duplicate name"):
        made.writestr("tables/person.jsonl", b"")
    with pytest.raises(BackupError, match="files in it, got"):
        read_manifest(path)


def test_a_bomb_is_not_unpacked(run: Runner, tmp_path: Path, good: Members) -> None:
    """200 MB of zeros, which pack to a thousandth."""
    path = tmp_path / "bomb.zip"
    written(path, good | {"tables/review.jsonl": bytes(200 << 20)})
    status, _, error = run("records", "restore", path)
    assert (status, error.count("\n")) == (2, 1)
    assert "bytes unpacked, got 2097" in error
    assert list((tmp_path / "data").iterdir()) == []


@pytest.mark.parametrize("size", [1, 10**6])
def test_a_size_that_is_not_that_of_the_content_is_refused(tmp_path: Path, good: Members, size: int) -> None:
    """The size unpacked stands 24 bytes behind the beginning of an entry of the list at a zip's end."""
    path = tmp_path / "size.zip"
    written(path, good)
    raw = path.read_bytes()
    at = raw.index(b"PK", raw.index(b"PK") + 1) + 24
    path.write_bytes(raw[:at] + size.to_bytes(4, "little") + raw[at + 4 :])
    with pytest.raises(BackupError), unpacked(path) as (_, tables):
        list(tables)


def test_a_row_without_end_is_refused(tmp_path: Path, good: Members, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "good.zip", good)
    longest = max(len(row) for content in good.values() for row in content.splitlines(keepends=True))
    monkeypatch.setattr(archive, "LONGEST_ROW", longest)
    read_manifest(tmp_path / "good.zip")
    monkeypatch.setattr(archive, "LONGEST_ROW", longest - 1)
    with pytest.raises(BackupError, match="or damaged"):
        read_manifest(tmp_path / "good.zip")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux for the limits of a process")
def test_a_backup_is_read_in_another_process_of_limited_memory(
    tmp_path: Path, good: Members, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows are more than the pipe holds, so that the process is there until they are read."""
    import resource

    children: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *given: Any, **more: Any) -> None:
            super().__init__(*given, **more)
            children.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    text = with_rows(
        good, "definition", lambda row: line(*("x" * 5_000_000 if len(str(v)) > 200 else v for v in row))
    )
    written(tmp_path / "a.zip", text)
    with unpacked(tmp_path / "a.zip") as (manifest, _):
        (child,) = children
        assert child.poll() is None
        limits = [
            resource.prlimit(child.pid, kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE)
        ]
        assert limits == [MEMORY_BYTES, 0]
        assert manifest.rows > 30
    assert child.poll() is not None, "nobody asks any more"


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes there")
def test_a_pipe_is_not_waited_for(run: Runner, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.zip")
    status, _, error = run("records", "restore", tmp_path / "pipe.zip")
    assert (status, "expected the file of a backup, got a folder or device" in error) == (2, True)
