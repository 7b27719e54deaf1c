"""Recordings for the trials of a template: its figure doing the exercise, a person in a mirror, parts of a set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from patterns.figure.body import filmed, turned
from patterns.figure.figure import figures
from patterns.learning.repetition_finder import FoundRep
from patterns.segmentation.dwell import course
from patterns.templates.mirroring import swapped
from patterns.templates.template import Side, Template
from scoring.records.records import RepScore
from vision.pose import INDEX, LANDMARKS, PoseSequence

_TURNED_DEG: Final = {"front": 0.0, "any": 0.0, "side": -80.0}
_STANDS_S, _STAYS_S, _RESTS_S = 2.5, 0.5, 1.0


def turned_for(view: str, side: Side) -> float:
    """How far somebody is turned to their own right, degrees, as the view of a template asks."""
    return _TURNED_DEG[view] * (-1.0 if side == "left" else 1.0)


def performed(
    template: Template,
    side: Side,
    count: int = 3,
    seconds: float = 2.0,
    rate_hz: float = 20.0,
    turned_deg: float | None = None,
) -> PoseSequence:
    """The figure of an exercise doing it some times, each way in so many seconds, at an even pace.

    turned_deg: how far it is turned to its own right, as the view of its template asks unless given. Raises SideError.
    """
    figure = figures(template, side)[0]
    way = [course(k / rate_hz / seconds) for k in range(round(seconds * rate_hz))]
    stands, stays, rests = (round(s * rate_hz) for s in (_STANDS_S, _STAYS_S, _RESTS_S))
    once = [*way, *[1.0] * stays, *way[::-1], *[0.0] * rests]
    phases = np.array([*[0.0] * stands, *once * count])
    asked = turned_for(template.view, side) if turned_deg is None else turned_deg
    return filmed(turned(figure.points(phases), asked), np.arange(len(phases)) / rate_hz)


def mirrored_poses(poses: PoseSequence) -> PoseSequence:
    """The person in a mirror: left and right change places."""
    rows = [INDEX[swapped(name)] for name in LANDMARKS]
    pixels = poses.xy_px[:, rows].copy()
    pixels[..., 0] = poses.size_wh[0] - pixels[..., 0]
    return PoseSequence(
        poses.t_s,
        poses.size_wh,
        pixels,
        None if poses.world_m is None else poses.world_m[:, rows] * [-1.0, 1.0, 1.0],
        poses.visibility[:, rows],
        None if poses.world_error_m is None else poses.world_error_m[:, rows],
        poses.measured,
    )


def judged_in(reps: Sequence[RepScore], shown: Sequence[FoundRep]) -> tuple[RepScore, ...]:
    """The movements judged that are shown ones; of what was left out of a recording nothing is asked."""
    return tuple(rep for rep in reps if any(one.start_s <= rep.peak_s <= one.end_s for one in shown))


def first_of(poses: PoseSequence, reps: Sequence[FoundRep], count: int) -> PoseSequence:
    """A recording until its first repetitions are over and a rest has begun, before the next one starts."""
    after = reps[count].start_s if count < len(reps) else np.inf
    kept = poses.t_s < min(reps[count - 1].end_s + 1.5, max(after, reps[count - 1].end_s + 0.1))
    return replace(
        poses,
        t_s=poses.t_s[kept],
        xy_px=poses.xy_px[kept],
        world_m=None if poses.world_m is None else poses.world_m[kept],
        visibility=poses.visibility[kept],
        world_error_m=None if poses.world_error_m is None else poses.world_error_m[kept],
    )
