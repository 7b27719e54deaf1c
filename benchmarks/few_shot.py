"""Templates learned from three good repetitions of one video, tried on other videos of the exercise, or on its rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.ground_truth import KnownRep, KnownSet
from benchmarks.judgement_errors import SAME_FROM, FaultRow, JudgedSet, clean_row, fault_rows, shared
from patterns.learning.demonstration import Demonstration, DemonstrationError, demonstration
from patterns.learning.learn import LEAST_REPETITIONS, learn_template
from patterns.learning.repetition_finder import FoundRep, find_repetitions
from patterns.templates.template import Side, Template
from scoring.coach.recording import judge
from vision.recording import read_recording

_ID: Final = "learned"


@dataclass(frozen=True)
class Teaching:
    """Recordings to learn three good repetitions from, and those to try what was learned on.

    Where both are the same recording, it is tried on what comes after the repetitions that were learned from.
    """

    taught: tuple[KnownSet, ...]
    others: tuple[KnownSet, ...]


@dataclass(frozen=True)
class Tried:
    """What came of one teaching: the recordings judged by what was learned, or in one line why it was refused."""

    teaching: Teaching
    judged: tuple[JudgedSet, ...] = ()
    refused: str = ""


@dataclass(frozen=True)
class TaughtRow:
    """One exercise: learned from three clean repetitions of each rendered clip in turn, tried on all other clips.

    pairs: of a clip learned from and one tried on; refused: pairs whose demonstration was refused, they count for
    nothing else. exact, within_one: shares of pairs. found, missed, false: planted faults as in FaultRow. lowest: the
    least F1 of a clip learned from. by_hand: F1 of the template written by hand, on the same pairs. told: share of the
    repetitions without a planted fault that are told one.
    """

    pattern: str
    pairs: int
    refused: int
    exact: float
    within_one: float
    found: int
    missed: int
    false: int
    f1: float | None
    lowest: float | None
    by_hand: float | None
    told: float


@dataclass(frozen=True)
class RestRow:
    """One video of a real person: learned from its first three repetitions, the rest counted. None where refused."""

    recording: str
    pattern: str
    rest: int
    counted: int | None


def rendered_teachings(known: Iterable[KnownSet]) -> list[Teaching]:
    """For each rendered exercise one teaching by each clip with three clean repetitions.

    Where no clip has as many, one for each clip to try on: the clean repetitions of all other clips together.
    """
    by_pattern: dict[str, list[KnownSet]] = {}
    for one in known:
        if one.kind == "rendered":
            by_pattern.setdefault(one.template.id, []).append(one)
    found = []
    for sets in by_pattern.values():
        alone = [Teaching((one,), _without(sets, one)) for one in sets if _clean(one) >= LEAST_REPETITIONS]
        together = [
            Teaching(_without(sets, one), (one,))
            for one in sets
            if sum(map(_clean, _without(sets, one))) >= LEAST_REPETITIONS
        ]
        found += [teaching for teaching in alone or together if teaching.others]
    return found


def _without(sets: Sequence[KnownSet], left_out: KnownSet) -> tuple[KnownSet, ...]:
    """The other recordings in which sides take turns where they do here."""
    return tuple(one for one in sets if one is not left_out and _in_turns(one) == _in_turns(left_out))


def _clean(one: KnownSet) -> int:
    return sum(_is_clean(rep) for rep in one.reps)


def _is_clean(rep: KnownRep) -> bool:
    return rep.counts and not rep.faults


def footage_teachings(known: Iterable[KnownSet]) -> list[Teaching]:
    """One for each video of a real person with more than three repetitions."""
    enough = [one for one in known if one.kind == "footage" and one.count > LEAST_REPETITIONS]
    return [Teaching((one,), (one,)) for one in enough]


def tried(teaching: Teaching) -> Tried:
    """Learn and judge; every source of the teaching must be a landmark recording."""
    first = teaching.taught[0]
    side: Side = "right" if _in_turns(first) else first.side
    try:
        shown = [part for one in teaching.taught for part in shown_by(one)]
        template = learn_template(shown, _ID, first.template.id, side)
    except DemonstrationError as refusal:
        return Tried(teaching, refused=str(refusal))
    until_s = max(rep.end_s for part in shown for rep in part.reps)
    judged = [
        _rest(one, template, until_s) if one in teaching.taught else _judged(one, template)
        for one in teaching.others
    ]
    return Tried(teaching, tuple(judged))


def _judged(one: KnownSet, template: Template, from_s: float = 0.0) -> JudgedSet:
    poses = read_recording(one.source)
    frames = (pose for i in range(len(poses)) if (pose := poses.frame(i)).t_s >= from_s)
    told = judge(frames, template, one.side)
    return JudgedSet(one, told.reps, told.view)


def _rest(one: KnownSet, template: Template, from_s: float) -> JudgedSet:
    """What comes after the repetitions that were learned from."""
    return _judged(replace(one, count=one.count - LEAST_REPETITIONS), template, from_s)


def _in_turns(one: KnownSet) -> bool:
    """Whether left and right take turns in a recording."""
    return one.side == "both" and one.template.side != "both"


def shown_by(one: KnownSet) -> list[Demonstration]:
    """The first three repetitions that are good as far as is known, as they are found; one part for each side.

    Where none of the found ones is, they are sought from the other end, as an author would who sees that.
    """
    poses = read_recording(one.source)
    sides: tuple[Side, ...] = ("left", "right") if _in_turns(one) else (one.side,)
    parts = [demonstration(poses, side) for side in sides]
    chosen = _first_good(one, [(rep, part.side) for part in parts for rep in part.reps])
    if not chosen:
        chosen = _first_good(one, [(rep, part.side) for part in parts for rep in _from_other_end(part)])
    return [
        demonstration(poses, side, reps)
        for side in sides
        if (reps := [r for r, own in chosen if own == side])
    ]


def _from_other_end(part: Demonstration) -> tuple[FoundRep, ...]:
    return find_repetitions(part.table, "both" if part.side == "both" else "right", turned=True)


def _first_good(one: KnownSet, found: Sequence[tuple[FoundRep, Side]]) -> list[tuple[FoundRep, Side]]:
    good = [(rep, side) for rep, side in found if _good(one, rep, side)]
    return sorted(good, key=lambda pair: pair[0].start_s)[:LEAST_REPETITIONS]


def _good(one: KnownSet, rep: FoundRep, side: Side) -> bool:
    """Whether a found repetition is one that is known to be clean; any is where none are known."""
    return not one.reps or any(
        _is_clean(known) and shared(known, rep) >= SAME_FROM and side in ("both", known.side)
        for known in one.reps
    )


def taught_rows(tries: Sequence[Tried], by_hand: Iterable[JudgedSet]) -> list[TaughtRow]:
    """One row for each rendered exercise, and one for all."""
    hand = {one.known.source: one for one in by_hand}
    patterns = sorted({one.teaching.taught[0].template.id for one in tries})
    groups = [
        (pattern, [one for one in tries if one.teaching.taught[0].template.id == pattern])
        for pattern in patterns
    ]
    rows = [_taught_row(pattern, group, hand) for pattern, group in groups]
    return [*rows, _taught_row("all", tries, hand)] if rows else []


def _taught_row(pattern: str, tries: Sequence[Tried], hand: Mapping[Path, JudgedSet]) -> TaughtRow:
    judged = [one for attempt in tries for one in attempt.judged]
    off = np.array([abs(one.counted - one.known.count) for one in judged])
    (*_, faults) = fault_rows(judged) or [FaultRow("all", 0, 0, 0)]
    (*_, beside) = fault_rows(hand[one.known.source] for one in judged) or [FaultRow("all", 0, 0, 0)]
    alone = [rows[-1].f1 for attempt in tries if (rows := fault_rows(attempt.judged))]
    clean = clean_row(judged)
    return TaughtRow(
        pattern,
        len(judged),
        sum(len(one.teaching.others) for one in tries if one.refused),
        float((off == 0).mean()) if judged else 0.0,
        float((off <= 1).mean()) if judged else 0.0,
        faults.found,
        faults.missed,
        faults.false,
        faults.f1,
        min((f1 for f1 in alone if f1 is not None), default=None),
        beside.f1,
        0.0 if clean is None else clean.with_fault / clean.repetitions,
    )


def rest_rows(tries: Iterable[Tried]) -> list[RestRow]:
    """One row for each video of a real person."""
    rows = []
    for one in tries:
        known = one.teaching.others[0]
        counted = one.judged[0].counted if one.judged else None
        rest = known.count - LEAST_REPETITIONS
        rows.append(RestRow(known.source.stem, known.template.id, rest, counted))
    return rows
