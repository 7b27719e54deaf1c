"""Repetitions and sessions as rows of plain words, in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from i18n.names import amount, fault_amounts, words
from i18n.translation import moment, tr
from patterns.templates.library import load_template, template_ids
from scoring.coach.cues import PRAISE
from scoring.records.records import Fault, NotMeasured, RepScore
from sessions.store.records import SessionStart, SessionSummary

Row = dict[str, str]
SIDES = {"left": "Left", "right": "Right", "both": "Both"}
UNKNOWN = "–"


def title_of(pattern_id: str) -> str:
    """The title of a pattern, its id where it is not in the library any more."""
    return tr(load_template(pattern_id).title) if pattern_id in template_ids() else pattern_id


def exercise_of(start: SessionStart) -> str:
    """Return the title of a session's exercise; marked where it was not the person who moved."""
    title = title_of(start.pattern_id)
    return f"{title} · {tr('Demo')}" if start.is_demo else title


def whole(score: float | None) -> str:
    """A score as a whole number, a dash where there is none."""
    return UNKNOWN if score is None else f"{score:.0f}"


def kind_of(rep: RepScore) -> str:
    """Return what a movement counts as."""
    if rep.stayed:
        return tr("Repetition, without a return")
    return tr("Repetition") if rep.kind == "repetition" else tr("Not counted")


def rep_rows(reps: Iterable[RepScore], *, plain: bool = False) -> list[Row]:
    """Return one row a repetition or attempt, in their order, what matters most first; plain: without the details."""
    rows = []
    for rep in reps:
        row = {
            tr("No."): str(rep.index),
            tr("What"): kind_of(rep),
            tr("Score"): whole(rep.total),
            tr("What to change"): "" if rep.cue is None or rep.cue.rule == PRAISE else tr(rep.cue.text),
            tr("Range"): whole(rep.range),
            tr("Control"): whole(rep.control),
        }
        details = {
            tr("From"): clock(rep.start_s),
            tr("To"): clock(rep.end_s),
            tr("Why no score"): why_no_score(rep),
            tr("Seen"): f"{100 * rep.coverage:.0f} %",
        }
        rows.append(row if plain else row | details)
    return rows


def fault_rows(reps: Iterable[RepScore]) -> list[Row]:
    """One row a fault found, with the number behind it and that number's error."""
    return [
        {
            tr("No."): str(rep.index),
            tr("Found"): words(fault.id),
            tr("Measured"): _with_error(rep, fault),
            tr("Limit"): fault_amounts(fault)[1],
            tr("Where"): where_found(fault),
        }
        for rep in reps
        for fault in rep.faults
    ]


def where_found(fault: Fault) -> str:
    """Return where in the movement a fault was found, in words; "100 to 100 %" would be none."""
    start, end = (f"{100 * at:.0f}" for at in fault.phase)
    if start != end:
        return tr("{start} to {end} % of the way", start=start, end=end)
    named = {"0": tr("in the start posture"), "100": tr("in the end posture")}
    return named.get(start) or tr("at {start} % of the way", start=start)


def about_limits() -> str:
    """Return what the limit of a fault is, to stand under a table of faults."""
    holds = tr("A limit already holds the error of measuring.")
    return f"{holds} {tr('It is closer where own repetitions before were better, so it can differ between them.')}"


def _with_error(rep: RepScore, fault: Fault) -> str:
    errors = [m.error for m in rep.metrics if m.name == fault.feature and m.error is not None]
    return " ± ".join((fault_amounts(fault)[0], *(amount(error, fault.unit) for error in errors[:1])))


def not_measured_rows(items: Iterable[NotMeasured]) -> list[Row]:
    """One row for each thing that could not be judged."""
    return [{tr("Not judged"): words(item.feature), tr("Why"): tr(item.reason)} for item in items]


def session_rows(sessions: Sequence[SessionSummary]) -> list[Row]:
    """Return one row a session, what matters most first."""
    return [
        {
            tr("No."): str(session.id),
            tr("Exercise"): exercise_of(session.start),
            tr("Mean score"): whole(session.mean_total),
            tr("Repetitions"): str(session.repetitions),
            tr("Date"): when(session),
            tr("Side"): tr(SIDES[session.start.side]),
            tr("Not counted"): str(session.attempts),
            tr("Ended"): tr("yes") if session.finished_at is not None else tr("not ended"),
        }
        for session in sessions
    ]


def when(session: SessionSummary) -> str:
    """Date and time of a session's start on this computer's clock."""
    return moment(session.start.started_at.astimezone())


def why_no_score(rep: RepScore) -> str:
    """The reason for a missing score, empty where there is a score."""
    if rep.reason is not None:
        return tr(rep.reason)
    return tr("Too little was seen") if rep.total is None else ""


def clock(t_s: float) -> str:
    """Minutes and seconds, as on a video's time line."""
    return f"{int(t_s // 60)}:{t_s % 60:04.1f}"
