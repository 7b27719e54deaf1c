"""The sets that are open on this server: found again by their resume id, closed and saved when left alone."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from models.errors import RequestError
from ui.live_set import LiveSet

KEEP_S: Final = 240.0
"""A set whose connection is lost is kept so long, then finished and saved."""
MOST_SETS: Final = 2
"""So many people can practise at once on two cores, each at ten pictures a second or more."""


class TooManySetsError(RequestError):
    """As many people practise as this computer can look at; who waits comes next."""


class OpenSets:
    """All open sets. Used on the event loop only; the work of a set runs in the set's own thread."""

    def __init__(self, keep_s: float = KEEP_S) -> None:
        self._keep_s = keep_s
        self._sets: dict[str, LiveSet] = {}
        self._beginning = 0
        self._owners: dict[str, object] = {}
        self._closers: dict[str, asyncio.Task[None]] = {}

    @property
    def room(self) -> bool:
        """Whether another set may begin."""
        return len(self._sets) + self._beginning < MOST_SETS

    @contextmanager
    def beginning(self) -> Iterator[None]:
        """Keep room for a set that is being made. Raises TooManySetsError where another would be one too many."""
        if not self.room:
            raise TooManySetsError(
                f"{MOST_SETS} people practise on this computer already. "
                "You begin by yourself as soon as one of them has finished."
            )
        self._beginning += 1
        try:
            yield
        finally:
            self._beginning -= 1

    def add(self, live: LiveSet, owner: object) -> str:
        """The resume id of a set that has begun on a connection: 128 random bits."""
        resume = secrets.token_urlsafe(16)
        self._sets[resume] = live
        self._owners[resume] = owner
        return resume

    def __contains__(self, resume: str) -> bool:
        return resume in self._sets

    def attach(self, resume: str, owner: object) -> LiveSet | None:
        """The set of that id, from now on the owner's; None where there is none (any more)."""
        live = self._sets.get(resume)
        if live is not None:
            self._owners[resume] = owner
            closer = self._closers.pop(resume, None)
            if closer is not None:
                closer.cancel()
        return live

    def owner(self, resume: str) -> object:
        """The connection that a set belongs to, None where it has none."""
        return self._owners.get(resume)

    def detach(self, resume: str, owner: object) -> None:
        """The owner's connection is gone: keep the set for a while, then finish it."""
        if self._owners.get(resume) is owner and resume in self._sets:
            self._owners.pop(resume)
            self._closers[resume] = asyncio.create_task(self._close_later(resume))

    async def finish(self, resume: str) -> dict[str, Any]:
        """Finish and save a set; its summary. Raises KeyError for an unknown id."""
        live = self._sets[resume]
        summary = await asyncio.get_running_loop().run_in_executor(live.worker, live.finish)
        if self._sets.pop(resume, None) is not None:
            self._owners.pop(resume, None)
            live.worker.shutdown(wait=False)
        return summary

    async def finish_all(self) -> None:
        """Finish and save every set, as when the server stops."""
        for closer in self._closers.values():
            closer.cancel()
        for resume in list(self._sets):
            await self.finish(resume)

    async def _close_later(self, resume: str) -> None:
        await asyncio.sleep(self._keep_s)
        self._closers.pop(resume, None)
        if resume in self._sets:
            await self.finish(resume)
