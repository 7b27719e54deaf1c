"""The guidance over the analytic person: the way in their own size, the band, and the angles at their joints."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from patterns.templates.library import load_template, template_ids
from patterns.templates.template import Side
from scoring.coach.coach import Coach
from scoring.setup.guide import MOST_ARCS, Guide, GuideFrame, Way
from tests.support.movements import Rep, arm_posture, frames, squat_posture
from tests.support.stick_figure import Posture, seen
from vision.pose import INDEX, FloatArray, PoseFrame

HIP, SHOULDER, ELBOW, WRIST = (INDEX[f"right_{part}"] for part in ("hip", "shoulder", "elbow", "wrist"))
ARM_PX = 1.03 * 0.4805 * 550 / 2.8
"""The stick figure's arm where it stands: its thighs and shanks are those of a trunk of 0.4805 m, arms 1.03 trunks."""


def guided(
    pattern: str, side: Side, poses: Iterable[PoseFrame]
) -> list[tuple[float | None, GuideFrame | None]]:
    """Progress and guidance of every frame."""
    template = load_template(pattern)
    coach, guide = Coach(template, side, hold_s=0.0), Guide(template, side)
    told = []
    for pose in poses:
        update = coach.step(pose)
        told.append((update.progress, guide.step(update, coach.sight)))
    return told


def one(
    pattern: str, side: Side, posture: Posture, turned: float = 0.0, distance: float = 2.8
) -> GuideFrame | None:
    """The guidance after a second of standing still in a posture."""
    return guided(pattern, side, (seen(posture, k / 30, turned, distance) for k in range(30)))[-1][1]


def the_way(frame: GuideFrame | None) -> Way:
    assert frame is not None
    (way,) = frame.ways
    return way


def shoulder(posture: Posture, side: str = "right") -> FloatArray:
    return np.asarray(seen(posture, 0.0).xy_px[INDEX[f"{side}_shoulder"]])


def test_the_way_of_a_hand_is_the_templates_in_the_persons_own_size() -> None:
    """D2 flexion of the right arm: from (-0.42, -0.69) to (0.43, 0.97) arm lengths, outward to the picture's left."""
    posture = arm_posture("ue-d2-flexion", "right", 0.0)
    way = the_way(one("ue-d2-flexion", "right", posture))
    start, end = shoulder(posture) + ARM_PX * np.array([[0.42, 0.69], [-0.43, -0.97]])
    np.testing.assert_allclose(way.line[0], start, atol=1.5)
    np.testing.assert_allclose(way.line[-1], end, atol=1.5)
    np.testing.assert_allclose(way.target, way.line[-1])
    assert way.half_width == pytest.approx(
        0.7 * 0.3 * 2**0.5 * ARM_PX, rel=0.02
    )  # seen from near, the trunk is a little larger


def test_the_left_arm_has_the_mirrored_way() -> None:
    right, left = (
        the_way(one("ue-d1-flexion", side, arm_posture("ue-d1-flexion", side, 0.0))).line
        for side in ("right", "left")
    )
    np.testing.assert_allclose(left[:, 0], 640 - right[:, 0], atol=1.0)
    np.testing.assert_allclose(left[:, 1], right[:, 1], atol=1.0)


def test_who_stands_nearer_has_the_larger_way() -> None:
    posture = arm_posture("ue-d2-flexion", "right", 0.0)
    near, far = (the_way(one("ue-d2-flexion", "right", posture, distance=d)) for d in (2.4, 3.6))
    # the hand itself, which at the start is a little in front of the body, is not what sets the size
    assert np.ptp(near.line[:, 1]) / np.ptp(far.line[:, 1]) == pytest.approx(1.5, rel=0.02)
    assert near.half_width / far.half_width == pytest.approx(1.5, rel=0.02)


def turned_frames(pattern: str, turned: float) -> Iterable[PoseFrame]:
    return frames([Rep(1.0)], lambda progress: arm_posture(pattern, "right", progress), turned_right=turned)


@pytest.mark.parametrize("turned", [-25.0, 0.0, 25.0])
@pytest.mark.parametrize("pattern", ["ue-d1-flexion", "ue-d2-flexion", "ue-d1-extension", "ue-d2-extension"])
def test_who_moves_well_stays_in_the_band_however_they_are_turned(pattern: str, turned: float) -> None:
    told = guided(pattern, "right", turned_frames(pattern, turned))
    ways = [the_way(frame) for progress, frame in told if progress is not None]
    assert len(ways) > 100
    assert np.mean([way.inside for way in ways]) > 0.97
    off = [np.linalg.norm(way.line - way.part, axis=1).min() for way in ways]
    assert np.median(off) < 0.15 * ARM_PX


@pytest.mark.parametrize("turned", [0.0, 25.0])
def test_who_is_turned_has_a_wider_band(turned: float) -> None:
    """A quarter of an arm of depth that no template judges, as far as it is seen across: sin(25 degrees) of it."""
    way = the_way(one("ue-d2-flexion", "right", arm_posture("ue-d2-flexion", "right", 0.0), turned))
    assert way.half_width / ARM_PX == pytest.approx(
        0.7 * 0.3 * 2**0.5 + 0.25 * np.sin(np.radians(turned)), rel=0.05
    )


def test_a_hand_beside_the_way_is_outside_the_band() -> None:
    """Straight out to the side at shoulder height: 0.5 arm lengths and more from the second diagonal."""
    posture = Posture()
    posture.arms["right"] = (95.0, 0.0, 3.0)
    assert the_way(one("ue-d2-flexion", "right", posture)).inside is False


def test_the_point_to_follow_runs_ahead_and_turns_with_the_movement() -> None:
    told = guided("ue-d2-flexion", "right", turned_frames("ue-d2-flexion", 0.0))
    heights = [
        (way.following[1] - way.part[1], way.target[1] - way.part[1]) for way in (the_way(f) for _, f in told)
    ]
    middle_out, middle_back = heights[30 + 27], heights[30 + 54 + 18 + 30]
    assert middle_out[0] < -5 and middle_out[1] < -20  # above the hand
    assert middle_back[0] > 5 and middle_back[1] > 20  # below the hand


def test_from_the_side_the_way_of_a_hand_cannot_be_told() -> None:
    frame = one("ue-d2-flexion", "right", arm_posture("ue-d2-flexion", "right", 0.0), turned=80.0)
    assert frame is not None
    assert frame.ways == ()


def test_who_is_not_there_gets_no_guidance() -> None:
    poses = [seen(Posture(), k / 30) for k in range(30)]
    gone = [PoseFrame.missing(1.0 + k / 30, (640, 480)) for k in range(40)]
    assert guided("squat", "both", [*poses, *gone])[-1][1] is None


def test_a_squat_is_led_over_the_feet() -> None:
    """The middle of the shoulders goes down by what the legs shorten and the trunk leans, over the ankles."""
    told = guided("squat", "both", frames([Rep(1.0)], squat_posture))
    ways = [the_way(frame) for _, frame in told if frame is not None]
    legs_px = (0.394 + 0.37) * 550 / 2.8
    drop = ways[-1].line[-1, 1] - ways[-1].line[0, 1]
    by_legs, by_leaning = (1.0 - 0.617) * legs_px, 0.4805 * 550 / 2.8 * (1 - np.cos(np.radians([20.0, 45.0])))
    assert by_legs + by_leaning[0] < drop < by_legs + by_leaning[1]
    assert np.mean([way.inside for way in ways]) > 0.95
    assert np.ptp(ways[-1].line[:, 0]) < 2.0


def leg_raised(progress: float) -> Posture:
    return Posture(legs={"left": (0.0, 5.0), "right": (-5 + 93 * progress, 5.0)})


def test_a_leg_is_led_from_its_hip() -> None:
    poses = frames([Rep(1.0)], leg_raised, turned_right=-60.0)
    ways = [
        the_way(frame)
        for progress, frame in guided("standing-leg-raise", "right", poses)
        if progress is not None
    ]
    assert np.mean([way.inside for way in ways]) > 0.95
    assert ways[0].line[-1, 1] < ways[0].line[0, 1] - 60


def test_both_hands_have_a_way() -> None:
    posture = arm_posture("ue-d2-flexion", "right", 0.0)
    posture.arms["left"] = posture.arms["right"]
    frame = one("bilateral-d2-flexion", "both", posture)
    assert frame is not None
    assert len(frame.ways) == 2
    assert {way.inside for way in frame.ways} == {True}


def test_arcs_are_at_the_joints_that_the_targets_judge() -> None:
    """D2 flexion: the shoulder's range is asked for at the end (150 +- 15 and the error), the elbow all along."""
    told = guided("ue-d2-flexion", "right", turned_frames("ue-d2-flexion", 0.0))
    at_start, at_end = told[10][1], told[30 + 54 + 9][1]
    assert at_start is not None and at_end is not None
    assert [arc.rows for arc in at_end.arcs] == [(HIP, SHOULDER, ELBOW), (SHOULDER, ELBOW, WRIST)]
    assert [arc.inside for arc in at_start.arcs] == [None, True]
    assert [arc.inside for arc in at_end.arcs] == [True, True]
    assert at_end.arcs[0].angle_deg == pytest.approx(150, abs=2)
    assert at_end.arcs[1].angle_deg == pytest.approx(3, abs=2)


@pytest.mark.parametrize(("elbow_deg", "inside"), [(20.0, True), (75.0, False)])
def test_an_arc_says_when_a_joint_leaves_its_tolerance(elbow_deg: float, inside: bool) -> None:
    """The elbow may bend 10 + 22 degrees and the error of the view."""
    posture = arm_posture("ue-d2-flexion", "right", 0.0)
    posture.arms["right"] = (*posture.arms["right"][:2], elbow_deg)
    frame = one("ue-d2-flexion", "right", posture)
    assert frame is not None
    elbow = next(arc for arc in frame.arcs if arc.rows[1] == ELBOW)
    assert (elbow.angle_deg, elbow.inside) == (round(elbow_deg), inside)


@pytest.mark.parametrize("pattern", template_ids())
def test_every_template_has_guidance(pattern: str) -> None:
    template = load_template(pattern)
    frame = one(pattern, template.sides[0], Posture())
    assert frame is None or len(frame.arcs) <= MOST_ARCS
