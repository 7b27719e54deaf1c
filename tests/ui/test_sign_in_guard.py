"""Cookies and files before Streamlit's own routes: with a fake Streamlit and a fake clock, at a clinic and at home."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette import starlette_auth_routes as auth_routes
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from sessions.store.store import Store
from tests.support.live_fakes import Server
from ui import sign_in_guard
from ui.sign_in_guard import SignInGuard
from ui.signin.clinic import Clinic
from ui.signin.downloads import LIFE_S
from ui.signin.sign_in import COOKIE, FAILED_COOKIE
from ui.signin.unreachable import shorten_log

SECRET: Final = "s" * 40
AUTH_LOG: Final = logging.getLogger("streamlit.web.server.starlette.starlette_auth_routes")
LINK: Final = f"/media/{'0123456789abcdef' * 3}.zip"
CLINIC: Final = Clinic(therapists=("tess@clinic.example",))


@dataclass
class Clock:
    """Stands in for the module time."""

    now_s: float = 1_790_000_000.0

    def time(self) -> float:
        return self.now_s


def came_back(request: Request) -> Response:
    """As Streamlit answers once the login server has named somebody: who, in the query, or nobody."""
    answer = RedirectResponse("/", status_code=302)
    who = request.query_params.get("who")
    if who:
        claims = {"email": who, "email_verified": True, "iat": 1_790_000_000, "is_logged_in": True}
        signed = create_signed_value(SECRET, "_streamlit_user", json.dumps(claims))
        answer.set_cookie("_streamlit_user", signed.decode(), httponly=True, samesite="lax", path="/")
        answer.set_cookie("_streamlit_xsrf", "x")
    return answer


async def named(websocket: WebSocket) -> None:
    """A page to which the server names a file."""
    await websocket.accept()
    message = ForwardMsg()
    message.delta.new_element.download_button.url = LINK
    await websocket.send_bytes(message.SerializeToString())
    await websocket.close()


def taken(_request: Request) -> Response:
    return PlainTextResponse("taken")


def page(_request: Request) -> Response:
    return HTMLResponse("<p>page</p>")


def login(request: Request) -> Response:
    """As Streamlit answers where the login server is reached, or not."""
    if request.query_params.get("reached"):
        return RedirectResponse("https://login.clinic.example/", status_code=302)
    try:
        raise httpx.ConnectError("All connection attempts\nfailed")
    except httpx.ConnectError:
        AUTH_LOG.warning("Error during OAuth authorization redirect.", exc_info=True)
    return Response("Authentication error", status_code=400)


def file(_request: Request) -> Response:
    return PlainTextResponse("content")


ROUTES: Final[list[BaseRoute]] = [
    Route("/oauth2callback", came_back),
    Route("/auth/logout", page),
    Route("/auth/login", login),
    Route("/media/{name}", file, methods=["GET", "HEAD", "OPTIONS"]),
    Route("/_stcore/upload_file/{session}/{file}", taken, methods=["PUT", "DELETE"]),
    Route("/_stcore/metrics", taken),
    Route("/{page}", page),
    Route("/", page),
    WebSocketRoute("/_stcore/stream", named),
]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(sign_in_guard, "time", made)
    return made


@dataclass
class Guarded:
    """The guard around a fake Streamlit."""

    server: Server

    def browser(self) -> TestClient:
        app = Starlette(routes=ROUTES, middleware=[Middleware(SignInGuard)])
        return TestClient(app, base_url="https://testserver", follow_redirects=False)

    def signed_in(self, who: str) -> TestClient:
        browser = self.browser()
        browser.get(f"/oauth2callback?who={who}@clinic.example")
        return browser


@pytest.fixture
def home(store: Store, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[Guarded]:
    guarded = Guarded(Server(store))
    monkeypatch.setattr(sign_in_guard, "workplace", lambda: guarded.server.place)
    monkeypatch.setattr(sign_in_guard, "get_cookie_secret", lambda: SECRET)
    yield guarded


@pytest.fixture
def clinic(home: Guarded, store: Store) -> Guarded:
    store.people.add("Anna", login="anna@clinic.example")
    store.people.add("Ben", login="ben@clinic.example")
    home.server.place = replace(home.server.place, clinic=CLINIC, secure=True)
    return home


def open_page(browser: TestClient) -> None:
    with browser.websocket_connect("wss://testserver/_stcore/stream") as socket:
        assert LINK.encode() in socket.receive_bytes()


def test_every_cookie_is_for_https_and_this_site_where_the_public_address_is_https(clinic: Guarded) -> None:
    cookies = clinic.browser().get("/oauth2callback?who=anna@clinic.example").headers.get_list("set-cookie")
    names = {cookie.partition("=")[0] for cookie in cookies}
    assert names == {"_streamlit_user", "_streamlit_xsrf", COOKIE}
    for cookie in cookies:
        said = [part.strip().lower() for part in cookie.split(";")[1:]]
        assert said.count("secure") == 1
        assert said.count("samesite=lax") == 1
    (own,) = (cookie for cookie in cookies if cookie.startswith(COOKIE))
    assert "HttpOnly" in own
    assert "Max-Age=43200" in own


def test_where_it_is_not_https_a_cookie_is_not_for_https_alone(clinic: Guarded) -> None:
    clinic.server.place = replace(clinic.server.place, secure=False)
    for cookie in (
        clinic.browser().get("/oauth2callback?who=anna@clinic.example").headers.get_list("set-cookie")
    ):
        assert "secure" not in cookie.lower()


def test_who_is_not_known_gets_no_sign_in_and_ends_the_one_before(clinic: Guarded) -> None:
    browser = clinic.signed_in("anna")
    before = browser.cookies[COOKIE]
    browser.get("/oauth2callback?who=eve@clinic.example")
    assert browser.cookies.get(COOKIE) is None
    rules = clinic.server.place.sign_in_rules
    assert rules is not None
    assert rules.of_token(before, 1_790_000_000.0) is None


def test_a_callback_that_names_nobody_changes_nothing(clinic: Guarded) -> None:
    browser = clinic.signed_in("anna")
    before = browser.cookies[COOKIE]
    browser.get("/oauth2callback")
    assert browser.cookies[COOKIE] == before
    open_page(browser)
    assert browser.get(LINK).status_code == 200


@pytest.mark.parametrize("query", ["code=x&state=y", "error=access_denied", "who=tess@clinic.example&late"])
def test_a_sign_in_that_came_to_nothing_is_shown(clinic: Guarded, clock: Clock, query: str) -> None:
    """As when the two servers' clocks differ: the page of the clinic alone would look as if nothing had happened."""
    clock.now_s -= 3600 * query.endswith("late")
    browser = clinic.browser()
    (failed,) = (
        cookie
        for cookie in browser.get(f"/oauth2callback?{query}").headers.get_list("set-cookie")
        if cookie.startswith(f"{FAILED_COOKIE}=")
    )
    assert "Max-Age=60" in failed
    assert browser.cookies.get(COOKIE) is None


def test_each_sign_in_gets_a_new_token(clinic: Guarded) -> None:
    browser = clinic.browser()
    browser.get(
        "/oauth2callback?who=anna@clinic.example", headers={"cookie": f"{COOKIE}=chosen by somebody else"}
    )
    first = browser.cookies[COOKIE]
    browser.get("/oauth2callback?who=anna@clinic.example")
    assert len({first, browser.cookies[COOKIE], "chosen by somebody else"}) == 3
    assert len(first) >= 43


def test_a_link_dies_after_ten_minutes_and_with_the_sign_in(clinic: Guarded, clock: Clock) -> None:
    anna, ben, tess = (clinic.signed_in(who) for who in ("anna", "ben", "tess"))
    assert anna.get(LINK).status_code == 403
    open_page(anna)
    clock.now_s += LIFE_S - 1
    assert [who.get(LINK).status_code for who in (anna, tess, ben, clinic.browser())] == [200, 200, 403, 403]
    assert anna.get(LINK).headers.get_list("cache-control") == ["no-store"]
    clock.now_s += 1
    assert [who.get(LINK).status_code for who in (anna, tess)] == [403, 403]
    open_page(anna)
    assert anna.get(LINK).status_code == 200
    kept = dict(anna.cookies)
    anna.get("/auth/logout")
    anna.cookies.update(kept)
    assert [who.get(LINK).status_code for who in (anna, tess)] == [403, 403]
    assert clock.now_s - 1_790_000_000.0 == 600


def test_what_a_therapist_was_named_is_not_the_patients(clinic: Guarded) -> None:
    anna, tess = clinic.signed_in("anna"), clinic.signed_in("tess")
    open_page(tess)
    assert [who.get(LINK).status_code for who in (tess, anna)] == [200, 403]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize(
    "address", [LINK, LINK.removesuffix(".zip"), LINK + "?x=.zip", LINK.replace("m", "%6d", 1)]
)
def test_no_other_spelling_of_an_address_gets_the_file(clinic: Guarded, method: str, address: str) -> None:
    open_page(clinic.signed_in("anna"))
    assert clinic.signed_in("ben").request(method, address).status_code == 403


def test_at_home_a_file_is_the_browsers_to_whose_page_it_was_named(home: Guarded, clock: Clock) -> None:
    own, other, none = (home.browser() for _ in range(3))
    for browser in (own, other):
        browser.get("/today")
        assert len(browser.cookies[COOKIE]) >= 43
    assert own.cookies[COOKIE] != other.cookies[COOKIE]
    before = own.cookies[COOKIE]
    own.get("/")
    assert own.cookies[COOKIE] == before
    open_page(own)
    open_page(none)
    assert [browser.get(LINK).status_code for browser in (own, other, none)] == [200, 403, 403]
    clock.now_s += LIFE_S
    assert own.get(LINK).status_code == 403


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://testserver:9",
        "http://localhost:9",
        "http://127.0.0.1",
        "http://0.0.0.0:1",
        "https://testserver.evil.example",
        "https://evil.example/testserver",
        "https://testserver@evil.example",
        "null",
        "file://",
        "https://[::1",
        "",
    ],
)
def test_no_page_of_another_address_opens_the_stream(home: Guarded, origin: str) -> None:
    """Streamlit would let other ports of this computer in, and ask the internet for its own address about others."""
    address = "wss://testserver/_stcore/stream"
    with (
        pytest.raises(WebSocketDisconnect),
        home.browser().websocket_connect(address, headers={"origin": origin}),
    ):
        pass
    for own in ({"origin": "https://testserver"}, {}):
        with home.browser().websocket_connect(address, headers=own) as socket:
            assert socket.receive_bytes()


UPLOAD: Final = "/_stcore/upload_file/session/file"


def test_at_a_clinic_only_therapists_send_files(clinic: Guarded) -> None:
    """Streamlit stores whatever is sent in memory, for anybody who has opened its sign-in page."""
    anna, tess, stranger = clinic.signed_in("anna"), clinic.signed_in("tess"), clinic.browser()
    asked = [("PUT", UPLOAD), ("DELETE", UPLOAD), ("GET", "/_stcore/metrics")]
    for browser, status in ((stranger, 403), (anna, 403), (tess, 200)):
        assert [browser.request(method, path).status_code for method, path in asked] == [status] * 3
    kept = dict(tess.cookies)
    tess.get("/auth/logout")
    tess.cookies.update(kept)
    assert tess.put(UPLOAD).status_code == 403


def test_at_home_files_are_sent_without_a_sign_in(home: Guarded) -> None:
    assert home.browser().put(UPLOAD).text == "taken"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_no_other_site_signs_anybody_out(clinic: Guarded, site: str) -> None:
    anna = clinic.signed_in("anna")
    before = anna.cookies[COOKIE]
    refused = anna.get("/auth/logout", headers={"sec-fetch-site": site})
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers
    rules = clinic.server.place.sign_in_rules
    assert rules is not None
    assert rules.of_token(before, 1_790_000_000.0) is not None
    assert anna.get("/auth/logout", headers={"sec-fetch-site": "same-origin"}).status_code == 200
    assert rules.of_token(before, 1_790_000_000.0) is None


@pytest.mark.parametrize(
    ("accepted", "language", "words"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de", "Sie können sich gerade nicht anmelden"),
        ("fr,es;q=0.5", "es", "No puede iniciar sesión en este momento"),
        ("fr", "en", "You cannot sign in right now"),
        ("", "en", "whoever runs this server"),
    ],
)
def test_a_login_server_that_cannot_be_reached_is_a_plain_page_and_one_line_of_the_log(
    clinic: Guarded, caplog: pytest.LogCaptureFixture, accepted: str, language: str, words: str
) -> None:
    shorten_log()
    answer = clinic.browser().get("/auth/login", headers={"accept-language": accepted})
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert f'<html lang="{language}">' in answer.text and words in answer.text
    assert "Authentication error" not in answer.text
    (line,) = [record for record in caplog.records if record.name == AUTH_LOG.name]
    assert "ConnectError: All connection attempts failed" in line.getMessage()
    assert "\n" not in logging.Formatter().format(line)


def test_a_login_server_that_answers_is_gone_to(clinic: Guarded) -> None:
    answer = clinic.browser().get("/auth/login?reached=1")
    assert (answer.status_code, answer.headers["location"]) == (302, "https://login.clinic.example/")


def test_the_log_that_is_shortened_is_streamlits() -> None:
    assert auth_routes._LOGGER.name == AUTH_LOG.name
