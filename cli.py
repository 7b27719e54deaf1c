"""Diagonal on the command line: the same work as the pages."""

from __future__ import annotations

import sys

from commands import import_check as first_aid

if __name__ == "__main__":  # before any package is loaded, so that a broken one is told plainly
    sys.excepthook = first_aid.explain

import json
from pathlib import Path
from types import TracebackType
from typing import Annotated

import typer
from typer.exceptions import TyperException

from base.atomic_file import whole_file
from base.console import styled, write_text
from base.errors import DiagonalError, RequestError
from base.temporary import remove_abandoned
from commands.agreement import agreement
from commands.bench import bench_app
from commands.doctor import CHECKS
from commands.export_session import export
from commands.import_recording import import_recording
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
    err,
    fetch,
    out,
    tell_notes,
)
from commands.own_exercises import use_own_exercises
from commands.pattern_check import check_pattern
from commands.pattern_learn import learn
from commands.people_and_records import check_person, people_app, records_app, tell_kept
from commands.programs import programs_app
from commands.report import report
from commands.rescore import rescore
from commands.result_tables import score_tables
from commands.source_options import Fps, SlowMotion, Subject, Unit, open_with
from commands.techniques import techniques_app
from commands.timed_tests import tests_app
from models import provision
from patterns.features.table import FEATURES, feature_table
from patterns.programs.technique import load_technique
from patterns.templates.library import by_family, find_template, load_template, sided
from patterns.templates.template import FAMILIES
from patterns.templates.template import Side as SideName
from patterns.templates.template_file import write_template
from sessions.exchange.csv_cells import csv_text
from sessions.exchange.tables import angle_rows
from sessions.intake.opening import holds_landmarks
from sessions.intake.score_source import annotate, notes_of, score_source
from vision.analysis.estimate import estimate_poses
from vision.correction.depth import CORRECTIONS
from vision.pose import PoseSequence
from vision.recording import write_recording

_STOPPED = 130
app = typer.Typer(
    help="A movement coach: scores recordings, writes angles, keeps patterns and pose weights.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
patterns_app = typer.Typer(
    help="The exercises: list, show, learn, check a file and try it.", no_args_is_help=True
)
patterns_app.command()(learn)
patterns_app.command("check")(check_pattern)
models_app = typer.Typer(help="The pose weights: fetch, verify.", no_args_is_help=True)
app.command()(export)
app.command("import")(import_recording)
app.command()(report)
app.command()(agreement)
app.command()(rescore)
app.add_typer(patterns_app, name="patterns")
app.add_typer(models_app, name="models")
app.add_typer(programs_app, name="programs")
app.add_typer(techniques_app, name="techniques")
app.add_typer(tests_app, name="tests")
app.add_typer(bench_app, name="bench")
app.add_typer(people_app, name="people")
app.add_typer(records_app, name="records")


@app.command()
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
    check_person(keep)
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
            with whole_file(json_out, private=True) as part:
                part.write_text(json.dumps(scored.document, indent=1, allow_nan=False) + "\n")
        if overlay is not None:
            annotate(scored, overlay, counter(f"Writing {overlay.name}"))
    for table in score_tables(scored):
        out.print(table)
    if keep is not None:
        tell_kept(scored, paced_by, keep)
    tell_notes(source, scored.notes)


@app.command()
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


@app.command()
def doctor() -> None:
    """Is this machine ready, and if not, what to do."""
    bad = 0
    for look in CHECKS:
        check = look()
        marks: dict[bool | None, str | tuple[str, str]] = {
            True: ("ok  ", "green"),
            False: ("BAD ", "red"),
            None: "note",
        }
        out.print(styled(marks[check.ok], f" {check.name}: {check.found}"), highlight=False, soft_wrap=True)
        if check.advice:
            out.print(f"       -> {check.advice}", highlight=False, soft_wrap=True)
        bad += check.ok is False
    raise typer.Exit(1 if bad else 0)


def main() -> int:
    """Run a command; the exit status: 0 done, 2 the request is wrong, 1 a fault of ours, 130 stopped by Ctrl+C,
    3 a template does not stand its trials."""
    if "--debug" not in sys.argv:
        sys.excepthook = _our_fault
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    remove_abandoned()
    use_own_exercises()
    try:
        status = typer.main.get_command(app)(args=arguments, standalone_mode=False, prog_name="cli.py")
    except TyperException as error:
        return _refused(str(error), 2) if str(error) else 2  # without arguments the help was printed
    except DiagonalError as error:
        return _refused(str(error), 2 if isinstance(error, RequestError) else 1)
    except OSError as error:
        return _refused(
            f"{error.filename or ''}: {error.strerror}; is the disk full or the folder closed?", 1
        )
    except (KeyboardInterrupt, typer.Abort):
        status = _STOPPED
    if status == _STOPPED:  # Typer makes Ctrl+C inside a command a status
        return _refused("stopped; nothing half-written was kept", _STOPPED)
    return status if isinstance(status, int) else 0


def _our_fault(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    _refused(
        f"a fault of ours: {kind.__name__}: {error}; run again with --debug and report what it prints", 1
    )


def _refused(message: str, status: int) -> int:
    err.print(f"error: {' '.join(message.split())}", highlight=False, soft_wrap=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
