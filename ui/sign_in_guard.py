"""What stands before Streamlit's own routes: it begins and ends sign-ins, guards files, and completes cookies."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any, Final

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from sessions.people.access import NotAllowedError
from ui.live.app_state import Workplace, workplace
from ui.signin.downloads import MEDIA, Owner, may_fetch
from ui.signin.origins import is_same_origin
from ui.signin.sign_in import COOKIE, FAILED_COOKIE, SignInRules
from ui.signin.unreachable import LOGIN, unreachable_page

_BACK: Final = "/oauth2callback"
_LOGOUT: Final = "/auth/logout"
_STREAM: Final = "/_stcore/stream"
_ANSWERS: Final = frozenset(("code", "error"))
"""One of these is in the address with which the login server sends a browser back."""
_FAILED_S: Final = 60
_NOT_ALLOWED: Final = 1008
_SET_COOKIE: Final = b"set-cookie"
_FOR_THERAPISTS: Final = ("/_stcore/upload_file/", "/_stcore/metrics")
"""Streamlit's routes that a clinic's patients and strangers do not need: uploads fill its memory."""
_ELSEWHERE: Final = ("cross-site", "same-site")
_REFUSED: Final = (
    "This file is not yours to fetch, or its link is older than ten minutes. Make it again on the page."
)
_NO_UPLOAD: Final = "Only a therapist who is signed in may do that."
_NO_LOGOUT: Final = "Sign out on the coach's own page."


class SignInGuard:
    """ASGI middleware. See the module; at home, where nobody signs in, a browser is known by a cookie of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        visit = _Visit(workplace(), HTTPConnection(scope), send)
        if scope["path"] == _STREAM:
            if not visit.is_of_own_page:
                await send({"type": "websocket.close", "code": _NOT_ALLOWED})
                return
            await self._app(await visit.opened(scope), receive, visit.send_page)
        elif scope["type"] == "websocket":
            await self._app(scope, receive, send)
        elif refusal := await visit.refusal():
            await PlainTextResponse(refusal, status_code=403)(scope, receive, send)
        elif scope["path"] == LOGIN:
            await _login(self._app, scope, receive, visit)
        else:
            if scope["path"] == _LOGOUT:
                await visit.end()
            await self._app(scope, receive, visit.send_answer)


async def _login(app: ASGIApp, scope: Scope, receive: Receive, visit: _Visit) -> None:
    """Begin a sign-in, or show why that does not work."""
    failed = False

    async def answer(message: Message) -> None:
        nonlocal failed
        failed = failed or message.get("status", 0) >= 400
        if not failed:
            await visit.send_answer(message)

    await app(scope, receive, answer)
    if failed:
        accepted = HTTPConnection(scope).headers.get("accept-language", "")
        await unreachable_page(accepted)(scope, receive, visit.send_answer)


class _Visit:
    """One request or page connection of a browser."""

    def __init__(self, place: Workplace, asked: HTTPConnection, send: Send) -> None:
        self._place = place
        self._rules: SignInRules | None = place.sign_in_rules
        self._path: str = asked.scope["path"]
        self._token = asked.cookies.get(COOKIE, "")
        self._asked = asked.query_params.keys()
        self._from = asked.headers.get("sec-fetch-site", "")
        self.is_of_own_page = "origin" not in asked.headers or is_same_origin(asked.headers)
        self._send = send
        self._owner: Owner | None = None
        self._is_noted = False

    async def opened(self, scope: Scope) -> Scope:
        """Find out whose a page connection is; return its request, which continues no page of others."""
        if self._rules is None:
            self._owner = self._token or None
            return scope
        found = await asyncio.to_thread(self._rules.of_token, self._token, time.time())
        self._owner = None if found is None else found.id
        return self._place.pages.own_only(scope, self._owner)

    async def end(self) -> None:
        """End the sign-in everywhere, before the browser is sent on."""
        if self._rules is not None:
            await asyncio.to_thread(self._rules.end, self._token, time.time())

    async def refusal(self) -> str:
        """Return why a request is refused; empty where it is not."""
        if self._path.startswith(MEDIA):
            return "" if await self._may_fetch() else _REFUSED
        if self._path.startswith(_FOR_THERAPISTS):
            return "" if await self._is_for_therapist() else _NO_UPLOAD
        return _NO_LOGOUT if self._path == _LOGOUT and self._from in _ELSEWHERE else ""

    async def _is_for_therapist(self) -> bool:
        if self._rules is None:
            return True
        asks = await asyncio.to_thread(self._rules.of_token, self._token, time.time())
        return asks is not None and asks.role == "therapist"

    async def _may_fetch(self) -> bool:
        now_s = time.time()
        owners = self._place.downloads.owners(self._path, now_s)
        rules = self._rules
        if rules is None:
            return self._token in owners
        asks = await asyncio.to_thread(rules.of_token, self._token, now_s)
        return asks is not None and await asyncio.to_thread(
            may_fetch, asks, owners, lambda number: rules.of_id(number, now_s)
        )

    async def send_page(self, message: Message) -> None:
        """Pass a message to a page on, and let the page fetch the files that it names."""
        data = message.get("bytes")
        if data and self._owner is not None:
            self._place.downloads.note(data, self._owner, time.time())
            if isinstance(self._owner, int) and not self._is_noted:
                self._is_noted = self._place.pages.note(data, self._owner)
        await self._send(message)

    async def send_answer(self, message: Message) -> None:
        """Pass an answer on with the cookies that it needs."""
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            headers += [(_SET_COOKIE, one.encode("latin-1")) for one in await self._own_cookies(headers)]
            if self._path.startswith(MEDIA):  # or the browser would have it still when the link has died
                headers = [header for header in headers if header[0] != b"cache-control"]
                headers.append((b"cache-control", b"no-store"))
            if self._place.secure:
                headers = [
                    (name, _secured(value) if name == _SET_COOKIE else value) for name, value in headers
                ]
            message = {**message, "headers": headers}
        await self._send(message)

    async def _own_cookies(self, headers: list[tuple[bytes, bytes]]) -> list[str]:
        if self._rules is None:
            is_page = any(name == b"content-type" and b"text/html" in value for name, value in headers)
            return [_cookie(secrets.token_urlsafe(32))] if is_page and not self._token else []
        if self._path == _LOGOUT:
            return [_cookie("", 0)]
        claims = _claims([value.decode("latin-1") for name, value in headers if name == _SET_COOKIE])
        if self._path != _BACK:
            return []
        if not claims:
            return [_cookie("1", _FAILED_S, FAILED_COOKIE)] if self._asked & _ANSWERS else []
        await self.end()
        try:
            token = await asyncio.to_thread(self._rules.admit, claims, time.time())
        except NotAllowedError:  # the page shows why, if it can
            return [_cookie("", 0), _cookie("1", _FAILED_S, FAILED_COOKIE)]
        return [_cookie(token, int(3600 * self._rules.clinic.stays_h))]


def _claims(set_cookies: list[str]) -> Mapping[str, Any]:
    """Return what the login server said, from the cookies in which Streamlit keeps it; empty without a sign-in."""
    cookies: SimpleCookie = SimpleCookie()
    for one in set_cookies:
        cookies.load(one)

    def one_cookie(name: str) -> bytes | None:
        found = cookies.get(name)
        return decode_signed_value(get_cookie_secret(), name, found.value) if found and found.value else None

    kept = get_cookie_with_chunks(one_cookie, USER_COOKIE_NAME)
    claims = json.loads(kept) if kept else {}
    return claims if isinstance(claims, dict) and claims.get("is_logged_in") is True else {}


def _cookie(value: str, lives_s: int | None = None, name: str = COOKIE) -> str:
    ends = "" if lives_s is None else f"; Max-Age={lives_s}"
    return f"{name}={value}; HttpOnly; Path=/; SameSite=Lax{ends}"


def _secured(cookie: bytes) -> bytes:
    """Return a cookie that is only ever sent by https, and by other sites only where they lead here."""
    said = {part.strip().partition(b"=")[0].lower() for part in cookie.split(b";")[1:]}
    wanted = ((b"secure", b"; Secure"), (b"samesite", b"; SameSite=Lax"))
    return cookie + b"".join(text for name, text in wanted if name not in said)
