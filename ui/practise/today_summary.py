"""The sets of a day as plots and two sentences: what went well, what to think of next time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from i18n.tables import SIDES, title_of
from i18n.translation import ntr, tr
from scoring.coach.set_summary import best_and_next
from scoring.records.records import RepScore
from sessions.store.records import StoredSession
from ui.charts.plot import plot
from ui.widgets.text_only import st

VALUES: Final[dict[str, str]] = {"total": "score of 100", "range": "range of 100"}
"""What is plotted of each repetition, and how its axis is called."""

_SETS: Final = (("#0072b2", "circle"), ("#d55e00", "square"), ("#009e73", "diamond"), ("#cc79a7", "cross"))
"""Colour (Okabe and Ito) and sign of the first, second and further sets; neither is told apart by colour alone."""


def summary(sessions: Sequence[StoredSession]) -> None:
    """Plots and two sentences for each exercise and side of these sessions, in the order of their sets."""
    exercises: dict[tuple[str, str], list[StoredSession]] = {}
    for session in sessions:
        exercises.setdefault((session.start.pattern_id, session.start.side), []).append(session)
    for (pattern, side), sets in exercises.items():
        st.subheader(title_of(pattern) + ("" if side == "both" else f" · {tr(SIDES[side])}"))
        counted = [rep for one in sets for rep in one.reps if rep.kind == "repetition"]
        well, think = told(counted)
        st.markdown(
            f"{ntr('{count} repetition counted.', '{count} repetitions counted.', len(counted))} {well} {think}".strip()
        )
        if any(rep.total is not None for rep in counted):
            for value, place in zip(VALUES, st.columns(len(VALUES)), strict=True):
                with place:
                    plot(figure(sets, value), f"summary-{pattern}-{side}-{value}")


def told(reps: Sequence[RepScore]) -> tuple[str, str]:
    """What went well and what to think of next time, in the language of the page; empty where nothing can be said."""
    best, think = best_and_next(reps)
    named = {"range": tr("how far you moved"), "control": tr("how steadily you moved")}
    well = "" if best is None else tr("Best: {what}.", what=named[best])
    return well, "" if think is None else tr("Next time: {cue}", cue=think)


def figure(sets: Sequence[StoredSession], value: str) -> go.Figure:
    """One of VALUES of each repetition, a line for each set; a gap where too little was seen."""
    made = go.Figure()
    for number, one in enumerate(sets):
        reps = [rep for rep in one.reps if rep.kind == "repetition"]
        colour, sign = _SETS[min(number, len(_SETS) - 1)]
        made.add_scatter(
            x=list(range(1, len(reps) + 1)),
            y=[getattr(rep, value) for rep in reps],
            mode="lines+markers",
            name=tr("Set {number}", number=number + 1),
            line={"color": colour, "width": 3},
            marker={"symbol": sign, "size": 11},
        )
    made.update_layout(
        xaxis={"title": tr("repetition"), "dtick": 1},
        yaxis={"title": tr(VALUES[value]), "range": [0, 104]},
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        showlegend=len(sets) > 1,
        height=260,
    )
    return made
