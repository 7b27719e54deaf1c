"""What the figure heeds besides the path: feet, floor, weight, seat, hands, the template's targets, its own body."""

from __future__ import annotations

from typing import Final

import numpy as np

from patterns.features.geometry import unit
from patterns.features.signals import SIDES
from patterns.features.table import compute
from patterns.figure.body import ANKLE_HIGH_M, COLUMN, HIPS_M, OUTWARD, SHANK_M, THIGH_M, body, signals
from patterns.figure.notes import FigureNote, FootNote
from patterns.templates.template import Target, Template
from vision.pose import INDEX, FloatArray

_PLACE_M: Final = 0.001
_FLOOR_M: Final = 0.002
_SEAT_M: Final = 0.55
_SEAT_PLACE_M: Final = np.array([0.0, _SEAT_M, 0.07 - THIGH_M])
_WEIGHT_M: Final = 0.02
_UPRIGHT_M: Final = 0.015
_STEP_M: Final = 0.03
_LANDED: Final = 0.6
"""Phase at which a foot that steps is on the floor again."""

_HELD_M: Final = 0.005
_FEET: Final = ("ankle", "heel", "foot_index")
_THIGH_SHARE, _TRUNK_SHARE = 0.6, 0.3
"""Shares of the knees' bend in a squat by which the thighs leave the upright and the trunk leans."""

_STRAIGHT_DEG: Final = 4.0
_MASSES: Final = (
    ("shoulder", 0.33),
    ("hip", 0.24),
    ("nose", 0.08),
    ("elbow", 0.05),
    ("wrist", 0.04),
    ("knee", 0.18),
    ("ankle", 0.08),
)
"""Where the body's mass is, in shares: trunk between hips and shoulders, head, arms, legs (after Winter)."""

_TORSO_WIDE_M, _TORSO_DEEP_M, _HEAD_M, _LEG_M = 0.15, 0.115, 0.10, 0.10
_HAND_PLACES: Final = {
    "hips": (0.06, 0.10, 0.03),
    "thighs": (0.0, 0.06, 0.30),
    "chest": (-0.22, 0.38, 0.16),
}
"""Where a resting hand is, metres outward, up and forward of its hip."""

CHAIR_BACK_M: Final = (0.38, 0.92, 0.12)
"""The back of the chair that is held on to, metres outward, up and forward of the middle of the standing feet."""


class Aims:
    """The aims of one template's figure; begin() with its start posture, from which places and changes count."""

    def __init__(self, template: Template, note: FigureNote) -> None:
        self._template, self._note = template, note
        self._feet: dict[str, FootNote] = {side: foot for side in SIDES if (foot := getattr(note, side))}
        self._columns = {name: i for i, name in enumerate(template.features)}
        self._start_values: FloatArray | None = None
        self._start: FloatArray | None = None
        self._resting = tuple(side for side in SIDES if not self._has_path(side, _OF_ARMS))

    def begin(self, angles: FloatArray) -> None:
        """Take the start posture (J,)."""
        self._start = body(angles[None])[0]
        self._start_values = compute(signals(self._start[None]), self._template.features)[0]

    def natural(self, phase: float, standing: FloatArray) -> FloatArray:
        """The joint angles (J,) of somebody who is asked for nothing more at that phase."""
        angles = standing.copy()

        def put(name: str, value: float) -> None:
            angles[COLUMN[name]] = value

        if self._note.seated and self._sitting(phase) > 0.5:
            angles[:3] = _SEAT_PLACE_M
            for side in SIDES:
                put(f"thigh_forward_{side}", 86.0)
                put(f"knee_{side}", 86.0)
        for name, value in self._lowered(phase).items():
            put(name, value)
        for side in self._resting:
            for name, value in self._arm_at_rest(phase).items():
                put(f"{name}_{side}", value)
        for side, foot in self._feet.items():
            at = self._place(side, foot, phase)
            if at is not None:
                put(f"thigh_out_{side}", np.degrees(np.arctan2(OUTWARD[side] * at[0] - HIPS_M / 2, 0.8)))
        return angles

    def _lowered(self, phase: float) -> dict[str, float]:
        """Joint angles of somebody whose hips come down over feet that stay, sharing the bend as in a squat."""
        path = self._template.path
        found: dict[str, float] = {}
        for side, foot in self._feet.items():
            if foot.ground == "free" or f"foot_y_{side}" not in path.features or self._sitting(phase) > 0.5:
                continue
            far = -float(path.at(f"foot_y_{side}", np.array([phase]))[0]) * (THIGH_M + SHANK_M)
            inner = (THIGH_M**2 + SHANK_M**2 - far**2) / (2 * THIGH_M * SHANK_M)
            knee = 180.0 - float(np.degrees(np.arccos(np.clip(inner, -1.0, 1.0))))
            found |= {f"knee_{side}": max(knee, 4.0), f"thigh_forward_{side}": _THIGH_SHARE * knee}
            found |= {"pelvis_y": ANKLE_HIGH_M + far - 0.005, "trunk_forward": 1.0 + _TRUNK_SHARE * knee}
        return found

    def _arm_at_rest(self, phase: float) -> dict[str, float]:
        hands = self._note.hands
        if hands == "ahead":
            return {"arm_forward": 4.0 + 71.0 * phase}
        return {} if hands == "thighs" and self._sitting(phase) < 0.5 else _ARMS.get(hands, {})

    def first_guesses(self, natural: FloatArray) -> list[FloatArray]:
        """From where the start posture may be looked for: natural (J,), the moving limbs in front or behind."""
        ahead, behind = natural.copy(), natural.copy()
        for name in self._template.path.features:
            part, _, side = name.rpartition("_")
            if part.startswith(_OF_ARMS):
                ahead[COLUMN[f"arm_forward_{side}"]] = 70.0
            elif part.startswith(("foot", "hip_f")) and self._feet[side].ground == "free":
                ahead[COLUMN[f"thigh_forward_{side}"]] = 45.0
                behind[COLUMN[f"thigh_forward_{side}"]] = -20.0
        return [natural, ahead, behind]

    def wrong(
        self, phase: float, angles: FloatArray, points: FloatArray, values: FloatArray
    ) -> list[FloatArray]:
        """What is wrong with postures, parts of (N, M): joint angles (N, J), landmarks (N, 33, 3), features (N, F)."""
        return [
            self._targets(phase, angles, values),
            *(self._foot(side, foot, phase, points) for side, foot in self._feet.items()),
            self._weight(phase, points),
            self._hands(phase, points),
            *_inside_itself(points),
            self._anatomy(angles),
        ]

    def _anatomy(self, angles: FloatArray) -> FloatArray:
        """Limits that hold between segments: hips against the trunk, a girdle that goes with its arm, else rests."""
        found = []
        for side in SIDES:
            out, ahead, flexion = (
                angles[:, COLUMN[f"{name}_{side}"]] for name in ("arm_out", "arm_forward", "thigh_forward")
            )
            flexion = flexion + angles[:, COLUMN["trunk_forward"]]
            found.append(np.maximum(flexion - 118.0, 0.0) + np.minimum(flexion + 20.0, 0.0))
            goes_along = angles[:, COLUMN[f"girdle_up_{side}"]] - 0.06 * np.maximum(
                np.hypot(out, ahead) - 30.0, 0.0
            )
            found.append(goes_along / (0.25 if side in self._resting else 5.0))
            if self._feet[side].ground == "sole" and not self._has_path(side, ("foot", "knee", "hip")):
                found.append(
                    (angles[:, COLUMN[f"knee_{side}"]] - _STRAIGHT_DEG) / 2.0 * (1.0 - self._sitting(0.0))
                )
        return np.stack(found, axis=-1)

    def _has_path(self, side: str, parts: tuple[str, ...]) -> bool:
        return any(name.startswith(parts) and name.endswith(side) for name in self._template.path.features)

    def _sitting(self, phase: float) -> float:
        """1 on the seat, 0 off it."""
        if not self._note.seated:
            return 0.0
        path = self._template.path
        heights = [name for name in path.features if name.startswith("foot_y")]
        if not heights:
            return 1.0
        risen = abs(float(path.at(heights[0], np.array([phase]))[0]) - path.features[heights[0]][0])
        return float(np.clip(1 - (risen - 0.01) / 0.08, 0.0, 1.0))

    def _targets(self, phase: float, angles: FloatArray, values: FloatArray) -> FloatArray:
        columns = [
            _reckoned(target, self._asked(target, phase), self._off(target, phase, angles, values))
            for target in self._template.target
        ]
        return np.stack(columns, axis=-1) if columns else np.empty((len(values), 0))

    def _asked(self, target: Target, phase: float) -> tuple[float, float]:
        """How much the value itself and how much the edge of the tolerance is asked for at a phase."""
        if target.role == "range":
            return 0.0, float(np.clip((phase - 0.8) / 0.2, 0.0, 1.0))
        return (0.0 if self._is_placed(target.feature) else 1.5), 1.0

    def _off(self, target: Target, phase: float, angles: FloatArray, values: FloatArray) -> FloatArray:
        """Deviation (N,) from a target, in tolerances; a plane of elevation is told by how far the arm is beside it."""
        wanted = float(np.interp(phase, target.phase, target.value))
        part, _, side = target.feature.rpartition("_")
        if part == "shoulder_plane":
            out, ahead = (angles[:, COLUMN[f"arm_{way}_{side}"]] for way in ("out", "forward"))
            plane = np.radians(wanted)
            return np.asarray((ahead * np.cos(plane) - out * np.sin(plane)) / target.tolerance)
        column = self._columns[target.feature]
        got = values[:, column]
        if target.from_start:
            got = got - (got if self._start_values is None else self._start_values[column])
        return np.asarray((got - wanted) / target.tolerance)

    def _is_placed(self, feature: str) -> bool:
        """Whether a note says what the arm of that feature does."""
        part, _, side = feature.rpartition("_")
        return self._note.hands != "hanging" and side in self._resting and part.startswith(_OF_ARMS)

    def _place(self, side: str, foot: FootNote, phase: float) -> FloatArray | None:
        """Where the ankle's foot is meant to be, body axes, the point on the floor under the ankle."""
        at = foot.at or (HIPS_M / 2, 0.0, 0.0)
        if foot.ground == "free" and foot.at is None:
            return None
        to = foot.to or at
        place = np.array(at) + phase * (np.array(to) - np.array(at))
        lift = foot.lift_m * np.sin(np.pi * phase)
        return np.array([OUTWARD[side] * place[0], place[2] + lift, place[1]])

    def _foot(self, side: str, foot: FootNote, phase: float, points: FloatArray) -> FloatArray:
        ankle, heel, toe = (points[:, INDEX[f"{side}_{part}"]] for part in _FEET)
        floor = self._floor(side, foot)
        parts = [np.minimum(point[:, 1:2] - floor, 0.0) / _FLOOR_M for point in (heel, toe)]
        if foot.ground == "free":
            if foot.at is not None and phase in (0.0, 1.0):
                parts.append((ankle - self._ankle(side, foot, phase)) / (10 * _PLACE_M))
            elif foot.at is not None:
                parts.append((ankle - self._ankle(side, foot, phase)) / 0.03)
            return np.concatenate(parts, axis=1)
        if foot.ground == "slides" and self._start is not None:
            lift = foot.lift_m * np.sin(np.pi * min(phase / _LANDED, 1.0))
            parts += [(point[:, 1:2] - lift) / _FLOOR_M for point in (heel, toe)]
            parts.append((ankle[:, 1:2] - lift - ANKLE_HIGH_M) / _FLOOR_M)
            knee = points[:, INDEX[f"{side}_knee"]]
            parts.append((knee - ankle)[:, 2:] * phase / _UPRIGHT_M)
            if foot.to is not None:
                gone = float(np.clip(phase / _LANDED, 0.0, 1.0))
                parts.append((ankle - self._ankle(side, foot, gone))[:, ::2] / _STEP_M)
            return np.concatenate(parts, axis=1)
        if self._start is None:
            parts.append((ankle - self._ankle(side, foot, phase)) / _PLACE_M)
            level = self._ankle(side, foot, phase)[1] - ANKLE_HIGH_M
            if foot.ground != "toes":
                parts += [(point[:, 1:2] - level) / _PLACE_M for point in (heel, toe)]
            else:
                parts.append((toe[:, 1:2] - level) / _PLACE_M)
            return np.concatenate(parts, axis=1)
        kept = _FEET if foot.ground == "sole" else _FEET[2:]
        for part in kept:
            row = INDEX[f"{side}_{part}"]
            parts.append((points[:, row] - self._start[row]) / _PLACE_M)
        return np.concatenate(parts, axis=1)

    def _ankle(self, side: str, foot: FootNote, phase: float) -> FloatArray:
        place = self._place(side, foot, phase)
        assert place is not None
        return np.asarray(place + np.array([0.0, ANKLE_HIGH_M, 0.0]))

    def _floor(self, side: str, foot: FootNote) -> float:
        return 0.0 if foot.at is None or foot.to is not None else foot.at[2]

    def _weight(self, phase: float, points: FloatArray) -> FloatArray:
        """Centre of mass over the feet that bear, or the pelvis where it sits."""
        seat = self._sitting(phase)
        if self._start is None and self._note.seated:
            return np.asarray((_middle(points, "hip") - _SEAT_PLACE_M) / _PLACE_M)[:, ::2]
        if self._start is not None and seat > 0.99:
            start = _middle(self._start[None], "hip")
            wrong = (_middle(points, "hip") - start) / _PLACE_M
            if any(name.startswith("foot_y") for name in self._template.path.features):
                wrong = wrong[:, ::2]
            return np.asarray(wrong)
        centre = np.sum([share * _middle(points, part) for part, share in _MASSES], axis=0)
        bears = {side: self._bears(foot, phase) for side, foot in self._feet.items()}
        feet = [
            share * (points[:, INDEX[f"{side}_heel"]] + points[:, INDEX[f"{side}_foot_index"]]) / 2
            for side, share in bears.items()
        ]
        wrong = (centre - np.sum(feet, axis=0) / sum(bears.values()))[:, ::2] / _WEIGHT_M
        held = self._note.hands == "chair"
        steps = any(foot.ground == "slides" for foot in self._feet.values())
        return np.asarray(wrong * (1 - seat) * (0.5 if held else 0.3 if steps else 1.0))

    @staticmethod
    def _bears(foot: FootNote, phase: float) -> float:
        """Share of the weight that a foot takes, against the other: one that leaves its place gives it up."""
        if foot.ground != "free":
            return 1.0
        return 0.0 if foot.to is None else 1.0 - phase

    def _hands(self, phase: float, points: FloatArray) -> FloatArray:
        parts = [np.empty((len(points), 0))]
        share = self._sitting(phase) if self._note.hands == "thighs" else 1.0
        for side in self._resting:
            wrist = points[:, INDEX[f"{side}_wrist"]]
            if self._note.hands == "chair":
                if len(self._resting) == 1 or side == "left":
                    outward, up, forward = CHAIR_BACK_M
                    parts.append((wrist - np.array([OUTWARD[side] * outward, up, forward])) / _HELD_M)
            elif self._note.hands in _HAND_PLACES:
                outward, up, forward = _HAND_PLACES[self._note.hands]
                place = points[:, INDEX[f"{side}_hip"]] + np.array([OUTWARD[side] * outward, up, forward])
                parts.append(share * (wrist - place) / (4 * _HELD_M))
        return np.concatenate(parts, axis=1)


_OF_ARMS: Final = ("hand", "elbow", "shoulder")
_ARMS: Final[dict[str, dict[str, float]]] = {
    "hips": {"arm_out": 40.0, "arm_forward": -15.0, "arm_twist": 40.0, "elbow": 95.0},
    "chair": {"arm_out": 22.0, "arm_forward": 5.0, "elbow": 30.0},
    "overhead": {"arm_out": 22.0, "arm_forward": 168.0, "elbow": 5.0},
    "thighs": {"arm_forward": 20.0, "elbow": 60.0},
}


def _reckoned(target: Target, asked: tuple[float, float], off: FloatArray) -> FloatArray:
    """Deviation, growing fast where little of the tolerance is left."""
    wrong = off if target.direction == "above" else -off if target.direction == "below" else np.abs(off)
    return np.asarray(asked[0] * off + np.sign(off) * asked[1] * 20 * np.maximum(wrong - 0.4, 0.0))


def _middle(points: FloatArray, part: str) -> FloatArray:
    """The middle (N, 3) of a landmark of both sides."""
    if part in INDEX:
        return np.asarray(points[:, INDEX[part]])
    return np.asarray((points[:, INDEX[f"left_{part}"]] + points[:, INDEX[f"right_{part}"]]) / 2)


def _inside_itself(points: FloatArray) -> list[FloatArray]:
    """How far (N, M) hands are in the trunk or head, and one leg in the other."""
    hips, neck = _middle(points, "hip"), _middle(points, "shoulder")
    up = unit(neck - hips)
    left = points[:, INDEX["left_shoulder"]] - points[:, INDEX["right_shoulder"]]
    left = unit(left - (left * up).sum(-1, keepdims=True) * up)
    ahead = np.cross(left, up)
    head = (points[:, INDEX["left_ear"]] + points[:, INDEX["right_ear"]]) / 2
    found = []
    for side in SIDES:
        elbow, wrist = points[:, INDEX[f"{side}_elbow"]], points[:, INDEX[f"{side}_wrist"]]
        for share in (0.3, 0.65, 1.0, 1.2):
            point = elbow + share * (wrist - elbow)
            off = point - hips
            along = (off * up).sum(-1) / np.sqrt(((neck - hips) ** 2).sum(-1))
            aside, deep = (off * left).sum(-1) / _TORSO_WIDE_M, (off * ahead).sum(-1) / _TORSO_DEEP_M
            within = np.clip(1 - np.sqrt(aside**2 + deep**2), 0.0, 1.0)
            ends = np.clip((0.5 - np.abs(along - 0.5)) / 0.1 + 1.5, 0.0, 1.0)
            in_head = np.maximum(_HEAD_M - np.sqrt(((point - head) ** 2).sum(-1)), 0.0) / 0.01
            found.append(np.stack([within * ends / 0.04, in_head], axis=-1))
    found.append(_legs_apart(points))
    return found


def _legs_apart(points: FloatArray) -> FloatArray:
    parts = []
    for side, other in (SIDES, SIDES[::-1]):
        knee, ankle = points[:, INDEX[f"{other}_knee"]], points[:, INDEX[f"{other}_ankle"]]
        bone = ankle - knee
        for name in ("knee", "ankle", "foot_index", "heel"):
            off = points[:, INDEX[f"{side}_{name}"]] - knee
            share = np.clip((off * bone).sum(-1) / (bone * bone).sum(-1), -0.5, 1.1)
            gap = np.sqrt(((off - share[:, None] * bone) ** 2).sum(-1))
            parts.append(np.maximum(_LEG_M - gap, 0.0) / 0.01)
    return np.stack(parts, axis=-1)
