"""The language of the current page, for i18n.translation."""

from __future__ import annotations

import os
from typing import Final

from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from i18n.translation import LANGUAGE_VARIABLE, LANGUAGES, first_known
from ui.page.current_user import own_preferences
from ui.widgets.text_only import st

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
