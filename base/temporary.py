"""Temporary folders that outlive no process: each holds a lock, and the next start removes those without an owner.

<system's temporary folder>/diagonal-<user>/diagonal-<process>-<random>/lock
                                                                        files/
                                                                        part

part, where it is there, names a half-written file elsewhere, which goes with the folder.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from base.errors import DiagonalError
from base.locking import try_lock

_LOCK: Final = "lock"
_FILES: Final = "files"
_PART: Final = "part"
PART_ENDING: Final = ".part"
_TRIES: Final = 20


class TemporaryError(DiagonalError):
    """Temporary files cannot be written."""


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yield an empty folder, for its owner alone, and remove it afterwards. Raises TemporaryError."""
    try:
        folder, lock = _locked_folder()
    except OSError as error:
        raise TemporaryError(
            f"temporary files cannot be written ({error.strerror}): free some disk space, or set TMPDIR"
        ) from error
    try:
        yield folder / _FILES
    finally:
        _remove(folder, lock)


@contextmanager
def noted(part: Path) -> Iterator[None]:
    """Note a half-written file, a hidden one that ends in .part: the next start removes it if this process is killed.

    Without a place for temporary files nothing is noted.
    """
    with ExitStack() as folder_there:
        with suppress(OSError):
            folder, lock = _locked_folder()
            folder_there.callback(_remove, folder, lock)
            (folder / _PART).write_bytes(os.fsencode(part))
        yield


def remove_abandoned() -> int:
    """Remove what processes that ended abruptly left, and return the number of their temporary folders."""
    root, removed = _root_path(), 0
    if not _is_own(root):
        return removed
    for folder in root.iterdir():
        try:
            with (folder / _LOCK).open("r+b") as lock:
                if try_lock(lock):
                    _remove_part(folder)
                    _remove(folder, lock)
                    removed += 1
        except FileNotFoundError:
            with suppress(OSError):  # not empty: no folder of ours; gone: another process was faster
                folder.rmdir()
        except OSError:  # something else, or a file system without locks: it stays
            continue
    with suppress(OSError):  # others have theirs in it
        root.rmdir()
    return removed


def _locked_folder() -> tuple[Path, IO[bytes]]:
    """Make a folder and lock it, again where another process has removed it as abandoned in between."""
    for _ in range(_TRIES):
        root = _root_path()
        with suppress(FileExistsError):
            root.mkdir(mode=0o700)
        if not _is_own(root):  # somebody else took the name
            root = root.parent
        try:
            folder = Path(tempfile.mkdtemp(prefix=f"diagonal-{os.getpid()}-", dir=root))
            lock = (folder / _LOCK).open("x+b")
        except FileNotFoundError:
            continue
        if try_lock(lock) and (folder / _LOCK).exists():
            (folder / _FILES).mkdir()
            return folder, lock
        lock.close()
    raise OSError(0, "it is removed again and again")


def _remove_part(folder: Path) -> None:
    with suppress(OSError, ValueError):  # none was noted, or it is gone
        part = Path(os.fsdecode((folder / _PART).read_bytes()))
        if part.name.startswith(".") and part.suffix == PART_ENDING:
            part.unlink()


def _remove(folder: Path, lock: IO[bytes]) -> None:
    with lock:
        shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)  # Windows removes no open file
    if folder.parent == _root_path():
        with suppress(OSError):  # others have theirs in it
            folder.parent.rmdir()


def _root_path() -> Path:
    user = "files" if sys.platform == "win32" else str(os.getuid())
    return Path(tempfile.gettempdir()) / f"diagonal-{user}"


def _is_own(folder: Path) -> bool:
    """Return whether a path is a folder of this user, closed to others: anybody may take the name first."""
    try:
        about = folder.lstat()
    except FileNotFoundError:
        return False
    if not stat.S_ISDIR(about.st_mode):
        return False
    return sys.platform == "win32" or (about.st_uid == os.getuid() and not about.st_mode & 0o077)
