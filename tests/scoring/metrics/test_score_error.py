"""The error of a score out of the errors of its metrics, worked by hand."""

from __future__ import annotations

import math

import pytest

from patterns.templates.library import load_template
from scoring.metrics.score_error import score_errors
from scoring.records.finding import Grading

ABDUCTION = load_template("shoulder-abduction")
REACH = ("reach", 85.0, 5.0 / 0.85, 90.0)
"""Deviation 0.15, which is the tolerance; its error 0.05 of the path."""
ELEVATION = ("shoulder_elevation_right", 135.0, 6.0, 95.0)
LEAN = ("trunk_lean", 0.0, 3.0, 100.0)
ELBOW = ("elbow_flexion_right", 62.0, 4.0, 45.0)


def test_the_error_of_a_score_is_that_of_its_metrics() -> None:
    """Reach: from 0.10 (93.333) to 0.20 (90 (1 - 0.05 / 0.85) = 84.706), half of it 4.314. Elevation: 10 / 30 * 6 = 2.

    Range: sqrt(4.314^2 + (0.5 * 2)^2) / 1.5 = 2.952. Lean: from 100 to 95, half of it 2.5. Elbow: 90 / 60 * 4 = 6.
    Control: half the mean (a quarter each), half the worst, the elbow: sqrt((0.25 * 2.5)^2 + (0.75 * 6)^2) = 4.543.
    Total: 0.5 * sqrt(2.952^2 + 4.543^2) = 2.709.
    """
    found = score_errors(ABDUCTION, (REACH, ELEVATION, LEAN, ELBOW))
    assert found == {
        "range": pytest.approx(2.952, abs=1e-3),
        "control": pytest.approx(4.543, abs=1e-3),
        "total": pytest.approx(2.709, abs=1e-3),
    }


def test_a_time_has_the_error_that_moves_it_beyond_its_limit() -> None:
    """Back in 0.7 s, the shortest: 0.1 s less is 100 (1 - (1 / 7) / 0.8) = 82.143, 0.1 s more is 100; half 8.929.

    With one other metric without an error and of the same score, half of the mean and the whole worst are its own.
    """
    found = score_errors(ABDUCTION, (("time_back", 0.7, 0.1, 100.0), ("trunk_lean", 0.0, None, 100.0)))
    share = 0.5 * 0.5 / 1.5 + 0.5
    assert found == {"control": pytest.approx(share * 8.929, abs=1e-2)}
    paced = score_errors(ABDUCTION, (("time_back", 3.0, 0.1, 40.0), LEAN))
    assert paced == {"control": pytest.approx(0.5 * 1 / 1.5 * 2.5, abs=1e-3)}, "not held against the template"


def test_what_has_no_score_and_what_is_not_of_the_template_adds_nothing() -> None:
    assert score_errors(ABDUCTION, (("hold", 1.0, 0.2, None),)) == {}
    more = (("hold", 1.0, 0.2, None), REACH, ELEVATION)
    assert score_errors(ABDUCTION, more) == score_errors(ABDUCTION, (REACH, ELEVATION))
    assert set(score_errors(ABDUCTION, (REACH,))) == {"range"}


@pytest.mark.parametrize("score", [100.0, 96.0, 90.0, 45.0, 0.0])
def test_the_error_of_a_grade_is_half_of_what_one_error_to_either_side_changes(score: float) -> None:
    grading = Grading(10.0, 40.0)
    deviation = {100.0: 0.0, 96.0: 4.0, 90.0: 10.0, 45.0: 30.0, 0.0: 50.0}[score]
    assert grading.score(deviation) == pytest.approx(score)
    expected = 0.5 * (grading.score(deviation - 3.0) - grading.score(deviation + 3.0))
    assert grading.error(score, 3.0) == pytest.approx(expected)
    assert math.isclose(grading.error(score, -3.0), grading.error(score, 3.0))
