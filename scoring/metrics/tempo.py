"""How long a movement took, and what was asked: the template's limits, or the tempo of a technique."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np

from patterns.programs.technique import PacedTempo, Timing
from patterns.templates.template import Template
from scoring.pacing.notes import HOLD, REVERSAL, REVERSAL_AT_START
from scoring.records.finding import Finding, graded, raised
from scoring.records.movement_data import Recorded
from scoring.records.records import Fault, MetricValue

TIME_ERROR_S: Final = 0.1
LONG_STAY_S: Final = 1.0
"""Stay at the far end from which on its edges are not told by stillness."""

UNTIMELY_SPAN: Final = 0.8
"""Share of the allowed time beyond it at which the score is 0."""

TIME_WEIGHT: Final = 0.5
"""Weight of a time in control."""

HURRIED: Final = 0.65
"""Share of one's usual time below which a repetition is too fast."""

DRAGGED: Final = 1.45
"""Multiple of one's usual time above which a repetition is too slow."""


def tempo(recorded: Recorded, template: Template) -> list[Finding]:
    """Seconds of the way out, the hold, the way back and the whole; nothing of a way back that never came.

    The ways are held against the template's limits, the whole against the person's own repetitions: when a hold
    begins and ends is told less well than when a movement does. Under a technique that asks for a tempo see paced.
    """
    movement, rule = recorded.movement, template.tempo
    if recorded.asked is not None and recorded.asked != PacedTempo():
        return paced(recorded, recorded.asked)
    hold = MetricValue(
        HOLD, movement.leave_s - movement.peak_s, "s", 2 * TIME_ERROR_S, None, recorded.coverage
    )
    findings = [_timed(recorded, "time_out", movement.ways_s[0], rule.out_s), Finding(hold, "shown", 0.0)]
    if movement.came_back:
        findings.append(_timed(recorded, "time_back", movement.ways_s[1], rule.back_s))
        whole_s, usual = movement.end_s - movement.start_s, recorded.habits.usual("duration")
        own = (0.0, math.inf) if usual is None else (HURRIED * usual, DRAGGED * usual)
        findings.append(replace(_timed(recorded, "duration", whole_s, own), habit=("duration", whole_s)))
    return findings


def _timed(recorded: Recorded, name: str, value: float, allowed_s: tuple[float, float]) -> Finding:
    """A time that may be neither shorter nor longer than allowed."""
    shortest, longest = allowed_s
    too_fast, too_slow = shortest - TIME_ERROR_S, longest + TIME_ERROR_S
    fault = None
    if value < too_fast:
        severity = (too_fast - value) / too_fast
        fault = raised("too_fast", name, value, too_fast, "s", (0.0, 1.0), severity)
    elif value > too_slow:
        severity = (value - too_slow) / too_slow
        fault = raised("too_slow", name, value, too_slow, "s", (0.0, 1.0), severity)
    score = time_score(value, allowed_s)
    metric = MetricValue(name, value, "s", TIME_ERROR_S, score, recorded.coverage)
    return Finding(metric, "control", TIME_WEIGHT, fault)


def time_score(value: float, allowed_s: tuple[float, float]) -> float:
    """Return the points of a time between the shortest and the longest that is allowed, and outside."""
    shortest, longest = allowed_s
    excess = max(1 - value / shortest if shortest else 0.0, value / longest - 1)
    return 100.0 * (1.0 - min(max(excess / UNTIMELY_SPAN, 0.0), 1.0))


def paced(recorded: Recorded, asked: PacedTempo) -> list[Finding]:
    """The same times, each against what the technique asks, and the pauses at the turns; what it leaves open is shown.

    The ways are from the start to the first arrival and from the last leaving to the end; around a long stay these are
    told as in segmentation/dwell.py. hold: the median of the stays at the far end. reversal: the pause at the far end;
    reversal_at_start: the pause since the movement before. Only the ways raise faults (too_fast, too_slow), beyond
    tolerance and error; the other times are scored and told by the pacer.
    """
    movement = recorded.movement
    stays_s = movement.stays_s
    if len(stays_s) < 2 and sum(leave - arrival for arrival, leave in stays_s) < LONG_STAY_S:
        stays_s = ((movement.peak_s, movement.leave_s),)
    held_s = float(np.median([leave - arrival for arrival, leave in stays_s]))
    out_s, back_s = stays_s[0][0] - movement.start_s, movement.end_s - stays_s[-1][1]
    findings = [_against(recorded, "time_out", out_s, asked.out_s, ways=True)]
    if asked.reversal_s is None:
        findings.append(_against(recorded, HOLD, held_s, asked.hold_s))
    else:
        findings.append(_against(recorded, REVERSAL, held_s, asked.reversal_s))
        if recorded.paused_s is not None:
            findings.append(_against(recorded, REVERSAL_AT_START, recorded.paused_s, asked.reversal_s))
    if movement.came_back:
        findings.append(_against(recorded, "time_back", back_s, asked.back_s, ways=True))
        findings.append(_against(recorded, "duration", movement.end_s - movement.start_s, None))
    return findings


def _against(
    recorded: Recorded, name: str, value: float, timing: Timing | None, *, ways: bool = False
) -> Finding:
    """A time against the one that is asked for; only shown where none is."""
    error = TIME_ERROR_S if ways else 2 * TIME_ERROR_S
    if timing is None:
        return Finding(MetricValue(name, value, "s", error, None, recorded.coverage), "shown", 0.0)
    departure = value - timing.seconds
    wrong = {"above": departure, "below": -departure, "both": abs(departure)}[timing.wrong]
    score = graded(wrong, timing.tolerance_s, timing.span_s)
    fault = _fault(name, value, timing) if ways else None
    return Finding(
        MetricValue(name, value, "s", error, score, recorded.coverage), "control", TIME_WEIGHT, fault
    )


def _fault(name: str, value: float, timing: Timing) -> Fault | None:
    limit = timing.tolerance_s + TIME_ERROR_S
    shortest, longest = timing.seconds - limit, timing.seconds + limit
    if value < shortest and timing.wrong != "above":
        severity = (shortest - value) / timing.span_s
        return raised("too_fast", name, value, shortest, "s", (0.0, 1.0), severity)
    if value > longest and timing.wrong != "below":
        severity = (value - longest) / timing.span_s
        return raised("too_slow", name, value, longest, "s", (0.0, 1.0), severity)
    return None
