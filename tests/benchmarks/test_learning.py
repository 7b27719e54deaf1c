"""The tables of learned templates on analytic people, of whom some go only part of the way or lean."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.few_shot import (
    TaughtRow,
    footage_teachings,
    rendered_teachings,
    rest_rows,
    shown_by,
    taught_rows,
    tried,
)
from benchmarks.ground_truth import Kind, KnownRep, KnownSet
from benchmarks.judgement_errors import JudgedSet, SeparationRow
from benchmarks.learning import learned_rows
from patterns.templates.library import load_template
from tests.support.movements import Rep, frames, squat_posture
from tests.support.stick_figure import Posture
from vision.pose import PoseSequence
from vision.recording import write_recording


def known_set(folder: Path, subject: str, correct: bool) -> KnownSet:
    reps = [Rep(2.0 + 5.0 * k, amount=1.0 if correct else 0.55) for k in range(3)]
    file = folder / f"{subject}-{correct}.npz"
    write_recording(file, PoseSequence.from_frames(frames(reps, squat_posture)))
    truth = tuple(KnownRep("both", r.start_s, None, r.end_s, correct=correct) for r in reps)
    return KnownSet("measured", file, load_template("squat"), "both", 3, truth, subject)


@pytest.mark.slow
def test_what_was_learned_from_one_tells_the_others_apart(tmp_path: Path) -> None:
    sets = [known_set(tmp_path, subject, correct) for subject in "12" for correct in (True, False)]
    told: list[None] = []
    (row,) = learned_rows(sets, [SeparationRow("squat", 6, 6, 0.75)], lambda: told.append(None))
    assert (row.pattern, row.people, row.refused, row.by_hand) == ("squat", 2, 0, 0.75)
    assert row.middle == pytest.approx(1.0) and row.lowest == pytest.approx(1.0)
    assert len(told) == 2


def filmed(folder: Path, name: str, faulty: set[int], count: int, kind: Kind = "rendered") -> KnownSet:
    """A recording of squats, of which the faulty ones lean to the side."""
    reps = [Rep(2.0 + 5.0 * k) for k in range(count)]

    def lean(held: Posture, progress: float, t_s: float) -> None:
        held.lean_left = 25.0 * progress * any(reps[k].start_s <= t_s < reps[k].end_s for k in faulty)

    file = folder / f"{name}.npz"
    write_recording(file, PoseSequence.from_frames(frames(reps, squat_posture, change=lean)))
    faults = [frozenset({"trunk_lean"}) if k in faulty else frozenset[str]() for k in range(count)]
    truth = tuple(
        KnownRep("right", r.start_s, r.peak_s, r.end_s, faults=f) for r, f in zip(reps, faults, strict=True)
    )
    known = truth if kind == "rendered" else ()
    return KnownSet(kind, file, load_template("squat"), "both", count, known)


def test_three_clean_repetitions_teach_and_the_other_clips_try(tmp_path: Path) -> None:
    clean = filmed(tmp_path, "clean", {1}, 4)
    other = filmed(tmp_path, "other", {0, 2}, 4)
    assert [len(part.reps) for part in shown_by(clean)] == [3]
    (teaching,) = rendered_teachings([clean, other])
    assert (teaching.taught, teaching.others) == ((clean,), (other,))
    row, whole = taught_rows([tried(teaching)], [JudgedSet(other, (), "front")])
    assert row == TaughtRow("squat", 1, 0, 1.0, 1.0, 2, 0, 0, 1.0, 1.0, 0.0, 0.0)
    assert whole.pairs == 1


def test_where_no_clip_has_three_the_clean_ones_of_the_others_teach_together(tmp_path: Path) -> None:
    sets = [filmed(tmp_path, name, {0}, 3) for name in "abc"]
    assert [len(teaching.taught) for teaching in rendered_teachings(sets)] == [2, 2, 2]
    assert rendered_teachings(sets[:2]) == []


def test_the_first_three_of_a_video_teach_and_the_rest_is_counted(tmp_path: Path) -> None:
    sets = [filmed(tmp_path, name, set(), count, "footage") for name, count in (("long", 6), ("short", 3))]
    (row,) = rest_rows([tried(teaching) for teaching in footage_teachings(sets)])
    assert (row.recording, row.rest, row.counted) == ("long", 3, 3)
