"""One side of a template, followed frame by frame; and which of two sides moved where both seem to have."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from base.message import Message
from patterns.features.body import BodySize
from patterns.features.lost import LIMBS, PERSON
from patterns.features.signals import Signals
from patterns.features.table import compute
from patterns.segmentation.edges import EdgeFinder
from patterns.segmentation.phase import PathFollower
from patterns.segmentation.segmenter import Movement, Segmenter
from patterns.templates.template import Side, Template
from scoring.records.baseline import Habits
from scoring.records.movement_data import Row
from vision.pose import INDEX, FloatArray, PoseFrame

_KEPT_S: Final = 5.0
NOBODY: Final = "Nobody is in the picture. Step in front of the camera."
PART_UNSEEN: Final = "Step back or turn: {part} is not in sight."
LIMBS_UNSEEN: Final = "Step back: {limbs} are not in sight."
_SAME_SHARE: Final = 0.5
"""Share of the shorter of two movements, one of either side, from which on they cannot both have happened."""


@dataclass(frozen=True)
class Sight:
    """One frame of one side as it was judged: the side, and the signals (T = 1) of the conditioned pose."""

    side: Side
    signals: Signals


class Lane:
    """Follows one person through a template as it is judged on one side."""

    def __init__(self, template: Template, side: Side, hold_s: float, *, turns_within: bool = False) -> None:
        self.template, self.side = template, side
        self._follower = PathFollower(template.path)
        self._scale = np.array([template.path.scale[name] for name in self._follower.names])
        self._required = [INDEX[name] for name in template.required]
        edges = EdgeFinder(template.path)
        self.segmenter = Segmenter(template.rep, template.path.off_path, hold_s, edges, turns_within)
        self.rows: deque[Row] = deque()
        self.habits = Habits()
        self.progress = math.nan
        self.signals: Signals | None = None
        self.missing: tuple[str, ...] = ()
        self.unseen = ""

    def step(self, pose: PoseFrame, size: BodySize) -> Movement | None:
        """Take a conditioned pose; the movement that closed with it, if one did."""
        self.signals = Signals.of([pose], [size])
        on_path = compute(self.signals, self._follower.names)[0]
        missing = self._missing(pose, on_path)
        self.missing = missing
        self.unseen = _what_to_do(missing)
        phase, distance = (math.nan, math.nan) if missing else self._follower.nearest(on_path, pose.t_s)
        self.progress = self.segmenter.personal(phase)
        self.rows.append(Row(pose.t_s, self.progress, distance, pose, size))
        return self.segmenter.step(pose.t_s, phase, distance, on_path / self._scale, missing)

    def forget(self, t_s: float) -> None:
        """Drop frames that no movement can need any more, not even one that waits for the other side."""
        keep_s = 1.5 * self.template.rep.longest_s + _KEPT_S
        while self.rows and self.rows[0].t_s < t_s - keep_s:
            self.rows.popleft()

    def _missing(self, pose: PoseFrame, on_path: FloatArray) -> tuple[str, ...]:
        """Of the person, the required landmarks and the limbs that the path needs what is not seen, in words."""
        if not pose.detected:
            return (PERSON,)
        parts = [
            part_name(name)
            for name, landmark in zip(self.template.required, self._required, strict=True)
            if not np.isfinite(pose.xy_px[landmark]).all()
        ]
        if parts:  # a limb is as good as its parts
            return tuple(parts)
        limbs = []
        for kind, words in LIMBS.items():
            needed = [k for k, name in enumerate(self._follower.names) if name.startswith(kind)]
            if needed and np.isnan(on_path[needed]).all():
                limbs.append(words)
        return tuple(limbs)


@dataclass
class Arbiter:
    """Of two movements at the same time, one of either side, keeps the one that is nearer to what was asked.

    A movement waits while the other side is still in one that began in its first half; nothing waits where there is
    only one side.
    """

    _waiting: list[tuple[int, Movement]] = field(default_factory=list)
    _kept: tuple[int, Movement] | None = None

    def step(
        self, closed: list[tuple[int, Movement]], since_s: list[float | None]
    ) -> list[tuple[int, Movement]]:
        """Movements by the number of their lane that are settled now, in the order of time.

        closed: those that ended with this frame. since_s: for each lane when the movement it is in began, None at rest.
        """
        self._waiting += closed
        for lane, movement in self._waiting:
            middle_s = (movement.start_s + movement.end_s) / 2
            if any(s is not None and s < middle_s for k, s in enumerate(since_s) if k != lane):
                return []
        settled: list[tuple[int, Movement]] = []
        best_first = sorted(self._waiting, key=lambda one: (one[1].reason is not None, one[1].off_path))
        for one in best_first:
            others = settled if self._kept is None else [*settled, self._kept]
            if not any(_same(one, other) for other in others):
                settled.append(one)
        self._waiting = []
        settled.sort(key=lambda one: one[1].end_s)
        if settled:
            self._kept = settled[-1]
        return settled


def _what_to_do(missing: Sequence[str]) -> str:
    """What to do where something is missing, about the first of it; empty where all is seen."""
    if not missing:
        return ""
    if missing[0] == PERSON:
        return NOBODY
    if missing[0] in LIMBS.values():
        return Message(LIMBS_UNSEEN, limbs=missing[0])
    return Message(PART_UNSEEN, part=missing[0])


def part_name(landmark: str) -> str:
    """A landmark in words: your left wrist."""
    return f"your {landmark.replace('_', ' ')}"


def _same(one: tuple[int, Movement], other: tuple[int, Movement]) -> bool:
    (lane, a), (other_lane, b) = one, other
    both_s = min(a.end_s, b.end_s) - max(a.start_s, b.start_s)
    shorter_s = min(a.end_s - a.start_s, b.end_s - b.start_s)
    return lane != other_lane and both_s > _SAME_SHARE * shorter_s
