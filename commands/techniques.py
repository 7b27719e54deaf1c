"""The techniques on the command line: `cli.py techniques list|show|check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from base.console import write_text
from commands.options import out
from patterns.programs.technique import GOALS, load_technique, read_technique, technique_ids, write_technique

techniques_app = typer.Typer(
    help="The PNF techniques that pace a movement: list, show, check a file.", no_args_is_help=True
)


@techniques_app.command("list")
def list_techniques() -> None:
    """All techniques by id, with what they are for."""
    for technique_id in technique_ids():
        technique = load_technique(technique_id)
        aims = ", ".join(GOALS[goal] for goal in technique.goals)
        needs = " (only where your therapist has enabled it)" if technique.needs_therapist else ""
        out.print(f"{technique_id:26} {technique.title}: {aims}{needs}", highlight=False, soft_wrap=True)


@techniques_app.command("show")
def show_technique(technique: Annotated[str, typer.Argument(help="Its id.")]) -> None:
    """One technique as the text of its file."""
    write_text(write_technique(load_technique(technique)))


@techniques_app.command("check")
def check_technique(file: Annotated[Path, typer.Argument(help="A technique file (.toml).")]) -> None:
    """Whether a technique file is right; the first mistake in one line if not."""
    technique = read_technique(file)
    out.print(f"{file!s}: {technique.id} version {technique.version} is right", highlight=False)
