"""`cli.py bench accuracy`: angles and judgement held against recordings whose truth is known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import Progress

from base.atomic_file import whole_file
from base.console import PlainConsole
from base.errors import RequestError
from base.temporary import temporary_folder
from benchmarks.angle_errors import Errors, accuracy_rows, clip_errors, read_clip
from benchmarks.few_shot import footage_teachings, rendered_teachings, rest_rows, taught_rows, tried
from benchmarks.ground_truth import FOOTAGE, MEASURED, KnownSet, known_sets
from benchmarks.judgement_errors import (
    FaultRow,
    JudgedSet,
    SeparationRow,
    clean_row,
    count_rows,
    edge_rows,
    fault_rows,
    separation_rows,
)
from benchmarks.learning import in_processes, learned_rows, lessons
from benchmarks.page_blocks import check_blocks, markdown_of, write_blocks
from benchmarks.tables import TABLES, rich_tables
from scoring.coach.recording import judge
from vision.analysis.estimate import estimate_poses, is_recording, open_source
from vision.backends.backend import BACKENDS, MODELS, PoseBackend
from vision.correction.depth import CORRECTIONS, DEFAULT
from vision.pose import PoseFrame, PoseSequence
from vision.recording import write_recording

_FILE_WIDTH: Final = 140


@dataclass
class _Found:
    """What the folders gave so far: errors of angles, and judged sets, of which every source is a landmark recording.

    kept: a folder for the recordings of videos.
    """

    kept: Path

    errors: list[Errors] = field(default_factory=list)
    judged: list[JudgedSet] = field(default_factory=list)


def accuracy(
    folders: Annotated[
        list[Path],
        typer.Argument(
            help="Folders of recordings with their truth: rendered clips (NAME.mp4, .npz, .json), measured landmarks "
            "(reps.csv), footage (index.csv)."
        ),
    ],
    model: Annotated[str, typer.Option(help="Pose network: lite, full or heavy.")] = "full",
    learn: Annotated[
        bool,
        typer.Option(
            help="Also learn templates: from one person each where recordings are labelled, and from three repetitions."
        ),
    ] = True,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write every row as JSON.")] = None,
    page: Annotated[
        Path | None, typer.Option(help="Write the tables into this page of the documentation.")
    ] = None,
) -> None:
    """Errors of joint angles; counts, edges, faults and scores against known repetitions."""
    if model not in MODELS:
        raise RequestError(f"--model {model}: expected one of {', '.join(MODELS)}")
    check_blocks(page, TABLES)
    work = [(folder, known_sets(folder), _clips(folder)) for folder in folders]
    for folder, known, clips in work:
        if not known and not clips:
            raise RequestError(
                f"{folder}: expected NAME.mp4 with NAME.npz beside it, reps.csv or index.csv, found none"
            )
    out, err = PlainConsole(), PlainConsole(stderr=True)
    if not out.is_terminal:  # in a file no column is to be cut
        out = PlainConsole(width=_FILE_WIDTH)
    with temporary_folder() as kept:
        found = _Found(kept)
        backend = BACKENDS["onnx"](model)
        try:
            with Progress(console=err, disable=not err.is_terminal, transient=True) as progress:
                for folder, known, clips in work:
                    _measure(folder, known, clips, backend, found, progress)
        finally:
            backend.close()
        figures = _figures(found)
        if learn:
            figures |= _learned(found, figures["separation"], err)
    tables = rich_tables(figures)
    for table in tables:
        out.print(table)
    if page is not None:
        shown = [name for name, rows in figures.items() if rows]
        write_blocks(page, dict(zip(shown, map(markdown_of, tables), strict=True)))
    if json_out is not None:
        with whole_file(json_out) as part:
            part.write_text(
                json.dumps({name: _plain(rows) for name, rows in figures.items()}, indent=1) + "\n"
            )


def _clips(folder: Path) -> list[Path]:
    """The rendered clips of a folder, whose joints are known; none where a table says that it holds other things."""
    tables = (folder / name for name in (MEASURED, FOOTAGE))
    return [] if any(table.is_file() for table in tables) else sorted(folder.glob("*.mp4"))


def _measure(
    folder: Path,
    known: Sequence[KnownSet],
    clips: Sequence[Path],
    backend: PoseBackend,
    found: _Found,
    progress: Progress,
) -> None:
    """Every recording of a folder; a video's raw poses serve its angles and its judgement."""
    raw: dict[Path, Sequence[PoseFrame]] = {}
    for video in progress.track(clips, description=f"Angles in {folder.name}"):
        clip = read_clip(video, backend)
        found.errors += clip_errors(clip, CORRECTIONS)
        raw[video] = clip.poses
    for one in progress.track(known, description=f"Judging {folder.name}"):
        correct = CORRECTIONS[DEFAULT]()
        if one.source in raw:
            poses = [correct(pose) for pose in raw[one.source]]
        else:
            poses = list(estimate_poses(open_source(one.source), backend, correct))
        judged = judge(poses, one.template, one.side)
        recorded = replace(one, source=_recorded(one, poses, found))
        found.judged.append(JudgedSet(recorded, judged.reps, judged.view))


def _recorded(one: KnownSet, poses: Sequence[PoseFrame], found: _Found) -> Path:
    """The landmark recording of what was judged: the source itself, or one that is kept until the end."""
    if is_recording(one.source):
        return one.source
    file = found.kept / str(len(found.judged)) / f"{one.source.stem}.npz"
    file.parent.mkdir()
    write_recording(file, PoseSequence.from_frames(poses))
    return file


def _learned(found: _Found, by_hand: Sequence[SeparationRow], err: Console) -> dict[str, Sequence[Any]]:
    """The tables of learned templates."""
    known = [one.known for one in found.judged]
    rendered, footage = rendered_teachings(known), footage_teachings(known)
    with Progress(console=err, disable=not err.is_terminal, transient=True) as progress:
        task = progress.add_task("Learning", total=len(lessons(known)) + len(rendered) + len(footage))

        def told() -> None:
            progress.advance(task)

        learned = learned_rows(known, by_hand, told)
        tries = []
        for _, result in in_processes(tried, [*rendered, *footage]):
            tries.append(result)
            told()
    taught = [one for one in tries if one.teaching.taught[0].kind == "rendered"]
    rest = [one for one in tries if one.teaching.taught[0].kind == "footage"]
    return {"learned": learned, "taught": taught_rows(taught, found.judged), "rest": rest_rows(rest)}


def _figures(found: _Found) -> dict[str, Sequence[Any]]:
    """Every table by name, in the order in which they are shown."""
    rendered = [one for one in found.judged if one.known.kind == "rendered"]
    clean = clean_row(rendered)
    return {
        "angles": accuracy_rows(found.errors),
        "counts": count_rows(found.judged),
        "edges": edge_rows(rendered),
        "faults": fault_rows(rendered),
        "clean": [] if clean is None else [clean],
        "separation": separation_rows(found.judged),
    }


def _plain(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [vars(row) | ({"f1": row.f1} if isinstance(row, FaultRow) else {}) for row in rows]
