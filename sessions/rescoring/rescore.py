"""A stored session judged anew by another version of its template; what was found first stays."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from base.errors import DiagonalError, RequestError
from base.version import VERSION
from patterns.templates.template import Template
from patterns.templates.template_file import parse_template, write_template
from scoring.coach.coach import Coach
from scoring.records.records import RepScore
from sessions.history.session_bundle import Dossier

SCHEMA: Final = "diagonal.rescoring/1"


class RescoringError(RequestError):
    """A session that cannot be judged anew."""


class DamagedRescoringError(DiagonalError):
    """A stored rescoring cannot be read, or one cannot be written as it is."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Rescoring:
    """What another version of a template found in a session.

    template_text: of its file, of which template_sha256 is the hash as it was read. code_version: of the program that
    judged. at: with its zone, kept as UTC. by: who asked for it. reps: in the order of time.
    """

    session_id: int
    template_id: str
    template_version: int
    template_sha256: str
    template_text: str
    by: str
    reps: tuple[RepScore, ...]
    code_version: str = VERSION
    at: datetime = field(default_factory=_now)

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("at: expected a time with its zone, got one without")
        object.__setattr__(self, "at", self.at.astimezone(UTC))

    @property
    def template(self) -> Template:
        """With which it was judged."""
        read = parse_template(
            self.template_text.encode(), f"the template of a rescoring of {self.session_id}", stored=True
        )
        return read.model_copy(update={"sha256": self.template_sha256})


def rescored(dossier: Dossier, template: Template, by: str) -> Rescoring:
    """The session judged by that template: the same landmarks, side, hold and technique, through the same Coach.

    A session that broke off is not finished here either. Raises RescoringError where no landmarks are kept, SideError
    and TechniqueError where the template does not take the session's side or technique.
    """
    session = dossier.session
    if dossier.poses is None:
        raise RescoringError(f"session {session.id}: its landmarks are not kept, so it cannot be judged anew")
    start = session.start
    coach = Coach(template, start.side, start.hold_s, dossier.technique)
    found = [coach.step(dossier.poses.frame(i)).closed for i in range(len(dossier.poses))]
    reps = [rep for rep in found if rep is not None]
    if session.finished_at is not None:
        reps.extend(coach.finish())
    return Rescoring(
        session.id,
        template.id,
        template.version,
        template.sha256,
        write_template(template),
        by,
        tuple(reps),
    )


class _Template(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    id: str
    version: int
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    text: str


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    schema_: Literal["diagonal.rescoring/1"] = Field(alias="schema")
    session_id: int
    template: _Template
    code_version: str
    at: datetime
    by: str
    reps: tuple[RepScore, ...]


def rescoring_text(rescoring: Rescoring) -> str:
    """A rescoring as one JSON text (diagonal.rescoring/1) that rescoring_of reads back equal.

    Raises DamagedRescoringError for what JSON cannot say (NaN: a number that is not known is None).
    """
    text = _Document(
        schema=SCHEMA,
        session_id=rescoring.session_id,
        template=_Template(
            id=rescoring.template_id,
            version=rescoring.template_version,
            sha256=rescoring.template_sha256,
            text=rescoring.template_text,
        ),
        code_version=rescoring.code_version,
        at=rescoring.at,
        by=rescoring.by,
        reps=rescoring.reps,
    ).model_dump_json(by_alias=True)
    if rescoring_of(text) != rescoring:
        raise DamagedRescoringError(f"session {rescoring.session_id}: its rescoring does not read back equal")
    return text


def rescoring_of(text: str) -> Rescoring:
    """The rescoring in a JSON text. Raises DamagedRescoringError naming the first thing that is wrong."""
    try:
        read = _Document.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DamagedRescoringError(f"a stored rescoring: {where}: {first['msg']}") from error
    template = read.template
    return Rescoring(
        read.session_id,
        template.id,
        template.version,
        template.sha256,
        template.text,
        read.by,
        read.reps,
        read.code_version,
        read.at,
    )
