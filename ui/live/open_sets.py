"""The sets that are open on this server: places, the queue for them, and sets that end without their page.

A place is freed when its page's connection ends or sends no picture for a while. A set whose connection ended is kept
for the page to come back to, as long as nobody else needs the place.
"""

from __future__ import annotations

import asyncio
import math
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from patterns.templates.template import Side
from ui.live.live_set import LiveSet
from ui.live.waiting_line import MOST_SETS, Line, Page, Turn
from ui.signin import sign_in
from ui.signin.page_tokens import Holder

KEEP_S: Final = 240.0
"""A set whose connection is lost is kept at most so long, then finished and saved."""
WARN_S: Final = 10.0
"""After so long without a picture the page warns."""
SILENT_S: Final = 15.0
"""After so long without a picture the set is finished and saved, and its place is free."""
_REMEMBERED: Final = 64

SILENT: Final = "No picture came for 15 seconds, so the set has ended."
ELSEWHERE: Final = "You began another set, so this one has ended."
WAITS_ELSEWHERE: Final = "You pressed Start in another window, so this one waits no more."
LOST: Final = "The connection was lost, so the set has ended."
SIGNED_OUT: Final = "You are signed out, so the set has ended."
DELETED: Final = "The person was deleted, so the set has ended."


@dataclass(eq=False)
class _Open:
    """One set.

    page: its connection, None while that is lost. seen_s: when the last usable picture came. why: it is ending, for its
    page; empty while it is not. until_s: when it ends by itself, where it has no page.
    """

    live: LiveSet
    page: Page | None
    holder: Holder
    seen_s: float
    warned: bool = False
    judging: bool = False
    why: str = ""
    until_s: float = math.inf


@dataclass(frozen=True)
class Waiting:
    """A set without its page. pattern, side: of its exercise. left_s: after which it ends by itself and is saved."""

    pattern: str
    side: Side
    left_s: float


class OpenSets:
    """All open sets and the line before them. Used on the event loop only; a set's work runs in its own thread."""

    def __init__(self, keep_s: float = KEEP_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._keep_s = keep_s
        self._clock = clock
        self._sets: dict[str, _Open] = {}
        self._beginning: list[Turn] = []
        self._closers: dict[str, asyncio.Task[None]] = {}
        self._ended: dict[str, dict[str, Any]] = {}
        self._concluding: set[asyncio.Task[None]] = set()
        self.line = Line()

    @property
    def room(self) -> bool:
        """Return whether another set may begin."""
        taken = sum(found.page is not None for found in self._sets.values())
        return taken + len(self._beginning) < MOST_SETS

    async def join(self, turn: Turn) -> None:
        """Let a page begin a set when its turn comes; end whatever else the same person began or waits for."""
        person = turn.holder.person
        while person is not None and self._holds(person):
            await self._end_where(lambda holder: holder.person == person, ELSEWHERE, WAITS_ELSEWHERE)
        self.line.join(turn)
        self.offer()

    def offer(self) -> None:
        """Give free places to waiting pages in their order; sets of lost connections make room."""
        while self.room and len(self.line):
            turn = self.line.next()
            self._beginning.append(turn)
            self._make_room()
            turn.page.begin(turn)
        self.line.show_positions()

    def _make_room(self) -> None:
        over = len(self._sets) + len(self._beginning) - MOST_SETS
        gone = [one for one in self._sets.items() if one[1].page is None and not one[1].why]
        for resume, found in gone[: max(0, over)]:
            found.why = LOST
            task = asyncio.create_task(self._conclude(resume, found))
            self._concluding.add(task)
            task.add_done_callback(self._concluding.discard)

    def _holds(self, person: int | str) -> bool:
        """Return whether a person has a place or waits for one."""
        turns = [turn for turn in (*self.line, *self._beginning) if not turn.given_up]
        sets = [found for found in self._sets.values() if not found.why]
        return any(one.holder.person == person for one in (*turns, *sets))

    def begun(self, turn: Turn) -> None:
        """Note that a turn is over: its set has begun, or could not begin."""
        self._beginning.remove(turn)
        self.offer()

    def add(self, live: LiveSet, page: Page, holder: Holder) -> str:
        """Add a set that has begun on a connection; return its resume id, 128 random bits."""
        resume = secrets.token_urlsafe(16)
        self._sets[resume] = _Open(live, page, holder, self._clock())
        return resume

    def __contains__(self, resume: str) -> bool:
        return resume in self._sets

    def attach(self, resume: str, page: Page) -> LiveSet | None:
        """Give a set to a page, and return it; None where there is none (any more)."""
        found = self._sets.get(resume)
        if found is None or found.why:
            return None
        if found.page is None:
            found.seen_s, found.warned = self._clock(), False
        found.page = page
        closer = self._closers.pop(resume, None)
        if closer is not None:
            closer.cancel()
        return found.live

    def owner(self, resume: str) -> Page | None:
        """Return the connection that a set belongs to, None where it has none."""
        found = self._sets.get(resume)
        return None if found is None else found.page

    async def ended(self, resume: str) -> dict[str, Any] | None:
        """Return the summary of a set that ended while its page was away, once; None for any other."""
        found = self._sets.get(resume)
        if found is not None and found.why:
            return await self.finish(resume) | {"reason": found.why}
        return self._ended.pop(resume, None)

    def detach(self, resume: str, page: Page) -> None:
        """Free the place of a page whose connection is gone, and keep the set for a while."""
        found = self._sets.get(resume)
        if found is not None and found.page is page:
            found.page = None
            found.until_s = self._clock() + self._keep_s
            self._closers[resume] = asyncio.create_task(self._close_later(resume))
            self.offer()

    def waiting(self, person_id: int | None) -> Waiting | None:
        """Return the set of a person whose page is gone, to go on with; None where there is none. From any thread."""
        for found in list(self._sets.values()):
            live = found.live
            if found.page is None and not found.why and person_id is not None and live.person_id == person_id:
                return Waiting(live.pattern, live.side, max(0.0, found.until_s - self._clock()))
        return None

    def leave(self, page: Page) -> None:
        """Remove a page that is gone from the queue, and give up what it is about to begin."""
        for turn in self.line:
            if turn.page is page:
                self.line.leave(turn)
        for turn in self._beginning:
            turn.given_up |= turn.page is page

    @contextmanager
    def judging(self, resume: str | None) -> Iterator[None]:
        """Note that a picture is being looked at, and, once it was one of a camera, that the page is not silent."""
        found = self._sets.get(resume or "")
        if found is None:
            yield
            return
        before, found.judging = found.live.pictures, True
        try:
            yield
        finally:
            found.judging = False
            if found.live.pictures != before:
                found.seen_s, found.warned = self._clock(), False

    async def finish(self, resume: str) -> dict[str, Any]:
        """Finish and save a set; return its summary. Raises KeyError for an unknown id."""
        live = self._sets[resume].live
        summary: dict[str, Any] = await asyncio.get_running_loop().run_in_executor(live.worker, live.finish)
        if self._sets.pop(resume, None) is not None:
            live.worker.shutdown(wait=False)
            closer = self._closers.pop(resume, None)
            if closer is not None and closer is not asyncio.current_task():
                closer.cancel()
            self.offer()
        return summary

    async def end(self, resume: str, why: str, *, last: bool = False) -> None:
        """Finish and save a set that its page did not finish, and say why; last: then close the page's connection."""
        found = self._sets.get(resume)
        if found is not None and not found.why:
            found.why = why
            await self._conclude(resume, found, last=last)

    async def _conclude(self, resume: str, found: _Open, *, last: bool = False) -> None:
        summary = await self.finish(resume) | {"reason": found.why}
        if found.page is not None:
            found.page.ended(resume, summary, last=last)
            return
        self._ended[resume] = summary
        for oldest in list(self._ended)[:-_REMEMBERED]:
            del self._ended[oldest]

    async def finish_all(self) -> None:
        """Finish and save every set, as when the server stops."""
        while len(self.line):
            self.line.next()
        for turn in self._beginning:
            turn.given_up = True
        for resume in list(self._sets):
            await self.finish(resume)

    async def end_silent(self) -> None:
        """Warn pages that send no picture, then end their sets."""
        for resume, found in list(self._sets.items()):
            silent_s = self._clock() - found.seen_s
            if found.page is None or found.why or found.judging or silent_s < WARN_S:
                continue
            if silent_s >= SILENT_S:
                await self.end(resume, SILENT)
            elif not found.warned:
                found.warned = True
                found.page.send_soon({"type": "silent", "left_s": math.ceil(SILENT_S - silent_s)})

    def sign_ins(self) -> set[int]:
        """Return the sign-ins on which open sets and waiting pages rest."""
        holders = [found.holder for found in self._sets.values()] + [turn.holder for turn in self.line]
        return {holder.sign_in_id for holder in holders if holder.sign_in_id is not None}

    async def end_sign_in(self, sign_in_id: int) -> None:
        """End all that rests on a sign-in which has ended."""
        await self._end_where(
            lambda holder: holder.sign_in_id == sign_in_id, SIGNED_OUT, sign_in.SIGNED_OUT, last=True
        )

    def people(self) -> set[int]:
        """Return the numbers of the people whose sets are open."""
        numbers = (found.live.person_id for found in self._sets.values())
        return {number for number in numbers if number is not None}

    async def end_deleted(self, person_id: int) -> None:
        """End the sets of a person who was deleted."""
        for resume, found in list(self._sets.items()):
            if found.live.person_id == person_id:
                await self.end(resume, DELETED)

    async def _end_where(
        self, meant: Callable[[Holder], bool], why: str, waiting_why: str, *, last: bool = False
    ) -> None:
        for turn in self.line:
            if meant(turn.holder):
                self.line.leave(turn)
                turn.page.send_soon({"type": "error", "message": waiting_why}, last=last)
        for turn in self._beginning:
            if meant(turn.holder) and not turn.given_up:
                turn.given_up = True
                turn.page.send_soon({"type": "error", "message": waiting_why}, last=last)
        for resume, found in list(self._sets.items()):
            if meant(found.holder):
                await self.end(resume, why, last=last)

    async def _close_later(self, resume: str) -> None:
        await asyncio.sleep(self._keep_s)
        await self.end(resume, LOST)
