"""Practise live: choose an exercise, start, be counted and coached."""

from __future__ import annotations

import streamlit as st

from ui.choosing import choose_exercise
from ui.live_component import coach, is_running
from ui.tables import rep_rows
from ui.workplace import workplace

_LAST = "last-session"


def show() -> None:
    """The live page, and below it the set that was just finished."""
    place = workplace()
    running = is_running()
    with st.container(key="choice"):
        template, side = choose_exercise("practise", disabled=running)
    if running:  # kept on the page, so that the choice stays, but out of the way of the picture
        st.html("<style>.st-key-choice { display: none; }</style>")
    finished = coach(place.secret, template, side)
    if finished is not None:
        st.session_state[_LAST] = finished
    last: int | None = st.session_state.get(_LAST)
    if last is not None and not running:
        reps = place.store.session(last).reps
        st.subheader("Your last set")
        st.table(rep_rows(reps))
