"""The curves of a repetition against the template's band, as Plotly figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import plotly.graph_objects as go

from scoring.curves import Curve
from ui.language import tr
from ui.names import UNITS, words

BAND: Final = "rgba(86, 180, 233, 0.3)"
TARGET: Final = "#0072b2"
MEASURED: Final = "#d55e00"


def feature_names(curves: Sequence[Curve]) -> tuple[str, ...]:
    """Every feature that has a curve, once each, in the template's order."""
    return tuple(dict.fromkeys(curve.feature for curve in curves))


def figure(curve: Curve) -> go.Figure:
    """What was measured over the seconds of one repetition, in the band that the template asks for."""
    made = go.Figure()
    seconds = curve.t_s - curve.t_s[0]
    if np.isfinite(curve.target).any():
        edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
        made.add_scatter(x=seconds, y=curve.target - curve.tolerance, showlegend=False, **edge)
        made.add_scatter(
            x=seconds,
            y=curve.target + curve.tolerance,
            fill="tonexty",
            fillcolor=BAND,
            name=tr("asked for"),
            **edge,
        )
        dotted = {"color": TARGET, "dash": "dot", "width": 2}
        made.add_scatter(x=seconds, y=curve.target, mode="lines", name=tr("middle of it"), line=dotted)
    line = {"color": MEASURED, "width": 3}
    made.add_scatter(x=seconds, y=curve.value, mode="lines", name=tr("measured"), line=line)
    made.update_layout(
        xaxis_title=tr("seconds since the start of the repetition"),
        yaxis_title=f"{words(curve.feature)} ({tr(UNITS.get(curve.unit, curve.unit))})",
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=380,
    )
    return made
