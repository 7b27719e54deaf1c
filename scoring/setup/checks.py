"""What must be right before the first repetition: light, one person, all in the picture, distance, view, level, rate.

One entry of CHECKS is one line on the page: a function from a look at the person to what it found and one sentence.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from base.message import Message
from patterns.features.body import BodySize
from patterns.features.signals import Signals, body_yaw_deg
from patterns.templates.library import sided
from patterns.templates.template import Side, Template
from vision.picture_facts import PictureFacts
from vision.plausibility import UNSEEN_BELOW
from vision.pose import INDEX, FloatArray, PoseFrame

CheckState = Literal["ok", "warn", "bad", "wait"]

COVERED_CONTRAST: Final = 12.0
"""Luma between the 5th and 95th percentile below which a picture shows nothing: a lens cap, a dark wall, a hand."""

BLACK: Final = 16.0
BLACK_CONTRAST: Final = 24.0
"""Median luma and contrast below both of which a picture is that of a covered lens in a lit room: light leaks in."""

DARK: Final = 45.0
GLARING: Final = 225.0
"""Median luma (of 255) outside of which a room is too dark or the camera looks into a lamp or window."""

NEAR: Final = 0.40
FAR: Final = 0.13
"""Trunk length as a share of the picture's height: a trunk of 0.5 m seen from about 1.4 m and from about 4.3 m by a
webcam of 48 degrees of height."""

FRONT_DEG: Final = 35.0
SIDE_DEG: Final = (55.0, 120.0)
SLANT_DEG: Final = 6.0
_SLANT_SPREAD_DEG: Final = 6.0
SLOW_HZ: Final = 10.0
_EDGE_PX_SHARE: Final = 0.01

_SIDES: Final = ("left", "right")
_PARTS: Final = {"wrist": "hand", "ankle": "foot"}
_FOOT: Final = 0.06
"""How far a foot reaches below its ankle, in leg lengths."""


@dataclass(frozen=True)
class Asked:
    """What an exercise asks of the picture.

    view: front, side or any. parts: landmarks that must be in the picture; seen: those of them that must not be hidden.
    up, aside: how far above its shoulder and how far out a hand of each side goes, arm lengths, 0 where it does not.
    """

    view: str
    parts: tuple[str, ...]
    seen: frozenset[str]
    up: dict[str, float]
    aside: dict[str, float]

    @classmethod
    def of(cls, template: Template, side: Side) -> Asked:
        """What a template asks on a side. Raises SideError."""
        judged = tuple(sided(template, side).values())
        features = {name: knots for one in judged for name, knots in one.path.features.items()}
        seen = frozenset(name for one in judged for name in one.required)
        parts = set(seen)
        if any(name.startswith(("foot", "knee", "hip", "pelvis")) for name in features):
            parts |= {f"{s}_{joint}" for s in _SIDES for joint in ("knee", "ankle")}
        ordered = tuple(name for name in INDEX if name in parts)
        up = {side: _highest(features, side) for side in _SIDES}
        aside = {side: max([0.0, *features.get(f"hand_x_{side}", ())]) for side in _SIDES}
        return cls(template.view, ordered, seen, up, aside)


def _highest(features: dict[str, tuple[float, ...]], side: str) -> float:
    turned = [*features.get(f"shoulder_elevation_{side}", ()), *features.get(f"shoulder_flexion_{side}", ())]
    raised = [-math.cos(math.radians(degrees)) for degrees in turned]
    return max([0.0, *features.get(f"hand_y_{side}", ()), *raised])


@dataclass(frozen=True)
class Look:
    """One look at the person and the picture.

    people: how many are in the picture, None where that is not known. rate_hz: pictures a second, NaN at first.
    """

    pose: PoseFrame
    size: BodySize
    facts: PictureFacts
    people: int | None
    rate_hz: float
    asked: Asked

    def at(self, name: str) -> FloatArray:
        """A landmark in pixels (2,), NaN without a person."""
        return np.asarray(self.pose.xy_px[INDEX[name]])


Found = tuple[CheckState, str]
MORE_PEOPLE: Final = "I see {people} people. Only you should be in the picture."
CUT_BELOW: Final = "{part} is cut off below. Tip the screen forward a little, or step back."
CUT_ABOVE: Final = "{part} is cut off above. Tip the screen back a little, or step back."
CUT_ASIDE: Final = "{part} is cut off at the side. Move to the middle."
HIDDEN: Final = "I cannot see {part}. Move until nothing hides it."
SLOW: Final = "Only {rate} pictures a second. Close other programs, or switch on a light."
RATE: Final = "{rate} pictures a second."
NO_PERSON: Final = "Step into the picture."
_WAITS: Final[Found] = ("wait", "")


def is_blank(facts: PictureFacts) -> bool:
    """Whether a picture shows nothing: all of it alike, or black but for a few spots of noise and light."""
    black = facts.brightness < BLACK and facts.contrast < BLACK_CONTRAST
    return facts.contrast < COVERED_CONTRAST or black


def light(look: Look) -> Found:
    """Whether the picture shows something, neither dark nor glaring."""
    if is_blank(look.facts):
        return "bad", "The picture is blank. Uncover the camera, or switch on a light."
    if look.facts.brightness < DARK:
        return "warn", "It is dark here. Switch on a light in front of you."
    if look.facts.brightness > GLARING:
        return "warn", "It is too bright. Turn the camera away from the window or lamp."
    return "ok", "The light is good."


def one_person(look: Look) -> Found:
    """Whether somebody is there, and nobody else."""
    if not look.pose.detected:
        return "bad", NO_PERSON
    if look.people is not None and look.people > 1:
        return "bad", Message(MORE_PEOPLE, people=look.people)
    return "ok", "I see you."


def in_picture(look: Look) -> Found:
    """Whether all that matters is in the picture, also with the hand at its highest; what is missing, what to do."""
    if not look.pose.detected:
        return _WAITS
    width, height = look.pose.size_wh
    margin = _EDGE_PX_SHARE * height
    for name in look.asked.parts:
        x, y = look.at(name)
        hidden = name in look.asked.seen and look.pose.visibility[INDEX[name]] < UNSEEN_BELOW
        if name.endswith("ankle"):
            y += _FOOT * np.nanmax([*look.size.leg_px, 0.0])
        part = spoken_part(name)
        if y > height - margin:
            return "bad", Message(CUT_BELOW, part=part)
        if y < margin:
            return "bad", Message(CUT_ABOVE, part=part)
        if not margin <= x <= width - margin:
            return "bad", Message(CUT_ASIDE, part=part)
        if hidden:
            return "bad", Message(HIDDEN, part=part)
    return _room(look, width, margin)


def _room(look: Look, width: int, margin: float) -> Found:
    arm_px = look.size.arm_px
    shoulders = {side: look.at(f"{side}_shoulder") for side in _SIDES}
    if not (math.isfinite(arm_px) and np.isfinite([*shoulders.values()]).all()):
        return _WAITS
    outward = math.copysign(1.0, float(shoulders["left"][0] - shoulders["right"][0]))
    for side, (x, y) in shoulders.items():
        if look.asked.up[side] > 0 and y - look.asked.up[side] * arm_px < margin:
            return (
                "bad",
                "Your raised hand would leave the picture. Step back, or tip the screen back a little.",
            )
        farthest = x + look.asked.aside[side] * arm_px * (outward if side == "left" else -outward)
        if not margin <= farthest <= width - margin:
            return "bad", "Your hand would leave the picture at the side. Move to the middle, or step back."
    return "ok", "All of you that matters is in the picture."


def distance(look: Look) -> Found:
    """Whether the person is neither too near nor too far to be measured."""
    if not (look.pose.detected and math.isfinite(look.size.trunk_px)):
        return _WAITS
    share = look.size.trunk_px / look.pose.size_wh[1]
    if share > NEAR:
        return "bad", "You are too near. Step back."
    if share < FAR:
        return "bad", "You are too far away. Come closer."
    return "ok", "The distance is good."


def view(look: Look) -> Found:
    """Whether the person is turned as the exercise needs it."""
    if not look.pose.detected:
        return _WAITS
    yaw_deg = float(body_yaw_deg(Signals.of([look.pose], [look.size]))[0])
    if look.asked.view == "any":
        return "ok", "You may face the camera or stand side on."
    if not math.isfinite(yaw_deg):
        return _WAITS
    if look.asked.view == "front" and abs(yaw_deg) > FRONT_DEG:
        return "bad", "Turn to face the camera."
    if look.asked.view == "side" and not SIDE_DEG[0] <= abs(yaw_deg) <= SIDE_DEG[1]:
        return "bad", "Turn side on to the camera."
    return "ok", "You are turned the right way."


def level(look: Look) -> Found:
    """Whether the camera stands straight: shoulders, hips and trunk of who stands upright all lean by its slant."""
    if not look.pose.detected:
        return _WAITS
    ends = [look.at(f"{s}_{part}") for part in ("shoulder", "hip") for s in _SIDES]
    down = ends[2] + ends[3] - ends[0] - ends[1]
    leans = [
        _slant_deg(ends[0] - ends[1]),
        _slant_deg(ends[2] - ends[3]),
        math.degrees(math.atan2(-float(down[0]), float(down[1]))),
    ]
    if not np.isfinite(leans).all():
        return _WAITS
    slant_deg = float(np.median(leans))
    if abs(slant_deg) > SLANT_DEG and max(leans) - min(leans) < _SLANT_SPREAD_DEG:
        return "warn", "The camera stands at a slant. Set it level."
    return "ok", "The camera is level."


def rate(look: Look) -> Found:
    """Whether pictures come fast enough to tell how a movement goes."""
    if not math.isfinite(look.rate_hz):
        return _WAITS
    if look.rate_hz < SLOW_HZ:
        return "warn", Message(SLOW, rate=f"{look.rate_hz:.0f}")
    return "ok", Message(RATE, rate=f"{look.rate_hz:.0f}")


CHECKS: Final[dict[str, Callable[[Look], Found]]] = {
    "light": light,
    "person": one_person,
    "distance": distance,
    "picture": in_picture,
    "view": view,
    "level": level,
    "rate": rate,
}
"""Name of a check to what makes it, in the order in which they are put right."""


def spoken_part(landmark: str) -> str:
    """A landmark as a part of the person: your left hand."""
    side, part = landmark.split("_", 1)
    return f"your {side} {_PARTS.get(part, part)}"


def _slant_deg(line: FloatArray) -> float:
    """How far a line that should be level is turned clockwise in the picture, whichever way it points."""
    x, y = float(line[0]), float(line[1])
    return math.degrees(math.atan2(math.copysign(1.0, x) * y, abs(x)))
