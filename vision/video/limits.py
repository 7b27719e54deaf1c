"""Limits of a recording: one table, each limit a setting, checked in the header and again while decoding."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Final

from base.errors import RequestError
from base.message import Message


@dataclass(frozen=True)
class Limit:
    """A limit: its setting, its default, and the size of its unit in what is counted.

    refusal: the sentence of a refusal. advice: what to do about the recording.
    """

    variable: str
    default: float
    unit: float
    refusal: str
    advice: str

    @property
    def most(self) -> float:
        """Return the limit in its own unit, as set. Raises RequestError for a setting that is no number above 0."""
        text = os.environ.get(self.variable)
        if text is None:
            return float(self.default)
        try:
            most = float(text)
        except ValueError:
            most = 0.0
        if not 0.0 < most < float("inf"):
            raise RequestError(
                f"{self.variable}={text}: expected a number above 0; the default is {self.default:g}"
            )
        return most


CHANGE: Final = "To change this limit, set {variable} before Diagonal starts."
"""The last sentence of a refusal, except for patients."""

_MINUTE_S: Final = 60.0
_SHORTER: Final = "Cut it into shorter parts."
_SMALLER: Final = "Save it with a smaller picture, such as Full HD."
LIMITS: Final[dict[str, Limit]] = {
    "duration": Limit(
        "DIAGONAL_MAX_MINUTES", 60, 60.0, "{name} lasts {got} minutes; at most {most} are allowed.", _SHORTER
    ),
    "frames": Limit(
        "DIAGONAL_MAX_FRAMES", 216_000, 1.0, "{name} has {got} frames; at most {most} are allowed.", _SHORTER
    ),
    "picture": Limit(
        "DIAGONAL_MAX_MEGAPIXELS",
        36,
        1e6,
        "{name} has frames of {got} million pixels; at most {most} are allowed.",
        _SMALLER,
    ),
    "pixels": Limit(
        "DIAGONAL_MAX_GIGAPIXELS",
        250,
        1e9,
        "{name} is too long for so large a picture: {got} billion pixels in all; at most {most} are allowed.",
        "Cut it into shorter parts, or save it with a smaller picture, such as Full HD.",
    ),
}
"""Defaults: an hour; an hour at 60 frames per second; 8K; an hour of Full HD at 30 frames per second."""


SIZES: Final = {"HD": (1280, 720), "Full HD": (1920, 1080), "4K": (3840, 2160), "8K": (7680, 4320)}
"""Pictures of cameras by the names that people know, pixels."""

USUAL_FPS: Final = 30


def longest_minutes() -> dict[str, int]:
    """Return for each of SIZES that is allowed how many whole minutes at USUAL_FPS a video may last."""
    most = {name: limit.most * limit.unit for name, limit in LIMITS.items()}
    found = {}
    for size, (width, height) in SIZES.items():
        pixels = width * height
        seconds = min(most["duration"], most["frames"] / USUAL_FPS, most["pixels"] / (pixels * USUAL_FPS))
        if pixels <= most["picture"] and seconds >= _MINUTE_S:
            found[size] = int(seconds / _MINUTE_S)
    return found


class LimitError(RequestError):
    """A recording holds more than a limit allows; the message says how to change the limit.

    limit: in LIMITS. got, most: in the limit's unit, as they are written.
    """

    def __init__(self, name: str, limit: str, got: str, most: str) -> None:
        self.name, self.limit, self.got, self.most = name, limit, got, most
        about = LIMITS[limit]
        refusal = Message(about.refusal, name=name, got=got, most=most)
        super().__init__(" ".join((refusal, about.advice, Message(CHANGE, variable=about.variable))))

    def packed(self) -> bytes:
        """Serialise the error for another process."""
        return json.dumps([self.name, self.limit, self.got, self.most]).encode()

    @classmethod
    def unpacked(cls, data: bytes) -> LimitError:
        """Restore an error from another process."""
        return cls(*json.loads(data))


def check_limit(name: str, limit: str, amount: float | None) -> None:
    """Raise LimitError where an amount, in seconds, frames or pixels, is above a limit; None: it is not known."""
    about = LIMITS[limit]
    most = about.most
    if amount is not None and amount > most * about.unit:
        raise LimitError(name, limit, _written(amount / about.unit, most), _written(most))


def check_length(name: str, duration_s: float | None, frames: int | None) -> None:
    """Raise LimitError for a recording that is too long."""
    check_limit(name, "duration", duration_s)
    check_limit(name, "frames", frames)


def check_header(name: str, size_wh: tuple[int, int], duration_s: float | None, frames: int | None) -> None:
    """Raise LimitError for a video that its header says is above a limit."""
    pixels = size_wh[0] * size_wh[1]
    check_limit(name, "picture", pixels)
    check_length(name, duration_s, frames)
    check_limit(name, "pixels", None if frames is None else frames * pixels)


class Meter:
    """Counts what is decoded of a video, whatever its header says."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._found = dict.fromkeys(LIMITS, 0.0)
        self._most = {limit: about.most * about.unit for limit, about in LIMITS.items()}

    def count(self, pixels: int, t_s: float | None) -> None:
        """Count a decoded frame at its time in seconds, None without one. Raises LimitError."""
        found = self._found
        found["duration"] = t_s or 0.0
        found["frames"] += 1
        found["picture"] = pixels
        found["pixels"] += pixels
        for limit, amount in found.items():
            if amount > self._most[limit]:
                check_limit(self._name, limit, amount)


def _written(amount: float, most: float | None = None) -> str:
    """Write an amount with as few decimals as show that it is above the limit."""
    if most is None:
        return f"{amount:g}" if amount < 1e6 else f"{amount:.0f}"
    for decimals in range(7):
        written = f"{amount:.{decimals}f}"
        if float(written) > most:
            return written
    return f"{amount:.6f}"
