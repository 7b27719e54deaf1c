"""Repetitions found in a recording without a template: by the principal movement of the body.

The joints' angles and the places of hands and feet are brought to one scale; their first principal component is the
movement that explains most of the recording, and every prominent rise of it away from where the recording begins is a
repetition. (Distance from the most typical posture, a row of the self-similarity matrix, was measured too and finds
fewer: see the README.)
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy

from patterns.features.signals import SIDES
from patterns.features.table import FeatureTable
from patterns.templates.template import Side
from vision.pose import FloatArray

Frames = npt.NDArray[np.intp]
ONE: Final = {"deg": 20.0, "arm lengths": 0.3, "leg lengths": 0.2}
"""For each unit the change that counts as one, so that angles and places can be added up."""

_LIMBS: Final = (
    "hand_x",
    "hand_y",
    "foot_x",
    "foot_y",
    "shoulder_elevation",
    "elbow_flexion",
    "hip_flexion",
    "knee_flexion",
)
_TRUNK: Final = ("trunk_lean", "trunk_forward_lean", "trunk_rotation", "shoulder_hike_right", "pelvis_tilt")
_RATE_HZ: Final = 30.0
_SMOOTH_S: Final = 0.1
_SEEN: Final = 0.7
_LEAST_MOVEMENT: Final = 0.5
"""Change of posture (in ones) under which nobody moved."""

_PROMINENCE: Final = 0.4
_TREMBLE: Final = 0.1
_WHOLE: Final = 0.3
_CUT: Final = 0.55
"""Share of its longer way that the other way of a repetition has at least where the recording begins or ends in it.

Of UI-PRMD's repetitions, cut off on the way back, no shorter one was counted by the template learned from its person.
"""

_SHORTEST_S: Final = 0.4
_LOW, _HIGH = 0.05, 0.2
_RESTING: Final = 0.1
"""Share of a movement's fastest change of posture up to which it has not begun, or has ended."""

_LONGEST_BEFORE: Final = 0.6
"""Share of the time of a way that may go before it, or come after, without the principal movement showing it."""

_WHOLE_RANGE: Final = (0.005, 0.995)
_ARRIVED: Final = 0.98
_EXTENSION: Final = 1.39
"""A reaching movement is at 5 % of its way after 19 % of its time and at 20 % after 33 %: 0.19 / (0.33 - 0.19)."""

_POINTS: Final = 40
_ODD: Final = 2.5
_FAR: Final = 0.45
_PASSED: Final = 0.25
"""Share of the movement's size within which a posture is the one that the others begin and end in."""

_OTHER_SIDE: Final = 0.25


@dataclass(frozen=True)
class FoundRep:
    """One repetition: start, arrival at the far end, leaving it and end, seconds, rising."""

    start_s: float
    peak_s: float
    leave_s: float
    end_s: float


def find_repetitions(table: FeatureTable, side: Side, *, turned: bool = False) -> tuple[FoundRep, ...]:
    """The repetitions of one movement, in the order of time; none where nobody moves.

    table: all features of the recording. side: the one asked for; where sides alternate only its repetitions are
    given. A movement unlike most others (walking in, scratching) is left out. turned: take for the start posture what
    would otherwise be the far end; for who knows better.
    """
    names = [f"{base}_{own}" for base in _LIMBS for own in (SIDES if side == "both" else (side,))]
    t_s, posture = _scaled(table, (*names, *_TRUNK))
    if posture.shape[1] == 0 or len(t_s) < _SHORTEST_S * _RATE_HZ:
        return ()
    progress = _progress(posture, turned=turned)
    if not _anybody_moved(progress):
        return ()
    peaks, usual = _peaks(progress)
    found = []
    for i, peak in enumerate(peaks):
        first, last = _around(posture, progress, peaks, i)
        ways = progress[peak] - progress[[first, last - 1]]
        cut = _CUT * float(ways.max()) if first == 0 or last == len(progress) else 0.0
        if ways.min() >= max(_WHOLE * usual, cut):  # else the recording begins or ends within it
            found.append(_span(t_s, progress, int(peak), first, last))
    alike = _alike(t_s, posture, _with_what_goes_before(t_s, posture, found))
    return tuple(alike if side == "both" else _of_side(table, alike, side))


def movement_curve(table: FeatureTable, side: Side, *, turned: bool = False) -> tuple[FloatArray, FloatArray]:
    """Seconds (N,) and the movement (N,) by which repetitions are found, rising towards its far end.

    0 throughout where nothing was seen.
    """
    names = [f"{base}_{own}" for base in _LIMBS for own in (SIDES if side == "both" else (side,))]
    t_s, posture = _scaled(table, (*names, *_TRUNK))
    if posture.shape[1] == 0 or len(t_s) < 2:
        return t_s, np.zeros(len(t_s))
    return t_s, _progress(posture, turned=turned)


def _progress(posture: FloatArray, *, turned: bool) -> FloatArray:
    """The movement (N,), rising away from the start posture."""
    progress = _principal(posture)
    if not _anybody_moved(progress):
        return progress
    return -progress if turned != _started_elsewhere(posture, progress, _peaks(progress)[0]) else progress


def _anybody_moved(progress: FloatArray) -> bool:
    """Whether anybody moved."""
    return float(np.ptp(np.quantile(progress, _WHOLE_RANGE))) >= _LEAST_MOVEMENT


def _scaled(table: FeatureTable, names: tuple[str, ...]) -> tuple[FloatArray, FloatArray]:
    """An even time grid (N,) and the features (N, F) in ones, bridged and smoothed; without those hardly ever seen."""
    t_s = np.arange(table.t_s[0], table.t_s[-1], 1 / _RATE_HZ)
    columns = []
    for name in names:
        column = table.column(name)
        seen = np.isfinite(column)
        if seen.mean() >= _SEEN:
            even = np.interp(t_s, table.t_s[seen], column[seen])
            one = ONE[table.units[table.names.index(name)]]
            columns.append(scipy.ndimage.gaussian_filter1d(even / one, _SMOOTH_S * _RATE_HZ, mode="nearest"))
    return t_s, np.stack(columns, axis=-1) if columns else np.empty((len(t_s), 0))


def _principal(posture: FloatArray) -> FloatArray:
    """The first principal component (N,), rising away from the posture that the recording begins, ends and rests in.

    The three together, since any one may mislead: a recording may begin in motion, and a far end may be held.
    """
    centred = posture - posture.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    progress = np.asarray(centred @ axes[0])
    low, high = np.quantile(progress, (0.02, 0.98))
    half_s = round(_RATE_HZ / 2)
    rest = np.mean([np.median(part) for part in (progress[:half_s], progress[-half_s:], progress)])
    return progress if rest - low <= high - rest else -progress


def _peaks(progress: FloatArray) -> tuple[Frames, float]:
    """The frames (P,) of the far ends, and the usual prominence of one."""
    low, high = (float(v) for v in np.quantile(progress, _WHOLE_RANGE))
    padded = np.concatenate([[low], progress, [low]])
    peaks, shape = scipy.signal.find_peaks(
        padded, prominence=_TREMBLE * (high - low), distance=_SHORTEST_S * _RATE_HZ
    )
    usual = _usual(shape["prominences"])
    return peaks[shape["prominences"] >= _PROMINENCE * usual] - 1, usual


def _usual(prominences: FloatArray) -> float:
    """The prominence of the peaks to which half of all going up and down belongs, so that no single huge one counts."""
    falling = np.sort(prominences)[::-1]
    return float(falling[np.searchsorted(np.cumsum(falling), falling.sum() / 2)])


def _from_start(posture: FloatArray, progress: FloatArray, peaks: Frames) -> FloatArray:
    """How unlike the posture between two repetitions each frame's is (N,), as a share of the movement's size."""
    between = [a + int(progress[a:b].argmin()) for a, b in pairwise(peaks)]
    start, far = np.median(posture[between], axis=0), np.median(posture[peaks], axis=0)
    return np.asarray(np.linalg.norm(posture - start, axis=1) / max(float(np.linalg.norm(far - start)), 1e-9))


def _started_elsewhere(posture: FloatArray, progress: FloatArray, peaks: Frames) -> bool:
    """Whether what lies between the rises is never met before the first nor after the last of them.

    Then it is the far end, and the recording begins and ends in another posture: the start posture was taken first.
    """
    if len(peaks) < 2:
        return False
    off = _from_start(posture, progress, peaks)
    return bool(off[: peaks[0] + 1].min() > _PASSED and off[peaks[-1] :].min() > _PASSED)


def _around(posture: FloatArray, progress: FloatArray, peaks: Frames, i: int) -> tuple[int, int]:
    """The frames [from, to) in which a peak's movement lies: between the lowest points before and after it.

    Before the first and after the last it is where the posture is most like that between others, if it comes near it:
    taking the start posture and leaving it are no part of a repetition.
    """
    before = int(peaks[i - 1]) if i > 0 else 0
    after = int(peaks[i + 1]) if i + 1 < len(peaks) else len(progress)
    at = int(peaks[i])
    first, last = before + int(progress[before : at + 1].argmin()), at + int(progress[at:after].argmin())
    if len(peaks) > 1:
        off = _from_start(posture, progress, peaks)
        nearest = [before + int(off[before : at + 1].argmin()), at + int(off[at:after].argmin())]
        if i == 0 and off[nearest[0]] <= _PASSED < off[first]:
            first = nearest[0]
        if i + 1 == len(peaks) and off[nearest[1]] <= _PASSED < off[last]:
            last = nearest[1]
    return first, last + 1


def _span(t_s: FloatArray, progress: FloatArray, peak: int, first: int, last: int) -> FoundRep:
    out_s, arrive_s = _edges(t_s[first : peak + 1], progress[first : peak + 1])
    end_s, leave_s = _edges(-t_s[peak:last][::-1], progress[peak:last][::-1])
    start_s, end_s = max(out_s, float(t_s[first])), min(-end_s, float(t_s[last - 1]))
    middle_s = float(t_s[peak])
    return FoundRep(start_s, min(arrive_s, middle_s), max(-leave_s, middle_s), end_s)


def _with_what_goes_before(t_s: FloatArray, posture: FloatArray, found: list[FoundRep]) -> list[FoundRep]:
    """The repetitions with what belongs to them at either end although the principal movement hardly shows it.

    Who stands up leans forward before the knees stretch: as long as the posture goes on changing without a rest, it
    is the same movement; where there is no rest between two repetitions they stay as they are.
    """
    speed = np.linalg.norm(np.gradient(posture, 1 / _RATE_HZ, axis=0), axis=1)
    whole = []
    for i, rep in enumerate(found):
        at = [int(np.searchsorted(t_s, s)) for s in (rep.start_s, rep.peak_s, rep.leave_s, rep.end_s)]
        reach = [round(_LONGEST_BEFORE * (at[k + 1] - at[k])) for k in (0, 2)]
        free_from = max(int(np.searchsorted(t_s, found[i - 1].end_s)) if i > 0 else 0, at[0] - reach[0])
        until_s = found[i + 1].start_s if i + 1 < len(found) else np.inf
        free_to = min(int(np.searchsorted(t_s, until_s)), at[3] + reach[1])
        resting = _RESTING * speed[at[0] : at[3] + 1].max()
        start, end = at[0], at[3]
        slow = np.flatnonzero(speed[free_from:start] <= resting)
        if len(slow) and _moves(posture, free_from + slow[-1], start):
            start = free_from + int(slow[-1])
        slow = np.flatnonzero(speed[end:free_to] <= resting)
        if len(slow) and _moves(posture, end, end + slow[0]):
            end += int(slow[0])
        start_s = rep.start_s if start == at[0] else float(t_s[start])
        end_s = rep.end_s if end == at[3] else float(t_s[end])
        whole.append(FoundRep(start_s, rep.peak_s, rep.leave_s, end_s))
    return whole


def _moves(posture: FloatArray, a: int, b: int) -> bool:
    return bool(np.linalg.norm(posture[min(b, len(posture) - 1)] - posture[a]) > _LEAST_MOVEMENT)


def _edges(t_s: FloatArray, rise: FloatArray) -> tuple[float, float]:
    """When a rise starts and arrives: told from its clear parts and the course of a reaching movement."""
    share = (rise - rise[0]) / max(float(rise[-1] - rise[0]), 1e-9)

    def last_below(level: float) -> float:
        below = np.flatnonzero(share <= level)
        return float(t_s[below[-1]])

    def first_above(level: float) -> float:
        return float(t_s[np.flatnonzero(share >= level)[0]])

    low_s, high_s = first_above(1 - _HIGH), first_above(1 - _LOW)
    start_s = last_below(_LOW) - _EXTENSION * (last_below(_HIGH) - last_below(_LOW))
    return start_s, max(high_s + _EXTENSION * (high_s - low_s), first_above(_ARRIVED))


def _alike(t_s: FloatArray, posture: FloatArray, found: list[FoundRep]) -> list[FoundRep]:
    """The repetitions without those unlike the others; all of them where the unlike are no minority."""
    if len(found) < 3:
        return found
    share = np.linspace(0, 1, _POINTS)
    curves = []
    for rep in found:
        ways = [(rep.start_s, rep.peak_s), (rep.leave_s, rep.end_s)]
        at_s = np.concatenate([a + (b - a) * share for a, b in ways])
        rows = np.stack([np.interp(at_s, t_s, column) for column in posture.T], axis=-1)
        curves.append(rows)
    middle = np.median(curves, axis=0)
    size = float(np.linalg.norm(np.ptp(middle, axis=0)))
    off = np.array([np.sqrt(((rows - middle) ** 2).sum(axis=-1).mean()) for rows in curves])
    odd = off > max(_ODD * float(np.median(off)), _FAR * size)
    return (
        [rep for rep, left_out in zip(found, odd, strict=True) if not left_out] if odd.mean() < 0.4 else found
    )


def _of_side(table: FeatureTable, found: list[FoundRep], side: str) -> list[FoundRep]:
    """The repetitions that this side made, where there are others that the other side made."""
    other = "left" if side == "right" else "right"
    more = np.array([_sidedness(table, rep, side, other) for rep in found])
    mine, others = more > _OTHER_SIDE, more < -_OTHER_SIDE
    if not (mine.any() and others.any()):
        return found
    return [rep for rep, own in zip(found, more > 0, strict=True) if own]


def _sidedness(table: FeatureTable, rep: FoundRep, side: str, other: str) -> float:
    """-1..1: by how much more this side's joints move than the other's."""
    inside = (table.t_s >= rep.start_s) & (table.t_s <= rep.end_s)
    moved = []
    for own in (side, other):
        rows = np.stack([table.column(f"{base}_{own}")[inside] for base in _LIMBS[4:]], axis=-1)
        seen = np.isfinite(rows).any(axis=0)
        spread = np.nanquantile(rows[:, seen], 0.95, axis=0) - np.nanquantile(rows[:, seen], 0.05, axis=0)
        moved.append(float(np.linalg.norm(spread)))
    return (moved[0] - moved[1]) / max(sum(moved), 1e-9)
