"""The set-up coach with the analytic person: every check found out, steadily told, left and right proven."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from patterns.templates.library import load_template, template_ids
from scoring.setup.checks import CHECKS, Asked
from scoring.setup.setup_coach import MIRRORED, OTHER, RAISE, SetupCoach, SetupUpdate
from tests.support.stick_figure import Posture, seen
from vision.picture_facts import PictureFacts
from vision.pose import INDEX, PoseFrame

GOOD = PictureFacts(120.0, 150.0, 1)
RATE_HZ = 25.0
Picture = Callable[[float], PoseFrame]


def standing(t_s: float) -> PoseFrame:
    return seen(Posture(), t_s)


def raising(side: str) -> Picture:
    """The arm straight up."""

    def picture(t_s: float) -> PoseFrame:
        posture = Posture()
        posture.arms[side] = (165.0, 60.0, 5.0)
        return seen(posture, t_s)

    return picture


def moved(x_px: float = 0.0, y_px: float = 0.0) -> Picture:
    def picture(t_s: float) -> PoseFrame:
        pose = standing(t_s)
        return replace(pose, xy_px=pose.xy_px + np.array([x_px, y_px]))

    return picture


def slanted(degrees: float) -> Picture:
    """The camera turned on its axis; the picture turns the other way round the middle."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))

    def picture(t_s: float) -> PoseFrame:
        pose = standing(t_s)
        middle = np.array([320.0, 240.0])
        return replace(pose, xy_px=(pose.xy_px - middle) @ np.array([[c, s], [-s, c]]) + middle)

    return picture


def nobody(t_s: float) -> PoseFrame:
    return PoseFrame.missing(t_s, (640, 480))


def shown(
    coach: SetupCoach,
    picture: Picture,
    seconds: float,
    facts: PictureFacts = GOOD,
    people: int | None = 1,
    *,
    from_s: float = 0.0,
    rate_hz: float = RATE_HZ,
) -> SetupUpdate:
    """The last update after so many seconds of pictures."""
    times = from_s + np.arange(0.0, seconds, 1 / rate_hz)
    return [coach.step(picture(float(t_s)), facts, people) for t_s in times][-1]


def arm() -> SetupCoach:
    return SetupCoach(load_template("ue-d2-flexion"), "right")


def told(update: SetupUpdate) -> dict[str, tuple[str, str]]:
    return {check.id: (check.state, check.text) for check in update.checks}


def test_who_stands_right_is_asked_to_raise_the_right_hand_and_is_done() -> None:
    coach = arm()
    update = shown(coach, standing, 2.0)
    assert {check.state for check in update.checks} == {"ok"}
    assert [check.id for check in update.checks] == list(CHECKS)
    assert (update.step, update.ask) == ("hand", RAISE["right"])
    update = shown(coach, raising("right"), 1.0, from_s=2.0)
    assert (update.step, update.ask, update.mirrored) == ("done", "", False)
    assert coach.done


WRONG = [
    ("light", standing, PictureFacts(60.0, 5.0, 1), 1, "bad", "Uncover the camera"),
    ("light", standing, PictureFacts(30.0, 90.0, 1), 1, "warn", "dark"),
    ("light", standing, PictureFacts(240.0, 90.0, 1), 1, "warn", "too bright"),
    ("person", nobody, GOOD, 0, "bad", "Step into the picture"),
    ("person", standing, GOOD, 2, "bad", "I see 2 people"),
    ("picture", moved(y_px=-60), GOOD, 1, "bad", "Your raised hand would leave the picture"),
    ("picture", moved(x_px=300), GOOD, 1, "bad", "cut off at the side"),
    ("picture", moved(x_px=-260), GOOD, 1, "bad", "Your hand would leave the picture at the side"),
    ("picture", moved(y_px=260), GOOD, 1, "bad", "cut off below"),
    ("distance", lambda t_s: seen(Posture(), t_s, distance=1.25), GOOD, 1, "bad", "too near"),
    ("distance", lambda t_s: seen(Posture(), t_s, distance=4.6), GOOD, 1, "bad", "too far"),
    ("view", lambda t_s: seen(Posture(), t_s, turned_right=50.0), GOOD, 1, "bad", "Turn to face the camera"),
    ("level", slanted(9.0), GOOD, 1, "warn", "at a slant"),
    ("level", slanted(-9.0), GOOD, 1, "warn", "at a slant"),
]


@pytest.mark.parametrize(("name", "picture", "facts", "people", "state", "words"), WRONG)
def test_each_check_finds_what_is_wrong_and_says_what_to_do(
    name: str, picture: Picture, facts: PictureFacts, people: int, state: str, words: str
) -> None:
    coach = arm()
    update = shown(coach, picture, 2.0, facts, people)
    found = told(update)
    assert found[name][0] == state and words in found[name][1]
    assert update.step == ("hand" if state == "warn" else "checks")
    if state == "bad":
        assert words in update.ask


def test_leaning_is_no_slanted_camera() -> None:
    """Hips and shoulders stay level when only the trunk leans."""
    assert told(shown(arm(), lambda t: seen(Posture(lean_left=12.0), t), 2.0))["level"][0] == "ok"


def test_slow_pictures_are_told_and_do_no_harm() -> None:
    update = shown(arm(), standing, 4.0, rate_hz=6.0)
    assert told(update)["rate"] == (
        "warn",
        "Only 6 pictures a second. Close other programs, or switch on a light.",
    )
    assert update.step == "hand"


def test_feet_matter_only_where_the_exercise_needs_them() -> None:
    feet_cut_off = moved(y_px=110)
    assert told(shown(arm(), feet_cut_off, 2.0))["picture"][0] == "ok"
    squat = SetupCoach(load_template("squat"), "both")
    assert told(shown(squat, feet_cut_off, 2.0))["picture"] == (
        "bad",
        "Your left foot is cut off below. Tip the screen forward a little, or step back.",
    )


def test_what_is_hidden_is_named() -> None:
    def hidden(t_s: float) -> PoseFrame:
        pose = standing(t_s)
        visibility = pose.visibility.copy()
        visibility[INDEX["right_wrist"]] = 0.1
        return replace(pose, visibility=visibility)

    assert "your right hand" in told(shown(arm(), hidden, 2.0))["picture"][1]


def test_a_side_view_exercise_wants_the_side() -> None:
    side_on = load_template("ue-d2-flexion").model_copy(update={"view": "side"})
    coach = SetupCoach(side_on, "right")
    assert told(shown(coach, standing, 2.0))["view"] == ("bad", "Turn side on to the camera.")
    turned = shown(coach, lambda t_s: seen(Posture(), t_s, turned_right=90.0), 2.0, from_s=2.0)
    assert told(turned)["view"][0] == "ok"


def test_a_moment_changes_nothing() -> None:
    """One dark picture, one lost person: what was told stays until it has lasted."""
    coach = arm()
    shown(coach, standing, 0.9)
    assert told(coach.step(nobody(0.91), GOOD, 0))["person"][0] == "ok"
    assert told(coach.step(standing(0.95), PictureFacts(30.0, 90.0, 1), 1))["light"][0] == "ok"


def test_who_leaves_before_the_hand_begins_again() -> None:
    coach = arm()
    assert shown(coach, standing, 2.0).step == "hand"
    assert shown(coach, nobody, 1.0, people=0, from_s=2.0).step == "checks"


def test_the_left_hand_is_no_right_hand_and_twice_is_a_mirror() -> None:
    coach = arm()
    shown(coach, standing, 2.0)
    assert shown(coach, raising("left"), 1.0, from_s=2.0).ask == OTHER["right"]
    assert shown(coach, raising("left"), 2.0, from_s=3.0).mirrored is False, (
        "not lowered, so not raised again"
    )
    shown(coach, standing, 0.6, from_s=5.0)
    update = shown(coach, raising("left"), 1.0, from_s=5.6)
    assert (update.mirrored, update.ask) == (True, MIRRORED)
    shown(coach, standing, 0.6, from_s=6.6)
    update = shown(coach, raising("right"), 1.0, from_s=7.2)
    assert (update.step, update.mirrored) == ("done", True)


def test_both_hands_prove_nothing() -> None:
    def both(t_s: float) -> PoseFrame:
        posture = Posture()
        posture.arms = {"left": (165.0, 60.0, 5.0), "right": (165.0, 60.0, 5.0)}
        return seen(posture, t_s)

    coach = arm()
    shown(coach, standing, 2.0)
    assert shown(coach, both, 2.0, from_s=2.0).step == "hand"


def test_who_cannot_raise_the_right_hand_raises_the_left() -> None:
    coach = SetupCoach(load_template("ue-d2-flexion"), "left", hand="left")
    assert shown(coach, standing, 2.0).ask == RAISE["left"]
    assert shown(coach, raising("right"), 1.0, from_s=2.0).ask == OTHER["left"]
    shown(coach, standing, 0.6, from_s=3.0)
    assert shown(coach, raising("left"), 1.0, from_s=3.6).step == "done"


def test_the_hand_is_not_asked_for_twice_and_all_may_be_skipped() -> None:
    known = SetupCoach(load_template("squat"), "both", sides_known=True)
    assert shown(known, standing, 2.0).step == "done"
    coach = arm()
    shown(coach, nobody, 1.0, people=0)
    coach.skip()
    assert coach.done


@pytest.mark.parametrize("template_id", template_ids())
def test_every_exercise_can_be_set_up(template_id: str) -> None:
    """At 3.4 m a whole person with arms raised is in the picture; who stands as the exercise asks may begin."""
    template = load_template(template_id)
    turned = 90.0 if template.view == "side" else 0.0
    coach = SetupCoach(template, template.sides[0], sides_known=True)
    update = shown(coach, lambda t_s: seen(Posture(), t_s, turned, 3.4), 2.0)
    assert update.step == "done", told(update)


def test_what_an_exercise_asks_of_the_picture() -> None:
    """ue-d2-flexion: the hand ends 0.97 arm lengths above the shoulder and 0.43 out (its file)."""
    asked = Asked.of(load_template("ue-d2-flexion"), "left")
    assert (asked.up, asked.aside) == ({"left": 0.97, "right": 0.0}, {"left": 0.43, "right": 0.0})
    assert "left_wrist" in asked.seen and "left_ankle" not in asked.parts
    assert "left_ankle" in Asked.of(load_template("squat"), "both").parts
