"""C3D files byte by byte, after the format's manual (c3d.org), for those that no library writes."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

Value = int | float | list[str] | npt.NDArray[np.int64] | npt.NDArray[np.float64]
_BLOCK = 512


def _parameter(group: int, name: str, value: Value) -> bytes:
    if isinstance(value, list):
        width = max((len(text) for text in value), default=1)
        data = struct.pack("<bBBB", -1, 2, width, len(value)) + b"".join(
            text.ljust(width).encode() for text in value
        )
    elif isinstance(value, np.ndarray):
        kind, letter = (2, "<i2") if value.dtype.kind == "i" else (4, "<f4")
        head = struct.pack(f"<bB{value.ndim}B", kind, value.ndim, *value.shape)
        data = head + value.astype(letter).tobytes(order="F")
    elif isinstance(value, float):
        data = struct.pack("<bBf", 4, 0, value)
    else:
        data = struct.pack("<bBh", 2, 0, value)
    return (
        struct.pack("<bb", len(name), group) + name.encode() + struct.pack("<H", len(data) + 3) + data + b"\0"
    )


def c3d_by_hand(
    path: Path,
    groups: Mapping[str, Mapping[str, Value]],
    *,
    points: int = 0,
    analogs: int = 0,
    frames: int = 10,
) -> Path:
    """Write a C3D of zeros with these groups of parameters; 100 frames per second, one analog sample in each."""
    body = b""
    for number, (group, parameters) in enumerate(groups.items(), start=1):
        body += struct.pack("<bb", len(group), -number) + group.encode() + struct.pack("<HB", 3, 0)
        body += b"".join(_parameter(number, name, value) for name, value in parameters.items())
    blocks = (len(body) + 6) // _BLOCK + 1
    section = (struct.pack("<BBBB", 1, 0x50, blocks, 84) + body).ljust(blocks * _BLOCK, b"\0")
    head = struct.pack("<BBHHHHHfHHf", 2, 0x50, points, analogs, 1, frames, 0, -1.0, 2 + blocks, 1, 100.0)
    data = bytes(4 * (4 * points + analogs) * frames)
    path.write_bytes(
        head.ljust(_BLOCK, b"\0") + section + data.ljust(-(-max(len(data), 1) // _BLOCK) * _BLOCK, b"\0")
    )
    return path
