"""What a person adds on the command line about a SOURCE that does not say it itself."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from base.errors import RequestError
from sessions.intake.maps import parse_map
from sessions.intake.opening import MarkerFacts, holds_landmarks, open_movement
from sessions.intake.saved_maps import load_maps
from vision.pose import PoseSequence
from vision.video.sources import VideoSource
from vision.video.times import VideoFacts


class AxisName(StrEnum):
    """Axes of a file."""

    x = "x"
    minus_x = "-x"
    y = "y"
    minus_y = "-y"
    z = "z"
    minus_z = "-z"


class UnitName(StrEnum):
    """Units of a file; a test holds them to METRES."""

    m = "m"
    cm = "cm"
    mm = "mm"


Markers = Annotated[
    Path | None, typer.Option(help="Your own marker names (.toml), as in sessions/intake/markers.toml.")
]
ByHand = Annotated[
    list[str] | None,
    typer.Option("--map", help="LANDMARK=MARKER, or A+B for the middle of two; saved for next time."),
]
Up = Annotated[AxisName | None, typer.Option(help="The file's axis that points up, if it cannot be found.")]
Camera = Annotated[
    AxisName | None, typer.Option(help="The axis that points to the camera; else where the person faces.")
]
Unit = Annotated[UnitName | None, typer.Option(help="Unit of the markers, whatever the file says.")]
Subject = Annotated[str | None, typer.Option(help="Whose movement, in a file with several subjects.")]
Fps = Annotated[float | None, typer.Option(help="Frames per second of a video without times (raw .h264).")]
SlowMotion = Annotated[
    float | None,
    typer.Option("--slow-motion", help="How many times slower than life a video plays; 1: not at all."),
]
Recorded = Annotated[
    str | None,
    typer.Option(help="When it was recorded, YYYY-MM-DD or with a time; else by the file, else today."),
]
Again = Annotated[bool, typer.Option("--again", help="Store the file again, though it is stored already.")]
_MOST: Final = 1000.0
_FIRST_YEAR: Final = 1900


def open_with(
    source: Path,
    subject: str | None = None,
    unit: UnitName | None = None,
    fps: float | None = None,
    slow_motion: float | None = None,
) -> VideoSource | PoseSequence:
    """Return the opened SOURCE. Raises RequestError, also for an option that does not suit it."""
    video = VideoFacts(_within("--fps", fps), _within("--slow-motion", slow_motion))
    landmarks = holds_landmarks(source)
    for option, given, suits in (
        ("--fps", fps, not landmarks),
        ("--slow-motion", slow_motion, not landmarks),
        ("--subject", subject, landmarks),
        ("--unit", unit, landmarks),
    ):
        if given is not None and not suits:
            kind = "landmarks" if landmarks else "a video"
            raise RequestError(f"{option}: {source} holds {kind}; leave it out")
    return open_movement(source, facts=marker_facts(subject=subject, unit=unit), video=video)


def marker_facts(
    *,
    markers: Path | None = None,
    by_hand: list[str] | None = None,
    up: AxisName | None = None,
    camera: AxisName | None = None,
    unit: UnitName | None = None,
    subject: str | None = None,
) -> MarkerFacts:
    """Return what was said about a file of markers, with the maps saved before. Raises IntakeError."""
    return MarkerFacts(
        None if markers is None else str(markers),
        None if up is None else up.value,
        None if camera is None else camera.value,
        None if unit is None else unit.value,
        subject,
        parse_map(by_hand or []),
        load_maps(),
    )


def recorded_day(text: str) -> datetime | date:
    """Return the day, or the moment, that --recorded says. Raises RequestError for one that cannot be."""
    try:
        at: datetime | date = (
            date.fromisoformat(text)
            if len(text) <= len("YYYY-MM-DD")
            else datetime.fromisoformat(text).astimezone()
        )
    except ValueError as error:
        raise RequestError(
            f"--recorded {text}: expected a day such as 2026-03-31, or with a time 2026-03-31T14:05"
        ) from error
    now = datetime.now().astimezone()
    if at > (now if isinstance(at, datetime) else now.date()):
        raise RequestError(f"--recorded {text}: this is in the future; give the day on which it was recorded")
    if at.year < _FIRST_YEAR:
        raise RequestError(f"--recorded {text}: expected a day since {_FIRST_YEAR}")
    return at


def _within(option: str, value: float | None) -> float | None:
    if value is not None and not 1 / _MOST <= value <= _MOST:
        raise RequestError(f"{option} {value:g}: expected a number from {1 / _MOST:g} to {_MOST:g}")
    return value
