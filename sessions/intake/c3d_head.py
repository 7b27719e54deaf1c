"""What a C3D file says it holds, read from its parameters alone: a file without markers is not for the library.

After the format's manual (c3d.org): blocks of 512 bytes; the first byte of the file points to the parameters.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_BLOCK: Final = 512
_ORDER: Final = {84: "<", 85: "<", 86: ">"}
"""Processors (Intel, DEC, MIPS) by the order of their bytes."""

_SHOWN: Final = {
    "ROTATION": "rotations of segments",
    "FORCE_PLATFORM": "force plates",
    "ANALOG": "analog channels",
}


def held_besides(path: Path) -> str | None:
    """Return in words what a C3D without a single marker holds; None for one with markers, or not to be understood."""
    with path.open("rb") as file:
        head = file.read(_BLOCK)
        file.seek(_BLOCK * (max(head[0], 1) - 1) if head else 0)
        raw = file.read(4)
        if len(head) < _BLOCK or len(raw) < 4 or raw[3] not in _ORDER:
            return None
        order = _ORDER[raw[3]]
        raw += file.read(_BLOCK * max(raw[2], 1) - 4)
    if struct.unpack_from(order + "H", head, 2)[0]:
        return None
    used = dict(_used(raw, order))
    there = [f"{used[group]} {what}" for group, what in _SHOWN.items() if used.get(group)]
    return " and ".join(there) if there else "a head without data"


def _used(raw: bytes, order: str) -> Iterator[tuple[str, int]]:
    """Give the group and value of each parameter USED."""
    groups: dict[int, str] = {}
    found: list[tuple[int, int]] = []
    at = 4
    while at + 2 <= len(raw):
        length, number = struct.unpack_from("bb", raw, at)
        name_end = at + 2 + abs(length)
        if length == 0 or name_end + 4 > len(raw):
            break
        name = raw[at + 2 : name_end].decode("latin-1").upper()
        (ahead,) = struct.unpack_from(order + "H", raw, name_end)
        if number < 0:
            groups[-number] = name
        elif name == "USED" and raw[name_end + 2] == 2 and name_end + 6 <= len(raw):
            value = name_end + 4 + raw[name_end + 3]
            found += [(number, *struct.unpack_from(order + "h", raw, value))] if value + 2 <= len(raw) else []
        if ahead == 0:
            break
        at = name_end + ahead
    yield from ((groups[number], value) for number, value in found if number in groups)
