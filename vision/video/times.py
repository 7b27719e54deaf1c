"""When each picture of a video was taken: its order, slow motion, and the holes between pictures."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

import av

from base.message import Message

HOLE_S: Final = 0.7
"""Pictures farther apart are reported: a movement between them was not seen."""

WITHOUT_TIMES: Final = frozenset({"h264", "hevc", "mjpeg"})
"""Kinds of files that hold pictures one after the other and no times."""

_DECODING_TIMES: Final = frozenset({"avi"})
"""Containers that hold the times of decoding alone; pictures that are shown in another order need them sorted."""

HOLE: Final = "No frames from {start} s to {end} s: what was done in between is not seen."
MORE_HOLES: Final = "{count} more gaps without frames."
SLOW_MOTION: Final = "Slow motion: the video plays {factor} times slower than life. Its times are corrected."
TIME_LAPSE: Final = "Time lapse: the video plays {factor} times faster than life. Its times are corrected."
"""What is reported about the times of a video."""

_MOST_HOLES: Final = 3
_CAPTURED: Final = re.compile(r"captur\w*[._-]?(fps|frame_?rate)$", re.IGNORECASE)
"""Keys of the rate at which a phone recorded: com.android.capture.fps of Android's MediaMuxer and what copies it.

An iPhone's file holds the times of life and is slowed by the player; Samsung's too (its layers are skipped).
"""

_RECORDED: Final = ("com.apple.quicktime.creationdate", "creation_time", "date")
"""Keys of the time of recording, the most exact first."""

_FIRST_VIDEOS: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""Clocks that were never set write 1904 or 1970."""

_FASTEST_USUAL_HZ: Final = 48.0
"""In poor light a phone records fewer frames than it says, at true times; slow motion is recorded faster than this."""

_SLOWEST_USUAL_HZ: Final = 15.0
"""A time lapse is recorded at fewer frames per second than any ordinary video."""

_CLEARLY: Final = 1.5
_SLOWEST, _FASTEST = 1e-4, 1e3
"""A picture every five minutes, and 30 000 in a second, played at 30 frames per second."""


@dataclass(frozen=True)
class VideoFacts:
    """What a person adds about a video. fps: frames per second of one without times.

    slow_motion: how many times slower than life it plays, 1 for not at all; None for what the file says.
    """

    fps: float | None = None
    slow_motion: float | None = None


@dataclass
class FrameClock:
    """Tells the time of each picture, in seconds of the file, in the order in which pictures are shown.

    fps: of a file without times. sort: whether its times are those of decoding, to be given out in order.
    """

    fps: Fraction | None = None
    sort: bool = False
    _waiting: list[Fraction] = field(default_factory=list)
    _count: int = 0

    def sent(self, packet: av.Packet[Any]) -> None:
        """Take a packet that goes to the decoder."""
        stamp = packet.pts if packet.dts is None else packet.dts
        if self.sort and stamp is not None and packet.time_base is not None and packet.size:
            heapq.heappush(self._waiting, stamp * packet.time_base)

    def damaged(self, packet: av.Packet[Any]) -> None:
        """Take back a packet that could not be decoded: no picture comes of it."""
        self._count += 1
        stamp = packet.pts if packet.dts is None else packet.dts
        if self.sort and stamp is not None and packet.time_base is not None:
            gone = stamp * packet.time_base
            if gone in self._waiting:
                self._waiting.remove(gone)
                heapq.heapify(self._waiting)

    def of(self, picture: av.VideoFrame) -> Fraction | None:
        """Return the time of the next picture, None where it has none."""
        self._count += 1
        if self.fps is not None:
            return (self._count - 1) / self.fps
        if self.sort:
            return heapq.heappop(self._waiting) if self._waiting else None
        if picture.pts is None or picture.time_base is None:
            return None
        return picture.pts * picture.time_base


def holds_decoding_times(format_name: str, pictures: Sequence[av.VideoFrame]) -> bool:
    """Whether the time stamps are those of decoding: by the container, or since the first pictures go back in time."""
    if format_name in _DECODING_TIMES:
        return True
    stamps = [picture.pts for picture in pictures if picture.pts is not None]
    return any(after < before for before, after in pairwise(stamps))


def recorded_slow_motion(tags: Iterable[tuple[str, str]], rate_hz: Fraction | None) -> Fraction:
    """Return how many times slower than life a video plays by its tags; below 1 for a time lapse, 1 for neither."""
    for key, value in tags:
        if not _CAPTURED.search(key) or not rate_hz:
            continue
        try:
            captured_hz = float(value)
        except ValueError:
            continue
        factor = captured_hz / float(rate_hz)
        if not is_likely(factor):
            continue
        slow_motion = factor > _CLEARLY and captured_hz > _FASTEST_USUAL_HZ
        time_lapse = factor < 1 / _CLEARLY and captured_hz < _SLOWEST_USUAL_HZ
        if slow_motion or time_lapse:
            return Fraction(captured_hz).limit_denominator(100_000) / rate_hz
    return Fraction(1)


def is_likely(factor: float) -> bool:
    """Return whether a camera may have recorded so many times faster than its video plays; else its mark is damaged."""
    return _SLOWEST <= factor <= _FASTEST


def recording_time(tags: Iterable[tuple[str, str]], now: datetime) -> datetime | None:
    """Return when a video was recorded by its tags, None where they say nothing that can be: a clock that was not set.

    The time of the camera's own zone is taken first.
    """
    said = dict(reversed([(key.casefold(), value) for key, value in tags]))
    for key in _RECORDED:
        try:
            at = datetime.fromisoformat(said.get(key, "").strip())
        except ValueError:
            continue
        at = at.astimezone()
        if _FIRST_VIDEOS <= at <= now:
            return at
    return None


def speed_note(factor: Fraction) -> str:
    """Return in words by how much the times of a video were corrected; empty for not at all."""
    if factor == 1:
        return ""
    kind, shown = (SLOW_MOTION, float(factor)) if factor > 1 else (TIME_LAPSE, float(1 / factor))
    return Message(kind, factor=f"{shown:.3g}")


def holes(t_s: Iterable[float]) -> Iterator[tuple[float, float]]:
    """Give start and end of each time between neighbours that is longer than HOLE_S."""
    for before, after in pairwise(t_s):
        if after - before > HOLE_S:
            yield before, after


def hole_notes(found: Sequence[tuple[float, float]]) -> tuple[str, ...]:
    """Return the first holes in words, and how many more there are."""
    notes = [Message(HOLE, start=f"{start:.1f}", end=f"{end:.1f}") for start, end in found[:_MOST_HOLES]]
    more = len(found) - _MOST_HOLES
    return (*notes, Message(MORE_HOLES, count=more)) if more > 0 else tuple(notes)
