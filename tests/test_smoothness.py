"""Smoothness against the numbers that its authors published."""

import math

import numpy as np
import pytest

from scoring.smoothness import path_smoothness, spectral_arc_length
from tests.stick_figure import minimum_jerk


def test_the_reference_vector_of_the_authors() -> None:
    # README of the reference implementation: movement = exp(-5 (t - 0)^2) for t in [-1, 1) every 10 ms.
    t_s = np.arange(-1, 1, 0.01)
    assert spectral_arc_length(np.exp(-5 * t_s**2), 100.0) == pytest.approx(-1.41403, abs=1e-5)


@pytest.mark.parametrize("rate_hz", [15.0, 30.0, 100.0])
@pytest.mark.parametrize("duration_s", [1.5, 2.5, 4.0])
def test_a_minimum_jerk_reach_is_minus_1_4_at_any_rate_and_duration(
    rate_hz: float, duration_s: float
) -> None:
    t_s = np.arange(0, duration_s, 1 / rate_hz)
    path = np.array([[minimum_jerk(t / duration_s), 0.0] for t in t_s])
    found = path_smoothness(t_s, path)
    assert found is not None
    assert found[0] == pytest.approx(-1.40, abs=0.06)


def test_a_tremor_reads_less_smooth_and_nothing_is_told_of_nothing() -> None:
    t_s = np.arange(0, 2, 1 / 30)
    plain = np.array([[minimum_jerk(t / 2), 0.0] for t in t_s])
    shaky = plain + np.array([[0.02 * math.sin(2 * math.pi * 4.5 * t), 0.0] for t in t_s])
    smooth, trembling = path_smoothness(t_s, plain), path_smoothness(t_s, shaky)
    assert smooth is not None and trembling is not None
    assert trembling[0] < smooth[0] - 0.5
    assert path_smoothness(t_s, np.full((len(t_s), 2), np.nan)) is None
    assert path_smoothness(t_s[:5], plain[:5]) is None
    assert path_smoothness(t_s, np.zeros((len(t_s), 2))) is None
