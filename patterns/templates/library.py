"""The template library: one TOML file an exercise, found by itself in patterns/data/templates, and those of authors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from patterns.templates.errors import SideError, TemplateError
from patterns.templates.mirroring import mirrored
from patterns.templates.template import FAMILIES, Side, Template
from patterns.templates.template_file import TEMPLATE_FILE, read_template

FOLDER: Final = Path(__file__).parents[1] / "data" / "templates"


OwnTemplates = Callable[[], Mapping[str, Template]]
"""Gives the exercises of authors that may be used, by id; the same mapping as long as nothing changed."""

_NONE: Final[Mapping[str, Template]] = {}


_own: Final[list[OwnTemplates]] = []
"""Where the exercises of authors come from; empty unless a program says so."""


def use_own(source: OwnTemplates | None) -> None:
    """Let the library of this process also have what `source` gives; None: only what comes with Diagonal."""
    _own[:] = [] if source is None else [source]


def own_templates() -> Mapping[str, Template]:
    """The exercises of authors that may be used."""
    return _own[0]() if _own else _NONE


@cache
def _packaged_ids() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def is_packaged(template_id: str) -> bool:
    """Whether an exercise of that id comes with Diagonal."""
    return template_id in _packaged_ids()


def template_ids() -> tuple[str, ...]:
    """The ids of all templates, sorted: those that come with Diagonal and those of authors."""
    own = own_templates()
    return tuple(sorted({*_packaged_ids(), *own})) if own else _packaged_ids()


def load_template(template_id: str) -> Template:
    """The template of that id. Raises TemplateError naming the nearest id when there is none."""
    if is_packaged(template_id):
        return _packaged(template_id)
    own = own_templates().get(template_id)
    if own is None:
        TEMPLATE_FILE.check_id(template_id, template_ids(), "pattern")
        raise TemplateError(f"pattern {template_id!r} was withdrawn this moment; choose another")
    return own


@cache
def _packaged(template_id: str) -> Template:
    template = read_template(FOLDER / f"{template_id}.toml")
    if template.id != template_id:
        raise TemplateError(f"{template_id}.toml: key id: expected {template_id!r}, got {template.id!r}")
    return template


def by_family(seated: bool = False, one_arm: bool = False) -> dict[str, tuple[str, ...]]:
    """The ids of all templates by their family, families in the order in which they are offered.

    seated: only those that may be done sitting; one_arm: only those that need not both arms.
    """
    found: dict[str, list[str]] = {family: [] for family in FAMILIES}
    for template in map(load_template, template_ids()):
        if (template.can_be_seated or not seated) and not (template.needs_both_arms and one_arm):
            found[template.family].append(template.id)
    return {family: tuple(ids) for family, ids in found.items() if ids}


def find_template(name: str) -> Template:
    """The template in a file, where the name ends in .toml, otherwise the one of that id."""
    return read_template(Path(name)) if name.lower().endswith(".toml") else load_template(name)


def sided(template: Template, side: str) -> dict[Side, Template]:
    """The template as it is judged on that side; on both, one for each, where sides alternate.

    Raises SideError naming the sides there are.
    """
    if side not in template.sides:
        allowed = " or ".join(template.sides)
        raise SideError(f"side {side!r} does not fit pattern {template.id}; it takes {allowed}")
    if template.side == "both":
        return {"both": template}
    both: dict[Side, Template] = {"left": mirrored(template), "right": template}
    return both if side == "both" else {own: judged for own, judged in both.items() if own == side}
