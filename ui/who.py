"""Who looks at this page, and what is kept as they may see it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final

import streamlit as st

from sessions.access import HOME, NotAllowedError, Viewer
from sessions.database import data_folder
from sessions.preferences import Preferences, folder_of, load_preferences, save_preferences
from sessions.store import Store
from ui.clinic import CLINIC_VARIABLE
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
        chosen: int | None = st.session_state.get(CHOSEN)
        return [*([] if chosen is None else [folder_of(data_folder(), chosen)]), data_folder()]
    try:
        person_id = viewer().person_id if signed_in() else None
    except NotAllowedError:
        return []
    return [] if person_id is None else [folder_of(data_folder(), person_id)]


def ticket() -> str:
    """For the live page: as whom its sets are kept."""
    return ticket_for(viewer(), workplace().secret, time.time())


def signed_in() -> bool:
    """Whether who looks need not sign in first."""
    clinic = workplace().clinic
    return clinic is None or (
        bool(st.user.get("is_logged_in")) and clinic.is_fresh(st.user.to_dict(), time.time())
    )
