"""Repetitions and sessions as rows of plain words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from patterns.library import load_template, template_ids
from scoring.records import Fault, NotMeasured, RepScore
from sessions.records import SessionSummary

Row = dict[str, str]
SIDES = {"left": "Left", "right": "Right", "both": "Both"}
UNKNOWN = "–"


def title_of(pattern_id: str) -> str:
    """The title of a pattern, its id where it is not in the library any more."""
    return load_template(pattern_id).title if pattern_id in template_ids() else pattern_id


def whole(score: float | None) -> str:
    """A score as a whole number, a dash where there is none."""
    return UNKNOWN if score is None else f"{score:.0f}"


def amount(value: float, unit: str) -> str:
    """A number with its unit, as short as people write it: 14°, 92 %, 0.35 arm."""
    if unit == "deg":
        return f"{value:.0f}°"
    return f"{value:.2g} {unit}" if abs(value) < 10 else f"{value:.0f} {unit}"


def rep_rows(reps: Iterable[RepScore]) -> list[Row]:
    """One row a repetition or attempt, in their order."""
    return [
        {
            "No.": str(rep.index),
            "What": "Repetition" if rep.kind == "repetition" else "Not counted",
            "From": clock(rep.start_s),
            "To": clock(rep.end_s),
            "Score": whole(rep.total),
            "Range": whole(rep.range),
            "Control": whole(rep.control),
            "Seen": f"{100 * rep.coverage:.0f} %",
            "Why no score": why_no_score(rep),
            "What to change": "" if rep.cue is None else rep.cue.text,
        }
        for rep in reps
    ]


def fault_rows(reps: Iterable[RepScore]) -> list[Row]:
    """One row a fault found, with the number behind it and that number's error."""
    return [
        {
            "No.": str(rep.index),
            "Found": fault.id.replace("_", " "),
            "Measured": _with_error(rep, fault),
            "Limit": amount(fault.limit, fault.unit),
            "Where": f"{100 * fault.phase[0]:.0f} to {100 * fault.phase[1]:.0f} % of the way",
        }
        for rep in reps
        for fault in rep.faults
    ]


def _with_error(rep: RepScore, fault: Fault) -> str:
    errors = [m.error for m in rep.metrics if m.name == fault.feature and m.error is not None]
    return " ± ".join(amount(number, fault.unit) for number in (fault.value, *errors[:1]))


def not_measured_rows(items: Iterable[NotMeasured]) -> list[Row]:
    """One row for each thing that could not be judged."""
    return [{"Not judged": item.feature.replace("_", " "), "Why": item.reason} for item in items]


def session_rows(sessions: Sequence[SessionSummary]) -> list[Row]:
    """One row a session."""
    return [
        {
            "No.": str(session.id),
            "Date": when(session),
            "Exercise": title_of(session.start.pattern_id),
            "Side": SIDES[session.start.side],
            "Repetitions": str(session.repetitions),
            "Not counted": str(session.attempts),
            "Mean score": whole(session.mean_total),
            "Ended": "yes" if session.finished_at is not None else "broken off",
        }
        for session in sessions
    ]


def when(session: SessionSummary) -> str:
    """Date and time of a session's start on this computer's clock."""
    return session.start.started_at.astimezone().strftime("%Y-%m-%d %H:%M")


def why_no_score(rep: RepScore) -> str:
    """The reason for a missing score, empty where there is a score."""
    if rep.reason is not None:
        return rep.reason
    return "Too little was seen" if rep.total is None else ""


def clock(t_s: float) -> str:
    """Minutes and seconds, as on a video's time line."""
    return f"{int(t_s // 60)}:{t_s % 60:04.1f}"
