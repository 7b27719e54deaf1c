"""Headers of every response: a page may load and call nothing but this server, and nobody may frame it.

What Streamlit needs beyond 'self': styles that its scripts write ('unsafe-inline' for style-src alone), scripts of
components as blobs, pictures as data and blobs. No script runs that stands in a page, but those known by their hash.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Final

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from i18n.translation import LANGUAGES
from ui.page.language_picker import language_script

_INLINE: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_STARTS: Final = ("http.response.start", "websocket.accept", "websocket.http.response.start")


@cache
def safe_headers() -> dict[str, str]:
    """Return name and value of each header."""
    return {
        "content-security-policy": "; ".join(f"{name} {sources}" for name, sources in _policy().items()),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "permissions-policy": "camera=(self)",
    }


def _policy() -> dict[str, str]:
    return {
        "default-src": "'none'",
        "script-src": " ".join(("'self'", "blob:", *_hashes())),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "media-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' data: blob:",
        "worker-src": "'self' blob:",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }


def _hashes() -> list[str]:
    """The scripts that stand in Streamlit's page, and ours that name its language, each by its hash."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text("utf-8")
    scripts = [*_INLINE.findall(page), *_INLINE.findall("".join(map(language_script, LANGUAGES)))]
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


class SafeHeaders:
    """Sets the headers on whatever is answered, a handshake of a socket and a refusal too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back with the headers."""
        can_answer = "websocket.http.response" in scope.get("extensions", {})
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            if message["type"] == "websocket.close" and can_answer and not begun:
                await answer({"type": "websocket.http.response.start", "status": 403})
                await answer({"type": "websocket.http.response.body", "body": b"Refused"})
                return  # for a socket that was never accepted, the web server's own answer lacks the headers
            if message["type"] in _STARTS:
                begun = True
                message.setdefault("headers", [])
                MutableHeaders(scope=message).update(safe_headers())
            await send(message)

        await self._app(scope, receive, answer)


async def internal_error(_request: Request, _error: Exception) -> Response:
    """Answer for an error of ours; it is sent past every middleware, so it brings the headers itself."""
    return PlainTextResponse("Internal error", status_code=500, headers=safe_headers())
