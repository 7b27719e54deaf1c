"""Those who wait for a place to practise, in the order in which they came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from ui.live_messages import Begin
from ui.tickets import Holder

MOST_SETS: Final = 2
"""So many people can practise at once on two cores, each at ten pictures a second or more."""


class Page(Protocol):
    """A page's connection, as sets and line see it. None of these waits for the page."""

    def tell(self, message: Mapping[str, Any], *, last: bool = False) -> None:
        """Send a message; last: then close the connection."""

    def ended(self, summary: Mapping[str, Any], *, last: bool = False) -> None:
        """Say that its set was ended, not by itself, and let go of it."""

    def begin(self, turn: Turn) -> None:
        """Begin the set that it asked for: its turn has come."""


@dataclass(eq=False)
class Turn:
    """That a page wants to begin a set. given_up: it is not wanted any more, though it is being begun already."""

    page: Page
    holder: Holder
    request: Begin
    given_up: bool = False
    _told: int = 0

    def tell(self, position: int) -> None:
        """Say which number in line it has, where that has changed."""
        if position != self._told:
            self._told = position
            self.page.tell(waiting(position))


def waiting(position: int) -> dict[str, Any]:
    """Return the message for a page that waits, number `position` in line."""
    sentence = (
        f"{MOST_SETS} people practise on this computer already. "
        f"You are number {position} in line, and begin by yourself when it is your turn."
    )
    return {"type": "wait", "position": position, "message": sentence}


@dataclass
class Line:
    """First come, first served; a person waits at most once."""

    _turns: list[Turn] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._turns)

    def __iter__(self) -> Iterator[Turn]:
        return iter(list(self._turns))

    def join(self, turn: Turn) -> None:
        """Let a page wait as the last one."""
        self._turns.append(turn)

    def next(self) -> Turn:
        """Return whose turn it is, who waits no more."""
        return self._turns.pop(0)

    def leave(self, turn: Turn) -> None:
        """Let a page wait no more."""
        if turn in self._turns:
            self._turns.remove(turn)
            self.tell()

    def position(self, page: Page) -> int:
        """Return which number in line a page has, 0 where it does not wait."""
        return next((place for place, turn in enumerate(self._turns, 1) if turn.page is page), 0)

    def tell(self) -> None:
        """Say to each page that moved up which number it has now."""
        for position, turn in enumerate(self._turns, 1):
            turn.tell(position)
