"""The words of the live socket: frames up, one JSON text down for each.

Up, binary: the capture time (float64, little endian, seconds in the browser's clock), then a JPEG. Up, text: JSON
requests of the types below. Down, text: `hello`, `wait` (number in line), `begun`, `setup`, `update`, `told`, `silent`
(no picture comes), `error`, `finished` (with the reason where the page did not ask for it). Landmarks are 66 whole
pixels of the picture sent, x and y in turn, null where not seen.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from patterns.programs.technique import OWN_PACE
from patterns.templates.library import sided
from patterns.templates.template import Side, Template
from scoring.coach.feedback import Stage
from scoring.records.records import RepScore, Update
from scoring.setup.guide import GuideFrame
from ui.live.clock import LiveMessageError
from vision.analysis.frame_analyzer import Looked
from vision.pose import BONES, INDEX, FloatArray, PoseFrame
from vision.render.drawing import VISIBLE

MAX_FRAME_BYTES: Final = 1_000_000
MAX_REQUEST_CHARACTERS: Final = 4000
"""Longer text is not parsed: a nested one of 26 million characters would keep everybody waiting for minutes."""
MAX_TICKET_CHARACTERS: Final = 2000
"""Room for the longest login (ui.signin.clinic), at four bytes a character."""
_TIME: Final = struct.Struct("<d")
_ARM: Final = ("shoulder", "elbow", "wrist", "hand")


class Begin(BaseModel):
    """Start a set.

    feedback: a stage, or fade: as many sets as the person has done say. goal: repetitions after which the set is over,
    seconds: time after which it is, from the first start posture on.
    sides_known, mirrored: what an earlier set-up found with this camera. hand: the one that is raised in the set-up.
    technique: that paces the set. ticket: as whom it is kept, as the page was told.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    type: Literal["begin"]
    pattern: str = Field(max_length=80)
    side: Side
    source: Literal["live", "demo"]
    language: str = Field(default="en", pattern="^[a-z]{2}$")
    feedback: Stage | Literal["fade"] = "fade"
    goal: int | None = Field(default=None, ge=1, le=100)
    seconds: float | None = Field(default=None, gt=0, le=600)
    technique: str = Field(default=OWN_PACE, max_length=80)
    ticket: str = Field(default="", max_length=MAX_TICKET_CHARACTERS)
    sides_known: bool = False
    mirrored: bool = False
    hand: Literal["left", "right"] = "right"


class Finish(BaseModel):
    """End the set and save it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    type: Literal["finish"]


class Ask(BaseModel):
    """Tell me how I did."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    type: Literal["ask"]


class Skip(BaseModel):
    """Begin without what the set-up still waits for."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    type: Literal["skip"]


Request = Begin | Finish | Ask | Skip
_REQUEST: Final[TypeAdapter[Request]] = TypeAdapter(Request)


@dataclass(frozen=True)
class Timings:
    """Milliseconds that a frame spent at each step on this side.

    wait_ms: until work on it began. pipe_ms: on the way to the process that looks at it and back. coach_ms: from
    smoothing to cue. guide_ms: what is to be drawn, and the message.
    """

    wait_ms: float
    decode_ms: float
    pose_ms: float
    correct_ms: float
    pipe_ms: float
    coach_ms: float
    guide_ms: float
    store_ms: float

    @classmethod
    def of(
        cls,
        received_s: float,
        began_s: float,
        looked: Looked,
        ends_s: tuple[float, float, float, float],
    ) -> Timings:
        """From the times at which look, coach, guide and store ended, and what the look says of its own parts."""
        parts = (looked.decode_ms, looked.pose_ms, looked.correct_ms)
        away_ms = 1000 * (ends_s[0] - began_s) - sum(parts)
        after = (1000 * (end_s - start_s) for start_s, end_s in pairwise(ends_s))
        return cls(1000 * (began_s - received_s), *parts, away_ms, *after)

    def message(self) -> dict[str, float]:
        """As the page takes them."""
        return {name: round(value, 1) for name, value in vars(self).items()}


def read_frame(data: bytes) -> tuple[float, bytes]:
    """Capture time in seconds (any float, to be checked) and the JPEG. Raises LiveMessageError."""
    if len(data) > MAX_FRAME_BYTES:
        raise LiveMessageError(f"frame: expected at most {MAX_FRAME_BYTES} bytes, got {len(data)}")
    if len(data) <= _TIME.size:
        raise LiveMessageError(f"frame: expected 8 bytes of time and a JPEG, got {len(data)} bytes")
    (capture_s,) = _TIME.unpack_from(data)
    return capture_s, data[_TIME.size :]


def read_request(text: str) -> Request:
    """What the page asks for. Raises LiveMessageError for anything else."""
    try:
        return _REQUEST.validate_json(text if len(text) <= MAX_REQUEST_CHARACTERS else "")
    except ValidationError as error:
        raise LiveMessageError(
            "text: expected a request to begin (pattern, side, source), skip, ask or finish; frames are binary"
        ) from error


def written(message: Mapping[str, Any]) -> str:
    """The message as compact JSON without NaN."""
    return json.dumps(message, separators=(",", ":"), allow_nan=False)


def update_message(update: Update) -> dict[str, Any]:
    """What the Coach made of a frame."""
    return {
        "type": "update",
        "t_s": round(update.t_s, 4),
        "size_wh": list(update.pose.size_wh),
        "landmarks": landmark_pixels(update.pose),
        "state": update.state,
        "message": update.message,
        "progress": None if update.progress is None else round(update.progress, 3),
        "arms_in_s": None if update.arms_in_s is None else round(update.arms_in_s, 2),
        "repetitions": update.repetitions,
        "attempts": update.attempts,
        "closed": None if update.closed is None else rep_message(update.closed),
    }


def rep_message(rep: RepScore) -> dict[str, Any]:
    """A repetition or attempt in short; scores are whole numbers, None where too little was seen."""
    scores = {name: getattr(rep, name) for name in ("total", "range", "control")}
    return {
        "index": rep.index,
        "kind": rep.kind,
        "reason": rep.reason,
        **{name: None if score is None else round(score) for name, score in scores.items()},
    }


def landmark_pixels(pose: PoseFrame) -> list[int | None]:
    """66 whole pixels, x and y in turn; None where a landmark is not seen well enough to be drawn."""
    seen = np.isfinite(pose.xy_px).all(axis=1) & (pose.visibility >= VISIBLE)
    flat: list[int | None] = []
    for (x, y), visible in zip(pose.xy_px, seen, strict=True):
        flat += [round(float(x)), round(float(y))] if visible else [None, None]
    return flat


def guide_message(frame: GuideFrame | None) -> dict[str, Any] | None:
    """What leads the movement, in whole pixels: ways (line: x and y in turn) and angles at joints."""
    if frame is None:
        return None
    ways = [
        {
            "line": np.rint(way.line).astype(int).ravel().tolist(),
            "width": round(way.half_width),
            "at": _whole(way.part),
            "next": _whole(way.following),
            "target": _whole(way.target),
            "inside": way.inside,
        }
        for way in frame.ways
    ]
    return {
        "ways": ways,
        "arcs": [{"rows": a.rows, "deg": a.angle_deg, "inside": a.inside} for a in frame.arcs],
    }


def _whole(point: FloatArray) -> list[int]:
    return [round(float(value)) for value in point]


def bone_roles(template: Template, side: Side) -> list[tuple[int, int, str]]:
    """Rows of both ends of each bone and whether it is trunk, working or resting.

    The limbs that work are those by which the template follows the movement; the hip line where it follows the pelvis.
    """
    return bones_of([name for judged in sided(template, side).values() for name in judged.path.features])


def bones_of(followed: Sequence[str]) -> list[tuple[int, int, str]]:
    """As bone_roles, for a movement that is followed by these features."""
    working = {(name.rpartition("_")[2], _limb(name)) for name in followed}
    hips = {"left_hip", "right_hip"} if "pelvis_tilt" in followed else set()
    return [(INDEX[a], INDEX[b], "working" if {a, b} == hips else _role(a, b, working)) for a, b in BONES]


def _limb(name: str) -> str:
    return "arm" if name.startswith(_ARM) else "leg"


def _role(a: str, b: str, working: set[tuple[str, str]]) -> str:
    (side_a, part_a), (side_b, part_b) = a.split("_", 1), b.split("_", 1)
    if side_a != side_b or {part_a, part_b} == {"shoulder", "hip"}:
        return "trunk"
    return "working" if (side_a, _limb(part_a)) in working else "resting"
