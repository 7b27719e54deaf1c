"""Timed tests on the command line: `cli.py tests list` and `cli.py tests run`. Norms only for therapists who ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import RenderableType

from base.atomic_file import whole_file
from base.console import styled
from base.errors import RequestError
from commands.options import (
    CORRECTING,
    SOURCE_HELP,
    Backend,
    Correcting,
    Model,
    Sex,
    Side,
    backend_for,
    bar,
    check_outputs,
    out,
    tell_notes,
)
from commands.people_and_records import Whom, check_keep, store_open, tell_kept
from commands.source_options import Again, Fps, Recorded, SlowMotion, Subject, Unit, open_with
from patterns.programs.timed_test import TimedTest, load_timed_test, timed_test_ids
from patterns.templates.library import load_template
from scoring.safety.norms import NO_VERDICT, Standing, compare
from scoring.safety.timed_tests import Outcome, Part, Trial, run_test
from sessions.history.timed_results import TimedResultsKept
from sessions.intake.score_source import Scored, score_source
from vision.correction.depth import CORRECTIONS

SCHEMA: Final = "diagonal.test/1"
_OLDEST: Final = 120
tests_app = typer.Typer(help="Timed tests: list, run on a recording.", no_args_is_help=True)


@tests_app.command("list")
def list_tests() -> None:
    """All tests by id."""
    for test_id in timed_test_ids():
        test = load_timed_test(test_id)
        out.print(f"{test_id:26} {'/'.join(test.sides):11} {test.title}", highlight=False, soft_wrap=True)


@tests_app.command("run")
def run(
    source: Annotated[Path, typer.Argument(help=SOURCE_HELP)],
    test_id: Annotated[str, typer.Option("--test", help="Which test; see: tests list.")],
    side: Annotated[Side, typer.Option(help="The person's own side.")],
    age: Annotated[int | None, typer.Option(help="In whole years, for the norms.")] = None,
    sex: Annotated[Sex | None, typer.Option(help="For the norms.")] = None,
    therapist: Annotated[bool, typer.Option("--therapist", help="Show the norms; for therapists.")] = False,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the result as JSON.")] = None,
    backend: Annotated[Backend, typer.Option(help="What finds the joints.")] = Backend.onnx,
    model: Annotated[Model, typer.Option(help="Size of the pose network.")] = Model.full,
    correction: Correcting = CORRECTING,
    keep: Annotated[
        str | None, typer.Option(help="Keep it among the results of the person of this alias.")
    ] = None,
    recorded: Recorded = None,
    again: Again = False,
    subject: Subject = None,
    unit: Unit = None,
    fps: Fps = None,
    slow_motion: SlowMotion = None,
) -> None:
    """Time or count a test in a recording; with --therapist, --age and --sex beside its norms."""
    test = load_timed_test(test_id)
    test.check_side(side.value)
    if therapist and (age is None or sex is None):
        raise RequestError("--therapist: the norms need --age and --sex; give both")
    if age is not None and not 0 <= age <= _OLDEST:
        raise RequestError(f"--age {age}: expected 0 to {_OLDEST} years")
    check_outputs(source, {"--json": json_out})
    opened = open_with(source, subject, unit, fps, slow_motion)
    check_keep(source, keep, recorded, again)
    template = load_template(test.pattern)
    with backend_for(source, backend.value, model.value) as pose, bar() as counter:
        correct, progress = CORRECTIONS[correction.value](), counter(f"Judging {source.name}")
        scored = score_source(
            source, template, side.value, pose, opened=opened, correct=correct, progress=progress
        )
    outcome = run_test(test, Trial.of(scored.judged.reps, scored.judged.poses, test))
    standing = None
    if therapist and age is not None and sex is not None:
        standing = compare(test, outcome, age, sex.value)
    if json_out is not None:
        document = _document(test, outcome, standing, scored)
        with whole_file(json_out, private=True) as part:
            part.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n")
    for line in (*_told(test, outcome), *([] if standing is None else _told_norm(standing))):
        out.print(line, highlight=False, soft_wrap=True)
    tell_notes(source, scored.notes)
    if keep is not None:
        number = tell_kept(scored, None, keep, recorded)
        with store_open() as store:
            TimedResultsKept(store).keep(number, test)


@tests_app.command("results")
def results(
    whom: Whom,
    therapist: Annotated[bool, typer.Option("--therapist", help="Show the norms; for therapists.")] = False,
) -> None:
    """The kept results of a person over time; with --therapist beside the norms of their age and sex."""
    with store_open() as store:
        person = store.people.find(whom)
        found = TimedResultsKept(store).of(person.id)
    for one in found:
        test = load_timed_test(one.test)
        told = "no result" if one.outcome.value is None else _amount(one.outcome)
        day = f"{one.at.astimezone():%Y-%m-%d}"
        out.print(f"{day}  session {one.session_id:<5} {test.title}: {told}", highlight=False)
        age = person.age(one.at.date())
        if therapist and age is not None and person.sex is not None:
            for line in _told_norm(compare(test, one.outcome, age, person.sex)):
                out.print(f"  {line}", highlight=False, soft_wrap=True)
    if therapist and (person.birth_year is None or person.sex is None):
        out.print("No norms without year of birth and sex; see: people describe.", highlight=False)


def _told(test: TimedTest, outcome: Outcome) -> Iterator[RenderableType]:
    """The plain result, what it rests on, and what was not measured."""
    if outcome.value is None:
        yield styled((f"{test.title}: no result", "bold"), f" - {outcome.reason or ''}")
    else:
        yield styled((f"{test.title}: {_amount(outcome)}", "bold"))
    for part in outcome.parts:
        yield f"{part.name}: {_points(part)}"
    yield from outcome.notes
    yield styled((test.differs, "dim"))
    for item in outcome.not_measured:
        yield styled(("not measured:", "dim"), f" {item.feature} - {item.reason}")


def _amount(outcome: Outcome) -> str:
    shown = f"{outcome.value:.1f}" if outcome.unit == "s" else f"{outcome.value:.0f}"
    least = "" if outcome.most == outcome.value else f" of what was seen, at most {outcome.most:.0f} in all"
    return f"{shown} {outcome.unit}{least}"


def _points(part: Part) -> str:
    if part.points is None:
        return f"not measured (seen in {part.seen} repetitions)"
    return f"{part.points} (found in {part.found} repetitions)"


def _told_norm(standing: Standing) -> Iterator[RenderableType]:
    yield styled(("For therapists:", "bold"), f" {standing.told}")
    if standing.norm is not None:
        yield f"norm of {standing.norm}"
    yield styled((f"{standing.source} {NO_VERDICT}", "dim"))


def _document(test: TimedTest, outcome: Outcome, standing: Standing | None, scored: Scored) -> dict[str, Any]:
    """The result as plain data, with the judged set it rests on; norm is None unless a therapist asked."""
    norm = None if standing is None else {**vars(standing), "no_verdict": NO_VERDICT}
    return {
        "schema": SCHEMA,
        "test": {"id": test.id, "title": test.title, "source": test.source, "differs": test.differs},
        "result": {
            **{key: value for key, value in vars(outcome).items() if key not in ("parts", "not_measured")},
            "parts": [dict(vars(part)) for part in outcome.parts],
            "not_measured": [dict(vars(item)) for item in outcome.not_measured],
        },
        "norm": norm,
        "session": scored.document,
    }
