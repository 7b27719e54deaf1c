"""Small stand-ins for the network and the Coach, so that the socket's own duties can be tested alone."""

from __future__ import annotations

import io
import struct
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketTestSession

from patterns.programs.technique import Technique
from patterns.templates.template import Side, Template
from scoring.records.records import Cue, Fault, RepScore, Update
from sessions.store.store import Store
from ui.live import websocket as live_socket
from ui.live.app_state import Workplace
from ui.live.care import end_deleted, end_signed_out
from ui.live.live_set import Judge
from ui.live.open_sets import KEEP_S, OpenSets
from ui.signin import tokens as live_token
from vision.analysis.frame_analyzer import OwnEye
from vision.correction.depth import identity
from vision.pose import LANDMARKS, Frame, PoseFrame

ORIGIN = {"origin": "http://testserver"}
BEGIN = {"type": "begin", "pattern": "ue-d2-flexion", "side": "right", "source": "demo"}


@dataclass
class BrightnessBackend:
    """A pose with every landmark at (mean red, mean blue) of the picture; waits where `gate` is closed."""

    gate: threading.Event = field(default_factory=threading.Event)
    entered: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    closed: bool = False
    name: str = "fake"
    model: str = "none"
    weights_sha256: str = "0" * 64

    def __post_init__(self) -> None:
        self.gate.set()

    def people(self, image: npt.NDArray[np.uint8]) -> int:
        return 1

    def estimate(self, frame: Frame) -> PoseFrame:
        self.entered.release()
        assert self.gate.wait(10)
        n = len(LANDMARKS)
        red, _, blue = frame.image.reshape(-1, 3).mean(axis=0)
        xy = np.tile([red, blue], (n, 1))
        return PoseFrame(frame.t_s, frame.size_wh, xy, np.zeros((n, 3)), np.ones(n))

    def reset(self) -> None: ...

    def close(self) -> None:
        self.closed = True


@dataclass
class EveryThird:
    """Closes a repetition with every third pose."""

    side: Side
    poses: list[PoseFrame] = field(default_factory=list)

    def step(self, pose: PoseFrame) -> Update:
        self.poses.append(pose)
        done, left = divmod(len(self.poses), 3)
        closed = None
        if left == 0:
            first, second, third = (p.t_s for p in self.poses[-3:])
            times = (first, second, third)
            cue = Cue(
                "reduced_range",
                "Reach higher with both hands.",
                "shoulder_elevation_right",
                120.0,
                135.0,
                "deg",
            )
            short = Fault("reduced_range", "shoulder_elevation_right", 120.0, 135.0, "deg", (0.9, 1.0), 0.3)
            scores = (80.0, 70.0, 90.0, 1.0)
            closed = RepScore(done, "repetition", None, self.side, *times, *scores, faults=(short,), cue=cue)
        cue_now = None if closed is None else closed.cue
        return Update(pose.t_s, "moving", pose, 0.5, done, 0, closed=closed, cue=cue_now)

    def finish(self) -> tuple[RepScore, ...]:
        return ()


class Server:
    """The socket's route alone, on fakes and a real store."""

    def __init__(self, store: Store, keep_s: float = KEEP_S) -> None:
        self.backends: list[BrightnessBackend] = []
        self.now_s = 0.0
        sets = OpenSets(keep_s, lambda: self.now_s)
        self.place = Workplace(store, self._judge, ("testserver",), b"s" * 32, sets)
        routes: list[BaseRoute] = [
            WebSocketRoute("/live/ws", live_socket.live_socket),
            Route("/live/token", live_socket.token_answer),
        ]
        self.client = TestClient(Starlette(routes=routes))

    def after(self, seconds: float) -> None:
        """Let time pass by the clock of the open sets, then look after them as the server does every second."""
        self.now_s += seconds
        self._on_its_loop(self.place.sets.end_silent)

    def look_after_sign_ins(self) -> None:
        """Look once whether those who practise are still signed in."""
        self._on_its_loop(end_signed_out, self.place)

    def look_after_people(self) -> None:
        """Look once whether those who practise are still in the records."""
        self._on_its_loop(end_deleted, self.place)

    def _on_its_loop(self, work: Callable[..., Awaitable[None]], *given: object) -> None:
        assert self.client.portal is not None
        self.client.portal.call(work, *given)

    def _judge(self, _template: Template, side: Side, _technique: Technique | None) -> Judge:
        backend = BrightnessBackend()
        self.backends.append(backend)
        return Judge(OwnEye(backend, identity), EveryThird(side))


def jpeg(width: int = 48, height: int = 36, colour: tuple[int, int, int] = (20, 120, 30)) -> bytes:
    """A JPEG of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "JPEG", quality=95)
    return file.getvalue()


def frame(capture_s: float, picture: bytes | None = None) -> bytes:
    """A message up: 8 bytes of time and a JPEG."""
    return struct.pack("<d", capture_s) + (jpeg() if picture is None else picture)


def connect(
    server: Server, query: dict[str, str] | None = None, headers: dict[str, str] = ORIGIN
) -> WebSocketTestSession:
    """A page's connection, let in by a fresh token unless `query` says otherwise."""
    query = query or {"token": live_token.issue(server.place.secret, time.time())}
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return server.client.websocket_connect(f"/live/ws?{words}", headers=headers)


def answer(socket: WebSocketTestSession, message: bytes) -> dict[str, Any]:
    """What the server says to this message."""
    socket.send_bytes(message)
    return dict(socket.receive_json())


@dataclass(frozen=True)
class Pages:
    """Connections of pages, closed with the test at the latest."""

    server: Server
    stack: ExitStack

    def open(self, query: dict[str, str] | None = None) -> WebSocketTestSession:
        """One more; query as for connect."""
        return self.stack.enter_context(connect(self.server, query))


def asks(socket: WebSocketTestSession, ticket: str = "") -> dict[str, Any]:
    """What a page that presses Start is answered."""
    assert socket.receive_json() == {"type": "hello", "set": None}
    socket.send_json(BEGIN | {"ticket": ticket})
    return dict(socket.receive_json())


def begins(socket: WebSocketTestSession, ticket: str = "") -> str:
    """The resume id of a set that begins at once."""
    begun = asks(socket, ticket)
    assert begun["type"] == "begun", begun
    return str(begun["resume"])
