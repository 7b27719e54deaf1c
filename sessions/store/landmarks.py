"""Landmarks as compressed bytes that come back bit for bit, so that a replay judges what was judged live."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from base.errors import DiagonalError
from vision.pose import LANDMARKS, PoseSequence

_MAGIC: Final = b"DLM1"
_N: Final = len(LANDMARKS)
_SHAPES: Final[dict[str, tuple[int, ...]]] = {
    "t_s": (),
    "xy_px": (_N, 2),
    "world_m": (_N, 3),
    "visibility": (_N,),
    "world_error_m": (_N,),
}


class LandmarksError(DiagonalError):
    """Stored landmarks are damaged."""


def encode(poses: PoseSequence) -> bytes:
    """The poses as bytes: a JSON header, then the arrays, byte planes apart, deflated.

    An array is kept in single precision where that loses nothing (a network's own numbers), else in double.
    """
    arrays = {name: getattr(poses, name) for name in _SHAPES if getattr(poses, name) is not None}
    kept = {name: _narrow(array) for name, array in arrays.items()}
    header = {
        "frames": len(poses),
        "size_wh": list(poses.size_wh),
        "measured": poses.measured,
        "arrays": {name: array.dtype.str for name, array in kept.items()},
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    body = b"".join(_planes(array) for array in kept.values())
    return _MAGIC + struct.pack("<I", len(text)) + text + zlib.compress(body, 6)


def decode(data: bytes) -> PoseSequence:
    """The poses that encode was given, bit for bit. Raises LandmarksError for damaged bytes."""
    try:
        return _decoded(data)
    except (zlib.error, ValueError, KeyError, TypeError, struct.error) as error:
        raise LandmarksError(f"stored landmarks ({len(data)} bytes) are damaged: {error}") from error


def _decoded(data: bytes) -> PoseSequence:
    if data[:4] != _MAGIC:
        raise ValueError("unknown kind")
    (length,) = struct.unpack("<I", data[4:8])
    header: dict[str, Any] = json.loads(data[8 : 8 + length])
    body = zlib.decompress(data[8 + length :])
    count, at = int(header["frames"]), 0
    arrays: dict[str, npt.NDArray[np.float64]] = {}
    for name, code in header["arrays"].items():
        dtype, shape = np.dtype(code), (count, *_SHAPES[name])
        size = int(np.prod(shape)) * dtype.itemsize
        planes = np.frombuffer(body[at : at + size], np.uint8).reshape(dtype.itemsize, -1)
        arrays[name] = np.ascontiguousarray(planes.T).view(dtype).reshape(shape).astype(np.float64)
        at += size
    if at != len(body):
        raise ValueError(f"expected {at} bytes, got {len(body)}")
    width, height = header["size_wh"]
    return PoseSequence(
        arrays["t_s"],
        (int(width), int(height)),
        arrays["xy_px"],
        arrays.get("world_m"),
        arrays["visibility"],
        arrays.get("world_error_m"),
        bool(header["measured"]),
    )


def _narrow(array: npt.NDArray[np.float64]) -> npt.NDArray[np.float32] | npt.NDArray[np.float64]:
    with np.errstate(over="ignore", under="ignore"):
        single = array.astype("<f4")
    if single.astype(np.float64).tobytes() == np.ascontiguousarray(array).tobytes():
        return single
    return array.astype("<f8")


def _planes(array: npt.NDArray[Any]) -> bytes:
    """First bytes of all numbers, then second bytes, and so on: alike bytes lie together and pack better."""
    flat = np.ascontiguousarray(array).reshape(-1)
    return flat.view(np.uint8).reshape(-1, array.dtype.itemsize).T.tobytes()
