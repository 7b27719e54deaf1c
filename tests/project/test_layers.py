"""The walls: which package may import which, where foreign libraries live, and that importing does nothing."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ORDER = ("models", "vision", "patterns", "scoring", "sessions", "ui")
TOP = ("app", "cli")
TRAINING = ROOT / "training"  # programs for authors of the correction: on top of everything, used by none
HOMES = {
    "cv2": {"vision"},
    "mediapipe": {"vision"},
    "onnxruntime": {"vision"},
    "av": {"vision"},
    "dtaidistance": {"patterns"},
    "streamlit": {"ui", "app"},
    "starlette": {"ui", "app"},
    "onnx": {"models", "training"},
    "torch": {"training"},
    "tflite": {"models"},
    "sqlalchemy": {"sessions"},
    "typer": {"cli", "ui"},
}
FILE_READERS = {
    "patterns/features/view_errors.py",
    "patterns/figure/notes.py",
    "patterns/figure/store.py",
    "patterns/templates/library.py",
    "patterns/programs/program.py",
    "patterns/programs/safety_rules.py",
    "patterns/programs/technique.py",
    "patterns/templates/template_file.py",
    "patterns/programs/timed_test.py",
    "patterns/templates/toml_file.py",
    "patterns/features/uncertainty.py",
}
HEAVY = {"cv2", "onnxruntime", "mediapipe", "av", "streamlit", "scipy.signal", "scipy.stats", "scipy.ndimage"}


def sources() -> list[Path]:
    """Every source file of the project, tests aside."""
    packages = [path for name in ORDER for path in sorted((ROOT / name).rglob("*.py"))]
    return packages + [ROOT / f"{name}.py" for name in TOP if (ROOT / f"{name}.py").is_file()]


def layer(path: Path) -> str:
    if path.is_relative_to(TRAINING):
        return "training"
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@cache
def parsed(path: Path) -> ast.Module:
    """What a source file says."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported(path: Path) -> frozenset[str]:
    """The top names of everything a file imports, at its head or inside a function."""
    names: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add((node.module or "").split(".")[0])
    return frozenset(names)


FILES = {str(path.relative_to(ROOT)): path for path in sources()}


def test_every_package_is_looked_at() -> None:
    assert {layer(path) for path in FILES.values()} >= {*ORDER, *TOP}
    others = {p.parent.name for p in ROOT.glob("*/__init__.py")} - {*ORDER, "tests"}
    assert not others, "a package without a place in the order of layers"


def test_imports_run_one_way() -> None:
    for name, path in FILES.items():
        here = layer(path)
        rank = ORDER.index(here) if here in ORDER else len(ORDER)
        above = {*ORDER[rank + 1 :], *TOP, "tests"} - {here}
        assert not imported(path) & above, name


def test_foreign_libraries_stay_at_home() -> None:
    for name, path in FILES.items():
        assert not {lib for lib in imported(path) if lib in HOMES and layer(path) not in HOMES[lib]}, name


def test_nothing_needs_the_training() -> None:
    for name, path in FILES.items():
        if layer(path) != "training":
            assert "training" not in path.read_text(encoding="utf-8"), name


def test_judgement_touches_no_file_clock_network_or_camera() -> None:
    outside = {"time", "socket", "subprocess", "urllib", "http", "requests", "os", "threading", "sqlite3"}
    for name, path in FILES.items():
        if layer(path) in ("patterns", "scoring"):
            readers = (
                set()
                if name.replace(os.sep, "/") in FILE_READERS
                else {"pathlib", "io", "tempfile", "shutil"}
            )
            assert not imported(path) & (outside | readers), path


def _modules() -> list[str]:
    kept = [path for path in FILES.values() if layer(path) != "training"]  # torch need not be there
    names = [str(path.relative_to(ROOT).with_suffix("")).replace(os.sep, ".") for path in kept]
    return [name.removesuffix(".__init__") for name in names]


def _run(code: str, folder: Path) -> str:
    """The output of code in a fresh interpreter whose every folder of its own is the given empty one."""
    places = ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "TMPDIR")
    own = {name: str(folder) for name in (*places, "DIAGONAL_CACHE_DIR", "DIAGONAL_DATA_DIR")}
    environment = os.environ | own | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_makes_no_file_and_starts_no_thread_or_log(tmp_path: Path) -> None:
    wanted = [name for name in _modules() if name != "app"]  # app.py is started by the server, never imported
    code = f"""
import importlib, logging, threading
for name in {wanted!r}:
    importlib.import_module(name)
ours = [t.name for t in threading.enumerate() if t is not threading.main_thread()]
print(ours, [h for h in logging.getLogger().handlers])
"""
    assert _run(code, tmp_path).strip().splitlines()[-1] == "[] []"
    assert [path.name for path in tmp_path.rglob("*")] == []


def test_judgement_loads_no_heavy_library(tmp_path: Path) -> None:
    wanted = [name for name in _modules() if name.split(".")[0] in ("patterns", "scoring")]
    code = f"""
import importlib, sys
for name in {wanted!r}:
    importlib.import_module(name)
print(sorted({HEAVY!r} & set(sys.modules)))
"""
    assert _run(code, tmp_path).strip() == "[]"
