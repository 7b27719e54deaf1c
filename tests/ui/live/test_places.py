"""Places to practise: silent pages lose theirs, nobody has two, and those who wait begin in the order they came."""

from __future__ import annotations

import struct
import time
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from sessions.backup.backup import delete_person
from sessions.people.access import HOME
from sessions.store.store import Store
from tests.support.live_fakes import BEGIN, Pages, Server, answer, asks, begins, connect, frame, jpeg
from tests.ui.signin.test_clinic import CLINIC, signed_in_ticket
from ui.live import websocket as live_socket
from ui.live.open_sets import (
    ELSEWHERE,
    LOST,
    SIGNED_OUT,
    SILENT,
    SILENT_S,
    WAITS_ELSEWHERE,
    WARN_S,
)
from ui.signin import sign_in
from ui.signin.clinic import Clinic
from ui.signin.page_tokens import ticket_for


def waits(socket: WebSocketTestSession, ticket: str = "") -> int:
    answered = asks(socket, ticket)
    assert answered["type"] == "wait"
    assert f"You are number {answered['position']} in line" in answered["message"]
    return int(answered["position"])


def test_two_silent_pages_block_nobody(server: Server, pages: Pages, store: Store) -> None:
    """Fifteen seconds without a picture: what had counted is saved, the reason is said, the next ones begin."""
    silent = [pages.open() for _ in range(2)]
    for socket in silent:
        begins(socket)
    assert [answer(silent[0], frame(float(i)))["type"] for i in range(3)] == ["update"] * 3
    waiting = [pages.open() for _ in range(2)]
    assert [waits(socket) for socket in waiting] == [1, 2]
    server.after(WARN_S - 0.1)
    server.after(0.1)
    for socket in silent:
        assert socket.receive_json() == {"type": "silent", "left_s": 5}
    server.after(SILENT_S - WARN_S - 0.1)
    server.after(0.1)
    ended = [socket.receive_json() for socket in silent]
    assert [(one["type"], one["reason"], one["repetitions"]) for one in ended] == [
        ("finished", SILENT, 1),
        ("finished", SILENT, 0),
    ]
    (saved,) = store.sessions()
    assert (saved.id, saved.repetitions, saved.finished_at is not None) == (ended[0]["session"], 1, True)
    kinds = [
        [socket.receive_json()["type"] for _ in range(count)]
        for socket, count in zip(waiting, (1, 2), strict=True)
    ]
    assert kinds == [["begun"], ["wait", "begun"]]


def test_pictures_keep_a_place_and_a_warning_comes_once_a_silence(server: Server, pages: Pages) -> None:
    socket = pages.open()
    begins(socket)
    for round_s in (1.0, 2.0):
        for i in range(4):
            assert answer(socket, frame(round_s + i / 10))["type"] == "update"
            server.after(WARN_S - 1)
        server.after(1)
        assert socket.receive_json()["type"] == "silent"
        server.after(1)
    socket.send_json({"type": "finish"})
    assert socket.receive_json()["type"] == "finished"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        struct.pack("<d", 2.0),
        frame(2.0, b"no picture"),
        frame(2.0, jpeg(3000, 3000)),
        frame(2.0, jpeg(36, 48)),
        frame(0.5),
        '{"type": "ask"}',
        '{"type": "skip"}',
        "nonsense",
    ],
)
def test_what_is_no_picture_keeps_no_place(server: Server, pages: Pages, sent: bytes | str) -> None:
    socket = pages.open()
    begins(socket)
    assert answer(socket, frame(1.0))["type"] == "update"
    server.after(WARN_S - 1)
    if isinstance(sent, bytes):
        assert answer(socket, sent)["type"] == "error"
    else:
        socket.send_text(sent)
        socket.send_text("?")
        while socket.receive_json()["type"] != "error":
            pass
    server.after(SILENT_S - WARN_S + 1)
    assert (socket.receive_json() or {}).get("reason", SILENT) == SILENT
    assert not server.place.sets.sign_ins()
    assert server.place.sets.room
    with connect(server) as other, connect(server) as third:
        begins(other)
        begins(third)


def test_a_picture_that_is_looked_at_for_long_is_no_silence(server: Server, pages: Pages) -> None:
    socket = pages.open()
    begins(socket)
    backend = server.backends[0]
    backend.gate.clear()
    socket.send_bytes(frame(1.0))
    assert backend.entered.acquire(timeout=10)
    server.after(2 * SILENT_S)
    backend.gate.set()
    assert socket.receive_json()["type"] == "update"
    server.after(WARN_S - 1)
    assert answer(socket, frame(2.0))["type"] == "update"


def test_a_place_is_free_at_once_when_its_connection_ends(server: Server, pages: Pages, store: Store) -> None:
    """Nobody waits: the page comes back to its set. Somebody waits: they begin, and the set is saved."""
    first = connect(server)
    first.__enter__()
    resume = begins(first)
    for i in range(3):
        answer(first, frame(float(i)))
    first.__exit__(None, None, None)
    assert server.place.sets.room
    again = pages.open({"resume": resume})
    assert again.receive_json()["set"]["repetitions"] == 1
    begins(pages.open())
    third = pages.open()
    assert waits(third) == 1
    again.close()
    assert third.receive_json()["type"] == "begun"
    back = pages.open()
    assert back.receive_json()["type"] == "hello"
    over = pages.open({"resume": resume, "token": _token(server)})
    told = over.receive_json()
    assert (told["type"], told["reason"], told["repetitions"]) == ("finished", LOST, 1)
    assert store.sessions()[-1].finished_at is not None


def _token(server: Server) -> str:
    return str(server.client.get("/live/token", headers={"sec-fetch-site": "same-origin"}).json()["token"])


def test_who_comes_back_has_fifteen_seconds_again_but_a_second_window_has_not(
    server: Server, pages: Pages
) -> None:
    first = pages.open()
    resume = begins(first)
    server.after(WARN_S - 1)
    second = pages.open({"resume": resume})
    assert second.receive_json()["set"] is not None
    server.after(1)
    assert second.receive_json()["type"] == "silent"
    second.close()
    third = pages.open({"resume": resume})
    assert third.receive_json()["set"] is not None
    server.after(WARN_S - 1)
    server.after(1)
    assert third.receive_json()["type"] == "silent"


def test_the_line_is_first_come_first_served_and_who_goes_away_leaves_it(
    server: Server, pages: Pages
) -> None:
    places = [pages.open() for _ in range(2)]
    for socket in places:
        begins(socket)
    line = [pages.open() for _ in range(4)]
    assert [waits(socket) for socket in line] == [1, 2, 3, 4]
    line[1].close()
    assert [line[place].receive_json()["position"] for place in (2, 3)] == [2, 3]
    line[2].send_json(BEGIN)  # asking again changes nothing
    assert line[2].receive_json()["position"] == 2
    places[0].send_json({"type": "finish"})
    assert places[0].receive_json()["type"] == "finished"
    assert line[0].receive_json()["type"] == "begun"
    places[0].send_json(BEGIN)  # who has just practised waits like everybody
    assert places[0].receive_json()["position"] == 3
    assert [line[place].receive_json()["position"] for place in (2, 3)] == [1, 2]
    places[1].close()
    assert line[2].receive_json()["type"] == "begun"
    line[0].close()
    assert [line[3].receive_json()["type"] for _ in range(2)] == ["wait", "begun"]


def test_a_turn_that_cannot_begin_goes_to_the_next(server: Server, pages: Pages) -> None:
    places = [pages.open() for _ in range(2)]
    for socket in places:
        begins(socket)
    wrong, next_one = pages.open(), pages.open()
    wrong.receive_json()
    wrong.send_json(BEGIN | {"pattern": "no-such-pattern"})
    assert wrong.receive_json()["position"] == 1
    assert waits(next_one) == 2
    places[0].close()
    assert wrong.receive_json()["type"] == "error"
    assert [next_one.receive_json()["type"] for _ in range(2)] == ["wait", "begun"]


def test_who_goes_away_while_their_set_is_made_keeps_no_place(
    server: Server, pages: Pages, store: Store
) -> None:
    gone = pages.open()
    gone.receive_json()
    gone.send_json(BEGIN)
    gone.close()
    for _ in range(2):
        begins(pages.open())
    assert all(not backend.closed for backend in server.backends[-2:])


def test_one_person_has_one_place_and_the_latest_start_counts(
    server: Server, pages: Pages, store: Store
) -> None:
    """The set before is saved and its page told; nobody who waits is passed by it."""
    for name in ("Anna", "Ben", "Clara"):
        store.people.add(name, login=f"{name.lower()}@clinic.example")
    server.place = replace(server.place, clinic=CLINIC)
    claims = {"email_verified": True}
    anna, ben, clara = (
        signed_in_ticket(server, claims | {"email": f"{who}@clinic.example"})
        for who in ("anna", "ben", "clara")
    )
    first, second = pages.open(), pages.open()
    begins(first, anna)
    for i in range(3):
        answer(first, frame(float(i)))
    begins(second, anna)
    ended = first.receive_json()
    assert (ended["type"], ended["reason"], ended["repetitions"]) == ("finished", ELSEWHERE, 1)
    begins(pages.open(), ben)
    of_clara, third = pages.open(), pages.open()
    assert waits(of_clara, clara) == 1
    third.receive_json()
    third.send_json(BEGIN | {"ticket": anna})
    assert second.receive_json()["reason"] == ELSEWHERE
    assert of_clara.receive_json()["type"] == "begun"
    assert third.receive_json()["position"] == 1
    fourth = pages.open()
    assert waits(fourth, anna) == 1
    assert third.receive_json()["message"] == WAITS_ELSEWHERE


def test_at_home_a_chosen_person_has_one_place_too(server: Server, pages: Pages, store: Store) -> None:
    anna, ben = (
        ticket_for(replace(HOME, person_id=store.people.add(who).id), server.place.secret, time.time())
        for who in ("Anna", "Ben")
    )
    first = pages.open()
    begins(first, anna)
    begins(pages.open(), ben)
    begins(pages.open(), anna)
    assert first.receive_json()["reason"] == ELSEWHERE


@pytest.mark.parametrize("how", ["signed out", "deleted", "another role", "another login", "twelve hours"])
def test_a_set_ends_with_the_sign_in_on_which_it_rests(
    server: Server, pages: Pages, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    anna = store.people.add("Anna", login="anna@clinic.example")
    for name in ("Ben", "Clara"):
        store.people.add(name, login=f"{name.lower()}@clinic.example")
    server.place = replace(server.place, clinic=CLINIC)
    claims = {"email_verified": True}
    of_anna, of_ben, of_clara = (
        signed_in_ticket(server, claims | {"email": f"{who}@clinic.example"})
        for who in ("anna", "ben", "clara")
    )
    practising, other, waiting = (pages.open() for _ in range(3))
    begins(practising, of_anna)
    for i in range(3):
        answer(practising, frame(float(i)))
    begins(other, of_ben)
    assert waits(waiting, of_clara) == 1
    server.look_after_sign_ins()
    rules = server.place.sign_in_rules
    assert rules is not None
    if how == "signed out":
        with store.database.writing() as session:
            session.connection().exec_driver_sql(
                "UPDATE sign_in SET revoked_at = created_at WHERE person_id IN (1, 3)"
            )
    elif how == "deleted":
        delete_person(store, anna.id, tmp_path / "anna.zip")
    elif how == "another role":
        server.place = replace(server.place, clinic=Clinic(therapists=("anna@clinic.example",)))
    elif how == "another login":
        store.people.describe(store.people.get(anna.id), login="annegret@clinic.example")
    else:
        late_s = time.time() + 12 * 3600
        monkeypatch.setattr("ui.live.care.time.time", lambda: late_s)
    server.look_after_sign_ins()
    ended = practising.receive_json()
    assert (ended["type"], ended["reason"], ended["repetitions"]) == ("finished", SIGNED_OUT, 1)
    with pytest.raises(WebSocketDisconnect) as closed:
        practising.receive_json()
    assert closed.value.code == live_socket.ENDED
    if how in ("deleted", "another role", "another login"):
        assert waiting.receive_json()["type"] == "begun"
        assert answer(other, frame(1.0))["type"] == "update"
        return
    assert waiting.receive_json()["message"] == sign_in.SIGNED_OUT
    (saved,) = store.sessions(anna.id)
    assert (saved.id, saved.finished_at is not None) == (ended["session"], True)
