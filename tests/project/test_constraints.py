"""constraints.txt: one exact version of every package, within the bounds, and used by the commands of the README."""

from __future__ import annotations

import re
import subprocess
import venv
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests import constraints
from tests.architecture import ROOT
from tests.constraints import FILE, REQUIREMENTS, lines_of, outside, versions_here, written

README = (ROOT / "README.md").read_text("utf-8")


def test_every_package_has_its_version_within_the_bounds() -> None:
    assert FILE.read_text("utf-8") == lines_of(written())
    assert outside(written()) == []
    assert versions_here().keys() <= written().keys()


def test_a_version_outside_the_bounds_is_found() -> None:
    assert [line.split("<")[0] for line in outside(dict(written()) | {"onnxruntime": "1.29.0"})] == [
        "onnxruntime"
    ]


def test_every_requirement_gives_its_reason() -> None:
    for file in REQUIREMENTS:
        lines = [
            line for line in file.read_text("utf-8").splitlines() if line and not line.startswith(("#", "-r"))
        ]
        assert [line for line in lines if not re.search(r"  ?# ?\S+ \S+", line)] == []
        assert [line for line in lines if not re.search(r"[<>=]=?\d", line)] == []


def test_the_commands_of_the_readme_install_the_versions_here() -> None:
    installs = re.findall(r"<!-- run: \w+ -->\n```sh\n(.*pip install.*)\n```", README)
    assert [re.findall(r"-r (\S+) -c (\S+)", line) for line in installs] == [
        [("requirements.txt", "constraints.txt")],
        [("tests/requirements.txt", "constraints.txt")],
    ]


@pytest.mark.parametrize("failing", ["install", "tests.constraints", "pytest", None])
def test_the_file_stays_as_it_was_where_the_suite_fails(
    failing: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def run(words: Sequence[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        ran.append(next(word for word in ("install", "tests.constraints", "pytest") if word in words))
        (tmp_path / "constraints.txt").write_text("new")
        return subprocess.CompletedProcess(words, int(ran[-1] == failing))

    (tmp_path / "constraints.txt").write_text("old")
    monkeypatch.setattr(constraints, "FILE", tmp_path / "constraints.txt")
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(venv, "create", lambda folder, **_: None)
    assert constraints.main([]) == int(failing is not None)
    assert (tmp_path / "constraints.txt").read_text() == ("new" if failing is None else "old")
    assert ran[-1] == (failing or "pytest")
