"""What the Coach remembers of a movement until it is judged."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from patterns.features.body import BodySize
from patterns.features.signals import Signals, View, body_yaw_deg, view_of
from patterns.features.table import compute
from patterns.features.uncertainty import propagated
from patterns.features.view_errors import error_over
from patterns.programs.technique import PacedTempo
from patterns.segmentation.segmenter import Movement
from patterns.templates.template import Template
from scoring.records.baseline import Habits
from vision.pose import FloatArray, PoseFrame


@dataclass(frozen=True)
class Row:
    """One frame: time, phase and distance on the path, the pose as it may be judged and the person's size."""

    t_s: float
    phase: float
    distance: float
    pose: PoseFrame
    size: BodySize


@dataclass(frozen=True)
class Recorded:
    """One movement with the frames it consists of.

    places (P, T, 2): where in the picture the parts are that travel, percent of the trunk's length.
    t_s, phase, distance, yaw_deg (T,); values, errors (T, F) by names, errors as propagated from the landmarks.
    habits: what the person's repetitions before this one were like. asked: the tempo of the technique it was done in,
    None for the template's own. paused_s: time since the movement before, None for the first and after
    the person was lost from sight.
    """

    movement: Movement
    names: tuple[str, ...]
    t_s: FloatArray
    phase: FloatArray
    distance: FloatArray
    values: FloatArray
    errors: FloatArray
    yaw_deg: FloatArray
    places: FloatArray
    habits: Habits = field(default_factory=Habits)
    asked: PacedTempo | None = None
    paused_s: float | None = None

    @classmethod
    def of(
        cls, movement: Movement, rows: list[Row], template: Template, habits: Habits | None = None
    ) -> Recorded:
        """The rows that lie in [start, end) of the movement."""
        inside = [row for row in rows if movement.start_s <= row.t_s < movement.end_s]
        names = template.features
        signals = Signals.of([row.pose for row in inside], [row.size for row in inside])
        return cls(
            movement,
            names,
            signals.t_s,
            np.array([row.phase for row in inside]),
            np.array([row.distance for row in inside]),
            compute(signals, names),
            propagated(signals, names),
            body_yaw_deg(signals),
            100 * np.stack([signals.px(part) for part in template.moving]) / signals.trunk_px[:, None],
            Habits() if habits is None else habits,
        )

    def feature(self, name: str) -> FloatArray:
        """One feature over the movement, (T,)."""
        return np.asarray(self.values[:, self.names.index(name)])

    def error(self, name: str, at: npt.NDArray[np.bool_], *, change: bool = False) -> float | None:
        """One standard error of a feature over the chosen frames (T,), in its unit; None where it is not measured.

        change: of its change since the start posture.
        """
        return error_over(name, self.view, self.errors[at, self.names.index(name)], change=change)

    @property
    def coverage(self) -> float:
        """Share of the frames in which the path could be followed."""
        return float(np.isfinite(self.phase).mean()) if len(self.phase) else 0.0

    @property
    def view(self) -> View:
        """The camera view, from the median turn to either side; front where it was not seen."""
        return view_over(self.yaw_deg)


def view_over(yaw_deg: FloatArray) -> View:
    """The camera view over yaws (T,) in degrees, from the median turn to either side; front where none is seen."""
    seen = np.abs(yaw_deg[np.isfinite(yaw_deg)])
    return view_of(float(np.median(seen))) if len(seen) else "front"
