"""The structure of the code: folders, files and imports. `python -m tests.architecture` prints it."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
ORDER: Final = (
    "base", "models", "vision", "patterns", "scoring", "sessions", "i18n", "ui", "benchmarks", "commands",
)  # fmt: skip
"""The packages; each may import itself and those before it."""
TOP: Final = ("app.py", "cli.py")
TRAINING: Final = "training"
"""Programs for authors of the correction: they may import up to `scoring`, and nothing imports them."""


def sources() -> list[Path]:
    """Return every source file of the project, tests aside."""
    packages = [path for name in (*ORDER, TRAINING) for path in sorted((ROOT / name).rglob("*.py"))]
    return packages + [ROOT / name for name in TOP]


FILES: Final = {path.relative_to(ROOT).as_posix(): path for path in sources()}
"""The source files by their paths in the project."""


def layer(name: str) -> str:
    """Return the package of a file, or its name without the ending where it lies at the top."""
    return name.partition("/")[0].removesuffix(".py")


def folder(name: str) -> str:
    """Return the folder of a file as a path in the project, "." at the top."""
    return Path(name).parent.as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a source file."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported(path: Path) -> frozenset[str]:
    """Return the names of all modules that a file imports, at its head or inside a function, and of their members."""
    names: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(names)


@cache
def libraries(path: Path) -> frozenset[str]:
    """Return the first parts of the names of what a file imports: libraries and our own packages."""
    return frozenset(name.partition(".")[0] for name in imported(path))


@cache
def file_imports() -> Mapping[str, frozenset[str]]:
    """Return for each file the files of the project that it imports."""
    modules = {name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): name for name in FILES}
    return {
        name: frozenset(modules[m] for m in imported(path) if m in modules) - {name}
        for name, path in FILES.items()
    }


@cache
def folder_imports() -> Mapping[str, frozenset[str]]:
    """Return for each folder the folders whose files it imports; files at the head of a package are a folder too."""
    found: dict[str, set[str]] = {folder(name): set() for name in FILES}
    for name, used in file_imports().items():
        found[folder(name)] |= {folder(other) for other in used} - {folder(name)}
    return {name: frozenset(used) for name, used in found.items()}


def circle(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """Return one circle of imports, its first part repeated at the end; empty where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def upward() -> list[str]:
    """Return the imports that run against the order of the packages."""
    found = []
    for name, path in FILES.items():
        here = layer(name)
        end = (
            ORDER.index("scoring" if here == TRAINING else here) + 1
            if here in (*ORDER, TRAINING)
            else len(ORDER)
        )
        allowed = {*ORDER[:end], here}
        known = {*ORDER, TRAINING, "tests", *(top.removesuffix(".py") for top in TOP)}
        found += [f"{name} imports {other}" for other in sorted(libraries(path) & known - allowed)]
    return found


def _lines(names: Collection[str]) -> Counter[str]:
    return Counter({name: len(FILES[name].read_text(encoding="utf-8").splitlines()) for name in names})


def described() -> str:
    """Return folders with their files and lines, the largest file, circles and imports against the order."""
    lines = _lines(FILES)
    rows = []
    for place in sorted(folder_imports()):
        inside = [name for name in FILES if folder(name) == place]
        rows.append(f"{place:24} {len(inside):3} files {sum(lines[name] for name in inside):6} lines")
    largest, length = lines.most_common(1)[0]
    circles = sum(bool(circle(graph)) for graph in (file_imports(), folder_imports()))
    rows += [
        "",
        f"{len(folder_imports())} folders, {len(FILES)} files, {lines.total()} lines",
        f"largest file: {largest}, {length} lines",
        f"circles: {circles}",
        f"imports against the order: {len(upward())}",
    ]
    return "\n".join(rows)


if __name__ == "__main__":
    sys.stdout.write(described() + "\n")
