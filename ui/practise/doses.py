"""How much of an exercise a program asks for, in words."""

from __future__ import annotations

from i18n.translation import ntr, tr
from patterns.programs.program import Dose


def told_dose(dose: Dose) -> str:
    """Return how much, in the language of the page: 2 sets of 8 repetitions."""
    sets = ntr("{count} set", "{count} sets", dose.sets)
    if dose.repetitions is None:
        each = tr("of {seconds} seconds", seconds=dose.seconds or 0)
    else:
        each = ntr("of {count} repetition", "of {count} repetitions", dose.repetitions)
    held = "" if dose.hold_s is None else tr(", held for {seconds} seconds", seconds=dose.hold_s)
    return f"{sets} {each}{held}"
