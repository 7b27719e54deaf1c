"""The curves of repetitions against the template's band, as Plotly figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import plotly.graph_objects as go

from i18n.names import UNITS, fault_amounts, words
from i18n.translation import tr
from scoring.records.records import Fault, RepScore
from scoring.results.curves import Curve, common_band, runs
from vision.pose import FloatArray

BAND: Final = "rgba(86, 180, 233, 0.3)"
TARGET: Final = "#0072b2"
MEASURED: Final = "#d55e00"
ERROR: Final = "rgba(213, 94, 0, 0.22)"
LIMIT: Final = "#7a3e66"
FOUND: Final = "rgba(204, 121, 167, 0.28)"
OTHERS: Final = "rgba(120, 132, 142, 0.55)"
ATTEMPT: Final = "dash"
_NEAR: Final = 0.01
"""Phases are told to a hundredth of the way."""

_EDGE: Final = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}


def feature_names(curves: Sequence[Curve]) -> tuple[str, ...]:
    """Every feature that has a curve, once each, in the template's order."""
    return tuple(dict.fromkeys(curve.feature for curve in curves))


def figure(curve: Curve, faults: Sequence[Fault] = ()) -> go.Figure:
    """What was measured over the seconds of one repetition, with its error, in the band that the template asks for.

    faults: shaded where along the way they were found.
    """
    made = go.Figure()
    seconds = curve.t_s - curve.t_s[0]
    _band(made, seconds, curve)
    if curve.error is not None:
        _ribbon(made, seconds, curve.value, np.full(len(seconds), curve.error), ERROR, tr("± error"))
    line = {"color": MEASURED, "width": 3}
    made.add_scatter(x=seconds, y=curve.value, mode="lines", name=tr("measured"), line=line)
    for fault in faults:
        for number, (first, last) in enumerate(_stretches(curve.phase, fault.phase)):
            note = {"annotation_text": words(fault.id)}
            if fault.feature == curve.feature:
                _limit(made, (seconds[first], seconds[last]), fault, named=not number)
            shade = {"fillcolor": FOUND, "line_width": 0, "layer": "below"}
            made.add_vrect(x0=seconds[first], x1=seconds[last], **shade, **({} if number else note))
    return _laid_out(made, curve, tr("seconds since the start of the repetition"))


def overlay(
    pairs: Sequence[tuple[RepScore, Curve]],
    chosen: int | None = None,
    span: tuple[float, float] | None = None,
) -> go.Figure:
    """One feature of many repetitions over the way out and back, the chosen one (its number) before the others.

    Those that did not count are dashed. span: the lowest and highest value to show, for plots side by side.
    """
    made = go.Figure()
    ways = [_over_the_way(rep, curve) for rep, curve in pairs]
    at = np.linspace(0.0, 200.0, 201)
    target, tolerance = common_band([(way, one.target, one.tolerance) for way, one in ways], at)
    _band(made, at, replace(pairs[0][1], target=target, tolerance=tolerance))
    for rep, curve in sorted(pairs, key=lambda pair: pair[0].index == chosen):
        is_chosen = rep.index == chosen
        way, shown = _over_the_way(rep, curve)
        turn = int(np.searchsorted(way, 100.0, side="right"))
        made.add_scatter(
            x=np.insert(way, turn, np.nan),
            y=np.insert(shown.value, turn, np.nan),
            mode="lines",
            name=tr("No. {number}", number=rep.index),
            line={
                "color": MEASURED if is_chosen else OTHERS,
                "width": 3.5 if is_chosen else 1.5,
                "dash": "solid" if rep.kind == "repetition" else ATTEMPT,
            },
            showlegend=is_chosen,
        )
    _laid_out(made, pairs[0][1], tr("way out, then back (%)"))
    made.update_xaxes(range=[0, 200], tickvals=[0, 50, 100, 150, 200], ticktext=["0", "50", "100", "50", "0"])
    if span is not None:
        made.update_yaxes(range=list(span))
    return made


def span_of(curves: Sequence[Curve]) -> tuple[float, float] | None:
    """The lowest and highest of values and bands together, a little wider; None where nothing is seen."""
    parts = [part for c in curves for part in (c.value, c.target - c.tolerance, c.target + c.tolerance)]
    every = np.concatenate(parts) if parts else np.empty(0)
    every = every[np.isfinite(every)]
    if not len(every):
        return None
    low, high = float(every.min()), float(every.max())
    margin = 0.05 * max(high - low, 1e-6)
    return low - margin, high + margin


def _band(made: go.Figure, x: FloatArray, curve: Curve) -> None:
    if not np.isfinite(curve.target).any():
        return
    _ribbon(made, x, curve.target, curve.tolerance, BAND, tr("asked for"))
    dotted = {"color": TARGET, "dash": "dot", "width": 2}
    made.add_scatter(x=x, y=curve.target, mode="lines", name=tr("middle of it"), line=dotted)


def _limit(made: go.Figure, from_to_s: tuple[float, float], fault: Fault, *, named: bool) -> None:
    """The limit of a fault as the table of faults has it, over a stretch in which it was passed."""
    made.add_scatter(
        x=list(from_to_s),
        y=[fault.limit, fault.limit],
        mode="lines",
        name=tr("limit {amount}", amount=fault_amounts(fault)[1]),
        line={"color": LIMIT, "width": 2, "dash": "dash"},
        showlegend=named,
    )


def _ribbon(
    made: go.Figure, x: FloatArray, middle: FloatArray, half: FloatArray, colour: str, name: str
) -> None:
    """A filled band, whole as long as something is seen without a break."""
    seen = np.isfinite(middle) & np.isfinite(half)
    for number, (first, last) in enumerate(runs(seen)):
        at = slice(first, last + 1)
        made.add_scatter(x=x[at], y=(middle - half)[at], showlegend=False, legendgroup=name, **_EDGE)
        made.add_scatter(
            x=x[at],
            y=(middle + half)[at],
            fill="tonexty",
            fillcolor=colour,
            name=name,
            legendgroup=name,
            showlegend=number == 0,
            **_EDGE,
        )


def _over_the_way(rep: RepScore, curve: Curve) -> tuple[FloatArray, Curve]:
    """The way (N,) in percent, 0 to 100 out and on to 200 back, and the curve over it, each way in its order."""
    out = curve.t_s <= rep.peak_s
    way = 100 * np.where(out, curve.phase, 2 - curve.phase)
    order = np.argsort(np.where(np.isfinite(way), way, np.inf), kind="stable")
    order = order[: int(np.isfinite(way).sum())]
    arrays = (curve.t_s, curve.phase, curve.value, curve.target, curve.tolerance)
    t_s, phase, value, target, tolerance = (array[order] for array in arrays)
    return way[order], replace(curve, t_s=t_s, phase=phase, value=value, target=target, tolerance=tolerance)


def _stretches(phase: FloatArray, within: tuple[float, float]) -> Iterator[tuple[int, int]]:
    """First and last frame of each stretch in which the phase (N,) is within."""
    with np.errstate(invalid="ignore"):
        yield from runs((phase >= within[0] - _NEAR) & (phase <= within[1] + _NEAR))


def _laid_out(made: go.Figure, curve: Curve, about_x: str) -> go.Figure:
    name = words(curve.feature)
    if curve.from_start:
        name = tr("{feature}, since the start", feature=name)
    made.update_layout(
        xaxis_title=about_x,
        yaxis_title=f"{name} ({tr(UNITS.get(curve.unit, curve.unit))})",
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=380,
    )
    return made
