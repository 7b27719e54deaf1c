"""The sessions kept on this computer: a list, and the repetitions of one."""

from __future__ import annotations

import streamlit as st

from ui.tables import fault_rows, rep_rows, session_rows, title_of, when
from ui.workplace import workplace


def show() -> None:
    """The list of sessions and the one chosen."""
    st.title("Sessions")
    store = workplace().store
    sessions = store.sessions()
    if not sessions:
        st.info("No session yet. Practise once: each finished set is listed here.")
        return
    st.table(session_rows(sessions[:50]))
    if len(sessions) > 50:
        st.caption(f"The latest 50 of {len(sessions)} sessions. The others can be chosen below.")
    chosen = st.selectbox(
        "Look at one session",
        sessions,
        format_func=lambda s: f"No. {s.id} · {when(s)} · {title_of(s.start.pattern_id)}",
        key="session",
    )
    reps = store.session(chosen.id).reps
    if reps:
        st.table(rep_rows(reps))
    else:
        st.info("Nothing was counted in this session.")
    faults = fault_rows(reps)
    if faults:
        st.subheader("What was found")
        st.table(faults)
