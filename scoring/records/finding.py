"""One metric of a movement with its score and the fault it raised.

Scores fall in straight lines from 100 without a deviation to 90 at the tolerance and 0 at tolerance plus span, so that
a worse movement never scores higher.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from scoring.records.records import Fault, MetricValue
from vision.pose import FloatArray

CLEAN: Final = 90.0
"""Score at the tolerance: what is still good scores 90 to 100, the closer the better."""


WORST_SHARE: Final = {"range": 0.0, "control": 0.5}
"""How far the mean of each role is drawn towards its worst score, so that one bad fault shows."""


@dataclass(frozen=True)
class Finding:
    """One metric with its share in range or control, and the fault it raised.

    habit: the name and value by which the person's next repetitions are held against this one; None for none.
    learnt: whether it becomes a habit as soon as it is without a fault itself, or only when the whole repetition is.
    """

    metric: MetricValue
    role: str
    weight: float
    fault: Fault | None = None
    habit: tuple[str, float] | None = None
    learnt: Literal["alone", "whole"] = "whole"


def graded(deviation: float, tolerance: float, span: float) -> float:
    """0..100: 100 without deviation, CLEAN at the tolerance, 0 at tolerance plus span, straight lines between."""
    if deviation <= tolerance:
        return 100.0 - (100.0 - CLEAN) * max(deviation, 0.0) / tolerance
    return CLEAN * max(1.0 - (deviation - tolerance) / span, 0.0)


@dataclass(frozen=True)
class Grading:
    """How a deviation becomes a score: see graded. per_unit: deviation for one unit of the metric's value."""

    tolerance: float
    span: float
    per_unit: float = 1.0

    def score(self, deviation: float) -> float:
        """Return the points of a deviation."""
        return graded(deviation, self.tolerance, self.span)

    def error(self, score: float, error: float) -> float:
        """Return one standard error of a score, for that of the metric's value.

        Half of the difference between the scores one error to either side, so that the bend at the tolerance and the
        ends of the scale are taken as they are. Where 100 points hide by how much a value is good, it counts as just
        good, which overestimates the error at most.
        """
        if score >= CLEAN:
            deviation = self.tolerance * (100.0 - score) / (100.0 - CLEAN)
        else:
            deviation = self.tolerance + self.span * (1.0 - score / CLEAN)
        off = abs(error * self.per_unit)
        return 0.5 * (self.score(deviation - off) - self.score(deviation + off))


def raised(
    fault: str, feature: str, value: float, limit: float, unit: str, phase: tuple[float, float], share: float
) -> Fault:
    """A fault with its phases and severity held within 0..1."""
    low, high = (min(max(p, 0.0), 1.0) for p in phase)
    return Fault(fault, feature, value, limit, unit, (low, high), min(max(share, 0.0), 1.0))


def seen_beyond(values: FloatArray, limit: float) -> FloatArray:
    """Where (T,) values are seen and beyond the limit, as 0 and 1."""
    return np.asarray(np.nan_to_num(values, nan=-np.inf) > limit, dtype=np.float64)


def phases(phase: FloatArray, beyond: FloatArray) -> tuple[float, float]:
    """The interval of phase (T,) in which something was beyond its limit (T,); the whole where that cannot be told."""
    where = phase[(beyond > 0) & np.isfinite(phase)]
    return (float(where.min()), float(where.max())) if len(where) else (0.0, 1.0)
