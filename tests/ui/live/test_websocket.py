"""The live socket: who is let in, what is refused, and that a set and its repetitions are never lost."""

from __future__ import annotations

import json
import struct
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import WebSocketDenialResponse, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from sessions.store.store import Store
from tests.support.live_fakes import BEGIN, Server, answer, connect, frame, jpeg
from ui.live import websocket as live_socket
from ui.live.clock import AHEAD_S, LiveMessageError, SetClock
from ui.live.messages import MAX_FRAME_BYTES, MAX_REQUEST_CHARACTERS, Ask, read_request
from ui.signin import tokens as live_token


def begin(socket: WebSocketTestSession) -> str:
    assert socket.receive_json() == {"type": "hello", "set": None}
    socket.send_json(BEGIN)
    begun = socket.receive_json()
    assert begun["type"] == "begun"
    assert begun["set"]["side"] == "right"
    return str(begun["resume"])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "http://elsewhere.example"},
        {"origin": "http://testserver.elsewhere.example"},
        {"origin": "http://testserver:81"},
        {"origin": "file://testserver"},
        {"origin": "http://[::1"},
        {"origin": "http://testserver", "host": "[::1"},
        {"origin": "http://rebound.example", "host": "rebound.example"},
    ],
)
def test_foreign_pages_get_403(server: Server, headers: dict[str, str]) -> None:
    with pytest.raises(WebSocketDisconnect) as refused, connect(server, headers=headers):
        pass
    assert not isinstance(refused.value, WebSocketDenialResponse) or refused.value.status_code == 403
    assert refused.value.code == 1008


@pytest.mark.parametrize("kind", ["missing", "expired", "forged", "other secret", "nonsense", "unknown set"])
def test_without_a_good_token_nobody_comes_in(server: Server, kind: str) -> None:
    now = time.time()
    good = live_token.issue(server.place.secret, now)
    query = {
        "missing": {"x": "1"},
        "expired": {"token": live_token.issue(server.place.secret, now - live_token.LIFE_S - 2)},
        "forged": {"token": f"{int(now) + 999_999}.{good.partition('.')[2]}"},
        "other secret": {"token": live_token.issue(b"t" * 32, now)},
        "nonsense": {"token": "%C3%A9.%C3%A9"},
        "unknown set": {"resume": "AAAAAAAAAAAAAAAAAAAAAA"},
    }[kind]
    with pytest.raises(WebSocketDisconnect) as refused, connect(server, query):
        pass
    assert refused.value.code == 1008


def test_our_own_page_fetches_a_token_that_opens_the_socket(server: Server) -> None:
    answer = server.client.get("/live/token", headers={"sec-fetch-site": "same-origin"})
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers
    with connect(server, answer.json()) as socket:
        assert socket.receive_json()["type"] == "hello"


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"host": "rebound.example"}],
)
def test_nobody_else_gets_a_token(server: Server, headers: dict[str, str]) -> None:
    assert server.client.get("/live/token", headers=headers).status_code == 403


def test_a_token_is_good_until_its_time_and_no_longer() -> None:
    token = live_token.issue(b"k" * 32, 1000.0, 60.0)
    assert live_token.is_good(b"k" * 32, token, 1059.9)
    assert not live_token.is_good(b"k" * 32, token, 1060.0)


@given(st.text(max_size=80))
def test_no_text_but_a_signed_one_is_a_token(text: str) -> None:
    assert not live_token.is_good(b"k" * 32, text, 0.0)


def test_a_frame_is_answered_with_what_was_seen_in_it(server: Server) -> None:
    with connect(server) as socket:
        begin(socket)
        update = answer(socket, frame(7.25, jpeg(48, 36, (200, 10, 90))))
    assert update["type"] == "update"
    assert update["capture_s"] == 7.25
    assert update["size_wh"] == [48, 36]
    assert update["landmarks"] == pytest.approx([200, 90] * 33, abs=2)
    parts = ("wait", "decode", "pose", "correct", "pipe", "coach", "guide", "store")
    assert list(update["timings"]) == [f"{part}_ms" for part in parts]


BAD_FRAMES = {
    "empty": b"",
    "time alone": struct.pack("<d", 2.0),
    "not a JPEG": frame(2.0, b"GIF89a, or so it says"),
    "cut off": frame(2.0, jpeg()[:-20]),
    "too large": frame(2.0, b"\xff\xd8" + bytes(MAX_FRAME_BYTES) + b"\xff\xd9"),
    "huge picture": frame(2.0, jpeg(3000, 3000)),
    "another size": frame(2.0, jpeg(36, 48)),
    "time is NaN": frame(float("nan")),
    "time is infinite": frame(float("inf")),
    "time goes back": frame(0.5),
    "time stands still": frame(1.0),
    "time far ahead": frame(1.0 + 10 * AHEAD_S),
}


@pytest.mark.parametrize("name", BAD_FRAMES)
def test_a_bad_frame_gets_one_clear_line_and_the_set_goes_on(server: Server, name: str) -> None:
    with connect(server) as socket:
        begin(socket)
        assert answer(socket, frame(1.0))["type"] == "update"
        refused = answer(socket, BAD_FRAMES[name])
        assert refused["type"] == "error"
        assert 10 < len(refused["message"]) < 200
        assert "\n" not in refused["message"]
        for i in range(2):
            update = answer(socket, frame(1.1 + i))
            assert update["type"] == "update"
        assert update["repetitions"] == 1


WRONG_FIRST_FRAMES = {
    name: message
    for name, message in BAD_FRAMES.items()
    if not name.startswith("time") and name != "another size"
} | {
    "one pixel": frame(2.0, jpeg(1, 1)),
    "a strip": frame(2.0, jpeg(2000, 40)),
    "narrow": frame(2.0, jpeg(20, 36)),
    "huge picture, time far ahead": frame(1e9, jpeg(3000, 3000)),
    "a header alone, time far ahead": frame(1e9, jpeg()[: jpeg().index(b"\xff\xda")] + b"\xff\xd9"),
}


@pytest.mark.parametrize("name", WRONG_FIRST_FRAMES)
def test_a_bad_first_frame_gets_one_clear_line_and_changes_nothing(server: Server, name: str) -> None:
    with connect(server) as socket:
        begin(socket)
        refused = answer(socket, WRONG_FIRST_FRAMES[name])
        assert refused["type"] == "error"
        assert 10 < len(refused["message"]) < 200
        updates = [answer(socket, frame(1.0 + i)) for i in range(3)]
        assert [update["type"] for update in updates] == ["update"] * 3
        assert [update["t_s"] for update in updates] == [0.0, 1.0, 2.0]
        assert updates[-1]["repetitions"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "[]",
        "{}",
        '{"type": "shutdown"}',
        '{"type": "finish", "all": true}',
        json.dumps(BEGIN | {"pattern": "x" * 500}),
        json.dumps(BEGIN | {"side": "upper"}),
        json.dumps(BEGIN),  # one set is open already
        '{"type": "ask"}'.ljust(MAX_REQUEST_CHARACTERS + 1),
    ],
)
def test_a_text_that_is_no_request_is_refused_and_the_set_goes_on(server: Server, text: str) -> None:
    with connect(server) as socket:
        begin(socket)
        socket.send_text(text)
        assert socket.receive_json()["type"] == "error"
        assert answer(socket, frame(1.0))["type"] == "update"


def test_a_long_text_is_not_parsed() -> None:
    """Everybody waits while the loop of events parses; 3 MB of lists in lists took 4 s."""
    shortest = '{"type": "ask"}'
    assert read_request(shortest.ljust(MAX_REQUEST_CHARACTERS)) == Ask(type="ask")
    with pytest.raises(LiveMessageError, match="expected a request") as refused:
        read_request(shortest.ljust(MAX_REQUEST_CHARACTERS + 1))
    assert "input_value=''" in str(refused.value.__cause__)


def test_an_unknown_pattern_or_side_is_named(server: Server) -> None:
    with connect(server) as socket:
        socket.receive_json()
        socket.send_json(BEGIN | {"pattern": "ue-d2-flexio"})
        assert "ue-d2-flexion" in socket.receive_json()["message"]
        socket.send_json(BEGIN | {"side": "both"})
        assert "both" in socket.receive_json()["message"]
        assert answer(socket, frame(1.0))["message"].startswith("frame: no set has begun")


def test_each_repetition_is_in_the_store_as_soon_as_it_is_said(server: Server, store: Store) -> None:
    with connect(server) as socket:
        begin(socket)
        updates = [answer(socket, frame(float(i))) for i in range(4)]
        closed = [update["closed"] for update in updates]
        assert [rep and rep["index"] for rep in closed] == [None, None, 1, None]
        higher = "Reach higher - up and out, towards the corner of the ceiling."  # the template's own words
        told = {"strength": "", "cue": higher, "rule": "reduced_range", "text": higher}
        assert [update["told"] for update in updates] == [None, None, told, None]
        (summary,) = store.sessions()
        assert (summary.repetitions, summary.finished_at) == (1, None)
        assert store.session(summary.id).reps[0].total == 80.0
        socket.send_json({"type": "finish"})
        assert socket.receive_json() == {
            "type": "finished",
            "session": summary.id,
            "problem": "",
            "repetitions": 1,
            "attempts": 0,
            "mean_total": 80,
            "told": told,
        }
    (summary,) = store.sessions()
    assert summary.finished_at is not None
    assert [pose.t_s for pose in store.frames(summary.id)] == [0.0, 1.0, 2.0, 3.0]
    assert server.backends[0].closed


def test_a_set_in_which_nothing_happened_is_not_stored(server: Server, store: Store) -> None:
    with connect(server) as socket:
        begin(socket)
        answer(socket, frame(0.0))
        socket.send_json({"type": "finish"})
        assert socket.receive_json()["session"] is None
    assert store.sessions() == ()


def test_after_a_dropped_connection_the_set_goes_on_where_it_was(server: Server, store: Store) -> None:
    with connect(server) as socket:
        resume = begin(socket)
        for i in range(4):
            answer(socket, frame(1000.0 + i))
    with connect(server, {"resume": resume}) as socket:  # no token: it may have expired by now
        hello = socket.receive_json()
        assert hello["set"]["repetitions"] == 1
        assert hello["set"]["closed"]["index"] == 1
        updates = [answer(socket, frame(float(i))) for i in range(2)]  # a reloaded page counts from 0
        assert updates[-1]["repetitions"] == 2
        socket.send_json({"type": "finish"})
        assert socket.receive_json()["repetitions"] == 2
    (summary,) = store.sessions()
    t_s = [pose.t_s for pose in store.frames(summary.id)]
    assert len(t_s) == 6
    assert (np.diff(t_s) > 0).all()


def test_a_second_window_takes_the_set_over(server: Server) -> None:
    with connect(server) as first:
        resume = begin(first)
        answer(first, frame(0.0))
        with connect(server, {"resume": resume}) as second:
            assert second.receive_json()["set"] is not None
            with pytest.raises(WebSocketDisconnect) as moved:
                first.receive_json()
            assert moved.value.code == live_socket.MOVED
            assert answer(second, frame(0.0))["type"] == "update"


def test_a_set_left_alone_is_finished_and_saved(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(store, keep_s=0.05)
    monkeypatch.setattr(live_socket, "workplace", lambda: server.place)
    with server.client:
        with connect(server) as socket:
            begin(socket)
            for i in range(3):
                answer(socket, frame(float(i)))
        until = time.monotonic() + 10
        while store.sessions()[0].finished_at is None and time.monotonic() < until:
            time.sleep(0.02)
    (summary,) = store.sessions()
    assert summary.finished_at is not None
    assert summary.repetitions == 1


def test_an_old_frame_is_dropped_and_never_waited_for(server: Server) -> None:
    with connect(server) as socket:
        begin(socket)
        backend = server.backends[0]
        backend.gate.clear()
        socket.send_bytes(frame(1.0))
        assert backend.entered.acquire(timeout=10)
        for i in (2, 3, 4):
            socket.send_bytes(frame(float(i)))
        socket.send_text("?")
        assert socket.receive_json()["type"] == "error"  # the server has read all of them, and is not blocked
        backend.gate.set()
        assert [socket.receive_json()["capture_s"] for _ in range(2)] == [1.0, 4.0]


steps = st.lists(st.floats(0.001, 2.0), min_size=1, max_size=20)


@given(st.lists(st.tuples(st.floats(-1e9, 1e9), steps), min_size=1, max_size=5), st.floats(0, 1e6))
def test_times_of_a_set_increase_whatever_each_connection_counts_from(
    connections: list[tuple[float, list[float]]], now_s: float
) -> None:
    clock, got = SetClock(), []
    for zero_s, gaps_s in connections:
        clock.new_connection()
        sent_s = zero_s
        for gap_s in gaps_s:
            sent_s, now_s = sent_s + gap_s, now_s + gap_s
            got.append(clock.accept(sent_s, now_s))
    assert got[0] == 0.0
    assert (np.diff(got) > 0).all()
    assert got[-1] == pytest.approx(sum(sum(gaps) for _, gaps in connections) - connections[0][1][0], abs=0.3)


def test_a_refused_time_changes_nothing() -> None:
    clock = SetClock()
    assert clock.accept(10.0, 0.0) == 0.0
    for wrong in (10.0, 9.0, float("nan"), float("-inf"), 1e300, 10.2 + AHEAD_S):
        with pytest.raises(LiveMessageError):
            clock.accept(wrong, 0.1)
    assert clock.accept(10.1, 0.1) == pytest.approx(0.1)
