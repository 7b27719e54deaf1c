"""Locks between processes that the system gives back when a process dies."""

from __future__ import annotations

import errno
import sys
from typing import IO, Final

_HELD: Final = frozenset({errno.EAGAIN, errno.EACCES, errno.EDEADLK})  # by another process


def try_lock(file: IO[bytes]) -> bool:
    """Lock an open file until it is closed; False where another process has it. OSError where it cannot be locked."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _HELD:
            return False
        raise
    return True
