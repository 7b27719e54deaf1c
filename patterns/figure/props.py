"""What the figure sits, stands and holds on to: a chair and a step, as flat faces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from patterns.figure.aims import CHAIR_BACK_M
from patterns.figure.body import ANKLE_HIGH_M, TOE_AHEAD_M
from patterns.figure.figure import Figure
from vision.pose import INDEX, FloatArray

_UNDER_HIP_M: Final = 0.10
_SEAT_WIDE_M, _SEAT_DEEP_M, _BACK_HIGH_M, _BEAM_M = 0.44, 0.42, 0.45, 0.045


@dataclass(frozen=True)
class Prop:
    """kind: chair or step. faces: polygons (K, 3) in body axes, metres."""

    kind: str
    faces: tuple[FloatArray, ...]


def props(figure: Figure) -> tuple[Prop, ...]:
    """The things that belong to an exercise as the figure shows it."""
    start = figure.points(np.zeros(1))[0]
    found = []
    left = figure.side == "left"
    if figure.note.seated:
        hips = (start[INDEX["left_hip"]] + start[INDEX["right_hip"]]) / 2
        found.append(_chair(hips - np.array([0.0, _UNDER_HIP_M, 0.0]), hips[1] - _UNDER_HIP_M + _BACK_HIGH_M))
    if figure.note.hands == "chair":
        outward, up, forward = CHAIR_BACK_M
        x = -outward if left else outward
        behind = np.array([x, 0.46, forward + 0.03 + _SEAT_DEEP_M / 2])
        found.append(_chair(behind, up - 0.02))
    for side in ("left", "right"):
        foot = getattr(figure.note, side)
        if foot.ground != "free" and foot.at is not None and foot.at[2] > 0:
            shown = {"left": "right", "right": "left"}[side] if left else side
            found.append(_step(start, shown, wide=_both_feet_on(figure)))
    return tuple(found)


def _both_feet_on(figure: Figure) -> bool:
    """Whether the step is wide enough for both feet."""
    feet = [foot for foot in (figure.note.left, figure.note.right) if foot is not None]
    return any(foot.to is not None for foot in feet)


def _step(start: FloatArray, side: str, wide: bool) -> Prop:
    ankle = start[INDEX[f"{side}_ankle"]]
    top = ankle[1] - ANKLE_HIGH_M
    outward = 1.0 if side == "left" else -1.0
    inner = -ankle[0] - outward * 0.12 if wide else ankle[0] - outward * 0.07
    outer = ankle[0] + outward * 0.16
    low, high = sorted((float(inner), float(outer)))
    back, front = ankle[2] - 0.12, ankle[2] + TOE_AHEAD_M + 0.1
    return Prop("step", _box((low, high), (0.0, float(top)), (float(back), float(front))))


def _chair(seat: FloatArray, top: float) -> Prop:
    """A chair whose seat's middle is at seat (3,), its back behind it up to top."""
    x, y, z = (float(v) for v in seat)
    wide, deep, beam = _SEAT_WIDE_M / 2, _SEAT_DEEP_M / 2, _BEAM_M
    back, front = z - deep, z + deep
    faces: list[FloatArray] = []
    for at_x in (x - wide, x + wide - beam):
        faces += _box((at_x, at_x + beam), (0.0, top), (back - beam, back))
    faces += _box((x - wide, x + wide), (top - 0.14, top), (back - beam, back))
    for at_x in (x - wide, x + wide - beam):
        faces += _box((at_x, at_x + beam), (0.0, y - 0.04), (front - beam, front))
    faces += _box((x - wide, x + wide), (y - 0.04, y), (back, front))
    return Prop("chair", tuple(faces))


def _box(x: tuple[float, float], y: tuple[float, float], z: tuple[float, float]) -> tuple[FloatArray, ...]:
    """The six faces of a box, those away from a viewer in front first."""
    (a, b), (c, d), (e, f) = x, y, z
    corners = [
        [(a, c, e), (b, c, e), (b, d, e), (a, d, e)],
        [(a, c, e), (b, c, e), (b, c, f), (a, c, f)],
        [(a, c, e), (a, d, e), (a, d, f), (a, c, f)],
        [(b, c, e), (b, d, e), (b, d, f), (b, c, f)],
        [(a, d, e), (b, d, e), (b, d, f), (a, d, f)],
        [(a, c, f), (b, c, f), (b, d, f), (a, d, f)],
    ]
    return tuple(np.array(face) for face in corners)
