"""Raw landmarks to trusted, smoothed ones with the person's size: the one way in for live, recorded and replayed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from patterns.features.body import BodySize, BodySizer
from vision.plausibility import Plausibility
from vision.pose import PoseFrame
from vision.smoothing import PoseSmoother


@dataclass
class Conditioner:
    """Drops implausible landmarks, follows the body's size and smooths; step once a frame, in the order of time."""

    _plausibility: Plausibility = field(default_factory=Plausibility)
    _sizer: BodySizer = field(default_factory=BodySizer)
    _smoother: PoseSmoother = field(default_factory=PoseSmoother)

    def step(self, pose: PoseFrame) -> tuple[PoseFrame, BodySize]:
        """The pose as it may be judged, and the person's size in the picture."""
        trusted = self._plausibility.step(pose, self._sizer.size.trunk_px)
        size = self._sizer.step(trusted)
        return self._smoother.step(trusted, 2 * size.trunk_px), size


def conditioned(poses: Iterable[PoseFrame]) -> Iterator[tuple[PoseFrame, BodySize]]:
    """Each pose of a recording as it may be judged, with the person's size."""
    conditioner = Conditioner()
    for pose in poses:
        yield conditioner.step(pose)


class ConditionedRecording:
    """A recording of which no more is conditioned than is asked for, from its beginning on, each frame once."""

    def __init__(self, poses: Iterable[PoseFrame]) -> None:
        self._coming = conditioned(poses)
        self._ready: list[tuple[PoseFrame, BodySize]] = []
        self._t_s: list[float] = []

    def between(self, start_s: float, end_s: float) -> Sequence[tuple[PoseFrame, BodySize]]:
        """The frames of [start_s, end_s)."""
        while not self._t_s or self._t_s[-1] < end_s:
            pair = next(self._coming, None)
            if pair is None:
                break
            self._ready.append(pair)
            self._t_s.append(pair[0].t_s)
        return self._ready[bisect_left(self._t_s, start_s) : bisect_left(self._t_s, end_s)]
