"""The home programs on the command line: `cli.py programs list|show|check|give|today|end`."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from base.console import write_text
from commands.options import out
from commands.people_and_records import store_open
from patterns.programs.program import (
    Program,
    load_program,
    program_ids,
    read_program,
    stop_rules,
    write_program,
)
from sessions.history.today import tasks
from sessions.people.repository import ME
from sessions.store.plans_and_check_ins import Plan
from sessions.store.store import Store

programs_app = typer.Typer(
    help="The home programs: list, show, check a file, give, today, end.", no_args_is_help=True
)


class Affected(StrEnum):
    """The person's own affected side."""

    left = "left"
    right = "right"


Whose = Annotated[
    str | None,
    typer.Option(
        "--person", help="Their alias or number (see: people list); this computer's own if left out."
    ),
]


@programs_app.command("list")
def list_programs() -> None:
    """All programs by id."""
    for program_id in program_ids():
        program = load_program(program_id)
        out.print(f"{program_id:26} {program.family:13} {program.title}", highlight=False, soft_wrap=True)


@programs_app.command("show")
def show_program(program: Annotated[str, typer.Argument(help="Its id.")]) -> None:
    """One program as the text of its file, headed by every rule when to stop."""
    chosen = load_program(program)
    write_text(_headed(chosen) + write_program(chosen))


@programs_app.command("check")
def check_program(file: Annotated[Path, typer.Argument(help="A program file (.toml).")]) -> None:
    """Whether a program file is right; the first mistake in one line if not."""
    program = read_program(file)
    out.print(f"{file!s}: {program.id} version {program.version} is right", highlight=False)


@programs_app.command("give")
def give_program(
    program: Annotated[str, typer.Argument(help="Its id, or a program file (.toml).")],
    affected: Annotated[Affected, typer.Option(help="The person's own affected side.")],
    whom: Whose = None,
) -> None:
    """Make a program somebody's: it is their list under Today from now on."""
    chosen = read_program(Path(program)) if program.lower().endswith(".toml") else load_program(program)
    with store_open() as store:
        number = _number(store, whom)
        store.give_plan(Plan(chosen, affected.value), number)
        name = _name(store, number)
    out.print(
        f"{name} has the program {chosen.id} now, affected side {affected.value}.",
        highlight=False,
        soft_wrap=True,
    )
    if chosen.therapist_enables:
        out.print(f"It enables: {', '.join(chosen.therapist_enables)}.", highlight=False)


@programs_app.command("today")
def show_today(whom: Whose = None) -> None:
    """What of the program that was given is done today."""
    with store_open() as store:
        number = _number(store, whom)
        plan, sessions, name = store.plan(number), store.sessions(number), _name(store, number)
    if plan is None:
        out.print(f"{name} has no program; see: programs give", highlight=False, soft_wrap=True)
        return
    out.print(f"{name}, {plan.program.id}: {plan.program.title}", highlight=False, soft_wrap=True)
    for task in tasks(plan, sessions, datetime.now().astimezone().date()):
        done = f"{task.done} of {task.item.dose.sets} sets"
        out.print(f"{task.item.pattern:32} {task.side:6} {done}", highlight=False, soft_wrap=True)


@programs_app.command("end")
def end_program(whom: Whose = None) -> None:
    """End the program that was given; what was done stays."""
    with store_open() as store:
        number = _number(store, whom)
        store.give_plan(None, number)
        name = _name(store, number)
    out.print(f"{name} has no program any more.", highlight=False, soft_wrap=True)


def _number(store: Store, whom: str | None) -> int | None:
    return None if whom is None else store.people.find(whom).id


def _name(store: Store, number: int | None) -> str:
    """The display name of the person a command is about."""
    person = store.people.own() if number is None else store.people.get(number)
    return ME if person is None else person.alias


def _headed(program: Program) -> str:
    """The stop rules as comments, so that the text stays a program file."""
    return "".join(f"# {line}\n" for line in ("A proposal: your therapist decides.", *stop_rules(program)))
