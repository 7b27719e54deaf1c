"""A repetition played again, as a Streamlit component: the skeleton in three views beside the template's figure."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from i18n.names import words
from i18n.translation import number, tr
from patterns.figure.body import TRUNK_M
from patterns.templates.template import Template
from scoring.results.curves import Trace
from scoring.results.playback import Playback, playback
from ui.live.messages import bone_roles, bones_of
from ui.widgets.text_only import st
from vision.pose import FloatArray

FOLDER: Final = Path(__file__).parent / "static"
PACES: Final = (0.1, 0.25, 0.5, 1.0, 2.0)
KEY: Final = "replay"
_UNSEEN: Final = -32768
_FARTHEST_MM: Final = 32000
_WORDS: Final = {
    "front": "From the front",
    "side": "From the side",
    "above": "From above",
    "picture": "The skeleton of the person, beside the figure of the exercise.",
    "play": "Play",
    "pause": "Pause",
    "pace": "Speed",
    "time": "Time in the repetition",
    "beside": "Figure of the exercise",
}


@cache
def _component() -> Any:
    html, css, js = ((FOLDER / f"replay.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component("diagonal_replay", html=html, css=css, js=js)


def show(session_id: int, template: Template, trace: Trace, figure: FloatArray | None) -> None:
    """Play a repetition of a template; figure (POSTURES, 33, 3): see scoring.results.playback, None for none."""
    _component()(key=KEY, data=replay_data(f"{session_id}-{trace.rep.index}", template, trace, figure))


def show_figure(about: str, t_s: FloatArray, points: FloatArray, followed: Sequence[str]) -> None:
    """Play the figure of an exercise alone: points (N, 33, 3) metres to its left, up and forward, at t_s (N,).

    about: by which it is known from others. followed: features of the limbs that work.
    """
    _component()(
        key=f"{KEY}-figure",
        data={
            "id": about,
            "words": {name: tr(said) for name, said in _WORDS.items()},
            "paces": [{"value": pace, "told": number(pace)} for pace in PACES],
            "side": "right",
            "bones": bones_of(followed),
            "t_ms": [round(1000 * time_s) for time_s in t_s.tolist()],
            "peak_ms": round(500 * float(t_s[-1])),
            "phase": [None] * len(t_s),
            "points": _packed(points),
            "figure": None,
            "depth": True,
            "on_floor": True,
            "faults": [],
        },
    )


def replay_data(about: str, template: Template, trace: Trace, figure: FloatArray | None) -> dict[str, Any]:
    """What replay.js plays; about: by which it is known from others. Landmarks as base64 of millimetres, int16."""
    shown = playback(trace)
    return {
        "id": f"{about} {figure is not None}",
        "words": {name: tr(said) for name, said in _WORDS.items()},
        "paces": [{"value": pace, "told": number(pace)} for pace in PACES],
        "side": trace.rep.side,
        "bones": bone_roles(template, trace.rep.side),
        "t_ms": [round(1000 * t_s) for t_s in shown.t_s.tolist()],
        "peak_ms": round(1000 * (trace.rep.peak_s - float(trace.signals.t_s[0]))),
        "phase": [round(phase, 3) if np.isfinite(phase) else None for phase in shown.phase.tolist()],
        "points": _packed(shown.points),
        "figure": None if figure is None else _packed(_as_large(figure, shown)),
        "depth": bool(np.isfinite(shown.points[..., 2]).any()),
        "on_floor": not template.can_be_seated,
        "faults": [
            {"name": words(fault.id), "from": fault.phase[0], "to": fault.phase[1]}
            for fault in trace.rep.faults
        ],
    }


def _as_large(figure: FloatArray, shown: Playback) -> FloatArray:
    return figure * (shown.trunk_m / TRUNK_M)


def _packed(points: FloatArray) -> str:
    whole = np.clip(np.rint(1000 * points), -_FARTHEST_MM, _FARTHEST_MM)
    told = np.where(np.isfinite(whole), whole, _UNSEEN).astype("<i2")
    return base64.b64encode(told.tobytes()).decode("ascii")
