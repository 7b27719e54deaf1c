"""Is this machine ready, and if not, what to do: the checks behind `cli.py doctor`."""

from __future__ import annotations

import ctypes.util
import importlib
import importlib.metadata
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import typer

from base.console import styled
from base.errors import DiagonalError
from commands.import_check import INSTALL, OLDEST_PYTHON, broken, cure
from commands.options import out
from models import cache, provision
from sessions.database.connection import DATABASE_VARIABLE, Database, data_folder
from ui.signin.clinic import CLINIC_VARIABLE, read_clinic
from vision.backends.backend import chosen_model
from vision.video.limits import LIMITS


@dataclass(frozen=True)
class Check:
    """One finding. ok: None where it is only for your information. advice: what to do, empty when all is well."""

    name: str
    ok: bool | None
    found: str
    advice: str = ""


def python() -> Check:
    """Whether Python is new enough."""
    found = ".".join(str(part) for part in sys.version_info[:3])
    good = sys.version_info[:2] >= OLDEST_PYTHON
    return Check("Python", good, found, "" if good else "install Python 3.11 or newer")


def packages() -> Check:
    """Whether everything in requirements.txt is installed and can be loaded; OpenCV has its own check."""
    bad = [f"{name}: {why}" for name, why in broken() if name != "cv2" and not name.startswith("opencv")]
    found = "; ".join(bad) or f"onnxruntime {_version('onnxruntime')}"
    return Check("packages", not bad, found, INSTALL if bad else "")


def one_opencv() -> Check:
    """Whether exactly one OpenCV is installed: two overwrite each other."""
    kinds = (
        "opencv-python",
        "opencv-contrib-python",
        "opencv-python-headless",
        "opencv-contrib-python-headless",
    )
    found = [name for name in kinds if _version(name) is not None]
    if len(found) == 1:
        return _loads_opencv(found[0])
    advice = f"python -m pip uninstall -y {' '.join(found)}; python -m pip install opencv-contrib-python"
    return Check("OpenCV", False, " and ".join(found) or "none", advice)


def _loads_opencv(name: str) -> Check:
    try:
        importlib.import_module("vision.video.sources")
    except ImportError as error:
        return Check("OpenCV", False, str(error), cure("cv2", str(error)))
    return Check("OpenCV", True, f"{name} {_version(name)}")


def weights() -> Check:
    """Whether the default pose weights are there and whole."""
    try:
        checks = provision.verify()
    except DiagonalError as error:
        return Check("pose weights", False, str(error), "python cli.py models fetch")
    bad = [check.path.name for check in checks if not check.ok]
    found = f"damaged: {', '.join(bad)}" if bad else f"full, in {cache.weights_folder()}"
    return Check("pose weights", not bad, found, "python cli.py models fetch" if bad else "")


def cameras() -> Check:
    """Which cameras the system shows; Linux only, for your information."""
    if not sys.platform.startswith("linux"):
        return Check("cameras", None, "ask the browser: it will show what there is")
    found = sorted(path.name for path in Path("/dev").glob("video*"))
    advice = "" if found else "plug one in, or watch the demonstration"
    return Check("cameras", None, ", ".join(found) or "none", advice)


def mediapipe() -> Check:
    """Whether the opt-in second backend could run; for your information."""
    version = _version("mediapipe")
    if version is None:
        return Check("mediapipe (opt-in)", None, "not installed")
    if sys.platform.startswith("linux") and ctypes.util.find_library("EGL") is None:
        return Check(
            "mediapipe (opt-in)", None, f"{version}, libEGL missing", "apt-get install libegl1 libgles2"
        )
    return Check("mediapipe (opt-in)", None, version)


def folders() -> Check:
    """Whether sessions and weights can be kept."""
    wanted = (data_folder(), cache.weights_folder())
    closed = [str(folder) for folder in wanted if not _may_be_filled(folder)]
    advice = "set DIAGONAL_DATA_DIR and DIAGONAL_CACHE_DIR to folders you may write to" if closed else ""
    return Check("folders", not closed, "; ".join(closed or map(str, wanted)), advice)


def _may_be_filled(folder: Path) -> bool:
    """Whether a folder, or the nearest there is above it, is one in which a folder can be made."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    made = folder / f".diagonal-{os.getpid()}"
    try:
        made.mkdir()
        made.rmdir()
    except OSError:
        return False
    return True


def database() -> Check:
    """Whether the database of sessions can be opened: its file, or the server of its address."""
    try:
        found = Database.check()
    except DiagonalError as error:
        return Check(
            "database", False, str(error), f"correct {DATABASE_VARIABLE} or the file, as the line above says"
        )
    if not os.environ.get(DATABASE_VARIABLE) and not _may_be_filled(data_folder()):
        return Check(
            "database",
            False,
            f"{found}: it cannot be made there",
            "set DIAGONAL_DATA_DIR to a folder of yours",
        )
    return Check("database", True, found)


def clinic() -> Check:
    """Whether the file that makes this a clinic's server is right; for your information where there is none."""
    try:
        found = read_clinic()
    except DiagonalError as error:
        return Check("clinic", False, str(error), f"correct the file, or unset {CLINIC_VARIABLE}")
    if found is None:
        return Check("clinic", None, f"none ({CLINIC_VARIABLE} is not set): this computer alone")
    return Check("clinic", True, f"{found.path}, at {found.host}")


def settings() -> Check:
    """Whether the settings that app.py reads before it starts are right."""
    wrong = []
    readers: tuple[Callable[[], object], ...] = (
        *(partial(getattr, limit, "most") for limit in LIMITS.values()),
        chosen_model,
    )
    for read in readers:
        try:
            read()
        except DiagonalError as error:
            wrong.append(str(error))
    return Check(
        "settings", not wrong, "; ".join(wrong) or "as the program expects", "correct them" if wrong else ""
    )


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


CHECKS: Final[tuple[Callable[[], Check], ...]] = (
    python,
    packages,
    one_opencv,
    weights,
    folders,
    settings,
    database,
    clinic,
    cameras,
    mediapipe,
)
"""Every check, in the order in which they are shown."""


def doctor() -> None:
    """Is this machine ready, and if not, what to do."""
    bad = 0
    for look in CHECKS:
        check = look()
        marks: dict[bool | None, str | tuple[str, str]] = {
            True: ("ok  ", "green"),
            False: ("BAD ", "red"),
            None: "note",
        }
        out.print(styled(marks[check.ok], f" {check.name}: {check.found}"), highlight=False, soft_wrap=True)
        if check.advice:
            out.print(f"       -> {check.advice}", highlight=False, soft_wrap=True)
        bad += check.ok is False
    raise typer.Exit(1 if bad else 0)
