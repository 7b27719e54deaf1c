"""What a therapist says of a repetition: as the program found it, or otherwise, with a note."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from base.characters import joined
from base.errors import DiagonalError
from i18n.names import words
from i18n.tables import whole
from i18n.translation import moment, tr
from patterns.templates.template import FAULT_IDS
from scoring.records.records import Kind, RepScore
from sessions.store.reviews import LABELS, Review, latest
from sessions.store.store import Store
from ui.review.loaded_set import OpenedSet
from ui.widgets.answers import answer
from ui.widgets.damage import failure_words
from ui.widgets.text_only import st

KINDS: Final[dict[Kind, str]] = {"repetition": "Repetition", "attempt": "Not counted"}
_NO_SCORE: Final = "No score"


def reviewer(store: Store) -> str:
    """Who reviews, asked for; in a clinic who has signed in, unless another name is given."""
    own = "" if store.viewer.role == "home" else store.viewer.who
    return st.text_input(tr("Who says it"), own, key="reviewer", max_chars=120, width=320).strip()


def accept(store: Store, session_id: int, rep: RepScore, by: str) -> bool:
    """Keep that a repetition is as the program found it; False, with the reason shown, where it cannot be."""
    faults = tuple(dict.fromkeys(fault.id for fault in rep.faults))
    return _said(store, Review(session_id, rep.index, by, "accepted", rep.kind, rep.total, faults))


def draw(
    store: Store,
    chosen: OpenedSet,
    rep: RepScore,
    reviews: Sequence[Review],
    by: str,
    then: Callable[[], None],
) -> None:
    """What was said of a repetition so far, and a form to say more; nothing that was said is ever overwritten."""
    own = [review for review in reviews if review.number == rep.index]
    if own:
        st.table([_row(review) for review in own])
    review = _form(chosen, rep, by, latest(own).get(rep.index))
    if review is not None and _said(store, review):
        then()


def _form(chosen: OpenedSet, rep: RepScore, by: str, before: Review | None) -> Review | None:
    """What is said otherwise, once it is sent; the fields begin as the program, or the last review, has it.

    Where what the program found is hidden, they begin empty.
    """
    kind, total = (rep.kind, rep.total) if before is None else (before.kind, before.total)
    unsaid = chosen.blind and before is None
    faults = [fault.id for fault in rep.faults] if before is None else list(before.faults)
    with st.form(f"review-{chosen.id}-{rep.index}-{chosen.blind}", border=False):
        left, right = st.columns(2)
        said_kind = left.radio(
            tr("What it is"),
            list(KINDS),
            None if unsaid else list(KINDS).index(kind),
            format_func=lambda one: tr(KINDS[one]),
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
        if not st.form_submit_button(tr("Keep this review"), type="primary", disabled=not by):
            return None
    if said_kind is None:
        st.warning(tr("Say what it is: a repetition, or not counted."))
        return None
    note = joined(note)
    points, found = None if score is None else float(score), tuple(said_faults)
    return Review(
        chosen.id, rep.index, by, "changed", said_kind, points, found, note, label, blind=chosen.blind
    )


def _said(store: Store, review: Review) -> bool:
    try:
        store.reviews.add(review)
    except DiagonalError as error:
        st.error(tr(failure_words(error)))
        return False
    answer(tr("The review is saved."))
    return True


def _row(review: Review) -> dict[str, str]:
    return {
        tr("When"): moment(review.at),
        tr("Who"): review.by,
        tr("What"): tr(KINDS[review.kind]),
        tr("Score"): whole(review.total) if review.total is not None else tr(_NO_SCORE),
        tr("What was wrong"): ", ".join(words(fault) for fault in review.faults),
        tr("Note"): review.note,
        tr("For learning"): "" if review.label is None else tr(LABELS[review.label]),
    }
