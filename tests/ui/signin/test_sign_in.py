"""Signing in at a real server and provider without a browser, in an environment made from requirements.txt alone."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from sqlite3 import connect
from typing import Final

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect as open_socket
from websockets.typing import Origin

from models.provision import ensure
from patterns.templates.library import load_template
from sessions.store.store import Store
from tests.sessions.store.test_store import START, rep
from tests.support.bare_environment import bare_environment, hidden_modules
from tests.support.clinic_server import (
    ClinicServer,
    Visitor,
    clinic_served,
    element,
    fragment_of,
    media_links,
    users,
)
from tests.support.clips import standing
from ui.live.open_sets import SIGNED_OUT
from ui.signin.sign_in import CHECK_S, COOKIE

pytestmark = [pytest.mark.weights, pytest.mark.slow]
SQUAT: Final = load_template("squat")
NAMED: Final = "Signed in as "
SIGN_IN: Final = "Sign in with the clinic"


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClinicServer]:
    ensure("full")
    folder = tmp_path_factory.mktemp("clinic")
    store = Store.open(folder / "data" / "sessions.sqlite")
    for name in ("anna", "ben"):
        person = store.people.add(name.capitalize(), login=f"{name}@clinic.example")
        start = replace(START, template_sha256=SQUAT.sha256, side="both")
        number = store.begin(start, [SQUAT], person.id)
        store.add_rep(number, rep(1), standing(5))
        store.finish(number)
    store.close()
    known = users({"anna": ["patient"], "ben": ["patient"], "tess": ["therapist"], "eve": []})
    with clinic_served(folder, known, **bare_environment(folder / "bare")) as server:
        yield server


def test_what_only_the_tests_need_is_hidden() -> None:
    assert {"oidc_provider_mock", "playwright", "hypothesis"} <= hidden_modules()
    assert not {"streamlit", "authlib", "sqlalchemy", "psycopg", "uvicorn"} & hidden_modules()


def test_signing_in_needs_nothing_but_requirements_txt(clinic: ClinicServer) -> None:
    anna = clinic.visitor()
    assert anna.sign_in("anna").status_code == 302
    with anna.tab() as tab:
        assert "Signed in as anna@clinic.example" in tab.run()


def test_signing_out_ends_every_tab_within_five_seconds(clinic: ClinicServer) -> None:
    anna = clinic.visitor("anna")
    with anna.tab() as first, anna.tab() as second:
        said = first.run()
        assert NAMED in second.run()
        assert NAMED in said
        fragment, every_s = fragment_of(said)
        assert 0 < every_s < 5
        first.run(pressed=element(said, "sign-out"))
        shown = second.run(fragment=fragment)
        shown += second.until("script_finished")
        assert SIGN_IN in shown
        assert NAMED not in second.run("sessions")


def test_signing_out_ends_a_live_set_within_five_seconds(clinic: ClinicServer) -> None:
    anna = clinic.visitor("anna")
    with anna.tab() as tab:
        page = tab.run()
    with anna.live(page) as live:
        anna.sign_out()
        ended = json.loads(live.recv(30))
        assert (ended["type"], ended["reason"]) == ("finished", SIGNED_OUT)
        with pytest.raises(ConnectionClosed):
            live.recv(10)
    assert CHECK_S < 4, "and looks are a second apart"


def test_a_cookie_saved_before_signing_out_opens_nothing(clinic: ClinicServer) -> None:
    anna, thief = clinic.visitor("anna"), clinic.visitor()
    for cookie in anna.client.cookies.jar:
        thief.client.cookies.jar.set_cookie(cookie)
    with thief.tab() as tab:
        assert NAMED in tab.run()
    anna.sign_out()
    assert anna.client.cookies.get(COOKIE) is None
    with thief.tab() as tab:
        shown = tab.run("sessions")
    assert NAMED not in shown
    assert SIGN_IN in shown


def test_a_cookie_of_streamlit_alone_opens_nothing(clinic: ClinicServer) -> None:
    """Nor does it beside the sign-in of somebody else: then the page is that person's."""
    anna, ben = clinic.visitor("anna"), clinic.visitor("ben")
    own = ben.client.cookies.get(COOKIE) or ""
    del anna.client.cookies[COOKIE]
    with anna.tab() as tab:
        assert NAMED not in tab.run()
    anna.client.cookies.set(COOKIE, own)
    with anna.tab() as tab:
        assert f"{NAMED}ben@clinic.example" in tab.run()


def reviews(clinic: ClinicServer) -> int:
    with closing(connect(clinic.data / "sessions.sqlite")) as file:
        return int(file.execute("SELECT count(*) FROM review").fetchone()[0])


def test_a_page_open_at_sign_out_reads_and_saves_nothing_more(clinic: ClinicServer) -> None:
    """Its fragments and the callbacks of its buttons hold the store with which the page was made."""
    tess, before = clinic.visitor("tess"), reviews(clinic)
    with tess.tab() as tab:
        said = tab.run("review", query="person=1")
        button = element(said, "accept")
        fragments = dict.fromkeys(re.findall(r"fragment_id: \"(\w+)\"", said))
        tess.sign_out()
        time.sleep(CHECK_S)
        for fragment in [next(iter(fragments)), ""]:
            shown = tab.run("review", fragment=fragment, pressed=button)
            shown += tab.until("script_finished") if fragment else ""
            assert SIGN_IN in shown
            assert "No. 1" not in shown
    assert reviews(clinic) == before


def test_the_id_of_a_page_continues_it_with_its_own_sign_in_alone(clinic: ClinicServer) -> None:
    """It stands in the addresses of uploads, so in the log of a web server before this one.

    Streamlit compares whom the login server named, but a browser may leave that out.
    """
    tess, before = clinic.visitor("tess"), reviews(clinic)
    with tess.tab(named=False) as tab:
        said = tab.run("review", query="person=1")
        page, button = page_id(said), element(said, "accept")
    for other in (clinic.visitor(), clinic.visitor("ben"), clinic.visitor("tess")):
        with other.tab(page, named=False) as tab:
            assert page_id(tab.run("review", query="person=1", pressed=button)) != page
    assert reviews(clinic) == before
    with tess.tab(page, named=False) as tab:
        assert page_id(tab.run("review", query="person=1")) == page


def page_id(said: str) -> str:
    return str(re.findall(r"session_id: \"([^\"]+)\"", said)[0])


def made_file(visitor: Visitor) -> str:
    """The address of the visitor's newest session as a file, made on their page."""
    with visitor.tab() as tab:
        button = element(tab.run("sessions"), "export")
        (link,) = set(media_links(tab.run("sessions", pressed=button)))
    return link


def test_a_file_is_its_persons_and_the_therapists_until_the_sign_in_ends(clinic: ClinicServer) -> None:
    anna, ben, tess = (clinic.visitor(who) for who in ("anna", "ben", "tess"))
    link = made_file(anna)
    fetched = anna.get(link)
    assert (fetched.status_code, fetched.content[:2]) == (200, b"PK")
    assert tess.get(link).content == fetched.content
    assert clinic.visitor("anna").get(link).content == fetched.content
    for other in (ben, clinic.visitor(), clinic.visitor("eve")):
        for method in ("GET", "HEAD"):
            refused = other.client.request(method, clinic.url + link, headers={"Range": "bytes=0-3"})
            assert refused.status_code == 403
            assert fetched.content[:4] not in refused.content
    anna.sign_out()
    for visitor in (anna, tess, clinic.visitor("anna")):
        assert visitor.get(link).status_code == 403


def test_a_link_put_into_a_pages_address_does_not_become_ones_own(clinic: ClinicServer) -> None:
    """The server repeats the name of a page that there is not."""
    anna, ben = clinic.visitor("anna"), clinic.visitor("ben")
    link = made_file(anna)
    with ben.tab() as tab:
        assert link in tab.run(link)
    assert ben.get(link).status_code == 403
    assert anna.get(link).status_code == 200


def test_a_file_that_nobody_was_named_is_nobodys(clinic: ClinicServer) -> None:
    assert clinic.visitor("tess").get(f"/media/{'a' * 64}.zip").status_code == 403


def test_who_is_not_known_is_told_so(clinic: ClinicServer) -> None:
    with clinic.visitor("eve").tab() as tab:
        shown = tab.run()
    assert "eve@clinic.example is not known here" in shown
    assert SIGN_IN not in shown


def test_a_sign_in_that_came_to_nothing_is_shown(clinic: ClinicServer) -> None:
    visitor = clinic.visitor()
    with visitor.tab() as tab:
        assert "did not work" not in tab.run()
    visitor.get("/oauth2callback", params={"error": "access_denied"})
    with visitor.tab() as tab:
        shown = tab.run()
    assert "The sign-in did not work. Try again." in shown
    assert SIGN_IN in shown


def test_what_strangers_send_stays_text_in_the_log(clinic: ClinicServer) -> None:
    clinic.visitor().get("/oauth2callback", params={"error": "\x1b[31mred\x1b]0;title\x07\u202e"})
    log = (clinic.file.parent / "server.log").read_text("utf-8")
    assert "Error during authentication: \u241b[31mred\u241b]0;title\u2407\ufffd" in log
    assert not [sign for sign in ("\x1b[31mred", "\x1b]0", "\x07", "\u202e") if sign in log]


def test_a_page_of_another_site_makes_the_server_ask_nobody(clinic: ClinicServer) -> None:
    """Streamlit would ask checkip.amazonaws.com for this computer's own address."""
    for origin in ("http://evil.example", "null", "http://localhost:9"):
        with (
            pytest.raises(InvalidStatus) as refused,
            open_socket(f"{clinic.url.replace('http', 'ws', 1)}/_stcore/stream", origin=Origin(origin)),
        ):
            pass
        assert refused.value.response.status_code == 403
        assert refused.value.response.headers["x-content-type-options"] == "nosniff"
    log = (clinic.file.parent / "server.log").read_text("utf-8")
    assert "external IP" not in log
