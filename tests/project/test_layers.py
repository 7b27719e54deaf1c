"""The layers: which package may import which, where foreign libraries are used, and that importing does nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.architecture import (
    FILES,
    ORDER,
    ROOT,
    TRAINING,
    circle,
    file_imports,
    folder_imports,
    imported,
    layer,
    libraries,
    upward,
)

HOMES = {
    "cv2": {"vision", "training"},
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
    "typer": {"cli", "commands", "benchmarks"},
}
FILE_READERS = {
    "patterns/features/uncertainty.py",
    "patterns/features/view_errors.py",
    "patterns/figure/notes.py",
    "patterns/figure/store.py",
    "patterns/programs/program.py",
    "patterns/programs/safety_rules.py",
    "patterns/programs/technique.py",
    "patterns/programs/timed_test.py",
    "patterns/templates/library.py",
    "patterns/templates/template_file.py",
    "patterns/templates/toml_file.py",
}
HEAVY = {"cv2", "onnxruntime", "mediapipe", "av", "streamlit", "scipy.signal", "scipy.stats", "scipy.ndimage"}


def test_every_package_has_its_place_in_the_order() -> None:
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} == {*ORDER, TRAINING, "tests"}


def test_imports_run_one_way() -> None:
    assert upward() == []


def test_no_folders_import_each_other_in_a_circle() -> None:
    assert circle(folder_imports()) == []


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circle(file_imports()) == []


def test_a_circle_is_found_and_imports_inside_functions_count(tmp_path: Path) -> None:
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}
    file = tmp_path / "a.py"
    file.write_text("def f():\n    from ui.page import current_user\n")
    assert "ui.page.current_user" in imported(file)


def test_only_benchmarks_of_a_running_server_and_the_doctor_of_one_use_the_pages() -> None:
    users = {name for name in FILES if layer(name) in ("benchmarks", "commands") and _uses_pages(name)}
    assert users == {"benchmarks/live_speed.py", "commands/bench.py", "commands/doctor.py"}


def _uses_pages(name: str) -> bool:
    return any(layer(other) == "ui" for other in file_imports()[name])


def test_foreign_libraries_stay_at_home() -> None:
    for name, path in FILES.items():
        assert not {lib for lib in libraries(path) if lib in HOMES and layer(name) not in HOMES[lib]}, name


def test_judgement_touches_no_file_clock_network_or_camera() -> None:
    outside = {"time", "socket", "subprocess", "urllib", "http", "requests", "os", "threading", "sqlite3"}
    for name, path in FILES.items():
        if layer(name) in ("patterns", "scoring"):
            readers = set() if name in FILE_READERS else {"pathlib", "io", "tempfile", "shutil"}
            assert not libraries(path) & (outside | readers), name


def _modules() -> list[str]:
    kept = [name for name in FILES if layer(name) != TRAINING]  # torch need not be there
    return [name.removesuffix(".py").replace("/", ".").removesuffix(".__init__") for name in kept]


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
