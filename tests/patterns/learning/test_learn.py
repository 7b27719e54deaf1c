"""Repetitions found without a template and templates learned from them, on people whose movement is known."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from patterns.features.table import feature_table
from patterns.learning.demonstration import Demonstration, DemonstrationError, demonstration
from patterns.learning.dtw_mean import at_even_distances, mean_way
from patterns.learning.learn import learn_template
from patterns.learning.repetition_finder import FoundRep, find_repetitions
from patterns.templates.template import Side, Template
from patterns.templates.template_file import read_template, write_template
from scoring.coach.recording import judge
from scoring.records.records import RepScore
from tests.support.movements import Rep, arm_posture, frames, squat_posture
from tests.support.stick_figure import Posture
from vision.pose import INDEX, PoseFrame, PoseSequence

Change = Callable[[Posture, float, float], None]
THREE = [Rep(2.0), Rep(7.0, out_s=2.1), Rep(12.5, back_s=2.2)]


def raising(side: str, plane: float = 10.0) -> Callable[[float], Posture]:
    """The straight arm from 8 to 140 degrees."""

    def posture(progress: float) -> Posture:
        held = Posture()
        held.arms[side] = (8.0 + 132.0 * progress, plane, 5.0)
        return held

    return posture


def filmed(
    reps: list[Rep],
    posture: Callable[[float], Posture],
    change: Change | None = None,
    until_s: float | None = None,
    turned_right: float = 0.0,
) -> PoseSequence:
    return PoseSequence.from_frames(frames(reps, posture, until_s, change=change, turned_right=turned_right))


def found(sequence: PoseSequence, side: Side) -> tuple[FoundRep, ...]:
    return find_repetitions(feature_table(sequence), side)


def learned(sequence: PoseSequence, side: Side = "right") -> Template:
    return learn_template([demonstration(sequence, side)], "learned", "Learned", side)


def scored(sequence: PoseSequence, template: Template, side: Side = "right") -> tuple[RepScore, ...]:
    return judge((sequence.frame(i) for i in range(len(sequence))), template, side).reps


@pytest.fixture(scope="module")
def arm() -> Template:
    """Learned from three repetitions of the right arm raised sideways."""
    return learned(filmed(THREE, raising("right")))


@pytest.fixture(scope="module")
def squat() -> Template:
    return learned(filmed(THREE, squat_posture), "both")


@pytest.mark.parametrize(
    ("reps", "posture", "side"),
    [
        (THREE, raising("right"), "right"),
        (THREE, raising("left"), "left"),
        (THREE, squat_posture, "both"),
        ([Rep(20.0), Rep(26.0, pause_s=1.5), Rep(34.0), Rep(50.0)], raising("right"), "right"),
        (
            [Rep(3.0, hold_s=5.0), Rep(14.0, hold_s=5.0), Rep(25.0, hold_s=5.0)],
            lambda p: arm_posture("ue-d2-flexion", "right", p),
            "right",
        ),
        ([Rep(1.0 + 2.2 * k, out_s=0.6, hold_s=0.1, back_s=0.6) for k in range(12)], squat_posture, "both"),
    ],
    ids=["right arm", "left arm", "squat", "standing and pauses", "long holds", "fast"],
)
def test_repetitions_are_found_at_their_times(
    reps: list[Rep], posture: Callable[[float], Posture], side: Side
) -> None:
    spans = found(filmed(reps, posture), side)
    assert len(spans) == len(reps)
    for span, rep in zip(spans, reps, strict=True):
        times = np.array([span.start_s, span.peak_s, span.leave_s, span.end_s])
        assert times == pytest.approx([rep.start_s, rep.peak_s, rep.peak_s + rep.hold_s, rep.end_s], abs=0.25)


TURNS = [Rep(1.0 + 5.0 * k) for k in range(8)]


def march(held: Posture, _progress: float, t_s: float) -> None:
    """Right and left knee in turns."""
    for k, rep in enumerate(TURNS):
        if rep.start_s <= t_s < rep.end_s:
            lift = rep.progress(t_s)
            held.legs["left" if k % 2 else "right"] = (80.0 * lift, 5.0 + 85.0 * lift)


def test_of_alternating_sides_only_the_one_asked_for_is_found() -> None:
    sequence = filmed(TURNS, lambda _: Posture(), march)
    for side, first in (("right", 0), ("left", 1)):
        spans = found(sequence, "right" if side == "right" else "left")
        assert [span.peak_s for span in spans] == pytest.approx(
            [rep.peak_s for rep in TURNS[first::2]], abs=0.25
        )


def test_nothing_is_found_in_standing_still() -> None:
    def sway(held: Posture, _progress: float, t_s: float) -> None:
        held.lean_forward = 1.5 * float(np.sin(t_s))

    assert found(filmed([], lambda _: Posture(), sway, until_s=60.0), "right") == ()


def test_a_movement_unlike_the_others_is_left_out() -> None:
    reps = [*THREE, Rep(18.0)]

    def bow(held: Posture, _progress: float, t_s: float) -> None:
        if t_s >= 18.0:
            held.arms["right"] = (8.0, 20.0, 5.0)
            held.lean_forward = 80.0 * reps[-1].progress(t_s)

    assert len(found(filmed(reps, raising("right"), bow), "right")) == 3


def prepared(progress: float) -> Posture:
    """The straight arm from high across the body down to the side, as in diagonal 1 of extension, not so far back."""
    held = Posture()
    held.arms["right"] = (130.0 - 75.0 * progress, 120.0 - 120.0 * progress, 5.0)
    return held


def hanging_at_first(held: Posture, _progress: float, t_s: float) -> None:
    """The arm hangs until it is brought to the start posture, and is put down again at the end."""
    share = float(np.clip(min(t_s / 1.5, (20.0 - t_s) / 1.5), 0.0, 1.0))
    elevation, plane, bend = held.arms["right"]
    held.arms["right"] = (8.0 + (elevation - 8.0) * share, plane, bend)


def test_taking_the_start_posture_first_does_not_turn_the_movement_round() -> None:
    spans = found(filmed(THREE, prepared, hanging_at_first, until_s=20.0), "right")
    assert len(spans) == 3
    for span, rep in zip(spans, THREE, strict=True):
        times = [span.start_s, span.peak_s, span.end_s]
        assert times == pytest.approx([rep.start_s, rep.peak_s, rep.end_s], abs=0.3)


@pytest.mark.parametrize(("share", "is_found"), [(0.3, False), (0.45, False), (0.7, True), (1.0, True)])
@pytest.mark.parametrize("at_the_end", [True, False])
def test_a_repetition_of_which_a_way_is_hardly_recorded_is_left_out(
    share: float, is_found: bool, at_the_end: bool
) -> None:
    whole = filmed([*THREE, Rep(18.0)], raising("right"))
    first, *_, last = found(whole, "right")
    back_s = last.leave_s + time_of(share) * (last.end_s - last.leave_s)
    out_s = first.peak_s - time_of(share) * (first.peak_s - first.start_s)
    kept = whole.t_s <= back_s if at_the_end else whole.t_s >= out_s
    assert whole.world_m is not None
    cut = PoseSequence(
        whole.t_s[kept], whole.size_wh, whole.xy_px[kept], whole.world_m[kept], whole.visibility[kept]
    )
    assert len(found(cut, "right")) == 3 + is_found


def time_of(share: float) -> float:
    """After which share of its time a reaching movement has gone that share of its way."""
    tau = np.linspace(0, 1, 1001)
    return float(np.interp(share, tau**3 * (10 - 15 * tau + 6 * tau**2), tau))


def test_the_other_end_may_be_said_to_be_the_start() -> None:
    table = feature_table(filmed(THREE, raising("right")))
    spans = find_repetitions(table, "right", turned=True)
    assert [(s.start_s, s.end_s) for s in spans] == [
        pytest.approx((a.peak_s + a.hold_s, b.peak_s), abs=0.3) for a, b in pairwise(THREE)
    ]


def test_the_mean_way_is_one_of_shape_not_of_tempo() -> None:
    t = np.linspace(0, 1, 50)
    ways = np.stack([np.stack([t**g, np.sin(np.pi * t**g)], axis=-1) for g in (0.7, 1.0, 1.4)])
    mean = mean_way(ways)
    assert np.abs(mean[:, 1] - np.sin(np.pi * mean[:, 0])).max() < 0.01
    line = np.stack([t**3, 2 * t**3], axis=-1)
    assert at_even_distances(line, 5)[:, 0] == pytest.approx([0, 0.25, 0.5, 0.75, 1])


def test_one_feature_alone_is_averaged_too() -> None:
    ways = np.stack([np.linspace(0, end, 50)[:, None] for end in (0.9, 1.0, 1.1)])
    assert mean_way(ways)[-1, 0] == pytest.approx(1.0, abs=0.03)


def test_a_learned_template_counts_and_praises_its_own(arm: Template, squat: Template) -> None:
    for template, posture, side in ((arm, raising("right"), "right"), (squat, squat_posture, "both")):
        reps = scored(filmed(THREE, posture), template, "right" if side == "right" else "both")
        assert [rep.kind for rep in reps] == ["repetition"] * 3
        assert all(rep.total is not None and rep.total >= 90 and not rep.faults for rep in reps)


def test_another_tempo_and_another_body_are_as_good(arm: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    for part, length in (("TRUNK", 0.43), ("UPPER_ARM", 0.29), ("FOREARM", 0.27), ("SHOULDERS", 0.36)):
        monkeypatch.setattr(f"tests.support.stick_figure.{part}", length)
    slow = [Rep(2.0, out_s=3.5, back_s=3.0), Rep(12.0, out_s=1.2, hold_s=2.0, back_s=1.3)]
    reps = scored(filmed(slow, raising("right", plane=18.0)), arm)
    assert [rep.kind for rep in reps] == ["repetition"] * 2
    assert all(rep.total is not None and rep.total >= 90 and not rep.faults for rep in reps)


def lean(held: Posture, progress: float, _t_s: float) -> None:
    held.lean_left = 25.0 * progress


def turn(held: Posture, progress: float, _t_s: float) -> None:
    held.turn_right = 60.0 * progress


def test_planted_faults_are_caught(arm: Template, squat: Template) -> None:
    clean = scored(filmed(THREE, raising("right")), arm)[0]
    for change, fault in ((lean, "trunk_lean"), (turn, "trunk_rotation")):
        for rep in scored(filmed(THREE, raising("right"), change), arm):
            assert fault in {f.id for f in rep.faults}
            assert rep.total is not None and clean.total is not None and rep.total < clean.total - 5
    for rep in scored(filmed(THREE, squat_posture, lean), squat, "both"):
        assert "trunk_lean" in {f.id for f in rep.faults}


@pytest.mark.parametrize(("amount", "counts"), [(0.4, False), (0.6, True)])
def test_half_the_range_is_an_attempt_or_a_fault(arm: Template, amount: float, counts: bool) -> None:
    reps = scored(filmed([Rep(2.0, amount=amount), Rep(8.0, amount=amount)], raising("right")), arm)
    assert len(reps) == 2
    for rep in reps:
        assert (rep.kind == "repetition") is counts
        assert "reduced_range" in {f.id for f in rep.faults}


def test_a_minute_of_standing_counts_nothing(arm: Template, squat: Template) -> None:
    def sway(held: Posture, _progress: float, t_s: float) -> None:
        held.lean_forward, held.lean_left = 2 * float(np.sin(t_s)), 2 * float(np.cos(0.7 * t_s))

    standing = filmed([], lambda _: Posture(), sway, until_s=60.0)
    assert scored(standing, arm) == () and scored(standing, squat, "both") == ()


def mirror(sequence: PoseSequence) -> PoseSequence:
    """The person in a mirror: left and right swapped, the picture turned round."""
    swap = [INDEX[_other(name)] for name in INDEX]
    width = sequence.size_wh[0]
    poses = []
    for i in range(len(sequence)):
        frame = sequence.frame(i)
        assert frame.world_m is not None
        xy = (np.array([width, 0.0]) + np.array([-1.0, 1.0]) * frame.xy_px)[swap]
        world = (frame.world_m * np.array([-1.0, 1.0, 1.0]))[swap]
        poses.append(PoseFrame(frame.t_s, frame.size_wh, xy, world, frame.visibility[swap]))
    return PoseSequence.from_frames(poses)


def _other(name: str) -> str:
    return name.replace("left", "#").replace("right", "left").replace("#", "right")


def test_a_mirrored_recording_is_judged_alike_and_teaches_alike(arm: Template) -> None:
    there = filmed(THREE, raising("right"), lean)
    for right, left in zip(scored(there, arm), scored(mirror(there), arm, "left"), strict=True):
        assert left.total == pytest.approx(right.total, abs=0.01)
        assert {f.id for f in left.faults} == {f.id for f in right.faults}
        assert left.peak_s == pytest.approx(right.peak_s, abs=1e-6)
    other = learned(mirror(filmed(THREE, raising("right"))), "left")
    assert other.side == "right" and tuple(other.path.features) == tuple(arm.path.features)
    for name, knots in other.path.features.items():
        assert knots == pytest.approx(arm.path.features[name], abs=0.002)


def test_a_learned_template_is_a_file_that_reads_back(arm: Template, tmp_path: Path) -> None:
    file = tmp_path / "learned.toml"
    file.write_text(write_template(arm))
    assert read_template(file).model_copy(update={"sha256": ""}) == arm


def test_what_moves_is_followed_and_what_stays_is_judged(arm: Template, squat: Template) -> None:
    assert set(arm.path.features) == {"hand_x_right", "hand_y_right"} and arm.view == "front"
    assert {t.feature for t in arm.target if t.role == "range"} == {"shoulder_elevation_right"}
    kept = {t.feature for t in arm.target if t.role == "control"}
    assert kept >= {"trunk_lean", "trunk_rotation", "shoulder_hike_right", "elbow_flexion_right"}
    assert "right_wrist" in arm.required  # by which it is followed; the elbow is judged where it is seen
    assert not {"right_elbow", "left_wrist"} & set(arm.required)
    assert {t.feature for t in squat.target if t.role == "range"} == {
        "knee_flexion_left",
        "knee_flexion_right",
    }
    assert squat.side == "both"


def test_arms_that_keep_the_balance_are_not_followed() -> None:
    def forward(held: Posture, progress: float, _t_s: float) -> None:
        for side in ("left", "right"):
            held.arms[side] = (8.0 + 80.0 * progress, 85.0, 5.0)

    template = learned(filmed(THREE, squat_posture, forward), "both")
    assert all(name.startswith(("foot_", "knee_", "hip_")) for name in template.path.features)


def test_a_squat_seen_from_the_side_is_learned_too() -> None:
    sequence = filmed(THREE, squat_posture, turned_right=80.0)
    template = learned(sequence, "both")
    assert template.view == "side"
    assert [rep.kind for rep in scored(sequence, template, "both")] == ["repetition"] * 3


def test_bands_are_never_narrower_than_the_error(arm: Template) -> None:
    shown = demonstration(filmed(THREE, raising("right")), "right")
    for target in arm.target:
        error = shown.errors[target.feature]
        assert error is not None and target.tolerance >= round(error, 1)


def hidden(sequence: PoseSequence, landmark: str) -> PoseSequence:
    poses = []
    for i in range(len(sequence)):
        frame = sequence.frame(i)
        xy = frame.xy_px.copy()
        if i % 2:
            xy[INDEX[landmark]] = np.nan
        poses.append(PoseFrame(frame.t_s, frame.size_wh, xy, frame.world_m, frame.visibility))
    return PoseSequence.from_frames(poses)


def refused(shown: list[Demonstration], side: Side) -> str:
    with pytest.raises(DemonstrationError) as refusal:
        learn_template(shown, "learned", "Learned", side)
    message = str(refusal.value)
    assert "\n" not in message
    return message


def test_demonstrations_that_cannot_be_learned_from_are_told_why() -> None:
    two = demonstration(filmed(THREE[:2], raising("right")), "right")
    assert "found 2 repetitions, expected 3 or more" in refused([two], "right")
    nobody = demonstration(filmed([], lambda _: Posture(), until_s=5.0), "right")
    assert "found 0 repetitions" in refused([nobody], "right")
    good = filmed(THREE, raising("right"))
    assert "only the right side moves" in refused([demonstration(good, "both")], "both")
    turns = demonstration(filmed(TURNS, lambda _: Posture(), march), "both")
    assert "the legs take turns" in refused([turns], "both")
    other = demonstration(good, "left")
    assert "it is the right side that moves" in refused([other], "left")
    back = demonstration(filmed(THREE, raising("right"), turned_right=180.0), "right")
    assert "seen from the back" in refused([back], "right")
    unseen = demonstration(hidden(good, "right_wrist"), "right")
    assert "right wrist was seen in 50 %" in refused([unseen], "right")
    other_way = demonstration(filmed(THREE, raising("right", plane=125.0)), "right")
    assert "differs too much" in refused([demonstration(good, "right"), other_way], "right")
    half = demonstration(filmed([*THREE, Rep(18.0, amount=0.55)], raising("right")), "right")
    assert "% as far" in refused([half], "right")


def test_two_recordings_teach_together() -> None:
    two = [demonstration(filmed(THREE[:2], raising("right", plane)), "right") for plane in (5.0, 15.0)]
    template = learn_template(two, "learned", "Learned", "right")
    assert "4 repetitions" in template.source
