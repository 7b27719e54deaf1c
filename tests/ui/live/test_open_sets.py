"""Open sets: one ends once, and one without its page waits for its person alone."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, cast

from sessions.people.access import Viewer
from sessions.store.store import Store
from tests.support.live_fakes import BEGIN, Pages, Server, begins
from ui.live.live_set import LiveSet
from ui.live.messages import Begin
from ui.live.open_sets import (
    ELSEWHERE,
    KEEP_S,
    SILENT,
    OpenSets,
)
from ui.live.waiting_line import Turn
from ui.signin.page_tokens import Holder


class SlowSet:
    """A set whose end takes as long as the gate is closed."""

    def __init__(self) -> None:
        self.worker = ThreadPoolExecutor(1)
        self.gate = threading.Event()

    def finish(self) -> dict[str, Any]:
        assert self.gate.wait(10)
        return {"type": "finished"}


@dataclass
class Listener:
    """A page that remembers what it was sent."""

    heard: list[str] = field(default_factory=list)

    def send_soon(self, message: Mapping[str, Any], *, last: bool = False) -> None:
        self.heard.append(str(message["type"]))

    def ended(self, resume: str, summary: Mapping[str, Any], *, last: bool = False) -> None:
        self.heard.append(str(summary["reason"]))

    def begin(self, turn: Turn) -> None:
        self.heard.append("begin")


def test_a_start_while_the_set_before_is_being_saved_holds_nobody_up() -> None:
    """The old set ends once, with its first reason; the new one begins beside it, since there is a second place."""
    slow, before, after = SlowSet(), Listener(), Listener()
    anna = Holder(Viewer("patient", "anna", 1))

    async def scenario() -> None:
        sets = OpenSets()
        resume = sets.add(cast(LiveSet, slow), before, anna)
        ending = asyncio.create_task(sets.end(resume, SILENT))
        await asyncio.sleep(0)
        await sets.join(Turn(after, anna, Begin.model_validate(BEGIN)))
        await sets.end(resume, ELSEWHERE)
        slow.gate.set()
        await ending

    running = threading.Thread(target=lambda: asyncio.run(scenario()), daemon=True)
    running.start()
    running.join(10)
    assert not running.is_alive()
    assert (before.heard, after.heard) == ([SILENT], ["begin"])


def test_a_set_without_its_page_is_found_for_its_person_alone_with_the_time_it_has_left(
    server: Server, pages: Pages, store: Store
) -> None:
    sets = server.place.sets
    socket = pages.open()
    begins(socket)
    own = store.people.own()
    assert own is not None
    assert sets.waiting(own.id) is None  # its page is there
    socket.close()
    until_s = time.monotonic() + 5
    while sets.waiting(own.id) is None and time.monotonic() < until_s:
        time.sleep(0.01)
    found = sets.waiting(own.id)
    assert found is not None
    assert (found.pattern, found.side, found.left_s) == ("ue-d2-flexion", "right", KEEP_S)
    server.after(40.0)
    found = sets.waiting(own.id)
    assert found is not None
    assert found.left_s == KEEP_S - 40
    assert sets.waiting(own.id + 1) is None
    assert sets.waiting(None) is None
