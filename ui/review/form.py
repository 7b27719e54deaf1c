"""What a therapist says of a repetition: as the program found it, or otherwise, with a note."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from base.characters import joined
from base.errors import DiagonalError
from base.message import Verbatim
from i18n.names import words
from i18n.tables import whole
from i18n.translation import moment, tr
from patterns.templates.template import FAULT_IDS
from scoring.records.records import Kind, RepScore
from sessions.people.people import PersonGoneError
from sessions.store.reviews import LABELS, Review, latest
from sessions.store.store import Store
from ui.review.loaded_set import OpenedSet
from ui.widgets.answers import answer
from ui.widgets.damage import failure_words
from ui.widgets.text_only import st

KINDS: Final[dict[Kind, str]] = {"repetition": "Repetition", "attempt": "Not counted"}
_NO_SCORE: Final = "No score"
PARAMETER: Final = "reviewer"
"""Of the page's address: the reviewer's name."""
_NAME: Final = "reviewer-name"
_SAVED: Final = "review-saved"
CHANGED: Final = "reviews-changed"
"""Where a page's session has that the lists of the page are to be read again."""


def reviewer(store: Store) -> str:
    """Return the reviewer's name, asked for once a visit: on other pages and after a reload it is still there.

    In a clinic it is who has signed in, unless another name is given.
    """
    own = st.query_params.get(PARAMETER, "") if store.viewer.role == "home" else store.viewer.who
    known = st.session_state.get(_NAME, own)
    name = str(st.text_input(tr("Who says it"), known, key="reviewer", max_chars=120, width=320)).strip()
    st.session_state[_NAME] = name
    if store.viewer.role == "home" and name and st.query_params.get(PARAMETER) != name:
        st.query_params[PARAMETER] = name
    return name


def accept(store: Store, chosen: OpenedSet, rep: RepScore, by: str) -> bool:
    """Save that a repetition is as the program found it; False, with the reason shown, where it cannot be."""
    faults = tuple(dict.fromkeys(fault.id for fault in rep.faults))
    review = Review(chosen.id, rep.index, by, "accepted", rep.kind, rep.total, faults)
    return _said(store, review, chosen.dossier.person.alias)


def last_saved(session_id: int) -> Review | None:
    """Return the review of a session that was saved last in this visit and not taken back since."""
    saved: Review | None = st.session_state.get(_SAVED)
    return saved if saved is not None and saved.session_id == session_id else None


def take_back(store: Store, review: Review) -> None:
    """Take back a review that was just saved."""
    try:
        store.reviews.withdraw(review)
    except DiagonalError as error:
        st.error(tr(str(error)))
        return
    st.session_state.pop(_SAVED, None)
    st.session_state[CHANGED] = True
    answer(tr("The review of no. {number} is taken back.", number=review.number))


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
    if review is not None and _said(store, review, chosen.dossier.person.alias):
        then()


def _form(chosen: OpenedSet, rep: RepScore, by: str, before: Review | None) -> Review | None:
    """What is said otherwise, once it is sent; the fields begin as the program, or the last review, has it.

    Where what the program found is hidden, they begin empty. A repetition that is now not counted loses its score,
    unless the reviewer gave it one.
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
    unasked = said_kind == "attempt" and kind == "repetition" and total is not None and score == round(total)
    points, found = None if score is None or unasked else float(score), tuple(said_faults)
    return Review(
        chosen.id, rep.index, by, "changed", said_kind, points, found, note, label, blind=chosen.blind
    )


def _said(store: Store, review: Review, name: str) -> bool:
    """Save a review; name: of whose repetition it is. False, with the reason in sight, where it cannot be saved."""
    try:
        store.reviews.add(review)
    except PersonGoneError:
        st.error(gone(name))
        return False
    except DiagonalError as error:
        st.error(tr(failure_words(error)))
        return False
    st.session_state[_SAVED] = review
    st.session_state[CHANGED] = True
    answer(tr("{name}, no. {number}: the review is saved.", name=Verbatim(name), number=review.number))
    return True


def gone(name: str) -> str:
    """Say that nothing more can be saved of somebody who was deleted while this page was open."""
    return tr(
        "The records of {name} were deleted in the meantime, so this cannot be saved. What you entered stays in the "
        "fields until you leave this page.",
        name=Verbatim(name),
    )


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
