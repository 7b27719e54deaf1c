"""A set stored as the page stores it, and judged again from the file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from patterns.templates.library import load_template
from patterns.templates.template import Template
from scoring.coach.coach import Coach
from scoring.records.records import Update
from sessions.rescoring.replay import replay
from sessions.store.definitions import DefinitionError
from sessions.store.records import SessionStart
from sessions.store.store import Store
from tests.support.movements import Rep, frames, squat_posture
from vision.pose import PoseFrame, PoseSequence

TEMPLATE = load_template("squat")
START = SessionStart(
    "squat", TEMPLATE.version, TEMPLATE.sha256, "both", TEMPLATE.view, "live", "onnx", "full", "b" * 64, 2.0
)


def shaken() -> list[PoseFrame]:
    """Two squats after a stand of three seconds, with jitter, uneven times and frames in which nobody is seen."""
    rng = np.random.default_rng(3)
    poses = []
    for i, pose in enumerate(frames([Rep(4.0), Rep(9.2)], squat_posture)):
        t_s = float(pose.t_s + rng.uniform(0, 0.01))
        if i % 37 == 5:
            poses.append(PoseFrame.missing(t_s, pose.size_wh))
            continue
        assert pose.world_m is not None
        xy, world = (a + rng.normal(0, s, a.shape) for a, s in ((pose.xy_px, 0.3), (pose.world_m, 0.001)))
        poses.append(replace(pose, t_s=t_s, xy_px=xy, world_m=world))
    return poses


def said(update: Update) -> tuple[object, ...]:
    """Everything an update says, its arrays as bytes so that the comparison is bit for bit."""
    pose = update.pose
    world = None if pose.world_m is None else pose.world_m.tobytes()
    plain = replace(update, pose=PoseFrame.missing(0.0, pose.size_wh))
    words = repr(plain)
    return words, pose.t_s, pose.xy_px.tobytes(), world, pose.visibility.tobytes()


def kept(
    path: Path,
    poses: list[PoseFrame],
    *,
    finished: bool = True,
    judged_with: tuple[Template, ...] = (),
    sha256: str = "",
) -> tuple[Store, int, list[Update]]:
    """A store, the session in it, and what the Coach said live; committed at every closed repetition."""
    store = Store.open(path)
    its_sha256 = sha256 or [*judged_with, TEMPLATE][0].sha256
    number = store.begin(replace(START, template_sha256=its_sha256), judged_with)
    coach, loose, live = Coach(TEMPLATE, "both", START.hold_s), [], []
    for pose in poses:
        loose.append(pose)
        live.append(coach.step(pose))
        closed = live[-1].closed
        if closed is not None:
            store.add_rep(number, closed, PoseSequence.from_frames(loose))
            loose.clear()
    rest = PoseSequence.from_frames(loose) if loose else None
    if not finished:
        if rest is not None:
            store.add_poses(number, rest)
        return store, number, live
    for last in coach.finish():
        store.add_rep(number, last, rest)
        rest = None
    store.finish(number, rest)
    return store, number, live


@pytest.fixture
def stored(tmp_path: Path) -> tuple[Store, int, list[Update]]:
    return kept(tmp_path / "a.sqlite", shaken())


def back_but_not_at_rest() -> list[PoseFrame]:
    """Cut off while the second squat is back at the start posture, but the body still moves a little."""
    whole = frames([Rep(4.0), Rep(9.2)], squat_posture)
    return [replace(pose, t_s=float(pose.t_s)) for pose in whole if pose.t_s < 12.6]


def test_a_stored_session_is_replayed_bit_for_bit(stored: tuple[Store, int, list[Update]]) -> None:
    store, number, live = stored
    assert live[-1].repetitions == 2
    again = list(replay(store, number))
    assert [said(update) for update in again] == [said(update) for update in live]
    closed = tuple(update.closed for update in again if update.closed is not None)
    assert closed == store.session(number).reps


def test_the_repetition_that_the_end_of_the_set_closes_is_replayed_too(tmp_path: Path) -> None:
    store, number, live = kept(tmp_path / "a.sqlite", back_but_not_at_rest())
    assert live[-1].repetitions == 1
    *again, last = replay(store, number)
    assert [said(update) for update in again] == [said(update) for update in live]
    reps = store.session(number).reps
    assert len(reps) == 2
    assert (last.closed, last.cue, last.repetitions, last.attempts) == (reps[1], reps[1].cue, 2, 0)
    assert last.t_s == live[-1].t_s


def test_a_set_that_was_never_finished_is_replayed_as_far_as_it_came(tmp_path: Path) -> None:
    store, number, live = kept(tmp_path / "a.sqlite", back_but_not_at_rest(), finished=False)
    again = list(replay(store, number))
    assert [said(update) for update in again] == [said(update) for update in live]
    assert [update.closed for update in again if update.closed] == list(store.session(number).reps)


def test_a_session_is_replayed_with_what_it_was_judged_with_whatever_became_of_it(tmp_path: Path) -> None:
    """The library has another squat by now; without the kept text, that is no squat to judge by."""
    before = TEMPLATE.model_copy(update={"sha256": "0" * 64, "version": TEMPLATE.version + 1})
    store, number, live = kept(tmp_path / "a.sqlite", shaken(), judged_with=(before,))
    assert [said(update) for update in replay(store, number)] == [said(update) for update in live]
    store, number, _ = kept(tmp_path / "b.sqlite", shaken(), sha256="1" * 64)
    with pytest.raises(
        DefinitionError, match="the template 111111111111, with which this was judged, is not kept"
    ):
        next(replay(store, number))
