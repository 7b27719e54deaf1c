"""Whether the camera still shows the person during a set: covered, standing still, back after a while, or slow.

Arithmetic over the facts of pictures and their times; step once a picture.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from patterns.features.lost import LOST_AFTER_S
from scoring.setup.checks import is_blank
from vision.picture_facts import PictureFacts

COVERED_AFTER_S: Final = 1.0
FROZEN_AFTER_S: Final = 2.0
"""No camera gives the same picture to the last bit for so long: its sensor trembles, and so do people."""

AWAY_AFTER_S: Final = 3.0
SLOW_BELOW_HZ: Final = 8.0
SLOW_AFTER_S: Final = 3.0
TOLD_FOR_S: Final = 5.0
"""What happened once is told for so long."""

COVERED: Final = "The picture is blank. Uncover the camera, or switch on a light. Your repetitions are kept."
FROZEN: Final = (
    "The picture stands still. Close other programs that use the camera, or unplug it and plug it in again. "
    "Your repetitions are kept."
)
AGAIN: Final = "The pictures stopped for a while. Take the start position again; your repetitions are kept."
"""True of whoever was away and of a computer that was too slow: the pictures do not show which it was."""
SLOW: Final = "Your computer is slow right now. I am still counting; closing other programs helps."
TOO_SLOW: Final = "Your computer is too slow right now, so I can miss movements. Close other programs."


@dataclass
class CameraHealth:
    """What is wrong with the pictures of one set. Times in seconds, increasing.

    blind: whether the latest picture shows nothing of the person, however it looks: it must not be judged.
    """

    blind: bool = False
    _last_s: float = math.nan
    _blank_since_s: float = math.nan
    _print: int | None = None
    _same_since_s: float = math.nan
    _told: str = ""
    _told_until_s: float = -math.inf
    _times_s: deque[float] = field(default_factory=deque)
    _slow_told: bool = False

    def step(self, t_s: float, facts: PictureFacts) -> str:
        """The sentence that is due with this picture, empty where all is well."""
        gap_s, self._last_s = t_s - self._last_s, t_s
        if gap_s > AWAY_AFTER_S:
            self._tell(t_s, AGAIN)
            self._print = None
            self._times_s.clear()
        elif gap_s >= LOST_AFTER_S:
            self._tell(t_s, TOO_SLOW)
        covered, frozen = self._covered(t_s, facts), self._frozen(t_s, facts)
        self.blind = covered or frozen
        self._watch_rate(t_s)
        if self.blind:
            return COVERED if covered else FROZEN
        return self._told if t_s < self._told_until_s else ""

    def _tell(self, t_s: float, sentence: str) -> None:
        self._told, self._told_until_s = sentence, t_s + TOLD_FOR_S

    def _covered(self, t_s: float, facts: PictureFacts) -> bool:
        if not is_blank(facts):
            self._blank_since_s = math.nan
        elif math.isnan(self._blank_since_s):
            self._blank_since_s = t_s
        return t_s - self._blank_since_s >= COVERED_AFTER_S

    def _frozen(self, t_s: float, facts: PictureFacts) -> bool:
        if facts.fingerprint != self._print:
            self._print, self._same_since_s = facts.fingerprint, t_s
        return t_s - self._same_since_s >= FROZEN_AFTER_S

    def _watch_rate(self, t_s: float) -> None:
        """Report once in a set that pictures come slowly, after they did so for a while."""
        self._times_s.append(t_s)
        if t_s - self._times_s[0] < SLOW_AFTER_S:
            return
        while self._times_s[0] < t_s - SLOW_AFTER_S:
            self._times_s.popleft()
        rate_hz = (len(self._times_s) - 1) / SLOW_AFTER_S
        if rate_hz < SLOW_BELOW_HZ and not self._slow_told and t_s >= self._told_until_s:
            self._slow_told = True
            self._tell(t_s, SLOW)
