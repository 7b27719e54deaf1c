"""`cli.py patterns check`: whether a template file is right, and whether it stands its trials."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from base.errors import RequestError
from commands.options import CORRECTING, Backend, Correcting, Model, Side, check_outputs, out
from commands.patterns.trial_options import (
    Alike,
    Trials,
    check_alike,
    read_recordings,
    tell_proof,
    tried,
    write_proof,
)
from patterns.templates.library import sided
from patterns.templates.template import Side as SideName
from patterns.templates.template import Template
from patterns.templates.template_file import read_template
from scoring.trials.synthetic import performed
from scoring.trials.validation import Shown, shown

FAILED: Final = 3
"""Exit status of a right file whose template does not stand its trials."""


def check_pattern(
    file: Annotated[Path, typer.Argument(help="A template file (.toml).")],
    sources: Annotated[
        list[Path] | None,
        typer.Option("--shown", help="A recording of good repetitions to try it on; may be given again."),
    ] = None,
    side: Annotated[
        Side | None, typer.Option(help="On which side it is tried; right or both unless given.")
    ] = None,
    alike: Alike = None,
    trials: Trials = True,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the trials as JSON.")] = None,
    backend: Annotated[Backend, typer.Option(help="What finds the joints.")] = Backend.onnx,
    model: Annotated[Model, typer.Option(help="Size of the pose network.")] = Model.full,
    correction: Correcting = CORRECTING,
) -> None:
    """Whether a template file is right, else its first mistake in one line; and stands its trials, else status 3."""
    template = read_template(file)
    usual: SideName = "both" if template.side == "both" else "right"
    chosen: SideName = usual if side is None else side.value
    sided(template, chosen)
    check_alike(alike or [])
    for source in (file, *(sources or [])):
        check_outputs(source, {"--json": json_out})
    if not trials and (sources or json_out):
        raise RequestError("--no-trials: nothing is tried, so --shown and --json have no use; leave them out")
    out.print(f"{file!s}: {template.id} version {template.version} is right", highlight=False)
    if not trials:
        return
    options = (backend.value, model.value, correction.value)
    proof = tried(template, chosen, _shown(template, chosen, sources or [], options), alike or [])
    tell_proof(proof)
    if json_out is not None:
        write_proof(proof, template, chosen, json_out)
    if not proof.stands:
        raise typer.Exit(FAILED)


def _shown(
    template: Template, side: SideName, sources: list[Path], options: tuple[str, str, str]
) -> list[Shown]:
    """The recordings with their repetitions, or the exercise's own figure where there are none."""
    if not sources:
        return [shown(performed(template, side), side)]
    demonstrations = [shown(poses, side) for poses in read_recordings(sources, *options)]
    for source, one in zip(sources, demonstrations, strict=True):
        if not one.reps:
            raise RequestError(
                f"--shown {source}: no repetition was found; show three or more, with short rests"
            )
    return demonstrations
