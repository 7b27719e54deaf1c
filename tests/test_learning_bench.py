"""The table of learned templates on analytic people, half of whom go only part of the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from patterns.library import load_template
from tests.movements import Rep, frames, squat_posture
from ui.bench_learning import learned_rows
from ui.judging import SeparationRow
from ui.known_sets import KnownRep, KnownSet
from vision.pose import PoseSequence
from vision.recording import write_recording


def known_set(folder: Path, subject: str, correct: bool) -> KnownSet:
    reps = [Rep(2.0 + 5.0 * k, amount=1.0 if correct else 0.55) for k in range(3)]
    file = folder / f"{subject}-{correct}.npz"
    write_recording(file, PoseSequence.from_frames(frames(reps, squat_posture)))
    truth = tuple(KnownRep("both", r.start_s, None, r.end_s, correct=correct) for r in reps)
    return KnownSet("measured", file, load_template("squat"), "both", 3, truth, subject)


def test_what_was_learned_from_one_tells_the_others_apart(tmp_path: Path) -> None:
    sets = [known_set(tmp_path, subject, correct) for subject in "12" for correct in (True, False)]
    told: list[None] = []
    (row,) = learned_rows(sets, [SeparationRow("squat", 6, 6, 0.75)], lambda: told.append(None))
    assert (row.pattern, row.people, row.refused, row.by_hand) == ("squat", 2, 0, 0.75)
    assert row.middle == pytest.approx(1.0) and row.lowest == pytest.approx(1.0)
    assert len(told) == 2
