"""`cli.py patterns learn`: a template from a few good repetitions, written as a file and tried on them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError
from rich.markup import escape

from models.errors import RequestError
from models.whole_file import whole_file
from patterns.authoring import learn_template
from patterns.demonstration import demonstration
from patterns.template import Side as SideName
from patterns.template import Template, TemplateId
from patterns.template_file import write_template
from scoring.judge import judge
from sessions.intake.opening import open_movement
from sessions.scored import loss_of
from ui.command_line import (
    CORRECTING,
    Backend,
    Correcting,
    Model,
    Side,
    backend_for,
    bar,
    check_outputs,
    err,
    out,
    tell_loss,
)
from vision.correction import CORRECTIONS
from vision.estimate import estimate_poses
from vision.pose import PoseSequence

CLEAN = 90.0
"""Total that the demonstrations must have under their own template."""


def learn(
    sources: Annotated[
        list[Path], typer.Argument(help="Videos or landmark recordings of a few good repetitions.")
    ],
    template_id: Annotated[str, typer.Option("--id", help="Its id: small letters, digits and hyphens.")],
    side: Annotated[Side, typer.Option(help="The person's own side that moves, or both.")],
    file: Annotated[Path, typer.Option("--out", help="The template file to write (.toml).")],
    title: Annotated[str, typer.Option(help="Its title; the id in words unless given.")] = "",
    backend: Annotated[Backend, typer.Option(help="What finds the joints.")] = Backend.onnx,
    model: Annotated[Model, typer.Option(help="Size of the pose network.")] = Model.full,
    correction: Correcting = CORRECTING,
) -> None:
    """Learn a template from three or more good repetitions and write it as a file."""
    _check(template_id, file, sources)
    chosen: SideName = side.value
    recordings = []
    for source in sources:
        opened = open_movement(source)
        with backend_for(source, backend.value, model.value) as pose, bar() as counter:
            correct = CORRECTIONS[correction.value]()
            poses = estimate_poses(opened, pose, correct, counter(f"Reading {source.name}"))
            recordings.append(PoseSequence.from_frames(poses))
        tell_loss(source, loss_of(opened))
    shown = [demonstration(recording, chosen) for recording in recordings]
    words = title or template_id.replace("-", " ").capitalize()
    template = learn_template(shown, template_id, words, chosen)
    with whole_file(file) as part:
        part.write_text(write_template(template), encoding="utf-8")
    _tell(template, file, sum(len(one.reps) for one in shown))
    _try(template, chosen, recordings)


def _check(template_id: str, file: Path, sources: list[Path]) -> None:
    try:
        TypeAdapter(TemplateId).validate_python(template_id)
    except ValidationError as error:
        raise RequestError(
            f"--id {template_id}: expected small letters, digits and hyphens, at most 60, as in arm-circle"
        ) from error
    if file.suffix.lower() != ".toml":
        raise RequestError(f"--out {file}: the name of this file must end in .toml")
    for source in sources:
        check_outputs(source, {"--out": file})


def _tell(template: Template, file: Path, reps: int) -> None:
    out.print(f"{escape(str(file))}: learned from {reps} repetitions", highlight=False, soft_wrap=True)
    out.print(f"  followed by: {', '.join(template.path.features)}", highlight=False, soft_wrap=True)
    judged = ", ".join(dict.fromkeys(target.feature for target in template.target))
    out.print(f"  judged: {judged}", highlight=False, soft_wrap=True)


def _try(template: Template, side: SideName, recordings: list[PoseSequence]) -> None:
    """Say how the template judges the repetitions that it was learned from."""
    reps = [
        rep
        for recording in recordings
        for rep in judge((recording.frame(i) for i in range(len(recording))), template, side).reps
    ]
    counted = [rep for rep in reps if rep.kind == "repetition"]
    totals = [rep.total for rep in counted if rep.total is not None]
    lowest = f", lowest total {min(totals):.0f}" if totals else ""
    out.print(f"  its own repetitions: {len(counted)} counted{lowest}", highlight=False)
    if not totals or min(totals) < CLEAN:
        err.print(
            f"note: a good repetition should have {CLEAN:.0f} or more; leave out those that went wrong, or widen the "
            "tolerances in the file",
            highlight=False,
            soft_wrap=True,
        )
