"""One set under review: its repetitions as rows, the chosen one again with its curves, and what the therapist says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from i18n.names import words
from i18n.tables import kind_of, not_measured_rows, whole, why_no_score
from i18n.translation import tr
from patterns.templates.template import Side, Template
from scoring.records.records import RepScore
from sessions.store.records import SessionSummary
from sessions.store.reviews import Review, latest
from sessions.store.store import Store
from ui.charts.lazy_table import folded
from ui.page.fragments import fragment, fragment_every
from ui.replay import component as replay_component
from ui.replay.figures import make_figure, ready_figure
from ui.review import curves as review_curves
from ui.review import form as review_form
from ui.review import timed_test_offer as timed_offer
from ui.review.loaded_set import OpenedSet
from ui.widgets.answers import show_answers
from ui.widgets.text_only import st

_ROW_PX: Final = 70
_ROWS_PX: Final = 470
_SOON_S: Final = 0.4
_ASKED: Final = "figure-asked"
_DECISIONS: Final = {"accepted": "✓", "changed": "✎"}
"""How a review shows in the rows: accepted, or changed."""


def chosen_row(picked: Any) -> int:
    """The row that is chosen in a table, the first where none is yet."""
    rows = picked["selection"]["rows"]
    return int(rows[0]) if rows else 0


@fragment
def draw(store: Store, chosen: OpenedSet, others: Sequence[SessionSummary]) -> None:
    """The set and the repetition chosen in it; others: sessions that may stand beside it."""
    if st.session_state.pop(review_form.CHANGED, False):
        st.rerun()  # the lists above count what was said
    if not chosen.reps:
        st.info(tr("Nothing was counted in this session."))
        return
    show_answers()
    by = review_form.reviewer(store)
    reviews = [one for one in store.reviews.of([chosen.id])[chosen.id] if one.by == by or not chosen.blind]
    table, again = st.columns([5, 6], gap="medium")
    with table:
        rep = _rows(chosen, reviews)
        _buttons(store, chosen, rep, by)
    with again:
        told = "" if chosen.blind else f" · {_told(rep)}"
        st.subheader(tr("No. {number}", number=rep.index) + told)
        replayed = st.container()
    review_curves.draw(store, chosen, rep, others)
    with st.expander(tr("Review of no. {number}", number=rep.index), expanded=True):
        review_form.draw(store, chosen, rep, reviews, by, st.rerun)
    timed_offer.draw(store, chosen)
    if not chosen.blind:
        folded(
            tr("What this session could not show"),
            f"review-unseen-{chosen.id}",
            lambda: not_measured_rows(chosen.dossier.not_measured),
        )
    with replayed:
        _replay(chosen, rep)


def _rows(chosen: OpenedSet, reviews: Sequence[Review]) -> RepScore:
    """The repetitions as rows; the one that is chosen."""
    said = latest(reviews)
    shown = [
        {
            tr("No."): rep.index,
            tr("Way"): picture,
            **({} if chosen.blind else _judged(rep)),
            tr("Review"): _DECISIONS[said[rep.index].decision] if rep.index in said else "",
            **({} if chosen.blind else {tr("Range"): whole(rep.range), tr("Control"): whole(rep.control)}),
        }
        for rep, picture in zip(chosen.reps, chosen.pictures, strict=True)
    ]
    picked = st.dataframe(
        shown,
        height=min(_ROWS_PX, 40 + _ROW_PX * len(shown)),
        row_height=_ROW_PX,
        hide_index=True,
        key=_table(chosen),
        on_select="rerun",
        selection_mode="single-row-required",
        column_config={
            tr("Way"): st.column_config.ImageColumn(
                width=104, help=tr("Orange the way out, blue the way back, grey the other repetitions")
            ),
            tr("No."): st.column_config.NumberColumn(width=44),
            tr("Score"): st.column_config.TextColumn(width=56),
            tr("Found"): st.column_config.TextColumn(width=170),
        },
        alt=tr("Repetitions of this session"),
    )
    return chosen.reps[min(chosen_row(picked), len(chosen.reps) - 1)]


def _judged(rep: RepScore) -> dict[str, str]:
    return {
        tr("Score"): whole(rep.total),
        tr("What"): kind_of(rep),
        tr("Found"): ", ".join(dict.fromkeys(words(fault.id) for fault in rep.faults)),
    }


def _table(chosen: OpenedSet) -> str:
    return f"review-reps-{chosen.id}"


def _buttons(store: Store, chosen: OpenedSet, rep: RepScore, by: str) -> None:
    """Before, next, and as the program found it; each by a key too."""
    at = next(i for i, one in enumerate(chosen.reps) if one.index == rep.index)
    last = len(chosen.reps) - 1

    def go(to: int) -> None:
        st.session_state[_table(chosen)] = {"selection": {"rows": [min(max(to, 0), last)]}}

    def accepted() -> None:
        if review_form.accept(store, chosen, rep, by):
            go(at + 1)

    before, following, accept = st.columns(3)
    before.button(
        tr("Previous"),
        on_click=go,
        args=(at - 1,),
        disabled=at == 0,
        shortcut="K",
        width="stretch",
        key="previous",
    )
    following.button(
        tr("Next"),
        on_click=go,
        args=(at + 1,),
        disabled=at == last,
        shortcut="J",
        width="stretch",
        key="next",
    )
    accept.button(
        tr("Accept"),
        on_click=accepted,
        disabled=chosen.blind or not by,
        shortcut="A",
        width="stretch",
        type="primary",
        key="accept",
        help=tr("As the program found it, then the next one"),
    )
    saved = review_form.last_saved(chosen.id)
    if saved is not None:
        st.button(
            tr("Undo the review of no. {number}", number=saved.number),
            on_click=review_form.take_back,
            args=(store, saved),
            shortcut="U",
            key="undo",
        )
    if not by:
        st.caption(tr("Say who you are to accept or change something."))


def _replay(chosen: OpenedSet, rep: RepScore) -> None:
    """The movement at once; the figure beside it a moment later where it has to be made first."""
    trace, template = chosen.trace(rep), chosen.dossier.template
    if trace is None:
        st.info(tr("Of this repetition no landmarks are kept."))
        return
    figure = ready_figure(template, rep.side)
    replay_component.show(chosen.id, template, trace, figure)
    if figure is None:
        _make_figure(template, rep.side)


@fragment_every(_SOON_S)
def _make_figure(template: Template, side: Side) -> None:
    """Nothing when first shown, so that the page is there; the figure, and the page anew with it, a moment later."""
    asked = (template.sha256, side)
    if st.session_state.get(_ASKED) != asked:
        st.session_state[_ASKED] = asked
        return
    with st.spinner(tr("Drawing the figure of the exercise")):
        make_figure(template, side)
    st.rerun()


def _told(rep: RepScore) -> str:
    """What the program found, in a few words."""
    if rep.total is None:
        return why_no_score(rep)
    kind = "" if rep.kind == "repetition" else f"{why_no_score(rep)}, "
    return kind + tr(
        "score {score} (range {range}, control {control})",
        score=whole(rep.total),
        range=whole(rep.range),
        control=whole(rep.control),
    )
