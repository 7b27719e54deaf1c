"""What `patterns learn` and `patterns check` share: recordings of an exercise read, its trials run and told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import RenderableType
from rich.table import Table

from base.atomic_file import whole_file
from base.console import styled
from commands.options import backend_for, bar, out, tell_notes
from commands.source_options import open_with
from i18n.names import words
from patterns.learning.track_jumps import check_one_person
from patterns.templates.library import template_ids
from patterns.templates.template import Side, Template
from patterns.templates.template_file import TEMPLATE_FILE
from scoring.trials.validation import Finding, Proof, Shown, prove
from sessions.intake.score_source import notes_of
from vision.analysis.estimate import estimate_poses
from vision.correction.depth import CORRECTIONS
from vision.pose import PoseSequence

Alike = Annotated[
    list[str] | None,
    typer.Option(
        help="An exercise of the library that is a variant of it, so that it may count it; may be repeated."
    ),
]
Trials = Annotated[bool, typer.Option(help="Whether to try it.")]
TRIALS: Final = {
    "own": "its own repetitions",
    "mirror": "in a mirror",
    "still": "standing still",
    "walk": "walking in",
}


def read_recordings(sources: Sequence[Path], backend: str, model: str, correction: str) -> list[PoseSequence]:
    """The landmarks of each source. Raises RequestError for one that cannot be read or shows more than one person."""
    recordings = []
    for source in sources:
        opened = open_with(source)
        with backend_for(source, backend, model) as pose, bar() as counter:
            correct = CORRECTIONS[correction]()
            found = estimate_poses(opened, pose, correct, counter(f"Reading {source.name}"), str(source))
            recordings.append(PoseSequence.from_frames(found))
        check_one_person(recordings[-1], str(source))
        tell_notes(source, notes_of(opened))
    return recordings


def check_alike(ids: Sequence[str]) -> None:
    """Raise TemplateError, with the nearest id, for one that is not in the library."""
    for name in ids:
        TEMPLATE_FILE.check_id(name, template_ids(), "--alike")


def tried(template: Template, side: Side, shown: Sequence[Shown], alike: Sequence[str]) -> Proof:
    """All trials, with a bar."""
    with bar() as counter:
        return prove(template, side, shown, counter("Trying it"), alike)


def proof_tables(proof: Proof) -> Iterator[RenderableType]:
    """The trials with what was found and what to change, and which other exercises are counted."""
    table = Table(title="Trials", title_justify="left")
    for head in ("", "trial", "found", "what to change"):
        table.add_column(head)
    others = [one for one in proof.findings if one.trial == "other"]
    for one in proof.findings:
        if one.trial != "other":
            table.add_row(_mark(one, proof), _name(one), found(one), advice(one))
    yield table
    counted = [one for one in others if not one.ok]
    if not counted:
        yield f"none of {len(others)} other exercises is counted"
        return
    table = Table(title=f"Counted of {len(others)} other exercises", title_justify="left")
    for head in ("", "exercise", "counted", "what to change"):
        table.add_column(head)
    for one in counted:
        kind = one.about in proof.alike
        share = f"{one.values['count']} of {one.values['shown']}"
        told = "nothing: it is one of this kind" if kind else f"{advice(one)} (--alike {one.about})"
        table.add_row(_mark(one, proof), one.about, share, told)
    yield table


def tell_proof(proof: Proof) -> None:
    """The tables, and in one line whether it stands."""
    for table in proof_tables(proof):
        out.print(table)
    verdict = "it stands its trials" if proof.stands else f"{len(proof.failed)} of its trials failed"
    out.print(verdict, highlight=False)


def write_proof(proof: Proof, template: Template, side: Side, file: Path) -> None:
    """The trials as JSON, schema diagonal.proof/1."""
    document: dict[str, Any] = {
        "schema": "diagonal.proof/1",
        "pattern": {
            "id": template.id,
            "version": template.version,
            "sha256": proof.template_sha256,
            "side": side,
        },
        "stands": proof.stands,
        "alike": list(proof.alike),
        "trials": [
            {
                "trial": one.trial,
                "about": one.about or None,
                "ok": one.ok,
                "failed": one in proof.failed,
                "values": one.values,
                "found": found(one),
                "advice": advice(one) or None,
            }
            for one in proof.findings
        ],
    }
    with whole_file(file) as part:
        part.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def found(one: Finding) -> str:
    """What a trial found, as a sentence."""
    return one.found.format(**one.values)


def advice(one: Finding) -> str:
    """What to change, as a sentence; empty where nothing."""
    return one.advice.format(**one.values)


def _name(one: Finding) -> str:
    return TRIALS.get(one.trial, words(one.about))


def _mark(one: Finding, proof: Proof) -> RenderableType:
    return styled(("BAD", "red") if one in proof.failed else ("ok", "green"))
