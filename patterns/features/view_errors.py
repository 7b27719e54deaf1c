"""How wrong a feature may be: by its own corrected landmarks, otherwise by the camera view.

The errors by view are the table patterns/data/feature_errors.toml.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from patterns.features.signals import View
from patterns.features.table import FEATURES
from patterns.features.uncertainty import LARGEST_ERROR_DEG, calibrated
from vision.pose import FloatArray

FILE: Final = Path(__file__).parents[1] / "data" / "feature_errors.toml"


@cache
def _table() -> dict[str, dict[str, float]]:
    with FILE.open("rb") as file:
        return tomllib.load(file)


def feature_error(name: str, view: View) -> float | None:
    """One standard error of a feature in that view, in its unit; None where the view cannot show it."""
    return _table()[FEATURES[name].base].get(view)


def error_over(name: str, view: View, propagated: FloatArray, *, change: bool = False) -> float | None:
    """One standard error of a feature over some frames of a view, in its unit; None where it is not measured.

    change: of its change since the start posture.

    propagated (T,): the errors of the frames as `uncertainty.propagated` gives them; their calibrated median counts
    where there are any, and an angle whose error is beyond the limit is not measured. Otherwise the view's error.
    """
    own = calibrated(propagated, name, view)
    seen = np.isfinite(own)
    if not seen.any():
        return feature_error(name, view)
    if FEATURES[name].unit == "deg" and np.median(own[seen]) > LARGEST_ERROR_DEG:
        return None
    return float(np.median((calibrated(propagated, name, view, change=True) if change else own)[seen]))
