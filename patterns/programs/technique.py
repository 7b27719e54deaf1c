"""What a technique is: how a movement is paced, as data. One TOML file a technique, found by itself.

A technique says when to go out, hold, come back and rest, over stages of rounds of steps. It knows no exercise: a
step's place is a share of the way, 0 at the start posture, 1 at the end posture. Numbers are proposals for therapists.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

import tomlkit
from pydantic import Field, field_validator, model_validator

from patterns.templates.errors import TechniqueError
from patterns.templates.library import template_ids
from patterns.templates.template import (
    FAMILIES,
    Positive,
    Record,
    Sentence,
    Share,
    Template,
    TemplateId,
    Title,
)
from patterns.templates.toml_file import FileKind

FOLDER: Final = Path(__file__).parents[1] / "data" / "techniques"
COMMON: Final = Path(__file__).parents[1] / "data" / "pacing.toml"
OWN_PACE: Final = "own-pace"
GOALS: Final = {
    "initiate": "begin a movement",
    "learn": "learn a movement",
    "rate": "change the speed of a movement",
    "strength": "get stronger",
    "stability": "hold steady",
    "endurance": "last longer",
    "range": "move farther",
    "relaxation": "let go",
    "less pain": "have less pain",
}
"""What a technique is for (Adler, Beckers, Buck: PNF in Practice, chapter 3), in plain words."""

Do = Literal["watch", "ready", "move", "hold", "relax", "repeat"]
_FLASH_S: Final = 0.3
"""Three flashes a second are the most that is safe to look at (WCAG 2.3.1), so no beat is shorter."""


class Timing(Record):
    """A time that is asked for: its score is 100 at seconds, 90 at tolerance_s from it, 0 at span_s beyond that.

    wrong: which departure counts; below for a hold that may be longer.
    """

    seconds: Annotated[float, Field(ge=0, le=60)]
    tolerance_s: Positive
    span_s: Positive
    wrong: Literal["above", "below", "both"] = "both"


class PacedTempo(Record):
    """What a repetition is held against: way out, stay at the far end, way back, and the pause at each turn."""

    out_s: Timing | None = None
    hold_s: Timing | None = None
    back_s: Timing | None = None
    reversal_s: Timing | None = None


class Step(Record):
    """One thing to do.

    do: watch (the demonstration moves, the person does not), ready (wait at the start), move (to a place), hold (stay
    at that place), relax (let go, wherever), repeat (a whole repetition in one's own time). to: share of the way, for
    move. seconds: how long, for move how long it is meant to take, without it in one's own time. title: also what is
    said from the second round on; sentence: said the first time.
    """

    do: Do
    to: Share | None = None
    seconds: Annotated[float, Field(gt=0, le=60)] | None = None
    title: Title
    sentence: Sentence

    @model_validator(mode="after")
    def _fits(self) -> Step:
        if (self.to is not None) != (self.do == "move"):
            raise ValueError("to goes with move, and move needs it")
        if self.do == "repeat" and self.seconds is not None:
            raise ValueError("repeat takes the person's own time; leave seconds out")
        if self.do not in ("move", "repeat") and self.seconds is None:
            raise ValueError(f"{self.do} needs seconds")
        return self


class Stage(Record):
    """Steps in order, done so many times.

    times: without it as often as the person likes. dosed: a program's repetitions take the place of times. counts:
    whether its rounds are counted. beat_s: seconds between two beats of the metronome, none without it.
    """

    title: Title
    times: Annotated[int, Field(ge=1, le=50)] | None = None
    dosed: bool = False
    counts: bool = True
    beat_s: Annotated[float, Field(ge=_FLASH_S, le=10)] | None = None
    step: Annotated[tuple[Step, ...], Field(min_length=1)]


class Technique(Record):
    """A way of pacing.

    goals: of GOALS. needs_therapist: only for whom a therapist has enabled it. suits: families of exercises, not_for:
    single exercises of them that it does not suit. turns_within: coming back part of the way and going out again stays
    one repetition. longest_s: of a repetition, where the template's is too short.
    """

    schema_: Annotated[Literal["diagonal.technique/1"], Field(alias="schema")]
    id: TemplateId
    title: Title
    version: Annotated[int, Field(ge=1)]
    source: Sentence
    explanation: Sentence
    goals: Annotated[tuple[str, ...], Field(min_length=1)]
    needs_therapist: bool = False
    suits: Annotated[tuple[str, ...], Field(min_length=1)]
    not_for: tuple[str, ...] = ()
    safety: Annotated[tuple[Sentence, ...], Field(min_length=1)]
    turns_within: bool = False
    longest_s: Annotated[float, Field(gt=0, le=180)] | None = None
    tempo: PacedTempo = PacedTempo()
    stage: Annotated[tuple[Stage, ...], Field(min_length=1)]
    sha256: str = ""

    @field_validator("goals")
    @classmethod
    def _goals(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_known(name, GOALS, "goal") for name in names)

    @field_validator("suits")
    @classmethod
    def _suits(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_known(name, FAMILIES, "family") for name in names)

    @field_validator("not_for")
    @classmethod
    def _not_for(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_known(name, template_ids(), "pattern") for name in names)

    @model_validator(mode="after")
    def _ends(self) -> Technique:
        if any(stage.times is None for stage in self.stage[:-1]):
            raise ValueError("stage: only the last may go on as often as one likes (without times)")
        if not any(stage.counts for stage in self.stage):
            raise ValueError("stage: at least one must count")
        return self

    def fits(self, template: Template) -> bool:
        """Whether it suits an exercise."""
        return template.family in self.suits and template.id not in self.not_for

    def check(self, template: Template) -> None:
        """Raise TechniqueError, naming the families it suits, where it does not suit the exercise."""
        if not self.fits(template):
            families = ", ".join(FAMILIES[name] for name in self.suits)
            but = f" (not {', '.join(self.not_for)})" if self.not_for else ""
            raise TechniqueError(
                f"technique {self.id} does not suit pattern {template.id}; it suits: {families}{but}"
            )

    def applied(self, template: Template) -> Template:
        """The exercise with as much time for a repetition as the technique needs."""
        longest_s = max(self.longest_s or 0.0, template.rep.longest_s)
        return template.model_copy(update={"rep": template.rep.model_copy(update={"longest_s": longest_s})})


class PacingSentences(Record):
    """What is said whatever the technique. {seconds}, {held}, {asked} stand for numbers of seconds."""

    ready: Sentence
    out: Sentence
    back: Sentence
    hold: Sentence
    turn_first: Sentence
    again: Sentence
    finished: Sentence
    short_hold: Sentence
    long_turn: Sentence


TECHNIQUE_FILE: Final = FileKind(
    "technique",
    TechniqueError,
    (Technique, Stage, Step, PacedTempo, Timing),
    frozenset({*GOALS, *FAMILIES}),
)
_COMMON_FILE: Final = FileKind("file of pacing sentences", TechniqueError, (PacingSentences,))


@cache
def technique_ids() -> tuple[str, ...]:
    """The ids of all techniques, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def load_technique(technique_id: str) -> Technique:
    """The technique of that id. Raises TechniqueError naming the nearest id when there is none."""
    TECHNIQUE_FILE.check_id(technique_id, technique_ids(), "technique")
    technique = read_technique(FOLDER / f"{technique_id}.toml")
    if technique.id != technique_id:
        raise TechniqueError(f"{technique_id}.toml: key id: expected {technique_id!r}, got {technique.id!r}")
    return technique


def offered(template: Template, enabled: Collection[str] = ()) -> tuple[Technique, ...]:
    """The techniques that suit an exercise, own pace first; those that need a therapist only where enabled."""
    all_ = sorted((load_technique(name) for name in technique_ids()), key=lambda one: one.id != OWN_PACE)
    return tuple(t for t in all_ if t.fits(template) and (not t.needs_therapist or t.id in enabled))


def read_technique(path: Path) -> Technique:
    """The technique in a TOML file. Raises TechniqueError with one line for each kind of mistake."""
    return parse_technique(TECHNIQUE_FILE.read(path), str(path))


def parse_technique(raw: bytes, where: str, *, stored: bool = False) -> Technique:
    """Parse the bytes of a TOML file; `where` names them in errors, stored as in FileKind."""
    technique = TECHNIQUE_FILE.check(Technique, TECHNIQUE_FILE.parse(raw, where), where, stored=stored)
    return technique.model_copy(update={"sha256": hashlib.sha256(raw).hexdigest()})


def write_technique(technique: Technique) -> str:
    """The technique as the text of a TOML file, which reads back equal."""
    return tomlkit.dumps(
        technique.model_dump(mode="json", by_alias=True, exclude={"sha256"}, exclude_none=True)
    )


@cache
def pacing_sentences() -> PacingSentences:
    """The sentences of every technique. Raises TechniqueError where their file is wrong."""
    raw = _COMMON_FILE.read(COMMON)
    return _COMMON_FILE.check(PacingSentences, _COMMON_FILE.parse(raw, COMMON.name), COMMON.name)


def _known(name: str, table: Collection[str], what: str) -> str:
    if name not in table:
        raise ValueError(f"unknown {what} {name!r}")
    return name
