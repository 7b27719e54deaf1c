"""Our own words over the dialogs that Streamlit's page shows by itself: the server is gone, or an address is unknown.

Streamlit has no setting for their words. They stand in the page before they are needed: once the server is gone nothing
can be sent any more.
"""

from __future__ import annotations

import json
from typing import Final

from i18n.translation import tr

GONE_TITLE: Final = "The connection to Diagonal is lost"
GONE: Final = (
    "What was saved before is safe. Start Diagonal again on this computer, or ask whoever looks after it. "
    "This page then goes on by itself."
)
UNKNOWN_TITLE: Final = "This page does not exist"
UNKNOWN: Final = (
    "The address is not one of Diagonal's. The first page is shown instead: close this note to go on."
)

_GONE: Final = 'section[role="dialog"]:has([data-testid="stErrorCodeBlock"])'
_UNKNOWN: Final = 'section[role="dialog"]:has(> h2 + div > div):not(:has(> h2 + div > div *))'


def dialogs_style() -> str:
    """Return, as HTML, the styles that put our words in the place of Streamlit's, in the language of the page."""
    gone, unknown = _words(_GONE, tr(GONE_TITLE), tr(GONE)), _words(_UNKNOWN, tr(UNKNOWN_TITLE), tr(UNKNOWN))
    return f"<style>{gone}{unknown}</style>"


def _words(dialog: str, title: str, text: str) -> str:
    return (
        f"{dialog} > h2, {dialog} > h2 + div {{ font-size: 0; }}\n"
        f"{dialog} > h2 + div > * {{ display: none; }}\n"
        f"{dialog} > h2::after {{ content: {_quoted(title)}; font-size: 1.5rem; }}\n"
        f"{dialog} > h2 + div::after {{ content: {_quoted(text)}; font-size: 1rem; }}\n"
    )


def _quoted(text: str) -> str:
    """The text as a string of CSS, that no closing tag can end."""
    return json.dumps(text, ensure_ascii=False).replace("<", "\\3c ")
