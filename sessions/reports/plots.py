"""Plots of reports, drawn as lines and areas that stay sharp on paper."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from reportlab.graphics.shapes import Circle, Drawing, Line, Polygon, PolyLine, String
from reportlab.lib.colors import Color, HexColor
from reportlab.pdfbase import pdfmetrics

from base.characters import visible
from sessions.reports.fonts import BOLD, PLAIN

INK: Final = HexColor("#1d2b36")
GRID: Final = HexColor("#dfe5ea")
BLUE: Final = HexColor("#0072b2")
ORANGE: Final = HexColor("#d55e00")
BAND: Final = HexColor("#cfe8f7")
GREY: Final = HexColor("#98a4ae")
_SMALL: Final = 7
_TICKS: Final = 5

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Plane:
    """A plot's area: x from x0 to x1, y from y0 to y1, drawn into width and height in points."""

    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]
    left: float = 30.0
    bottom: float = 22.0
    top: float = 16.0
    right: float = 8.0

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a value is drawn; what lies outside is drawn at the border."""
        across = (x - self.x[0]) / max(self.x[1] - self.x[0], 1e-9)
        up = (y - self.y[0]) / max(self.y[1] - self.y[0], 1e-9)
        inside = [min(max(share, 0.0), 1.0) for share in (across, up)]
        return (
            self.left + inside[0] * (self.width - self.left - self.right),
            self.bottom + inside[1] * (self.height - self.bottom - self.top),
        )


def ticks(low: float, high: float, most: int = _TICKS) -> list[float]:
    """Round numbers from low to high, a handful of them."""
    span = max(high - low, 1e-9)
    step = 10 ** math.floor(math.log10(span / most))
    step = next(step * k for k in (1, 2, 5, 10) if span / (step * k) <= most)
    first = math.ceil(low / step - 1e-9)
    return [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]


def framed(plane: Plane, title: str, about_x: str = "", x_ticks: Sequence[tuple[float, str]] = ()) -> Drawing:
    """An empty plot with its title, lines across at round values and words along x."""
    made = Drawing(plane.width, plane.height)
    made.add(String(0, plane.height - 9, visible(title), fontName=BOLD, fontSize=8.5, fillColor=INK))
    for value in ticks(*plane.y):
        (x0, y), (x1, _) = plane.at(plane.x[0], value), plane.at(plane.x[1], value)
        made.add(Line(x0, y, x1, y, strokeColor=GRID, strokeWidth=0.6))
        made.add(_text(x0 - 3, y - 2.4, f"{value:g}".replace("-", "\u2212"), "end"))
    for at, word in x_ticks:
        x, y = plane.at(at, plane.y[0])
        half = pdfmetrics.stringWidth(word, PLAIN, _SMALL) / 2
        inside = min(max(x, plane.left + half), plane.width - plane.right - half)
        made.add(_text(inside, y - 9, word, "middle"))
    if about_x:
        made.add(_text((plane.left + plane.width - plane.right) / 2, 2, about_x, "middle"))
    return made


def area(made: Drawing, plane: Plane, lower: Points, upper: Points, colour: Color = BAND) -> None:
    """A filled band between two lines."""
    corners = [number for x, y in (*lower, *reversed(upper)) for number in plane.at(x, y)]
    if len(corners) >= 6:
        made.add(Polygon(corners, fillColor=colour, strokeColor=None))


def line(made: Drawing, plane: Plane, points: Points, colour: Color, width: float = 1.4) -> None:
    """A line through points; a point that is not a number breaks it."""
    part: list[float] = []
    for x, y in (*points, (math.nan, math.nan)):
        if math.isfinite(x) and math.isfinite(y):
            part.extend(plane.at(x, y))
            continue
        if len(part) >= 4:
            made.add(PolyLine(part, strokeColor=colour, strokeWidth=width, strokeLineJoin=1))
        part = []


def marks(
    made: Drawing, plane: Plane, points: Points, colour: Color, errors: Sequence[float | None] = ()
) -> None:
    """A dot at each point, with its error up and down where there is one."""
    for k, (x, y) in enumerate(points):
        error = errors[k] if k < len(errors) else None
        if error:
            (ex, low), (_, high) = plane.at(x, y - error), plane.at(x, y + error)
            made.add(Line(ex, low, ex, high, strokeColor=colour, strokeWidth=0.8))
            for end in (low, high):
                made.add(Line(ex - 2, end, ex + 2, end, strokeColor=colour, strokeWidth=0.8))
        px, py = plane.at(x, y)
        made.add(Circle(px, py, 2.2, fillColor=colour, strokeColor=None))


def bar(made: Drawing, plane: Plane, x: float, y: float, wide: float, colour: Color = BLUE) -> None:
    """A bar from 0 to y about x, wide in x."""
    (x0, y0), (x1, y1) = plane.at(x - wide / 2, max(plane.y[0], 0.0)), plane.at(x + wide / 2, y)
    corners = [x0, y0, x1, y0, x1, max(y1, y0), x0, max(y1, y0)]
    made.add(Polygon(corners, fillColor=colour, strokeColor=None))


def _text(x: float, y: float, words: str, anchor: Literal["start", "middle", "end"]) -> String:
    return String(x, y, visible(words), fontName=PLAIN, fontSize=_SMALL, fillColor=INK, textAnchor=anchor)
