"""A feature along the way of an exercise, its knots to be moved up and down, as a Streamlit component."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from i18n.names import UNITS, amount
from i18n.translation import spoken, tr
from ui.authoring.component import edit, edited, is_number

GREATEST_DEG: Final = 360.0
GREATEST: Final = 1000.0
"""In any other unit."""

_WORDS: Final = {
    "value": "{percent} % of the way: {value} {unit}",
    "along": "How far along the way",
    "way": "The exercise: drag its points up and down",
    "lines": "The repetitions shown",
    "again": "Put back as it was",
    "put_back": "The curve is back as it was.",
}


def edit_curve(
    key: str,
    about: str,
    title: str,
    unit: str,
    phase: Sequence[float],
    values: Sequence[float],
    lines: Sequence[Sequence[float]] = (),
    tolerance: float | None = None,
) -> tuple[float, ...]:
    """Show a curve whose knots can be moved up and down; their values that hold now.

    about: by which this curve is known from others: what was edited stays until it changes, whatever values then are.
    title: in the person's language. unit: of values, lines and tolerance, as in templates (deg, arm lengths). phase
    (K,): of the knots, rising, 0..1. values (K,). lines: repetitions behind it, each sampled evenly over the phase, NaN
    where not seen. tolerance: half the width of the band around it, None for none. Raises ValueError where phase and
    values differ in length or are no numbers.
    """
    if len(phase) != len(values) or not values or not np.isfinite([*phase, *values]).all():
        raise ValueError(f"phase, values: expected as many numbers of each, got {phase}, {values}")
    now = checked(edited(key, about), values, unit)
    edit("curve", key, curve_data(about, title, unit, phase, values, now, lines, tolerance))
    return now


def curve_data(
    about: str,
    title: str,
    unit: str,
    phase: Sequence[float],
    given: Sequence[float],
    now: Sequence[float],
    lines: Sequence[Sequence[float]] = (),
    tolerance: float | None = None,
) -> dict[str, Any]:
    """What curve.js draws; given: the values to which it can be put back, now: those that hold."""
    words = {name: tr(said) for name, said in _WORDS.items()}
    words["band"] = tr("Within ± {amount}", amount=amount(tolerance or 0.0, unit))
    degrees = unit == "deg"
    return {
        "id": about,
        "language": spoken(),
        "words": words,
        "title": title,
        "unit": tr(UNITS.get(unit, unit)),
        "unit_short": "°" if degrees else f" {tr(UNITS.get(unit, unit))}".rstrip(),
        "sign": "°" if degrees else "",
        "step": 1.0 if degrees else 0.01,
        "digits": 0 if degrees else 2,
        "least": -greatest(unit),
        "greatest": greatest(unit),
        "phase": [float(at) for at in phase],
        "given": [float(value) for value in given],
        "values": [float(value) for value in now],
        "lines": [[float(v) if is_number(float(v)) else None for v in line] for line in lines],
        "tolerance": tolerance,
    }


def greatest(unit: str) -> float:
    """The farthest from zero that a knot can be moved."""
    return GREATEST_DEG if unit == "deg" else GREATEST


def checked(values: object, given: Sequence[float], unit: str) -> tuple[float, ...]:
    """The values that came from a browser, if they can be right; else those given.

    Right are as many numbers as there are knots, none farther from zero than greatest(unit) unless it was given.
    """
    before = tuple(float(value) for value in given)
    if not isinstance(values, list) or len(values) != len(before) or not all(map(is_number, values)):
        return before
    made = tuple(float(value) for value in values)
    most = greatest(unit)
    near = all(abs(value) <= most or value == was for value, was in zip(made, before, strict=True))
    return made if near else before
