"""`cli.py import`: a recording of another program or of a laboratory, as a landmark recording."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.text import Text

from base.console import styled
from base.errors import RequestError
from commands.options import check_outputs, out, tell_notes
from commands.source_options import ByHand, Camera, Markers, Subject, Unit, Up, marker_facts
from sessions.intake.opening import LANDMARK_FILES, Imported, import_file
from sessions.intake.saved_maps import forget_maps, load_maps, save_map
from sessions.intake.score_source import notes_of
from vision.pose import LANDMARKS, PoseSequence
from vision.recording import write_recording

maps_app = typer.Typer(help="Marker maps that import saved: list, forget.", no_args_is_help=True)


@maps_app.command("list")
def list_maps() -> None:
    """Show the saved maps by number, the latest last."""
    for number, one in enumerate(load_maps(), start=1):
        mapped = ", ".join(f"{landmark} = {marker}" for landmark, marker in one.items())
        out.print(f"{number:>4}  {mapped}", highlight=False, soft_wrap=True)


@maps_app.command("forget")
def forget(
    numbers: Annotated[list[int] | None, typer.Argument(help="Which; see: maps list.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Forget all of them.")] = False,
) -> None:
    """Delete saved maps, so that files are read by their own marker names again."""
    saved = load_maps()
    wanted = range(1, len(saved) + 1) if every else numbers or []
    if not every and not wanted:
        raise RequestError("maps forget: give the number of a map (see: maps list), or --all")
    for number in wanted:
        if not 1 <= number <= len(saved):
            raise RequestError(f"maps forget {number}: there are {len(saved)} saved maps; see: maps list")
    forget_maps(*(saved[number - 1] for number in wanted))
    count = len(set(wanted))
    out.print(f"{count} {'map' if count == 1 else 'maps'} forgotten.", highlight=False)


def import_recording(
    source: Annotated[Path, typer.Argument(help="TRC, C3D, or a session exported as JSON or CSV (zip).")],
    landmarks: Annotated[Path, typer.Option("--out", help="The landmark recording to write (.npz).")],
    markers: Markers = None,
    by_hand: ByHand = None,
    up: Up = None,
    camera: Camera = None,
    unit: Unit = None,
    subject: Subject = None,
) -> None:
    """Read a laboratory's recording, seen as by a camera in front of the person, as landmarks to score."""
    if source.suffix.lower() not in LANDMARK_FILES:
        kinds = ", ".join(f"{ending} {one.title}" for ending, one in LANDMARK_FILES.items())
        raise RequestError(f"{source}: the name of this file must end in one of: {kinds}")
    check_outputs(source, {"--out": landmarks}, {"--out": ".npz"})
    facts = marker_facts(markers=markers, by_hand=by_hand, up=up, camera=camera, unit=unit, subject=subject)
    found = import_file(source, facts)
    write_recording(landmarks, found.poses)
    for line in (*_matched(found), f"{_told(found.poses)}; written to {landmarks}"):
        out.print(line, highlight=False, soft_wrap=True)
    if facts.by_hand:
        out.print(f"map saved for next time: {save_map(facts.by_hand)}", highlight=False, soft_wrap=True)
    tell_notes(source, notes_of(found.poses))


def _matched(found: Imported) -> Iterator[str | Text]:
    """Give in lines which markers stand for which landmarks, and how to map the rest."""
    if not found.markers:
        return
    yield styled((found.title, "bold"))
    for landmark, names in found.markers.items():
        yield f"  {landmark:18} {' + '.join(names)}"
    if found.unused:
        yield f"  markers not used: {', '.join(found.unused)}"
        yield "  map one by hand with --map LANDMARK=MARKER"


def _told(poses: PoseSequence) -> str:
    seen = np.isfinite(poses.xy_px[..., 0])
    there = np.asarray(seen.any(axis=0))
    lacking = [name for name, one in zip(LANDMARKS, there, strict=True) if not one]
    without = f", without {', '.join(lacking)}" if lacking else ""
    seconds = float(poses.t_s[-1] - poses.t_s[0])
    share = float(seen[:, there].mean()) if there.any() else 0.0
    return (
        f"{len(poses)} frames of {seconds:.1f} s; {int(there.sum())} of {len(LANDMARKS)} landmarks{without}; "
        f"{share:.1%} of their places are there"
    )
