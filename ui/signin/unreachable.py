"""What a person sees, and what the log says, when the server where people sign in cannot be reached."""

from __future__ import annotations

import logging
from html import escape
from typing import Final

from starlette.responses import HTMLResponse, Response

from i18n.translation import LANGUAGES, first_known, in_language, tr

LOGIN: Final = "/auth/login"
_LOGGER: Final = "streamlit.web.server.starlette.starlette_auth_routes"
_PAGE: Final = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>Diagonal</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{ font: 1.1rem/1.5 sans-serif; margin: 3rem auto; max-width: 34rem; padding: 0 1rem; }}</style></head>
<body><h1>{title}</h1><p>{reason}</p><p><a href="/">{again}</a></p></body></html>
"""


def unreachable_page(accepted: str) -> Response:
    """Return the page in a language that the browser accepts (its Accept-Language header)."""
    asked = [part.partition(";")[0].strip()[:2].lower() for part in accepted.split(",")]
    language = first_known(*(lambda code=code: code for code in asked if code in LANGUAGES))
    with in_language(language):
        page = _PAGE.format(
            language=language,
            title=escape(tr("You cannot sign in right now")),
            reason=escape(
                tr(
                    "The server where people sign in does not answer, or refuses. Try again in a minute. "
                    "If it stays so, tell whoever runs this server."
                )
            ),
            again=escape(tr("Try again")),
        )
    return HTMLResponse(page, status_code=503)


class OneLine(logging.Filter):
    """Turns a failed sign-in into one line of the log, without a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record, and let it pass."""
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            record.msg = f"Sign-in failed: the login server cannot be reached, or refuses ({reason})."
            record.args, record.exc_info, record.exc_text = (), None, None
        return True


def shorten_log() -> None:
    """Let Streamlit report failed sign-ins in one line from now on."""
    logger = logging.getLogger(_LOGGER)
    if not any(isinstance(one, OneLine) for one in logger.filters):
        logger.addFilter(OneLine())
