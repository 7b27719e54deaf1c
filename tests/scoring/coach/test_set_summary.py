"""Symmetry and drift of sets whose numbers are worked out by hand."""

from __future__ import annotations

import pytest

from patterns.templates.template import Side
from scoring.coach.set_summary import drift, in_words, symmetry
from scoring.records.records import MetricValue, RepScore


def reps(values: list[float], sides: list[Side] | None = None, error: float = 2.0) -> list[RepScore]:
    return [
        RepScore(
            i + 1,
            "repetition",
            None,
            "right" if sides is None else sides[i],
            *(float(i), i + 0.5, i + 1.0),
            *(90.0, 90.0, 90.0, 1.0),
            metrics=(MetricValue("reach", value, "%", error, 90.0, 1.0),),
        )
        for i, value in enumerate(values)
    ]


def test_symmetry_index_by_hand() -> None:
    """Medians 100 and 80: 100 (80 - 100) / 90 = -22.2 percent."""
    (found,) = symmetry(reps([99, 80, 100, 79, 101, 90], ["left", "right"] * 3))
    assert (found.left, found.right, found.shown) == (100, 80, True)
    assert found.index_percent == pytest.approx(-22.2, abs=0.05)


def test_one_side_alone_has_no_symmetry() -> None:
    assert symmetry(reps([100] * 6)) == ()
    assert symmetry(reps([100, 90, 100], ["left", "right", "left"])) == ()


def test_a_difference_within_the_error_is_not_shown() -> None:
    (found,) = symmetry(reps([100, 99, 100, 99], ["left", "right"] * 2))
    assert not found.shown and in_words(reps([100, 99, 100, 99], ["left", "right"] * 2)) == []


def test_a_steady_fall_is_shown_from_first_to_last() -> None:
    (found,) = drift(reps([100, 96, 92, 88, 84, 80]))
    assert (found.first, found.last, found.shown) == (100, 80, True)
    assert in_words(reps([100, 96, 92, 88, 84, 80])) == [
        "How far you went changed over the set: from 100 to 80 %."
    ]


@pytest.mark.parametrize(
    "values", [[100, 80, 101, 79, 100, 81, 99], [100, 100.2, 100.4, 100.6, 100.8, 101.0]]
)
def test_noise_and_changes_within_the_error_are_no_drift(values: list[float]) -> None:
    (found,) = drift(reps(values))
    assert not found.shown


def test_few_repetitions_and_attempts_tell_nothing() -> None:
    assert drift(reps([100, 90, 80, 70])) == ()
