"""Who looks at this page, and what is kept as they may see it."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from i18n.names import first_name
from i18n.translation import spoken
from sessions.database.connection import data_folder
from sessions.people.access import HOME, NotAllowedError, Viewer
from sessions.people.people import Person
from sessions.people.preferences import Preferences, folder_of, load_preferences, save_preferences
from sessions.people.sign_ins import SignIn
from sessions.store.store import Store
from ui.live.app_state import workplace
from ui.signin.clinic import CLINIC_VARIABLE
from ui.signin.page_tokens import ticket_for
from ui.signin.sign_in import CHECK_S, COOKIE, FAILED_COOKIE, SIGNED_OUT, StillSignedIn
from ui.widgets.text_only import st

CHOSEN: Final = "who-practises"
"""Where a page's session has the number of the person that it is about (ui.page.chosen_person settles it)."""
ALONE: Final = "nobody-else"
"""Where it has whether nobody else is kept here."""
_OF: Final = "signed-in"
"""Where a page's session keeps on which sign-in all else in it rests."""


def viewer() -> Viewer:
    """Return the current user: at home the computer's own person or the one chosen; in a clinic who signed in.

    Raises NotAllowedError where nobody is signed in any more.
    """
    chosen: int | None = st.session_state.get(CHOSEN)
    found = _sign_in_needed()
    if found is None:
        return Viewer(HOME.role, HOME.who, chosen)
    return found.viewer if found.role == "patient" else Viewer(found.role, found.login, chosen)


def records() -> Store:
    """Return all that is stored, as the current user may see it, and no longer than they are signed in.

    The first person at home gets a name in the language of the page.
    """
    who, found = viewer(), _sign_in_needed()
    store = replace(workplace().store, me=first_name(spoken()))
    if found is None:
        return store.seen_by(who)
    return store.seen_by(who, StillSignedIn(lambda: workplace().sign_in_rules, found.id))


def first_named(person: Person | None) -> str:
    """Return the display name of a person; before anybody is stored, the name that the first person will get."""
    return first_name(spoken()) if person is None else person.alias


def own_preferences() -> Preferences:
    """How whom this page is about wants it; at home, until they said so, as the computer's first person has it."""
    return load_preferences(*_preferences_folders())


def keep_preferences(preferences: Preferences) -> None:
    """Keep them for whom this page is about; for nobody where a clinic does not know who that is.

    Raises PreferencesError.
    """
    for folder in _preferences_folders()[:1]:
        save_preferences(folder, preferences)


def _preferences_folders() -> list[Path]:
    """Where to look for them, and first where to keep them; at home without any database, which may not open."""
    if not os.environ.get(CLINIC_VARIABLE):
        chosen: int | None = None if st.session_state.get(ALONE) else st.session_state.get(CHOSEN)
        return [*([] if chosen is None else [folder_of(data_folder(), chosen)]), data_folder()]
    try:
        person_id = viewer().person_id if signed_in() else None
    except NotAllowedError:
        return []
    return [] if person_id is None else [folder_of(data_folder(), person_id)]


def ticket() -> str:
    """Return the page token of the live page, which says whose its sets are."""
    found = _sign_in()
    return ticket_for(viewer(), workplace().secret, time.time(), None if found is None else found.id)


def signed_in() -> bool:
    """Return whether the page may be shown: always at home, in a clinic to who is signed in.

    A page that is signed in as somebody else than before starts afresh.
    """
    if workplace().sign_in_rules is None:
        return True
    found = _sign_in()
    if found is None:
        return False
    if st.session_state.get(_OF, found.id) != found.id:
        st.session_state.clear()
    st.session_state[_OF] = found.id
    return True


def watch_sign_in() -> None:
    """Run the page again as soon as its sign-in has ended; call it in a page that is signed in."""
    if workplace().sign_in_rules is not None:
        _watch()


@st.fragment(run_every=CHECK_S)
def _watch() -> None:
    if not signed_in():
        st.rerun()


def refusal() -> str:
    """Return why the login server's answer did not sign its owner in; empty where nobody came from there."""
    rules = workplace().sign_in_rules
    if rules is None or not st.user.get("is_logged_in"):
        return ""
    try:
        rules.clinic.viewer(st.user.to_dict(), workplace().store)
    except NotAllowedError as error:
        return str(error)
    return ""


def sign_in_failed() -> bool:
    """Return whether this browser has just come back from the login server and is not signed in."""
    return FAILED_COOKIE in st.context.cookies


def sign_out() -> None:
    """End the sign-in in every page of this browser, then send the browser to the login server to end it there too."""
    rules = workplace().sign_in_rules
    if rules is not None:
        rules.end(_token(), time.time())
    st.logout()


def _sign_in_needed() -> SignIn | None:
    """Return the sign-in of this page, None at home. Raises NotAllowedError where it has ended."""
    found = _sign_in()
    if found is None and workplace().sign_in_rules is not None:
        raise NotAllowedError(SIGNED_OUT)
    return found


def _sign_in() -> SignIn | None:
    rules = workplace().sign_in_rules
    return None if rules is None else rules.of_token(_token(), time.time())


def _token() -> str:
    found = st.context.cookies.get(COOKIE)
    return found if isinstance(found, str) else ""
