"""The solved figures of the library, kept as data: solving all of them takes a minute, reading them nothing.

A figure is kept under what it was solved from, so that a template which is new, or asks for another movement, is solved
when it is shown. `python -m patterns.figure.store` solves those of the library and writes the file anew.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from base.atomic_file import whole_file
from patterns.figure.body import JOINTS
from patterns.figure.notes import figure_note
from patterns.figure.solver import Solution, solve
from patterns.templates.library import load_template, template_ids
from patterns.templates.template import Template
from vision.pose import FloatArray

STORE: Final = Path(__file__).parents[1] / "data" / "figures.npz"


def solved_from(template: Template) -> str:
    """A name for all that a template's figure follows from: path, targets, how it stands, and the body's joints."""
    asked = template.model_dump_json(by_alias=True, include={"path", "target"})
    return hashlib.sha256(repr((asked, figure_note(template), JOINTS)).encode()).hexdigest()[:32]


def figure_solution(template: Template) -> Solution:
    """The figure of a template, for the side for which it is written: the kept one, else solved now."""
    kept = _kept().get(solved_from(template))
    if kept is None:
        return solve(template)
    return Solution(kept[:, 0], kept[:, 1:])


@cache
def _kept() -> dict[str, FloatArray]:
    with np.load(STORE, allow_pickle=False) as file:
        return {name: np.asarray(file[name], dtype=np.float64) for name in file.files}


def write(store: Path = STORE) -> None:
    """Solve every template of the library and write the file; phases and joint angles (N, 1 + J) of each."""
    made: dict[str, npt.NDArray[np.float32]] = {}
    for template in map(load_template, template_ids()):
        found = solve(template)
        made[solved_from(template)] = np.column_stack([found.phases, found.angles]).astype(np.float32)
    with whole_file(store) as part, part.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **made)


if __name__ == "__main__":
    write()
