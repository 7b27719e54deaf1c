"""The times of a live set: what a browser says, made one increasing line across reloads."""

from __future__ import annotations

import math
from typing import Final

from base.errors import RequestError

AHEAD_S: Final = 5.0
"""A browser's clock may run this far ahead of ours; more is refused: all that follows would seem late."""
_SHORTEST_GAP_S: Final = 0.05


class LiveMessageError(RequestError):
    """A message of the browser is wrong; the set goes on without it."""


class SetClock:
    """Seconds since the first frame of a set.

    Each connection counts from a zero of its own; its first frame is put after the last one of the connection
    before it by the time that passed here.
    """

    def __init__(self) -> None:
        self._set_s: float | None = None
        self._set_at_s = 0.0
        self._first: tuple[float, float] | None = None
        self._last_s = -math.inf
        self._offset_s = 0.0

    def new_connection(self) -> None:
        """Expect times with a new zero."""
        self._first = None
        self._last_s = -math.inf

    def accept(self, capture_s: float, now_s: float) -> float:
        """Time in the set of a frame captured at capture_s (browser's clock) and received at now_s (ours).

        Raises LiveMessageError, nothing changed, for a time that is no number, does not increase or runs
        ahead.
        """
        if not math.isfinite(capture_s) or abs(capture_s) > 1e12:
            raise LiveMessageError(f"frame: expected a capture time in seconds, got {capture_s}")
        if capture_s <= self._last_s:
            raise LiveMessageError(
                f"frame: expected a capture time after {self._last_s:.3f} s, got {capture_s:.3f} s"
            )
        if self._first is None:
            gap_s = 0.0 if self._set_s is None else max(now_s - self._set_at_s, _SHORTEST_GAP_S)
            self._offset_s = (self._set_s or 0.0) + gap_s - capture_s
            self._first = (capture_s, now_s)
        elif capture_s - self._first[0] > now_s - self._first[1] + AHEAD_S:
            raise LiveMessageError(f"frame: the capture time {capture_s:.3f} s lies in the future")
        self._last_s = capture_s
        self._set_at_s = now_s
        self._set_s = capture_s + self._offset_s
        return self._set_s
