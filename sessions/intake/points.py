"""What a file of measured points holds, before anybody says which point of the body each is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from models.errors import RequestError
from vision.pose import FloatArray

METRES: Final = {"m": 1.0, "cm": 0.01, "mm": 0.001}
"""Units that a file may be in, in metres."""

MOST_NUMBERS: Final = 60_000_000
"""A file with more coordinates is refused; an hour of 50 markers at 100 a second has 54 million."""


class IntakeError(RequestError):
    """A file of another program cannot be used: which, where in it, and what to do."""


@dataclass(frozen=True)
class Points:
    """Points over time in the file's own axes.

    names (M,) as the file has them; t_s (T,) seconds, strictly increasing; values (T, M, 3) in unit, NaN where missing.
    """

    names: tuple[str, ...]
    t_s: FloatArray
    values: FloatArray
    unit: str
