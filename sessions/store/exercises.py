"""Exercises that authors made: versions that never change in place, and what was decided about each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from base.errors import RequestError
from patterns.learning.repetition_finder import FoundRep
from patterns.templates.library import is_packaged
from patterns.templates.template import Side, Template
from vision.pose import PoseSequence

Origin = Literal["shown", "hand", "file", "changed"]
State = Literal["draft", "approved", "withdrawn"]
LONGEST_NOTE: Final = 500


class ExerciseError(RequestError):
    """Something that cannot be done with an exercise of an author; the message says why."""


@dataclass(frozen=True)
class Lesson:
    """A recording that an exercise was made from. side: of the person who moves; person_id: who, None if not kept."""

    name: str
    side: Side
    poses: PoseSequence
    reps: tuple[FoundRep, ...]
    person_id: int | None = None


@dataclass(frozen=True)
class Decision:
    """That somebody approved or withdrew a version, and why."""

    state: State
    at: datetime
    by: str
    note: str = ""


@dataclass(frozen=True)
class OwnExercise:
    """One version of an exercise of an author.

    decisions: in order of time. trials: what came of the latest, as JSON; None before.
    """

    id: int
    template: Template
    origin: Origin
    made_at: datetime
    made_by: str
    decisions: tuple[Decision, ...] = ()
    trials: str | None = None

    @property
    def state(self) -> State:
        """What was decided last, a draft before."""
        return self.decisions[-1].state if self.decisions else "draft"


def check_id(pattern_id: str) -> None:
    """Raise ExerciseError for the id of an exercise that comes with Diagonal."""
    if is_packaged(pattern_id):
        raise ExerciseError(
            f"id {pattern_id}: an exercise of Diagonal has this id already; choose another, as in my-{pattern_id}"[
                :200
            ]
        )


def in_use(versions: Iterable[OwnExercise]) -> dict[str, OwnExercise]:
    """Of each exercise the version that was approved last; none of those of which that one was withdrawn."""
    decided = sorted(
        ((decision, one) for one in versions for decision in one.decisions), key=lambda pair: pair[0].at
    )
    found: dict[str, OwnExercise] = {}
    for decision, one in decided:
        name = one.template.id
        if decision.state == "approved":
            found[name] = one
        elif name in found and found[name].id == one.id:
            del found[name]
    return found
