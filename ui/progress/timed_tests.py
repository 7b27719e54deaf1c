"""Results of timed tests over time, on the page of progress; their norms for therapists alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from i18n.changes import told_change
from i18n.names import amount
from i18n.translation import moment, tr
from patterns.programs.timed_test import BETTER, NormRow, TimedTest, load_timed_test
from scoring.safety.norms import NO_VERDICT, compare
from sessions.history.progress import verdict
from sessions.history.timed_results import TimedResult, TimedResultsKept
from sessions.people.people import Person
from sessions.store.store import Store
from ui.charts.plot import plot
from ui.progress.plots import BAND, LINE, apart, axis
from ui.widgets.text_only import st

_UNTOLD: Final = "From {first} to {last}; how much this test varies by itself is not known."
_ONE: Final = "One session so far: nothing to compare."


def draw(store: Store, person: Person) -> None:
    """A plot and a table for each test that the person did; nothing where they did none."""
    results = TimedResultsKept(store).of(person.id) if person.id else ()
    if not results:
        return
    st.header(tr("Timed tests"))
    for name in dict.fromkeys(one.test for one in results):
        test = load_timed_test(name)
        own = [one for one in results if one.test == name]
        st.subheader(tr(test.title))
        st.markdown(told(test, own))
        norm = _norm(test, person, own[-1]) if store.viewer.role == "therapist" else None
        seen = [one for one in own if one.outcome.value is not None]
        if seen:
            plot(result_figure(test, seen, norm), name)
        st.table([_row(test, one, person, norms=store.viewer.role == "therapist") for one in own[::-1]])
        if store.viewer.role == "therapist":
            st.caption(f"{test.norms.source} {tr(NO_VERDICT)}")


def told(test: TimedTest, results: Sequence[TimedResult]) -> str:
    """In a sentence whether the result changed by more than error, in the language of the page."""
    seen = [one.outcome.value for one in results if one.outcome.value is not None]
    if len(seen) < 2:
        return tr(_ONE)
    first, last = (amount(value, test.unit) for value in (seen[0], seen[-1]))
    if test.smallest_change is None:
        return tr(_UNTOLD, first=first, last=last)
    least = test.smallest_change.value
    found = verdict(seen[-1] - seen[0], least, BETTER[test.measure.kind])
    return told_change(found, first, last, amount(least, test.unit))


def result_figure(test: TimedTest, results: Sequence[TimedResult], norm: NormRow | None) -> go.Figure:
    """Results over time; norm: the limits of the person's group, shaded, None for none."""
    made = go.Figure()
    if norm is not None:
        low, high = norm.low, norm.high
        if low is not None and high is not None:
            made.add_hrect(y0=low, y1=high, fillcolor=BAND, line_width=0, layer="below")
        for limit in (low, high):
            if limit is not None:
                made.add_hline(y=limit, line={"dash": "dash", "color": "#555555", "width": 1})
    at, values = apart([one.at for one in results]), [one.outcome.value for one in results]
    most = [(one.outcome.most or 0.0) - (one.outcome.value or 0.0) for one in results]
    made.add_scatter(
        x=at,
        y=values,
        error_y={"type": "data", "symmetric": False, "array": most, "arrayminus": [0.0] * len(most)}
        if any(most)
        else None,
        mode="lines+markers",
        line={"color": LINE, "width": 3},
        marker={"size": 9},
    )
    made.update_layout(
        xaxis=axis(at),
        yaxis={"title": tr(test.unit), "rangemode": "tozero"},
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        showlegend=False,
        height=260,
    )
    return made


def _norm(test: TimedTest, person: Person, last: TimedResult) -> NormRow | None:
    age = person.age(last.at.date())
    if age is None or person.sex is None:
        return None
    sex = person.sex
    return next((row for row in test.norms.row if row.holds_for(age, sex)), None)


def _row(test: TimedTest, one: TimedResult, person: Person, *, norms: bool) -> dict[str, str]:
    value = one.outcome.value
    row = {
        tr("When"): moment(one.at.astimezone()),
        tr("Session"): str(one.session_id),
        tr("Result"): tr("no result") if value is None else amount(value, test.unit),
        tr("Why"): tr(one.outcome.reason or "") if value is None else " ".join(map(tr, one.outcome.notes)),
    }
    age = person.age(one.at.date())
    if not norms:
        return row
    if age is None or person.sex is None:
        return {**row, tr("Against the norm"): tr("year of birth or sex not said")}
    standing = compare(test, one.outcome, age, person.sex)
    return {**row, tr("Against the norm"): tr(standing.told), tr("Norm"): tr(standing.norm or "")}
