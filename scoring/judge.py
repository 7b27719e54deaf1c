"""A whole recording through the Coach."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from patterns.signals import View
from patterns.template import Side, Template
from scoring.coach import Coach
from scoring.records import NotMeasured, RepScore
from vision.pose import PoseFrame, PoseSequence


@dataclass(frozen=True)
class Judged:
    """What a recording came to: reps in order, what was not measured, and the raw landmarks as they were judged.

    view, yaw_deg: from where the movements were seen, and the median turn to the camera, NaN where nothing moved.
    """

    reps: tuple[RepScore, ...]
    not_measured: tuple[NotMeasured, ...]
    poses: PoseSequence
    view: View = "front"
    yaw_deg: float = math.nan


def judge(poses: Iterable[PoseFrame], template: Template, side: Side, hold_s: float = 0.0) -> Judged:
    """Every pose, one by one, through the one step. Raises ValueError where there is no pose at all."""
    coach = Coach(template, side, hold_s)
    kept = []
    for pose in poses:
        kept.append(pose)
        coach.step(pose)
    coach.finish()
    return Judged(coach.reps, coach.not_measured, PoseSequence.from_frames(kept), coach.view, coach.yaw_deg)
