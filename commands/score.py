"""Score a recording, and write its features: `cli.py score` and `cli.py angles`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from base.atomic_file import whole_file
from base.errors import RequestError
from commands.options import (
    CORRECTING,
    SOURCE_HELP,
    Backend,
    Correcting,
    Model,
    Side,
    backend_for,
    bar,
    check_outputs,
    out,
    tell_notes,
)
from commands.people_and_records import check_keep, tell_kept
from commands.result_tables import score_tables
from commands.source_options import Again, Fps, Recorded, SlowMotion, Subject, Unit, open_with
from patterns.features.table import FEATURES, feature_table
from patterns.programs.technique import load_technique
from patterns.templates.library import find_template, sided
from patterns.templates.template import Side as SideName
from sessions.exchange.csv_cells import csv_text
from sessions.exchange.tables import angle_rows
from sessions.intake.opening import holds_landmarks
from sessions.intake.score_source import Scored, annotate, notes_of, score_source
from vision.analysis.estimate import estimate_poses
from vision.correction.depth import CORRECTIONS
from vision.pose import PoseSequence
from vision.recording import write_recording


def score(
    source: Annotated[Path, typer.Argument(help=SOURCE_HELP)],
    pattern: Annotated[str, typer.Option(help="Which exercise (see: patterns list), or its file.")],
    side: Annotated[Side, typer.Option(help="The person's own side.")],
    technique: Annotated[
        str | None, typer.Option(help="In which it was done (see: techniques list).")
    ] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the result as JSON.")] = None,
    overlay: Annotated[Path | None, typer.Option(help="Write the annotated video (MP4).")] = None,
    landmarks: Annotated[Path | None, typer.Option(help="Write the landmarks (.npz).")] = None,
    keep: Annotated[
        str | None, typer.Option(help="Keep it among the sessions of this person (alias or number).")
    ] = None,
    recorded: Recorded = None,
    again: Again = False,
    backend: Annotated[Backend, typer.Option(help="What finds the joints.")] = Backend.onnx,
    model: Annotated[Model, typer.Option(help="Size of the pose network.")] = Model.full,
    correction: Correcting = CORRECTING,
    subject: Subject = None,
    unit: Unit = None,
    fps: Fps = None,
    slow_motion: SlowMotion = None,
) -> None:
    """Count and score the repetitions of a recording."""
    template = find_template(pattern)
    chosen: SideName = side.value
    sided(template, chosen)
    paced_by = None if technique is None else load_technique(technique)
    if paced_by is not None:
        paced_by.check(template)
    check_outputs(source, {"--json": json_out, "--overlay": overlay, "--landmarks": landmarks})
    if overlay is not None and holds_landmarks(source):
        raise RequestError(
            f"--overlay: {source} holds landmarks, there is no picture to draw on; leave it out"
        )
    opened = open_with(source, subject, unit, fps, slow_motion)
    check_keep(source, keep, recorded, again)
    with backend_for(source, backend.value, model.value) as pose, bar() as counter:
        correct, progress = CORRECTIONS[correction.value](), counter(f"Scoring {source.name}")
        scored = score_source(
            source,
            template,
            chosen,
            pose,
            opened=opened,
            technique=paced_by,
            correct=correct,
            progress=progress,
        )
        if landmarks is not None:
            write_recording(landmarks, scored.judged.poses)
        if json_out is not None:
            _write_json(scored, json_out)
        if overlay is not None:
            annotate(scored, overlay, counter(f"Writing {overlay.name}"))
    for table in score_tables(scored):
        out.print(table)
    if keep is not None:
        tell_kept(scored, paced_by, keep, recorded)
    tell_notes(source, scored.notes)


def _write_json(scored: Scored, path: Path) -> None:
    with whole_file(path, private=True) as part:
        part.write_text(json.dumps(scored.document, indent=1, allow_nan=False) + "\n")


def angles(
    source: Annotated[Path, typer.Argument(help=SOURCE_HELP)],
    csv_out: Annotated[Path, typer.Option("--out", help="The CSV file to write.")],
    backend: Annotated[Backend, typer.Option(help="What finds the joints.")] = Backend.onnx,
    model: Annotated[Model, typer.Option(help="Size of the pose network.")] = Model.full,
    correction: Correcting = CORRECTING,
    subject: Subject = None,
    unit: Unit = None,
    fps: Fps = None,
    slow_motion: SlowMotion = None,
) -> None:
    """Write every feature over time: t_s and one column each, with its unit in the name; empty where not seen."""
    check_outputs(source, {"--out": csv_out})
    opened = open_with(source, subject, unit, fps, slow_motion)
    with backend_for(source, backend.value, model.value) as pose, bar() as counter:
        correct = CORRECTIONS[correction.value]()
        poses = estimate_poses(opened, pose, correct, counter(f"Reading {source.name}"), str(source))
        table = feature_table(PoseSequence.from_frames(poses))
    with whole_file(csv_out, private=True) as part:
        part.write_text(csv_text(angle_rows(table)), encoding="utf-8", newline="")
    out.print(
        f"{len(table.t_s)} rows of {len(FEATURES)} features written to {csv_out!s}",
        highlight=False,
    )
    tell_notes(source, notes_of(opened))
