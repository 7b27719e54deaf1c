"""A clinic's server: its file, who is who, and a real sign-in at a real OpenID provider in a real browser."""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from models.provision import ensure
from patterns.templates.library import load_template
from sessions.backup.backup import delete_person
from sessions.people.access import HOME, NotAllowedError, Viewer
from sessions.store.store import Store
from tests.sessions.store.test_store import START, rep
from tests.support.browsers import CHROMIUM, new_page
from tests.support.clinic_server import FILE, SECRET, clinic_served, users
from tests.support.clips import standing
from tests.support.live_fakes import BEGIN, Server, connect, frame
from ui.live.messages import Begin, read_request
from ui.signin.clinic import CLINIC_VARIABLE, LONGEST_LOGIN, Clinic, ClinicError, read_clinic
from ui.signin.page_tokens import LIFE_S, Holder, holder_of, ticket_for

CLINIC: Final = Clinic(therapists=("tess@clinic.example",), role_claim="realm_access.roles")
TESS, TOM, ANNA = (
    {"email": f"{who}@clinic.example", "email_verified": True} for who in ("tess", "tom", "anna")
)
THERAPIST: Final[dict[str, Any]] = {"realm_access": {"roles": ["therapist"]}}
NOT_VERIFIED: Final[tuple[Any, ...]] = (False, "true", "false", 0, 1, None, [])
SQUAT: Final = load_template("squat")


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        (TESS, "therapist"),
        (TOM | {"realm_access": {"roles": ["therapist", "user"]}}, "therapist"),
        (TOM | {"realm_access": {"roles": "therapist"}}, "therapist"),
        (ANNA | {"realm_access": {"roles": ["user"]}}, "patient"),
        (ANNA | {"realm_access": {"roles": []}}, "patient"),
        (ANNA | {"realm_access": {}}, "patient"),
        (ANNA, "patient"),
        ({"email": "eve@clinic.example", "email_verified": True, "roles": ["therapist"]}, None),
        ({"email": "", "email_verified": True}, None),
        ({"email": 320 * "ü", "email_verified": True, **THERAPIST}, "therapist"),
        ({"email": 321 * "ü", "email_verified": True, **THERAPIST}, None),
        *(
            ({"email": f"tom{sign}@x", "email_verified": True, **THERAPIST}, None)
            for sign in "\0\n\x1b\u202e\ud800"
        ),
        ({"sub": "anna@clinic.example"}, None),
        ({}, None),
    ],
)
def test_who_has_signed_in_is_a_therapist_a_patient_or_turned_away(
    store: Store, claims: dict[str, Any], role: str | None
) -> None:
    anna = store.people.add("Anna", login="anna@clinic.example")
    if role is None:
        with pytest.raises(NotAllowedError):
            CLINIC.viewer(claims, store)
    else:
        who = CLINIC.viewer(claims, store)
        assert (who.role, who.who) == (role, claims["email"])
        assert who.person_id == (anna.id if role == "patient" else None)


@pytest.mark.parametrize("login", ["tess@clinic.example", "anna@clinic.example"])
@pytest.mark.parametrize("claim", [{}, *({"email_verified": one} for one in NOT_VERIFIED)])
def test_an_address_counts_only_where_the_provider_has_verified_it(
    store: Store, login: str, claim: dict[str, Any]
) -> None:
    store.people.add("Anna", login="anna@clinic.example")
    with pytest.raises(NotAllowedError, match="has not verified your e-mail address"):
        CLINIC.viewer({"email": login, **claim}, store)
    by_number = CLINIC.model_copy(update={"login_claim": "sub", "therapists": ("7",)})
    assert by_number.viewer({"sub": "7", **claim}, store).role == "therapist"


@pytest.mark.parametrize(
    "answer",
    [
        *(
            {"realm_access": {"roles": roles}}
            for roles in (5, 1.5, True, None, {"therapist": True}, [["therapist"]])
        ),
        *({"realm_access": {"roles": roles}} for roles in ([1], ["therapist", None], [True])),
        *({"realm_access": access} for access in (5, None, "roles", ["roles"], True)),
    ],
)
@pytest.mark.parametrize("who", [0, 1])
def test_roles_of_another_type_are_refused_in_a_sentence(
    store: Store, who: int, answer: dict[str, Any]
) -> None:
    store.people.add("Anna", login="anna@clinic.example")
    with pytest.raises(NotAllowedError, match=r"your role is not understood \(realm_access\.roles\)"):
        CLINIC.viewer((TESS, ANNA)[who] | answer, store)


@pytest.mark.parametrize(
    ("claims", "fresh"),
    [
        ({"iat": 1000}, True),
        ({"iat": 1000.0 - 12 * 3600 + 1}, True),
        ({"iat": 1000 - 12 * 3600}, False),
        ({"iat": 1000 + 60}, True),
        ({"iat": 1000 * 1000}, False),
        ({"iat": float("nan")}, False),
        ({"iat": True}, False),
        ({"iat": "1000"}, False),
        ({}, False),
    ],
)
def test_one_must_sign_in_again_after_twelve_hours(claims: dict[str, Any], fresh: bool) -> None:
    assert CLINIC.is_fresh(claims, 1000.0) is fresh


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("/oauth2callback", "/back"), "auth.redirect_uri"),
        (("a long secret of this test alone, 32 or more", "short"), "auth.cookie_secret"),
        (('role_claim = "roles"', 'rolle = "roles"'), "clinic.rolle"),
        (('client_id = "diagonal"', ""), "auth.client_id"),
        (("[auth]", "[auth"), "not a TOML file"),
    ],
)
def test_a_wrong_clinic_file_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[str, str], says: str
) -> None:
    path = tmp_path / "clinic.toml"
    path.write_text(FILE.format(port=1, provider=2).replace(*change))
    monkeypatch.setenv(CLINIC_VARIABLE, str(path))
    with pytest.raises(ClinicError, match=says) as caught:
        read_clinic()
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    monkeypatch.setenv(CLINIC_VARIABLE, str(tmp_path / "none.toml"))
    with pytest.raises(ClinicError, match="cannot be read"):
        read_clinic()
    monkeypatch.delenv(CLINIC_VARIABLE)
    assert read_clinic() is None


def test_a_ticket_says_as_whom_for_its_time_and_no_other_can_be_made() -> None:
    secret, anna = b"k" * 32, Viewer("patient", "anna@clinic.example", 7)
    ticket = ticket_for(anna, secret, 1000.0, 3)
    assert holder_of(ticket, secret, 1000.0 + LIFE_S - 1) == Holder(anna, 3)
    assert holder_of(ticket, secret, 1000.0 + LIFE_S) is None
    assert holder_of(ticket, b"t" * 32, 1000.0) is None
    until, about, signature = ticket.split(".")
    other = ticket_for(replace(anna, role="therapist"), b"t" * 32, 1000.0).split(".")[1]
    assert holder_of(f"{until}.{other}.{signature}", secret, 1000.0) is None
    assert holder_of(f"{until}9.{about}.{signature}", secret, 1000.0) is None


@pytest.mark.parametrize("letter", ["a", "ü", "Ж", "名", "😀", '"'])
def test_a_ticket_has_room_for_the_longest_login(letter: str) -> None:
    """In any script."""
    viewer = Viewer("therapist", LONGEST_LOGIN * letter, 1234567)
    ticket = ticket_for(viewer, b"k" * 32, 1_790_000_000.0, 1234567)
    request = read_request(json.dumps(BEGIN | {"ticket": ticket}))
    assert isinstance(request, Begin)
    assert holder_of(request.ticket, b"k" * 32, 1_790_000_000.0) == Holder(viewer, 1234567)


def test_in_a_clinic_a_set_needs_a_ticket_and_is_its_persons(server: Server, store: Store) -> None:
    anna = store.people.add("Anna", login="anna@clinic.example")
    server.place = replace(server.place, clinic=CLINIC)
    for ticket in ("", "nonsense", ticket_for(Viewer("therapist", "t"), b"t" * 32, 0.0)):
        assert "open it anew" in refused_with(server, ticket)
    with connect(server) as socket:
        socket.receive_json()
        socket.send_json(BEGIN | {"ticket": signed_in_ticket(server, ANNA)})
        assert socket.receive_json()["type"] == "begun"
        for i in range(1, 4):
            socket.send_bytes(frame(float(i)))
            socket.receive_json()
        socket.send_json({"type": "finish"})
        number = socket.receive_json()["session"]
    assert store.owner(number) == anna.id


def signed_in_ticket(server: Server, claims: dict[str, Any], chosen: int | None = None) -> str:
    """What the live page of somebody who signs in now has; chosen: by a therapist."""
    rules, now_s = server.place.sign_in_rules, time.time()
    assert rules is not None
    found = rules.of_token(rules.admit(claims | {"iat": now_s}, now_s), now_s)
    assert found is not None
    who = found.viewer if chosen is None else replace(found.viewer, person_id=chosen)
    return ticket_for(who, server.place.secret, now_s, found.id)


def refused_with(server: Server, ticket: str) -> str:
    with connect(server) as socket:
        socket.receive_json()
        socket.send_json(BEGIN | {"ticket": ticket})
        refused = socket.receive_json()
    assert refused["type"] == "error"
    return str(refused["message"])


SIGNED_OUT = "You are signed out"


def test_a_ticket_begins_nothing_once_its_person_or_role_is_gone(
    server: Server, store: Store, tmp_path: Path
) -> None:
    anna = store.people.add("Anna", login="anna@clinic.example")
    ben = store.people.add("Ben", login="ben@clinic.example")
    server.place = replace(server.place, clinic=CLINIC)
    of_anna, of_ben = (
        signed_in_ticket(server, ANNA | {"email": f"{who}@clinic.example"}) for who in ("anna", "ben")
    )
    of_tess = signed_in_ticket(server, TESS, ben.id)
    of_tom = signed_in_ticket(server, TOM | {"realm_access": {"roles": "therapist"}}, anna.id)
    delete_person(store, anna.id, tmp_path / "anna.zip")
    assert SIGNED_OUT in refused_with(server, of_anna)
    assert "were deleted" in refused_with(server, of_tom)
    store.people.describe(ben, login="benjamin@clinic.example")
    assert SIGNED_OUT in refused_with(server, of_ben)
    server.place = replace(server.place, clinic=CLINIC.model_copy(update={"therapists": ()}))
    assert SIGNED_OUT in refused_with(server, of_tess)
    server.place = replace(server.place, clinic=CLINIC.model_copy(update={"therapist_role": "physio"}))
    assert SIGNED_OUT in refused_with(server, of_tom)


def test_a_ticket_says_no_more_than_its_sign_in(server: Server, store: Store) -> None:
    """A ticket that pairs a sign-in with another person or role begins nothing, nor does one of another kind."""
    anna, ben = (store.people.add(who, login=f"{who}@clinic.example") for who in ("anna", "ben"))
    server.place = replace(server.place, clinic=CLINIC)
    signed_in_ticket(server, ANNA)
    secret, now_s, login = server.place.secret, time.time(), "anna@clinic.example"
    for viewer in (
        Viewer("patient", login, ben.id),
        Viewer("therapist", login, anna.id),
        Viewer("patient", login),
    ):
        assert SIGNED_OUT in refused_with(server, ticket_for(viewer, secret, now_s, 1))
    for sign_in_id in (None, 2):
        anna_again = Viewer("patient", login, anna.id)
        assert SIGNED_OUT in refused_with(server, ticket_for(anna_again, secret, now_s, sign_in_id))
    assert "open it anew" in refused_with(server, ticket_for(HOME, secret, now_s))


def test_at_home_a_ticket_of_somebody_deleted_begins_nothing(
    server: Server, store: Store, tmp_path: Path
) -> None:
    anna = store.people.add("Anna")
    ticket = ticket_for(replace(HOME, person_id=anna.id), server.place.secret, time.time())
    delete_person(store, anna.id, tmp_path / "anna.zip")
    assert "were deleted" in refused_with(server, ticket)
    assert "open it anew" in refused_with(
        server, ticket_for(Viewer("therapist", "t"), server.place.secret, time.time())
    )


@dataclass(frozen=True)
class Opened:
    """A clinic's server in a browser."""

    page: Page
    url: str

    def sign_in(self, subject: str) -> None:
        self.page.goto(self.url)
        self.page.get_by_role("button", name="Sign in").click(timeout=30_000)
        self.page.get_by_role("button", name=subject, exact=True).click()

    def sign_out(self) -> None:
        self.page.get_by_role("button", name="Sign out").click()
        self.page.get_by_role("button", name="End session").click(timeout=30_000)
        expect(self.page.get_by_role("button", name="Sign in")).to_be_visible(timeout=30_000)


def fill(folder: Path) -> None:
    """Anna's and Ben's sessions of one repetition each."""
    store = Store.open(folder / "data" / "sessions.sqlite")
    for name in ("Anna", "Ben"):
        person = store.people.add(name, login=f"{name.lower()}@clinic.example")
        start = replace(START, template_sha256=SQUAT.sha256, side="both")
        number = store.begin(start, [SQUAT], person.id)
        for index in range(1, 2 + (name == "Ben")):
            store.add_rep(number, rep(index), standing(5) if index == 1 else None)
        store.finish(number)
    store.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    ensure("full")
    fill(tmp_path)
    known = users({"anna": ["patient"], "tess": ["therapist"], "eve": []})
    with clinic_served(tmp_path, known) as server, new_page(browser, but_for=server.provider) as page:
        yield Opened(page, server.url)


@pytest.mark.browser
@pytest.mark.weights
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian package chromium)")
def test_patients_see_their_own_therapists_all_and_others_nothing(opened: Opened) -> None:
    page = opened.page
    page.goto(f"{opened.url}/people")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible(timeout=30_000)
    assert "Anna" not in page.content()

    opened.sign_in("anna")
    expect(page.get_by_text("Signed in as anna@clinic.example")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("link", name="People")).to_have_count(0)
    page.get_by_role("link", name="Sessions").click()
    rows = page.get_by_role("row")  # heads, and her one set, its repetition and its fault; Ben has two
    expect(rows).to_have_count(6, timeout=15_000)
    page.goto(f"{opened.url}/people")
    expect(page.get_by_text("Signed in as anna@clinic.example")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Page not found")).to_be_visible()
    assert "Ben" not in page.content()
    page.goto(opened.url)
    with page.expect_popup() as tab:
        page.evaluate("address => { window.open(address); }", f"{opened.url}/sessions")
    second = tab.value
    expect(second.get_by_text("Signed in as anna@clinic.example")).to_be_visible(timeout=30_000)
    opened.sign_out()
    expect(second.get_by_role("button", name="Sign in")).to_be_visible(timeout=5_000)
    expect(second.get_by_text("Signed in as")).to_have_count(0)
    second.close()

    opened.sign_in("eve")
    expect(page.get_by_text("eve@clinic.example is not known here")).to_be_visible(timeout=30_000)
    assert "Anna" not in page.content()
    opened.sign_out()

    opened.sign_in("tess")
    expect(page.get_by_text("Choose above whom it is about.")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="People").click()
    expect(page.get_by_role("cell", name="Anna")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("cell", name="Ben")).to_be_visible()


GUIDE = (Path(__file__).parents[3] / "docs" / "clinic-server.md").read_text("utf-8")


def with_secret(path: Path, secret: str) -> Path:
    path.write_text(FILE.format(port=1, provider=2).replace(SECRET, secret))
    return path


@pytest.mark.parametrize(
    "secret",
    [
        re.findall('cookie_secret = "(.*)"', GUIDE)[0],
        "A-Long-Random-Text_32-characters-or-more",
        "change-me-change-me-and-change-me-again",
        "0123456789abcdef0123456789abcde",  # 31
        "x" * 64,
        "abc1" * 16,
        "0123456789abcdef0123456789abcdef",
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbcccc",
        "",
    ],
)
def test_a_cookie_secret_that_can_be_guessed_is_refused_with_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv(CLINIC_VARIABLE, str(with_secret(tmp_path / "clinic.toml", secret)))
    with pytest.raises(ClinicError) as refused:
        read_clinic()
    said = str(refused.value)
    assert "clinic.toml: auth.cookie_secret: " in said and "\n" not in said
    assert not secret or secret not in said
    command = shlex.split(said.rpartition("make one with: ")[2])
    assert command[:2] == ["python", "-c"]
    made = subprocess.run(
        [sys.executable, *command[1:]], capture_output=True, text=True, check=True
    ).stdout.strip()
    monkeypatch.setenv(CLINIC_VARIABLE, str(with_secret(tmp_path / "clinic.toml", made)))
    assert read_clinic() is not None


def test_random_secrets_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for make in (
        secrets.token_hex,
        secrets.token_urlsafe,
        lambda n: base64.b64encode(os.urandom(n)).decode(),
    ):
        for _ in range(20):
            monkeypatch.setenv(CLINIC_VARIABLE, str(with_secret(tmp_path / "clinic.toml", make(32))))
            assert read_clinic() is not None
