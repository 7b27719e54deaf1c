"""How every page looks: large letters and high contrast, chosen on every page and saved for the person."""

from __future__ import annotations

from typing import Final, Literal

from i18n.translation import tr
from sessions.people.preferences import Preferences, PreferencesError
from ui.page.current_user import keep_preferences, own_preferences
from ui.widgets.answers import answer
from ui.widgets.plain_errors import reported
from ui.widgets.text_only import st

Look = Literal["large", "contrast"]

LOOKS: Final[dict[Look, str]] = {"large": "Large letters", "contrast": "High contrast"}

LARGE: Final = """<style>
html { font-size: 125% !important; }
:root { --rem: 0.8rem; }
</style>"""
"""The live page has large letters of its own, so its lengths (--rem) stay as they are."""

CONTRAST: Final = """<style>
.stApp, [data-testid="stHeader"], [data-baseweb="popover"] > div, section[role="dialog"] { background: #fff; }
.stApp :is(p, li, h1, h2, h3, h4, label, td, th, span, summary, input, textarea, a, button),
:is([data-baseweb="popover"], section[role="dialog"]) :is(p, li, h2, label, span, input, button, div) {
  color: #000 !important; opacity: 1; }
.stApp :is(td, th, hr) { border-color: #000 !important; }
:is(.stApp, [data-baseweb="popover"], section[role="dialog"]) :is(
  button:not([kind^="primary"], [role="tab"], [aria-haspopup="listbox"], [data-testid^="stBaseButton-header"]),
  .react-aria-ComboBox > [role="group"], [data-testid="stTextInputRootElement"],
  [data-testid="stNumberInputContainer"], [data-testid="stTextAreaRootElement"],
  [data-testid="stExpander"] details, [data-testid="stAlertContainer"]) {
  background: #fff !important; border: 2px solid #000 !important; }
:is(.stApp, [data-baseweb="popover"], section[role="dialog"]) button[kind^="primary"] {
  background: #000 !important; border: 2px solid #000 !important; }
:is(.stApp, [data-baseweb="popover"], section[role="dialog"]) button[kind^="primary"] * { color: #fff !important; }
:is(.stApp, section[role="dialog"]) button:disabled { border-style: dashed !important; }
.stApp a { text-decoration: underline; }
.stApp :focus-visible { outline: 3px solid #000 !important; outline-offset: 2px; }
[data-testid="stCaptionContainer"] { opacity: 1 !important; }
</style>"""


def looks_style() -> str:
    """Return, as HTML, the styles of the looks that hold for whom this page is about."""
    wanted = own_preferences()
    return (LARGE if wanted.large else "") + (CONTRAST if wanted.contrast else "")


def choose_looks(whose: int | None, *, disabled: bool = False) -> None:
    """Offer the looks behind a button. whose: the number of whom this page is about; each has fields of their own."""
    wanted = own_preferences()
    with st.popover(tr("Display"), icon=":material/text_fields:", disabled=disabled, key="display"):
        for name, words in LOOKS.items():
            key = f"look-{name}-{whose}"
            st.toggle(tr(words), value=getattr(wanted, name), key=key, on_change=_keep, args=(name, key))


def _keep(name: Look, key: str) -> None:
    chosen = Preferences.model_validate({**own_preferences().model_dump(), name: st.session_state[key]})
    try:
        keep_preferences(chosen)
        answer(tr("Your settings are saved."))
    except PreferencesError as error:
        reported(error)
        st.warning(tr("Your settings could not be saved."))
