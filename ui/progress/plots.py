"""Plots of progress: a number over sessions with its error, pain and effort, days of practice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from operator import add, sub
from typing import Any, Final

import plotly.graph_objects as go

from i18n.names import SCORES, course_title
from i18n.translation import moment, tr
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

_DAY: Final = timedelta(days=1)
_DAY_MS: Final = 86_400_000
_WEEK_MS: Final = 7 * _DAY_MS
_FEW_WEEKS: Final = 8
"""Up to so many weeks each Monday is written below its bar."""

_MOMENTS: Final = (
    ("before", "Pain before", "#0072b2", "circle"),
    ("after", "Pain after", "#d55e00", "square"),
)


def axis(at: Sequence[datetime]) -> dict[str, Any]:
    """Return an axis of days, never of hours; of a short time as many days around it as _SHORT has."""
    if not at or max(at) - min(at) >= _SHORT:
        return {}
    around = (_SHORT - (max(at) - min(at))) / 2
    return {"range": [min(at) - around, max(at) + around], "tick0": "2001-01-01", "dtick": _DAY_MS}


def apart(times: Sequence[datetime]) -> list[datetime]:
    """Return where each of these times, in order, stands on an axis of days: several of one day evenly over it."""
    local = [time.astimezone() for time in times]
    days: dict[date, list[int]] = defaultdict(list)
    for i, time in enumerate(local):
        days[time.date()].append(i)
    placed = list(local)
    for places in days.values():
        for k, i in enumerate(places if len(places) > 1 else ()):
            midnight = local[i].replace(hour=0, minute=0, second=0, microsecond=0)
            placed[i] = midnight + (k + 1) / (len(places) + 1) * _DAY
    return placed


def course_figure(course: Course) -> go.Figure:
    """Means of the sessions with their 95 % error; the level band around the first is what is no change."""
    made = go.Figure()
    change = course.change
    if change is not None and change.smallest is not None:
        low, high = (change.first.value + sign * change.smallest for sign in (-1, 1))
        made.add_hrect(y0=low, y1=high, x0=0, fillcolor=BAND, line_width=0, layer="below")
    at, values = apart([point.at for point in course.points]), [point.value for point in course.points]
    for i in course.judged_anew:
        made.add_vline(x=at[i], line={"color": ANEW, "dash": "dash", "width": 2})
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
        text=[moment(point.at) for point in course.points],
        hovertemplate="%{text}: %{y}<extra></extra>",
    )
    made.update_layout(
        xaxis=axis(at),
        yaxis={"title": course_title(course)} | ({"range": [0, 104]} if course.name in SCORES else {}),
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        showlegend=False,
        height=300,
    )
    return made


def pain_figure(check_ins: Sequence[CheckIn]) -> go.Figure:
    """Pain before and after practising, told apart by sign and colour."""
    made = go.Figure()
    at = apart([one.at for one in check_ins])
    for asked, name, colour, sign in _MOMENTS:
        said = [(place, one) for place, one in zip(at, check_ins, strict=True) if one.moment == asked]
        made.add_scatter(
            x=[place for place, _ in said],
            y=[one.pain for _, one in said],
            text=[moment(one.at) for _, one in said],
            hovertemplate="%{text}: %{y}<extra></extra>",
            mode="lines" if len(said) > _CROWDED else "lines+markers",
            name=tr(name),
            line={"color": colour, "width": 2},
            marker={"symbol": sign, "size": 9},
        )
    made.update_layout(
        xaxis=axis(at),
        yaxis={"title": tr("0 none, 10 worst"), "range": [-0.4, 10.4], "dtick": 2},
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=280,
    )
    return made


def weeks_figure(weeks: Sequence[Week]) -> go.Figure:
    """Days of practice in each week, a bar from its Monday to its Sunday, and how many the program asks for."""
    made = go.Figure()
    made.add_bar(
        x=[week.monday for week in weeks],
        y=[week.days for week in weeks],
        offset=0.05 * _WEEK_MS,
        width=0.9 * _WEEK_MS,
        marker={"color": LINE},
        hovertemplate="%{x}: %{y}<extra></extra>",
    )
    asked = weeks[-1].asked if weeks else None
    if asked is not None:
        line = {"color": ANEW, "dash": "dash", "width": 2}
        made.add_hline(y=asked, line=line, annotation_text=tr("asked by the program"))
    shown: dict[str, Any] = {"title": tr("week from Monday")}
    if weeks:
        after = weeks[-1].monday + timedelta(days=7)
        shown["range"] = [min(weeks[0].monday, after - 4 * _SHORT), after]
        if len(weeks) <= _FEW_WEEKS:
            shown |= {"tick0": weeks[0].monday, "dtick": _WEEK_MS}
    made.update_layout(
        yaxis={"title": tr("days of practice"), "range": [0, 7.4], "dtick": 1},
        xaxis=shown,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        height=240,
    )
    return made
