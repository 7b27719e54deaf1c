"""Landmark recordings: the .npz file of poses over time, read with care and written whole or not at all."""

from __future__ import annotations

import math
import tokenize
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import numpy.lib.format as npy
import numpy.typing as npt

from base.atomic_file import whole_file
from base.characters import visible
from base.errors import RequestError
from base.zip_file import ZIP_DAMAGE, opened_zip
from vision.pose import LANDMARKS, PoseSequence

MAX_BYTES: Final = 1 << 30
"""A recording of more bytes, unpacked, is refused; one hour at 30 frames a second takes 0.2 GB."""

_N: Final = len(LANDMARKS)
_SHAPES: Final[dict[str, tuple[int | str, ...]]] = {
    "t_s": ("T",),
    "xy_px": ("T", _N, 2),
    "world_m": ("T", _N, 3),
    "score": ("T", _N),
    "size_wh": (2,),
    "measured": (),
    "world_error_m": ("T", _N),
}
_KINDS: Final = {"size_wh": "iu", "measured": "b"}
_OPTIONAL: Final = frozenset({"measured", "world_error_m"})
_BROKEN: Final = (*ZIP_DAMAGE, tokenize.TokenError)
"""TokenError is what NumPy lets through of a damaged head of an array."""


class RecordingError(RequestError):
    """A landmark recording cannot be used: the message names the file, the key, what was expected and got."""


@dataclass(frozen=True)
class _Header:
    """What one array of the file says of itself: shape, dtype, and the bytes that should follow."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    body_bytes: int


def read_recording(path: Path | str) -> PoseSequence:
    """The poses in a landmark recording, exactly as stored, NaN where a point is missing.

    Keys: t_s (T,) seconds, strictly increasing; xy_px (T, 33, 2); world_m (T, 33, 3) metres; score (T, 33)
    0..1; size_wh (2,); optional measured and world_error_m (T, 33) metres. A score that is NaN becomes 0; a
    world_m without a single number becomes None. Raises RecordingError with one line that says key, expected
    and got.
    """
    path = Path(path)
    try:
        if not path.exists():
            raise RecordingError(f"{path}: no such file")
        if not path.is_file():
            raise RecordingError(f"{path}: expected a landmark recording (.npz), got a folder or device")
        with opened_zip(path) as archive:
            arrays = _arrays(archive, path)
    except OSError as error:
        raise RecordingError(f"{path}: the file cannot be read ({error.strerror})") from error
    except _BROKEN as error:
        raise RecordingError(
            f"{path}: not a landmark recording (.npz), or a damaged one; export it again"
        ) from error
    return checked_sequence(arrays, path)


def write_recording(path: Path | str, sequence: PoseSequence) -> None:
    """Write the poses so that read_recording gives them back bit for bit.

    world_m None is written as all NaN. The file appears whole or not at all. Raises RecordingError when the
    folder cannot be written.
    """
    path = Path(path)
    count = len(sequence)
    world = np.full((count, _N, 3), np.nan) if sequence.world_m is None else sequence.world_m
    arrays: dict[str, npt.NDArray[Any]] = {
        "t_s": sequence.t_s,
        "xy_px": sequence.xy_px,
        "world_m": world,
        "score": sequence.visibility,
        "size_wh": np.array(sequence.size_wh, dtype=np.int64),
        "measured": np.array(sequence.measured),
    }
    if sequence.world_error_m is not None:
        arrays["world_error_m"] = sequence.world_error_m
    try:
        with whole_file(path, private=True) as part, part.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)
    except OSError as error:
        raise RecordingError(f"{path}: the file cannot be written ({error.strerror})") from error


def _arrays(archive: zipfile.ZipFile, path: Path) -> dict[str, npt.NDArray[Any]]:
    members = [info for info in archive.infolist() if info.filename.endswith(".npy")]
    sizes = {info.filename.removesuffix(".npy"): info.file_size for info in members}
    if sum(sizes.values()) > MAX_BYTES:
        raise RecordingError(
            f"{path}: expected at most {MAX_BYTES} bytes unpacked, got {sum(sizes.values())}; cut it in parts"
        )
    count: int | None = None
    arrays = {}
    for key, shape in _SHAPES.items():
        if key not in sizes:
            if key in _OPTIONAL:
                continue
            found = ", ".join(visible(name[:40]) for name in sorted(sizes)[:8]) or "none"
            raise RecordingError(
                f"{path}: key {key}: expected shape {_text(shape, None)}, got no such key ({found})"
            )
        with archive.open(f"{key}.npy") as member:
            header = _header(member, sizes[key])
        _check(header, key, shape, count, path)
        if key == "t_s":
            count = header.shape[0]
        with archive.open(f"{key}.npy") as member:
            arrays[key] = npy.read_array(member, allow_pickle=False)
    return arrays


def _header(member: IO[bytes], file_bytes: int) -> _Header:
    """The header of a .npy, read before its array so that no size is believed unseen."""
    version = npy.read_magic(member)
    if version == (1, 0):
        shape, _, dtype = npy.read_array_header_1_0(member)
    elif version == (2, 0):
        shape, _, dtype = npy.read_array_header_2_0(member)
    else:
        raise ValueError(f"version {version}")
    return _Header(shape, dtype, file_bytes - member.tell())


def _check(header: _Header, key: str, shape: tuple[int | str, ...], count: int | None, path: Path) -> None:
    kinds = _KINDS.get(key, "f")
    if header.dtype.kind not in kinds:
        words = {"f": "real numbers", "iu": "whole numbers", "b": "true or false"}[kinds]
        got = "objects (never read)" if header.dtype.hasobject else str(header.dtype)
        raise RecordingError(f"{path}: key {key}: expected {words}, got {got}")
    wanted = tuple(count if size == "T" and count is not None else size for size in shape)
    right = len(header.shape) == len(wanted) and all(
        size in ("T", got) for size, got in zip(wanted, header.shape, strict=True)
    )
    if not right:
        raise RecordingError(f"{path}: key {key}: expected shape {_text(shape, count)}, got {header.shape}")
    if math.prod(header.shape) * header.dtype.itemsize != header.body_bytes:
        raise RecordingError(f"{path}: key {key}: the file is damaged; copy it again")


def _text(shape: tuple[int | str, ...], count: int | None) -> str:
    sizes = [str(count) if size == "T" and count is not None else str(size) for size in shape]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def checked_sequence(arrays: dict[str, npt.NDArray[Any]], path: Path) -> PoseSequence:
    """The poses of arrays by the keys and shapes of a recording, of the file `path`. Raises RecordingError."""
    t_s = arrays["t_s"].astype(np.float64)
    if len(t_s) == 0:
        raise RecordingError(f"{path}: key t_s: expected at least one time, got none")
    if not np.isfinite(t_s).all():
        raise RecordingError(f"{path}: key t_s: expected finite seconds, got {t_s[~np.isfinite(t_s)][0]}")
    backward = np.flatnonzero(np.diff(t_s) <= 0)
    if len(backward):
        i = int(backward[0])
        raise RecordingError(
            f"{path}: key t_s: expected strictly increasing seconds, got {t_s[i]:g} then {t_s[i + 1]:g} "
            f"(row {i + 1})"
        )
    for key in ("xy_px", "world_m", "world_error_m"):
        if key in arrays and np.isinf(arrays[key]).any():
            raise RecordingError(f"{path}: key {key}: expected numbers or NaN, got infinity")
    score = np.nan_to_num(arrays["score"].astype(np.float64), nan=0.0)
    if score.min() < 0 or score.max() > 1:
        raise RecordingError(f"{path}: key score: expected 0..1, got {score.min():g}..{score.max():g}")
    width, height = (int(size) for size in arrays["size_wh"])
    if not (0 < width <= 65_536 and 0 < height <= 65_536):
        raise RecordingError(f"{path}: key size_wh: expected 1..65536 pixels, got {width} x {height}")
    world = arrays["world_m"].astype(np.float64)
    return PoseSequence(
        t_s,
        (width, height),
        arrays["xy_px"].astype(np.float64),
        None if np.isnan(world).all() else world,
        score,
        arrays["world_error_m"].astype(np.float64) if "world_error_m" in arrays else None,
        bool(arrays["measured"]) if "measured" in arrays else False,
    )
