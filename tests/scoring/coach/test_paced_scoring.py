"""Tempo, hold and turns scored against a technique; the Coach and the pacer together on an analytic person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cli
from patterns.programs.technique import PacedTempo, Technique, Timing, load_technique, technique_ids
from patterns.segmentation.dwell import course, stays, time_share
from patterns.templates.errors import TechniqueError
from patterns.templates.library import load_template
from scoring.coach.coach import Coach
from scoring.coach.recording import judge
from scoring.pacing.pacer import Pacer, PaceUpdate
from scoring.records.records import MetricValue, RepScore
from scoring.results.session_json import SessionDocument
from sessions.rescoring.replay import replay
from sessions.store.definitions import DefinitionError
from sessions.store.records import SessionStart
from sessions.store.store import Store
from tests.conftest import DATA
from tests.support.movements import Rep, arm_posture, frames
from tests.support.paced_person import Follower
from tests.support.stick_figure import minimum_jerk, seen
from vision.pose import PoseFrame, PoseSequence
from vision.recording import write_recording

PATTERN = "ue-d2-flexion"
TEMPLATE = load_template(PATTERN)
ISOTONICS = load_technique("combination-of-isotonics")


def asking(**tempo: Timing) -> Technique:
    """The isotonics with another tempo."""
    return ISOTONICS.model_copy(update={"tempo": PacedTempo(**tempo)})


def done(reps: list[Rep], technique: Technique) -> tuple[RepScore, ...]:
    poses = frames(reps, lambda progress: arm_posture(PATTERN, "right", progress))
    return judge(poses, TEMPLATE, "right", technique=technique).reps


def metric(rep: RepScore, name: str) -> MetricValue:
    return next(m for m in rep.metrics if m.name == name)


def followed(technique: Technique, until_s: float = 120.0) -> tuple[Coach, PaceUpdate, list[PoseFrame]]:
    """Somebody who moves as the pacer says, seen by the Coach, who tells the pacer where they are."""
    coach = Coach(TEMPLATE, "right", 2.0, technique)
    follower = Follower(own_s=(1.0, 3.0, 0.4, 3.0, 1.0))
    pacer = Pacer(technique, TEMPLATE, 3 if technique.id == "own-pace" else None)
    said: PaceUpdate | None = None
    poses = []
    for k in range(int(until_s * 30)):
        poses.append(seen(arm_posture(PATTERN, "right", follower(k / 30, said)), k / 30))
        update = coach.step(poses[-1])
        said = pacer.step(update.t_s, update.progress, update.state, update.closed)
        if said.finished and update.t_s > 3 and update.state == "resting":
            break
    coach.finish()
    assert said is not None
    return coach, said, poses


@pytest.mark.parametrize("name", technique_ids())
def test_who_moves_exactly_as_asked_has_done_all_and_scores_about_100(name: str) -> None:
    technique = load_technique(name)
    coach, said, _ = followed(technique)
    assert said.finished and said.done == said.of
    repetitions = [rep for rep in coach.reps if rep.kind == "repetition"]
    expected = {"own-pace": 3, "replication": 2}.get(name, said.of)
    assert len(repetitions) == len(coach.reps) == expected
    for rep in repetitions:
        assert not rep.faults and rep.total is not None and rep.total > 95
        timed = [m for m in rep.metrics if m.unit == "s" and m.score is not None]
        assert all(m.score is not None and m.score > 94 for m in timed), timed
    if technique.tempo != PacedTempo():
        assert any(m.unit == "s" and m.score is not None for m in repetitions[0].metrics)


def test_a_hold_of_two_seconds_where_five_are_asked_scores_by_the_formula() -> None:
    """Short by 3 s, tolerance 0.6 s, span 6 s: 90 * (1 - (3 - 0.6) / 6) = 54."""
    technique = asking(hold_s=Timing(seconds=5, tolerance_s=0.6, span_s=6, wrong="below"))
    (rep,) = done([Rep(1.5, 2.0, 2.0, 2.0)], technique)
    hold = metric(rep, "hold")
    assert hold.value == pytest.approx(2.0, abs=0.35)
    assert hold.score == pytest.approx(90 * (1 - (5 - (hold.value or 0) - 0.6) / 6))
    assert hold.score == pytest.approx(54, abs=6)
    assert not {"too_fast", "too_slow"} & {fault.id for fault in rep.faults}
    assert metric(rep, "time_out").score is None, "the technique leaves it open"


@pytest.mark.parametrize("held_s", [1.5, 2.0, 3.0, 5.0, 8.0])
def test_holds_are_told_to_the_third_of_a_second(held_s: float) -> None:
    (rep,) = done([Rep(1.5, 2.0, held_s, 3.0)], ISOTONICS)
    assert metric(rep, "hold").value == pytest.approx(held_s, abs=0.35)
    assert metric(rep, "time_out").value == pytest.approx(2.0, abs=0.25)
    assert metric(rep, "time_back").value == pytest.approx(3.0, abs=0.25)


@pytest.mark.parametrize(
    ("out_s", "fault", "limit"), [(1.0, "too_fast", 1.2), (2.0, None, None), (3.6, "too_slow", 2.8)]
)
def test_a_way_beyond_tolerance_and_error_is_a_fault(
    out_s: float, fault: str | None, limit: float | None
) -> None:
    """Asked 2 s, tolerance 0.7 s, error 0.1 s; the template itself allows 0.9 to 8 s."""
    (rep,) = done([Rep(1.5, out_s, 3.0, 3.0)], ISOTONICS)
    found = [f for f in rep.faults if f.id in ("too_fast", "too_slow")]
    assert [f.id for f in found] == ([] if fault is None else [fault])
    assert all(f.feature == "time_out" and f.limit == pytest.approx(limit) for f in found)


def test_the_templates_tempo_gives_way() -> None:
    """Eleven seconds out: too slow for the template, which allows 8, not for a technique that asks for eleven."""
    slow = asking(
        out_s=Timing(seconds=11, tolerance_s=1, span_s=3), back_s=Timing(seconds=2, tolerance_s=1, span_s=2)
    )
    reps = [Rep(1.5, 11.0, 0.5, 2.0)]
    assert "too_slow" not in {fault.id for fault in done(reps, slow)[0].faults}
    assert "too_slow" in {fault.id for fault in done(reps, load_technique("own-pace"))[0].faults}


@pytest.mark.parametrize(("pause_s", "score"), [(0.0, 97.0), (1.5, 30.0)])
def test_the_pause_at_the_turn_is_scored_at_either_end(pause_s: float, score: float) -> None:
    """Asked 0 s, tolerance 0.5 s, span 1.5 s: 1.5 s is 90 * (1 - 1 / 1.5) = 30."""
    every_s = 4.0 + 2 * pause_s
    reps = done(
        [Rep(1.5 + k * every_s, 2.0, pause_s, 2.0) for k in range(3)], load_technique("dynamic-reversals")
    )
    assert [rep.kind for rep in reps] == ["repetition"] * 3
    assert "reversal_at_start" not in {m.name for m in reps[0].metrics}, "nothing came before"
    for rep in reps[1:]:
        for name in ("reversal", "reversal_at_start"):
            found = metric(rep, name)
            assert found.value == pytest.approx(pause_s, abs=0.35), name
            assert found.score == pytest.approx(score, abs=21), name
    assert "hold" not in {m.name for rep in reps for m in rep.metrics}


def test_who_was_lost_between_two_repetitions_has_not_paused_at_the_turn() -> None:
    there = frames(
        [Rep(1.5, 2.0, 0.0, 2.0), Rep(9.0, 2.0, 0.0, 2.0)], lambda p: arm_posture(PATTERN, "right", p)
    )
    poses = [PoseFrame.missing(p.t_s, p.size_wh) if 6.0 < p.t_s < 8.0 else p for p in there]
    reps = judge(poses, TEMPLATE, "right", technique=load_technique("dynamic-reversals")).reps
    assert [rep.kind for rep in reps] == ["repetition"] * 2
    assert "reversal_at_start" not in {m.name for m in reps[1].metrics}


def parts_of_the_way(t_s: float) -> float:
    """End, half-way back and out, three quarters back and out, then home: one repetition of replication."""
    knots = [
        (0, 0),
        (2, 0),
        (4, 1),
        (7, 1),
        (8.5, 0.5),
        (10, 1),
        (12.5, 1),
        (14, 0.25),
        (15.5, 1),
        (18, 1),
        (20, 0),
    ]
    knots.append((40, 0))
    (a_s, a), (b_s, b) = next(pair for pair in pairwise(knots) if pair[0][0] <= t_s < pair[1][0])
    return a + (b - a) * minimum_jerk((t_s - a_s) / (b_s - a_s))


def replicated() -> Iterator[PoseFrame]:
    return (seen(arm_posture(PATTERN, "right", parts_of_the_way(k / 30)), k / 30) for k in range(660))


def test_coming_back_part_of_the_way_stays_one_repetition_under_replication_alone() -> None:
    (rep,) = judge(replicated(), TEMPLATE, "right", technique=load_technique("replication")).reps
    assert rep.kind == "repetition" and not rep.faults
    assert rep.start_s == pytest.approx(2.0, abs=0.25) and rep.end_s == pytest.approx(20.0, abs=0.25)
    assert metric(rep, "hold").value == pytest.approx(2.5, abs=0.4), "median of 3, 2.5 and 2.5"
    assert len(judge(replicated(), TEMPLATE, "right").reps) > 1


def test_stays_are_told_exactly_on_the_course_they_assume() -> None:
    t_s = np.arange(0.0, 12.0, 1 / 30)
    progress = np.array([Rep(1.0, 2.0, 4.0, 3.0).progress(t) if 1 <= t < 10 else 0.0 for t in t_s])
    ((arrival_s, leaving_s),) = stays(t_s, progress)
    assert arrival_s == pytest.approx(3.0, abs=0.03) and leaving_s == pytest.approx(7.0, abs=0.03)
    assert stays(t_s, np.full(len(t_s), np.nan)) == ()
    for share in (0.0, 0.2, 0.5, 0.9, 1.0):
        assert course(share) == pytest.approx(minimum_jerk(share))
        assert course(time_share(share)) == pytest.approx(share, abs=1e-6)


def test_a_technique_that_does_not_suit_is_refused() -> None:
    with pytest.raises(
        TechniqueError, match="hold-relax does not suit pattern squat; it suits: PNF, one arm, Arm"
    ):
        Coach(load_template("squat"), "both", technique=load_technique("hold-relax"))


@pytest.mark.parametrize("name", ["replication", "dynamic-reversals"])
def test_live_is_recorded_is_replayed_with_a_technique(tmp_path: Path, name: str) -> None:
    technique = load_technique(name)
    live, said, poses = followed(technique, 60.0)
    recorded = judge(poses, TEMPLATE, "right", 2.0, technique)
    assert recorded.reps == live.reps
    assert recorded.paced is not None
    last = replace(said, t_s=0.0, sentence="", note="", paused=False)
    assert replace(recorded.paced, t_s=0.0, sentence="", note="", paused=False) == last
    start = SessionStart(
        PATTERN, TEMPLATE.version, TEMPLATE.sha256, "right", TEMPLATE.view, "live", "onnx", "full", "b" * 64, 2.0,
        technique=technique.id, technique_sha256=technique.sha256,
    )  # fmt: skip
    store = Store.open(tmp_path / "a.sqlite")
    number = store.begin(start)
    store.finish(number, PoseSequence.from_frames(poses))
    assert store.session(number).start == start
    again = [update.closed for update in replay(store, number) if update.closed is not None]
    assert tuple(again) == live.reps
    other = store.begin(replace(start, technique_sha256="0" * 64))
    store.finish(other, PoseSequence.from_frames(poses[:5]))
    with pytest.raises(
        DefinitionError, match="the technique 000000000000, with which this was judged, is not"
    ):
        next(replay(store, other))


def test_the_document_names_the_technique_and_how_far_it_came(tmp_path: Path) -> None:
    _, _, poses = followed(load_technique("dynamic-reversals"), 20.0)
    write_recording(tmp_path / "set.npz", PoseSequence.from_frames(poses))
    line: list[object] = ["score", tmp_path / "set.npz", "--pattern", PATTERN, "--side", "right"]
    document = scored(line, tmp_path, "--technique", "dynamic-reversals")
    assert document["technique"] == "dynamic-reversals"
    assert document["paced"] == {"done": 4, "of": 6, "finished": False}
    names = [m["name"] for m in document["reps"][1]["metrics"]]
    assert {"time_out", "reversal", "reversal_at_start", "time_back"} <= set(names)
    plain = scored(line, tmp_path)
    assert plain["technique"] is None and plain["paced"] is None


def scored(line: list[object], folder: Path, *more: object) -> dict[str, Any]:
    out = folder / "set.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["cli.py", *map(str, (*line, *more, "--json", out))])
        assert cli.main() == 0
    document: dict[str, Any] = json.loads(out.read_text())
    SessionDocument.model_validate(document)
    return document


CLIPS = {
    "isotonics": ("combination-of-isotonics", 2, 2, {"hold": 3.0, "time_out": 2.0, "time_back": 3.0}),
    "replication": ("replication", 3, 2, {"hold": 2.3}),
    "reversals": ("dynamic-reversals", 4, 4, {"reversal": 0.0, "time_out": 2.0, "time_back": 2.0}),
    "metronome": ("metronome", 3, 3, {"time_out": 2.0, "time_back": 2.0}),
    "slow": ("rhythmic-initiation", None, 2, {"time_out": 3.0, "time_back": 3.0}),
}
"""Rendered clip: technique, rounds as the pacer counts them, repetitions, times; see tests/data/README.md."""


@pytest.mark.slow
@pytest.mark.weights
@pytest.mark.parametrize("name", CLIPS)
def test_a_rendered_person_is_paced_and_timed(name: str, tmp_path: Path, weights: object) -> None:
    technique, rounds, repetitions, times_s = CLIPS[name]
    line: list[object] = ["score", DATA / f"pace_{name}.mp4", "--pattern", PATTERN, "--side", "right"]
    document = scored(line, tmp_path, "--technique", technique)
    paced, reps = document["paced"], document["reps"]
    assert rounds is None or paced["done"] == rounds
    assert [rep["kind"] for rep in reps] == ["repetition"] * repetitions
    for rep in reps:
        assert not {"too_fast", "too_slow"} & {fault["id"] for fault in rep["faults"]}
        found = {m["name"]: m["value"] for m in rep["metrics"]}
        for key, truth_s in times_s.items():
            assert found[key] == pytest.approx(truth_s, abs=0.5), key
