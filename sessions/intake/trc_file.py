"""TRC, the text format of OpenSim and of motion capture: markers over time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from sessions.intake.points import METRES, MOST_NUMBERS, IntakeError, Points

_KEYS: Final = ("NumFrames", "NumMarkers", "Units")
_HEAD: Final = 5
"""Lines before the numbers: kind, keys, their values, names, axes."""


def read_trc(path: Path) -> Points:
    """The markers of a TRC file; an empty cell or nan is a missing one. Raises IntakeError, OSError."""
    try:
        with path.open(encoding="utf-8-sig", newline=None) as file:
            head = [line.rstrip("\n").rstrip() for line in islice(file, _HEAD)]
            said = _head(head, path)
            names = _names(head[3], int(said["NumMarkers"]), path)
            rows = list(_rows(file, len(names), path))
    except UnicodeDecodeError as error:
        raise IntakeError(f"{path}: not a TRC file: it is no text") from error
    if not rows:
        raise IntakeError(f"{path}: the file ends before its first frame; export it again")
    if len(rows) != int(said["NumFrames"]):
        raise IntakeError(
            f"{path}: expected {said['NumFrames']} frames as its head says, got {len(rows)}; export it again"
        )
    numbers = np.array(rows)
    return Points(names, numbers[:, 0], numbers[:, 1:].reshape(len(rows), -1, 3), said["Units"].lower())


def _head(lines: list[str], path: Path) -> dict[str, str]:
    if len(lines) < _HEAD or not lines[0].startswith("PathFileType"):
        raise IntakeError(f"{path}: not a TRC file: its first line should begin with PathFileType")
    said = dict(zip(lines[1].split(), lines[2].split(), strict=False))
    missing = [key for key in _KEYS if key not in said]
    if missing:
        raise IntakeError(f"{path}: line 2: expected {missing[0]} and its value below, got none")
    for key in _KEYS[:2]:
        if not said[key].isascii() or not said[key].isdigit():
            raise IntakeError(f"{path}: line 3: {key}: expected a whole number, got {said[key][:40]!r}")
    if said["Units"].lower() not in METRES:
        raise IntakeError(
            f"{path}: line 3: Units: expected {', '.join(METRES)}, got {said['Units'][:40]!r}; correct the head"
        )
    if int(said["NumFrames"]) * int(said["NumMarkers"]) * 3 > MOST_NUMBERS:
        raise IntakeError(f"{path}: expected at most {MOST_NUMBERS} coordinates; cut the recording in parts")
    return said


def _names(line: str, count: int, path: Path) -> tuple[str, ...]:
    names = tuple(name.strip() for name in line.split("\t")[2:] if name.strip())
    if len(names) != count or not names:
        raise IntakeError(f"{path}: line 4: expected the names of {count} markers, got {len(names)}")
    return names


def _rows(lines: Iterator[str], markers: int, path: Path) -> Iterator[list[float]]:
    """Time and coordinates of each frame; at most one line between head and numbers is empty."""
    width, last_s = 3 * markers, float("-inf")
    for number, line in enumerate(lines, start=_HEAD + 1):
        cells = line.rstrip("\n").split("\t")
        if not "".join(cells).strip():
            continue
        if len(cells) > width + 2 and "".join(cells[width + 2 :]).strip():
            raise IntakeError(f"{path}: line {number}: expected {width + 2} numbers, got {len(cells)}")
        cells = [*cells[1 : width + 2], *[""] * (width + 2 - len(cells))]
        try:
            row = [float(cell) if cell.strip() else float("nan") for cell in cells]
        except ValueError as error:
            raise IntakeError(f"{path}: line {number}: {error}; only numbers may stand there") from error
        if not np.isfinite(row[0]) or row[0] <= last_s:
            raise IntakeError(f"{path}: line {number}: expected a later time than before, got {cells[0]!r}")
        if np.isinf(row).any():
            raise IntakeError(f"{path}: line {number}: expected numbers, got infinity")
        last_s = row[0]
        yield row
