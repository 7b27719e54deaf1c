"""What a live set tells the page: the set-up, answers to who asks, the pace, and all of it in the person's language."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from patterns.programs.program import load_program
from scoring.safety.stop_rules import CheckIn, Moment
from scoring.setup.checks import CHECKS
from sessions.backup.backup import delete_person
from sessions.people.access import Viewer
from sessions.store.plans_and_check_ins import Plan
from sessions.store.store import Store
from tests.support.live_fakes import BEGIN, Server, answer, connect, frame
from ui.signin.page_tokens import ticket_for


def fit(store: Store) -> None:
    """Somebody who has answered that nothing is wrong."""
    store.add_check_in(CheckIn(datetime.now(UTC), "before", 0, 0))


@pytest.mark.parametrize(
    ("answers", "refused"),
    [
        ([], "First answer the questions"),
        ([("before", 5, ())], ""),
        ([("before", 6, ())], "above 5 of 10"),
        ([("before", 0, ("chest",))], "local emergency number"),
        ([("before", 0, ("joint",))], "Call your therapist or doctor first"),
        ([("before", 2, ()), ("after", 6, ())], "above 5 of 10"),
    ],
)
def test_a_set_at_the_camera_begins_only_for_who_may_practise_the_demo_for_all(
    server: Server, store: Store, answers: list[tuple[Moment, int, tuple[str, ...]]], refused: str
) -> None:
    for i, (moment, pain, signs) in enumerate(answers):
        at = datetime.now(UTC) - timedelta(minutes=10 - i)
        store.add_check_in(CheckIn(at, moment, pain, 3, signs))
    with connect(server) as socket:
        socket.receive_json()
        socket.send_json(BEGIN | {"source": "live"})
        said = socket.receive_json()
        assert (said["type"] == "begun") == (not refused)
        if refused:
            assert refused in said["message"]
            socket.send_json(BEGIN)
            assert socket.receive_json()["type"] == "begun"


def test_a_live_set_begins_with_the_set_up_of_which_nothing_is_kept(server: Server, store: Store) -> None:
    """The fake's landmarks are one heap and its picture has one colour: the first check already is not right."""
    fit(store)
    with connect(server) as socket:
        assert socket.receive_json()["set"] is None
        socket.send_json(BEGIN | {"source": "live"})
        begun = socket.receive_json()["set"]
        assert (begun["in_setup"], begun["mirrored"]) == (True, False)
        shown = [answer(socket, frame(0.1 * i)) for i in range(8)][-1]
        assert (shown["type"], shown["step"]) == ("setup", "checks")
        assert shown["ask"] == "The picture is blank. Uncover the camera, or switch on a light."
        assert {check["id"] for check in shown["checks"]} == set(CHECKS)
        socket.send_json({"type": "skip"})
        updates = [answer(socket, frame(1.0 + i)) for i in range(3)]
        assert [update["type"] for update in updates] == ["update"] * 3
        socket.send_json({"type": "finish"})
        session = socket.receive_json()["session"]
    assert [pose.t_s for pose in store.frames(session)] == [1.0, 2.0, 3.0]


def test_who_asks_is_told_and_who_has_a_goal_is_told_when_it_is_reached(server: Server) -> None:
    with connect(server) as socket:
        assert socket.receive_json()["set"] is None
        socket.send_json(BEGIN | {"feedback": "summary", "goal": 2})
        assert socket.receive_json()["type"] == "begun"
        updates = [answer(socket, frame(float(i))) for i in range(3)]
        assert [update["told"] for update in updates] == [None] * 3
        socket.send_json({"type": "ask"})
        assert socket.receive_json()["told"]["rule"] == "reduced_range"
        updates += [answer(socket, frame(float(i))) for i in range(3, 6)]
        assert [update["reached"] for update in updates] == [False] * 5 + [True]


def test_nothing_can_be_asked_or_skipped_without_a_set(server: Server) -> None:
    with connect(server) as socket:
        socket.receive_json()
        for kind in ("ask", "skip"):
            socket.send_json({"type": kind})
            assert socket.receive_json()["message"].startswith(f"{kind}: no set is open")


def test_a_paced_set_tells_where_to_be(server: Server) -> None:
    with connect(server) as socket:
        assert socket.receive_json()["set"] is None
        socket.send_json(BEGIN | {"technique": "metronome", "goal": 3})
        assert socket.receive_json()["type"] == "begun"
        pace = answer(socket, frame(0.0))["pace"]
        assert (pace["technique"], pace["of"], pace["finished"]) == ("metronome", 3, False)
        socket.send_json({"type": "finish"})
        assert socket.receive_json()["type"] == "finished"


def test_a_technique_must_be_known_suit_and_be_enabled(server: Server) -> None:
    with connect(server) as socket:
        socket.receive_json()
        for wanted, words in (
            ({"technique": "metronom"}, "metronome"),
            ({"technique": "dynamic-reversals", "pattern": "single-leg-stance"}, "does not suit"),
            ({"technique": "hold-relax"}, "only a therapist may enable it"),
        ):
            socket.send_json(BEGIN | wanted)
            assert words in socket.receive_json()["message"]
        given = load_program("overhead-athlete-shoulder")
        allowing = given.model_copy(update={"therapist_enables": ("hold-relax",)})
        server.place.store.give_plan(Plan(allowing, "right"))
        socket.send_json(BEGIN | {"technique": "hold-relax"})
        assert socket.receive_json()["type"] == "begun"


@pytest.mark.parametrize(
    ("language", "blank"),
    [
        ("en", "The picture is blank. Uncover the camera, or switch on a light."),
        ("de", "Das Bild ist leer. Decken Sie die Kamera auf oder machen Sie Licht an."),
        ("es", "La imagen está vacía. Destape la cámara o encienda una luz."),
    ],
)
def test_a_set_speaks_its_persons_language_after_a_dropped_connection_too(
    server: Server, store: Store, language: str, blank: str
) -> None:
    fit(store)
    with connect(server) as socket:
        socket.receive_json()
        socket.send_json(BEGIN | {"source": "live", "language": language})
        begun = socket.receive_json()
        assert [answer(socket, frame(0.1 * i)) for i in range(8)][-1]["ask"] == blank
        socket.send_json({"type": "skip"})
        told = [answer(socket, frame(1.0 + i)) for i in range(3)][-1]["told"]
        assert told["cue"].startswith("Reach higher") == (language == "en")
    with connect(server, {"resume": begun["resume"]}) as socket:
        assert socket.receive_json()["set"]["title"] == begun["set"]["title"]


def test_a_set_of_who_is_deleted_ends_and_says_why(server: Server, store: Store, tmp_path: Path) -> None:
    """With a repetition stored before the deletion, and with the first one closed after it."""
    for before in (True, False):
        ben = store.people.add("Ben")
        ticket = ticket_for(Viewer("home", "this computer", ben.id), server.place.secret, time.time())
        with connect(server) as socket:
            socket.receive_json()
            socket.send_json(BEGIN | {"ticket": ticket})
            assert socket.receive_json()["set"]["person"] == {"id": ben.id, "name": "Ben"}
            done = 4 if before else 3
            for i in range(1, done):
                answer(socket, frame(float(i)))
            delete_person(store, ben.id, tmp_path / f"ben-{before}.zip")
            said = [answer(socket, frame(float(i)))["problem"] for i in range(done, done + 3)]
            gone = "The records of this person were deleted in the meantime."
            assert f"This set could not be saved. {gone}" in said
            server.look_after_people()
            finished = socket.receive_json()
            assert finished["reason"] == "The person was deleted, so the set has ended."
            assert finished["problem"] == f"This set could not be saved. {gone}"
            assert finished["session"] is None
