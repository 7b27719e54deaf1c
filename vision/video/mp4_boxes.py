"""The boxes of an MP4 or MOV file, or an AVI: whether they are all there, and what a camera wrote beside the video."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

from vision.video.times import is_likely

_TOP_BOXES: Final = frozenset(
    {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"moof", b"uuid", b"meta"}
)
_LARGEST_NOTE: Final = 4 << 20
_NOT_FILLED_IN: Final = 0xFFFF_FFFF
_MISCOUNTED: Final = 64
"""Some programs count the head of a list twice: a few bytes too many are no loss."""

_SONY: Final = re.compile(
    rb'captureFps="(\d{1,5}(?:\.\d{1,5})?)[ip]?"[^>]{0,200}?formatFps="(\d{1,5}(?:\.\d{1,5})?)[ip]?"'
)
"""Sony's XML of a recording (NonRealTimeMeta), e.g. captureFps="119.88p" formatFps="29.97p"."""


def missing_bytes(path: Path) -> tuple[int, int] | None:
    """Return the size of an MP4, MOV or AVI and the size its boxes ask for where it is cut off; None for others."""
    size = path.stat().st_size
    for _, start, length in _boxes(path, size):
        if start + length > size:
            return size, start + length
    for start, length in _lists(path, size):
        if start + length > size + _MISCOUNTED:
            return size, start + length
    return None


def sony_slow_motion(path: Path) -> Fraction | None:
    """Return how many times slower than life a Sony camera's slow motion plays; None where it does not say."""
    size = path.stat().st_size
    with path.open("rb") as file:
        for kind, start, length in _boxes(path, size):
            if kind in (b"meta", b"uuid", b"moov") and length <= _LARGEST_NOTE:
                file.seek(start)
                found = _SONY.search(file.read(length))
                if found is not None and float(found[2]) > 0:
                    factor = Fraction(found[1].decode()) / Fraction(found[2].decode())
                    return factor if is_likely(float(factor)) else None
    return None


def _lists(path: Path, size: int) -> Iterator[tuple[int, int]]:
    """Give start and length of each top-level list of an AVI (RIFF), as far as its writer filled them in."""
    with path.open("rb") as file:
        at = 0
        while at + 12 <= size:
            file.seek(at)
            head = file.read(12)
            length = int.from_bytes(head[4:8], "little")
            if head[:4] != b"RIFF" or head[8:11] != b"AVI" or length in (0, _NOT_FILLED_IN):
                return
            yield at, 8 + length
            at += 8 + length + length % 2


def _boxes(path: Path, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Give kind, start and length of each top-level box, as far as they can be followed."""
    with path.open("rb") as file:
        at = 0
        while at + 8 <= size:
            file.seek(at)
            head = file.read(16)
            length = int.from_bytes(head[:4], "big")
            if head[4:8] not in _TOP_BOXES:
                return
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            if length < 8:
                return
            yield head[4:8], at, length
            at += length
