"""Choices whose options are worded otherwise than before: in another language, or since something was saved.

Streamlit knows an option by its words. A browser goes on showing the old ones, and sends them back as something that is
not offered any more, until it is given the choice anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import IOBase
from typing import Any, Final

from i18n.translation import spoken
from ui.widgets.text_only import st

_LANGUAGE: Final = "worded-in"
_DUE: Final = "reword"


def reword_choices() -> None:
    """Give the browser every choice in its words of now, where they may have changed; call it before any widget."""
    before, now = st.session_state.get(_LANGUAGE), spoken()
    due = st.session_state.pop(_DUE, False)
    st.session_state[_LANGUAGE] = now
    if not due and before in (None, now):
        return
    for key, value in list(st.session_state.items()):
        if _may_be_chosen(value):
            st.session_state[key] = value


def words_change() -> None:
    """Something was saved by which options are called: give the choices anew in the next run."""
    st.session_state[_DUE] = True


def _may_be_chosen(value: Any) -> bool:
    """Not a button, a toggle, rows of a table, a component or a file: those have no words, and take no value."""
    if value is None or isinstance(value, bool | Mapping | IOBase):
        return False
    return not isinstance(value, list | tuple) or not any(isinstance(one, IOBase) for one in value)
