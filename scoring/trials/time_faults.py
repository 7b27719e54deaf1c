"""Faults of time put into a good recording: its own postures, drawn at other times (see fault_injection.py)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from patterns.features.table import feature_table
from patterns.learning.repetition_finder import FoundRep
from patterns.segmentation.dwell import course, time_share
from patterns.segmentation.phase import PathFollower
from patterns.templates.mirroring import swapped
from patterns.templates.template import Template
from scoring.trials.fault_injection import px_a_m
from vision.pose import INDEX, LANDMARKS, FloatArray, PoseSequence

_RATE_HZ: Final = 30.0
_SHORT: Final = 0.4
"""Share of the way that somebody goes who stops short."""

_BACK_TO: Final = 0.45
"""Share of the way at which somebody turns who does not come back; above the half it is one movement still."""

_FAST, _SLOW = 0.6, 1.3
"""Shares of the template's shortest and longest time of a way."""

_JERKS_HZ, _JERK_S = 4.0, 0.1
"""How often a second somebody jerks, as in a tremor, and by how many seconds' way to and fro."""

_CLEAR_JERK_M: Final = 0.015
"""How far a jerk must go in the picture to be seen by anybody."""

Retimed = tuple[FloatArray, FloatArray]
Retiming = Callable[[PoseSequence, Sequence[FoundRep], int, Template], Retimed | None]
"""Of repetitions the i-th done otherwise: new times (N,), and the times (N,) in the recording of their postures.

None where it cannot be done so that it is seen.
"""


def drawn(poses: PoseSequence, at_s: FloatArray, times_s: FloatArray) -> PoseSequence:
    """The postures of a recording at at_s (N,), between its own on a line, as if they had been at times_s (N,)."""

    def between(values: FloatArray) -> FloatArray:
        flat = values.reshape(len(values), -1)
        columns = [np.interp(at_s, poses.t_s, column) for column in flat.T]
        return np.stack(columns, axis=-1).reshape(len(at_s), *values.shape[1:])

    return replace(
        poses,
        t_s=times_s,
        xy_px=between(poses.xy_px),
        world_m=None if poses.world_m is None else between(poses.world_m),
        visibility=between(poses.visibility),
        world_error_m=None if poses.world_error_m is None else between(poses.world_error_m),
    )


def short(_poses: PoseSequence, reps: Sequence[FoundRep], i: int, _template: Template) -> Retimed:
    """Stops short, and comes back from there."""
    return _by_progress(reps, lambda k, way: way * _SHORT if k == i else way)


def no_return(poses: PoseSequence, reps: Sequence[FoundRep], i: int, template: Template) -> Retimed | None:
    """Turns before it is back, and the next one begins from there; None for the last one."""
    if i + 1 >= len(reps):
        return None
    rep, following = reps[i], reps[i + 1]
    stays_s = _when_at(poses, rep, template, _BACK_TO, (rep.leave_s, rep.end_s))
    goes_s = _when_at(poses, following, template, _BACK_TO, (following.start_s, following.peak_s))
    times = _times(reps)
    knots = [times[0], rep.leave_s, rep.end_s, following.start_s, following.peak_s, times[-1]]
    at = np.interp(times, knots, [times[0], rep.leave_s, stays_s, stays_s, following.peak_s, times[-1]])
    begins = (times >= following.start_s) & (times < following.peak_s)
    way_s = following.peak_s - following.start_s
    at[begins] = goes_s + (times[begins] - following.start_s) / way_s * (following.peak_s - goes_s)
    return times, at


def _when_at(
    poses: PoseSequence, rep: FoundRep, template: Template, share: float, within_s: tuple[float, float]
) -> float:
    """When a movement is nearest to a share of its way, from its start to its far end, on one of its ways, seconds."""
    follower = PathFollower(template.path)
    rows = feature_table(poses, follower.names).values
    phase = np.array([follower.nearest(row, t_s)[0] for row, t_s in zip(rows, poses.t_s, strict=True)])
    start, far = (phase[int(np.searchsorted(poses.t_s, at_s))] for at_s in (rep.start_s, rep.peak_s))
    inside = (poses.t_s >= within_s[0]) & (poses.t_s <= within_s[1]) & np.isfinite(phase)
    off = np.where(inside, np.abs((phase - start) / (far - start) - share), np.inf)
    return float(poses.t_s[int(off.argmin())])


def jerky(poses: PoseSequence, reps: Sequence[FoundRep], i: int, template: Template) -> Retimed | None:
    """Goes to and fro on both ways; None where nothing that travels goes far enough for it to be seen."""
    way_s = reps[i].peak_s - reps[i].start_s
    if _JERK_S / way_s * _travel_m(poses, reps[i], template) < _CLEAR_JERK_M:
        return None
    rep, times = reps[i], _times(reps)
    inside = (times >= rep.start_s) & (times < rep.end_s)
    fade = np.clip(np.minimum(times - rep.start_s, rep.end_s - times) / 0.3, 0.0, 1.0)
    to_and_fro = _JERK_S * np.sin(2 * np.pi * _JERKS_HZ * (times - rep.start_s))
    return times, np.where(inside, times + fade * to_and_fro, times)


def _travel_m(poses: PoseSequence, rep: FoundRep, template: Template) -> float:
    """How far what travels is from its start at the far end, as the picture shows it; the farthest, metres."""
    first, far = (int(i) for i in np.searchsorted(poses.t_s, (rep.start_s, rep.peak_s)))
    rows = [INDEX[name] for name in template.moving]
    rows += [INDEX[swapped(LANDMARKS[row])] for row in rows]
    gone_px = np.linalg.norm(poses.xy_px[far, rows] - poses.xy_px[first, rows], axis=-1)
    return float(np.nanmax(gone_px)) / px_a_m(poses)


def fast(_poses: PoseSequence, reps: Sequence[FoundRep], i: int, template: Template) -> Retimed:
    """Both ways in less than the shortest time."""
    return _stretched(reps, i, [_FAST * way[0] for way in (template.tempo.out_s, template.tempo.back_s)])


def slow(_poses: PoseSequence, reps: Sequence[FoundRep], i: int, template: Template) -> Retimed:
    """Both ways in more than the longest time."""
    return _stretched(reps, i, [_SLOW * way[1] for way in (template.tempo.out_s, template.tempo.back_s)])


RETIMINGS: Final[dict[str, Retiming]] = {
    "reduced_range": short,
    "incomplete_return": no_return,
    "jerky": jerky,
    "too_fast": fast,
    "too_slow": slow,
}
"""Faults of time, which every exercise can have."""


def _times(reps: Sequence[FoundRep]) -> FloatArray:
    return np.arange(reps[0].start_s - 1.5, reps[-1].end_s + 1.5, 1 / _RATE_HZ)


def _share_out(times: FloatArray, rep: FoundRep) -> FloatArray:
    return np.array([course((t - rep.start_s) / (rep.peak_s - rep.start_s)) for t in times])


def _share_back(times: FloatArray, rep: FoundRep) -> FloatArray:
    return np.array([course((rep.end_s - t) / (rep.end_s - rep.leave_s)) for t in times])


def _way_out(times: FloatArray, at: FloatArray, rep: FoundRep, share: FloatArray) -> FloatArray:
    gone = rep.start_s + np.array([time_share(p) for p in share]) * (rep.peak_s - rep.start_s)
    return np.where((times >= rep.start_s) & (times < rep.peak_s), gone, at)


def _way_back(times: FloatArray, at: FloatArray, rep: FoundRep, share: FloatArray) -> FloatArray:
    gone = rep.end_s - np.array([time_share(p) for p in share]) * (rep.end_s - rep.leave_s)
    return np.where((times >= rep.leave_s) & (times < rep.end_s), gone, at)


def _by_progress(
    reps: Sequence[FoundRep], changed: Callable[[int, FloatArray], FloatArray]
) -> tuple[FloatArray, FloatArray]:
    times = _times(reps)
    at = times.copy()
    for k, rep in enumerate(reps):
        out, back = changed(k, _share_out(times, rep)), changed(k, _share_back(times, rep))
        at = _way_back(times, _way_out(times, at, rep, out), rep, back)
        stays = (times >= rep.peak_s) & (times < rep.leave_s)
        farthest = float(changed(k, np.array([1.0]))[0])
        if farthest < 1.0:
            at[stays] = rep.start_s + time_share(farthest) * (rep.peak_s - rep.start_s)
    return times, at


def _stretched(reps: Sequence[FoundRep], i: int, ways_s: Sequence[float]) -> tuple[FloatArray, FloatArray]:
    """The ways of the i-th repetition in so many seconds, what comes after it later or earlier."""
    rep = reps[i]
    first, last = reps[0].start_s - 1.5, reps[-1].end_s + 1.5
    knots = [first, rep.start_s, rep.peak_s, rep.leave_s, rep.end_s, last]
    steps = np.diff(knots)
    steps[1], steps[3] = ways_s
    told = np.concatenate([[first], first + np.cumsum(steps)])
    times = np.arange(told[0], told[-1], 1 / _RATE_HZ)
    return times, np.interp(times, told, knots)
