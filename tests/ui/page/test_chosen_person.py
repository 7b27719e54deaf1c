"""The chosen person stays chosen, is shown on every page, and is the only one to whom a set is saved."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from i18n.translation import LANGUAGE_VARIABLE
from sessions.backup.backup import delete_person
from sessions.people.access import HOME
from sessions.store.plans_and_check_ins import Plan
from sessions.store.store import Store
from tests.support.live_fakes import BEGIN, Server, connect, frame
from tests.ui.test_pages import filled
from ui.live.app_state import workplace
from ui.practise.live_component import Ended
from ui.server import PAGES
from ui.signin.page_tokens import ticket_for

EVERY_PAGE = (
    "practise",
    "today",
    "sessions",
    "progress",
    "review",
    "score",
    "exercises",
    "people",
    "agreement",
)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    workplace.cache_clear()
    yield workplace().store
    workplace().store.close()
    workplace.cache_clear()


def ran(page: AppTest) -> AppTest:
    page.run()
    assert not page.exception
    return page


def opened(**parameters: str) -> AppTest:
    """A new tab whose address has these parameters."""
    page = AppTest.from_file(str(PAGES), default_timeout=60)
    page.query_params.update(parameters)
    return ran(page)


def turned_to(page: AppTest, name: str) -> AppTest:
    """As a link of the navigation does it: without the parameters of the page before."""
    pages = page._registered_pages.items()
    path = "" if name == EVERY_PAGE[0] else name
    page._page_hash = next(code for code, about in pages if about.get("url_pathname") == path)
    page.query_params.clear()
    return ran(page)


def shown(page: AppTest) -> int | None:
    """The number of the person at the top of the page."""
    number: int | None = page.selectbox(key="who-practises").value
    return number


def heard(page: AppTest) -> str:
    return " ".join(box.value for box in page.warning)


def test_the_chosen_person_stays_on_every_page_and_back(kept: Store) -> None:
    kept.people.add("Anna")
    ben = kept.people.add("Ben")
    page = opened()
    page.selectbox(key="who-practises").select(ben.id)
    ran(page)
    for name in (*EVERY_PAGE, "practise"):
        assert shown(turned_to(page, name)) == ben.id, name
        assert page.selectbox(key="who-practises").options == ["Anna", "Ben"]
        assert page.query_params == {"person": str(ben.id)}


def test_a_reload_and_a_new_tab_have_the_chosen_person_and_two_tabs_do_not_disturb_each_other(
    kept: Store,
) -> None:
    anna, ben, cora = (kept.people.add(name) for name in ("Anna", "Ben", "Cora"))
    first = opened()
    assert shown(first) == anna.id
    first.selectbox(key="who-practises").select(ben.id)
    ran(first)
    second = opened()
    assert shown(second) == ben.id
    second.selectbox(key="who-practises").select(cora.id)
    ran(second)
    assert shown(opened(person=str(ben.id))) == ben.id, "as a reload of the first tab"
    assert shown(turned_to(first, "today")) == ben.id
    assert shown(turned_to(second, "today")) == cora.id


@pytest.mark.parametrize(
    "asked", ["99", "0", "-1", "abc", "", "1e0", "٣", "9" * 18, pytest.param("9" * 5000, id="long")]
)
def test_a_person_that_is_not_there_is_reported_and_the_first_shown(kept: Store, asked: str) -> None:
    anna, _ = kept.people.add("Anna"), kept.people.add("Ben")
    page = opened(person=asked)
    assert shown(page) == anna.id
    assert "no longer here" in heard(page)
    assert "Anna" in heard(page)
    page.button(key="gone-read").click()
    assert heard(ran(page)) == ""


def test_a_person_who_is_deleted_meanwhile_gives_way_to_another_one_in_sight(
    kept: Store, tmp_path: Path
) -> None:
    anna, ben = kept.people.add("Anna"), kept.people.add("Ben")
    page = opened()
    page.selectbox(key="who-practises").select(ben.id)
    ran(page)
    kept.people.add("Cora")
    delete_person(kept, ben.id, tmp_path / "ben.zip")
    ran(page)
    assert shown(page) == anna.id
    assert "no longer here" in heard(page)
    assert "no longer here" in heard(turned_to(page, "today")), "until it is read"
    new = opened()
    assert shown(new) == anna.id


def test_a_single_person_is_named_on_every_page_without_a_choice(kept: Store) -> None:
    kept.people.add("Anna")
    page = opened()
    for name in EVERY_PAGE:
        turned_to(page, name)
        assert "Anna" in [text.value for text in page.text], name
        assert not [box for box in page.selectbox if box.key == "who-practises"]


def test_what_is_saved_goes_to_the_person_of_the_address(kept: Store) -> None:
    """The page's own ticket, given to the live socket."""
    kept.people.add("Anna")
    ben = kept.people.add("Ben")
    page = turned_to(opened(person=str(ben.id)), "review")
    turned_to(page, "practise")
    (coach,) = page.get("bidi_component")
    data = json.loads(coach.proto.json)
    assert data["person"] == {"id": ben.id, "name": "Ben"}
    assert json.loads(ticket_about(data["ticket"]))[2] == ben.id


def ticket_about(ticket: str) -> str:
    from ui.signin import tokens as live_token

    about = live_token.read(workplace().secret, ticket, time.time())
    assert about is not None
    return about


def set_of_three(server: Server, ticket: str, meanwhile: object = None) -> tuple[dict[str, object], int]:
    """What the page is told of a set that begins with this ticket, and the number under which it is saved."""
    with connect(server) as socket:
        socket.receive_json()
        socket.send_json(BEGIN | {"ticket": ticket})
        begun = socket.receive_json()
        if callable(meanwhile):
            meanwhile()
        for i in range(1, 4):
            socket.send_bytes(frame(float(i)))
            socket.receive_json()
        socket.send_json({"type": "finish"})
        return begun["set"], socket.receive_json()["session"]


def test_a_set_is_of_the_person_with_whom_it_began_and_names_them(server: Server, store: Store) -> None:
    anna, ben = store.people.add("Anna"), store.people.add("Ben")
    for person in (ben, anna):
        ticket = ticket_for(replace(HOME, person_id=person.id), server.place.secret, time.time())
        facts, number = set_of_three(server, ticket)
        assert facts["person"] == {"id": person.id, "name": person.alias}
        assert store.owner(number) == person.id


def test_a_first_set_stays_of_me_though_others_are_added_while_it_runs(server: Server, store: Store) -> None:
    ticket = ticket_for(HOME, server.place.secret, time.time())
    facts, number = set_of_three(server, ticket, lambda: store.people.add("Anna"))
    assert facts["person"] == {"id": store.owner(number), "name": "Me"}
    assert store.people.get(store.owner(number)).alias == "Me"


def test_while_a_set_goes_on_the_page_is_about_the_person_whose_set_it_is(
    kept: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a tab that was opened for somebody else and finds a set open; afterwards that person stays."""
    anna, ben = kept.people.add("Anna"), kept.people.add("Ben")
    page = opened(person=str(ben.id))
    with monkeypatch.context() as going_on:
        going_on.setattr("ui.practise.live_component.running_person", lambda: anna.id)
        assert shown(ran(page)) == anna.id
        going_on.setattr("ui.practise.live_component.running_person", lambda: 99)
        assert shown(ran(page)) == anna.id, "of a number that nobody has nothing follows"
    assert shown(ran(page)) == anna.id


@pytest.mark.parametrize(("code", "name"), [("en", "Me"), ("de", "Ich"), ("es", "Yo")])
def test_the_first_person_has_a_name_in_the_language_of_the_first_start(
    server: Server, store: Store, code: str, name: str
) -> None:
    with connect(server) as socket:
        socket.receive_json()
        socket.send_json(BEGIN | {"language": code})
        assert socket.receive_json()["set"]["person"]["name"] == name
    assert [person.alias for person in store.people.all()] == [name]


@pytest.mark.parametrize(("code", "name"), [("en", "Me"), ("de", "Ich"), ("es", "Yo")])
def test_before_anybody_is_stored_the_page_calls_them_so_too(
    kept: Store, monkeypatch: pytest.MonkeyPatch, code: str, name: str
) -> None:
    monkeypatch.setenv(LANGUAGE_VARIABLE, code)
    page = opened()
    assert name in [text.value for text in page.text]
    (coach,) = page.get("bidi_component")
    assert json.loads(coach.proto.json)["person"] == {"id": 0, "name": name}


def test_the_last_set_of_one_person_is_not_shown_as_another_ones(kept: Store) -> None:
    anna, ben = kept.people.add("Anna"), kept.people.add("Ben")
    filled(kept)  # of Anna, the first
    page = opened()
    assert shown(page) == anna.id
    assert "Your last set" in [title.value for title in page.subheader]
    page.selectbox(key="who-practises").select(ben.id)
    assert "Your last set" not in [title.value for title in ran(page).subheader]
    page.selectbox(key="who-practises").select(anna.id)
    assert "Your last set" in [title.value for title in ran(page).subheader]


def test_answers_after_a_set_are_of_the_person_who_did_it(kept: Store) -> None:
    from ui.practise.page import _whose

    anna, ben = kept.people.add("Anna"), kept.people.add("Ben")
    as_ben = kept.seen_by(replace(HOME, person_id=ben.id))
    assert _whose(as_ben, Ended(7, "live", True, anna.id)).viewer.person_id == anna.id
    assert _whose(as_ben, Ended(7, "live", True, ben.id)) is as_ben
    assert _whose(as_ben, Ended(None, "live", True)) is as_ben
    patient = kept.seen_by(replace(HOME, role="patient", person_id=ben.id))
    assert _whose(patient, Ended(7, "live", True, anna.id)) is patient


def test_the_list_of_one_person_is_not_gone_on_with_as_another(kept: Store) -> None:
    from patterns.programs.program import load_program

    anna, ben = kept.people.add("Anna"), kept.people.add("Ben")
    for person in (anna, ben):
        kept.give_plan(Plan(load_program("after-knee-surgery"), "left"), person.id)
    page = turned_to(opened(), "today")
    page.session_state["taken-from-today"] = ("standing-leg-raise", "left")
    page.session_state["rest-until"] = (time.time() + 60, 60.0)
    page.selectbox(key="who-practises").select(ben.id)
    ran(page)
    assert "taken-from-today" not in page.session_state
    assert "rest-until" not in page.session_state
