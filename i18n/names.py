"""What features, faults and units are called, in the language of the page."""

from __future__ import annotations

from typing import Final

from i18n.translation import number, tr
from scoring.records.records import Fault
from sessions.history.progress import SYMMETRY, Course
from sessions.people.repository import ME

PLAIN: Final = {
    "hand_x": "hand sideways",
    "hand_y": "hand height",
    "foot_x": "foot sideways",
    "foot_y": "foot height",
    "knee_valgus": "knee inwards",
    "knee_medial_tilt": "knee inwards of the foot",
    "hip_shift": "hips sideways",
}
UNITS: Final = {"deg": "degrees", "arm": "arm lengths", "leg": "leg lengths"}
FIRST_NAMES: Final = {"de": "Ich", "es": "Yo"}
"""The display name of the first person in other languages: a name, so it is no sentence that is translated later."""
SCORES: Final = {"total": "Score", "range": "Range", "control": "Control"}


def first_name(language: str) -> str:
    """Return the display name that the first person at home gets."""
    return FIRST_NAMES.get(language, ME)


def plain(name: str) -> str:
    """A feature, metric or fault without its side in English words: hand height."""
    return PLAIN.get(name, name.replace("_", " "))


def words(feature: str) -> str:
    """The name of a feature, metric or fault in words: hand height, left."""
    base, _, side = feature.rpartition("_")
    if side == "left":
        return tr("{feature}, left", feature=plain(base))
    if side == "right":
        return tr("{feature}, right", feature=plain(base))
    return tr(plain(feature))


def amount(value: float, unit: str) -> str:
    """Return a number with its unit, as short as people write it: 14°, 92 %, 0.35 arm lengths, 17.8 s."""
    if unit == "deg":
        return f"{number(f'{value:.0f}')}°"
    if unit == "s":
        return f"{number(f'{value:.1f}')} {tr(unit)}"
    return f"{number(f'{value:.2g}' if abs(value) < 10 else f'{value:.0f}')} {tr(unit)}".rstrip()


def fault_amounts(fault: Fault) -> tuple[str, str]:
    """Return the value and the limit of a fault with their units, with as many decimals as keep them apart."""
    value, limit = amount(fault.value, fault.unit), amount(fault.limit, fault.unit)
    for digits in (1, 2, 3):
        if value != limit:
            break
        sign = "°" if fault.unit == "deg" else f" {tr(fault.unit)}"
        value, limit = (f"{number(f'{one:.{digits}f}')}{sign}".rstrip() for one in (fault.value, fault.limit))
    return value, limit


def course_title(course: Course) -> str:
    """What a course is called, with its unit."""
    if course.name in SCORES:
        return tr("{what}, points of 100", what=tr(SCORES[course.name]))
    if course.name.startswith(SYMMETRY):
        return tr("Right against left, {what} (%)", what=words(course.name.removeprefix(SYMMETRY)))
    unit = tr(UNITS.get(course.unit, course.unit))
    return f"{words(course.name)} ({unit})" if unit else words(course.name)
