"""`cli.py import`: a recording of another program or of a laboratory, as a landmark recording."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, cast, get_args

import numpy as np
import typer
from rich.markup import escape

from models.errors import RequestError
from sessions.intake.markers import Axis
from sessions.intake.opening import LANDMARK_FILES, MarkerFacts, import_landmarks
from sessions.intake.points import METRES
from ui.command_line import check_outputs, out
from vision.pose import LANDMARKS, PoseSequence
from vision.recording import write_recording

AxisName = StrEnum("AxisName", {name.replace("-", "minus_"): name for name in get_args(Axis)})  # type: ignore[misc]
Unit = StrEnum("Unit", {name: name for name in METRES})  # type: ignore[misc]


def import_recording(
    source: Annotated[Path, typer.Argument(help="TRC, C3D, or a session exported as JSON or CSV (zip).")],
    landmarks: Annotated[Path, typer.Option("--out", help="The landmark recording to write (.npz).")],
    markers: Annotated[
        Path | None, typer.Option(help="Your own marker names (.toml), as in sessions/intake/markers.toml.")
    ] = None,
    up: Annotated[
        AxisName | None, typer.Option(help="The file's axis that points up, if it cannot be told.")
    ] = None,
    camera: Annotated[
        AxisName | None, typer.Option(help="The axis that points to the camera; else where the person faces.")
    ] = None,
    unit: Annotated[Unit | None, typer.Option(help="Of its places, if the file says it wrongly.")] = None,
) -> None:
    """Read a laboratory's recording, seen as by a camera in front of the person, as landmarks to score."""
    if source.suffix.lower() not in LANDMARK_FILES:
        kinds = ", ".join(f"{ending} {one.title}" for ending, one in LANDMARK_FILES.items())
        raise RequestError(f"{source}: the name of this file must end in one of: {kinds}")
    check_outputs(source, {"--landmarks": landmarks})
    facts = MarkerFacts(
        None if markers is None else str(markers),
        None if up is None else cast(Axis, up.value),
        None if camera is None else cast(Axis, camera.value),
        None if unit is None else unit.value,
    )
    poses = import_landmarks(source, facts)
    write_recording(landmarks, poses)
    out.print(f"{_told(poses)}; written to {escape(str(landmarks))}", highlight=False, soft_wrap=True)


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
