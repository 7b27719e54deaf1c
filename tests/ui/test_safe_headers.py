"""The headers of every response, whatever is answered; the test over all pages in a browser holds them there too."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Final

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from i18n.translation import LANGUAGES
from ui import server
from ui.page.language_picker import language_script

EXPECTED: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(self)",
}


def boom(_request: Request) -> Response:
    raise ZeroDivisionError


def own(_request: Request) -> Response:
    return PlainTextResponse("own", headers={"referrer-policy": "unsafe-url", "content-security-policy": "x"})


async def greet(socket: WebSocket) -> None:
    await socket.accept(headers=[(b"x-own", b"1")])
    await socket.close()


async def refuse(socket: WebSocket) -> None:
    await socket.send_denial_response(PlainTextResponse("no", status_code=403))


async def close(socket: WebSocket) -> None:
    await socket.close(1008)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(server, "workplace", lambda: SimpleNamespace(clinic=None))
    sockets = [
        WebSocketRoute("/greet", greet),
        WebSocketRoute("/refuse", refuse),
        WebSocketRoute("/close", close),
    ]
    routes = [*server.routes(), Route("/boom", boom), Route("/own", own), *sockets]
    app = Starlette(
        routes=routes, middleware=server.middleware(), exception_handlers=server.exception_handlers()
    )
    return TestClient(app, raise_server_exceptions=False)


def policy(response: Response | httpx.Response) -> dict[str, set[str]]:
    """The directives of the policy, each with its sources."""
    parts = [part.split() for part in response.headers["content-security-policy"].split(";")]
    return {name: set(sources) for name, *sources in parts}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/live/files/page.js", 200),
        ("/live/figure/squat/sideways", 404),
        ("/no-such-page", 404),
        ("/boom", 500),
        ("/own", 200),
    ],
)
def test_every_answer_has_each_header(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in EXPECTED} == EXPECTED
    assert policy(answer)["frame-ancestors"] == {"'none'"}


def test_who_is_not_here_gets_them_too(client: TestClient) -> None:
    away = TestClient(client.app, client=("192.0.2.7", 5000))
    answer = away.get("/live/files/page.js")
    assert answer.status_code == 403
    assert {name: answer.headers[name] for name in EXPECTED} == EXPECTED


def test_the_handshake_of_a_socket_has_them(client: TestClient) -> None:
    with client.websocket_connect("/greet") as socket:
        raw: list[tuple[bytes, bytes]] = list(socket.extra_headers or [])
        given = {name.decode(): value.decode() for name, value in raw}
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()
    assert given["x-own"] == "1"
    assert {name: given[name] for name in EXPECTED} == EXPECTED


@pytest.mark.parametrize("path", ["/refuse", "/close", "/no-such-socket"])
def test_a_socket_that_is_refused_has_them_too(client: TestClient, path: str) -> None:
    away = TestClient(client.app, client=("192.0.2.7", 5000))
    for asked in (client, away, client):
        with pytest.raises(WebSocketDenialResponse) as denied, asked.websocket_connect(path):
            pass
        answer = denied.value
        assert answer.status_code == 403
        assert {name: answer.headers[name] for name in EXPECTED} == EXPECTED
        assert policy(answer)["frame-ancestors"] == {"'none'"}


def test_the_policy_allows_nothing_but_this_server(client: TestClient) -> None:
    """No other host, no script that stands in a page unless it is known, no code from text."""
    told = policy(client.get("/live/files/page.js"))
    assert told["default-src"] == {"'none'"}
    every = set().union(*told.values())
    hashes = {source for source in every if source.startswith("'sha256-")}
    assert every - hashes == {"'none'", "'self'", "'unsafe-inline'", "data:", "blob:"}
    assert [name for name, sources in told.items() if "'unsafe-inline'" in sources] == ["style-src"]
    assert told["script-src"] - hashes == {"'self'", "blob:"}
    assert len(hashes) == 1 + len(LANGUAGES)


def test_the_script_that_names_the_language_is_known_by_its_hash(client: TestClient) -> None:
    """Worked out with: printf 'document.documentElement.lang = "de"' | openssl dgst -sha256 -binary | base64"""
    assert language_script("de") == '<script>document.documentElement.lang = "de"</script>'
    known = "'sha256-BwEWXEKMzhxxt91HxdKiPwg7cHmbu/0FdiuEY9zYBmU='"
    assert known in policy(client.get("/live/files/page.js"))["script-src"]
