"""A movement that was lost says why: too few frames, which part was not seen, or nobody there; in each language.

And the demo is not lost on a slow computer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from i18n.translation import say
from models.provision import Weights
from patterns.templates.library import load_template
from patterns.templates.template import Side
from scoring.coach.coach import Coach
from scoring.coach.recording import judge
from scoring.records.records import RepScore
from sessions.store.landmarks import decode, encode
from tests.scoring.coach.test_coach import mover
from tests.support.browsers import CLIP
from tests.support.movements import Rep, frames
from ui.practise.live_component import DEMO_PATTERN, DEMO_SIDE
from vision.backends.backend import BACKENDS
from vision.correction.depth import CORRECTIONS, DEFAULT
from vision.pose import INDEX, PoseFrame, PoseSequence
from vision.video.sources import open_video

FROM_S, TO_S = 3.4, 6.0
"""On the way out of the one movement, and after it."""
Seen = Callable[[PoseFrame], PoseFrame | None]


def gone(pose: PoseFrame) -> PoseFrame:
    return PoseFrame.missing(pose.t_s, pose.size_wh)


def without(*names: str) -> Seen:
    rows = [INDEX[name] for name in names]

    def seen(pose: PoseFrame) -> PoseFrame:
        xy_px, visibility = pose.xy_px.copy(), pose.visibility.copy()
        xy_px[rows], visibility[rows] = np.nan, 0.0
        return replace(pose, xy_px=xy_px, visibility=visibility)

    return seen


def at_every(step_s: float) -> Seen:
    """A computer that is done with a frame only so often."""
    due_s = [FROM_S + step_s]

    def seen(pose: PoseFrame) -> PoseFrame | None:
        if pose.t_s < due_s[0]:
            return None
        due_s[0] += step_s
        return pose

    return seen


def of_those(first: Seen, then: Seen) -> Seen:
    return lambda pose: None if first(pose) is None else then(pose)


def first_then(first: Seen, then: Seen, turns_s: float) -> Seen:
    return lambda pose: (first if pose.t_s < FROM_S + turns_s else then)(pose)


def poses(seen: Seen, pattern: str = "ue-d2-flexion", side: Side = "right") -> list[PoseFrame]:
    """One movement, of which seen says what came of it from FROM_S to TO_S."""
    there = frames([Rep(1.5)], mover(pattern, side), until_s=9.0)
    came = [seen(pose) if FROM_S <= pose.t_s < TO_S else pose for pose in there]
    return [pose for pose in came if pose is not None]


SLOW = "pictures came too slowly: none for {} s"
CASES: dict[str, tuple[Seen, str]] = {
    "one frame a second": (at_every(1.0), SLOW.format("1.0")),
    "no frame at all": (lambda pose: None, SLOW.format("2.6")),
    "no frame, then nobody": (first_then(lambda pose: None, gone, 1.0), SLOW.format("1.0")),
    "two frames a second without the wrist": (
        of_those(at_every(0.5), without("right_wrist")),
        "I lost sight of your right wrist",
    ),
    "the person": (gone, "I lost sight of you"),
    "a wrist": (without("right_wrist"), "I lost sight of your right wrist"),
    "the other shoulder": (without("left_shoulder"), "I lost sight of your left shoulder"),
    "a wrist, and at times the elbow": (
        lambda pose: without("right_wrist", *["right_elbow"][: int(10 * pose.t_s) % 2])(pose),
        "I lost sight of your right wrist",
    ),
    "a whole arm": (without("right_wrist", "right_elbow"), "I lost sight of several parts of your body"),
    "first a wrist, then an elbow": (
        first_then(without("right_wrist"), without("right_elbow"), 0.3),
        "I lost sight of several parts of your body",
    ),
}


def only(reps: Sequence[RepScore]) -> RepScore:
    (rep,) = reps
    return rep


@pytest.mark.parametrize("case", CASES)
def test_an_attempt_says_why_the_person_was_lost_live_recorded_and_replayed(case: str) -> None:
    seen, reason = CASES[case]
    came = poses(seen)
    coach = Coach(load_template("ue-d2-flexion"), "right", hold_s=0.0)
    closed = [update.closed for update in map(coach.step, came) if update.closed is not None]
    rep = only([*closed, *coach.finish()])
    assert (rep.kind, rep.reason) == ("attempt", reason)
    stored = decode(encode(PoseSequence.from_frames(came)))
    for again in (came, [stored.frame(i) for i in range(len(stored))]):
        assert rep == only(judge(again, load_template("ue-d2-flexion"), "right").reps)
    assert (rep.total, rep.range, rep.control, rep.faults, rep.metrics, rep.cue) == (
        None,
        None,
        None,
        (),
        (),
        None,
    )


def test_feet_are_named_together_as_the_page_asks_for_them() -> None:
    feet = [f"{side}_{part}" for side in ("left", "right") for part in ("ankle", "heel", "foot_index")]
    came = poses(without(*feet), "squat", "both")
    assert only(judge(came, load_template("squat"), "both").reps).reason == "I could not see your feet"


@pytest.mark.parametrize(
    ("english", "german", "spanish"),
    [
        (
            "I lost sight of your right wrist",
            "Ihr rechtes Handgelenk war nicht mehr zu sehen",
            "dejé de ver su muñeca derecha",
        ),
        ("I lost sight of you", "Sie waren nicht mehr zu sehen", "dejé de verle"),
        ("I could not see your feet", "Ihre Füße waren nicht zu sehen", "no pude ver sus pies"),
        (
            "pictures came too slowly: none for 1.2 s",
            "die Bilder kamen zu langsam: 1,2 s lang keines",
            "las imágenes llegaron demasiado despacio: ninguna durante 1,2 s",
        ),
    ],
)
def test_a_reason_is_read_in_each_language(english: str, german: str, spanish: str) -> None:
    assert (say(english, "en"), say(english, "de"), say(english, "es")) == (english, german, spanish)


@pytest.mark.slow
@pytest.mark.weights
def test_the_demo_has_its_four_repetitions_at_three_frames_a_second(weights: Weights) -> None:
    """Harder than on any computer: the page sends at least ten (test_live_setup_page.py)."""
    template = load_template(DEMO_PATTERN)
    coach = Coach(template, DEMO_SIDE, template.rep.ready_s)
    correct, backend = CORRECTIONS[DEFAULT](), BACKENDS["onnx"]("full")
    try:
        for frame in islice(open_video(CLIP), 0, None, 10):
            coach.step(correct(backend.estimate(frame)))
    finally:
        backend.close()
    coach.finish()
    assert [rep.kind for rep in coach.reps] == ["repetition"] * 4
