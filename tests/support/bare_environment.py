"""An environment as requirements.txt alone makes it: everything else that is installed here cannot be imported."""

from __future__ import annotations

import importlib.metadata
from collections import defaultdict
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.browsers import ROOT

_GUARD: Final = '''"""Refuse what requirements.txt does not bring, in this process and its children."""

import sys


class Guard:
    hidden = frozenset({hidden!r})

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.hidden:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
        return None


sys.meta_path.insert(0, Guard())
'''


def bare_environment(folder: Path) -> dict[str, str]:
    """Return the variables with which a Python process imports only what requirements.txt brings."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_GUARD.format(hidden=sorted(hidden_modules())))
    return {"PYTHONPATH": str(folder)}


def hidden_modules(requirements: Path = ROOT / "requirements.txt") -> set[str]:
    """Return the top modules that are installed here and that no package of the file brings."""
    brought = reached(requirements)
    owners = importlib.metadata.packages_distributions()
    return {top for top, names in owners.items() if not {canonicalize_name(name) for name in names} & brought}


def requirement_lines(file: Path) -> list[str]:
    """Return the lines of a requirements file that name a package, without their comments."""
    lines = (line.partition("#")[0].strip() for line in file.read_text("utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("-")]


def reached(requirements: Path) -> set[str]:
    """Return every package that installing the file installs: those named in it and all that these need."""
    todo = [(Requirement(line), "") for line in requirement_lines(requirements)]
    extras: defaultdict[str, set[str]] = defaultdict(set)
    while todo:
        wanted, extra = todo.pop()
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(wanted.name)
        new = {"", *wanted.extras} - extras[name]
        extras[name] |= new
        needs = importlib.metadata.distribution(name).requires or () if new else ()
        todo += [(Requirement(need), asked) for need in needs for asked in new]
    return set(extras)
