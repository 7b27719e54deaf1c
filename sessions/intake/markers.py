"""Sets of markers, all data of markers.toml, and the landmarks that the markers of a recording stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

import numpy as np
from pydantic import Field, field_validator

from base.errors import MissingFactError
from patterns.features.signals import SIDES
from patterns.templates.template import Record, TemplateId, Title
from patterns.templates.toml_file import FileKind
from sessions.intake.names import NameTable, literal
from sessions.intake.points import METRES, IntakeError, Points, unit_of
from vision.pose import INDEX, LANDMARKS, FloatArray

OWN: Final = Path(__file__).parent / "markers.toml"
NEEDED: Final = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
"""Without these neither standing nor movement can be seen."""

Axis = Literal["x", "-x", "y", "-y", "z", "-z"]
Ways = Annotated[tuple[str, ...], Field(min_length=1)]
_ORIGIN_M: Final = 0.001
_BELL: Final = (-0.19, -0.30, 0.36)
"""Hip centre from the middle of the front spines: forward, up, outward, in distances between them."""


class Hips(Record):
    """Markers of the pelvis from which hip centres are computed: front spines of a side, and the sacrum."""

    asis: Ways
    sacrum: Ways


class MarkerSet(Record):
    """Which markers stand for which landmarks; see the head of markers.toml."""

    id: TemplateId
    title: Title
    up: Axis | None = None
    camera: Axis | None = None
    origin: Literal["hips"] | None = None
    exact: bool = False
    landmarks: Annotated[Mapping[str, Ways], Field(min_length=1)]
    hips: Hips | None = None

    @field_validator("landmarks")
    @classmethod
    def _known(cls, ways: Mapping[str, Ways]) -> Mapping[str, Ways]:
        unknown = {name for key in ways for name, _ in _sided(key)} - INDEX.keys()
        if unknown:
            raise ValueError(f"unknown landmark {min(unknown)!r}")
        return ways

    @property
    def names(self) -> Iterator[str]:
        """Every name of a marker in it, with places for the side."""
        hips = () if self.hips is None else (self.hips.asis, self.hips.sacrum)
        for ways in (*self.landmarks.values(), *hips):
            for way in ways:
                yield from way.split("+")


class _Sets(Record):
    set: Annotated[tuple[MarkerSet, ...], Field(min_length=1)]


_FILE: Final = FileKind("file of markers", IntakeError, (_Sets, MarkerSet, Hips), frozenset(LANDMARKS))


@dataclass(frozen=True)
class Match:
    """Which landmarks were found. chosen: the set that finds most of them. markers: the names that each rests on.

    values: (T, 33, 3) in the file's axes and unit, NaN where a marker is missing. unused: markers that stand for none.
    """

    chosen: MarkerSet
    markers: Mapping[str, tuple[str, ...]]
    unused: tuple[str, ...]
    values: FloatArray

    def axes(self, points: Points, up: Axis | None, camera: Axis | None) -> tuple[Axis | None, Axis | None]:
        """Return the axes that point up and to the camera: as given, else as the set says; None to be found."""
        own = self.chosen.origin is None or self._about_the_hips(points.unit)
        return up or (self.chosen.up if own else None), camera or (self.chosen.camera if own else None)

    def _about_the_hips(self, unit: str) -> bool:
        """Whether the middle of the hips is the origin of every frame: seen by a camera that knows no room."""
        hips = (self.values[:, INDEX["left_hip"]] + self.values[:, INDEX["right_hip"]]) / 2
        return bool(np.nanmax(np.abs(hips), initial=0.0) * METRES.get(unit_of(unit) or "m", 1.0) < _ORIGIN_M)


@cache
def own_sets() -> tuple[MarkerSet, ...]:
    """Return the sets that come with the program."""
    return read_sets(OWN)


def read_sets(path: Path) -> tuple[MarkerSet, ...]:
    """Return the sets of a file. Raises IntakeError with its first mistake in one line."""
    return _FILE.check(_Sets, _FILE.parse(_FILE.read(path), str(path)), str(path)).set


def found_in(names: Sequence[str], one: MarkerSet) -> dict[str, tuple[int, ...]]:
    """Return the landmarks of a set that markers of these names give, with the numbers of the markers."""
    table = NameTable(names)
    exact = {name.strip().casefold(): i for i, name in reversed([*enumerate(names)])} if one.exact else None
    found = {}
    for key, ways in one.landmarks.items():
        for landmark, side in _sided(key):
            picked = _first(table, exact, ways, side)
            if picked is not None:
                found[landmark] = picked
    return found


def match(points: Points, sets: Sequence[MarkerSet], where: str, by_hand: MarkerSet | None = None) -> Match:
    """Return the landmarks that the markers stand for: by hand, by the set that finds most, then by the others.

    Raises MissingFactError where no set gives the shoulders and hips.
    """
    tried = [(one, found_in(points.names, one)) for one in sets]
    chosen, picked = max(tried, key=lambda pair: len(pair[1]))
    hand = {} if by_hand is None else found_in(points.names, by_hand)
    picked = hand | {name: numbers for name, numbers in picked.items() if name not in hand}
    ordered = sorted(tried, key=lambda pair: pair[0] is not chosen)
    for _, others in ordered:
        picked = others | picked
    values = np.full((len(points.t_s), len(LANDMARKS), 3), np.nan)
    for name, numbers in picked.items():
        values[:, INDEX[name]] = points.values[:, list(numbers)].mean(axis=1)
    if not {"left_hip", "right_hip"} <= picked.keys():
        for one, _ in ordered:
            hips = None if one.hips is None else _hip_centres(points, one.hips)
            if hips is not None:
                numbers, centres = hips
                for name, places in centres.items():
                    picked[name] = numbers
                    values[:, INDEX[name]] = places
                break
    there = {name: tuple(points.names[i] for i in picked[name]) for name in LANDMARKS if name in picked}
    _check(points, there, where)
    _check_distinct(picked, hand, there, where)
    used = {number for numbers in picked.values() for number in numbers}
    unused = tuple(name for i, name in enumerate(points.names) if i not in used)
    return Match(chosen, there, unused, values)


def _check_distinct(
    picked: Mapping[str, tuple[int, ...]],
    hand: Mapping[str, object],
    there: Mapping[str, tuple[str, ...]],
    where: str,
) -> None:
    """Raise IntakeError where what was mapped by hand gives the same markers to two landmarks."""
    first: dict[frozenset[int], str] = {}
    for name in (*hand, *picked.keys() - hand.keys()):
        before = first.setdefault(frozenset(picked[name]), name)
        if before != name and before in hand:
            raise IntakeError(
                f"{where}: marker {' + '.join(there[before])} stands for {before} and for {name}; "
                "map each of them to a marker of its own"
            )


def _check(points: Points, found: Mapping[str, tuple[str, ...]], where: str) -> None:
    lacking = [name for name in NEEDED if name not in found]
    if lacking:
        there = ", ".join(points.names[:12]) + (", ..." if len(points.names) > 12 else "")
        raise MissingFactError(
            f"{where}: no marker for {lacking[0]} ({there}); say which marker it is: "
            f"cli.py import --map {lacking[0]}=NAME, or --markers FILE",
            "markers",
            points.names,
            found,
        )


def _first(
    table: NameTable, exact: Mapping[str, int] | None, ways: Sequence[str], side: str | None
) -> tuple[int, ...] | None:
    """Return the numbers of the markers of the first way that is all there."""
    for way in ways:
        if exact is None:
            numbers = [table.find(name, side) for name in way.split("+")]
        else:
            numbers = [exact.get(literal(name, side).strip().casefold()) for name in way.split("+")]
        there = tuple(number for number in numbers if number is not None)
        if len(there) == len(numbers):
            return there
    return None


def _hip_centres(points: Points, hips: Hips) -> tuple[tuple[int, ...], dict[str, FloatArray]] | None:
    """Return the markers and both hip centres (T, 3), by Bell's regression; None where one marker is not there."""
    table = NameTable(points.names)
    picked = (
        *(_first(table, None, hips.asis, side) for side in SIDES),
        _first(table, None, hips.sacrum, None),
    )
    if any(numbers is None for numbers in picked):
        return None
    left, right, sacrum = (points.values[:, list(numbers or ())].mean(axis=1) for numbers in picked)
    middle, wide = (left + right) / 2, np.linalg.norm(left - right, axis=1, keepdims=True)
    outward = (left - right) / wide
    back = sacrum - middle
    forward = _unit(-(back - (back * outward).sum(axis=1, keepdims=True) * outward))
    up = np.cross(forward, outward)
    ahead, above, beside = _BELL
    inner = middle + wide * (ahead * forward + above * up)
    numbers = tuple(number for one in picked for number in one or ())
    return numbers, {
        "left_hip": inner + beside * wide * outward,
        "right_hip": inner - beside * wide * outward,
    }


def _unit(vectors: FloatArray) -> FloatArray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def _sided(key: str) -> list[tuple[str, str | None]]:
    """Return a landmark and its side, once for each side where it has one."""
    if "{side}" in key:
        return [(key.replace("{side}", side), side) for side in SIDES]
    return [(key, next((side for side in SIDES if side in key), None))]
