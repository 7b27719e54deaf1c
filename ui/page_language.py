"""The language of the current page, for ui.language."""

from __future__ import annotations

import os
from typing import Final

from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from ui.language import LANGUAGE_VARIABLE, LANGUAGES, first_known
from ui.text_only import st
from ui.who import own_preferences

CHOSEN: Final = "chosen-language"
"""Key of a page's session state: the code of its language."""


def page_language() -> str | None:
    """Return the code of this page's language: as chosen, preferred, or set in the browser; None outside of a page."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    if st.session_state.get(CHOSEN) not in LANGUAGES:
        st.session_state[CHOSEN] = first_known(
            lambda: own_preferences().language,
            lambda: os.environ.get(LANGUAGE_VARIABLE),
            lambda: st.context.locale,
        )
    return str(st.session_state[CHOSEN])
