"""Zip files from anywhere: whatever damage does to one, opening and reading it raises one of a few known errors."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

ZIP_DAMAGE: Final = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError)
"""What opening or reading a damaged zip raises, beside OSError for an impossible place in the file.

RuntimeError where it looks encrypted, nested too deeply or of a later version, ValueError where a text in it is none.
"""

_USUAL: Final = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))


@contextmanager
def opened_zip(file: Path | IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """Open a zip to be read. Raises OSError and ZIP_DAMAGE, also for a packing that no usual program uses.

    The unpackers of other packings have errors of their own, and are not there in every Python.
    """
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            if member.compress_type not in _USUAL:
                raise zipfile.BadZipFile(f"{member.filename[:80]!r} is packed in an unusual format")
        yield archive
