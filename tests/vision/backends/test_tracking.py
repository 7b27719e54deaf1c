"""One person is followed, whoever else is in the picture. Bodies here are regions of 250 px, that is 200 px
unexpanded."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from vision.backends.blazepose import Detection, Region
from vision.backends.tracking import REMEMBERED_S, Follower

SIZE = (640, 480)


def person(x: float, side: float = 250.0, score: float = 0.9) -> Detection:
    return Detection(score, Region(x, 240.0, side, 0.0))


def points(x: float, side: float = 250.0) -> npt.NDArray[np.float64]:
    return np.array([[x, 240.0], [x, 240.0 - side / 2.5]])


def watched(x: float = 200.0, until_s: float = 2.0) -> Follower:
    """A follower who has watched one person stand still at x."""
    follower = Follower()
    for t_s in np.arange(0.0, until_s, 1 / 30):
        follower.follow(float(t_s), points(x))
    follower.follow(until_s, points(x))
    return follower


def xs(regions: list[Region]) -> list[float]:
    return [region.x_px for region in regions]


def test_first_the_largest_and_most_central() -> None:
    people = [person(40), person(330), person(300, side=90)]
    assert xs(Follower().candidates(people, 0.0, SIZE)) == [330, 40, 300]


def test_lost_and_found_by_place() -> None:
    follower = watched(200)
    follower.restart()
    assert follower.region is None
    assert xs(follower.candidates([], 2.1, SIZE)) == []
    assert xs(follower.candidates([person(230), person(210)], 2.2, SIZE))[0] == 210


def test_who_was_elsewhere_when_the_person_was_lost_is_never_taken_for_the_person() -> None:
    follower = watched(200)
    follower.restart()
    for i in range(20):  # the other walks up to the person's very place
        assert follower.candidates([person(400 - 10 * i)], 2.1 + i / 30, SIZE) == []
    assert xs(follower.candidates([person(210), person(205)], 2.8, SIZE)) == [205]


def test_another_size_is_another_person() -> None:
    follower = watched(200)
    follower.restart()
    assert follower.candidates([person(200, side=100)], 2.1, SIZE) == []


def test_after_a_while_anyone_may_be_followed() -> None:
    follower = watched(200)
    follower.restart()
    assert follower.candidates([person(500)], 2.1, SIZE) == []
    assert xs(follower.candidates([person(500)], 2.0 + REMEMBERED_S + 0.1, SIZE)) == [500]


@pytest.mark.parametrize(("shift_px", "doubtful"), [(10, False), (60, True)])
def test_a_jump_within_one_frame_is_doubted(shift_px: float, doubtful: bool) -> None:
    assert watched(200).doubtful(2.0 + 1 / 30, points(200 + shift_px)) is doubtful


def test_the_same_way_in_more_time_is_a_step() -> None:
    assert not watched(200).doubtful(2.2, points(260))


@pytest.mark.parametrize(
    ("seen", "kind", "home"),
    [
        ([person(300), person(203)], "left", 203),
        ([person(300)], "taken", None),
        ([person(205)], "left", 205),
        ([], "kept", None),
    ],
    ids=["both seen", "hidden behind the other", "landmarks astray", "detector blind"],
)
def test_what_a_jump_was(seen: list[Detection], kind: str, home: float | None) -> None:
    verdict = watched(200).instead(seen, 2.0 + 1 / 30, points(300))
    assert verdict.kind == kind
    assert (verdict.home and verdict.home.x_px) == home


def test_hidden_behind_another_and_seen_again() -> None:
    follower = watched(200)
    assert follower.instead([person(260)], 2.03, points(260)).kind == "taken"
    follower.restart()
    for i in range(10):
        assert follower.candidates([person(260 + 8 * i)], 2.1 + i / 30, SIZE) == []
    back = follower.candidates([person(340), person(202)], 2.5, SIZE)
    assert xs(back) == [202]
    assert follower.stayed(back[0], points(204)) and not follower.stayed(back[0], points(335))


def test_carried_off_at_walking_pace() -> None:
    follower, t_s, x = watched(200), 2.0, 200.0
    while not follower.doubtful(t_s + 1 / 30, points(x + 5)):  # 0.75 bodies a second
        t_s, x = t_s + 1 / 30, x + 5
        follower.follow(t_s, points(x))
        assert x < 400
    verdict = follower.instead([person(x), person(200)], t_s + 1 / 30, points(x + 5))
    assert verdict.kind == "left" and verdict.home is not None and verdict.home.x_px == 200


def test_who_walks_off_alone_is_followed() -> None:
    follower, t_s, x = watched(200), 2.0, 200.0
    while x < 600:
        t_s, x = t_s + 1 / 30, x + 5
        if follower.doubtful(t_s, points(x)):
            assert follower.instead([person(x)], t_s, points(x)).kind == "kept"
        follower.follow(t_s, points(x))
    assert follower.region is not None and abs(follower.region.x_px - 600) < 20
