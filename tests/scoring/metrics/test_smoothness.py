"""Smoothness against the numbers that its authors published, and exactly on its limits."""

import math
from itertools import pairwise

import numpy as np
import pytest

from scoring.metrics.smoothness import path_smoothness, spectral_arc_length, tremor
from tests.support.stick_figure import minimum_jerk
from vision.pose import FloatArray


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


def arc(*points: tuple[float, float]) -> float:
    """Length of a line through points, from 0 to 1 in x."""
    (x0, _), (x1, _) = points[0], points[-1]
    return sum(math.hypot((b[0] - a[0]) / (x1 - x0), b[1] - a[1]) for a, b in pairwise(points))


def test_spectral_arc_length_includes_the_highest_frequency() -> None:
    """Two samples, +1 and -1, padded to 32: |sin(pi k / 32)| of the k-th of 16 frequencies, loud from the first on."""
    wave = [(k, math.sin(math.pi * k / 32)) for k in range(1, 17)]
    assert spectral_arc_length(np.array([1.0, -1.0]), 20.0) == pytest.approx(-arc(*wave))


def test_spectral_arc_length_is_of_what_is_as_loud_as_a_twentieth() -> None:
    """21 and 19: 40 at frequency 0 and 2, a twentieth, at the highest."""
    both = [abs(21 + 19 * np.exp(-2j * math.pi * k / 32)) / 40 for k in range(17)]
    wave = [(float(k), float(loud)) for k, loud in enumerate(both)]
    assert spectral_arc_length(np.array([21.0, 19.0]), 20.0) == pytest.approx(-arc(*wave))


def test_spectral_arc_length_of_two_frequencies_is_a_line() -> None:
    """At 320 Hz the band up to 10 Hz has two of 32 frequencies; both samples 1: 1 and cos(pi / 32)."""
    line = math.hypot(1.0, 1.0 - math.cos(math.pi / 32))
    assert spectral_arc_length(np.array([1.0, 1.0]), 320.0) == pytest.approx(-line, abs=1e-12)
    assert spectral_arc_length(np.array([1.0, 1.0]), 640.0) == 0.0


def swinging(count: int, rate_hz: float) -> tuple[FloatArray, FloatArray]:
    t_s = np.arange(count) / rate_hz
    return t_s, np.stack([np.sin(40 * t_s) + t_s, t_s], axis=-1)


@pytest.mark.parametrize(("way_s", "shown"), [(4 / 18.0, False), (4 / 17.9, True)])
def test_trembling_is_told_below_nine_twentieths_of_the_frame_rate(way_s: float, shown: bool) -> None:
    """Four swings in the phase are 18 a second, 0.45 of 40 frames."""
    assert (tremor(*swinging(41, 40.0), way_s) is not None) is shown


@pytest.mark.parametrize(("count", "shown"), [(17, True), (16, False)])
def test_smoothness_needs_sixteen_even_samples(count: int, shown: bool) -> None:
    """16 steps of a sixteenth of a second; the last frame ends the last of them."""
    assert (path_smoothness(*swinging(count, 16.0)) is not None) is shown


@pytest.mark.parametrize(("rate_hz", "jitters"), [(15.0, False), (16.0, True)])
def test_a_path_is_smoothed_above_fifteen_frames_a_second(rate_hz: float, jitters: bool) -> None:
    found = path_smoothness(*swinging(31, rate_hz))
    assert found is not None and (found[1] > 0) is jitters


@pytest.mark.filterwarnings("error")
def test_a_path_that_stands_still_has_no_smoothness_and_one_with_a_gap_has() -> None:
    t_s, path = swinging(40, 30.0)
    assert path_smoothness(t_s, np.zeros_like(path)) is None
    path[10] = np.nan
    found = path_smoothness(t_s, path)
    assert found is not None and np.isfinite(found).all()
