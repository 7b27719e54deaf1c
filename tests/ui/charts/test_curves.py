"""The plots of curves: what they shade, and where, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.records.records import Fault, RepScore
from scoring.results.curves import Curve
from ui.charts.curves import figure, overlay, span_of

REP = RepScore(1, "repetition", None, "right", 10.0, 12.0, 14.0, 90.0, 90.0, 90.0, 1.0)
T_S = np.linspace(10.0, 14.0, 41)
PHASE = np.concatenate([np.linspace(0, 1, 21), np.linspace(0.95, 0, 20)])


def curve(values: np.ndarray[tuple[int], np.dtype[np.float64]], error: float | None = 4.0) -> Curve:
    asked = np.where(PHASE >= 0.5, 150.0, np.nan)
    return Curve(
        "elbow_flexion_right", "deg", T_S, PHASE, values, asked, np.where(PHASE >= 0.5, 10.0, np.nan), error
    )


def test_a_fault_is_shaded_in_the_seconds_in_which_the_way_was_where_it_was_found() -> None:
    fault = Fault("elbow_bend", "elbow_flexion_right", 40.0, 20.0, "deg", (0.5, 0.75), 0.5)
    shapes = figure(curve(100 * PHASE), [fault]).layout.shapes
    # By hand: 0 to 1 takes two seconds, so half to three quarters is from 1.0 to 1.5 s, and back from 2.5 to 3.0 s.
    assert [(s.x0, s.x1) for s in shapes] == [
        (pytest.approx(1.0, abs=0.06), pytest.approx(1.5, abs=0.06)),
        (pytest.approx(2.5, abs=0.06), pytest.approx(3.0, abs=0.06)),
    ]


def test_the_error_is_drawn_about_what_was_measured_and_left_out_where_it_is_not_known() -> None:
    made = figure(curve(100 * PHASE))
    (upper,) = [trace for trace in made.data if trace.name == "± error"]
    assert np.asarray(upper.y) == pytest.approx(100 * PHASE + 4.0)
    assert [trace for trace in figure(curve(100 * PHASE, None)).data if trace.name == "± error"] == []


def test_a_band_is_drawn_only_where_something_is_asked_for() -> None:
    (upper,) = [trace for trace in figure(curve(100 * PHASE)).data if trace.name == "asked for"]
    assert (
        set(upper.y) == {160.0}
        and min(upper.x) == pytest.approx(1.0)
        and max(upper.x) == pytest.approx(3.0, abs=0.06)
    )


def test_repetitions_lie_over_each_other_along_the_way_whatever_their_pace() -> None:
    slow = Curve(
        "elbow_flexion_right",
        "deg",
        2 * T_S,
        PHASE,
        100 * PHASE,
        np.full(41, np.nan),
        np.full(41, np.nan),
        None,
    )
    other = RepScore(2, "attempt", "turned back", "right", 20.0, 24.0, 28.0, None, None, None, 1.0)
    made = overlay([(REP, curve(100 * PHASE)), (other, slow)], chosen=1)
    one, two = (next(t for t in made.data if t.name == f"No. {n}") for n in (1, 2))
    for trace in (one, two):
        x, y = np.asarray(trace.x, float), np.asarray(trace.y, float)
        seen = np.isfinite(x)
        assert y[seen] == pytest.approx(100 - np.abs(100 - x[seen]))
        assert np.isnan(x).sum() == 1
    assert (one.line.dash, two.line.dash) == ("solid", "dash") and one.line.width > two.line.width
    assert made.data[-1].name == "No. 1"


def test_two_plots_share_a_span_that_holds_values_and_bands() -> None:
    low, high = span_of([curve(100 * PHASE), curve(200 * PHASE)]) or (np.nan, np.nan)
    assert low == pytest.approx(-10.0) and high == pytest.approx(210.0)
    assert list(span_of([curve(np.full(41, np.nan))]) or ()) == pytest.approx([139.0, 161.0])
    assert span_of([]) is None
