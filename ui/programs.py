"""The home programs on the command line: `cli.py programs list|show|check`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from patterns.program import Program, load_program, program_ids, read_program, stop_rules, write_program
from ui.command_line import out

programs_app = typer.Typer(help="The home programs: list, show, check a file.", no_args_is_help=True)


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
    sys.stdout.write(_headed(chosen) + write_program(chosen))


@programs_app.command("check")
def check_program(file: Annotated[Path, typer.Argument(help="A program file (.toml).")]) -> None:
    """Whether a program file is right; the first mistake in one line if not."""
    program = read_program(file)
    out.print(f"{escape(str(file))}: {program.id} version {program.version} is right", highlight=False)


def _headed(program: Program) -> str:
    """The stop rules as comments, so that the text stays a program file."""
    return "".join(f"# {line}\n" for line in ("A proposal: your therapist decides.", *stop_rules(program)))
