"""A session judged anew by another version of its template: both results beside each other, for therapists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import plotly.graph_objects as go

from base.errors import DiagonalError
from i18n.rescoring_sentences import change_words, difference_lines, which
from i18n.tables import Row, title_of, whole
from i18n.translation import moment, tr
from patterns.templates.library import load_template, template_ids
from patterns.templates.template import Template
from patterns.templates.template_file import parse_template
from scoring.records.records import RepScore
from sessions.rescoring.rep_diff import RepDifference, differences
from sessions.rescoring.rescore import Rescoring
from sessions.store.records import StoredSession
from ui.charts.curves import MEASURED, TARGET
from ui.charts.plot import plot
from ui.widgets.answers import answer
from ui.widgets.damage import failure_words
from ui.widgets.escapes import bullets
from ui.widgets.file_field import file_field
from ui.widgets.text_only import st

_NOT_COUNTED: Final = "#999999"
_LARGEST_TEMPLATE: Final = 200_000


def draw(session: StoredSession, kept: Sequence[Rescoring], rescore: Callable[[Template], Rescoring]) -> None:
    """A form to judge the session anew, and one of the rescorings that are kept beside the first result.

    rescore: judges and keeps; its DiagonalError is shown.
    """
    template = _asked(session)
    if template is not None:
        try:
            rescore(template)
        except DiagonalError as error:
            st.error(tr(failure_words(error)))
        else:
            answer(tr("The new result is saved beside the first."))
            st.rerun()
    if not kept:
        st.caption(tr("This session has not been judged anew yet."))
        return
    chosen = st.selectbox(tr("Judged anew"), kept[::-1], format_func=_named, key=f"rescoring-of-{session.id}")
    beside(session, chosen)


def beside(session: StoredSession, rescoring: Rescoring) -> None:
    """The first result and a later one: what changed in words, a table, and both over time."""
    if rescoring.template_id != session.start.pattern_id:
        st.warning(
            tr(
                "This is another exercise: {new}, not {old}.",
                new=title_of(rescoring.template_id),
                old=title_of(session.start.pattern_id),
            )
        )
    if rescoring.code_version != session.start.code_version:
        st.caption(
            tr(
                "The program has changed as well: {old} before, {new} now.",
                old=session.start.code_version,
                new=rescoring.code_version,
            )
        )
    found = differences(session.reps, rescoring.reps)
    st.table(difference_rows(found))
    plot(both_over_time(session.reps, rescoring.reps))
    lines = list(difference_lines(found))
    if lines:
        with st.expander(tr("Everything that changed")):
            st.markdown(bullets(lines))
    else:
        st.success(tr("Nothing changed."))
    st.caption(tr("Both results stay. What was said to the person at the time was the first one."))


def difference_rows(found: Sequence[RepDifference]) -> list[Row]:
    """A row for each repetition or group of them, the score before and now."""
    return [
        {
            tr("Repetition"): which(one),
            tr("What became of it"): change_words(one),
            tr("Score before"): _scores(one.old),
            tr("Score now"): _scores(one.new),
            tr("In short"): "; ".join(
                line.partition(": ")[2] for line in difference_lines([one], numbers=False) if one.details
            ),
        }
        for one in found
    ]


def both_over_time(old: Sequence[RepScore], new: Sequence[RepScore]) -> go.Figure:
    """Two rows of bars over the seconds of the session: the first result above, the later one below."""
    made = go.Figure()
    for name, reps, colour in ((tr("Before"), old, TARGET), (tr("Now"), new, MEASURED)):
        made.add_bar(
            y=[name] * len(reps),
            x=[rep.end_s - rep.start_s for rep in reps],
            base=[rep.start_s for rep in reps],
            orientation="h",
            marker={
                "color": [colour if rep.kind == "repetition" else _NOT_COUNTED for rep in reps],
                "line": {"width": 1},
            },
            text=[f"{rep.index}: {whole(rep.total)}" for rep in reps],
            textposition="inside",
            insidetextanchor="middle",
            name=name,
        )
    made.update_layout(
        barmode="overlay",
        xaxis_title=tr("seconds of the session; the score in each bar, grey is not counted"),
        yaxis={"autorange": "reversed"},
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        showlegend=False,
        height=240,
    )
    return made


def _asked(session: StoredSession) -> Template | None:
    """The template with which to judge anew, None unless it was just asked for."""
    with st.form(f"rescore-{session.id}", border=False):
        upload = file_field(
            tr("Exercise file (.toml); the library's own where none is given"),
            max_upload_size=1,
        )
        if not st.form_submit_button(tr("Judge anew")):
            return None
    try:
        if upload is not None:
            if upload.size > _LARGEST_TEMPLATE:
                st.error(tr("This file is too large for an exercise."))
                return None
            return parse_template(upload.getvalue(), tr("the uploaded file"))
        if session.start.pattern_id not in template_ids():
            st.error(tr("This exercise is not in the library any more: give its file."))
            return None
        return load_template(session.start.pattern_id)
    except DiagonalError as error:
        st.error(tr(failure_words(error)))
        return None


def _named(one: Rescoring) -> str:
    return tr(
        "{title}, version {version}, {when}, by {who}",
        title=title_of(one.template_id),
        version=one.template_version,
        when=moment(one.at.astimezone()),
        who=one.by,
    )


def _scores(reps: Sequence[RepScore]) -> str:
    return ", ".join(whole(rep.total) if rep.kind == "repetition" else tr("Not counted") for rep in reps)
