"""The subjects of commits: what is refused, and that no history, shallow or missing, is an error."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture import ROOT
from tests.commit_subjects import faults, main, subject_of

LATER = "2027-01-02T12:00:00+0000"
EARLIER = "2026-11-29T12:00:00+0000"


@pytest.mark.parametrize(
    "subject",
    [
        "segmenter: report why a movement was lost",
        "Fit bands from a few repetitions",
        "tests/ui: bring the page's tests into one file",
        "vision/backends: process frames in order",
        "README: name how long the check of the tests takes",
        "Merge branch 'words'",
        'Revert "Added a page."',
        "x" * 72,
    ],
)
def test_an_imperative_of_72_characters_is_right(subject: str) -> None:
    assert faults(subject) == []


@pytest.mark.parametrize(
    ("subject", "message"),
    [
        ("x" * 73, "73 characters"),
        ("pages: add a page.", "full stop"),
        ("The README has the figures of one run", '"The"'),
        ("pages: Who is deleted is gone", '"Who"'),
        ("Added a page", '"Added"'),
        ("pages: adding a page", '"adding"'),
        ("pages: adds a page", '"adds"'),
        ("", "Begin with a verb"),
        ("scope: 3 fixes", "Begin with a verb"),
    ],
)
def test_anything_else_is_reported_with_what_to_do(subject: str, message: str) -> None:
    (fault,) = faults(subject)
    assert message in fault


def test_the_message_in_a_file_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message = tmp_path / "COMMIT_EDITMSG"
    message.write_text("\n# a comment\npages: add a page\n\nLonger words.\n")
    assert subject_of(message.read_text()) == "pages: add a page"
    assert main([str(message)]) == 0
    message.write_text("Adds a page.\n")
    assert main([str(message)]) == 1
    shown = capsys.readouterr().err
    assert "this commit: Adds a page." in shown and "full stop" in shown and "imperative" in shown


def committed(folder: Path, subject: str, when: str) -> None:
    who = {
        f"GIT_{role}_{part}": "x@y.example" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")
    }
    dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    command = ("git", "-c", "core.hooksPath=none", "commit", "-q", "--allow-empty", "-m", subject)
    subprocess.run(command, cwd=folder, check=True, env=os.environ | who | dates)


def test_only_new_commits_are_checked_and_no_history_is_no_error(tmp_path: Path) -> None:
    assert main([], tmp_path) == 0, "no repository"
    whole = tmp_path / "whole"
    subprocess.run(("git", "init", "-q", str(whole)), check=True)
    assert main([], whole) == 0, "no commit"
    committed(whole, "The history that there is", EARLIER)
    committed(whole, "pages: add a page", LATER)
    assert main([], whole) == 0
    shallow = tmp_path / "shallow"
    subprocess.run(("git", "clone", "-q", "--depth", "1", whole.as_uri(), str(shallow)), check=True)
    assert main([], shallow) == 0
    committed(whole, "Adds another page", LATER)
    assert main([], whole) == 1


def test_the_hooks_download_nothing_and_check_the_subject() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    assert set(re.findall(r"(?:repo|language): (\S+)", hooks)) == {"local", "system"}
    assert hooks.count("language: system") == hooks.count("- id: ") == 4
    for command in ("-m ruff check", "-m ruff format --check", "-m mypy", "-m tests.commit_subjects"):
        assert f"entry: python {command}" in hooks
    assert "python -m tests.commit_subjects\n" in (ROOT / ".ci" / "run").read_text("utf-8")
