"""How far the program and therapists, and therapists among themselves, agree: for therapists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from i18n.names import words
from i18n.tables import UNKNOWN, Row, title_of
from i18n.translation import number, tr
from patterns.templates.library import template_ids
from sessions.agreement.compare import KINDS, MACHINE, Comparison, Counts, comparisons
from sessions.agreement.export import ENDINGS, agreement_text, band_names
from sessions.agreement.query import rated
from sessions.agreement.statistics import Estimate
from ui.charts.curves import BAND, MEASURED, TARGET
from ui.charts.plot import plot
from ui.page.current_user import records
from ui.widgets.text_only import st

_KIND_WORDS: Final = {"repetition": "Repetition", "attempt": "Not counted"}
_FILE_KINDS: Final = {".csv": "text/csv", ".json": "application/json"}


def show() -> None:
    """The page over all reviews that are kept."""
    st.title(tr("Agreement"))
    store = records()
    patterns = ["", *template_ids()]
    chosen = st.selectbox(
        tr("Exercise"),
        patterns,
        format_func=lambda one: title_of(one) if one else tr("All exercises"),
        key="agreement-pattern",
    )
    blind = st.toggle(tr("Only reviews given without seeing what the program found"), key="agreement-blind")
    draw(comparisons(rated(store, chosen or None, blind=blind)))


def draw(found: Sequence[Comparison]) -> None:
    """Every comparison, one of them in full, and the files to take along."""
    if not found:
        st.info(
            tr(
                "No repetition has been reviewed yet. What therapists say on the page Review is compared here."
            )
        )
        return
    st.write(
        tr(
            "The same repetitions, judged by the program and by people. Agreement is more than what chance alone "
            "would give; 1 is full agreement, 0 is no more than chance."
        )
    )
    st.warning(
        tr(
            "Who has seen the program's score before giving one is not independent of it, and two who have both seen "
            "it are not independent of each other: agreement then looks better than it is. Repetitions of one person "
            "are alike, too, so the true intervals are wider than those shown."
        )
    )
    st.table([_summary(one) for one in found])
    one = st.selectbox(tr("Look at two"), found, format_func=pair_name, key="agreement-pair")
    _one(one)
    for ending in ENDINGS:
        st.download_button(
            tr("All of it ({kind})", kind=ending[1:].upper()),
            agreement_text(ending, found),
            f"agreement{ending}",
            _FILE_KINDS[ending],
            on_click="ignore",
        )


def pair_name(one: Comparison) -> str:
    """The two who are compared, in words."""
    return tr("{one} and {other}", one=_rater(one.rater), other=_rater(one.reference))


def estimate_words(estimate: Estimate, digits: int = 2) -> str:
    """A number with its interval; why it is missing where it is."""
    if estimate.value is None:
        return tr(estimate.reason)
    value = _plain(estimate.value, digits)
    if estimate.low is None or estimate.high is None:
        return f"{value} ({tr(estimate.reason)})"
    interval = {"low": _plain(estimate.low, digits), "high": _plain(estimate.high, digits)}
    return tr("{value} ({low} to {high})", value=value, **interval)


def difference_figure(one: Comparison) -> go.Figure:
    """The picture of Bland and Altman: differences over means, with bias and limits and their intervals."""
    means = [(a + b) / 2 for a, b in one.scores]
    apart = [a - b for a, b in one.scores]
    made = go.Figure()
    dots = {"color": MEASURED, "size": 9, "opacity": 0.6}
    made.add_scatter(x=means, y=apart, mode="markers", marker=dots, name=tr("a repetition"))
    lines = (
        (tr("bias"), one.difference.bias, "solid"),
        (tr("lower limit"), one.difference.lower, "dash"),
        (tr("upper limit"), one.difference.upper, "dash"),
    )
    for name, at, dash in lines:
        if at.value is None:
            continue
        if at.low is not None and at.high is not None:
            made.add_hrect(y0=at.low, y1=at.high, fillcolor=BAND, line_width=0)
        text = f"{name} {_plain(at.value, 1)}"
        made.add_hline(at.value, line={"color": TARGET, "dash": dash, "width": 2}, annotation_text=text)
    made.update_layout(
        xaxis_title=tr("mean of both scores, points"),
        yaxis_title=tr("{one} less {other}, points", one=_rater(one.rater), other=_rater(one.reference)),
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        showlegend=False,
        height=420,
    )
    return made


def _summary(one: Comparison) -> Row:
    return {
        tr("Compared"): pair_name(one),
        tr("Repetitions"): str(one.n),
        tr("Counted or not (kappa)"): estimate_words(one.kind),
        tr("Score, any rater (ICC 2,1)"): estimate_words(one.icc.agreement),
        tr("Score, these raters (ICC 3,1)"): estimate_words(one.icc.consistency),
        tr("Bands of the score (linear kappa)"): estimate_words(one.band_linear),
        tr("Bands of the score (quadratic kappa)"): estimate_words(one.band_quadratic),
    }


def _one(one: Comparison) -> None:
    st.subheader(tr("Scores"))
    if one.scores:
        plot(difference_figure(one))
    apart = one.difference
    st.table(
        [
            {tr("Difference"): name, tr("Points"): estimate_words(estimate, 1)}
            for name, estimate in (
                (tr("bias"), apart.bias),
                (tr("lower limit"), apart.lower),
                (tr("upper limit"), apart.upper),
            )
        ]
    )
    st.caption(
        tr("95 % of the differences lie between the limits; in brackets the 95 % interval of each number.")
    )
    st.table(_crossed(one, one.bands, band_names()))
    st.subheader(tr("Counted or not"))
    st.table(_crossed(one, one.kinds, [tr(_KIND_WORDS[kind]) for kind in KINDS]))
    if one.faults:
        st.subheader(tr("What was found"))
        st.table(fault_agreement_rows(one))


def fault_agreement_rows(one: Comparison) -> list[Row]:
    """A row for each fault that either of the two found."""
    rows = []
    for fault in one.faults:
        (both, rater_alone), (reference_alone, neither) = fault.counts
        rows.append(
            {
                tr("Found"): words(fault.fault),
                tr("By both"): str(both),
                tr("Only by {who}", who=_rater(one.rater)): str(rater_alone),
                tr("Only by {who}", who=_rater(one.reference)): str(reference_alone),
                tr("By neither"): str(neither),
                tr("Kappa"): estimate_words(fault.kappa),
                tr("Sensitivity"): estimate_words(fault.sensitivity),
                tr("Specificity"): estimate_words(fault.specificity),
            }
        )
    return rows


def _crossed(one: Comparison, counts: Counts, names: Sequence[str]) -> list[Row]:
    head = tr("{one}, below; {other}, to the right", one=_rater(one.rater), other=_rater(one.reference))
    return [
        {head: name, **{other: str(count) for other, count in zip(names, row, strict=True)}}
        for name, row in zip(names, counts, strict=True)
    ]


def _rater(name: str) -> str:
    return tr("the program") if name == MACHINE else name


def _plain(value: float, digits: int) -> str:
    return number(f"{value + 0.0:.{digits}f}") if abs(value) < 1e9 else UNKNOWN
