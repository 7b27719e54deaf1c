"""Temporary files go with their process: at the end of their block, or, where it was killed, at the next start."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from base.atomic_file import whole_file
from base.temporary import TemporaryError, noted, remove_abandoned, temporary_folder
from tests.architecture import FILES, libraries
from tests.commands.test_cli import Runner

ROOT = Path(__file__).parents[2]
HOLDER = (
    "from base.temporary import temporary_folder\n"
    "with temporary_folder() as folder:\n"
    "    (folder / 'upload').write_text('a video')\n"
    "    print(folder, flush=True)\n"
    "    input()\n"
)
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX owners and modes")


@pytest.fixture(autouse=True)
def own_tempdir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@contextmanager
def holder(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another process with a temporary file, and the folder in which that is."""
    environment = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(tmp_path))
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER], cwd=ROOT, env=environment, stdin=-1, stdout=-1, text=True
    ) as child:
        assert child.stdout is not None
        yield child, Path(child.stdout.readline().strip())
        child.kill()


def test_a_folder_is_its_owners_alone_and_gone_afterwards(tmp_path: Path) -> None:
    with pytest.raises(KeyError), temporary_folder() as one, temporary_folder() as other:
        assert one != other
        (one / "file").write_text("x")
        assert one.is_relative_to(tmp_path)
        assert remove_abandoned() == 0, "both belong to this process"
        assert (one / "file").exists()
        if sys.platform != "win32":
            assert not one.parent.stat().st_mode & 0o077
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed_at_the_next_start_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with holder(tmp_path) as (killed, left), holder(tmp_path) as (_, in_use):
        killed.kill()
        killed.wait()
        assert (left / "upload").exists()
        assert Runner(monkeypatch, capsys)("patterns", "list")[0] == 0
        assert not left.parent.exists()
        assert (in_use / "upload").exists(), "its process is alive"
    assert remove_abandoned() == 1
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    with temporary_folder() as own:
        root = own.parent.parent
        (root / "a file").write_text("x")
        (root / "a folder").mkdir()
        (root / "a folder" / "inside").write_text("x")
        (root / "left before its lock was made").mkdir()
    assert remove_abandoned() == 0
    assert sorted(path.name for path in root.iterdir()) == ["a file", "a folder"]


@POSIX
@pytest.mark.parametrize("squatter", ["link", "open to others"])
def test_a_name_that_somebody_else_took_first_is_not_used(tmp_path: Path, squatter: str) -> None:
    with temporary_folder() as folder:
        root = folder.parent.parent
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").mkdir()
    if squatter == "link":
        root.symlink_to(elsewhere)
    else:
        root.mkdir()
        root.chmod(0o777)
    with temporary_folder() as folder:
        assert not folder.resolve().is_relative_to(elsewhere)
        assert folder.parent.parent == tmp_path
        assert not folder.parent.stat().st_mode & 0o077
    assert remove_abandoned() == 0
    assert (elsewhere / "precious").exists()


def test_no_other_module_makes_temporary_files_of_its_own() -> None:
    """The cache clears its own folder, and MediaPipe's log has no name."""
    users = {name for name, path in FILES.items() if "tempfile" in libraries(path)}
    assert users == {"base/temporary.py", "models/cache.py", "vision/backends/mediapipe_backend.py"}


def test_where_nothing_can_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    with (
        pytest.raises(TemporaryError, match=r"temporary files cannot be written .*set TMPDIR"),
        temporary_folder(),
    ):
        pass


WRITER = (
    "import sys\n"
    "from pathlib import Path\n"
    "from base.atomic_file import whole_file\n"
    "with whole_file(Path(sys.argv[1]), private=True) as part:\n"
    "    part.write_text('half a recor')\n"
    "    print(part, flush=True)\n"
    "    input()\n"
)


def test_a_half_written_file_of_a_killed_process_is_removed_at_the_next_start(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "anna.npz").write_text("an earlier one")
    (folder / ".notes.part").write_text("somebody else's")
    environment = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(tmp_path))
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder / "anna.npz")],
        cwd=ROOT,
        env=environment,
        stdin=-1,
        stdout=-1,
        text=True,
    ) as killed:
        assert killed.stdout is not None
        part = Path(killed.stdout.readline().strip())
        assert remove_abandoned() == 0, "it is still being written"
        assert part.read_text() == "half a recor"
        killed.kill()
    assert part.exists()
    assert remove_abandoned() == 1
    assert sorted(path.name for path in folder.iterdir()) == [".notes.part", "anna.npz"]
    assert (folder / "anna.npz").read_text() == "an earlier one"


def test_a_note_of_any_other_file_removes_nothing(tmp_path: Path) -> None:
    """Only what whole_file writes may go: a hidden file that ends in .part."""
    precious = [tmp_path / name for name in ("diary.txt", "a.part", ".bashrc")]
    for path in precious:
        path.write_text("x")
        with noted(path):
            (note,) = tmp_path.glob("diagonal-*/diagonal-*/part")
            copy = note.parent.with_name(f"diagonal-0-{path.name}")
            copy.mkdir(mode=0o700)
            (copy / "part").write_bytes(note.read_bytes())
            (copy / "lock").touch()
        assert remove_abandoned() == 1
        assert path.exists()


def test_files_are_written_without_a_place_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with whole_file(tmp_path / "a.txt") as part:
        part.write_text("whole")
    assert (tmp_path / "a.txt").read_text() == "whole"
    with pytest.raises(OSError, match="disk"), whole_file(tmp_path / "a.txt"):
        raise OSError(28, "disk full")
