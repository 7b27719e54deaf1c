"""The server: Streamlit's pages, the live socket and the live page's files, in one process on one port."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

from base.console import write_error
from base.temporary import remove_abandoned
from patterns.templates.errors import SideError, TemplateError
from patterns.templates.library import load_template
from sessions.database.file import DamagedError
from ui.live.app_state import Workplace, eyes, workplace
from ui.live.care import look_after_sets
from ui.live.figure_json import demonstration
from ui.live.websocket import live_socket, token_answer
from ui.page.streamlit_settings import LATE_SETTINGS, settings_of
from ui.safe_headers import SafeHeaders, internal_error
from ui.sign_in_guard import SignInGuard
from ui.signin.clinic import read_clinic
from ui.signin.unreachable import shorten_log

FOLDER: Final = Path(__file__).parent
PAGES: Final = FOLDER / "navigation.py"


class ThisComputerOnly:
    """Answers 403 to whoever is not on this computer, however the server was started; a clinic's serves others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what comes from here, refuse the rest."""
        client = scope.get("client")
        if scope["type"] != "lifespan" and workplace().clinic is not None:
            client = None
        if scope["type"] == "lifespan" or client is None or _is_here(client[0]):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            answer = PlainTextResponse("This coach serves its own computer only.", status_code=403)
            await answer(scope, receive, send)


class FreshFiles(StaticFiles):
    """Files that a browser must ask for anew, so that an update of the program is seen at once."""

    def file_response(self, *args: Any, **kwargs: Any) -> Any:
        """The file, marked to be checked before it is used again."""
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return response


def figure_answer(request: Request) -> Response:
    """The figure that shows an exercise, as JSON; 404 with one line where there is none. Slow the first time."""
    asked = request.path_params
    try:
        shown = demonstration(load_template(asked["pattern"]), asked["side"])
    except (TemplateError, SideError) as error:
        return PlainTextResponse(str(error), status_code=404)
    return JSONResponse(shown, headers={"cache-control": "max-age=3600"})


def routes() -> list[BaseRoute]:
    """The routes beside Streamlit's own."""
    return [
        WebSocketRoute("/live/ws", live_socket),
        Route("/live/token", token_answer),
        Route("/live/figure/{pattern}/{side}", figure_answer),
        Mount("/live/files", FreshFiles(directory=FOLDER / "live" / "static")),
        Mount("/live/demo", FreshFiles(directory=FOLDER / "demo")),
    ]


def exception_handlers() -> dict[Any, Any]:
    """What answers for an error that nothing else caught."""
    return {Exception: internal_error}


def middleware() -> list[Middleware]:
    """What every request passes first."""
    return [Middleware(SafeHeaders), Middleware(ThisComputerOnly), Middleware(SignInGuard)]


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Open the store and clear old temporary files before the first page; save open sets when the server stops."""
    wanted = settings_of(read_clinic())
    for option in LATE_SETTINGS:
        config.set_option(option, wanted[option])
    remove_abandoned()
    shorten_log()
    place = workplace()
    place.get_ready()
    ahead = threading.Thread(target=_read_ahead, args=(place,), name="read ahead", daemon=True)
    ahead.start()
    care = asyncio.create_task(look_after_sets(place))
    try:
        yield {}
    finally:
        care.cancel()
        await place.sets.finish_all()
        eyes().close()
        ahead.join()
        place.store.close()


def _read_ahead(place: Workplace) -> None:
    """Load what would be waited for: the pages, what draws their tables, what judges a movement, the own history."""
    for name in ("ui.navigation", "pandas", "pyarrow", "scipy.ndimage", "scipy.signal", "scipy.stats"):
        import_module(name)
    if place.clinic is None:
        try:
            place.store.numbers()
        except DamagedError as error:  # the pages report it too
            write_error(str(error))


def open_browser_soon(url: str) -> None:
    """Open the address in the user's browser in a moment; does nothing where there is no desktop."""
    desktop = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not desktop:
        return
    timer = threading.Timer(1.5, webbrowser.open, [url])
    timer.daemon = True
    timer.start()


def _is_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address in ("localhost", "testclient")
