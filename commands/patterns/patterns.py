"""The exercises on the command line: `cli.py patterns`."""

from __future__ import annotations

from typing import Annotated

import typer

from base.console import write_text
from commands.options import (
    out,
)
from commands.patterns.check import check_pattern
from commands.patterns.learn import learn
from patterns.templates.library import by_family, load_template
from patterns.templates.template import FAMILIES
from patterns.templates.template_file import write_template

patterns_app = typer.Typer(
    help="The exercises: list, show, learn, check a file and try it.", no_args_is_help=True
)
patterns_app.command()(learn)
patterns_app.command("check")(check_pattern)


@patterns_app.command("list")
def list_patterns() -> None:
    """All exercises by kind: id, sides, title."""
    for family, ids in by_family().items():
        out.print(FAMILIES[family], style="bold", highlight=False)
        for template_id in ids:
            template = load_template(template_id)
            sides = "/".join(template.sides)
            out.print(f"  {template_id:32} {sides:16} {template.title}", highlight=False, soft_wrap=True)


@patterns_app.command("show")
def show_pattern(pattern: Annotated[str, typer.Argument(help="Its id.")]) -> None:
    """One exercise as the text of its file."""
    write_text(write_template(load_template(pattern)))
