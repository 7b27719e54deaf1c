"""The repetitions of a store of which therapists said something."""

from __future__ import annotations

from sessions.agreement.compare import Rated, rated_reps
from sessions.history.today import own
from sessions.people.audit import note
from sessions.store.store import Store

_AT_ONCE = 500


def rated(store: Store, pattern_id: str | None = None, *, blind: bool = False) -> tuple[Rated, ...]:
    """What machine and therapists said, repetition by repetition, of everybody; pattern_id: of one exercise alone.

    blind: only what was said without having been shown what the machine found. Raises NotAllowedError for a patient.
    """
    own_sessions = own(store.all_sessions())
    numbers = [one.id for one in own_sessions[::-1] if pattern_id in (None, one.start.pattern_id)]
    found: list[Rated] = []
    for at in range(0, len(numbers), _AT_ONCE):
        for number, said in store.reviews.of(numbers[at : at + _AT_ONCE]).items():
            reviews = [review for review in said if review.blind or not blind]
            if reviews:
                found.extend(rated_reps(number, store.session(number).reps, reviews))
    if store.viewer.role != "home":
        with store.database.writing() as session:
            note(session, store.viewer, "compared reviews", None, str(len(found)))
    return tuple(found)
