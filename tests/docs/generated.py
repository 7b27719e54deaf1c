"""Write the generated pages, and the generated blocks of pages that people wrote."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from benchmarks.page_blocks import markdown_table, with_blocks
from tests.architecture import FILES, ORDER, TOP, TRAINING, folder, parsed
from tests.docs import command_reference, data_tables
from tests.docs.markdown import code

DOCS: Final = Path(__file__).parents[2] / "docs"
LARGEST_PICTURE: Final = 200_000
"""Bytes of a screenshot at most."""
PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "reference/commands.md": command_reference.reference,
    "reference/exercises.md": data_tables.exercises,
    "reference/faults.md": data_tables.faults,
    "reference/features.md": data_tables.features,
    "reference/programs.md": data_tables.programs,
    "reference/techniques.md": data_tables.techniques,
    "reference/timed-tests.md": data_tables.timed_tests,
}
"""Whole pages by their place in docs/."""


def folders() -> str:
    """Return the table of folders with the sentence of each, in the order of imports."""
    packages = (*ORDER, TRAINING)
    rows = []
    for place in sorted({folder(name) for name in FILES} - {"."}, key=lambda one: _order(one, packages)):
        name = code(place) if "/" in place else f"**{code(place)}**"
        rows.append((name, job(place)))
    rows.insert(
        len(rows) - 1, (f"**{', '.join(map(code, TOP))}**", "Start the server; register the commands.")
    )
    return markdown_table(("folder", "job"), rows)


def _order(place: str, packages: tuple[str, ...]) -> tuple[int, str]:
    return packages.index(place.partition("/")[0]), place


def job(place: str) -> str:
    """Return the sentence in which a folder says its job."""
    return ast.get_docstring(parsed(FILES[f"{place}/__init__.py"])) or ""


BLOCKS: Final[Mapping[str, Mapping[str, Callable[[], str]]]] = {"architecture.md": {"folders": folders}}
"""Blocks of pages: page, name of the block, what makes its content."""


def made(name: str) -> str:
    """Return a generated page, or a page with its generated blocks, as it should be."""
    if name in PAGES:
        return PAGES[name]()
    contents = {block: make() for block, make in BLOCKS[name].items()}
    return with_blocks((DOCS / name).read_text(encoding="utf-8"), contents)


def names() -> tuple[str, ...]:
    """Return every page that is generated, or has generated blocks."""
    return (*PAGES, *BLOCKS)


def is_current(name: str) -> bool:
    """Return whether a page is as it should be."""
    path = DOCS / name
    return path.is_file() and path.read_text(encoding="utf-8") == made(name)


def write() -> list[str]:
    """Write every page that is not as it should be; return their names."""
    changed = [name for name in names() if not is_current(name)]
    for name in changed:
        (DOCS / name).parent.mkdir(exist_ok=True)
        (DOCS / name).write_text(made(name), encoding="utf-8")
    return changed
