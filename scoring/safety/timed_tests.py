"""Timed tests: a judged recording to seconds, a count or points, with what could not be told said.

The result is the person's; how it stands against norms is scoring.safety.norms, for therapists only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median
from typing import Final

import numpy as np

from base.message import Message, any_of
from patterns.features.lost import LOST_AFTER_S
from patterns.features.table import FeatureTable, feature_table
from patterns.programs.timed_test import CountIn, FaultPoints, Longest, Points, TimedTest, TimeOf
from scoring.records.records import NotMeasured, RepScore
from vision.pose import PoseSequence

HALF_WAY: Final = 0.5
_AT_ONCE_S: Final = 0.3

ENDS_EARLY: Final = "the recording ends {recorded} s after the first start; {needed} s are needed"
WITH_FAULT: Final = "{count} not counted: {faults} was found"
LITTLE_SEEN: Final = "{count} not counted: too little of it was seen"
NO_TRY: Final = "no whole try was seen"
TRIES: Final = "tries: {seconds} s"
LATER_TRIES: Final = "later tries left out: {count}"
UNCLEAR: Final = "the try at {start} s and the next may be one: it was not wholly back in between"
SEEN_POINTS: Final = "the camera can see {seen} of the {whole} points"
LAST_UNSEEN: Final = "how far up the one under way at {seconds} s was could not be seen; it is not counted"
LAST_COUNTS: Final = "the one under way at {seconds} s was {percent} % of the way and counts"
LAST_DOES_NOT: Final = "the one under way at {seconds} s was {percent} % of the way and does not count"
ATTEMPT: Final = "the attempt at {start} s is not counted: {reason}"
ONE_NEEDED: Final = "1 repetition is needed, {seen} could be judged"
MORE_NEEDED: Final = "{needed} repetitions are needed, {seen} could be judged"


@dataclass(frozen=True)
class Trial:
    """What a test looks at: reps in order, the time of the last picture, and the features of half-way over time."""

    reps: tuple[RepScore, ...]
    end_s: float
    heights: FeatureTable | None = None

    @classmethod
    def of(cls, reps: Sequence[RepScore], poses: PoseSequence, test: TimedTest) -> Trial:
        """The trial that a judged recording is for that test; poses: all of it."""
        wanted = test.measure.half_way if isinstance(test.measure, CountIn) else ()
        heights = feature_table(poses, wanted) if wanted else None
        return cls(tuple(reps), float(poses.t_s[-1]), heights)

    @property
    def done(self) -> list[RepScore]:
        """The repetitions without the attempts."""
        return [rep for rep in self.reps if rep.kind == "repetition"]


@dataclass(frozen=True)
class Part:
    """One item of a sum of points.

    found and seen: in how many of the repetitions the fault was found and could be seen. points: None where it was not
    found and not seen in all of them.
    """

    name: str
    points: int | None
    found: int
    seen: int


@dataclass(frozen=True)
class Outcome:
    """The result of a test.

    value in unit, None for the reason given; most: the largest it may be, with what was not seen, equal to value where
    that is all. Seconds are in tenths, as a stopwatch has them. notes: sentences on how it came about.
    """

    value: float | None
    unit: str
    reason: str | None = None
    most: float | None = None
    notes: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    not_measured: tuple[NotMeasured, ...] = ()


@dataclass(frozen=True)
class _Found:
    value: float | None
    reason: str | None = None
    most: float | None = None
    notes: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()


def run_test(test: TimedTest, trial: Trial) -> Outcome:
    """The result of the test. One that cannot be told has no value and a reason; nothing is guessed."""
    match test.measure:
        case TimeOf() as measure:
            found = _time_of(measure, trial)
        case CountIn() as measure:
            found = _count_in(measure, trial)
        case Longest() as measure:
            found = _longest(measure, trial)
        case Points() as measure:
            found = _points(measure, trial)
    most = found.value if found.most is None else found.most
    never = tuple(NotMeasured(name, why) for name, why in test.not_measured.items())
    return Outcome(found.value, test.unit, found.reason, most, found.notes, found.parts, never)


def _time_of(measure: TimeOf, trial: Trial) -> _Found:
    done = trial.done
    if len(done) < measure.repetitions:
        return _too_few(measure.repetitions, len(done), trial.reps)
    first, last = done[0], done[measure.repetitions - 1]
    before = [rep for rep in trial.reps if rep.index < last.index]
    return _Found(round(last.peak_s - first.start_s, 1), notes=_told_attempts(before))


def _count_in(measure: CountIn, trial: Trial) -> _Found:
    done = trial.done
    if not done:
        return _too_few(1, 0, trial.reps)
    until_s = done[0].start_s + measure.seconds
    if trial.end_s < until_s:
        recorded_s = trial.end_s - done[0].start_s
        return _Found(
            None,
            Message(ENDS_EARLY, recorded=f"{recorded_s:.1f}", needed=f"{measure.seconds:g}"),
        )
    inside = [rep for rep in trial.reps if rep.start_s < until_s and _is_counted(rep, measure)]
    whole = [rep for rep in inside if rep.kind == "repetition" and rep.peak_s <= until_s]
    wrong = [rep for rep in whole if {fault.id for fault in rep.faults} & {*measure.without}]
    unseen = [rep for rep in whole if measure.without and rep.total is None]
    count = len(whole) - len(wrong) - len(unseen)
    notes = [*_told_attempts([rep for rep in inside if rep.peak_s <= until_s])]
    if wrong:
        notes.append(Message(WITH_FAULT, count=len(wrong), faults=any_of(*measure.without)))
    if unseen:
        notes.append(Message(LITTLE_SEEN, count=len(unseen)))
    last = [rep for rep in inside if rep.peak_s > until_s]
    if last and trial.heights is not None:
        share = _share_of_way(trial.heights, until_s, last[-1], whole)
        counts = share > HALF_WAY
        count += counts
        notes.append(_told_last(share, measure.seconds, counts=counts))
    return _Found(float(count), notes=tuple(notes))


def _longest(measure: Longest, trial: Trial) -> _Found:
    tries, broken = [], []
    for rep in trial.reps:
        lasted_s = rep.end_s - rep.start_s
        if rep.kind == "repetition" or lasted_s >= measure.longest_s:
            tries.append(round(min(lasted_s, measure.longest_s), 1))
        else:
            broken.append(rep)
    if not tries:
        return _Found(None, NO_TRY, notes=_told_attempts(broken))
    chosen = tries[: measure.tries]
    told = Message(TRIES, seconds=tuple(f"{lasted_s:.1f}" for lasted_s in chosen))
    more = [Message(LATER_TRIES, count=len(tries) - len(chosen))] if len(tries) > len(chosen) else []
    return _Found(max(chosen), notes=(told, *more, *_told_unclear(trial.done), *_told_attempts(broken)))


def _told_unclear(tries: Sequence[RepScore]) -> tuple[str, ...]:
    """One sentence for each try that may have gone on: not wholly back before the next one began at once."""
    return tuple(
        Message(UNCLEAR, start=f"{one.start_s:.1f}")
        for one, after in pairwise(tries)
        if after.start_s - one.end_s < _AT_ONCE_S and any(f.id == "incomplete_return" for f in one.faults)
    )


def _points(measure: Points, trial: Trial) -> _Found:
    judged = [rep for rep in trial.done if rep.total is not None]
    if len(judged) < measure.repetitions:
        return _too_few(measure.repetitions, len(judged), trial.reps)
    reps = judged[: measure.repetitions]
    parts = [_part(item, reps) for item in measure.item]
    value = sum(part.points or 0 for part in parts)
    open_points = sum(
        item.largest - (part.points or 0)
        for item, part in zip(measure.item, parts, strict=True)
        if part.seen < len(reps)
    )
    seen_points = sum(item.largest for item in measure.item)
    notes = (Message(SEEN_POINTS, seen=seen_points, whole=seen_points + measure.unseen_points),)
    most = float(value + open_points + measure.unseen_points)
    return _Found(float(value), most=most, notes=notes, parts=tuple(parts))


def _part(item: FaultPoints, reps: Sequence[RepScore]) -> Part:
    names = (item.feature, f"{item.feature}_left", f"{item.feature}_right")
    seen = sum(any(metric.name in names for metric in rep.metrics) for rep in reps)
    faults = [fault for rep in reps for fault in rep.faults if fault.id == item.fault]
    if not faults:
        return Part(item.name, 0 if seen == len(reps) else None, 0, seen)
    more = item.more_from is not None and any(fault.value >= item.more_from for fault in faults)
    return Part(item.name, item.largest if more else item.points, len(faults), seen)


def _is_counted(rep: RepScore, measure: CountIn) -> bool:
    return measure.counts is None or rep.side == measure.counts


def _share_of_way(heights: FeatureTable, at_s: float, movement: RepScore, whole: Sequence[RepScore]) -> float:
    """How far of its way a movement was at at_s, 0..1, mean over the features; NaN where it was not seen.

    The end of the way is the person's own: the median of the whole repetitions before, without them the movement's own
    if it is one.
    """
    ends = [*whole] or ([movement] if movement.kind == "repetition" else [])
    shares = []
    for name in heights.names:
        value = _reader(heights, name)
        start = value(movement.start_s)
        tops = [top for top in (value(rep.peak_s) for rep in ends) if math.isfinite(top)]
        way = median(tops) - start if tops else math.nan
        share = (value(at_s) - start) / way if way else math.nan
        if math.isfinite(share):
            shares.append(share)
    return fmean(shares) if shares else math.nan


def _reader(heights: FeatureTable, name: str) -> Callable[[float], float]:
    """The feature at a time, between frames by a line; NaN where it was not seen or frames are missing."""
    t_s, column = heights.t_s, heights.column(name)

    def value(at_s: float) -> float:
        after = int(np.searchsorted(t_s, at_s))
        if after < len(t_s) and t_s[after] == at_s:
            return float(column[after])
        if not 0 < after < len(t_s) or t_s[after] - t_s[after - 1] >= LOST_AFTER_S:
            return math.nan
        return float(np.interp(at_s, t_s[after - 1 : after + 1], column[after - 1 : after + 1]))

    return value


def _told_last(share: float, seconds: float, *, counts: bool) -> str:
    if not math.isfinite(share):
        return Message(LAST_UNSEEN, seconds=f"{seconds:g}")
    told = LAST_COUNTS if counts else LAST_DOES_NOT
    return Message(told, seconds=f"{seconds:g}", percent=f"{100 * share:.0f}")


def _told_attempts(reps: Sequence[RepScore]) -> tuple[str, ...]:
    """One sentence for each attempt among the movements."""
    return tuple(
        Message(ATTEMPT, start=f"{rep.start_s:.1f}", reason=rep.reason or "")
        for rep in reps
        if rep.kind == "attempt"
    )


def _too_few(needed: int, seen: int, reps: Sequence[RepScore]) -> _Found:
    told = ONE_NEEDED if needed == 1 else MORE_NEEDED
    return _Found(None, Message(told, needed=needed, seen=seen), notes=_told_attempts(reps))
