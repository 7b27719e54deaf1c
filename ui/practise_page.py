"""Practise live: choose an exercise, start, be counted and coached."""

from __future__ import annotations

import streamlit as st

from ui.choosing import choose_exercise
from ui.language import tr
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
    # The choice stays on the page, but out of the picture's way. This element must always be there: were the
    # coach to
    # change its place among the elements, Streamlit would mount it anew in the middle of a set.
    st.html(f"<style>.st-key-choice {{ display: {'none' if running else 'flex'}; }}</style>")
    finished = coach(template, side)
    if finished is not None:
        st.session_state[_LAST] = finished
    last: int | None = st.session_state.get(_LAST)
    if last is not None and not running:
        reps = place.store.session(last).reps
        st.subheader(tr("Your last set"))
        st.table(rep_rows(reps))
