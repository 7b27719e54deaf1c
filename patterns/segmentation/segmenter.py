"""From progress along the path to movements: when one starts, turns and ends, one step a frame.

A threshold on one angle miscounts slow, partial, paused and left-handed movements; progress along the path does not.
Only the past is used, so that live, recorded and replayed movement are cut alike.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from base.message import Message
from patterns.features.lost import LOST_AFTER_S, Loss
from patterns.segmentation.dwell import stays
from patterns.segmentation.edges import EdgeFinder
from patterns.templates.template import RepRule
from vision.pose import FloatArray

_SETTLED_AFTER_S: Final = 0.2
_SETTLED_SHORT_AFTER_S: Final = 0.8
_SETTLED_STEP: Final = 0.02
_SPEED_OVER_S: Final = 0.12
_STILL_SHARE: Final = 0.1
_LONGEST_SETTLING_S: Final = 1.5
_FLOOR_WINDOW_S: Final = 2.5
_TREMBLE: Final = 0.04
_LARGEST_OWN_START: Final = 0.35
_STAYS_LOW: Final = 0.5
"""Share of the hysteresis within which who has not set out as far as an attempt stands, and has not moved."""

TOO_LONG: Final = "took too long"
TURNED_BACK: Final = "turned back at {percent} % of the way"
OFF_PATH: Final = "was away from this pattern's path"
"""Why a movement is only an attempt, beside patterns.features.lost."""

Phase = Literal["resting", "out", "back"]


@dataclass(frozen=True)
class Movement:
    """One movement away from the start posture and back.

    start_s, peak_s (arrival at the far end), leave_s (start of the way back), end_s: seconds, none within the movement
    before. ways_s: duration of the way out and of the way back as they were found, also where start_s had to give way
    to the end of the movement before. reach: largest progress; returned: least progress after it; reason: None for a
    repetition, otherwise why it is only an attempt; complete: whether it was seen to turn and come back, without which
    there is nothing to judge; off_path: mean distance on the way out, scales; came_back: whether it has a way back to
    judge, False where the last movement of a set may stay at the far end. stays_s: arrival at the far end and leaving
    it, each time it was there (see dwell.py); one unless the person turned within (Segmenter.turns_within).
    """

    start_s: float
    peak_s: float
    leave_s: float
    end_s: float
    ways_s: tuple[float, float]
    reach: float
    returned: float
    off_path: float
    reason: str | None
    complete: bool
    came_back: bool = True
    stays_s: tuple[tuple[float, float], ...] = ()


def own_start(lowest: float) -> float:
    """Where on the path a person's own start posture counts to be, from the lowest progress seen at rest."""
    return min(max(lowest, 0.0), _LARGEST_OWN_START)


@dataclass
class Segmenter:
    """Cuts a stream of progress into movements.

    hold_s: how long the start posture must be held before anything counts (0 for recordings).
    off_path: distance in scales beyond which a posture is not on the path. turns_within: coming back part of the way
    and going out again stays one movement, however far the part goes, until the start posture is reached.
    """

    rule: RepRule
    off_path: float
    hold_s: float
    edges: EdgeFinder
    turns_within: bool = False
    armed: bool = False
    lost: bool = True
    phase: Phase = "resting"
    _track: deque[tuple[float, float, float, FloatArray]] = field(default_factory=deque)
    _rest: deque[tuple[float, float]] = field(default_factory=deque)
    _held_since_s: float | None = None
    _last_seen_s: float = -math.inf
    _floor: float = 0.0
    _top: float = 0.0
    _crest: float = 0.0
    _bottom: float = 0.0
    _bottom_s: float = 0.0
    _begun_s: float = 0.0
    _fastest: float = 0.0
    _free_from_s: float = -math.inf
    _first_seen_s: float = math.inf
    _turns_s: list[float] = field(default_factory=list)
    _loss: Loss = field(default_factory=Loss)

    def step(
        self, t_s: float, progress: float, distance: float, row: FloatArray, missing: Sequence[str] = ()
    ) -> Movement | None:
        """The movement that closed with this frame, if one did.

        progress and distance are NaN where nothing is seen; row: the path's features in scales; missing: what was not
        seen, as in patterns.features.lost. Frames that never came are as unseen as frames without a person.
        """
        is_seen = math.isfinite(progress)
        self._loss.step(t_s, None if is_seen else missing)
        closed = self._unseen(t_s)
        if not is_seen:
            return closed
        self._loss.seen()
        self.lost = False
        self._last_seen_s = t_s
        self._first_seen_s = min(self._first_seen_s, t_s)
        self._track.append((t_s, progress, distance, row))
        if not self.armed:
            self._arm(t_s, progress, distance)
            return closed
        if self.phase == "resting":
            self._resting(t_s, progress)
            return None
        return self._moving(t_s, progress)

    def finish(self) -> Movement | None:
        """The movement that was back at the start posture, but not yet at rest, when the stream ended.

        One that was still on its way is nothing: whoever puts the arm down after a set goes a part of the way too.
        """
        top = self.personal(self._top)
        if self.phase == "out" and self.rule.may_stay and top >= self.rule.end_zone:
            return self._close(self._last_seen_s, None, came_back=False)
        if self.phase != "back" or not self._returned() or top < self.rule.attempt_zone:
            return None
        return self._close(self._last_seen_s, None)

    @property
    def moving_since_s(self) -> float | None:
        """When the movement it is in began, None at rest."""
        return None if self.phase == "resting" else self._begun_s

    def holding_s(self, t_s: float) -> float:
        """Seconds of holding still that remain before counting starts."""
        held = 0.0 if self._held_since_s is None else t_s - self._held_since_s
        return max(0.0, self.hold_s - held)

    def personal(self, progress: float) -> float:
        """Progress counted from the person's own start posture, which need not be the template's to the degree."""
        own = own_start(self._floor) if self.armed else 0.0
        return (progress - own) / (1.0 - own)

    def _unseen(self, t_s: float) -> Movement | None:
        if self.lost or t_s - self._last_seen_s < LOST_AFTER_S:
            return None
        self.lost = True
        closed = None
        if self.phase != "resting" and self.personal(self._top) >= self.rule.attempt_zone:
            closed = self._close(self._last_seen_s, self._loss.reason())
        self._disarm()
        return closed

    def _disarm(self) -> None:
        self.armed, self.phase, self._held_since_s = False, "resting", None
        self._rest.clear()
        self._track.clear()

    def _arm(self, t_s: float, progress: float, distance: float) -> None:
        self._trim(t_s - self.hold_s)
        if progress > self.rule.start_zone or distance > self.off_path:
            self._held_since_s = None
            if self.hold_s == 0 and self._begins_in_motion(progress, distance):
                self.armed, self._floor = True, 0.0
                self._rest.extend((s, p) for s, p, *_ in self._track)
                self._begin(t_s, progress)
                self._begun_s = self._track[0][0]
            return
        if self._held_since_s is None:
            self._held_since_s = t_s
        recent = [p for s, p, *_ in self._track if s >= self._held_since_s]
        if max(recent) - min(recent) > self.rule.hysteresis:
            self._held_since_s = t_s
        if t_s - self._held_since_s >= self.hold_s:
            self.armed, self._floor = True, max(progress, 0.0)
            self._rest.clear()
            self._rest.append((t_s, progress))

    def _begins_in_motion(self, progress: float, distance: float) -> bool:
        """Whether a recording begins on the way out: on the path, and progress rises from its very first frame on."""
        first_s, first, *_ = self._track[0]
        rises = first < 0.5 and progress - first > self.rule.hysteresis
        return first_s == self._first_seen_s and distance <= self.off_path and rises

    def _resting(self, t_s: float, progress: float) -> None:
        self._rest.append((t_s, progress))
        while self._rest[0][0] < t_s - _FLOOR_WINDOW_S:
            self._rest.popleft()
        self._trim(self._rest[0][0])
        self._floor = max(min(p for _, p in self._rest), 0.0)
        if progress - self._floor > self.rule.hysteresis:
            self._begin(t_s, progress)

    def _begin(self, t_s: float, progress: float) -> None:
        low_s = max((s for s, p in self._rest if p <= self._floor + _TREMBLE), default=t_s)
        self._begun_s = low_s
        self.phase, self._top, self._crest, self._fastest = "out", progress, progress, 0.0
        self._turns_s.clear()
        self._bottom, self._bottom_s = progress, t_s

    def _moving(self, t_s: float, progress: float) -> Movement | None:
        self._still(t_s)
        if t_s - self._begun_s > self.rule.longest_s:
            return self._finish(t_s, TOO_LONG, t_s, progress)
        if self.phase == "out":
            self._top, self._crest = max(self._top, progress), max(self._crest, progress)
            if progress < self._crest - self.rule.hysteresis:
                self.phase, self._bottom, self._bottom_s = "back", progress, t_s
            elif self.personal(self._crest) < self.rule.attempt_zone and self._stays(t_s):
                self._rest.clear()
                self._rest.extend((s, p) for s, p, *_ in self._track if s >= t_s - _FLOOR_WINDOW_S)
                self.phase, self._floor = "resting", max(min(p for _, p in self._rest), 0.0)
            return None
        if progress < self._bottom - _SETTLED_STEP:
            self._bottom, self._bottom_s = progress, t_s
        returned = self._returned()
        if progress > self._bottom + self.rule.hysteresis:
            half_way = self._bottom - self._floor < 0.5 * (self._top - self._floor)
            if returned or (half_way and not self.turns_within):
                return self._finish(self._bottom_s, None, t_s, progress)
            self._turns_s.append(self._bottom_s)
            self.phase, self._top = "out", max(self._top, progress)
            self._crest = progress if self.turns_within else self._top
            return None
        whole = self._bottom <= self._floor + 0.6 * self.rule.hysteresis
        settled_s = _SETTLED_AFTER_S if whole else _SETTLED_SHORT_AFTER_S
        if returned and t_s - self._bottom_s >= settled_s and self._still(t_s):
            return self._finish(t_s, None, t_s, progress)
        return None

    def _stays(self, t_s: float) -> bool:
        """Whether progress has stayed where it is for so long that this is how the person stands."""
        if t_s - self._begun_s < _FLOOR_WINDOW_S:
            return False
        lately = [p for s, p, *_ in self._track if s >= t_s - _FLOOR_WINDOW_S]
        return max(lately) - min(lately) <= _STAYS_LOW * self.rule.hysteresis

    def _returned(self) -> bool:
        return self._bottom <= max(self.rule.start_zone, self._floor + self.rule.hysteresis)

    def _still(self, t_s: float) -> bool:
        """Whether the features hardly move any more, measured against the fastest of this movement."""
        now, before = self._track[-1], None
        for point in reversed(self._track):
            if point[0] <= t_s - _SPEED_OVER_S:
                before = point
                break
        if before is None:
            return False
        step = np.nan_to_num(now[3] - before[3])
        speed = float(np.linalg.norm(step)) / (now[0] - before[0])
        self._fastest = max(self._fastest, speed)
        return speed <= _STILL_SHARE * self._fastest or t_s - self._bottom_s > _LONGEST_SETTLING_S

    def _finish(self, end_s: float, reason: str | None, t_s: float, progress: float) -> Movement | None:
        """Close the movement and go on from where it ended."""
        closed = None
        long_enough = end_s - self._begun_s >= self.rule.shortest_s
        if self.personal(self._top) >= self.rule.attempt_zone and long_enough:
            closed = self._close(end_s, reason)
        self._rest.clear()
        self._rest.extend((s, p) for s, p, *_ in self._track if s >= end_s)
        self._rest.append((t_s, progress))
        self.phase = "resting"
        self._floor = max(min(p for _, p in self._rest), 0.0)
        self._trim(self._rest[0][0])
        if progress - self._floor > self.rule.hysteresis:
            self._begin(t_s, progress)
        return closed

    def _close(self, end_s: float, reason: str | None, *, came_back: bool = True) -> Movement | None:
        """The movement with its times, none of them within the one before; None where nothing of it is left."""
        from_s = min(self._free_from_s, self._begun_s)
        points = [point for point in self._track if from_s <= point[0] <= end_s]
        t_s, progress, distance = (np.array([point[k] for point in points]) for k in (0, 1, 2))
        inside = t_s >= self._begun_s
        turn = int(np.argmax(np.where(inside, progress, -np.inf)))
        off_path = float(distance[inside & (t_s <= t_s[turn])].mean())
        reach, returned = self.personal(self._top), self.personal(self._bottom)
        complete = reason is None
        if reason is None and reach < self.rule.end_zone:
            reason = Message(TURNED_BACK, percent=round(100 * reach))
        if reason is None and off_path > self.off_path:
            reason = OFF_PATH
        rows = np.array([point[3] for point in points])
        found_s, stays_s = self._edges(t_s, rows, progress, turn)
        ways_s = (found_s[1] - found_s[0], found_s[3] - found_s[2])
        earliest_s = max(self._free_from_s, float(t_s[0]))
        start_s, peak_s, leave_s, finish_s = np.maximum.accumulate([earliest_s, *found_s])[1:].tolist()
        if not ((start_s <= t_s) & (t_s < finish_s)).any():
            return None
        self._free_from_s = finish_s
        return Movement(
            start_s,
            peak_s,
            leave_s,
            finish_s,
            ways_s,
            reach,
            returned,
            off_path,
            reason,
            complete,
            came_back,
            stays_s,
        )

    def _edges(
        self, t_s: FloatArray, rows: FloatArray, progress: FloatArray, turn: int
    ) -> tuple[tuple[float, float, float, float], tuple[tuple[float, float], ...]]:
        """Start, first arrival, last leaving and end; and every stay at the far end."""
        turns_s = self._turns_s if self.turns_within else []
        whole = t_s >= self._begun_s
        stays_s = stays(t_s[whole], progress[whole], turns_s)
        if not turns_s:
            return self.edges.find(t_s, rows, progress, turn, self._floor), stays_s
        first, last = (int(np.searchsorted(t_s, s)) for s in (turns_s[0], turns_s[-1]))
        found = []
        for part in (slice(0, first + 1), slice(last, None)):
            top = int(np.argmax(progress[part]))
            found.append(self.edges.find(t_s[part], rows[part], progress[part], top, self._floor))
        return (*found[0][:2], *found[1][2:]), stays_s

    def _trim(self, oldest_s: float) -> None:
        while self._track and self._track[0][0] < oldest_s - LOST_AFTER_S:
            self._track.popleft()
