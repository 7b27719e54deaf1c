"""`cli.py patterns learn`: a template from a few good repetitions, written as a file and tried on them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from base.atomic_file import whole_file
from base.errors import RequestError
from commands.options import CORRECTING, Backend, Correcting, Model, Side, check_outputs, out
from commands.patterns.trial_options import Alike, Trials, check_alike, read_recordings, tell_proof, tried
from patterns.learning.demonstration import demonstration
from patterns.learning.learn import learn_template
from patterns.templates.template import Side as SideName
from patterns.templates.template import Template, TemplateId, Title
from patterns.templates.template_file import read_template, write_template
from scoring.trials.validation import Shown


def learn(
    sources: Annotated[
        list[Path], typer.Argument(help="Videos or landmark recordings of a few good repetitions.")
    ],
    template_id: Annotated[str, typer.Option("--id", help="Its id: small letters, digits and hyphens.")],
    side: Annotated[Side, typer.Option(help="The person's own side that moves, or both.")],
    file: Annotated[Path, typer.Option("--out", help="The template file to write (.toml).")],
    title: Annotated[str, typer.Option(help="Its title; the id in words unless given.")] = "",
    alike: Alike = None,
    trials: Trials = True,
    backend: Annotated[Backend, typer.Option(help="What finds the joints.")] = Backend.onnx,
    model: Annotated[Model, typer.Option(help="Size of the pose network.")] = Model.full,
    correction: Correcting = CORRECTING,
) -> None:
    """Learn a template from three or more good repetitions, write it as a file, and try it on them."""
    check_alike(alike or [])
    words = title.strip() or template_id.replace("-", " ").capitalize()
    _check(template_id, words, file, sources)
    chosen: SideName = side.value
    recordings = read_recordings(sources, backend.value, model.value, correction.value)
    parts = [demonstration(recording, chosen) for recording in recordings]
    template = learn_template(parts, template_id, words, chosen)
    with whole_file(file) as part:
        part.write_text(write_template(template), encoding="utf-8")
    _tell(template, file, sum(len(one.reps) for one in parts))
    if trials:
        written = read_template(file)
        shown = [Shown(poses, one.reps) for poses, one in zip(recordings, parts, strict=True)]
        proof = tried(written, chosen, shown, alike or [])
        tell_proof(proof)


def _check(template_id: str, title: str, file: Path, sources: list[Path]) -> None:
    asked: tuple[tuple[Any, str, str], ...] = (
        (
            TemplateId,
            template_id,
            f"--id {template_id}: expected small letters, digits and hyphens, at most 60, as in arm-circle",
        ),
        (
            Title,
            title,
            f"--title: expected 3 to 240 letters, got {len(title)}; plain words, no markup",
        ),
    )
    for kind, value, complaint in asked:
        try:
            TypeAdapter(kind).validate_python(value)
        except ValidationError as error:
            raise RequestError(complaint) from error
    if file.suffix.lower() != ".toml":
        raise RequestError(f"--out {file}: the name of this file must end in .toml")
    for source in sources:
        check_outputs(source, {"--out": file})


def _tell(template: Template, file: Path, reps: int) -> None:
    out.print(f"{file!s}: learned from {reps} repetitions", highlight=False, soft_wrap=True)
    out.print(f"  followed by: {', '.join(template.path.features)}", highlight=False, soft_wrap=True)
    judged = ", ".join(dict.fromkeys(target.feature for target in template.target))
    out.print(f"  judged: {judged}", highlight=False, soft_wrap=True)
