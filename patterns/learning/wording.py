"""The words of a learned template: how to stand, where the camera goes, what to do, what cannot be seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from base.message import Message
from patterns.features.table import FEATURES
from patterns.learning.demonstration import Shown
from patterns.learning.proposals import TOLD_BY, Limb, Movement
from patterns.templates.mirroring import swapped
from patterns.templates.template import Side

_TRUNK: Final = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
_SEATED_DEG: Final = 60.0
_CAMERA: Final = {
    "front": "Face the camera, two and a half to three metres away, with all of the movement in the picture.",
    "side": "Stand side on to the camera, two and a half to three metres away, the moving side towards it.",
    "any": "Two and a half to three metres away, turned as shown, with all of the movement in the picture.",
}
_SIT, _SIT_OR_STAND, _STAND = "Sit", "Stand or sit", "Stand"
_AS_SHOWN: Final = "{stance} as in the demonstration."
_AS_SHOWN_WITH: Final = "{stance} as in the demonstration: {start}."
_IS: Final = {
    "shoulder_elevation": (
        "the arm is {angle} degrees from hanging",
        "both arms are {angle} degrees from hanging",
    ),
    "elbow_flexion": ("the elbow is bent {angle} degrees", "both elbows are bent {angle} degrees"),
    "hip_flexion": ("the hip is bent {angle} degrees", "both hips are bent {angle} degrees"),
    "hip_abduction": (
        "the leg is {angle} degrees out to the side",
        "both legs are {angle} degrees out to the side",
    ),
    "knee_flexion": ("the knee is bent {angle} degrees", "both knees are bent {angle} degrees"),
}
"""What is said of a joint of the side that moves, and of both."""

_IS_AT: Final = "{joint} is at {angle} degrees"
_MOVE: Final = "Move until {ways}, then come back slowly."
_MOVE_AS_SHOWN: Final = "Move as in the demonstration."
_NOT_MEASURED: Final = {
    "arm": {
        "forearm_rotation": "Turning the palm cannot be seen well enough by one camera; it is cued, never scored.",
        "wrist_and_fingers": "Wrist and fingers are too small in the picture; they are cued, never scored.",
    },
    "leg": {"foot_pressure": "How the weight is spread under the foot cannot be seen by a camera."},
    "trunk": {},
}


@dataclass(frozen=True)
class Words:
    """The sentences and landmark names of a template; see Template."""

    view: Literal["front", "side", "any"]
    start: str
    camera: str
    command: str
    required: tuple[str, ...]
    not_measured: dict[str, str]


def worded(shown: Shown, movement: Movement, side: Side) -> Words:
    """The words for what the demonstrations show; a person may write better ones into the file."""
    views = {part.view for part in shown.parts}
    view: Literal["front", "side", "any"] = "any"
    if views == {"front"}:
        view = "front"
    elif views == {"side"}:
        view = "side"
    seated = all(_start(shown, f"knee_flexion_{own}") > _SEATED_DEG for own in ("left", "right"))
    stance = _SIT if seated else _SIT_OR_STAND if _arms_only(movement) else _STAND
    begin = {name: _start(shown, name) for name in movement.drivers}
    reached = {name: float(shown.middle(name)[-1]) for name in movement.drivers}
    start, ways = tuple(_are(begin, side)), tuple(_are(reached, side))
    required = (
        *_TRUNK,
        *dict.fromkeys(name for limb in movement.limbs for name in _followed(limb, movement)),
    )
    missing = {key: text for limb in movement.limbs for key, text in _NOT_MEASURED[limb.kind].items()}
    return Words(
        view,
        _short(
            Message(_AS_SHOWN_WITH, stance=stance, start=start)
            if start
            else Message(_AS_SHOWN, stance=stance)
        ),
        _CAMERA[view],
        _short(Message(_MOVE, ways=ways) if ways else _MOVE_AS_SHOWN),
        required,
        missing,
    )


def _are(angles: Mapping[str, float], side: Side) -> Iterator[str]:
    """What joints are at these angles, in words; left and right together where both move."""
    left = dict(angles)
    while left:
        name = next(iter(left))
        base, other = FEATURES[name].base, swapped(name)
        if side == "both" and other in left and other != name and base in _IS:
            yield Message(_IS[base][1], angle=f"{(left.pop(name) + left.pop(other)) / 2:.0f}")
        elif base in _IS and name == f"{base}_right" and side != "both":
            yield Message(_IS[base][0], angle=f"{left.pop(name):.0f}")
        else:
            yield Message(_IS_AT, joint=_spoken(name, side), angle=f"{left.pop(name):.0f}")


def _start(shown: Shown, name: str) -> float:
    return float(shown.middle(name)[0])


def _followed(limb: Limb, movement: Movement) -> Iterator[str]:
    """The landmarks by which a limb is followed; what else is judged of it is judged where it is seen.

    None of two legs that work alike, of which the near one hides the far one.
    """
    if limb.kind == "leg" and sum(other.kind == "leg" for other in movement.limbs) > 1:
        return
    for name in movement.path:
        if name in (*limb.places, *limb.angles):
            yield from (f"{limb.side}_{part}" for part in TOLD_BY.get(FEATURES[name].base, ()))


def _arms_only(movement: Movement) -> bool:
    return all(limb.kind == "arm" for limb in movement.limbs)


def _spoken(name: str, side: Side) -> str:
    """A feature's name in words; a template of one side is told without it, since it serves both."""
    base = FEATURES[name].base
    own = name.removeprefix(base).strip("_")
    words = base.replace("_", " ")
    if side == "both" or own == "left":
        return f"{own} {words}".strip() if side == "both" else f"other {words}"
    return words


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= 240 else f"{sentence[:236]} ..."
