"""Faults put into a good recording: what its template must tell.

The amounts are what a therapist calls clear, the same for every exercise (the least are those of our rendered people's
faults); none follows a template's own limits, so that a template with wide limits fails. Body parts are turned about
their joints in space, and moved in the picture as a camera far away would see it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from patterns.features.geometry import unit
from patterns.features.signals import SIDES
from patterns.learning.repetition_finder import FoundRep
from patterns.templates.template import Template
from vision.pose import INDEX, LANDMARKS, FloatArray, PoseSequence

_UPPER: Final = tuple(
    i for i, name in enumerate(LANDMARKS) if not name.endswith(("hip", "knee", "ankle", "heel", "foot_index"))
)
_ARM: Final = ("elbow", "wrist", "pinky", "index", "thumb")
_LEG: Final = ("knee", "ankle", "heel", "foot_index")


_CLEARLY_OFF: Final = 0.3
"""Limb lengths in the picture by which anybody sees that a hand or foot is off its way."""


@dataclass(frozen=True)
class Moment:
    """The frames of one repetition [first, last), and how far into the fault each is (N,), 0..1 and back to 0."""

    first: int
    last: int
    much: FloatArray
    midway: FloatArray


Plant = Callable[["Body", Moment, Template], FloatArray | None]
"""New places (N, 33, 3) of the landmarks in the frames of a moment; None where the exercise cannot have the fault."""


@dataclass(frozen=True)
class Body:
    """A recording's landmarks (T, 33, 3) in metres, and its axes: to the person's left (T, 3), up, and forward."""

    points: FloatArray

    @property
    def left(self) -> FloatArray:
        """Level, along the hips."""
        line = self.points[:, INDEX["left_hip"]] - self.points[:, INDEX["right_hip"]]
        return np.asarray(unit(line * [1.0, 0.0, 1.0]))

    @property
    def forward(self) -> FloatArray:
        """Level, out of the hips."""
        return np.asarray(np.cross(self.left, UP))


UP: Final = np.array([0.0, -1.0, 0.0])


def turned(
    points: FloatArray, rows: Sequence[int], pivot: FloatArray, axis: FloatArray, deg: FloatArray
) -> FloatArray:
    """Landmarks (N, 33, 3) with some of them turned about an axis (N, 3) through a pivot (N, 3), right-handed."""
    made = points.copy()
    arms = points[:, rows] - pivot[:, None]
    along, angle = np.broadcast_to(axis, pivot.shape)[:, None], np.radians(deg)[:, None, None]
    across = np.cross(along, arms)
    straight = (along * arms).sum(axis=-1, keepdims=True) * along
    made[:, rows] = pivot[:, None] + np.cos(angle) * (arms - straight) + np.sin(angle) * across + straight
    return made


def _rows(side: str, parts: Sequence[str]) -> list[int]:
    return [INDEX[f"{side}_{part}"] for part in parts]


def _part(body: Body, moment: Moment) -> FloatArray:
    return body.points[moment.first : moment.last]


def _hips(points: FloatArray) -> FloatArray:
    return np.asarray((points[:, INDEX["left_hip"]] + points[:, INDEX["right_hip"]]) / 2)


def _trunk(axis: str, deg: float) -> Plant:
    """The whole upper body turned at the hips: about forward, left or up."""

    def plant(body: Body, moment: Moment, _template: Template) -> FloatArray:
        axes = {"forward": body.forward, "left": body.left, "up": np.broadcast_to(UP, body.left.shape)}
        part = _part(body, moment)
        about = axes[axis][moment.first : moment.last]
        return turned(part, _UPPER, _hips(part), about, deg * moment.much)

    return plant


def _hike(deg: float) -> Plant:
    """The moving arm's shoulder lifted about the other one."""

    def plant(body: Body, moment: Moment, template: Template) -> FloatArray | None:
        sides = [side for side in SIDES if f"{side}_wrist" in template.moving]
        if not sides:
            return None
        side, part = sides[0], _part(body, moment)
        other = "right" if side == "left" else "left"
        sign = 1.0 if side == "left" else -1.0
        rows = _rows(side, ("shoulder", *_ARM))
        about = sign * body.forward[moment.first : moment.last]
        return turned(part, rows, part[:, INDEX[f"{other}_shoulder"]], -about, deg * moment.much)

    return plant


def _bend(joint: str, upper: str, rows: Sequence[str], deg: float) -> Plant:
    """A joint bent: of each limb that moves, or of both legs."""

    def plant(body: Body, moment: Moment, template: Template) -> FloatArray:
        part = _part(body, moment)
        for side in _moving_sides(template):
            at = part[:, INDEX[f"{side}_{joint}"]]
            bone = unit(at - part[:, INDEX[f"{side}_{upper}"]])
            left = body.left[moment.first : moment.last]
            across = unit(np.cross(np.cross(bone, left), bone))
            # Elbows bend forward, knees backward.
            sign = -1.0 if joint == "elbow" else 1.0
            part = turned(part, _rows(side, rows), at, sign * across, deg * moment.much)
        return part

    return plant


def _valgus(metres: float) -> Plant:
    """The knees of the legs that move, or of both, towards the middle."""

    def plant(body: Body, moment: Moment, template: Template) -> FloatArray:
        made = _part(body, moment).copy()
        left = body.left[moment.first : moment.last]
        for side in _moving_sides(template):
            inward = -left if side == "left" else left
            made[:, INDEX[f"{side}_knee"]] += metres * moment.much[:, None] * inward
        return made

    return plant


def _shift(metres: float) -> Plant:
    """The body over the left foot: everything above the ankles to the left."""

    def plant(body: Body, moment: Moment, _template: Template) -> FloatArray:
        made = _part(body, moment).copy()
        feet = [INDEX[f"{side}_{part}"] for side in SIDES for part in ("ankle", "heel", "foot_index")]
        rows = [i for i in range(len(LANDMARKS)) if i not in feet]
        move = metres * moment.much[:, None, None] * body.left[moment.first : moment.last][:, None]
        made[:, rows] += move
        knees = [INDEX[f"{side}_knee"] for side in SIDES]
        made[:, knees] -= move / 2
        return made

    return plant


def _pelvis(deg: float) -> Plant:
    """The left side of the pelvis hiked, with everything above it level."""

    def plant(body: Body, moment: Moment, _template: Template) -> FloatArray:
        part = _part(body, moment)
        rows = [INDEX[f"{side}_hip"] for side in SIDES]
        return turned(part, rows, _hips(part), -body.forward[moment.first : moment.last], deg * moment.much)

    return plant


def _heels(metres: float) -> Plant:
    """Both heels off the floor, and what is above with them."""

    def plant(body: Body, moment: Moment, _template: Template) -> FloatArray:
        made = _part(body, moment).copy()
        toes = [INDEX[f"{side}_foot_index"] for side in SIDES]
        rows = [i for i in range(len(LANDMARKS)) if i not in toes]
        made[:, rows] += metres * moment.much[:, None, None] * UP
        return made

    return plant


def _aside(deg: float) -> Plant:
    """The moving limb swung off its way between start and end, most in the middle; None where no camera there sees it.

    Towards or away from the camera a limb that swings off only looks a little shorter.
    """

    def plant(body: Body, moment: Moment, template: Template) -> FloatArray | None:
        before = _part(body, moment)
        made, some = before, False
        for name in template.moving:
            side, _, part = name.partition("_")
            parts, root = (_ARM, "shoulder") if part == "wrist" else (_LEG, "hip")
            if part == "shoulder":
                return None
            far = INDEX[f"{side}_{'wrist' if part == 'wrist' else 'ankle'}"]
            peak = int(moment.much.argmax())
            chord = unit(made[peak, far] - made[0, far])
            made = turned(
                made, _rows(side, parts), made[:, INDEX[f"{side}_{root}"]], chord, deg * moment.midway
            )
            off = np.linalg.norm((made - before)[:, far, :2], axis=-1).max()
            some |= bool(off > _CLEARLY_OFF * _reach(before, side, parts, root))
        return made if some else None

    return plant


def _reach(points: FloatArray, side: str, parts: Sequence[str], root: str) -> float:
    """Length of a limb from its root to wrist or ankle, metres."""
    joints = points[:, [INDEX[f"{side}_{name}"] for name in (root, *parts[:2])]]
    return float(np.median(np.linalg.norm(np.diff(joints, axis=1), axis=-1).sum(axis=1)))


def _moving_sides(template: Template) -> list[str]:
    return [side for side in SIDES if any(name.startswith(side) for name in template.moving)]


PLANTS: Final[dict[str, tuple[Plant, ...]]] = {
    "trunk_lean": (_trunk("forward", 20.0), _trunk("forward", -20.0)),
    "trunk_forward_lean": (_trunk("left", 25.0), _trunk("left", -25.0)),
    "trunk_rotation": (_trunk("up", 30.0), _trunk("up", -30.0)),
    "shoulder_hike": (_hike(18.0),),
    "elbow_bend": (_bend("elbow", "shoulder", _ARM[1:], 55.0),),
    "knee_bend": (_bend("knee", "hip", _LEG[1:], 40.0),),
    "knee_valgus": (_valgus(0.07),),
    "weight_shift": (_shift(0.10), _shift(-0.10)),
    "hip_hike": (_pelvis(15.0), _pelvis(-15.0)),
    "heel_lift": (_heels(0.06),),
    "wrong_path": (_aside(40.0), _aside(-40.0)),
}
"""Faults of posture: ways to plant each, in either direction where there are two."""


def posed(poses: PoseSequence, rep: FoundRep, plant: Plant, template: Template) -> PoseSequence | None:
    """The recording with one repetition done with a fault of posture; None where the exercise cannot have it.

    Raises ValueError for poses without world landmarks.
    """
    if poses.world_m is None:
        raise ValueError("poses: expected world landmarks, got none")
    moment = _moment(poses.t_s, rep)
    made = plant(Body(poses.world_m), moment, template)
    if made is None:
        return None
    world, pixels = poses.world_m.copy(), poses.xy_px.copy()
    inside = slice(moment.first, moment.last)
    moved = (made - world[inside])[..., :2]
    pixels[inside] += px_a_m(poses) * moved
    world[inside] = made - _hips(made)[:, None]
    return replace(poses, xy_px=pixels, world_m=world)


def _moment(t_s: FloatArray, rep: FoundRep) -> Moment:
    first, last = (int(i) for i in np.searchsorted(t_s, (rep.start_s, rep.end_s)))
    at = t_s[first:last]
    share = np.interp(at, [rep.start_s, rep.peak_s, rep.leave_s, rep.end_s], [0.0, 1.0, 1.0, 0.0])
    much = np.clip(share / 0.6, 0.0, 1.0)
    smooth = much * much * (3 - 2 * much)
    return Moment(first, last, smooth, np.sin(np.pi * share))


def px_a_m(poses: PoseSequence) -> float:
    """Pixels that a metre at the person has."""
    assert poses.world_m is not None
    rows = [INDEX[f"{side}_{part}"] for part in ("shoulder", "hip") for side in SIDES]
    flat = poses.world_m[:, rows, :2]
    world = np.linalg.norm(flat[:, :2].mean(axis=1) - flat[:, 2:].mean(axis=1), axis=-1)
    px = poses.xy_px[:, rows]
    seen = np.linalg.norm(px[:, :2].mean(axis=1) - px[:, 2:].mean(axis=1), axis=-1)
    return float(np.nanmedian(seen / world))
