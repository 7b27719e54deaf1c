"""A whole recording through the Coach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.errors import RequestError
from patterns.template import Side, Template
from scoring.coach import Coach
from scoring.records import NotMeasured, RepScore
from vision.pose import PoseFrame, PoseSequence


class NobodySeenError(RequestError):
    """No person was found in the whole recording."""


@dataclass(frozen=True)
class Judged:
    """What a recording came to: reps in order, what was not measured, and the raw landmarks as they were judged."""

    reps: tuple[RepScore, ...]
    not_measured: tuple[NotMeasured, ...]
    poses: PoseSequence


def judge(poses: Iterable[PoseFrame], template: Template, side: Side, hold_s: float = 0.0) -> Judged:
    """Every pose, one by one, through the one step. Raises NobodySeenError where no frame shows a person."""
    coach = Coach(template, side, hold_s)
    kept = []
    for pose in poses:
        kept.append(pose)
        coach.step(pose)
    coach.finish()
    if not any(pose.detected for pose in kept):
        raise NobodySeenError(
            f"no person was found in any of {len(kept)} frames; is the whole body in the picture?"
        )
    return Judged(coach.reps, coach.not_measured, PoseSequence.from_frames(kept))
