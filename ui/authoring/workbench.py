"""The exercise that somebody is making on this page: its recordings, what was proposed, and what was changed since."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from patterns.features.signals import SIDES
from patterns.features.table import FeatureTable, feature_table
from patterns.learning.demonstration import Demonstration, demonstration
from patterns.learning.repetition_finder import find_repetitions, movement_curve
from patterns.templates import edits as changes
from patterns.templates.errors import TemplateError
from patterns.templates.template import Side, Template
from sessions.store.exercises import Lesson, Origin, OwnExercise
from ui.authoring.timeline_editor import Marked
from ui.widgets.text_only import st
from vision.pose import FloatArray, PoseSequence

_BENCH: Final = "author-bench"
Key = tuple[str, ...]
"""What was changed: a kind of EDITS and of what."""


@dataclass
class Take:
    """One recording on the bench.

    about: by which it is known from others. marked: its repetitions, by the side that was asked for. turned: whether
    the posture in which it rests is the far end.
    """

    about: str
    name: str
    poses: PoseSequence
    person_id: int | None = None
    marked: dict[Side, tuple[Marked, ...]] = field(default_factory=dict)
    _seen: dict[Side, Demonstration] = field(default_factory=dict, repr=False)
    turned: bool = False

    def seen(self, side: Side) -> Demonstration:
        """The recording as if the right side did it, with the repetitions found; made once."""
        if side not in self._seen:
            self._seen[side] = demonstration(self.poses, side)
            self.marked.setdefault(side, tuple(Marked(rep) for rep in self._seen[side].reps))
        return self._seen[side]

    def turn_round(self) -> None:
        """Take the far end for the start posture, and find the repetitions anew."""
        self.turned = not self.turned
        for side, seen in self._seen.items():
            found = find_repetitions(seen.table, as_right(side), turned=self.turned)
            self.marked[side] = tuple(Marked(rep) for rep in found)

    def curve(self, side: Side) -> tuple[FloatArray, FloatArray]:
        """Seconds (N,) and the movement (N,) that its repetitions were found by."""
        table: FeatureTable = self.seen(side).table
        return movement_curve(table, as_right(side), turned=self.turned)

    def lesson(self, side: Side) -> Lesson:
        """The recording with the repetitions that are used."""
        self.seen(side)
        kept = tuple(one.rep for one in self.marked[side] if one.kept)
        return Lesson(self.name, side, self.poses, kept, self.person_id)


@dataclass
class Bench:
    """What is being made.

    proposed: the template as it was learned, made by hand or read; None before. edits: what was changed of it.
    based_on: the version that is changed; by_hand: what was set by hand; lessons: what it was made from.
    """

    origin: Origin = "shown"
    title: str = ""
    side: Side = "right"
    takes: list[Take] = field(default_factory=list)
    proposed: Template | None = None
    edits: dict[Key, Any] = field(default_factory=dict)
    based_on: OwnExercise | None = None
    by_hand: dict[str, Any] = field(default_factory=dict)
    lessons: tuple[Lesson, ...] = ()

    @property
    def template(self) -> Template:
        """The template as it was changed. Raises TemplateError for a change that is not possible."""
        assert self.proposed is not None
        return edited(self.proposed, self.edits)

    def propose(self, template: Template, lessons: Sequence[Lesson]) -> None:
        """Begin anew from a template."""
        self.proposed, self.lessons = template, tuple(lessons)
        self.edits.clear()

    def change(self, key: Key, value: Any, unchanged: Any) -> str:
        """Note one change, or that there is none; why it is not possible, empty where it is."""
        before = self.edits.pop(key, None)
        if value != unchanged:
            self.edits[key] = value
        try:
            _ = self.template
        except TemplateError as error:
            self.edits.pop(key, None)
            if before is not None:
                self.edits[key] = before
            return str(error)
        return ""


EDITS: Final[dict[str, Callable[..., Template]]] = {
    "knots": lambda template, value, feature, fault: changes.with_knots(
        template, feature, value, fault or None
    ),
    "range": lambda template, value, feature: changes.with_range(template, feature, *value),
    "limit": lambda template, value, fault, feature, direction: changes.with_limit(
        template, fault, feature, value, direction=direction or None
    ),
    "left-out": lambda template, value, fault, feature, direction: changes.without(
        template, fault, feature, direction or None
    ),
    "unseen": lambda template, value, name: changes.with_not_measured(template, name, value),
    "tempo": lambda template, value: changes.with_tempo(template, *value),
    "rep": lambda template, value, name: changes.with_rep(template, **{name: value}),
    "words": lambda template, value, name: changes.with_words(template, **{name: value}),
    "cue": lambda template, value, fault: changes.with_cue(template, fault, *value),
    "said": lambda template, value, language, sentence: changes.with_translation(
        template, language, sentence, value
    ),
}
"""Kinds of change, in the order in which they are made; called with the template, the new value and of what it is."""


def edited(template: Template, edits: Mapping[Key, Any]) -> Template:
    """The template with all that was changed. Raises TemplateError.

    A translation of a sentence that was changed since is left out.
    """
    order = list(EDITS)
    for key, value in sorted(edits.items(), key=lambda pair: order.index(pair[0][0])):
        if key[0] == "said" and key[2] not in template.sentences:
            continue
        template = EDITS[key[0]](template, value, *key[1:])
    return template


def as_right(side: Side) -> Side:
    """The side by which the table of a demonstration is read, in which the right side does what the left did."""
    return "both" if side == "both" else "right"


def begun(key: str, value: object) -> str:
    """The key of a widget that begins with a value; what somebody sets it to stays, without it being made anew."""
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def bench() -> Bench:
    """What this page is making; an empty one at first."""
    made: Bench = st.session_state.setdefault(_BENCH, Bench())
    return made


def clear_bench(new: Bench | None = None) -> None:
    """Put everything away, and begin with this."""
    st.session_state[_BENCH] = new or Bench()


def id_of(title: str) -> str:
    """An id made of a title's letters and digits: "Arm zur Seite" is arm-zur-seite; empty where there are none."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")


def moving_side(poses: PoseSequence) -> Side:
    """The side that moves in a recording: of both the one that moves twice as much, else both."""
    travelled = []
    table = feature_table(poses)
    for side in SIDES:
        _, progress = movement_curve(table, side)
        travelled.append(float(np.ptp(progress)) if len(progress) else 0.0)
    left, right = travelled
    return "left" if left > 2 * right else "right" if right > 2 * left else "both"
