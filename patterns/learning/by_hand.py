"""An exercise made by hand: a start and an end posture in degrees, moved between as a person does, as a recording.

The figure stands on the floor: the foot that is lower keeps its place, whatever the joints above it do, and no foot is
under the floor. Of two feet alike the middle between them keeps its place.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

import numpy as np

from base.errors import RequestError
from patterns.features.signals import SIDES
from patterns.features.table import FEATURES
from patterns.figure.body import COLUMN, JOINTS, body, pose_frame, turned
from patterns.learning.demonstration import DemonstrationError, demonstration
from patterns.learning.learn import learn_template
from patterns.learning.repetition_finder import FoundRep
from patterns.segmentation.dwell import course
from patterns.templates.edits import as_version
from patterns.templates.template import RepRule, Side, Template
from vision.pose import INDEX, FloatArray, PoseSequence

WAY_S: Final = (0.5, 10.0)
HOLD_S: Final = (0.0, 15.0)
"""Seconds that a way and a hold may take."""

SOURCE: Final = "Made by hand from two postures; limits are proposed, for a therapist to tune."
REST_S: Final = 2.0
RATE_HZ: Final = 30.0
TURNED_DEG: Final = {"front": 0.0, "side": -80.0}
"""How far the figure is turned to its right before the camera, its right side in front."""

_PLACED: Final = ("pelvis_x", "pelvis_y", "pelvis_z")
_STEPS: Final = 201
_ALIKE_M: Final = 1e-6
"""Two ankles that differ less in height bear alike."""


class HandMadeError(RequestError):
    """A posture or a time that the figure cannot do; the message names it, what was expected and what was got."""


@dataclass(frozen=True)
class Slider:
    """What an author may set: a joint of figure_body.JOINTS by its plain name, + what the name says.

    group: of GROUPS. two_sided: whether it may be set where both sides do the same.
    """

    group: str
    joint: str
    name: str
    two_sided: bool = True

    @property
    def natural(self) -> float:
        """Where it is when nobody sets it, degrees."""
        return JOINTS[COLUMN[self.joint]].natural

    @property
    def limits(self) -> tuple[float, float]:
        """The lowest and the highest value, degrees."""
        joint = JOINTS[COLUMN[self.joint]]
        return joint.lowest, joint.highest


GROUPS: Final[dict[str, tuple[str, bool]]] = {
    "arm": ("Arm and shoulder", True),
    "leg": ("Leg and foot", True),
    "trunk": ("Trunk and pelvis", True),
    "other_arm": ("Other arm and shoulder", False),
    "other_leg": ("Other leg and foot", False),
}
"""Groups of sliders: what each is called, and whether it is there where both sides do the same; all are otherwise."""

_ARM: Final = (
    ("arm_out", "Arm out to the side"),
    ("arm_forward", "Arm forward"),
    ("arm_twist", "Arm turned in"),
    ("elbow", "Elbow bent"),
    ("girdle_up", "Shoulder lifted"),
    ("girdle_forward", "Shoulder forward"),
)
_LEG: Final = (
    ("thigh_forward", "Thigh forward"),
    ("thigh_out", "Leg out to the side"),
    ("thigh_twist", "Leg turned out"),
    ("knee", "Knee bent"),
    ("ankle", "Toes pulled up"),
)
SLIDERS: Final[tuple[Slider, ...]] = (
    *(Slider("arm", f"{joint}_right", name) for joint, name in _ARM),
    *(Slider("leg", f"{joint}_right", name) for joint, name in _LEG),
    Slider("trunk", "trunk_forward", "Bent forward"),
    Slider("trunk", "trunk_lean", "Bent to the left", two_sided=False),
    Slider("trunk", "trunk_turn", "Turned to the right", two_sided=False),
    Slider("trunk", "pelvis_tilt", "Left hip lifted", two_sided=False),
    *(Slider("other_arm", f"{joint}_left", name, two_sided=False) for joint, name in _ARM),
    *(Slider("other_leg", f"{joint}_left", name, two_sided=False) for joint, name in _LEG),
)
"""Everything that an author may set, for an exercise of the right side or of both (the left side is its mirror)."""


@dataclass(frozen=True)
class HandMade:
    """An exercise by its two postures.

    start, end: values by names of figure_body.JOINTS, degrees; what is left out is natural. out_s, hold_s, back_s:
    seconds of the way out, at the end posture and of the way back. both: the left limbs do what the right ones do,
    and only the right ones are set. Raises HandMadeError where a value is none that the figure can do.
    """

    start: Mapping[str, float]
    end: Mapping[str, float]
    out_s: float
    hold_s: float
    back_s: float
    view: Literal["front", "side"]
    both: bool

    def __post_init__(self) -> None:
        for which, values in (("start", self.start), ("end", self.end)):
            for name, value in values.items():
                _check_joint(which, name, value, both=self.both)
        for which, value, limits in (
            ("out_s", self.out_s, WAY_S),
            ("hold_s", self.hold_s, HOLD_S),
            ("back_s", self.back_s, WAY_S),
        ):
            _check_within(which, value, *limits, "s")
        whole_s, longest_s = self.out_s + self.hold_s + self.back_s, RepRule().longest_s
        if whole_s > longest_s:
            raise HandMadeError(f"out_s, hold_s and back_s: expected {longest_s:g} s in all, got {whole_s:g}")

    @property
    def side(self) -> Side:
        """The side that moves."""
        return "both" if self.both else "right"


def _check_joint(which: str, name: str, value: float, *, both: bool) -> None:
    free = [joint.name for joint in JOINTS if joint.name not in _PLACED]
    if name not in free:
        close = difflib.get_close_matches(name, free, n=1)
        nearest = close[0] if close else ", ".join(free)
        raise HandMadeError(f"{which}: {name!r} is no joint that can be set; did you mean {nearest}?")
    if both and name.endswith("_left"):
        other = name.replace("_left", "_right")
        raise HandMadeError(f"{which}: {name} follows {other} where both sides move; set that one")
    joint = JOINTS[COLUMN[name]]
    _check_within(f"{which}: {name}", value, joint.lowest, joint.highest, "degrees")


def _check_within(what: str, value: float, lowest: float, highest: float, unit: str) -> None:
    if not lowest <= value <= highest:  # which NaN is not either
        raise HandMadeError(f"{what}: expected {lowest:g} to {highest:g} {unit}, got {value:g}")


def figure_at(made: HandMade, shares: FloatArray) -> FloatArray:
    """Landmarks (N, 33, 3) at shares (N,) 0..1 of the way from start to end; axes as patterns.figure.body.body."""
    even = np.linspace(0.0, 1.0, _STEPS)
    moved = _floor_shift(body(_angles(made, even)))
    points = body(_angles(made, shares))
    for axis in (0, 2):
        points[..., axis] += np.interp(shares, even, moved[:, axis])[:, None]
    points[..., 1] -= _lowest(points)[:, None]
    return points


def performed(made: HandMade, count: int = 3) -> tuple[PoseSequence, tuple[FoundRep, ...]]:
    """The figure doing the exercise some times, with rests between, and when: a recording and its repetitions."""
    whole_s = made.out_s + made.hold_s + made.back_s
    starts = [REST_S + k * (whole_s + REST_S) for k in range(count)]
    t_s = np.arange(round((REST_S + count * (whole_s + REST_S)) * RATE_HZ)) / RATE_HZ
    shares = np.array([max((_share(made, float(t) - start) for start in starts), default=0.0) for t in t_s])
    points = turned(figure_at(made, shares), TURNED_DEG[made.view])
    poses = PoseSequence.from_frames(pose_frame(points[k], float(time_s)) for k, time_s in enumerate(t_s))
    reps = tuple(FoundRep(s, s + made.out_s, s + made.out_s + made.hold_s, s + whole_s) for s in starts)
    return poses, reps


def learned(made: HandMade, template_id: str, title: str) -> Template:
    """The template of the exercise, by the same engine as from demonstrations.

    Raises DemonstrationError with one line where nothing moves far enough, only the other side does, or the view
    cannot show it.
    """
    poses, reps = performed(made)
    template = learn_template([demonstration(poses, made.side, reps)], template_id, title, made.side)
    hidden = [name for name in template.path.features if made.view not in FEATURES[name].views]
    if hidden:
        raise DemonstrationError(
            f"a camera at the {made.view} cannot show {', '.join(hidden).replace('_', ' ')}; choose another view"
        )
    return as_version(template, template.version, SOURCE)


def _share(made: HandMade, since_s: float) -> float:
    """How far on its way a repetition is that began so many seconds ago; 0 before and after it."""
    leave_s = made.out_s + made.hold_s
    if since_s <= leave_s:
        return course(since_s / made.out_s)
    return 1.0 - course((since_s - leave_s) / made.back_s)


def _angles(made: HandMade, shares: FloatArray) -> FloatArray:
    """Values of JOINTS (N, J) at shares (N,) of the way."""
    start, end = (_values(posture, both=made.both) for posture in (made.start, made.end))
    return np.asarray(start + shares[:, None] * (end - start))


def _values(posture: Mapping[str, float], *, both: bool) -> FloatArray:
    """A whole posture (J,)."""
    values = np.array([joint.natural for joint in JOINTS])
    for name, value in posture.items():
        values[COLUMN[name]] = value
        if both and name.endswith("_right"):
            values[COLUMN[name.replace("_right", "_left")]] = value
    return values


def _lowest(points: FloatArray) -> FloatArray:
    """Height (N,) of the lowest point of either foot."""
    soles = [INDEX[f"{side}_{part}"] for side in SIDES for part in ("heel", "foot_index")]
    return np.asarray(points[:, soles, 1].min(axis=1))


def _floor_shift(points: FloatArray) -> FloatArray:
    """By how much (N, 3) a way of postures is to be moved over the floor, so that the lower foot stays where it was.

    Told step by step, so that the foot that becomes the lower one stays from there on.
    """
    ankles = points[:, [INDEX[f"{side}_ankle"] for side in SIDES]]
    higher = ankles[:, 0, 1] - ankles[:, 1, 1]
    left = np.where(np.abs(higher) < _ALIKE_M, 0.5, (higher < 0).astype(float))
    shift = np.zeros((len(points), 3))
    for i, j in pairwise(range(len(points))):
        share = (left[i] + left[j]) / 2
        step = share * (ankles[j, 0] - ankles[i, 0]) + (1 - share) * (ankles[j, 1] - ankles[i, 1])
        shift[j] = shift[i] - step
    return shift
