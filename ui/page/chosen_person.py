"""The person that every page is about: chosen once, the same on all pages, after a reload and in a new tab."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from i18n.translation import tr
from sessions.database.connection import data_folder
from sessions.people.access import Viewer
from sessions.people.preferences import PreferencesError, remember_person, remembered_person
from sessions.store.store import Store
from ui.page.current_user import ALONE, CHOSEN
from ui.page.page_language import CHOSEN as LANGUAGE
from ui.widgets.text_only import st

PARAMETER: Final = "person"
"""Of the page's address: the number of the person."""

_MOST_DIGITS: Final = 18
_SETTLED: Final = "person-settled"
_GONE: Final = "person-gone"


def settle(store: Store, practising: int | None = None) -> bool:
    """Settle whom this run of the page is about, and return whether that changed; call it first in every run.

    In this order: practising, the person whose set is going on in this page; what was just chosen, the page's address,
    what this page was about, what was chosen last on this computer; at home else the first person. Somebody who is not
    kept any more gives way to that, and it is shown.
    """
    people = [person.id for person in store.people.all()]
    wanted = practising if practising in people else _wanted(store.viewer)
    number = wanted if wanted in people else _first(store.viewer, people)
    if wanted is not None and wanted != number:
        st.session_state[_GONE] = True
    before = st.session_state.get(_SETTLED)
    changed = before is not None and before != number
    if changed:
        st.session_state.pop(LANGUAGE, None)
    st.session_state[_SETTLED] = st.session_state[CHOSEN] = number
    st.session_state[ALONE] = len(people) < 2
    _note_down(store.viewer, number, known=len(people) > 1)
    return changed


def is_gone() -> bool:
    """Whether the person this page was about is not kept any more, and the person at the page has not seen that yet."""
    return bool(st.session_state.get(_GONE))


def seen_gone() -> None:
    """The person at the page has seen that somebody else is shown."""
    st.session_state.pop(_GONE, None)


def _wanted(viewer: Viewer) -> int | None:
    """The number that is asked for, whether or not there is such a person; 0 for what is no number."""
    settled, picked = st.session_state.get(_SETTLED), st.session_state.get(CHOSEN)
    if picked is not None and picked != settled:
        seen_gone()
        return int(picked)
    asked = st.query_params.get(PARAMETER)
    if asked is not None:
        return int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= _MOST_DIGITS else 0
    if settled is not None:
        return int(settled)
    return remembered_person(data_folder(), viewer.who)


def _first(viewer: Viewer, people: Collection[int]) -> int | None:
    return min(people, default=None) if viewer.role == "home" else None


def _note_down(viewer: Viewer, number: int | None, *, known: bool) -> None:
    """In the page's address and on this computer; nothing where there is nobody to choose from."""
    if number is None or not known:
        st.query_params.pop(PARAMETER, None)
        return
    if st.query_params.get(PARAMETER) != str(number):
        st.query_params[PARAMETER] = str(number)
    if remembered_person(data_folder(), viewer.who) == number:
        return
    try:
        remember_person(data_folder(), viewer.who, number)
    except PreferencesError as error:
        st.warning(tr("The person is chosen for this visit alone: {error}", error=str(error)))
