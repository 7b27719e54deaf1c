"""Sides that alternate: an analytic person marching, and the choice between two sides that seem to move at once."""

from collections.abc import Iterator

import pytest

from patterns.segmentation.segmenter import Movement
from patterns.templates.library import load_template
from scoring.coach.coach import Coach
from scoring.coach.side_tracker import Arbiter
from tests.support.movements import Rep
from tests.support.stick_figure import Posture, seen
from vision.pose import PoseFrame

STEP_S = 1.2


def marching(order: list[str]) -> Iterator[PoseFrame]:
    """Knees up to 75 degrees of the hip in that order, one every 1.2 s."""
    steps = [Rep(1.5 + k * STEP_S, 0.5, 0.05, 0.5) for k in range(len(order))]
    for frame in range(round(30 * (steps[-1].end_s + 1.5))):
        t_s = frame / 30
        posture = Posture()
        for side, step in zip(order, steps, strict=True):
            if step.start_s <= t_s < step.end_s:
                up = step.progress(t_s)
                posture.legs[side] = (75 * up, 5 + 80 * up)
        yield seen(posture, t_s)


@pytest.mark.parametrize(
    "order",
    [["left", "right"] * 4, ["right", "right", "left", "right"], ["left"] * 3],
    ids=["turns", "mixed", "one"],
)
def test_each_step_counts_once_on_its_own_side(order: list[str]) -> None:
    coach = Coach(load_template("march"), "both", hold_s=0.0)
    told = [update.closed for update in map(coach.step, marching(order)) if update.closed is not None]
    told += coach.finish()
    assert [rep.side for rep in told] == order
    assert [rep.kind for rep in told] == ["repetition"] * len(order)
    assert [rep.index for rep in told] == list(range(1, len(order) + 1))
    assert tuple(told) == coach.reps


def test_only_the_asked_side_counts_when_one_is_asked() -> None:
    coach = Coach(load_template("march"), "left", hold_s=0.0)
    for pose in marching(["left", "right", "left", "right"]):
        coach.step(pose)
    assert [rep.side for rep in (*coach.reps, *coach.finish())] == ["left", "left"]


def moved(start_s: float, end_s: float, off_path: float = 0.2, reason: str | None = None) -> Movement:
    middle_s = (start_s + end_s) / 2
    ways_s = (middle_s - start_s, end_s - middle_s)
    return Movement(start_s, middle_s, middle_s, end_s, ways_s, 1.0, 0.0, off_path, reason, reason is None)


def test_of_two_movements_at_once_the_repetition_nearer_to_the_path_happened() -> None:
    near, far = moved(1.0, 3.0), moved(1.1, 3.1, off_path=0.8)
    attempt = moved(0.9, 2.9, reason="turned back at 40 % of the way")
    assert Arbiter().step([(0, far), (1, near)], [None, None]) == [(1, near)]
    assert Arbiter().step([(0, far), (1, attempt)], [None, None]) == [(0, far)]


def test_a_movement_waits_for_the_other_side_only_where_that_began_in_its_first_half() -> None:
    arbiter = Arbiter()
    mine, other = moved(1.0, 3.0, off_path=0.5), moved(1.2, 3.4)
    assert arbiter.step([(0, mine)], [None, 1.2]) == []
    assert arbiter.step([(1, other)], [None, None]) == [(1, other)]
    later = moved(5.0, 6.0)
    assert arbiter.step([(0, later)], [None, 5.8]) == [(0, later)]
    assert arbiter.step([(1, moved(5.8, 6.8))], [None, None]) == [(1, moved(5.8, 6.8))]


def test_what_was_kept_is_not_counted_again_on_the_other_side() -> None:
    arbiter = Arbiter()
    assert arbiter.step([(0, moved(1.0, 3.0))], [None, None]) != []
    assert arbiter.step([(1, moved(1.2, 3.2))], [None, None]) == []


def test_one_side_alone_never_waits() -> None:
    arbiter = Arbiter()
    first, second = moved(1.0, 2.0), moved(2.0, 3.0)
    assert arbiter.step([(0, first)], [2.0]) == [(0, first)]
    assert arbiter.step([(0, second)], [None]) == [(0, second)]
