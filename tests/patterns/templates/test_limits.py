"""The limits of a template, exactly on each and just beyond it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from patterns.templates.template import MOST_KNOTS, Path, RepRule, Target, Tempo


def path(phase: tuple[float, ...], own_start: dict[str, tuple[float, float]] | None = None) -> Path:
    """A path from 0 up to 1."""
    knots = tuple(k / (len(phase) - 1) for k in range(len(phase))) if len(phase) > 1 else (0.0,) * len(phase)
    return Path(
        phase=phase,
        features={"foot_y_left": knots},
        scale={"foot_y_left": 1.0},
        off_path=1.0,
        own_start=own_start or {},
    )


def target(*phase: float) -> Target:
    return Target(
        feature="trunk_lean",
        role="control",
        phase=phase,
        value=(0.0,) * len(phase),
        tolerance=1.0,
        span=1.0,
        fault="trunk_lean",
    )


def even(count: int) -> tuple[float, ...]:
    return tuple(k / (count - 1) for k in range(count))


def test_values_on_a_limit_are_allowed() -> None:
    assert len(path(even(MOST_KNOTS)).phase) == MOST_KNOTS
    assert path((0.0, 1.0)).phase == (0.0, 1.0)
    assert target(0.0, 1.0).phase == (0.0, 1.0)
    assert RepRule(start_zone=0.25, attempt_zone=0.5, end_zone=0.5).end_zone == 0.5
    assert path((0.0, 1.0), {"foot_y_left": (-0.5, 0.99)}).own_start
    assert path((0.0, 1.0), {"foot_y_left": (1.01, 1.5)}).own_start


@pytest.mark.parametrize("phase", [(0.5,), (0.25, 0.25), (0.5, 0.25), (-0.01, 1.0), (0.0, 1.01)])
def test_phases_of_a_target_rise_within_0_and_1(phase: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError, match="phase must"):
        target(*phase)


def test_a_path_has_only_so_many_knots() -> None:
    with pytest.raises(ValidationError, match=f"at most {MOST_KNOTS} knots, it has {MOST_KNOTS + 1}"):
        path(even(MOST_KNOTS + 1))


@pytest.mark.parametrize("limits", [(0.1, 0.1), (0.0, 1.0), (1.0, 1.5), (0.5, 1.5)])
def test_an_own_start_has_a_span_and_does_not_reach_the_end(limits: tuple[float, float]) -> None:
    with pytest.raises(ValidationError, match="own_start: foot_y_left must"):
        path((0.0, 1.0), {"foot_y_left": limits})


def test_zones_follow_each_other() -> None:
    for start, attempt, end in ((0.25, 0.25, 0.5), (0.25, 0.5, 0.5 - 1 / 64)):
        with pytest.raises(ValidationError, match="start_zone < attempt_zone <= end_zone"):
            RepRule(start_zone=start, attempt_zone=attempt, end_zone=end)


def test_the_shortest_time_is_below_the_longest() -> None:
    some, none = (1.0, 2.0), (1.0, 1.0)
    assert Tempo(out_s=some, back_s=some).out_s == some
    for out_s, back_s in ((none, some), (some, none)):
        with pytest.raises(ValidationError, match="shortest must be below longest"):
            Tempo(out_s=out_s, back_s=back_s)
