"""How wrong a feature may be in a camera view: the table patterns/data/feature_errors.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from patterns.features import FEATURES, View

FILE: Final = Path(__file__).parent / "data" / "feature_errors.toml"


@cache
def _table() -> dict[str, dict[str, float]]:
    with FILE.open("rb") as file:
        return tomllib.load(file)


def feature_error(name: str, view: View) -> float | None:
    """One standard error of a feature in that view, in its unit; None where the view cannot show it."""
    return _table()[FEATURES[name].base].get(view)
