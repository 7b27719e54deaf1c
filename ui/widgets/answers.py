"""What a page answers when something was saved: one sentence that is in sight for some seconds, whatever is below."""

from __future__ import annotations

from typing import Final

from ui.widgets.rewording import words_change
from ui.widgets.text_only import st

_PENDING: Final = "answers"


def answer(sentence: str) -> None:
    """Show the sentence in the next run of a page: Streamlit may lose what is shown before a page runs again."""
    st.session_state.setdefault(_PENDING, []).append(sentence)
    words_change()


def show_answers() -> None:
    """Show what was answered since the last run; call it once in each page, and in what runs alone."""
    for sentence in st.session_state.pop(_PENDING, []):
        st.toast(sentence, icon=":material/check:")
