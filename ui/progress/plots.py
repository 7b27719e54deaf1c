"""Plots of progress: a number over sessions with its error, pain and effort, days of practice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from operator import add, sub
from typing import Final

import plotly.graph_objects as go

from i18n.names import SCORES, course_title
from i18n.translation import tr
from scoring.safety.stop_rules import CheckIn
from sessions.history.progress import Course, Week

LINE: Final = "#0072b2"
BAND: Final = "rgba(86, 180, 233, 0.3)"
ERROR: Final = "rgba(0, 114, 178, 0.25)"
ANEW: Final = "#d55e00"
_Z95: Final = 1.96
_CROWDED: Final = 60
"""From so many points on they touch: a line is drawn, and the error as a band along it."""

_SHORT: Final = timedelta(days=7)
"""So much time is shown at least."""

_MOMENTS: Final = (
    ("before", "Pain before", "#0072b2", "circle"),
    ("after", "Pain after", "#d55e00", "square"),
)


def _axis(at: Sequence[date], least: timedelta = _SHORT) -> dict[str, list[date]]:
    """A range for an axis of times so short that it would be told in hours and less; else what Plotly makes of it."""
    if not at or max(at) - min(at) >= least:
        return {}
    around = (least - (max(at) - min(at))) / 2
    return {"range": [min(at) - around, max(at) + around]}


def course_figure(course: Course) -> go.Figure:
    """Means of the sessions with their 95 % error; the level band around the first is what is no change."""
    made = go.Figure()
    change = course.change
    if change is not None and change.smallest is not None:
        low, high = (change.first.value + sign * change.smallest for sign in (-1, 1))
        made.add_hrect(y0=low, y1=high, x0=0, fillcolor=BAND, line_width=0, layer="below")
    for i in course.judged_anew:
        made.add_vline(x=course.points[i].at, line={"color": ANEW, "dash": "dash", "width": 2})
    at, values = [point.at for point in course.points], [point.value for point in course.points]
    errors = [_Z95 * (point.sem or 0.0) for point in course.points]
    crowded = len(at) > _CROWDED
    if crowded:
        edges = [*map(add, values, errors), *map(sub, values[::-1], errors[::-1])]
        line = {"color": ERROR, "width": 0}
        made.add_scatter(
            x=at + at[::-1], y=edges, fill="toself", fillcolor=ERROR, line=line, hoverinfo="skip"
        )
    made.add_scatter(
        x=at,
        y=values,
        error_y=None if crowded else {"array": errors, "thickness": 1.5, "width": 4},
        mode="lines" if crowded else "lines+markers",
        line={"color": LINE, "width": 3},
        marker={"size": 9},
        name=course_title(course),
    )
    made.update_layout(
        xaxis=_axis([point.at for point in course.points]),
        yaxis={"title": course_title(course)} | ({"range": [0, 104]} if course.name in SCORES else {}),
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        showlegend=False,
        height=300,
    )
    return made


def pain_figure(check_ins: Sequence[CheckIn]) -> go.Figure:
    """Pain before and after practising, told apart by sign and colour."""
    made = go.Figure()
    for moment, name, colour, sign in _MOMENTS:
        said = [one for one in check_ins if one.moment == moment]
        made.add_scatter(
            x=[one.at for one in said],
            y=[one.pain for one in said],
            mode="lines" if len(said) > _CROWDED else "lines+markers",
            name=tr(name),
            line={"color": colour, "width": 2},
            marker={"symbol": sign, "size": 9},
        )
    made.update_layout(
        xaxis=_axis([one.at for one in check_ins]),
        yaxis={"title": tr("0 none, 10 worst"), "range": [-0.4, 10.4], "dtick": 2},
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=280,
    )
    return made


def weeks_figure(weeks: Sequence[Week]) -> go.Figure:
    """Days of practice in each week, and how many the program asks for."""
    made = go.Figure()
    made.add_bar(x=[week.monday for week in weeks], y=[week.days for week in weeks], marker={"color": LINE})
    asked = weeks[-1].asked if weeks else None
    if asked is not None:
        line = {"color": ANEW, "dash": "dash", "width": 2}
        made.add_hline(y=asked, line=line, annotation_text=tr("asked by the program"))
    made.update_layout(
        yaxis={"title": tr("days of practice"), "range": [0, 7.4], "dtick": 1},
        xaxis={"title": tr("week from Monday")} | _axis([week.monday for week in weeks], 4 * _SHORT),
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        height=240,
    )
    return made
