"""How the figure stands or sits while it shows an exercise: data beside the templates, by which nothing is judged.

An exercise without a note stands, its arms hang, and the feet follow from its path: both stay on the floor; where one
leg alone has a path that leg is free; where both have one, one foot slides on the floor.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from patterns.templates.errors import TemplateError
from patterns.templates.template import Record, Template
from patterns.templates.toml_file import FileKind

NOTES: Final = Path(__file__).parents[1] / "data" / "figures.toml"
Ground = Literal["sole", "toes", "slides", "free"]
Hands = Literal["hanging", "hips", "chair", "ahead", "overhead", "thighs", "chest"]
Place = tuple[float, float, float]
_OF_LEGS: Final = ("foot", "knee", "hip_flexion", "hip_abduction")
_ALONE: Final[Place] = (0.05, 0.0, 0.0)
"""Where a foot stands that alone bears the weight: nearly under the middle."""


class FootNote(Record):
    """What a foot does. ground: its sole or its toes keep their place, it slides on the floor, or it is free.

    at: where it is at the start, metres outward, forward and up from under the hips; to: where it has gone at the end.
    lift_m: how high it goes on the way.
    """

    ground: Ground
    at: Place | None = None
    to: Place | None = None
    lift_m: Annotated[float, Field(ge=0, le=0.4)] = 0.0


class FigureNote(Record):
    """How the figure shows one exercise on the right side.

    hands: what arms do that have no path. turned_deg: how far it is turned to its own right before the viewer; None
    leaves that to the template's view.
    """

    seated: bool = False
    hands: Hands = "hanging"
    turned_deg: Annotated[float, Field(ge=-90, le=90)] | None = None
    left: FootNote | None = None
    right: FootNote | None = None


class _Notes(Record):
    figure: dict[str, FigureNote]


_FILE: Final = FileKind("file of figures", TemplateError, (_Notes, FigureNote, FootNote))


@cache
def noted() -> dict[str, FigureNote]:
    """Every note by template id. Raises TemplateError where the file is wrong."""
    return _FILE.check(_Notes, _FILE.parse(_FILE.read(NOTES), NOTES.name), NOTES.name).figure


def figure_note(template: Template) -> FigureNote:
    """The note of that template with both feet told."""
    note = noted().get(template.id, FigureNote())
    left, right = _feet(template)
    return note.model_copy(update={"left": note.left or left, "right": note.right or right})


def _feet(template: Template) -> tuple[FootNote, FootNote]:
    legs = {
        name.rpartition("_")[2]
        for name in template.path.features
        if name.startswith(("foot", "knee", "hip_f", "hip_a"))
    }
    stays, free = FootNote(ground="sole"), FootNote(ground="free")
    if template.side == "both" or not legs:
        return stays, stays
    if legs == {"left", "right"}:
        return FootNote(ground="toes"), FootNote(ground="slides", lift_m=0.05)
    alone = FootNote(ground="sole", at=_ALONE)
    return (free, alone) if legs == {"left"} else (alone, free)
