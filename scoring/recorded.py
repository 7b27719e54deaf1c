"""What the Coach remembers of a movement until it is judged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from patterns.features import View, view_of
from patterns.segmentation import Movement
from vision.pose import FloatArray


@dataclass(frozen=True)
class Row:
    """One frame: time, phase and distance on the path, feature values (F,), body yaw in degrees."""

    t_s: float
    phase: float
    distance: float
    values: FloatArray
    yaw_deg: float


@dataclass(frozen=True)
class Recorded:
    """One movement with the frames it consists of.

    t_s, phase, distance, yaw_deg (T,); values (T, F) by names.
    """

    movement: Movement
    names: tuple[str, ...]
    t_s: FloatArray
    phase: FloatArray
    distance: FloatArray
    values: FloatArray
    yaw_deg: FloatArray

    @classmethod
    def of(cls, movement: Movement, rows: list[Row], names: tuple[str, ...]) -> Recorded:
        """The rows that lie in [start, end) of the movement."""
        inside = [row for row in rows if movement.start_s <= row.t_s < movement.end_s]
        return cls(
            movement,
            names,
            np.array([row.t_s for row in inside]),
            np.array([row.phase for row in inside]),
            np.array([row.distance for row in inside]),
            np.array([row.values for row in inside]).reshape(len(inside), len(names)),
            np.array([row.yaw_deg for row in inside]),
        )

    def feature(self, name: str) -> FloatArray:
        """One feature over the movement, (T,)."""
        return np.asarray(self.values[:, self.names.index(name)])

    @property
    def coverage(self) -> float:
        """Share of the frames in which the path could be followed."""
        return float(np.isfinite(self.phase).mean()) if len(self.phase) else 0.0

    @property
    def view(self) -> View:
        """The camera view, from the median yaw; front where it was not seen."""
        seen = self.yaw_deg[np.isfinite(self.yaw_deg)]
        return view_of(float(np.median(seen))) if len(seen) else "front"
