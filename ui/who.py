"""Who looks at this page, and what is kept as they may see it."""

from __future__ import annotations

import time
from typing import Final

import streamlit as st

from sessions.access import HOME, Viewer
from sessions.store import Store
from ui.tickets import ticket_for
from ui.workplace import workplace

CHOSEN: Final = "who-practises"


def viewer() -> Viewer:
    """Who looks: at home the computer's own person or the one chosen; in a clinic who has signed in.

    Raises NotAllowedError for who has signed in but is not known here.
    """
    place = workplace()
    chosen: int | None = st.session_state.get(CHOSEN)
    if place.clinic is None:
        return Viewer(HOME.role, HOME.who, chosen)
    found = place.clinic.viewer(st.user.to_dict(), place.store)
    return found if found.role == "patient" else Viewer(found.role, found.who, chosen)


def records() -> Store:
    """All that is kept, as who looks may see it."""
    return workplace().store.seen_by(viewer())


def ticket() -> str:
    """For the live page: as whom its sets are kept."""
    return ticket_for(viewer(), workplace().secret, time.time())


def signed_in() -> bool:
    """Whether who looks need not sign in first."""
    clinic = workplace().clinic
    return clinic is None or (
        bool(st.user.get("is_logged_in")) and clinic.is_fresh(st.user.to_dict(), time.time())
    )
