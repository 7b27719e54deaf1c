"""The report for the chart: two pages, whatever there is to tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from statistics import fmean
from typing import Final

import numpy as np
from reportlab.graphics.shapes import Drawing
from reportlab.platypus import Flowable, Spacer

from base.version import VERSION
from patterns.programs.timed_test import load_timed_test
from scoring.records.records import RepScore
from scoring.results.curves import Curve, Trace, common_band, runs
from scoring.safety.stop_rules import CheckIn
from sessions.history.progress import VERDICTS, Course, Week, weeks
from sessions.reports import plots
from sessions.reports.facts import Facts
from sessions.reports.fonts import register
from sessions.reports.page import WIDTH, beside, document, first_that_fits, paragraph, style, table
from sessions.reports.wording import Wording
from sessions.store.reviews import Review, latest
from sessions.store.session_numbers import SCORES
from vision.pose import FloatArray

MOST_REPS: Final = (20, 15, 11, 8, 6)
"""Repetitions that are listed: the first of these with which the page keeps the size of its letters."""
MOST_COURSES: Final = 16
MOST_DIGITS: Final = 4
MOST_RESULTS: Final = 6
_NOTE: Final = (
    "An exercise aid, not a medical device: no diagnosis and no verdict on any risk. The therapist decides."
)
_HALF: Final = WIDTH / 2 - 6
_Z95: Final = 1.96
_TURN: Final = 100.0
_BACK: Final = 200.0
"""Along a plot of repetitions: where the end posture is reached, and where the movement is back."""

_KINDS: Final = {"repetition": "Repetition", "attempt": "Not counted"}


def chart(facts: Facts, words: Wording, today: date) -> bytes:
    """The report as PDF; today: until when weeks are counted."""
    register()
    tr, start = words.tr, facts.latest.session.start
    title = tr("Movement report: {exercise}", exercise=words.exercise(start.pattern_id))
    pages = ([*_heading(facts, words, title), *_latest(facts, words, most)] for most in MOST_REPS)
    first = first_that_fits(pages)
    second = [*_over_time(facts, words, today), *_changes(facts, words), *_timed(facts, words)]
    checksum, by = start.template_sha256[:12], start.code_version
    sources = [
        tr("Exercise version {version} ({checksum})", version=start.pattern_version, checksum=checksum)
    ]
    if start.model is None:
        sources.append(tr("from a recording of landmarks"))
    else:
        network = f"{start.model} ({(start.weights_sha256 or '')[:12]})"
        sources.append(tr("seen with the pose network {network}", network=network))
    sources.append(tr("scored with Diagonal {version}", version=by))
    sources += [tr("report made with Diagonal {version}", version=VERSION)] if by != VERSION else []
    return document([first, second], title, (tr(_NOTE), " · ".join(sources)), words.language)


def _heading(facts: Facts, words: Wording, title: str) -> list[Flowable]:
    tr, person, start = words.tr, facts.latest.person, facts.latest.session.start
    who = [person.alias, person.name or "", str(person.birth_year or "")]
    every = facts.history.sessions
    since = words.day(every[0].start.started_at.date())
    told = [
        " · ".join(part for part in who if part),
        tr("Side: {side}", side=tr(start.side)),
        tr(
            "Session {number} of {date}",
            number=str(facts.latest.session.id),
            date=words.moment(start.started_at),
        ),
        tr("{count} sessions of this exercise since {date}", count=len(every), date=since)
        if len(every) > 1
        else tr("The first session of this exercise"),
    ]
    return [
        paragraph(title, style(16, bold=True, after=4)),
        paragraph(" · ".join(told), style(8.6, quiet=True, after=6)),
    ]


def _latest(facts: Facts, words: Wording, most: int) -> list[Flowable]:
    """The latest session: in a line, so many of its repetitions, and the way of what leads the movement."""
    tr = words.tr
    counted = facts.counted
    line = tr(
        "{counted} repetitions, {attempts} not counted.",
        counted=len(counted),
        attempts=len(facts.reps) - len(counted),
    )
    scores = {name: [v for rep in counted if (v := getattr(rep, name)) is not None] for name in SCORES}
    if all(scores.values()):
        means = {name: f"{fmean(values):.0f}" for name, values in scores.items()}
        line += " " + tr("Mean score {total}, range {range}, control {control}.", **means)
    pain = [
        tr(asked, pain=str(one.pain), effort=str(one.effort))
        for one, asked in (
            (facts.latest.before, "Before: pain {pain}, tiredness {effort} of 10."),
            (facts.latest.after, "After: pain {pain}, effort {effort} of 10."),
        )
        if one is not None
    ]
    said = latest(facts.latest.reviews)
    rows = [_row(rep, said.get(rep.index), words) for rep in facts.latest.session.reps[:most]]
    more = len(facts.latest.session.reps) - len(rows)
    head = [tr(word) for word in ("No.", "What", "Score", "Range", "Control", "Found", "Therapist")]
    parts: list[Flowable] = [
        paragraph(tr("The latest session"), style(11.5, bold=True, after=2)),
        paragraph(" ".join((line, *pain)), style(8.6, after=4)),
        table(head, rows, (5, 13, 12, 11, 10, 24, 25)),
    ]
    if more > 0:
        parts.append(paragraph(tr("and {count} more", count=more), style(7.6, quiet=True)))
    if facts.traces:
        feature = leading(facts.traces[0])
        parts += [Spacer(1, 8), curves_plot(facts, feature, words)]
    return parts


def _row(rep: RepScore, review: Review | None, words: Wording) -> list[str]:
    numbers = ["–" if value is None else f"{value:.0f}" for value in (rep.total, rep.range, rep.control)]
    found = ", ".join(dict.fromkeys(words.name(fault.id) for fault in rep.faults))
    what = "Repetition, without a return" if rep.stayed else _KINDS[rep.kind]
    return [str(rep.index), words.tr(what), *numbers, found, _said(rep, review, words)]


def _said(rep: RepScore, review: Review | None, words: Wording) -> str:
    """What a therapist said of it: what is otherwise than the program had it, and the note."""
    if review is None:
        return ""
    if review.decision == "accepted":
        return words.tr("accepted ({by})", by=review.by)
    parts = []
    if review.kind != rep.kind:
        parts.append(words.tr(_KINDS[review.kind]))
    if review.total is not None:
        parts.append(words.tr("score {score}", score=f"{review.total:.0f}"))
    parts += [words.name(fault) for fault in review.faults]
    if review.note:
        parts.append(review.note if len(review.note) <= 90 else review.note[:89] + "…")
    return f"{', '.join(parts)} ({review.by})"


def leading(trace: Trace) -> str:
    """The feature that leads the movement: that of the first range target, else the first of the path."""
    asked = [target.feature for target in trace.template.target if target.role == "range"]
    return asked[0] if asked else trace.features[0]


def curves_plot(facts: Facts, feature: str, words: Wording, height: float = 175.0) -> Drawing:
    """Draw one feature of all repetitions of the latest session, out and back, in the band that is asked for."""
    curves = [(trace.rep, trace.curve(feature)) for trace in facts.traces if feature in trace.features]
    at = np.linspace(0.0, _BACK, 201)
    parts = [(_turned(rep, curve), curve.target, curve.tolerance) for rep, curve in curves]
    target, tolerance = common_band(parts, at)
    every = np.concatenate([*(curve.value for _, curve in curves), target - tolerance, target + tolerance])
    every = every[np.isfinite(every)]
    low, high = (float(every.min()), float(every.max())) if len(every) else (0.0, 1.0)
    margin = 0.06 * max(high - low, 1e-6)
    plane = plots.Plane(WIDTH, height, (0.0, _BACK), (low - margin, high + margin))
    unit = words.amount(1.0, curves[0][1].unit).lstrip("1 ") if curves else ""
    title = words.tr(
        "{what} of each repetition, to the end posture and back; blue: asked for", what=words.name(feature)
    )
    ticks = [
        (0.0, words.tr("start")),
        (_TURN, words.tr("end posture")),
        (_BACK, words.tr("back at the start")),
    ]
    made = plots.framed(plane, f"{title} ({unit})" if unit else title, "", ticks)
    edges = (np.column_stack((at, target + sign * tolerance)) for sign in (-1, 1))
    lower, upper = ([(float(x), float(y)) for x, y in edge] for edge in edges)
    for first, last in runs(np.isfinite(target)):
        plots.area(made, plane, lower[first : last + 1], upper[first : last + 1])
    for (places, *_), (_, curve) in zip(parts, curves, strict=True):
        plots.line(
            made, plane, list(zip(places.tolist(), curve.value.tolist(), strict=True)), plots.ORANGE, 0.8
        )
    return made


def _turned(rep: RepScore, curve: Curve) -> FloatArray:
    """Return where (N,) each frame is: shares of the time out up to _TURN, and of that at the end and back to _BACK.

    What never came back ends at _TURN.
    """
    turn_s = rep.end_s if rep.stayed else rep.peak_s
    out = _TURN * (curve.t_s - curve.t_s[0]) / max(float(turn_s - curve.t_s[0]), 1e-9)
    back = _TURN + (_BACK - _TURN) * (curve.t_s - turn_s) / max(rep.end_s - turn_s, 1e-9)
    return np.asarray(np.where(curve.t_s <= turn_s, out, back))


def _over_time(facts: Facts, words: Wording, today: date) -> list[Flowable]:
    tr = words.tr
    shown = [course_plot(course, words) for course in facts.courses[:3]]
    if facts.history.check_ins:
        shown.append(pain_plot(facts.history.check_ins, words))
    parts: list[Flowable] = [paragraph(tr("Over the sessions"), style(11.5, bold=True, after=2))]
    parts += [beside(pair) for pair in (shown[:2], shown[2:4]) if pair]
    found = weeks(facts.history, today)
    if found:
        parts.append(paragraph(_practice(found, words), style(8.6, after=5)))
    return parts


def _practice(found: Sequence[Week], words: Wording) -> str:
    days = {"days": sum(week.days for week in found), "of": 7 * len(found)}
    asked = found[-1].asked
    if asked is None:
        return words.tr("Practised this exercise on {days} of {of} days.", **days)
    told = "Practised this exercise on {days} of {of} days; the program asks for {asked} a week."
    return words.tr(told, **days, asked=asked)


def course_plot(course: Course, words: Wording, width: float = _HALF, height: float = 120.0) -> Drawing:
    """A number over sessions, each with its 95 % error, and the band about the first that is no change."""
    points = [(float(k), point.value) for k, point in enumerate(course.points)]
    errors = [None if point.sem is None else _Z95 * point.sem for point in course.points]
    lows = [value - (error or 0.0) for (_, value), error in zip(points, errors, strict=True)]
    highs = [value + (error or 0.0) for (_, value), error in zip(points, errors, strict=True)]
    span = (0.0, 105.0) if course.unit == "points" else _wide(min(lows), max(highs))
    plane = plots.Plane(width, height, (-0.5, len(points) - 0.5), span)
    made = plots.framed(
        plane, words.course(course), "", _days([point.at.date() for point in course.points], words)
    )
    change = course.change
    if change is not None and change.smallest is not None:
        first = next(k for k, point in enumerate(course.points) if point is change.first)
        edges = [
            [(x, change.first.value + sign * change.smallest) for x in (first, len(points) - 0.5)]
            for sign in (-1, 1)
        ]
        plots.area(made, plane, edges[0], edges[1])
    plots.line(made, plane, points, plots.BLUE)
    plots.marks(made, plane, points, plots.BLUE, errors)
    return made


def pain_plot(
    check_ins: Sequence[CheckIn], words: Wording, width: float = _HALF, height: float = 120.0
) -> Drawing:
    """Pain before and after practising, by the order of the answers."""
    plane = plots.Plane(width, height, (-0.5, max(len(check_ins), 1) - 0.5), (0.0, 10.0))
    title = words.tr("Pain of 10: blue before, orange after")
    made = plots.framed(plane, title, "", _days([one.at.date() for one in check_ins], words))
    for moment, colour in (("before", plots.BLUE), ("after", plots.ORANGE)):
        points = [(float(k), float(one.pain)) for k, one in enumerate(check_ins) if one.moment == moment]
        plots.line(made, plane, points, colour, 0.8)
        plots.marks(made, plane, points, colour)
    return made


def _days(days: Sequence[date], words: Wording) -> list[tuple[float, str]]:
    """The first and the last day, where they stand."""
    return [(float(k), words.day(days[k])) for k in sorted({0, len(days) - 1})] if days else []


def _wide(low: float, high: float) -> tuple[float, float]:
    margin = 0.1 * max(high - low, 1e-3)
    return low - margin, high + margin


def _changes(facts: Facts, words: Wording) -> list[Flowable]:
    tr = words.tr
    found = [course for course in facts.courses if len(course.points) > 1]
    if not found:
        return [paragraph(tr("One session so far: nothing to compare."), style(8.6))]
    rows = []
    for course in found[:MOST_COURSES]:
        change = course.change
        known = None if change is None else change.smallest
        digits = 2 if not known else min(max(0, 1 - math.floor(math.log10(known))), MOST_DIGITS)
        ends = (course.points[0], course.points[-1])
        numbers = [words.number(f"{point.value:.{digits}f}") for point in ends]
        smallest = "–" if known is None else words.number(f"{known:.{digits}f}")
        rows.append([words.course(course), *numbers, smallest, tr(VERDICTS[course.verdict])])
    head = [tr(word) for word in ("What", "First", "Last", "Smallest change beyond error", "Result")]
    parts: list[Flowable] = [
        paragraph(tr("What changed"), style(11.5, bold=True, after=2)),
        table(head, rows, (36, 12, 12, 22, 20)),
    ]
    if len(found) > len(rows):
        parts.append(paragraph(tr("and {count} more", count=len(found) - len(rows)), style(7.6, quiet=True)))
    return parts


def _timed(facts: Facts, words: Wording) -> list[Flowable]:
    if not facts.timed:
        return []
    tr = words.tr
    rows = []
    for one in facts.timed[-MOST_RESULTS:]:
        test = load_timed_test(one.test)
        value = one.outcome.value
        told = tr("no result") if value is None else words.amount(value, test.unit)
        rows.append([words.day(one.at.date()), tr(test.title), told])
    head = [tr(word) for word in ("When", "Test", "Result")]
    return [
        Spacer(1, 5),
        paragraph(tr("Timed tests"), style(11.5, bold=True, after=2)),
        table(head, rows, (16, 40, 44)),
    ]
