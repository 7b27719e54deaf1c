"""A whole recording through the Coach."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from patterns.features.lost import out_of_sight
from patterns.features.signals import View
from patterns.programs.technique import Technique
from patterns.templates.template import Side, Template
from scoring.coach.coach import Coach
from scoring.pacing.pacer import Pacer, PaceUpdate
from scoring.records.records import NotMeasured, RepScore
from vision.pose import PoseFrame, PoseSequence


@dataclass(frozen=True)
class Judged:
    """What a recording came to: reps in order, what was not measured, and the raw landmarks as they were judged.

    view, yaw_deg: from where the movements were seen, and the median turn to the camera, NaN where nothing moved.
    paced: where the pacer of the technique was at the end, None without a technique.
    unseen: what the exercise needs and no frame showed, in a sentence; empty where a frame showed all of it.
    """

    reps: tuple[RepScore, ...]
    not_measured: tuple[NotMeasured, ...]
    poses: PoseSequence
    view: View = "front"
    yaw_deg: float = math.nan
    paced: PaceUpdate | None = None
    unseen: str = ""


def judge(
    poses: Iterable[PoseFrame],
    template: Template,
    side: Side,
    hold_s: float = 0.0,
    technique: Technique | None = None,
) -> Judged:
    """Every pose, one by one, through the one step, and through the pacer where there is a technique.

    Raises ValueError where there is no pose at all, SideError and TechniqueError as the Coach does.
    """
    coach = Coach(template, side, hold_s, technique)
    pacer = None if technique is None else Pacer(technique, template)
    kept = []
    paced = None
    missing = []
    for pose in poses:
        kept.append(pose)
        update = coach.step(pose)
        missing.append(frozenset(coach.missing))
        if pacer is not None:
            paced = pacer.step(update.t_s, update.progress, update.state, update.closed)
    for last in coach.finish():
        if pacer is not None:
            paced = pacer.step(kept[-1].t_s, None, "resting", last)
    seen = PoseSequence.from_frames(kept)
    unseen = out_of_sight(missing) if all(missing) else ""
    return Judged(coach.reps, coach.not_measured, seen, coach.view, coach.yaw_deg, paced, unseen)
