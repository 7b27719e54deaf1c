"""The sheet for the person: one page of plain words and large letters, without norms or verdicts."""

from __future__ import annotations

from datetime import date
from typing import Final

from reportlab.graphics.shapes import Drawing
from reportlab.platypus import Flowable, Spacer

from patterns.programs.program import stop_rules
from scoring.coach.set_summary import best_and_next
from sessions.history.progress import weeks
from sessions.reports import plots
from sessions.reports.facts import Facts
from sessions.reports.fonts import register
from sessions.reports.page import WIDTH, document, paragraph, style
from sessions.reports.wording import Wording

_NOTE: Final = "An exercise aid, not a medical device. Stop when something hurts, and ask your therapist."
_BODY: Final = 12.0
_HEAD: Final = 15.0
MOST_SESSIONS: Final = 12
_BEST: Final = {"range": "how far you moved", "control": "how steadily you moved"}


def sheet(facts: Facts, words: Wording, today: date) -> bytes:
    """The sheet as PDF; today: until when weeks are counted."""
    register()
    tr, start = words.tr, facts.latest.session.start
    title, day = words.exercise(start.pattern_id), words.day(start.started_at.date())
    content: list[Flowable] = [
        paragraph(tr("How your exercise went"), style(20, bold=True, after=4)),
        paragraph(
            f"{facts.latest.person.alias} · {day}",
            style(_BODY, quiet=True, after=10),
        ),
        *_part(tr("What you practised"), [title + _side(facts, words), _counted(facts, words)]),
        *_part(tr("How it went"), _went(facts, words)),
        sessions_plot(facts, words),
        *_part(tr("How often"), _often(facts, words, today)),
        *_part(tr("What to do next"), _next(facts, words)),
        *_part(tr("When to stop"), _stop(facts, words)),
    ]
    return document([content], f"{tr('How your exercise went')}: {title}", (tr(_NOTE),), words.language)


def _part(head: str, lines: list[str]) -> list[Flowable]:
    told = [paragraph(line, style(_BODY, after=2)) for line in lines if line]
    return [Spacer(1, 6), paragraph(head, style(_HEAD, bold=True, after=3)), *told] if told else []


def _side(facts: Facts, words: Wording) -> str:
    return "" if facts.side == "both" else f" ({words.tr(facts.side)})"


def _counted(facts: Facts, words: Wording) -> str:
    count = len(facts.counted)
    return (
        words.tr("{count} repetitions counted.", count=count)
        if count != 1
        else words.tr("One repetition counted.")
    )


def _went(facts: Facts, words: Wording) -> list[str]:
    best, _ = best_and_next(facts.counted)
    if best is None:
        return [words.tr("Too little was seen to say how it went. Look at light and distance next time.")]
    return [words.tr("Best: {what}.", what=words.tr(_BEST[best]))]


def sessions_plot(facts: Facts, words: Wording) -> Drawing:
    """Repetitions counted in each of the last sessions: what was done, not how good it was."""
    shown = facts.history.sessions[-MOST_SESSIONS:]
    counts = [sum(one.counted.values()) for one in shown]
    plane = plots.Plane(WIDTH, 130.0, (-0.6, max(len(shown), 5) - 0.4), (0.0, 1.15 * max(*counts, 4)))
    ticks = [
        (float(k), words.day(one.start.started_at.date()))
        for k, one in enumerate(shown)
        if k in (0, len(shown) - 1)
    ]
    made = plots.framed(plane, words.tr("Repetitions in your sessions (orange: the latest)"), "", ticks)
    for k, count in enumerate(counts):
        plots.bar(
            made, plane, float(k), float(count), 0.6, plots.ORANGE if k == len(counts) - 1 else plots.BLUE
        )
    return made


def _often(facts: Facts, words: Wording, today: date) -> list[str]:
    found = weeks(facts.history, today)
    if not found:
        return []
    this_week = found[-1]
    told = words.tr("This week you practised it on {days} of 7 days.", days=this_week.days)
    if this_week.asked is not None:
        told += " " + words.tr("Your program asks for {asked} days a week.", asked=this_week.asked)
    return [told]


def _next(facts: Facts, words: Wording) -> list[str]:
    _, cue = best_and_next(facts.counted)
    if cue is not None:
        return [words.tr(cue)]
    return [words.tr("Go on as you do.")] if facts.counted else [words.tr(facts.latest.template.command)]


def _stop(facts: Facts, words: Wording) -> list[str]:
    plan = facts.history.plan
    return [f"• {words.tr(rule)}" for rule in stop_rules(None if plan is None else plan.program)]
