"""What a home program is: exercises in order with their doses, and when to stop. One TOML file a program.

The files are found by themselves in patterns/data/programs. Their contents are proposals for therapists to tune.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

import tomlkit
from pydantic import Field, model_validator

from patterns.programs.safety_rules import safety_rules
from patterns.programs.technique import load_technique
from patterns.templates.errors import ProgramError, SideError, TechniqueError, TemplateError
from patterns.templates.library import load_template, sided
from patterns.templates.template import Positive, Record, Sentence, Side, Template, Title
from patterns.templates.toml_file import FileKind

FOLDER: Final = Path(__file__).parents[1] / "data" / "programs"
STOP_RULES: Final = Path(__file__).parents[1] / "data" / "stop_rules.toml"
FAMILIES: Final = ("orthopaedic", "neurological", "sports")

Family = Literal["orthopaedic", "neurological", "sports"]
Asked = Literal["left", "right", "both", "affected"]


class Dose(Record):
    """How much: sets of repetitions, or of seconds, and rest_s between them.

    hold_s: how long each repetition stays at its far end.
    """

    sets: Annotated[int, Field(ge=1, le=10)]
    repetitions: Annotated[int, Field(ge=1, le=50)] | None = None
    seconds: Annotated[float, Field(gt=0, le=600)] | None = None
    rest_s: Annotated[float, Field(ge=0, le=600)]
    hold_s: Positive | None = None

    @model_validator(mode="after")
    def _one_measure(self) -> Dose:
        if (self.repetitions is None) == (self.seconds is None):
            raise ValueError("expected either repetitions or seconds")
        if self.hold_s is not None and self.repetitions is None:
            raise ValueError("hold_s goes with repetitions")
        return self


class Item(Record):
    """One exercise of a program.

    side: affected is the person's own, left or right. technique: id of the one that paces it, the person's own pace
    without it; its own times take the place of the dose's hold.
    """

    pattern: str
    side: Asked
    dose: Dose
    note: Sentence
    technique: str | None = None

    @model_validator(mode="after")
    def _technique_has_its_own_times(self) -> Item:
        if self.technique is not None and (self.dose.repetitions is None or self.dose.hold_s is not None):
            raise ValueError("technique goes with repetitions, and without hold_s")
        return self

    def side_for(self, affected: Literal["left", "right"]) -> Side:
        """The side that is trained by somebody whose affected side is this one."""
        return affected if self.side == "affected" else self.side


class Program(Record):
    """A home program: for whom, its items in order, how often, and when to stop.

    stop: its own stop rules; those of every program come with them (stop_rules). pain_stop_above: of 10.
    therapist_enables: ids of techniques that need a therapist and that the therapist who gives this program allows.
    """

    schema_: Annotated[Literal["diagonal.program/1"], Field(alias="schema")]
    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    title: Title
    family: Family
    for_whom: Sentence
    version: Annotated[int, Field(ge=1)]
    source: Sentence
    days_a_week: Annotated[int, Field(ge=1, le=7)]
    pain_stop_above: Annotated[int, Field(ge=0, le=5)]
    stop: tuple[Sentence, ...] = ()
    therapist_enables: tuple[str, ...] = ()
    item: Annotated[tuple[Item, ...], Field(min_length=1)]
    sha256: str = ""


class StopRules(Record):
    """The stop rules of every program. pain: {above} stands for the program's pain_stop_above.

    sign_help, sign_ask: what to do at a sign of safety.toml, which follows it.
    """

    pain: Sentence
    sign_help: Sentence
    sign_ask: Sentence


PROGRAM_FILE: Final = FileKind("program", ProgramError, (Program, Item, Dose))
_STOP_FILE: Final = FileKind("file of stop rules", ProgramError, (StopRules,))


@cache
def program_ids() -> tuple[str, ...]:
    """The ids of all programs, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def load_program(program_id: str) -> Program:
    """The program of that id. Raises ProgramError naming the nearest id when there is none."""
    PROGRAM_FILE.check_id(program_id, program_ids(), "program")
    program = read_program(FOLDER / f"{program_id}.toml")
    if program.id != program_id:
        raise ProgramError(f"{program_id}.toml: key id: expected {program_id!r}, got {program.id!r}")
    return program


def read_program(path: Path) -> Program:
    """The program in a TOML file. Raises ProgramError with one line for each kind of mistake."""
    return parse_program(PROGRAM_FILE.read(path), str(path))


def parse_program(raw: bytes, where: str, *, stored: bool = False) -> Program:
    """Parse the bytes of a TOML file, every item of which fits its pattern; `where` names them in errors.

    stored: see FileKind.check.
    """
    program = PROGRAM_FILE.check(Program, PROGRAM_FILE.parse(raw, where), where, stored=stored)
    for number, item in enumerate(program.item):
        _check_item(item, program, f"{where}: key item.{number}")
    return program.model_copy(update={"sha256": hashlib.sha256(raw).hexdigest()})


def write_program(program: Program) -> str:
    """The program as the text of a TOML file, which reads back equal."""
    return tomlkit.dumps(
        program.model_dump(mode="json", by_alias=True, exclude={"sha256"}, exclude_none=True)
    )


def stop_rules(program: Program | None = None) -> tuple[str, ...]:
    """When to stop: the rules of every program, how much pain is too much, the program's own rules, if there is one."""
    common = _common_rules()
    signs = (f"{common.sign_help if one.help else common.sign_ask} {one.text}" for one in safety_rules().sign)
    above, own = (
        (safety_rules().pain_stop_above, ()) if program is None else (program.pain_stop_above, program.stop)
    )
    return (*signs, common.pain.replace("{above}", str(above)), *own)


@cache
def _common_rules() -> StopRules:
    raw = _STOP_FILE.read(STOP_RULES)
    return _STOP_FILE.check(StopRules, _STOP_FILE.parse(raw, STOP_RULES.name), STOP_RULES.name)


def _check_item(item: Item, program: Program, where: str) -> None:
    try:
        template = load_template(item.pattern)
    except TemplateError as error:
        raise ProgramError(f"{where}.pattern: {error}") from error
    _check_side(item.side, template, where)
    _check_technique(item, program, template, where)
    longest_s, hold_s = template.rep.longest_s, item.dose.hold_s
    if hold_s is not None and hold_s >= longest_s:
        raise ProgramError(
            f"{where}.dose.hold_s: expected less than {longest_s:g} s, the longest repetition of "
            f"{template.id}, got {hold_s:g}"
        )


def _check_technique(item: Item, program: Program, template: Template, where: str) -> None:
    if item.technique is None:
        return
    try:
        technique = load_technique(item.technique)
        technique.check(template)
    except TechniqueError as error:
        raise ProgramError(f"{where}.technique: {error}") from error
    if technique.needs_therapist and technique.id not in program.therapist_enables:
        raise ProgramError(
            f"{where}.technique: {technique.id} only where a therapist has enabled it: "
            "expected it in therapist_enables"
        )


def _check_side(side: Asked, template: Template, where: str) -> None:
    if side == "affected":
        if template.side == "both":
            raise ProgramError(
                f"{where}.side: side 'affected' does not fit pattern {template.id}; it takes both"
            )
        return
    try:
        sided(template, side)
    except SideError as error:
        raise ProgramError(f"{where}.side: {error}") from error
