"""C3D, the binary format of motion capture: markers over time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sessions.intake.c3d_head import held_besides
from sessions.intake.points import MOST_NUMBERS, IntakeError, Points


def read_c3d(path: Path) -> Points:
    """Return the markers of a C3D file; one with a negative residual, or exactly at the origin, is missing.

    Raises IntakeError, OSError. The library is C++ and trusts its files: read strangers' files in a process apart
    (sessions.intake.apart).
    """
    read = _opened(path)
    about = read["parameters"].get("POINT", {})
    points = np.asarray(read["data"]["points"], float)
    if points.size > MOST_NUMBERS:
        raise IntakeError(f"{path}: expected at most {MOST_NUMBERS} coordinates; cut the recording in parts")
    names = _names(about)[: points.shape[1]]
    if points.shape[2] == 0 or not names:
        raise IntakeError(
            f"{path}: it holds {points.shape[1]} markers in {points.shape[2]} frames; export it again"
        )
    if len(names) != points.shape[1]:
        raise IntakeError(
            f"{path}: POINT:LABELS: expected names of {points.shape[1]} markers, got {len(names)}; export it again"
        )
    rate_hz = float(read["header"]["points"]["frame_rate"])
    if not (np.isfinite(rate_hz) and rate_hz > 0):
        raise IntakeError(f"{path}: POINT:RATE: expected frames per second, got {rate_hz:g}")
    values = points[:3].transpose(2, 1, 0).copy()
    missing = ~np.isfinite(values).all(axis=2) | (values == 0.0).all(axis=2)
    missing |= np.asarray(read["data"]["meta_points"]["residuals"], float)[0].T < 0
    values[missing] = np.nan
    unit = str((about.get("UNITS", {}).get("value") or ["mm"])[0]).strip() or "mm"
    return Points(names, np.arange(len(values)) / rate_hz, values, unit, "POINT:UNITS")


def _opened(path: Path) -> Any:
    import ezc3d

    with path.open("rb") as file:
        if file.read(2)[1:2] != b"\x50":
            raise IntakeError(f"{path}: not a C3D file: its second byte is not the key that marks one")
    besides = held_besides(path)
    if besides is not None:
        raise IntakeError(f"{path}: it holds no markers, only {besides}; export the markers with it")
    try:
        return ezc3d.c3d(str(path))
    except (RuntimeError, ValueError, IndexError, OverflowError, OSError) as error:
        said = " ".join(str(error).split())[:80]
        raise IntakeError(f"{path}: damaged or cut off ({said}); export it again") from error


def _names(about: Any) -> tuple[str, ...]:
    """Return the labels, of which a block holds at most 255: more of them stand in LABELS2, LABELS3 and so on."""
    blocks = [
        "LABELS",
        *sorted((key for key in about if key.startswith("LABELS") and key != "LABELS"), key=len),
    ]
    return tuple(str(name).strip() for block in blocks for name in about.get(block, {}).get("value", ()))
