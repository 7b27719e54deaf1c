"""The queue for a place to practise: first come, first served."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from ui.live.messages import Begin
from ui.signin.page_tokens import Holder

MOST_SETS: Final = 2
"""Capacity of two cores: each set at ten frames per second or more."""


class Page(Protocol):
    """A page's connection, as sets and line see it. None of these waits for the page."""

    def send_soon(self, message: Mapping[str, Any], *, last: bool = False) -> None:
        """Send a message; last: then close the connection."""

    def ended(self, resume: str, summary: Mapping[str, Any], *, last: bool = False) -> None:
        """Report that its set of that id has ended without its asking, and let go of it."""

    def begin(self, turn: Turn) -> None:
        """Begin the set that it asked for."""


@dataclass(eq=False)
class Turn:
    """A page's request to begin a set. given_up: it is being begun already, but not wanted any more."""

    page: Page
    holder: Holder
    request: Begin
    given_up: bool = False
    _shown: int = 0

    def show_position(self, position: int) -> None:
        """Send its number in line where that has changed."""
        if position != self._shown:
            self._shown = position
            self.page.send_soon(waiting(position))


def waiting(position: int) -> dict[str, Any]:
    """Return the message for a page that waits, number `position` in line."""
    sentence = (
        f"{MOST_SETS} people practise on this computer already. "
        f"You are number {position} in line, and begin by yourself when it is your turn."
    )
    return {"type": "wait", "position": position, "message": sentence}


@dataclass
class Line:
    """Pages that wait for a place, in the order of their requests."""

    _turns: list[Turn] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._turns)

    def __iter__(self) -> Iterator[Turn]:
        return iter(list(self._turns))

    def join(self, turn: Turn) -> None:
        """Add a page at the end."""
        self._turns.append(turn)

    def next(self) -> Turn:
        """Remove and return the first."""
        return self._turns.pop(0)

    def leave(self, turn: Turn) -> None:
        """Remove a page."""
        if turn in self._turns:
            self._turns.remove(turn)
            self.show_positions()

    def position(self, page: Page) -> int:
        """Return which number in line a page has, 0 where it does not wait."""
        return next((place for place, turn in enumerate(self._turns, 1) if turn.page is page), 0)

    def show_positions(self) -> None:
        """Send each page that moved up its new number."""
        for position, turn in enumerate(self._turns, 1):
            turn.show_position(position)
