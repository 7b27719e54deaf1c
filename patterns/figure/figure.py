"""The figure that shows an exercise: any template's movement, at any phase, as landmarks of a person.

Nothing here knows an exercise: the template's path is solved for a body (figure_solver), the left side is the mirror
of the right. Those of the library are kept as data; another is solved in about a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from base.characters import STORED
from patterns.features.signals import SIDES
from patterns.figure.body import body, mirrored_body, pose_frame, turned
from patterns.figure.notes import FigureNote, FootNote, figure_note
from patterns.figure.solver import Solution
from patterns.figure.store import figure_solution
from patterns.templates.library import sided
from patterns.templates.mirroring import swapped
from patterns.templates.template import Side, Template
from vision.pose import INDEX, FloatArray, PoseFrame

_TURNED_DEG: Final = {"front": 0.0, "any": -45.0, "side": -80.0}
"""How far the figure is turned to its right before the viewer, by the view of its template; its right side in front."""

_FARTHER: Final = 1.3
_NOWHERE_M: Final = 0.1


@dataclass(frozen=True)
class Figure:
    """One template shown on one side; template: as it is judged on that side.

    travelling: the landmarks that draw the way of the movement. turned_deg: how far the figure is best turned to its
    own right for a viewer. note: how it stands, for the right side.
    """

    template: Template
    side: Side
    note: FigureNote
    travelling: tuple[str, ...]
    turned_deg: float
    _solution: Solution
    _mirrored: bool

    def points(self, phases: FloatArray) -> FloatArray:
        """Landmarks (N, 33, 3) at phases (N,) 0..1: metres, x to the person's left, y up from the floor, z forward."""
        points = body(self._solution.at(np.asarray(phases, dtype=float)))
        return mirrored_body(points) if self._mirrored else points

    def pose(self, phase: float, t_s: float, turned_right_deg: float = 0.0) -> PoseFrame:
        """The posture at a phase as a camera 2.8 m in front records it."""
        points = turned(self.points(np.array([phase])), turned_right_deg)
        return pose_frame(points[0], t_s)


def figures(template: Template, side: Side) -> tuple[Figure, ...]:
    """The figure of a template for a side as the Coach takes it; two, right first, where sides alternate.

    Raises SideError where the template does not take the side.
    """
    judged = sided(template, side)
    return tuple(_figure(template, judged[own], own) for own in sorted(judged, reverse=True))


def travelling(template: Template) -> tuple[str, ...]:
    """The landmarks whose way shows the movement, for the side for which the template is written.

    Those that move; the foot where it goes clearly farther than the knee; the middle of the body over a leg that bears;
    the shoulder or hip that goes farthest where nothing else goes anywhere.
    """
    return _travelling(template, _solved(template.model_dump_json(by_alias=True)))


def _travelling(template: Template, solution: Solution) -> tuple[str, ...]:
    points = body(solution.angles)

    def goes(name: str) -> float:
        way = points[:, INDEX[name]]
        return float(np.linalg.norm(np.ptp(way, axis=0)))

    chosen = template.moving
    if chosen[0].endswith("_knee"):
        foot = chosen[0].replace("knee", "ankle")
        note: FootNote = getattr(figure_note(template), foot.partition("_")[0])
        if note.ground != "free":
            chosen = ("left_hip", "right_hip")
        elif goes(foot) > _FARTHER * goes(chosen[0]):
            chosen = (foot,)
    if max(goes(name) for name in chosen) < _NOWHERE_M:
        girdle = [f"{side}_{part}" for part in ("shoulder", "hip") for side in SIDES]
        chosen = (max(girdle, key=goes),)
    return chosen


def _figure(template: Template, judged: Template, side: Side) -> Figure:
    note = figure_note(template)
    asked = _TURNED_DEG[template.view] if note.turned_deg is None else note.turned_deg
    left = side == "left"
    solved = _solved(template.model_dump_json(by_alias=True))
    landmarks = _travelling(template, solved)
    return Figure(
        judged,
        side,
        note,
        tuple(swapped(name) for name in landmarks) if left else landmarks,
        -asked if left else asked,
        solved,
        left,
    )


@lru_cache(maxsize=128)
def _solved(template: str) -> Solution:
    return figure_solution(Template.model_validate_json(template, context=STORED))
