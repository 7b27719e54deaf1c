"""C3D, the binary format of motion capture: markers over time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sessions.intake.points import METRES, MOST_NUMBERS, IntakeError, Points


def read_c3d(path: Path) -> Points:
    """The markers of a C3D file; one with a negative residual, or exactly at the origin, is missing.

    Raises IntakeError, OSError. The library is C++ and trusts its files: read strangers' files in a process apart
    (sessions.intake.apart).
    """
    import ezc3d

    with path.open("rb") as file:
        if file.read(2)[1:2] != b"\x50":
            raise IntakeError(f"{path}: not a C3D file: its second byte is not the key that marks one")
    try:
        read = ezc3d.c3d(str(path))
    except (RuntimeError, ValueError, IndexError, OverflowError, OSError) as error:
        raise IntakeError(
            f"{path}: damaged or cut off ({str(error).strip()[:80]}); export it again"
        ) from error
    about = read["parameters"]["POINT"]
    points = np.asarray(read["data"]["points"], float)
    if points.size > MOST_NUMBERS:
        raise IntakeError(f"{path}: expected at most {MOST_NUMBERS} coordinates; cut the recording in parts")
    names = _names(about)[: points.shape[1]]
    rate_hz = float(read["header"]["points"]["frame_rate"])
    if not names or points.shape[2] == 0 or len(names) != points.shape[1]:
        raise IntakeError(
            f"{path}: it holds {points.shape[1]} points with {len(names)} names: nothing to read"
        )
    if not (np.isfinite(rate_hz) and rate_hz > 0):
        raise IntakeError(f"{path}: POINT:RATE: expected frames a second, got {rate_hz:g}")
    unit = str((about.get("UNITS", {}).get("value") or ["mm"])[0]).strip().lower() or "mm"
    if unit not in METRES:
        raise IntakeError(f"{path}: POINT:UNITS: expected {', '.join(METRES)}, got {unit[:40]!r}")
    values = points[:3].transpose(2, 1, 0).copy()
    missing = ~np.isfinite(values).all(axis=2) | (values == 0.0).all(axis=2)
    missing |= np.asarray(read["data"]["meta_points"]["residuals"], float)[0].T < 0
    values[missing] = np.nan
    return Points(names, np.arange(len(values)) / rate_hz, values, unit)


def _names(about: dict[str, Any]) -> tuple[str, ...]:
    """Labels, of which a block holds at most 255: more of them stand in LABELS2, LABELS3 and so on."""
    blocks = [
        "LABELS",
        *sorted((key for key in about if key.startswith("LABELS") and key != "LABELS"), key=len),
    ]
    return tuple(str(name).strip() for block in blocks for name in about.get(block, {}).get("value", ()))
