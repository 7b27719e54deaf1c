"""The choice of language on the page; kept for the next visit beside the sessions."""

from __future__ import annotations

from i18n.translation import LANGUAGES, spoken, tr
from sessions.people.preferences import PreferencesError
from ui.page.current_user import keep_preferences, own_preferences
from ui.page.page_language import CHOSEN
from ui.widgets.answers import answer
from ui.widgets.plain_errors import reported
from ui.widgets.text_only import st

LABEL = "Language / Sprache / Idioma"
_KEY = "language-choice"


def choose_language(*, disabled: bool = False) -> str:
    """Show the choice of language and give its code; call it once, before anything that speaks, on every page.

    What was chosen holds from the next run on, and for the next visit. disabled: while a set is going on.
    """
    codes = list(LANGUAGES)
    st.selectbox(
        LABEL,
        codes,
        index=codes.index(spoken()),
        format_func=LANGUAGES.__getitem__,
        key=_KEY,
        on_change=_keep,
        disabled=disabled,
        width=220,
    )
    code = spoken()
    # Screen readers read a page in the language that it says it has.
    st.html(language_script(code), unsafe_allow_javascript=True)
    return code


def language_script(code: str) -> str:
    """HTML that names the language of a page; the server lets just these scripts run."""
    return f'<script>document.documentElement.lang = "{code}"</script>'


def _keep() -> None:
    code = st.session_state[_KEY]
    st.session_state[CHOSEN] = code
    try:
        keep_preferences(own_preferences().model_copy(update={"language": code}))
        answer(tr("Your settings are saved."))
    except PreferencesError as error:
        reported(error)
        st.warning(tr("The language could not be saved: it is chosen for this visit alone."))
