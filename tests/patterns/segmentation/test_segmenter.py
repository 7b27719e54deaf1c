"""The Segmenter on progress alone, without a person: which movements it cuts, whatever the edges come to."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from patterns.segmentation.edges import EdgeFinder
from patterns.segmentation.segmenter import Movement, Segmenter
from patterns.templates.library import load_template
from vision.pose import FloatArray

TEMPLATE = load_template("ue-d2-flexion")
ONE_AND_A_LOST_ONE = [
    (0, 0),
    (1, 0),
    (2, 1),
    (2.3, 1),
    (3.3, 0),
    (4, 0),
    (4.6, 1),
    (4.7, 1),
    (4.7, None),
    (6, None),
]
"""Knots (seconds, progress): a movement and a rest, then one that goes out of sight at the far end at 4.7 s."""


class LateEnd(EdgeFinder):
    """Edges from the first to the last frame of a movement, its end told late by the next of some seconds."""

    def __init__(self, late_s: list[float]) -> None:
        super().__init__(TEMPLATE.path)
        self.late_s = late_s

    def find(
        self, t_s: FloatArray, rows: FloatArray, progress: FloatArray, turn: int, floor: float
    ) -> tuple[float, float, float, float]:
        return float(t_s[0]), float(t_s[turn]), float(t_s[turn]), float(t_s[-1]) + self.late_s.pop(0)


def movements(knots: Sequence[tuple[float, float | None]], edges: EdgeFinder) -> list[Movement]:
    segmenter = Segmenter(TEMPLATE.rep, TEMPLATE.path.off_path, 0.0, edges)
    at_s, progress = zip(*((t, np.nan if p is None else p) for t, p in knots), strict=True)
    found = []
    for t_s in np.arange(at_s[0], at_s[-1], 1 / 30):
        seen = float(np.interp(t_s, at_s, progress))
        found.append(segmenter.step(float(t_s), seen, 0.0 * seen, np.array([seen])))
    return [movement for movement in found if movement is not None]


@pytest.mark.parametrize(("late_s", "kept"), [(0.3, 2), (1.1, 2), (3.0, 1)])
def test_what_is_lost_from_sight_never_ends_before_what_was_done(late_s: float, kept: int) -> None:
    found = movements(ONE_AND_A_LOST_ONE, LateEnd([late_s, 0.0, 0.0]))
    assert len(found) == kept
    assert found[0].reason is None
    for a, b in pairwise(found):
        assert a.end_s <= b.start_s <= b.peak_s <= b.leave_s <= b.end_s
        assert a.end_s < b.end_s


def test_how_long_a_way_took_is_not_cut_by_the_late_end_of_the_one_before() -> None:
    second = movements(ONE_AND_A_LOST_ONE, LateEnd([1.1, 0.0]))[1]
    assert second.ways_s[0] == pytest.approx(0.6, abs=0.1)
    assert second.peak_s - second.start_s < 0.4


def test_what_was_lost_on_its_way_out_knows_no_return_from_before() -> None:
    done, lost = movements(ONE_AND_A_LOST_ONE, LateEnd([0.0, 0.0]))
    assert done.complete and done.returned < 0.05
    assert not lost.complete and lost.returned > TEMPLATE.rep.hysteresis


SETTLES_LOWER = [(0, 0), (1, 0), (1.6, 0.2), (8, 0.22), (9.5, 1), (11, 0.2), (13, 0.2)]
"""Who shifts a little on the path and stays there for six seconds before setting out from there."""


def test_who_settles_a_little_way_out_sets_out_from_there() -> None:
    found = movements(SETTLES_LOWER, LateEnd([0.0]))
    assert [movement.reason for movement in found] == [None]
    assert found[0].start_s > 1.6  # LateEnd says the first frame it is shown: none of the shift


def test_a_pause_on_the_way_is_part_of_the_movement() -> None:
    paused = [(0, 0), (1, 0), (1.6, 0.2), (3.2, 0.2), (4.5, 1), (6, 0), (8, 0)]
    found = movements(paused, LateEnd([0.0]))
    assert [movement.reason for movement in found] == [None]
    assert found[0].start_s < 1.1
