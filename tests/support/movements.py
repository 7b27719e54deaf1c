"""Movements of the analytic person, frame by frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from tests.support.stick_figure import Posture, minimum_jerk, seen
from vision.pose import PoseFrame

ENDS = {"ue-d1": ((30.0, -45.0), (118.0, 120.0)), "ue-d2": ((45.0, 125.0), (150.0, 40.0))}
"""Elevation and plane of the straight arm at the low and the high end of each diagonal, degrees."""


@dataclass(frozen=True)
class Rep:
    """One repetition: seconds of start, way out, hold and way back, and the share of the way that is gone."""

    start_s: float
    out_s: float = 1.8
    hold_s: float = 0.6
    back_s: float = 1.8
    amount: float = 1.0
    pause_s: float = 0.0

    @property
    def peak_s(self) -> float:
        return self.start_s + self.out_s + self.pause_s

    @property
    def end_s(self) -> float:
        return self.peak_s + self.hold_s + self.back_s

    def progress(self, t_s: float) -> float:
        half_s = self.out_s / 2
        since_s = t_s - self.start_s
        if self.pause_s and since_s > half_s:
            since_s = max(since_s - self.pause_s, half_s)
            if t_s < self.start_s + half_s + self.pause_s:
                return self.amount * 0.5
        if since_s <= self.out_s:
            return self.amount * minimum_jerk(since_s / self.out_s)
        back_s = t_s - self.peak_s - self.hold_s
        return self.amount * (1 - minimum_jerk(back_s / self.back_s))


def arm_posture(pattern: str, side: str, progress: float) -> Posture:
    """The straight arm on the great circle of its diagonal, the other arm hanging."""
    diagonal, way = pattern.rsplit("-", 1)
    low, high = ENDS[diagonal]
    a, b = (_direction(*end) for end in ((high, low) if way == "extension" else (low, high)))
    angle = np.arccos(a @ b)
    arm = (np.sin((1 - progress) * angle) * a + np.sin(progress * angle) * b) / np.sin(angle)
    elevation = float(np.degrees(np.arccos(np.clip(-arm[2], -1, 1))))
    plane = float(np.degrees(np.arctan2(arm[1], arm[0])))
    posture = Posture()
    posture.arms[side] = (elevation, plane, 3.0)
    return posture


def squat_posture(progress: float) -> Posture:
    """Knees to 100 degrees, thighs to 65, the trunk leaning along."""
    knee, hip = 5 + 95 * progress, 65 * progress
    return Posture(legs={"left": (hip, knee), "right": (hip, knee)}, lean_forward=30 * progress)


def standing_up(progress: float) -> Posture:
    """From a seat with thighs level and shanks upright to standing, the trunk leaning forward on the way."""
    hip, knee = 85 * (1 - progress), 5 + 85 * (1 - progress)
    lean = 35 * np.sin(np.pi * progress)
    return Posture(legs={"left": (hip, knee), "right": (hip, knee)}, lean_forward=float(lean))


def _direction(elevation: float, plane: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    e, p = np.radians(elevation), np.radians(plane)
    return np.array([np.sin(e) * np.cos(p), np.sin(e) * np.sin(p), -np.cos(e)])


def frames(
    reps: list[Rep],
    posture: Callable[[float], Posture],
    until_s: float | None = None,
    rate_hz: float = 30.0,
    change: Callable[[Posture, float, float], None] | None = None,
    turned_right: float = 0.0,
) -> Iterator[PoseFrame]:
    """The person at an uneven frame rate, from 0 s to a second past the last repetition.

    change(posture, progress, t_s) plants a fault.
    """
    end_s = until_s if until_s is not None else reps[-1].end_s + 1.0
    t_s, k = 0.0, 0
    while t_s < end_s:
        progress = next((r.progress(t_s) for r in reps if r.start_s <= t_s < r.end_s), 0.0)
        held = posture(progress)
        if change is not None:
            change(held, progress, t_s)
        yield seen(held, t_s, turned_right)
        k += 1
        t_s += (1.0 + 0.2 * np.sin(k)) / rate_hz
