"""The judgement tables of `bench accuracy` on sets whose figures are worked out by hand."""

from __future__ import annotations

import csv
import json
import tomllib
from pathlib import Path

import pytest

from base.errors import RequestError
from benchmarks.ground_truth import NAMES, KnownRep, KnownSet, known_sets, shown_in
from benchmarks.judgement_errors import (
    JudgedSet,
    auc,
    clean_row,
    count_rows,
    edge_rows,
    fault_rows,
    separation_rows,
)
from benchmarks.learning import lessons
from patterns.features.signals import View
from patterns.templates.library import load_template
from patterns.templates.template import FAULT_IDS
from scoring.records.records import Fault, Kind, RepScore

SQUAT = load_template("squat")


def rep(
    start_s: float, *, total: float | None = 95.0, faults: tuple[str, ...] = (), reason: str | None = None
) -> RepScore:
    """Two seconds, the peak in the middle."""
    told = tuple(Fault(fault, "x", 1.0, 0.5, "deg", (0.0, 1.0), 0.5) for fault in faults)
    kind: Kind = "repetition" if reason is None else "attempt"
    times = (start_s, start_s + 1.0, start_s + 2.0)
    return RepScore(1, kind, reason, "both", *times, total, total, total, 1.0, faults=told)


def known(start_s: float, *faults: str, correct: bool | None = None, counts: bool = True) -> KnownRep:
    peak_s = None if correct is not None else start_s + 1.0
    return KnownRep("both", start_s, peak_s, start_s + 2.0, counts, frozenset(faults), correct)


def judged(
    truth: tuple[KnownRep, ...], reps: tuple[RepScore, ...], view: View = "front", count: int | None = None
) -> JudgedSet:
    whole = sum(one.counts for one in truth) if count is None else count
    return JudgedSet(KnownSet("rendered", Path("a.mp4"), SQUAT, "both", whole, truth), reps, view)


def test_counts_leave_attempts_out() -> None:
    right = judged((known(0), known(4)), (rep(0), rep(4), rep(8, reason="turned back early")))
    wrong = judged((known(0), known(4)), (rep(0),))
    rows = {row.pattern: row for row in count_rows([right, wrong])}
    assert (rows["squat"].recordings, rows["squat"].repetitions) == (2, 4)
    assert (rows["all"].exact, rows["all"].within_one, rows["all"].error) == (0.5, 1.0, 0.25)


def test_edges_are_taken_from_the_movement_at_the_same_time() -> None:
    rows = edge_rows([judged((known(0), known(10)), (rep(0.1), rep(9.7), rep(5)))])
    assert [row.edge for row in rows] == ["start", "peak", "end"]
    assert all(row.repetitions == 2 for row in rows)
    assert rows[1].median_s == pytest.approx(0.2) and rows[1].largest_s == pytest.approx(0.3)
    assert rows[1].within == 0.5


def test_a_movement_too_far_away_is_nobodys() -> None:
    rows = fault_rows([judged((known(0, "trunk_lean"),), (rep(2.5, faults=("trunk_lean",)),))])
    assert [(row.fault, row.found, row.missed, row.false) for row in rows] == [
        ("trunk_lean", 0, 1, 0),
        ("all", 0, 1, 0),
    ]


def test_faults_found_missed_and_false() -> None:
    truth = (known(0, "trunk_lean"), known(4, "knee_valgus"), known(8))
    told = (rep(0, faults=("trunk_lean",)), rep(4), rep(8, faults=("too_fast",)))
    rows = {row.fault: row for row in fault_rows([judged(truth, told)])}
    assert rows["trunk_lean"].f1 == 1.0 and rows["knee_valgus"].f1 == 0.0 and rows["too_fast"].f1 == 0.0
    assert (rows["all"].found, rows["all"].missed, rows["all"].false) == (1, 1, 1)
    assert rows["all"].f1 == 0.5


def test_a_fault_that_the_view_hides_is_not_asked_for() -> None:
    assert "side" not in shown_in()["knee_valgus"]
    assert fault_rows([judged((known(0, "knee_valgus"),), (rep(0),), view="side")]) == []
    rows = fault_rows([judged((known(0, "knee_valgus"),), (rep(0, faults=("knee_valgus",)),), view="side")])
    assert rows == [], "nor is it false to see it"


def test_clean_repetitions_and_what_they_were_told() -> None:
    row = clean_row(
        [
            judged(
                (known(0), known(4), known(8, "jerky")), (rep(0), rep(4, total=85, faults=("jerky",)), rep(8))
            )
        ]
    )
    assert row is not None
    assert (row.repetitions, row.with_fault, row.total) == (2, 1, 90.0)
    assert clean_row([]) is None


def test_area_under_the_curve_by_hand() -> None:
    """Of the six pairs (3 above 1, 2; 2 above 1, ties with 2; 0.5 above none): 2 + 1.5 + 0 = 3.5."""
    assert auc([3, 2, 0.5], [1, 2]) == pytest.approx(3.5 / 6)


def test_totals_separate_labelled_repetitions_and_what_was_not_found_counts_as_nothing() -> None:
    truth = (known(0, correct=True), known(4, correct=True), known(8, correct=False))
    rows = separation_rows([judged(truth, (rep(0, total=90), rep(8, total=50)))])
    assert [(row.correct, row.incorrect) for row in rows] == [(2, 1)]
    assert rows[0].auc == pytest.approx(0.5)


def rendered(folder: Path, name: str, **changed: object) -> None:
    frames = {"start": 30, "peak": 60, "peak_end": 70, "end": 90}
    rep_ = {"index": 0, "side": "right", "complete": True, "faults": {"heel_rise": 1.0}, **frames}
    truth = {"exercise": "squat", "side": "right", "fps": 30, "reps": [rep_]} | changed
    (folder / f"{name}.json").write_text(json.dumps(truth))
    (folder / f"{name}.mp4").write_bytes(b"")


def test_rendered_truth_is_read_in_seconds_and_our_names(tmp_path: Path) -> None:
    rendered(tmp_path, "a")
    rendered(tmp_path, "b", exercise="juggling")
    (found,) = known_sets(tmp_path)
    assert (found.template.id, found.side, found.count) == ("squat", "both", 1)
    assert found.reps[0] == KnownRep("right", 1.0, 2.0, 3.0, True, frozenset({"heel_lift"}))


def test_broken_truth_is_named(tmp_path: Path) -> None:
    rendered(tmp_path, "a", reps=[{"index": 0}])
    with pytest.raises(RequestError, match=r"a\.json"):
        known_sets(tmp_path)
    (tmp_path / "reps.csv").write_text("recording,movement\nx,deep_squat\n")
    with pytest.raises(RequestError, match=r"reps\.csv: expected columns"):
        known_sets(tmp_path)


def test_labelled_recordings_and_footage(tmp_path: Path) -> None:
    heads = "recording movement subject label side rep start_s end_s"
    for folder, name, *lines in (
        ("m", "reps.csv", heads, "r1 deep_squat 3 correct both 1 2.0 4.0"),
        ("f", "index.csv", "file exercise complete_reps", "c.mp4 squat 8"),
    ):
        (tmp_path / folder).mkdir()
        with (tmp_path / folder / name).open("w", newline="") as file:
            csv.writer(file).writerows(line.split() for line in lines)
    (tmp_path / "m" / "r1.npz").write_bytes(b"")
    (tmp_path / "f" / "c.mp4").write_bytes(b"")
    (measured,), (footage,) = known_sets(tmp_path / "m"), known_sets(tmp_path / "f")
    assert (measured.template.id, measured.subject, measured.reps[0].correct) == ("overhead-squat", "3", True)
    assert (footage.kind, footage.count, footage.reps) == ("footage", 8, ())


def test_every_name_of_a_benchmark_is_a_pattern_or_fault() -> None:
    names = tomllib.loads(NAMES.read_text())
    assert all(load_template(pattern) for pattern in names["exercise"].values())
    assert {fault["id"] for fault in names["fault"].values()} <= set(FAULT_IDS)


def test_each_person_who_did_it_right_gives_one_lesson() -> None:
    def labelled(subject: str, correct: bool) -> KnownSet:
        name = Path(f"{subject}{correct}.npz")
        return KnownSet("measured", name, SQUAT, "both", 1, (known(0, correct=correct),), subject)

    sets = [labelled(subject, correct) for subject in "123" for correct in (True, False)]
    found = lessons([*sets, KnownSet("footage", Path("a.mp4"), SQUAT, "both", 8)])
    assert [[one.subject for one in lesson.own] for lesson in found] == [["1"], ["2"], ["3"]]
    assert {one.subject for one in found[0].others} == {"2", "3"} and len(found[0].others) == 4
    assert lessons(sets[::2]) == []
