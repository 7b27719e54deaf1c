"""What a file of measured points holds, before it is known which point of the body each is."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from base.errors import RequestError
from vision.pose import FloatArray

METRES: Final = {"m": 1.0, "cm": 0.01, "mm": 0.001}
"""Units that a file may be in, in metres."""

MOST_NUMBERS: Final = 60_000_000
"""A file with more coordinates is refused; an hour of 50 markers at 100 a second has 54 million."""

_SPELLED: Final = re.compile(r"(?P<part>m|mil{1,2}i|c|centi|zenti)?-?m(et(er|re|ro)s?)?")
"""m, mm, cm; meter, metres, millimeters, Zentimeter, milímetros and so on, without accents."""


class IntakeError(RequestError):
    """A file of another program cannot be used: which, where in it, and what to do."""


@dataclass(frozen=True)
class Points:
    """Points over time in the file's own axes.

    names (M,) as the file has them; t_s (T,) seconds, strictly increasing; values (T, M, 3) in unit, NaN where missing.
    unit: what the file says (see unit_of), and unit_at where it says it. notes: sentences about the file.
    """

    names: tuple[str, ...]
    t_s: FloatArray
    values: FloatArray
    unit: str
    unit_at: str = ""
    notes: tuple[str, ...] = ()


def unit_of(stated: str) -> str | None:
    """Return the unit of METRES that a word stands for, in any spelling; None for anything else."""
    plain = unicodedata.normalize("NFKD", stated).encode("ascii", "ignore").decode().casefold()
    found = _SPELLED.fullmatch(plain.strip(" \t\"'[]().;,\0"))
    if found is None:
        return None
    return {"": "", "m": "m", "c": "c", "z": "c"}[(found["part"] or "")[:1]] + "m"
