"""Pictures with the skeleton and the words of the coach burned in.

Colours are from the palette of Okabe and Ito (2008), told apart with any kind of colour vision; the working side
also differs by thickness. Everything is drawn in place on (H, W, 3) uint8 RGB and scales with the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from vision.pose import BONES, INDEX, LANDMARKS, PoseFrame
from vision.render.caption import Caption

Image = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]

WORKING: Final[Colour] = (230, 159, 0)
RESTING: Final[Colour] = (86, 180, 233)
TRUNK: Final[Colour] = (240, 240, 240)
OUTLINE: Final[Colour] = (20, 20, 20)
TEXT: Final[Colour] = (255, 255, 255)
QUIET: Final[Colour] = (205, 210, 215)
VISIBLE: Final = 0.5
"""Landmarks that the backend trusts less are not drawn."""

_DOTS: Final = tuple(
    name
    for name in LANDMARKS
    if name == "nose" or (INDEX[name] >= INDEX["left_shoulder"] and not name.endswith(("_pinky", "_thumb")))
)
_TRUNK_PARTS: Final = {"shoulder", "hip"}
_LIGHT: Final = 0.35
_SHIFT: Final = 3
_FAR_PX: Final = 20_000


def draw_skeleton(image: Image, pose: PoseFrame, side: str) -> None:
    """Draw the landmarks that are seen, the limbs of the working side thicker and in WORKING.

    side: left, right or both, the person's. Landmarks that are NaN or trusted less than VISIBLE are left out, and
    the bones that end in them; those outside the picture are cut off at its border.
    """
    seen = (pose.visibility >= VISIBLE) & np.isfinite(pose.xy_px).all(axis=1)
    spots = np.round(np.where(seen[:, None], np.clip(pose.xy_px, -_FAR_PX, _FAR_PX), 0) * (1 << _SHIFT))
    at = {name: (int(x), int(y)) for name, (x, y), there in zip(LANDMARKS, spots, seen, strict=True) if there}
    unit = _unit(image)
    bones = [bone for bone in BONES if bone[0] in at and bone[1] in at]
    bones.sort(key=lambda bone: _works(bone[0], bone[1], side))
    dots = [name for name in _DOTS if name in at]
    rim = max(1, unit // 16)
    for colour in (OUTLINE, None):
        for a, b in bones:
            thick = max(2, round(unit * (0.24 if _works(a, b, side) else 0.14)))
            thick += 2 * rim if colour else 0
            cv2.line(image, at[a], at[b], colour or _colour(a, b, side), thick, cv2.LINE_AA, _SHIFT)
    for name in dots:
        radius = max(2, round(unit * (0.26 if _works(name, name, side) else 0.18)))
        for colour, grown in ((OUTLINE, rim), (_colour(name, name, side), 0)):
            cv2.circle(image, at[name], (radius + grown) << _SHIFT, colour, -1, cv2.LINE_AA, _SHIFT)


def draw_caption(image: Image, caption: Caption) -> None:
    """Write title, state and counter in a band at the top, score and cue in one at the bottom, where there are any.

    Text is wrapped, and cut with an ellipsis where even that does not help; it never leaves the picture.
    """
    unit = _unit(image)
    height, width = image.shape[:2]
    pad = round(unit * 0.4)
    counter = [
        _Line(str(caption.count), round(unit * 1.7), WORKING, 700),
        _Line("repetition" if caption.count == 1 else "repetitions", round(unit * 0.62), QUIET, 600),
    ]
    room_px = width - 3 * pad - max(line.width_px for line in counter)
    words = [
        *_lines(caption.title, _Line("", round(unit * 0.9), TEXT, 600), room_px, 2),
        *_lines(caption.state, _Line("", round(unit * 0.85), QUIET, 500), room_px, 1),
    ]
    below = [
        *_lines(caption.score_text, _Line("", round(unit * 0.85), QUIET, 500), width - 2 * pad, 2),
        *_lines(caption.cue, _Line("", unit, TEXT, 600), width - 2 * pad, 4),
    ]
    _darken(image, 0, max(_height_px(words), _height_px(counter)) + 2 * pad)
    _write(image, words, pad, [pad] * len(words))
    _write(image, counter, pad, [width - pad - line.width_px for line in counter])
    if below:
        top = height - _height_px(below) - 2 * pad
        _darken(image, top, height)
        _write(image, below, top + pad, [pad] * len(below))


def text_width_px(text: str, size_px: int, weight: int = 600) -> int:
    """Width of a line of text in pixels."""
    (_, _, width, _) = cv2.getTextSize((0, 0), text, (0, 0), _font(), size_px, weight)
    return int(width)


def wrapped(text: str, size_px: int, room_px: int, most: int) -> list[str]:
    """The text in at most `most` lines that fit the room, cut with an ellipsis where it is longer."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and (len(lines) == most or text_width_px(longer, size_px) <= room_px):
            lines[-1] = longer
        else:
            lines.append(word)
    return [_cut(line, size_px, room_px) for line in lines]


@dataclass(frozen=True)
class _Line:
    text: str
    size_px: int
    colour: Colour
    weight: int

    @property
    def width_px(self) -> int:
        return text_width_px(self.text, self.size_px, self.weight)

    @property
    def height_px(self) -> int:
        return round(self.size_px * 1.22)


def _lines(text: str, like: _Line, room_px: int, most: int) -> list[_Line]:
    return [replace(like, text=line) for line in wrapped(text, like.size_px, room_px, most)]


def _height_px(lines: list[_Line]) -> int:
    return sum(line.height_px for line in lines)


def _write(image: Image, lines: list[_Line], top: int, lefts: list[int]) -> None:
    for line, left in zip(lines, lefts, strict=True):
        cv2.putText(
            image, line.text, (left, top + line.size_px), line.colour, _font(), line.size_px, line.weight
        )
        top += line.height_px


def _cut(text: str, size_px: int, room_px: int) -> str:
    if text_width_px(text, size_px) <= room_px:
        return text
    while text and text_width_px(f"{text}…", size_px) > room_px:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _darken(image: Image, top: int, bottom: int) -> None:
    part = image[max(0, top) : bottom]
    part[:] = cv2.convertScaleAbs(part, alpha=_LIGHT)


def _unit(image: Image) -> int:
    """The measure of everything drawn: a twentieth of the picture's shorter side, at least 8 pixels."""
    return max(8, min(int(image.shape[0]), int(image.shape[1])) // 20)


def _works(a: str, b: str, side: str) -> bool:
    """Whether the bone from a to b (a landmark where they are one) is of a limb that works."""
    sides = {a.partition("_")[0], b.partition("_")[0]}
    return (
        not _is_trunk(a, b) and len(sides) == 1 and sides <= ({"left", "right"} if side == "both" else {side})
    )


def _is_trunk(a: str, b: str) -> bool:
    return a == "nose" or (a != b and {_part(a), _part(b)} <= _TRUNK_PARTS)


def _part(name: str) -> str:
    return name.partition("_")[2]


def _colour(a: str, b: str, side: str) -> Colour:
    if _is_trunk(a, b):
        return TRUNK
    return WORKING if _works(a, b, side) else RESTING


def _font() -> Any:
    return cv2.FontFace("sans")
