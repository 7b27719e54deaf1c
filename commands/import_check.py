"""What can be said of a machine on which the program cannot even be loaded; needs nothing but Python itself."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final

REQUIREMENTS: Final = Path(__file__).parents[1] / "requirements.txt"
_NAME: Final = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_NEVER_IMPORTED: Final = ("mediapipe",)
"""Sends usage data to its maker once it is loaded, so only its presence is checked."""

INSTALL: Final = "python -m pip install -r requirements.txt"
LIBRARIES: Final = "Debian and Ubuntu: apt-get install libgl1 libglib2.0-0"
OLDEST_PYTHON: Final = (3, 11)

_FAILURES: Final = (ImportError, OSError, AttributeError, RuntimeError, SyntaxError, TypeError, ValueError)


def broken(requirements: Path = REQUIREMENTS) -> list[tuple[str, str]]:
    """Return the packages of requirements.txt that cannot be imported, each with the reason in one line.

    Imports all that can be. A package that is not installed goes by its name in the file, others by their module's.
    """
    found = []
    for name in required(requirements):
        module = name
        try:
            for module in _modules(name):
                _load(module)
        except importlib.metadata.PackageNotFoundError:
            found.append((name, "not installed"))
        except _FAILURES as error:
            found.append((module, " ".join(str(error).split()) or type(error).__name__))
    return found


def required(requirements: Path = REQUIREMENTS) -> list[str]:
    """Return the names of the packages in a requirements file."""
    lines = (_NAME.match(line) for line in requirements.read_text("utf-8").splitlines())
    return [line[1] for line in lines if line is not None]


def _modules(name: str) -> Iterator[str]:
    """Yield what an installed package is imported as; raises PackageNotFoundError where it is not installed."""
    for file in importlib.metadata.distribution(name).files or ():
        if len(file.parts) == 2 and file.parts[1] == "__init__.py" and not file.parts[0].startswith("_"):
            yield file.parts[0]


def _load(module: str) -> None:
    if module not in _NEVER_IMPORTED:
        importlib.import_module(module)
    elif importlib.util.find_spec(module) is None:
        raise ImportError(f"No module named {module!r}")


def cure(module: str, reason: str) -> str:
    """What to do about a package that cannot be imported."""
    return LIBRARIES if module == "cv2" and ".so" in reason else INSTALL


def explain(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say plainly why the program could not be loaded (a sys.excepthook): `doctor` names every package and cure."""
    if "--debug" in sys.argv or not issubclass(kind, Exception):
        sys.__excepthook__(kind, error, trace)
        return
    reason = f"{kind.__name__}: {' '.join(str(error).split())}"
    if "doctor" not in sys.argv[1:2]:
        sys.stderr.write(f"error: Diagonal cannot be loaded ({reason}); run: python cli.py doctor\n")
        return
    findings = [(module, why, cure(module, why)) for module, why in broken()]
    if sys.version_info[:2] < OLDEST_PYTHON:
        findings.insert(0, ("Python", sys.version.split()[0], "install Python 3.11 or newer"))
    for name, found, help_line in findings or [("Diagonal", reason, INSTALL)]:
        sys.stdout.write(f"BAD  {name}: {found}\n       -> {help_line}\n")
