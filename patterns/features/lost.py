"""Why somebody was lost in the middle of a movement: too few frames, a part that was not seen, or nobody there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from base.message import Message

LOST_AFTER_S: Final = 0.7
"""Time without the required landmarks after which the person is lost and counting must be armed anew."""

PERSON: Final = "you"
"""What is missing where nobody was found in a frame."""
LIMBS: Final = {"foot": "your feet", "hand": "your hands"}
"""What is missing where no limb of a kind was seen; everything else that is missing is one part of the body."""

TOO_SLOW: Final = "pictures came too slowly: none for {seconds} s"
PERSON_LOST: Final = "I lost sight of you"
PART_LOST: Final = "I lost sight of {part}"
LIMBS_LOST: Final = "I could not see {limbs}"
SEVERAL_LOST: Final = "I lost sight of several parts of your body"
OUT_OF_SIGHT: Final = "a joint that matters went out of sight"
"""What older records have for all of these."""


@dataclass
class Loss:
    """What happened since the person was last seen; step once a frame, the frames in order of time."""

    _last_s: float = math.nan
    _longest_s: float = 0.0
    _missing: list[frozenset[str]] = field(default_factory=list)

    def step(self, t_s: float, missing: Sequence[str] | None) -> None:
        """Take a frame and what it lacks: PERSON, values of LIMBS, or parts in words; None where all was seen."""
        if not math.isnan(self._last_s):
            self._longest_s = max(self._longest_s, t_s - self._last_s)
        self._last_s = t_s
        if missing is not None:
            self._missing.append(frozenset(missing))

    def seen(self) -> None:
        """Begin again: with the latest frame the person was seen."""
        self._longest_s = 0.0
        self._missing.clear()

    def reason(self) -> str:
        """Return the cause as a person reads it.

        Too few frames are the cause where the person would have been lost even if seen in every frame that came. A part
        is named where it alone was missing throughout.
        """
        if self._longest_s >= LOST_AFTER_S:
            return Message(TOO_SLOW, seconds=f"{self._longest_s:.1f}")
        return out_of_sight(self._missing)


def out_of_sight(missing: Sequence[frozenset[str]]) -> str:
    """Return what frames did not show, as a person reads it. missing: of each frame, as for Loss.step."""
    with_person = [one for one in missing if PERSON not in one]
    if 2 * len(with_person) <= len(missing):
        return PERSON_LOST
    throughout = frozenset.intersection(*with_person)
    if len(throughout) != 1:
        return SEVERAL_LOST
    (part,) = throughout
    return Message(LIMBS_LOST, limbs=part) if part in LIMBS.values() else Message(PART_LOST, part=part)
