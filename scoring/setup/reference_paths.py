"""The ways of an exercise's travelling parts, in lengths of the person's own limbs, to be laid over any person.

A hand's way is told from its shoulder along the trunk, a foot's from its hip and the body's from between the feet that
bear, against gravity. What the template's path tells is the template's own (hand_x, hand_y, foot_x, foot_y); the way
towards the camera, and all where the path is of angles, comes from the figure that shows the exercise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from patterns.features.body import ARM_IN_TRUNKS, trunk_vector
from patterns.features.geometry import dot, trunk_frame
from patterns.features.signals import SIDES, Signals
from patterns.figure.body import SHANK_M, THIGH_M, TRUNK_M
from patterns.figure.figure import Figure
from patterns.templates.template import Path, Template
from vision.pose import INDEX, FloatArray

POINTS: Final = 25
"""Points of a way, evenly along the phase."""

_PHASES: Final = np.linspace(0.0, 1.0, POINTS)
_OUTWARD: Final = {"left": 1.0, "right": -1.0}
_NOWHERE: Final = 0.12
"""A way that stays within this, in limb lengths, is not worth drawing."""

_BAND: Final = {"arm": 0.15, "leg": 0.12, "body": 0.10}
"""Half-width of the band, in limb lengths, where the template does not judge the path; our proposal."""

_DEPTH: Final = 0.25
"""By how many limb lengths people's ways may differ in depth, which no template judges; our proposal."""

_ARM_M, _LEG_M = ARM_IN_TRUNKS * TRUNK_M, THIGH_M + SHANK_M


@dataclass(frozen=True)
class Ghost:
    """One way. kind: arm, leg or body. parts: rows whose middle travels. anchors: rows from whose middle it is told.

    way (POINTS, 3): to the person's left, up and forward, in limb lengths (arms, legs; of a body legs). trunk
    (POINTS, 3): what comes on top of it in trunk lengths. half_width: of the band, in limb lengths, for
    somebody who faces the camera; who is turned shows depth across the picture, and has a wider one.
    """

    kind: str
    side: str
    parts: tuple[int, ...]
    anchors: tuple[int, ...]
    way: FloatArray
    trunk: FloatArray
    half_width: float

    def laid(self, signals: Signals, turned_deg: float) -> tuple[FloatArray, FloatArray, float] | None:
        """(way (POINTS, 2), where the part is (2,), half-width) in pixels of one frame; None where it is not seen."""
        xy = signals.xy_px[0]
        anchor, part = xy[list(self.anchors)].mean(axis=0), xy[list(self.parts)].mean(axis=0)
        unit = self._unit_px(signals)
        turn = math.radians(turned_deg)
        offsets = unit * self.way + float(signals.trunk_px[0]) * self.trunk
        across = offsets[:, 0] * math.cos(turn) - offsets[:, 2] * math.sin(turn)
        up = trunk_vector(xy) if self.kind == "arm" else np.array([0.0, -1.0])
        long = math.hypot(*up.tolist())
        if not (math.isfinite(unit) and math.isfinite(float(anchor.sum() + part.sum())) and long > 0):
            return None
        ux, uy = up[0] / long, up[1] / long
        line = np.empty((POINTS, 2))
        line[:, 0] = anchor[0] - uy * across + ux * offsets[:, 1]
        line[:, 1] = anchor[1] + ux * across + uy * offsets[:, 1]
        return line, part, (self.half_width + _DEPTH * abs(math.sin(turn))) * unit

    def _unit_px(self, signals: Signals) -> float:
        if self.kind == "arm":
            return ARM_IN_TRUNKS * float(signals.trunk_px[0])
        left, right = signals.leg_px[0].tolist()
        return float({"left": left, "right": right}.get(self.side, (left + right) / 2))


def ghosts(figure: Figure) -> tuple[Ghost, ...]:
    """The ways of what travels in an exercise on one side; none where nothing goes far enough to be drawn."""
    points = figure.points(_PHASES)
    names = figure.travelling
    if len(names) == 2 and not names[0].endswith("wrist"):
        found = [_body(figure, names, points)]
    elif names[0].endswith("wrist"):
        found = [_arm(figure.template, name, points) for name in names]
    elif names[0].endswith(("ankle", "knee")):
        found = [_leg(figure.template, name, points) for name in names]
    else:
        found = []
    return tuple(ghost for ghost in found if np.ptp(ghost.way + ghost.trunk, axis=0).max() > _NOWHERE)


def _arm(template: Template, name: str, points: FloatArray) -> Ghost:
    side = name.partition("_")[0]
    at = {part: points[:, INDEX[part]] * _IN_WORLD for part in (name, f"{side}_shoulder")}
    joints = [
        (points[:, INDEX[f"left_{p}"]] * _IN_WORLD, points[:, INDEX[f"right_{p}"]] * _IN_WORLD)
        for p in _TRUNK
    ]
    axes = trunk_frame(joints[0], joints[1])
    reach = at[name] - at[f"{side}_shoulder"]
    way = np.stack([dot(reach, axis) for axis in axes], axis=-1) / _ARM_M
    way = _told(template.path, "hand", side, way)
    width = _half_width(template, "hand", side, "arm")
    return Ghost("arm", side, (INDEX[name],), (INDEX[f"{side}_shoulder"],), way, 0 * way, width)


def _leg(template: Template, name: str, points: FloatArray) -> Ghost:
    side = name.partition("_")[0]
    way = (points[:, INDEX[name]] - points[:, INDEX[f"{side}_hip"]]) / _LEG_M
    if name.endswith("ankle"):
        way = _told(template.path, "foot", side, way)
    width = _half_width(template, "foot", side, "leg")
    return Ghost("leg", side, (INDEX[name],), (INDEX[f"{side}_hip"],), way, 0 * way, width)


def _body(figure: Figure, names: tuple[str, ...], points: FloatArray) -> Ghost:
    """The middle of the shoulders or hips over the feet that bear."""
    bearing = [side for side in SIDES if _bears(figure, side)]
    anchors = tuple(INDEX[f"{side}_ankle"] for side in bearing)
    parts = tuple(INDEX[name] for name in names)
    feet, hips = (
        points[:, list(anchors)].mean(axis=1),
        points[:, [INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=1),
    )
    way = (hips - feet) / _LEG_M
    path = figure.template.path
    heights = [path.at(name, _PHASES) for name in path.features if name.startswith("foot_y")]
    if heights:
        way[:, 1] = -np.mean(heights, axis=0)
    trunk = (points[:, list(parts)].mean(axis=1) - hips) / TRUNK_M
    return Ghost("body", "both", parts, anchors, way, trunk, _BAND["body"])


def _bears(figure: Figure, side: str) -> bool:
    shown = {"left": "right", "right": "left"}[side] if figure.side == "left" else side
    foot = figure.note.left if shown == "left" else figure.note.right
    return foot is None or foot.ground != "free"


def _told(path: Path, limb: str, side: str, way: FloatArray) -> FloatArray:
    """The way with what the template's own path says of it."""
    told = way.copy()
    if f"{limb}_x_{side}" in path.features:
        told[:, 0] = _OUTWARD[side] * path.at(f"{limb}_x_{side}", _PHASES)
    if f"{limb}_y_{side}" in path.features:
        told[:, 1] = path.at(f"{limb}_y_{side}", _PHASES)
    return told


def _half_width(template: Template, limb: str, side: str, kind: str) -> float:
    """How far off the way is still good when the other features of the path are on it.

    The path's tolerance is a root mean square over its features in scales, of which the limb's place has two.
    """
    names = [f"{limb}_{axis}_{side}" for axis in "xy"]
    if template.path_target is None or not all(name in template.path.features for name in names):
        return _BAND[kind]
    scale = float(np.mean([template.path.scale[name] for name in names]))
    return template.path_target.tolerance * scale * math.sqrt(len(names))


_IN_WORLD: Final = np.array([1.0, -1.0, -1.0])
"""Body axes (left, up, forward) to those of world landmarks (image right, down, away)."""

_TRUNK: Final = ("shoulder", "hip")
