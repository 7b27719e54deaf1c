"""Sets of markers, all data of markers.toml, and the landmarks that the markers of a recording stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

import numpy as np
from pydantic import Field, field_validator

from patterns.signals import SIDES
from patterns.template import Record, Sentence, TemplateId
from patterns.toml_file import FileKind
from sessions.intake.points import IntakeError, Points
from vision.pose import INDEX, LANDMARKS, FloatArray

OWN: Final = Path(__file__).parent / "markers.toml"
NEEDED: Final = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
"""Without these nobody can be told to stand or move."""

Axis = Literal["x", "-x", "y", "-y", "z", "-z"]
Ways = Annotated[tuple[str, ...], Field(min_length=1)]
_BELL: Final = (-0.19, -0.30, 0.36)
"""Hip centre from the middle of the front spines: forward, up, outward, in distances between them."""


class Hips(Record):
    """Markers of the pelvis from which hip centres are told: front spines of a side, and the sacrum."""

    asis: Ways
    sacrum: Ways


class MarkerSet(Record):
    """Which markers stand for which landmarks; see the head of markers.toml."""

    id: TemplateId
    title: Sentence
    up: Axis | None = None
    camera: Axis | None = None
    landmarks: Annotated[Mapping[str, Ways], Field(min_length=1)]
    hips: Hips | None = None

    @field_validator("landmarks")
    @classmethod
    def _known(cls, ways: Mapping[str, Ways]) -> Mapping[str, Ways]:
        unknown = {name for key in ways for name, _ in _both(key, ())} - INDEX.keys()
        if unknown:
            raise ValueError(f"unknown landmark {min(unknown)!r}")
        return ways


class _Sets(Record):
    set: Annotated[tuple[MarkerSet, ...], Field(min_length=1)]


_FILE: Final = FileKind("file of markers", IntakeError, (_Sets, MarkerSet, Hips), frozenset(LANDMARKS))


@cache
def own_sets() -> tuple[MarkerSet, ...]:
    """Those that come with the program."""
    return read_sets(OWN)


def read_sets(path: Path) -> tuple[MarkerSet, ...]:
    """The sets of a file. Raises IntakeError with its first mistake in one line."""
    return _FILE.check(_Sets, _FILE.parse(_FILE.read(path), str(path)), str(path)).set


def landmarks_of(points: Points, sets: Sequence[MarkerSet], where: str) -> tuple[MarkerSet, FloatArray]:
    """The set of which most landmarks are there, and the landmarks (T, 33, 3) in the file's axes and unit.

    NaN where a marker is missing. Raises IntakeError where no set gives the shoulders and hips.
    """
    found = [(one, _placed(points, one)) for one in sets]
    chosen, placed = max(found, key=lambda pair: len(pair[1]))
    lacking = [name for name in NEEDED if name not in placed]
    if lacking:
        there = ", ".join(points.names[:12]) + (", ..." if len(points.names) > 12 else "")
        raise IntakeError(
            f"{where}: no marker for {lacking[0]} ({there}); say which stand for what: cli.py import --markers FILE"
        )
    values = np.full((len(points.t_s), len(LANDMARKS), 3), np.nan)
    for name, place in placed.items():
        values[:, INDEX[name]] = place
    return chosen, values


def _placed(points: Points, chosen: MarkerSet) -> dict[str, FloatArray]:
    """Places (T, 3) of the landmarks that the set finds among the markers."""
    at: dict[str, FloatArray] = {}
    for i, name in enumerate(points.names):
        at.setdefault(_plain(name), points.values[:, i])
    placed = {}
    for key, ways in chosen.landmarks.items():
        for name, named in _both(key, ways):
            place = _first(at, named)
            if place is not None:
                placed[name] = place
    if chosen.hips is not None and not {"left_hip", "right_hip"} <= placed.keys():
        placed |= _hip_centres(at, chosen.hips)
    return placed


def _first(at: Mapping[str, FloatArray], ways: Sequence[str]) -> FloatArray | None:
    """The middle of the markers of the first way that is all there."""
    for way in ways:
        names = [_plain(name) for name in way.split("+")]
        if all(name in at for name in names):
            return np.asarray(np.mean([at[name] for name in names], axis=0))
    return None


def _hip_centres(at: Mapping[str, FloatArray], hips: Hips) -> dict[str, FloatArray]:
    """Both hip centres (T, 3), by Bell's regression; none where a marker of the pelvis is not there."""
    left, right = (_first(at, ways) for _, ways in _both("{side}", hips.asis))
    sacrum = _first(at, hips.sacrum)
    if left is None or right is None or sacrum is None:
        return {}
    middle, wide = (left + right) / 2, np.linalg.norm(left - right, axis=1, keepdims=True)
    outward = (left - right) / wide
    back = sacrum - middle
    forward = _unit(-(back - (back * outward).sum(axis=1, keepdims=True) * outward))
    up = np.cross(forward, outward)
    ahead, above, beside = _BELL
    inner = middle + wide * (ahead * forward + above * up)
    return {"left_hip": inner + beside * wide * outward, "right_hip": inner - beside * wide * outward}


def _unit(vectors: FloatArray) -> FloatArray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def _plain(name: str) -> str:
    return name.rpartition(":")[2].strip().casefold()


def _both(key: str, ways: Sequence[str]) -> list[tuple[str, list[str]]]:
    """A landmark and its ways, once for each side where it is of a side."""
    if "{side}" not in key:
        return [(key, list(ways))]
    letters = [(side, {"side": side, "S": side[0].upper(), "s": side[0]}) for side in SIDES]
    return [(key.replace("{side}", side), [_filled(way, named) for way in ways]) for side, named in letters]


def _filled(way: str, named: Mapping[str, str]) -> str:
    for letter, word in named.items():
        way = way.replace(f"{{{letter}}}", word)
    return way
