"""Raw landmarks to trusted, smoothed ones with the person's size: the one way in for live, recorded and replayed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from patterns.body import BodySize, BodySizer
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
