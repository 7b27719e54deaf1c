"""Landmarks from this program's own exports: the JSON record and the tables."""

from __future__ import annotations

import csv
import io
import itertools
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final, cast

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from base.zip_file import ZIP_DAMAGE, opened_zip
from sessions.exchange.csv_cells import unguarded
from sessions.exchange.record import SCHEMA, LandmarksPart, RecordDocument
from sessions.exchange.tables import LANDMARK_COLUMNS
from sessions.intake.points import IntakeError
from sessions.intake.text_file import encoding_of, number_of
from vision.pose import LANDMARKS, FloatArray, PoseSequence
from vision.recording import checked_sequence

LARGEST_BYTES: Final = 1 << 30
"""Of a file, or of what it unpacks to."""

_INSIDE: Final = "landmarks.csv"
_REPETITIONS: Final = "repetitions.csv"
_SEPARATORS: Final = (",", ";", "\t")
_HEAD_BYTES: Final = 4096
_N: Final = len(LANDMARKS)
_COLUMNS: Final = len(LANDMARK_COLUMNS) - 1
"""Of numbers: all but the name."""


def read_record(path: Path) -> PoseSequence:
    """The landmarks of an exported session (JSON), bit for bit. Raises IntakeError, OSError."""
    _check_size(path, path.stat().st_size)
    try:
        data: Any = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise IntakeError(f"{path}: not JSON, or damaged ({str(error)[:80]})") from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise IntakeError(f"{path}: not a session that this program exported: expected schema {SCHEMA}")
    try:
        document = RecordDocument.model_validate(data)
        told = document.landmarks
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise IntakeError(f"{path}: key {key}: {first['msg'].lower()}; export it again") from error
    if told is None:
        raise IntakeError(f"{path}: session without landmarks: there is no movement in it")
    if told.names != list(LANDMARKS):
        raise IntakeError(f"{path}: key landmarks.names: expected the 33 landmarks in order")
    return replace(_sequence(path, told), recorded_at=document.started_at.astimezone())


def _sequence(path: Path, told: LandmarksPart) -> PoseSequence:
    count = len(told.t_s)
    arrays = {
        "t_s": (told.t_s, (count,)),
        "xy_px": (told.xy_px, (count, _N, 2)),
        "world_m": (told.world_m, (count, _N, 3)),
        "score": (told.visibility, (count, _N)),
        "world_error_m": (told.world_error_m, (count, _N)),
    }
    checked = {name: _array(path, name, *one) for name, one in arrays.items() if one[0] is not None}
    if told.world_m is None:
        checked["world_m"] = np.full((count, _N, 3), np.nan)
    checked |= {"size_wh": np.array(told.size_wh), "measured": np.array(told.measured)}
    return checked_sequence(checked, path)


def _array(path: Path, name: str, told: Any, shape: tuple[int, ...]) -> FloatArray:
    try:
        array = np.array(told, float)
    except ValueError as error:
        raise IntakeError(f"{path}: key landmarks.{name}: not every frame has as many numbers") from error
    if array.shape != shape:
        raise IntakeError(f"{path}: key landmarks.{name}: expected shape {shape}, got {array.shape}")
    return array


def read_tables(path: Path) -> PoseSequence:
    """The landmarks of exported tables, or of landmarks.csv out of them, bit for bit. Raises IntakeError, OSError."""
    _check_size(path, path.stat().st_size)
    try:
        if path.suffix.lower() == ".csv" and not zipfile.is_zipfile(path):
            with path.open("rb") as file:
                return _table(path, file)
        with opened_zip(path) as archive:
            _check_size(path, archive.getinfo(_INSIDE).file_size)
            with archive.open(_INSIDE) as member:
                poses = _table(path, member)
            return replace(poses, recorded_at=_started_at(archive))
    except KeyError as error:
        raise IntakeError(f"{path}: no {_INSIDE} in it: no landmarks were kept of that session") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise IntakeError(f"{path}: {_INSIDE} is no table of text ({error})") from error
    except ZIP_DAMAGE as error:
        raise IntakeError(f"{path}: not a zip of exported tables, or damaged ({error})") from error


def _started_at(archive: zipfile.ZipFile) -> datetime | None:
    """Return when the session of exported tables began; None where no repetition says it, or not as exported."""
    if _REPETITIONS not in archive.namelist():
        return None
    with archive.open(_REPETITIONS) as file:
        row = next(csv.DictReader(io.TextIOWrapper(file, "utf-8", errors="replace", newline="")), {})
    try:
        return datetime.fromisoformat(row.get("started_at") or "").astimezone()
    except ValueError:
        return None


def _table(path: Path, content: IO[bytes]) -> PoseSequence:
    """Return the poses of landmarks.csv, as exported or as a spreadsheet saved it again."""
    file = io.BufferedReader(cast(io.RawIOBase, content))
    encoding = encoding_of(file.peek(_HEAD_BYTES)[:_HEAD_BYTES], f"{path}: {_INSIDE}")
    with io.TextIOWrapper(file, encoding, newline="") as lines:
        rows = _csv_rows(lines)
        line, columns = next(rows, (1, []))
        if columns and columns[0].lower().startswith("sep="):
            line, columns = next(rows, (2, []))
        missing = [name for name in LANDMARK_COLUMNS if name not in columns]
        if missing:
            raise IntakeError(
                f"{path}: {_INSIDE}: line {line}: expected the columns {', '.join(LANDMARK_COLUMNS)}; "
                f"{missing[0]} is not there"
            )
        at = [columns.index(name) for name in LANDMARK_COLUMNS]
        numbers = np.fromiter(_numbers(path, rows, at), np.dtype((float, _COLUMNS)))
    if not len(numbers) or len(numbers) % _N:
        raise IntakeError(f"{path}: {_INSIDE}: expected {_N} rows for each frame, got {len(numbers)} rows")
    return _poses_of_rows(path, np.asarray(numbers.reshape(-1, _N, _COLUMNS), float))


def _poses_of_rows(path: Path, frames: FloatArray) -> PoseSequence:
    constant = frames[0, 0, 8:]
    if (frames[..., 8:] != constant).any() or (frames[..., 0] != frames[:, :1, 0]).any():
        raise IntakeError(
            f"{path}: {_INSIDE}: expected one time in a frame, one size of the picture and one kind in all of it"
        )
    arrays: dict[str, npt.NDArray[Any]] = {
        "t_s": frames[:, 0, 0],
        "xy_px": frames[..., 1:3],
        "world_m": frames[..., 3:6],
        "score": frames[..., 6],
        "size_wh": np.nan_to_num(constant[:2]),
        "measured": constant[2] == 1.0,
    }
    if not np.isnan(frames[..., 7]).all():
        arrays["world_error_m"] = frames[..., 7]
    return checked_sequence(arrays, path)


def _csv_rows(lines: IO[str]) -> Iterator[tuple[int, list[str]]]:
    """Give line number and stripped cells of each row that is not empty; separated as the first line is."""
    first = lines.readline()
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(itertools.chain((first,), lines), delimiter=separator)
    for row in reader:
        cells = [unguarded(cell.strip()) for cell in row]
        if any(cells):
            yield reader.line_num, cells


def _numbers(
    path: Path, rows: Iterator[tuple[int, list[str]]], at: Sequence[int]
) -> Iterator[tuple[float, ...]]:
    """Give the numbers of each row in the order of LANDMARK_COLUMNS, the name left out, NaN for an empty cell."""
    for i, (line, row) in enumerate(rows):
        wanted = LANDMARKS[i % _N]
        if len(row) <= max(at) or row[at[1]] != wanted:
            raise IntakeError(f"{path}: {_INSIDE}: line {line}: expected a row of {wanted}, got another")
        try:
            yield tuple(number_of(row[k]) for k in (at[0], *at[2:]))
        except ValueError as error:
            raise IntakeError(f"{path}: {_INSIDE}: line {line}: {error}") from error


def _check_size(path: Path, size: int) -> None:
    if size > LARGEST_BYTES:
        raise IntakeError(f"{path}: expected at most {LARGEST_BYTES} bytes, got {size}; cut it in parts")
