"""Whether a person has come to a place on the way, from progress alone: reached, still there, or turned already."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from patterns.templates.template import RepRule

STILL_OVER_S: Final = 0.2
STILL: Final = 0.03
"""Progress over STILL_OVER_S below which somebody stands still."""

SETTLED_S: Final = 0.6
"""Time at a place after which one counts as staying there, also when trembling."""

STALLED_S: Final = 0.5
"""Time of standing still short of the place after which this is as far as the person goes."""

TURNED: Final = 0.05
"""Progress back from the farthest point by which one has turned."""

NEAR: Final = 0.08
"""How far from a place on the way is still that place."""


@dataclass
class Place:
    """Follows a person who is to come from one share of the way to another, over frames in which they were seen.

    own_reach: how far this person's own way goes so far, 0..1; shares on the way are shares of it.
    """

    rule: RepRule
    origin: float
    to: float
    own_reach: float
    _recent: deque[tuple[float, float]] = field(default_factory=deque)
    _farthest: float = -math.inf
    _inside_s: float | None = None
    _still_s: float | None = None
    _last: tuple[float, float] = (0.0, 0.0)

    @property
    def outwards(self) -> bool:
        """Whether the way goes towards the end posture; to stay at the end counts as outwards."""
        return self.to > self.origin or self.to >= 1

    def step(self, t_s: float, progress: float) -> None:
        """Take the next frame."""
        self._last = (t_s, progress)
        self._recent.append((t_s, progress))
        while self._recent[0][0] < t_s - SETTLED_S:
            self._recent.popleft()
        self._farthest = max(self._farthest, self._sign * progress)
        self._inside_s = (self._inside_s if self._inside_s is not None else t_s) if self.inside else None
        self._still_s = (self._still_s if self._still_s is not None else t_s) if self._still else None

    @property
    def inside(self) -> bool:
        """Whether the person is at the place, or beyond it, now."""
        return self._at(self._last[1])

    @property
    def stays(self) -> bool:
        """Whether the person is at the place and has stopped there."""
        long = self._inside_s is not None and self._last[0] - self._inside_s >= SETTLED_S - 1e-9
        return (self.inside and (self._still or long)) or self.stalled

    @property
    def stalled(self) -> bool:
        """Whether the person stands still short of the place but far enough: this is as far as they go."""
        waited = self._still_s is not None and self._last[0] - self._still_s >= STALLED_S - 1e-9
        return waited and self._enough(self._last[1])

    @property
    def turned(self) -> bool:
        """Whether the person was there, or far enough, and is already on the way back."""
        farthest = self._sign * self._farthest
        gone = self._sign * (farthest - self._last[1])
        if self._at(farthest):
            return gone >= TURNED
        return self._enough(farthest) and gone >= self.rule.hysteresis

    @property
    def farthest(self) -> float:
        """The progress farthest on this way; the origin before the first frame."""
        return self.origin if math.isinf(self._farthest) else self._sign * self._farthest

    @property
    def _sign(self) -> int:
        return 1 if self.outwards else -1

    @property
    def _still(self) -> bool:
        """Whether progress has hardly changed over the last STILL_OVER_S."""
        since = [p for t, p in self._recent if t >= self._last[0] - STILL_OVER_S - 1e-9]
        long = self._last[0] - self._recent[0][0] >= STILL_OVER_S - 1e-9 if self._recent else False
        return long and max(since) - min(since) <= STILL

    def _at(self, progress: float) -> bool:
        if self.to >= 1:
            return progress >= self.rule.full_reach
        if self.to <= 0:
            return progress <= self.rule.start_zone
        if self.outwards:
            return progress >= self.to * self.own_reach - NEAR
        return progress <= self.to * self.own_reach + NEAR

    def _enough(self, progress: float) -> bool:
        if self.to >= 1:
            return progress >= self.rule.end_zone
        if self.to <= 0:
            return progress <= self.rule.start_zone + self.rule.hysteresis
        return False
