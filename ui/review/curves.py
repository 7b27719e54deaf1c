"""The curves of a set under review: of one repetition, of all over each other, and beside another session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from base.errors import DiagonalError
from i18n.names import course_title, words
from i18n.tables import UNKNOWN, about_limits, when
from i18n.translation import number, tr
from scoring.records.records import Fault, RepScore
from scoring.results.curves import Curve, Trace
from sessions.history.progress import VERDICTS, Course, courses
from sessions.history.session_bundle import History
from sessions.store.records import SessionSummary
from sessions.store.store import Store
from ui.charts.curves import figure, overlay, span_of
from ui.charts.plot import plot
from ui.review.loaded_set import OpenedSet, opened
from ui.widgets.damage import failure_words
from ui.widgets.escapes import formatted
from ui.widgets.text_only import st

_VIEWS: Final = {
    "one": "This one",
    "all": "All of them",
    "beside": "Two sessions",
}
_EVERY: Final = "All curves"


def draw(store: Store, chosen: OpenedSet, rep: RepScore, others: Sequence[SessionSummary]) -> None:
    """The curves as the page is asked for them."""
    trace = chosen.trace(rep)
    if trace is None:
        return
    st.subheader(tr("Curves"))
    left, right = st.columns([3, 2])
    view = left.segmented_control(
        tr("Curves of"),
        list(_VIEWS),
        default="one",
        required=True,
        format_func=lambda one: tr(_VIEWS[one]),
        key="review-view",
        label_visibility="collapsed",
    )
    names, first = [*trace.features, *([_EVERY] if view == "one" else [])], _first(trace, rep)
    feature = right.selectbox(
        tr("What to show"),
        names,
        names.index(first),
        format_func=lambda one: tr(one) if one == _EVERY else words(one),
        key=f"review-feature-{chosen.id}-{view}-{first}",
        label_visibility="collapsed",
    )
    if view == "one":
        _one(trace, rep, feature)
        if rep.faults:
            st.caption(about_limits())
    elif view == "all":
        plot(overlay(_pairs(chosen, feature), rep.index))
    else:
        _beside(store, chosen, rep, feature, others)


def _first(trace: Trace, rep: RepScore) -> str:
    """The feature of the worst fault that has a curve, else the first."""
    found = [fault.feature for fault in rep.faults if fault.feature in trace.features]
    return found[0] if found else trace.features[0]


def _one(trace: Trace, rep: RepScore, feature: str) -> None:
    if feature != _EVERY:
        _plot(figure(trace.curve(feature), _faults(trace, rep, feature)), feature)
        return
    columns = st.columns(2)
    for place, name in enumerate(trace.features):
        with columns[place % 2]:
            _plot(figure(trace.curve(name), _faults(trace, rep, name)), name)


def _plot(made: go.Figure, feature: str) -> None:
    plot(made, f"curve-{feature}")


def _faults(trace: Trace, rep: RepScore, feature: str) -> list[Fault]:
    """The faults to shade on a curve: its own, and on what the movement is followed by those without a curve."""
    on_path = feature in trace.template.path.features
    return [
        fault
        for fault in rep.faults
        if fault.feature == feature or (on_path and fault.feature not in trace.features)
    ]


def _pairs(chosen: OpenedSet, feature: str) -> list[tuple[RepScore, Curve]]:
    """The curve of one feature in every repetition that has it."""
    return [
        (rep, trace.curve(feature))
        for rep, trace in zip(chosen.reps, chosen.traces, strict=True)
        if trace is not None and feature in trace.features
    ]


def _beside(
    store: Store, chosen: OpenedSet, rep: RepScore, feature: str, others: Sequence[SessionSummary]
) -> None:
    """Two sessions, the same feature on the same scale, and what changed from the older to the newer."""
    if not others:
        st.info(tr("There is no other session of this exercise by this person."))
        return
    picked = st.selectbox(
        tr("The other session"),
        others,
        format_func=lambda one: f"{tr('No. {number}', number=one.id)} · {when(one)}",
        key=f"review-beside-{chosen.id}",
    )
    try:
        other = opened(store, picked.id, blind=chosen.blind)
    except DiagonalError as error:
        st.error(tr(failure_words(error)))
        return
    own, theirs = _pairs(chosen, feature), _pairs(other, feature)
    span = span_of([curve for _, curve in (*own, *theirs)])
    for column, one, pairs, index in zip(
        st.columns(2), (chosen, other), (own, theirs), (rep.index, None), strict=True
    ):
        with column:
            st.markdown(formatted("**{}**", tr("No. {number}", number=one.id)))
            if pairs:
                plot(overlay(pairs, index, span), f"beside-{one.id}")
            else:
                st.info(tr("No landmarks are kept of this session: scores and faults only."))
    if not chosen.blind:
        _changes(chosen, other)


def _changes(chosen: OpenedSet, other: OpenedSet) -> None:
    """A row a number: its means in both sessions, and whether the change is more than error."""
    both = sorted((chosen.dossier, other.dossier), key=lambda one: one.session.start.started_at)
    found = courses(History(chosen.dossier.person, None, tuple(one.numbers for one in both)))
    rows = [_change(course) for course in found if len(course.points) == 2]
    if rows:
        st.table(rows)


def _change(course: Course) -> dict[str, str]:
    first, last = course.points
    change = course.change
    return {
        tr("What"): course_title(course),
        tr("No. {number}", number=first.session_id): number(f"{first.value:.3g}"),
        tr("No. {number}", number=last.session_id): number(f"{last.value:.3g}"),
        tr("Smallest change beyond error"): UNKNOWN
        if change is None or change.smallest is None
        else number(f"{change.smallest:.2g}"),
        tr("Result"): tr(VERDICTS[course.verdict]),
    }
