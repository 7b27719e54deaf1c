"""What can be said of a machine on which the program cannot even be loaded; needs nothing but Python itself."""

from __future__ import annotations

import importlib
import sys
from types import TracebackType
from typing import Final

MODULES: Final = (
    *("numpy", "scipy", "cv2", "av", "onnxruntime", "onnx", "tflite", "pydantic", "tomlkit", "platformdirs"),
    *("dtaidistance", "sqlalchemy", "typer", "rich", "streamlit", "plotly"),
)
"""What the packages of requirements.txt are imported as."""

INSTALL: Final = "python -m pip install -r requirements.txt"
LIBRARIES: Final = "Debian and Ubuntu: apt-get install libgl1 libglib2.0-0"
OLDEST_PYTHON: Final = (3, 11)

_FAILURES: Final = (ImportError, OSError, AttributeError, RuntimeError, SyntaxError, TypeError, ValueError)


def broken() -> list[tuple[str, str]]:
    """The packages that cannot be imported, each with the reason in one line; imports all that can."""
    found = []
    for module in MODULES:
        try:
            importlib.import_module(module)
        except _FAILURES as error:
            found.append((module, " ".join(str(error).split()) or type(error).__name__))
    return found


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
