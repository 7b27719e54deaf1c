"""The figures beside replayed repetitions, each made once: the first time takes up to a few seconds."""

from __future__ import annotations

from typing import Final

from patterns.templates.template import Side, Template
from scoring.results.playback import postures
from ui.live.figure_json import SOLVING
from vision.pose import FloatArray

_MADE: Final[dict[tuple[str, Side], FloatArray]] = {}


def ready_figure(template: Template, side: Side) -> FloatArray | None:
    """The figure of a template on one side, see scoring.results.playback; None where it has not been made yet."""
    return _MADE.get((template.sha256, side))


def make_figure(template: Template, side: Side) -> FloatArray:
    """The figure, made unless it is there. Raises SideError."""
    with SOLVING:
        key = (template.sha256, side)
        if key not in _MADE:
            _MADE[key] = postures(template, side)
        return _MADE[key]
