"""The folder in which converted weights are kept, one sub-folder per model, each complete or absent.

    weights/full/detector.onnx  landmark.onnx  detector.tflite  landmark.tflite  weights.json
    weights/parts/<sha256>.tflite     networks that were given one at a time and still wait for the other

weights.json holds the sha256 of every file beside it and where they came from.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import platformdirs
from pydantic import BaseModel, ConfigDict, ValidationError

from base.errors import WeightsError
from base.locking import try_lock
from models.archive import file_sha256

REPAIR: Final = "run: python cli.py models fetch"
_TEMPORARY: Final = ".making-"
_RECORD: Final = "weights.json"
_WAIT_S: Final = 0.2


class Record(BaseModel):
    """What weights.json says. files: name to sha256; origin: the source that delivered them."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    model: str
    converter: int
    origin: str
    files: dict[str, str]


@dataclass(frozen=True)
class FileCheck:
    """One file against its record: got is None where it is missing."""

    path: Path
    expected: str
    got: str | None

    @property
    def ok(self) -> bool:
        """Whether the file is there and unchanged."""
        return self.got == self.expected


def weights_folder() -> Path:
    """Where weights are kept: DIAGONAL_CACHE_DIR if set, else the user's cache folder. Nothing is created."""
    chosen = os.environ.get("DIAGONAL_CACHE_DIR")
    base = Path(chosen) if chosen else platformdirs.user_cache_path("diagonal", appauthor=False)
    return base / "weights"


def read_record(folder: Path) -> Record | None:
    """The record of a model's folder, None where the model is not there. WeightsError where it is
    unreadable."""
    if not folder.exists():
        return None
    path = folder / _RECORD
    try:
        return Record.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise WeightsError(f"{path} is missing or damaged; {REPAIR}") from error


def check(folder: Path, record: Record) -> tuple[FileCheck, ...]:
    """Every recorded file of a model, hashed anew."""
    checks = []
    for name, expected in record.files.items():
        path = folder / name
        checks.append(FileCheck(path, expected, file_sha256(path) if path.is_file() else None))
    return tuple(checks)


@contextlib.contextmanager
def workshop(root: Path) -> Iterator[Path]:
    """An empty folder inside root that is gone afterwards, whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def install(folder: Path, workspace: Path, converter: int, origin: str, files: Mapping[str, bytes]) -> None:
    """Put a complete set of files in the place of a model, by rename; an earlier set is replaced."""
    made = workspace / "install"
    made.mkdir()
    for name, content in files.items():
        (made / name).write_bytes(content)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    record = Record(model=folder.name, converter=converter, origin=origin, files=hashes)
    (made / _RECORD).write_text(json.dumps(record.model_dump(), indent=1) + "\n")
    if folder.exists():
        folder.rename(workspace / "old")
    made.rename(folder)


def _try_lock(file: IO[bytes]) -> bool:
    try:
        return try_lock(file)
    except OSError as error:
        raise WeightsError(
            f"{file.name}: the weights folder cannot be locked ({error.strerror}); "
            "set DIAGONAL_CACHE_DIR to a folder on this computer"
        ) from error


@contextlib.contextmanager
def locked(waiting: Callable[[], None]) -> Iterator[Path]:
    """The weights folder, made if absent, for this process alone; waiting is called while another one has it.

    The system gives the lock back when a process dies; what a killed one left half made is removed here.
    WeightsError where the folder cannot be written or locked.
    """
    root = weights_folder()
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock = (root / ".lock").open("ab")
    except OSError as error:
        raise WeightsError(
            f"{root}: the weights cannot be kept there ({error.strerror}); set DIAGONAL_CACHE_DIR"
        ) from error
    with lock:
        while not _try_lock(lock):
            waiting()
            time.sleep(_WAIT_S)
        for left in root.glob(f"{_TEMPORARY}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield root
