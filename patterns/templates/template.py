"""What an exercise is: a template, pure data, checked when made.

A template is written once, for the right side or for both; the left is made by mirroring. Phase runs from 0 at the
start posture to 1 at the end posture.
"""

from __future__ import annotations

import re
from collections.abc import Container
from itertools import pairwise
from typing import Annotated, Final, Literal

import numpy as np
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from base.characters import one_line
from patterns.features.signals import View
from patterns.features.table import FEATURES
from patterns.templates.plain_text import plain_sentence, plain_title
from vision.pose import INDEX, FloatArray

Side = Literal["left", "right", "both"]
FAULT_IDS: Final = (
    "reduced_range",
    "trunk_lean",
    "trunk_forward_lean",
    "trunk_rotation",
    "shoulder_hike",
    "elbow_bend",
    "knee_bend",
    "wrong_path",
    "too_fast",
    "too_slow",
    "jerky",
    "knee_valgus",
    "weight_shift",
    "heel_lift",
    "hip_hike",
    "incomplete_return",
    "asymmetry",
)
"""The fixed vocabulary of fault ids, the same across templates."""

FAMILIES: Final = {
    "pnf-arm": "PNF, one arm",
    "pnf-both-arms": "PNF, both arms",
    "pnf-trunk": "PNF, trunk",
    "pnf-girdle": "PNF, shoulder blade and pelvis",
    "pnf-leg": "PNF, one leg",
    "arm": "Arm",
    "legs": "Legs and balance",
    "own": "Own exercises",
}
"""Kinds of exercise, in the order in which they are offered, and what they are called."""

ALWAYS_JUDGED: Final = ("reduced_range", "incomplete_return", "too_fast", "too_slow", "jerky")
"""Faults that every template can raise, whatever its targets."""

LARGEST: Final = 10_000.0
"""No number of a template is larger: of degrees, limb lengths and seconds."""

MOST_KNOTS: Final = 200
Positive = Annotated[float, Field(gt=0, le=LARGEST)]
Number = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]
Share = Annotated[float, Field(ge=0, le=1)]
TemplateId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Sentence = Annotated[
    str, Field(min_length=3, max_length=240), AfterValidator(one_line), AfterValidator(plain_sentence)
]
Title = Annotated[Sentence, AfterValidator(plain_title)]
LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
_PLACE: Final = re.compile(r"\{\w*\}")


class Record(BaseModel):
    """Data of the library: frozen, without unknown keys, every number finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _known(name: str, table: Container[str], what: str) -> str:
    if name not in table:
        raise ValueError(f"unknown {what} {name!r}")
    return name


def _phases(phase: tuple[float, ...], *, whole: bool) -> tuple[float, ...]:
    if len(phase) > MOST_KNOTS:
        raise ValueError(f"phase must have at most {MOST_KNOTS} knots, it has {len(phase)}")
    if len(phase) < 2 or any(b <= a for a, b in pairwise(phase)):
        raise ValueError("phase must rise from knot to knot, two knots or more")
    if phase[0] < 0 or phase[-1] > 1 or (whole and (phase[0] != 0 or phase[-1] != 1)):
        raise ValueError("phase must run from 0 to 1")
    return phase


class Path(Record):
    """The way the movement is followed: knots over phase of a few features, and how far off it still counts.

    features: names to knot values, as many as there are phases. scale: each feature's weight as the deviation that
    counts as one. off_path: distance (in scales) beyond which the posture is not on this path at all. own_start:
    features whose start is the person's own (the height of their chair), with the [lowest, highest] it may have, short
    of the path's end.
    """

    phase: tuple[float, ...]
    features: dict[str, tuple[Number, ...]]
    scale: dict[str, Positive]
    off_path: Positive
    own_start: dict[str, tuple[Number, Number]] = {}

    @field_validator("phase")
    @classmethod
    def _phase(cls, phase: tuple[float, ...]) -> tuple[float, ...]:
        return _phases(phase, whole=True)

    @model_validator(mode="after")
    def _knots(self) -> Path:
        if not self.features:
            raise ValueError("features must name at least one feature")
        for name, knots in self.features.items():
            _known(name, FEATURES, "feature")
            if len(knots) != len(self.phase):
                raise ValueError(f"{name} has {len(knots)} knots, phase has {len(self.phase)}")
            if name not in self.scale:
                raise ValueError(f"scale lacks {name}")
        for name, (lowest, highest) in self.own_start.items():
            if name not in self.features or not lowest < highest:
                raise ValueError(f"own_start: {name} must be a path feature with lowest < highest")
            if lowest <= self.features[name][-1] <= highest:
                raise ValueError(
                    f"own_start: {name} must not reach the end of the path, {self.features[name][-1]}"
                )
        return self

    def at(self, name: str, phase: FloatArray) -> FloatArray:
        """The path's value of a feature at phases (N,)."""
        return np.asarray(np.interp(phase, self.phase, self.features[name]))


class RepRule(Record):
    """When a movement counts.

    start_zone: progress up to which the posture is the start posture. end_zone: progress that makes it a repetition;
    full_reach: progress that is the whole range; attempt_zone: progress below which it was nothing at all.
    hysteresis: progress by which a movement must turn before it has turned. shortest_s and longest_s: duration of a
    whole repetition. may_stay: the last movement of a set counts although it never came back (who has stood up need
    not sit down again).
    """

    start_zone: Share = 0.25
    end_zone: Share = 0.6
    full_reach: Annotated[float, Field(gt=0, lt=1)] = 0.8
    attempt_zone: Share = 0.3
    hysteresis: Annotated[float, Field(gt=0.02, lt=0.5)] = 0.12
    shortest_s: Positive = 0.5
    longest_s: Positive = 25.0
    may_stay: bool = False
    ready_s: Annotated[float, Field(ge=0.5, le=10)] = 2.0

    @model_validator(mode="after")
    def _order(self) -> RepRule:
        if not self.start_zone < self.attempt_zone <= self.end_zone:
            raise ValueError("start_zone < attempt_zone <= end_zone must hold")
        return self


class Tempo(Record):
    """Seconds that the way out and the way back may take: [shortest, longest]."""

    out_s: tuple[Positive, Positive]
    back_s: tuple[Positive, Positive]

    @model_validator(mode="after")
    def _order(self) -> Tempo:
        if self.out_s[0] >= self.out_s[1] or self.back_s[0] >= self.back_s[1]:
            raise ValueError("shortest must be below longest")
        return self


class Target(Record):
    """One thing to judge along the movement.

    role: range (the end posture is to be reached) or control (a band to stay in). phase, value: knots; tolerance:
    deviation that is still good; span: further deviation at which the score is 0; steady: how far a repetition of
    control may depart from the person's own others, 0.3 of the tolerance unless given. direction: which deviation is
    wrong. from_start: the value is the change since the start posture, which cancels a person's own offset.
    weight: its share among the targets of its role. fault: raised beyond tolerance plus error.
    """

    feature: str
    role: Literal["range", "control"]
    phase: tuple[float, ...]
    value: tuple[Number, ...]
    tolerance: Positive
    span: Positive
    steady: Positive | None = None
    direction: Literal["above", "below", "both"] = "both"
    from_start: bool = False
    weight: Positive = 1.0
    fault: str
    views: tuple[View, ...] | None = None

    @field_validator("phase")
    @classmethod
    def _phase(cls, phase: tuple[float, ...]) -> tuple[float, ...]:
        return _phases(phase, whole=False)

    @field_validator("feature")
    @classmethod
    def _feature(cls, name: str) -> str:
        return _known(name, FEATURES, "feature")

    @field_validator("fault")
    @classmethod
    def _fault(cls, name: str) -> str:
        return _known(name, FAULT_IDS, "fault")

    @model_validator(mode="after")
    def _knots(self) -> Target:
        if len(self.value) != len(self.phase):
            raise ValueError(f"value has {len(self.value)} knots, phase has {len(self.phase)}")
        return self

    def at(self, phase: FloatArray) -> FloatArray:
        """The target's value at phases (N,); NaN outside its knots."""
        return np.asarray(np.interp(phase, self.phase, self.value, left=np.nan, right=np.nan))

    @property
    def told_in(self) -> tuple[View, ...]:
        """Views in which this target may be judged."""
        return FEATURES[self.feature].views if self.views is None else self.views


class PathTarget(Record):
    """How close the path itself is to be kept: mean distance from it in scales of the path."""

    tolerance: Positive
    span: Positive
    weight: Positive = 1.0


class CueRule(Record):
    """What is said when a fault is found. priority 1 comes first; {value} and {limit} stand for the numbers.

    For a fault that needs no words of its own the common sentence is taken (patterns/data/sentences.toml).
    """

    fault: str
    priority: Annotated[int, Field(ge=1, le=99)]
    text: Sentence

    @field_validator("fault")
    @classmethod
    def _fault(cls, name: str) -> str:
        return _known(name, FAULT_IDS, "fault")


class Template(Record):
    """An exercise: what it is, how to set up, its path, what counts, what is judged and what is said.

    family: one of FAMILIES. side: "right" is written for the right side and mirrored for the left, "both" moves both
    sides alike. alternates: one-sided movements may also be done in turns, left and right as it comes. translations:
    language code to this template's own sentences and what each is in that language, with the same {value} and {limit}.
    """

    schema_: Annotated[Literal["diagonal.template/1"], Field(alias="schema")]
    id: TemplateId
    title: Title
    family: str = "own"
    version: Annotated[int, Field(ge=1)]
    source: Sentence
    view: Literal["front", "side", "any"]
    side: Literal["right", "both"]
    alternates: bool = False
    start: Sentence
    camera: Sentence
    command: Sentence
    praise: Sentence = "Good - that one was right."
    required: tuple[str, ...]
    not_measured: dict[str, Sentence] = {}
    path: Path
    rep: RepRule = RepRule()
    tempo: Tempo
    path_target: PathTarget | None = None
    target: tuple[Target, ...]
    cue: tuple[CueRule, ...] = ()
    range_weight: Share = 0.5
    translations: dict[LanguageCode, dict[str, Sentence]] = {}
    sha256: str = ""

    @field_validator("family")
    @classmethod
    def _family(cls, name: str) -> str:
        return _known(name, FAMILIES, "family")

    @field_validator("required")
    @classmethod
    def _required(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_known(name, INDEX, "landmark") for name in names)

    @model_validator(mode="after")
    def _every_fault_has_a_cue(self) -> Template:
        missing = sorted(self.raised - {c.fault for c in self.cue})
        if missing:
            raise ValueError(f"cue: no sentence for {', '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _translations_are_of_own_sentences(self, info: ValidationInfo) -> Template:
        for code, told in self.translations.items():
            for sentence, text in told.items():
                if sentence not in self.sentences:
                    raise ValueError(
                        f"translations.{code}: {sentence[:60]!r} is no sentence of this template"
                    )
                if sentence == self.title:
                    plain_title(text, info)
                wanted, got = (sorted(_PLACE.findall(part)) for part in (sentence, text))
                if wanted != got:
                    raise ValueError(
                        f"translations.{code}: {text[:60]!r}: expected the values {', '.join(wanted) or 'none'}, "
                        f"got {', '.join(got) or 'none'}"
                    )
        return self

    @property
    def raised(self) -> frozenset[str]:
        """The faults that it can raise."""
        path = () if self.path_target is None else ("wrong_path",)
        return frozenset((*(t.fault for t in self.target), *ALWAYS_JUDGED, *path))

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything that it says to a person, once each: what translations may be of."""
        own = (self.title, self.start, self.camera, self.command, self.praise)
        return tuple(dict.fromkeys([*own, *(c.text for c in self.cue), *self.not_measured.values()]))

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides on which it can be asked for."""
        if self.side == "both":
            return ("both",)
        return ("left", "right", "both") if self.alternates else ("left", "right")

    @property
    def moving(self) -> tuple[str, ...]:
        """The landmarks that travel: the wrists of moving arms, the knee of one moving leg, the shoulders over two."""
        sides = [(name, name.rpartition("_")[2]) for name in self.path.features]
        arms = sorted({side for name, side in sides if name.startswith(("hand", "elbow", "shoulder"))})
        legs = sorted({side for name, side in sides if name.startswith(("foot", "knee", "hip"))})
        if arms:
            return tuple(f"{side}_wrist" for side in arms)
        return (f"{legs[0]}_knee",) if len(legs) == 1 else ("left_shoulder", "right_shoulder")

    @property
    def can_be_seated(self) -> bool:
        """Whether it may be done sitting: nothing below the hips is needed or followed."""
        below = ("foot", "knee", "ankle", "hip_", "pelvis")
        return not any(part in name for name in (*self.required, *self.path.features) for part in below)

    @property
    def needs_both_arms(self) -> bool:
        """Whether both arms travel."""
        return sum(part.endswith("wrist") for part in self.moving) == 2

    @property
    def setup(self) -> str:
        """How to stand and where the camera goes."""
        return f"{self.start} {self.camera}"

    @property
    def features(self) -> tuple[str, ...]:
        """Every feature the template needs, once each."""
        return tuple(dict.fromkeys([*self.path.features, *(t.feature for t in self.target)]))
