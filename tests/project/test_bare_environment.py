"""Reports, exports and backups in an environment made from requirements.txt alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from sessions.exchange.table import EXPORTERS
from sessions.store.store import Store
from tests.sessions.backup.test_backup import fill
from tests.support.bare_environment import bare_environment, hidden_modules
from tests.support.browsers import ROOT
from tests.support.postgres import ON_POSTGRES

RUN: Final = """
import json, sys
import cli
from commands import import_check
assert import_check.broken() == [], import_check.broken()
for command in json.load(sys.stdin):
    sys.argv = ["cli.py", *command]
    assert cli.main() == 0, command
"""


def test_a_package_that_requirements_txt_no_longer_brings_is_hidden(tmp_path: Path) -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines(keepends=True)
    without = tmp_path / "requirements.txt"
    without.write_text("".join(line for line in lines if not line.startswith("httpx")))
    assert "httpx" in hidden_modules(without)
    assert "httpx" not in hidden_modules()


@ON_POSTGRES
@pytest.mark.slow
def test_reports_exports_and_backups_need_nothing_but_requirements_txt(
    tmp_path: Path, postgres: Callable[[], str]
) -> None:
    """From PostgreSQL, and the backup into SQLite."""
    address = postgres()
    store = Store.open(address)
    fill(store)
    store.close()
    exports = [
        ["export", "1", "--format", name, "--out", f"{name}{one.suffix}"] for name, one in EXPORTERS.items()
    ]
    reports = [["report", "Anna", "--kind", kind, "--out", f"{kind}.pdf"] for kind in ("chart", "sheet")]
    moves = [
        ["import", "json.json", "--out", "a.npz"],
        ["people", "export", "Anna", "--out", "anna.zip"],
        ["records", "backup", "all.zip"],
        ["records", "restore", "all.zip", "--into", "other.sqlite"],
    ]
    places = {"DIAGONAL_DATA_DIR": str(tmp_path), "DIAGONAL_DATABASE_URL": address}
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{RUN}"],
        input=json.dumps(exports + reports + moves),
        cwd=tmp_path,
        env=os.environ | bare_environment(tmp_path / "bare") | places,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made = {path.name for path in tmp_path.iterdir()}
    assert {f"{name}{one.suffix}" for name, one in EXPORTERS.items()} | {
        "chart.pdf",
        "sheet.pdf",
        "other.sqlite",
    } <= made
