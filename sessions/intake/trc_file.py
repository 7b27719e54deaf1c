"""TRC, the text format of OpenSim and of motion capture: markers over time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from base.message import Message
from sessions.intake.notes import FRAMES_LOST
from sessions.intake.points import MOST_NUMBERS, IntakeError, Points
from sessions.intake.text_file import number_of, open_text

_KEYS: Final = ("NumFrames", "NumMarkers", "Units")
_HEAD: Final = 5
"""Lines before the numbers: kind, keys, their values, names, axes."""


def read_trc(path: Path) -> Points:
    """Return the markers of a TRC file; an empty cell or nan is a missing one. Raises IntakeError, OSError.

    As many frames count as are there, whatever the head says; what they differ by is in the notes.
    """
    with open_text(path, _HEAD) as file:
        head = [line.rstrip("\n") for line in islice(file, _HEAD)]
        said = _head(head, path)
        names = _names(head[3], said.get("NumMarkers"), path)
        rows = list(_rows(file, len(names), path, said.get("NumFrames")))
    if not rows:
        raise IntakeError(f"{path}: the file ends before its first frame; export it again")
    notes: tuple[str, ...] = ()
    if "NumFrames" in said and len(rows) != int(said["NumFrames"]):
        notes = (Message(FRAMES_LOST, said=said["NumFrames"], there=len(rows)),)
    numbers = np.array(rows)
    values = numbers[:, 1:].reshape(len(rows), -1, 3)
    return Points(names, numbers[:, 0], values, said.get("Units", ""), "line 3: Units", notes)


def _head(lines: list[str], path: Path) -> dict[str, str]:
    """Return the values of the head by their keys, those of empty cells left out."""
    if len(lines) < _HEAD or not lines[0].strip().startswith("PathFileType"):
        raise IntakeError(f"{path}: not a TRC file: its first line should begin with PathFileType")
    keys, values = (_cells(line) for line in lines[1:3])
    said = {key: value for key, value in zip(keys, values, strict=False) if key and value}
    if not any(key in said for key in _KEYS):
        raise IntakeError(f"{path}: line 2: expected {_KEYS[0]} and its value below, got none")
    for key in _KEYS[:2]:
        if key in said and not (said[key].isascii() and said[key].isdigit()):
            raise IntakeError(f"{path}: line 3: {key}: expected a whole number, got {said[key][:40]!r}")
    if int(said.get("NumFrames", 0)) * int(said.get("NumMarkers", 0)) * 3 > MOST_NUMBERS:
        raise IntakeError(f"{path}: expected at most {MOST_NUMBERS} coordinates; cut the recording in parts")
    return said


def _cells(line: str) -> list[str]:
    """Return the cells between tabs, empty ones too; words where there is no tab."""
    return [cell.strip() for cell in line.split("\t")] if "\t" in line else line.split()


def _names(line: str, said: str | None, path: Path) -> tuple[str, ...]:
    """Return the names in the order of the columns; an empty one, between others, keeps its place as unnamed."""
    cells = _cells(line)[2:]
    while cells and not cells[-1]:
        cells.pop()
    if any(cell for i, cell in enumerate(cells) if i % 3):
        names = tuple(cell for cell in cells if cell)
    else:
        names = tuple(cell or f"unnamed {i + 1}" for i, cell in enumerate(cells[::3]))
    if not names or (said is not None and len(names) != int(said)):
        raise IntakeError(f"{path}: line 4: expected the names of {said or 'its'} markers, got {len(names)}")
    return names


def _rows(lines: Iterator[str], markers: int, path: Path, said: str | None) -> Iterator[list[float]]:
    """Give time and coordinates of each frame; at most one line between head and numbers is empty.

    said: how many frames there should be; where there are fewer, a last line without an end was cut and is left out.
    """
    width, last_s, count = 3 * markers, float("-inf"), 0
    for number, line in enumerate(lines, start=_HEAD + 1):
        cells = line.rstrip("\n").split("\t") if "\t" in line else line.split()
        if not "".join(cells).strip():
            continue
        count += 1
        if not line.endswith("\n") and said is not None and count < int(said):
            return
        if len(cells) > width + 2 and "".join(cells[width + 2 :]).strip():
            raise IntakeError(f"{path}: line {number}: expected {width + 2} numbers, got {len(cells)}")
        cells = [*cells[1 : width + 2], *[""] * (width + 2 - len(cells))]
        try:
            row = [number_of(cell) for cell in cells]
        except ValueError as error:
            raise IntakeError(f"{path}: line {number}: {error}; only numbers may stand there") from error
        if not row or not np.isfinite(row[0]) or row[0] <= last_s:
            raise IntakeError(f"{path}: line {number}: expected a later time than before, got {cells[0]!r}")
        if np.isinf(row).any():
            raise IntakeError(f"{path}: line {number}: expected numbers, got infinity")
        if count * width > MOST_NUMBERS:
            raise IntakeError(
                f"{path}: expected at most {MOST_NUMBERS} coordinates; cut the recording in parts"
            )
        last_s = row[0]
        yield row
