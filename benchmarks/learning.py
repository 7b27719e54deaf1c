"""How well templates learn: each from one person's correct repetitions, judged on all other people."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from statistics import median
from typing import Final, TypeVar

from benchmarks.ground_truth import KnownSet
from benchmarks.judgement_errors import SeparationRow, auc, best_totals
from patterns.learning.demonstration import DemonstrationError, demonstration
from patterns.learning.learn import learn_template
from scoring.coach.recording import judge
from vision.analysis.estimate import is_recording
from vision.recording import read_recording

_PROCESSES: Final = 2
_ID: Final = "learned"
Work = TypeVar("Work")
Result = TypeVar("Result")


@dataclass(frozen=True)
class LearnedRow:
    """One exercise: the area under the ROC curve of totals, by the person learned from, against others' repetitions.

    people: how many were learned from; refused: how many demonstrations could not be; middle, lowest: of the areas;
    by_hand: the area of the template written by hand, on everybody.
    """

    pattern: str
    people: int
    refused: int
    middle: float
    lowest: float
    by_hand: float


@dataclass(frozen=True)
class _Lesson:
    """One person's correct recordings of an exercise, and those of all others."""

    pattern: str
    own: tuple[KnownSet, ...]
    others: tuple[KnownSet, ...]


def lessons(known: Sequence[KnownSet]) -> list[_Lesson]:
    """For each exercise with labels one lesson from each person who did it right."""
    labelled = [one for one in known if is_recording(one.source) and _label(one) is not None and one.subject]
    found = []
    for pattern, subject in sorted({(one.template.id, one.subject) for one in labelled if _label(one)}):
        same = [one for one in labelled if one.template.id == pattern]
        own = tuple(one for one in same if one.subject == subject and _label(one))
        others = tuple(one for one in same if one.subject != subject)
        if {_label(one) for one in others} == {True, False}:
            found.append(_Lesson(pattern, own, others))
    return found


def _label(one: KnownSet) -> bool | None:
    """Whether all repetitions of a recording are correct, or none is; None where they are mixed or not labelled."""
    labels = {rep.correct for rep in one.reps}
    return labels.pop() if len(labels) == 1 else None


def taught(lesson: _Lesson) -> float | None:
    """The area under the curve of one lesson; None where the demonstrations are refused."""
    side = lesson.own[0].side
    try:
        shown = [demonstration(read_recording(one.source), side) for one in lesson.own]
        template = learn_template(shown, _ID, lesson.pattern, side)
    except DemonstrationError:
        return None
    totals: dict[bool, list[float]] = {True: [], False: []}
    for one in lesson.others:
        poses = read_recording(one.source)
        reps = judge((poses.frame(i) for i in range(len(poses))), template, one.side).reps
        totals[bool(_label(one))] += best_totals(one.reps, reps)
    return auc(totals[True], totals[False])


def learned_rows(
    known: Sequence[KnownSet], by_hand: Sequence[SeparationRow], told: Callable[[], object]
) -> list[LearnedRow]:
    """One row for each exercise, in processes of their own; told is called after each lesson."""
    areas: dict[str, list[float | None]] = {}
    for lesson, area in in_processes(taught, lessons(known)):
        areas.setdefault(lesson.pattern, []).append(area)
        told()
    hand = {row.pattern: row.auc for row in by_hand}
    rows = []
    for pattern, found in sorted(areas.items()):
        got = [area for area in found if area is not None]
        middle, lowest = (median(got), min(got)) if got else (0.0, 0.0)
        rows.append(LearnedRow(pattern, len(found), len(found) - len(got), middle, lowest, hand[pattern]))
    return rows


def in_processes(do: Callable[[Work], Result], work: Sequence[Work]) -> Iterator[tuple[Work, Result]]:
    """Each piece of work with what came of it, as they get done, in processes of their own."""
    if not work:
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(_PROCESSES, mp_context=context) as pool:
        waiting = {pool.submit(do, piece): piece for piece in work}
        for done in as_completed(waiting):
            yield waiting[done], done.result()
