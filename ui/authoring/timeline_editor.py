"""The repetitions along the time of a recording, to be mended and chosen, as a Streamlit component."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from i18n.translation import spoken, tr
from patterns.learning.repetition_finder import FoundRep
from ui.authoring.component import edit, edited, is_number
from vision.pose import FloatArray

MOST: Final = 200
"""Repetitions of one recording."""

POINTS: Final = 600
"""The most points of the curve that are drawn."""

_WORDS: Final = {
    "all": "The repetitions of this recording",
    "hint": "Drag the handles to where a repetition starts, reaches its far end (darker), leaves it and ends. By keys: "
    "arrows, with Shift in larger steps.",
    "rep": "Repetition {number}",
    "start": "Repetition {number}, start, {seconds} s",
    "peak": "Repetition {number}, far end reached, {seconds} s",
    "leave": "Repetition {number}, far end left, {seconds} s",
    "end": "Repetition {number}, end, {seconds} s",
    "dropped": "left out",
    "choice_kept": "Repetition {number}: used",
    "choice_dropped": "Repetition {number}: left out",
    "add": "Add a repetition",
    "add_at": "Add a repetition at {seconds} s",
    "added": "Repetition {number} was added at {seconds} s.",
    "full": "There is no room for another repetition here.",
}
_HANDLES: Final = {
    "start": "Start of the repetition",
    "peak": "Far end reached",
    "leave": "Far end left",
    "end": "End of the repetition",
}


@dataclass(frozen=True)
class Marked:
    """One repetition found in a recording, and whether it is to be learned from."""

    rep: FoundRep
    kept: bool = True


def edit_repetitions(
    key: str, about: str, t_s: FloatArray, progress: FloatArray, marked: Sequence[Marked]
) -> tuple[Marked, ...]:
    """Show the movement over time with its repetitions to be edited; those that hold now, in the order of time.

    about: by which this recording is known from others: what was edited stays until it changes, whatever marked then
    is. t_s (T,): seconds, rising. progress (T,): any measure of how far the movement is, NaN where not seen. marked:
    as found, at most MOST. Raises ValueError where the shapes differ or there are fewer than two times.
    """
    if t_s.shape != progress.shape or t_s.ndim != 1 or len(t_s) < 2:
        raise ValueError(
            f"t_s, progress: expected two of (T,), T at least 2, got {t_s.shape}, {progress.shape}"
        )
    found = tuple(sorted(marked, key=lambda one: one.rep.start_s))
    now = checked(edited(key, about), found, float(t_s[0]), float(t_s[-1]))
    edit("timeline", key, timeline_data(about, t_s, progress, now))
    return now


def timeline_data(
    about: str, t_s: FloatArray, progress: FloatArray, marked: Sequence[Marked]
) -> dict[str, Any]:
    """What timeline.js draws: the curve thinned to POINTS, None where it is not seen."""
    at = np.unique(np.linspace(0, len(t_s) - 1, min(POINTS, len(t_s))).round().astype(int))
    return {
        "id": about,
        "language": spoken(),
        "words": {name: tr(said) for name, said in _WORDS.items()}
        | {"handles": {part: tr(said) for part, said in _HANDLES.items()}},
        "most": MOST,
        "from_s": float(t_s[0]),
        "to_s": float(t_s[-1]),
        "t_s": [round(t, 3) for t in t_s[at].tolist()],
        "progress": [round(value, 4) if np.isfinite(value) else None for value in progress[at].tolist()],
        "reps": [[*astuple(one.rep), one.kept] for one in marked],
    }


def checked(values: object, found: tuple[Marked, ...], from_s: float, to_s: float) -> tuple[Marked, ...]:
    """The repetitions that came from a browser, if they can be right; else those that were found.

    Right are at most MOST, each in order (start < far end reached <= left < end), within from_s..to_s seconds and after
    the one before it; a span that was found is right as it is.
    """
    if not isinstance(values, list) or len(values) > MOST:
        return found
    given = [one.rep for one in found]
    made = [_marked(row) for row in values]
    reps = [one for one in made if one is not None]
    if len(reps) < len(made) or not all(one.rep in given or _in_order(one.rep, from_s, to_s) for one in reps):
        return found
    return tuple(reps) if all(_apart(one.rep, after.rep, given) for one, after in pairwise(reps)) else found


def _marked(row: object) -> Marked | None:
    if not isinstance(row, list) or len(row) != 5 or not isinstance(row[4], bool):
        return None
    if not all(map(is_number, row[:4])):
        return None
    return Marked(FoundRep(*map(float, row[:4])), row[4])


def _in_order(rep: FoundRep, from_s: float, to_s: float) -> bool:
    return from_s <= rep.start_s < rep.peak_s <= rep.leave_s < rep.end_s <= to_s


def _apart(one: FoundRep, after: FoundRep, given: Sequence[FoundRep]) -> bool:
    both_given = one in given and after in given
    return one.start_s < after.start_s and (both_given or one.end_s <= after.start_s)
