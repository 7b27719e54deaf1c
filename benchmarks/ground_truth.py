"""Recordings of which others know the repetitions: what `bench accuracy` holds the judgement against.

Three kinds of folder, told by what lies in them:
- reps.csv: measured landmarks NAME.npz, columns recording, movement, subject, label, side, rep, start_s, end_s;
- index.csv: videos of real people counted by eye, columns file, exercise, complete_reps;
- NAME.json beside NAME.mp4: rendered people, every repetition with its frames and planted faults.
"""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from base.errors import RequestError
from patterns.templates.library import load_template
from patterns.templates.template import Side, Template

NAMES: Final = Path(__file__).parent / "benchmarks.toml"
MEASURED: Final = "reps.csv"
FOOTAGE: Final = "index.csv"
Kind = Literal["measured", "footage", "rendered"]


@dataclass(frozen=True)
class KnownRep:
    """One movement as others know it.

    start_s, peak_s, end_s seconds, peak_s None where nobody says; counts: False for one that was broken off;
    faults: those planted, by our ids, that its view may show or not (see `shown_in`); correct: the label of the whole.
    """

    side: Side
    start_s: float
    peak_s: float | None
    end_s: float
    counts: bool = True
    faults: frozenset[str] = frozenset()
    correct: bool | None = None


@dataclass(frozen=True)
class KnownSet:
    """One recording: where it is, the template and side to judge it by, and what is known of it.

    count: how many repetitions there are; reps: each of them, none for footage. subject: who moves, "" unknown.
    """

    kind: Kind
    source: Path
    template: Template
    side: Side
    count: int
    reps: tuple[KnownRep, ...] = ()
    subject: str = ""


@cache
def _names() -> dict[str, dict[str, Any]]:
    with NAMES.open("rb") as file:
        return tomllib.load(file)


@cache
def shown_in() -> dict[str, tuple[str, ...]]:
    """For each fault that is ever planted, by our ids, the views that can show it."""
    return {fault["id"]: tuple(fault["views"]) for fault in _names()["fault"].values()}


def known_sets(folder: Path) -> tuple[KnownSet, ...]:
    """Every recording of a folder whose exercise we have a pattern for. RequestError where the truth is broken."""
    if (folder / MEASURED).is_file():
        return tuple(_measured(folder))
    if (folder / FOOTAGE).is_file():
        return tuple(_footage(folder))
    return tuple(_rendered(folder))


def _template(exercise: str) -> Template | None:
    known = _names()["exercise"].get(exercise)
    return None if known is None else load_template(known)


def _side(template: Template, told: set[str]) -> Side:
    """The side to ask the template for, from the sides that the repetitions have."""
    if template.side == "both":
        return "both"
    one = next(iter(told))
    if len(told) == 1 and one in ("left", "right"):
        return "left" if one == "left" else "right"
    return "both" if template.alternates else "right"


def _rows(file: Path, wanted: set[str]) -> list[dict[str, str]]:
    with file.open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    missing = wanted - set(rows[0] if rows else ())
    if missing:
        raise RequestError(
            f"{file}: expected columns {', '.join(sorted(wanted))}; there is no {min(missing)}"
        )
    return rows


def _measured(folder: Path) -> Iterator[KnownSet]:
    wanted = {"recording", "movement", "subject", "label", "side", "start_s", "end_s"}
    found: dict[str, list[dict[str, str]]] = {}
    for row in _rows(folder / MEASURED, wanted):
        found.setdefault(row["recording"], []).append(row)
    for name, rows in sorted(found.items()):
        template, source = _template(rows[0]["movement"]), folder / f"{name}.npz"
        if template is None or not source.is_file():
            continue
        reps = tuple(
            KnownRep(
                "left" if row["side"] == "left" else "right" if row["side"] == "right" else "both",
                float(row["start_s"]),
                None,
                float(row["end_s"]),
                correct=row["label"] == "correct",
            )
            for row in rows
        )
        side = _side(template, {rep.side for rep in reps})
        yield KnownSet("measured", source, template, side, len(reps), reps, rows[0]["subject"])


def _footage(folder: Path) -> Iterator[KnownSet]:
    for row in _rows(folder / FOOTAGE, {"file", "exercise", "complete_reps"}):
        template, source = _template(row["exercise"]), folder / row["file"]
        if template is not None and source.is_file():
            yield KnownSet(
                "footage", source, template, _side(template, {"left", "right"}), int(row["complete_reps"])
            )


def _rendered(folder: Path) -> Iterator[KnownSet]:
    for file in sorted(folder.glob("*.json")):
        source = file.with_suffix(".mp4")
        if not source.is_file():
            continue
        truth = json.loads(file.read_text())
        try:
            template, reps = _template(truth["exercise"]), tuple(_rendered_reps(truth))
        except (KeyError, TypeError) as error:
            raise RequestError(f"{file}: expected exercise, fps and reps; there is no {error}") from error
        if template is not None and reps:
            side = _side(template, {rep.side for rep in reps if rep.counts})
            yield KnownSet("rendered", source, template, side, sum(r.counts for r in reps), reps)


def _rendered_reps(truth: dict[str, Any]) -> Iterator[KnownRep]:
    ids, swaps = _names()["fault"], any("swap_side" in rep["faults"] for rep in truth["reps"])
    for rep in truth["reps"]:
        if swaps and rep["side"] != truth["side"]:
            continue
        start_s, peak_s, end_s = (rep[key] / truth["fps"] for key in ("start", "peak", "end"))
        faults = frozenset(ids[name]["id"] for name in rep["faults"] if name in ids)
        yield KnownRep(rep["side"], start_s, peak_s, end_s, bool(rep["complete"]), faults)
