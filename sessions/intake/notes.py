"""What there is to report about a file that was read all the same: sentences for the command line and the page."""

from __future__ import annotations

from typing import Final

FRAMES_LOST: Final = "The head of this file says {said} frames, {there} are there."
NO_DEPTH: Final = (
    "There is no depth in this file: one camera's picture. Only what shows in that picture is judged, and nothing that "
    "needs depth or tells left from right."
)
CROSSED: Final = "Left and right look swapped: {joints}. Check which marker stands for which side."
CROSSED_BODY: Final = (
    "Left and right look swapped in the whole body: the feet point backward. "
    "Check which marker stands for which side."
)
SAVED_MAP: Final = "A saved marker map is used: {map}."
OTHER_SUBJECTS: Final = "This is {subject}; the markers of {others} are left out."
