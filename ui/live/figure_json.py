"""The figure as the page draws it: a movement in whole numbers, with its way, the floor and what stands on it."""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from base.characters import STORED
from patterns.figure.body import projected, turned
from patterns.figure.figure import Figure, figures
from patterns.figure.props import Prop, props
from patterns.templates.template import Side, Template
from vision.pose import INDEX, FloatArray

PHASES: Final = 24
"""Postures from start to end."""

HEIGHT: Final = 1000
"""Units from the lowest to the highest of what is shown."""

SOLVING: Final = Lock()
"""Held while a figure is made: who asks for one that is being solved waits for it and does not solve it again."""

_AWAY_M, _HIGH_M = 4.5, 1.0
_MARGIN_M: Final = 0.15
"""Around all points: a head reaches 0.13 m beyond its ears, with its outline (figure_body.js)."""
_MAT_M: Final = 0.15
_ARM = ("shoulder", "elbow", "wrist", "pinky", "index", "thumb")
_LEG = ("hip", "knee", "ankle", "heel", "foot_index")


@lru_cache(maxsize=64)
def _made(template: str, side: Side) -> dict[str, Any]:
    shown = figures(Template.model_validate_json(template, context=STORED), side)
    turns = [_Turn(figure) for figure in shown]
    everything = np.concatenate([turn.extent() for turn in turns])
    low, high = everything.min(axis=0), everything.max(axis=0)
    unit = HEIGHT / (high[1] - low[1])
    return {
        "size": [round(float((high[0] - low[0]) * unit)), HEIGHT],
        "metre": round(float(_px_a_metre() * unit)),
        "away": round(100 * _AWAY_M),
        "turns": [turn.data(low, unit) for turn in turns],
    }


def demonstration(template: Template, side: Side) -> dict[str, Any]:
    """What demonstration.js plays: `size` [width, height] and `metre` in drawing units, `away` of the
    viewer in centimetres, and `turns`.

    A turn, one a side where sides alternate, right first: `side`; `working`, rows of the limbs that have a path;
    `points`, PHASES postures of 66 whole numbers (x right, y down); `depth`, as many of 33 centimetres towards the
    viewer; `ways`, polylines of the travelling parts; `floor`, a polygon of the floor underneath; `props`, {kind,
    faces: polygons, back to front}.
    Raises SideError where the template does not take the side.
    """
    with SOLVING:
        return _made(template.model_dump_json(by_alias=True), side)


class _Turn:
    """One figure, turned to the viewer."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        self.points = turned(figure.points(np.linspace(0.0, 1.0, PHASES)), figure.turned_deg)
        self.picture = _seen(self.points)
        self.props = [(prop.kind, self._faces(prop)) for prop in props(figure)]
        self.floor = self._floor()

    def extent(self) -> FloatArray:
        """Two corners (2, 2) of all that is shown, in pixels."""
        parts = [self.picture.reshape(-1, 2), *(face for _, faces in self.props for face in faces)]
        every = np.concatenate([*parts, self.floor])
        margin = _MARGIN_M * _px_a_metre()
        return np.stack([every.min(axis=0) - margin, every.max(axis=0) + margin])

    def _faces(self, prop: Prop) -> list[FloatArray]:
        faces = [turned(face, self.figure.turned_deg) for face in prop.faces]
        return [_seen(face) for face in sorted(faces, key=lambda face: float(face[:, 2].mean()))]

    def _floor(self) -> FloatArray:
        """The corners (4, 2) of a mat under all that stands."""
        feet = [INDEX[f"{side}_{part}"] for side in ("left", "right") for part in ("heel", "foot_index")]
        standing = [self.points[:, feet].reshape(-1, 3)]
        standing += [
            turned(face, self.figure.turned_deg) for prop in props(self.figure) for face in prop.faces
        ]
        (x0, _, z0), (x1, _, z1) = (edge(np.concatenate(standing), axis=0) for edge in (np.min, np.max))
        x0, x1, z0, z1 = x0 - _MAT_M, x1 + _MAT_M, z0 - 1.5 * _MAT_M, z1 + _MAT_M
        return _seen(np.array([(x0, 0, z0), (x1, 0, z0), (x1, 0, z1), (x0, 0, z1)]))

    def data(self, low: FloatArray, unit: float) -> dict[str, Any]:
        """The turn in drawing units, low (2,) at their origin."""

        def whole(points: FloatArray) -> npt.NDArray[np.int_]:
            return np.rint((points - low) * unit).astype(int)

        template = self.figure.template
        return {
            "side": self.figure.side,
            "working": _working(template) or self._free_leg(),
            "points": whole(self.picture).reshape(PHASES, -1).tolist(),
            "depth": np.rint(100 * self.points[..., 2]).astype(int).tolist(),
            "ways": [whole(way).reshape(-1).tolist() for way in self._ways()],
            "floor": whole(self.floor).reshape(-1).tolist(),
            "props": [
                {"kind": kind, "faces": [whole(face).reshape(-1).tolist() for face in faces]}
                for kind, faces in self.props
            ],
        }

    def _free_leg(self) -> list[int]:
        left, right = self.figure.note.left, self.figure.note.right
        free = [
            side
            for side, foot in (("left", left), ("right", right))
            if foot is not None and foot.ground == "free"
        ]
        shown = [
            {"left": "right", "right": "left"}[side] if self.figure.side == "left" else side for side in free
        ]
        return [INDEX[f"{side}_{part}"] for side in shown for part in _LEG]

    def _ways(self) -> list[FloatArray]:
        ways = [self.picture[:, INDEX[name]] for name in self.figure.travelling]
        whole_body = all(name.endswith(("shoulder", "hip")) for name in self.figure.travelling)
        return [np.mean(ways, axis=0)] if whole_body else ways


def _working(template: Template) -> list[int]:
    """Rows of the limbs that have a path."""
    rows = []
    for side in ("left", "right"):
        stems = [n.rpartition("_")[0] for n in template.path.features if n.endswith(f"_{side}")]
        if any(stem.startswith(("hand", "elbow", "shoulder")) for stem in stems):
            rows += [INDEX[f"{side}_{part}"] for part in _ARM]
        if any(stem.startswith(("foot", "knee", "hip")) for stem in stems):
            rows += [INDEX[f"{side}_{part}"] for part in _LEG]
    return rows


def _seen(points: FloatArray) -> FloatArray:
    return projected(points, _AWAY_M, _HIGH_M)


def _px_a_metre() -> float:
    return float(_seen(np.array([0.0, 1.0, 0.0]))[1] - _seen(np.zeros(3))[1]) * -1
