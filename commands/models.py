"""The pose weights on the command line: `cli.py models`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from base.errors import DiagonalError
from commands.options import (
    Model,
    fetch,
    out,
)
from models import provision

models_app = typer.Typer(help="The pose weights: fetch, verify.", no_args_is_help=True)


@models_app.command("fetch")
def fetch_models(
    model: Annotated[Model, typer.Argument(help="Which one.")] = Model.full,
    from_file: Annotated[
        Path | None, typer.Option("--from", help="A wheel, .task, .tgz or .tflite you brought along.")
    ] = None,
) -> None:
    """Get the pose weights, once, into the user's cache folder."""
    weights = fetch(model.value, from_file)
    out.print(f"{weights.model}: ready in {weights.landmark_path.parent!s}", highlight=False)


@models_app.command("verify")
def verify_models(model: Annotated[Model, typer.Argument(help="Which one.")] = Model.full) -> None:
    """Check the kept pose weights against their hashes."""
    checks = provision.verify(model.value)
    for check in checks:
        out.print(
            f"{'ok     ' if check.ok else 'DAMAGED'} {check.path!s}",
            highlight=False,
            soft_wrap=True,
        )
    if not all(check.ok for check in checks):
        raise DiagonalError("the pose weights are damaged; run: python cli.py models fetch")
