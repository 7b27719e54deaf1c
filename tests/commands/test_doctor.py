"""The doctor on machines that are sick: a package that cannot be loaded, folders that are none."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from commands import doctor
from commands import import_check as first_aid
from tests.conftest import DATA

ROOT = Path(__file__).resolve().parents[2]
NO_GL = "libGL.so.1: cannot open shared object file: No such file or directory"


def on_a_sick_machine(folder: Path, broken: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a command line on which importing those modules fails with those words."""
    for module, words in broken.items():
        (folder / f"{module}.py").write_text(f"raise ImportError({words!r})\n")
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "cli.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_packages_without_which_nothing_loads_are_named_with_their_cure(tmp_path: Path) -> None:
    broken = {"cv2": NO_GL, "sqlalchemy": "No module named\n'sqlalchemy'"}
    status, told, complaint = on_a_sick_machine(tmp_path, broken, "doctor")
    assert (status, complaint) == (1, "")
    assert told.splitlines() == [
        f"BAD  cv2: {NO_GL}",
        "       -> Debian and Ubuntu: apt-get install libgl1 libglib2.0-0",
        "BAD  sqlalchemy: No module named 'sqlalchemy'",
        "       -> python -m pip install -r requirements.txt",
    ]


def test_a_package_that_only_the_pages_need_is_named_too(tmp_path: Path) -> None:
    status, told, _ = on_a_sick_machine(tmp_path, {"plotly": "half installed"}, "doctor")
    assert status == 1
    assert "BAD  packages: plotly: half installed" in told


def test_each_package_of_requirements_txt_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """All but the one that reports its use to its maker once it is loaded."""
    asked: list[str] = []

    def half_installed(module: str) -> None:
        asked.append(module)
        raise ImportError("half installed")

    monkeypatch.setattr("importlib.import_module", half_installed)
    assert first_aid.broken() == [(module, "half installed") for module in asked]
    once_missing = {"psycopg", "ezc3d", "cryptography", "keyring", "reportlab", "authlib", "babel", "httpx"}
    assert once_missing | {"numpy", "cv2", "sqlalchemy", "streamlit"} <= set(asked)
    assert "mediapipe" not in asked


def test_the_list_of_packages_is_that_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text(
        "# numpy\n\n-r other.txt\n numpy >= 2 # why\nno-such.package[extra]>=1; python_version > '3'\n"
    )
    assert first_aid.required(file) == ["numpy", "no-such.package"]
    assert first_aid.broken(file) == [("no-such.package", "not installed")]


def test_other_commands_send_to_the_doctor_in_one_line(tmp_path: Path) -> None:
    status, told, complaint = on_a_sick_machine(tmp_path, {"cv2": NO_GL}, "patterns", "list")
    assert (status, told) == (1, "")
    assert complaint == (
        f"error: Diagonal cannot be loaded (ImportError: {NO_GL}); run: python cli.py doctor\n"
    )


@pytest.mark.parametrize("variable", ["DIAGONAL_DATA_DIR", "DIAGONAL_CACHE_DIR"])
@pytest.mark.parametrize("inside", [".", "deep/er"])
def test_a_plain_file_in_the_place_of_a_folder_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, inside: str
) -> None:
    for name in ("DIAGONAL_DATA_DIR", "DIAGONAL_CACHE_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "fresh" / name))
    assert doctor.folders().ok
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(variable, str(tmp_path / "file" / inside))
    check = doctor.folders()
    assert check.ok is False
    assert str(tmp_path / "file") in check.found and variable in check.advice
    assert str(tmp_path / "fresh") not in check.found


CLINIC = """
[auth]
redirect_uri = "https://coach.clinic.example/oauth2callback"
cookie_secret = "{secret}"
client_id = "diagonal"
client_secret = "of this test"
server_metadata_url = "https://login.clinic.example/.well-known/openid-configuration"
"""


def test_a_folder_in_which_nothing_can_be_made_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", "/proc/nothing")
    check = doctor.folders()
    assert (check.ok, check.found) == (False, "/proc/nothing")
    monkeypatch.delenv("DIAGONAL_DATABASE_URL", raising=False)
    assert doctor.database().ok is False


def test_the_clinics_file_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DIAGONAL_CLINIC", raising=False)
    assert doctor.clinic().ok is None
    file = tmp_path / "clinic.toml"
    monkeypatch.setenv("DIAGONAL_CLINIC", str(file))
    missing = doctor.clinic()
    assert missing.ok is False and str(file) in missing.found
    file.write_text(CLINIC.format(secret="short"))
    weak = doctor.clinic()
    assert weak.ok is False and "auth.cookie_secret" in weak.found
    file.write_text(CLINIC.format(secret=secrets.token_hex(32)))
    assert doctor.clinic() == doctor.Check("clinic", True, f"{file}, at coach.clinic.example")


def test_the_database_is_checked_and_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DIAGONAL_DATABASE_URL", raising=False)
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path / "data"))
    assert doctor.database().ok and not (tmp_path / "data").exists()
    (tmp_path / "data").mkdir()
    old = shutil.copy(DATA / "schemas" / "version_3.sqlite", tmp_path / "data" / "sessions.sqlite")
    assert doctor.database().ok
    with closing(sqlite3.connect(old)) as still:
        assert still.execute("SELECT max(version) FROM schema_version").fetchone() == (3,)
    Path(old).write_text("Dear diary")
    assert doctor.database().ok is False
    for address in ("postgresql://nobody:wrong@127.0.0.1:1/none", "mysql://host/name", "postgresql://[bad"):
        monkeypatch.setenv("DIAGONAL_DATABASE_URL", address)
        check = doctor.database()
        assert check.ok is False and "DIAGONAL_DATABASE_URL" in check.found, address
        assert "wrong" not in check.found


@pytest.mark.parametrize(
    ("variable", "value"),
    [("DIAGONAL_MAX_MINUTES", "an hour"), ("DIAGONAL_MAX_FRAMES", "-1"), ("DIAGONAL_MODEL", "huge")],
)
def test_settings_that_stop_the_start_are_seen(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    assert doctor.settings().ok
    monkeypatch.setenv(variable, value)
    check = doctor.settings()
    assert check.ok is False and f"{variable}={value}" in check.found


def test_every_check_is_run() -> None:
    assert {"folders", "settings", "database", "clinic"} <= {check.__name__ for check in doctor.CHECKS}
