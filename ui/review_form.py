"""What a therapist says of a repetition: as the program found it, or otherwise, with a note."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from models.errors import DiagonalError
from patterns.template import FAULT_IDS
from scoring.records import Kind, RepScore
from sessions.reviews import LABELS, Review, latest
from sessions.store import Store
from ui.language import moment, tr
from ui.names import words
from ui.tables import whole

_KINDS: Final[dict[Kind, str]] = {"repetition": "Repetition", "attempt": "Not counted"}
_NO_SCORE: Final = "No score"


def draw(store: Store, session_id: int, reps: Sequence[RepScore]) -> None:
    """What was said so far, and a form for one repetition. Nothing that was said is ever overwritten."""
    reviews = store.reviews.of([session_id])[session_id]
    if reviews:
        st.table([_row(review) for review in reviews])
    said = latest(reviews)
    chosen = st.selectbox(
        tr("Repetition"),
        reps,
        format_func=lambda rep: tr("No. {number}", number=rep.index) + (" ✓" if rep.index in said else ""),
        key=f"review-{session_id}",
    )
    by = st.text_input(
        tr("Who says it"),
        "" if store.viewer.role == "home" else store.viewer.who,
        key="reviewer",
        max_chars=120,
    )
    before = said.get(chosen.index)
    if st.button(
        tr("As the program found it"), disabled=not by.strip(), key=f"accept-{session_id}-{chosen.index}"
    ):
        faults = tuple(dict.fromkeys(fault.id for fault in chosen.faults))
        _say(store, Review(session_id, chosen.index, by, "accepted", chosen.kind, chosen.total, faults))
    review = _form(session_id, chosen, by, before)
    if review is not None:
        _say(store, review)


def _form(session_id: int, rep: RepScore, by: str, before: Review | None) -> Review | None:
    """What is said otherwise, once it is sent; the fields begin as the program, or the last review, has it."""
    kind, total = (rep.kind, rep.total) if before is None else (before.kind, before.total)
    faults = [fault.id for fault in rep.faults] if before is None else list(before.faults)
    with st.form(f"review-{session_id}-{rep.index}", border=False):
        left, right = st.columns(2)
        said_kind = left.radio(
            tr("What it is"), list(_KINDS), list(_KINDS).index(kind), format_func=lambda one: tr(_KINDS[one])
        )
        score = right.number_input(
            tr("Score (empty for none)"), 0, 100, None if total is None else round(total)
        )
        said_faults = st.multiselect(
            tr("What was wrong"), FAULT_IDS, list(dict.fromkeys(faults)), format_func=words
        )
        note = st.text_area(tr("Note"), "" if before is None else before.note, max_chars=2000)
        label = st.selectbox(
            tr("For learning"),
            list(LABELS),
            index=None,
            format_func=lambda one: tr(LABELS[one]),
            placeholder=tr("Neither"),
        )
        if not st.form_submit_button(tr("Keep this review"), type="primary", disabled=not by.strip()):
            return None
    points = None if score is None else float(score)
    return Review(session_id, rep.index, by, "changed", said_kind, points, tuple(said_faults), note, label)


def _say(store: Store, review: Review) -> None:
    try:
        store.reviews.add(review)
    except DiagonalError as error:
        st.error(str(error))
        return
    st.rerun()


def _row(review: Review) -> dict[str, str]:
    return {
        tr("No."): str(review.number),
        tr("When"): moment(review.at),
        tr("Who"): review.by,
        tr("What"): tr(_KINDS[review.kind]),
        tr("Score"): whole(review.total) if review.total is not None else tr(_NO_SCORE),
        tr("What was wrong"): ", ".join(words(fault) for fault in review.faults),
        tr("Note"): review.note,
        tr("For learning"): "" if review.label is None else tr(LABELS[review.label]),
    }
