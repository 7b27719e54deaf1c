"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from base.temporary import PART_ENDING, noted


@contextmanager
def whole_file(path: Path, *, private: bool = False) -> Iterator[Path]:
    """A temporary neighbour of path to write to, which takes its name when the block ends without an error.

    A link stays one: what it points to is replaced. private: it tells of a person, and only its owner may read it.
    Whatever happens, no temporary file stays; that of a killed process goes at the next start. OSError (no folder, not
    writable, disk full) passes through and names the file.
    """
    target = path.resolve()
    part = target.with_name(f".{target.name}.{os.getpid()}{PART_ENDING}")
    try:
        with noted(part):
            if private:
                part.touch(mode=0o600)
            yield part
            part.replace(target)
    except OSError as error:
        if error.filename in (None, str(part), part):  # a full disk names no file, or the temporary one
            error.filename = str(path)
        raise
    finally:
        part.unlink(missing_ok=True)
