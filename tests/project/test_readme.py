"""Hold the README and the documentation against the program: every feature, fault, exercise, command, setting."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from statistics import median
from typing import Any, Final

import pytest
import typer
from typer.testing import CliRunner

import cli
from patterns.features.table import FEATURES
from patterns.programs.program import program_ids
from patterns.programs.technique import technique_ids
from patterns.programs.timed_test import timed_test_ids
from patterns.templates.library import template_ids
from patterns.templates.template import FAULT_IDS
from tests.docs.command_reference import commands, options
from tests.docs.generated import LARGEST_PICTURE
from tests.support.documents import BY_HAND, PAGES

ROOT: Final = Path(__file__).resolve().parents[2]
README: Final = (ROOT / "README.md").read_text(encoding="utf-8")
ALL: Final = "\n".join(PAGES.values())
ACCURACY: Final = README.partition("\n## Accuracy\n")[2].partition("\n## ")[0]
COMMANDS: Final[dict[tuple[str, ...], Any]] = dict(commands(typer.main.get_group(cli.app)))
_EXAMPLE: Final = re.compile(r"python cli\.py ([^`\n]+)")


def test_the_readme_is_short_and_links_to_the_documentation() -> None:
    lines = README.splitlines()
    assert len(lines) <= 150
    assert max(map(len, lines)) <= 120
    for page in (
        "practising",
        "therapists",
        "authoring",
        "records",
        "clinic-server",
        "accuracy",
        "architecture",
    ):
        assert f"(docs/{page}.md)" in README, page


def test_the_readme_has_the_commands_that_ci_runs() -> None:
    for name in ("debian", "start", "tests"):
        assert re.search(rf"^<!-- run: {name} -->\n```sh\n\S.*\n```$", README, re.MULTILINE), name


def test_the_readme_has_two_small_screenshots() -> None:
    shown = re.findall(r"!\[[^\]]+\]\((docs/images/[a-z]+\.png)\)", README)
    assert len(shown) == 2
    for place in shown:
        assert 10_000 < (ROOT / place).stat().st_size <= LARGEST_PICTURE, place


def test_accuracy_is_one_table_of_six_lines() -> None:
    assert len([row for row in ACCURACY.splitlines() if row.startswith("| ")]) == 7  # with its head


def test_the_figures_of_the_readme_are_those_that_bench_wrote() -> None:
    angles = {tuple(row[:3]): row[4] for row in _rows("accuracy.md", "angles")}
    for feature in ("shoulder_elevation", "hip_flexion", "knee_flexion"):
        assert f"{angles[feature, 'front', 'on']}°" in ACCURACY
        assert f"{angles[feature, 'front', 'off']}°" in ACCURACY
    counts = {row[0]: row for row in _rows("accuracy.md", "counts") if row[1] == "all"}
    assert f"| {counts['rendered'][4]}, {counts['measured'][4]} (" in ACCURACY
    assert counts["footage"][4] == "100 %"
    faults, clean = _rows("accuracy.md", "faults")[-1], _rows("accuracy.md", "clean")[0]
    assert f"F1 {faults[-1]}; {clean[1].split()[0]} of {clean[0]} clean" in ACCURACY
    taught = _rows("accuracy.md", "taught")[-1]
    assert f"counts exact in {taught[3]}, faults F1 {taught[8]}" in ACCURACY
    areas = [float(row[3]) for row in _rows("accuracy.md", "separation")]
    assert f"{median(areas):.2f} in the median of nine" in ACCURACY
    live = {row[0]: row[1] for row in _rows("speed.md", "live")}
    assert f"{live['results a second']} results a second" in ACCURACY
    assert f"{live['camera to overlay, median']} from camera to overlay" in ACCURACY
    assert f"p95 {live['camera to overlay, p95']}" in ACCURACY


def _rows(page: str, name: str) -> list[tuple[str, ...]]:
    """Return the rows of a table that bench wrote, without its head."""
    content = PAGES[page].partition(f"<!-- written: {name} -->")[2].partition("<!-- end -->")[0]
    lines = [line for line in content.splitlines() if line.startswith("|")][2:]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]


@pytest.mark.parametrize(
    ("names", "page"),
    [
        (sorted({feature.base for feature in FEATURES.values()}), "reference/features.md"),
        (FAULT_IDS, "reference/faults.md"),
        (template_ids(), "reference/exercises.md"),
        (program_ids(), "reference/programs.md"),
        (technique_ids(), "reference/techniques.md"),
        (timed_test_ids(), "reference/timed-tests.md"),
    ],
)
def test_every_name_is_documented(names: tuple[str, ...], page: str) -> None:
    assert [name for name in names if f"`{name}`" not in PAGES[page]] == []


def test_every_setting_is_documented() -> None:
    sources = [
        p for folder in ("models", "vision", "sessions", "ui", "i18n") for p in (ROOT / folder).rglob("*.py")
    ]
    named = {name for p in sources for name in re.findall(r"DIAGONAL_[A-Z_]+", p.read_text(encoding="utf-8"))}
    assert len(named) > 8
    assert [name for name in named if f"| `{name}` |" not in PAGES["settings.md"]] == []


def test_every_command_has_an_example_and_its_options_in_the_reference() -> None:
    assert len(COMMANDS) > 30
    reference = PAGES["reference/commands.md"]
    for path, command in COMMANDS.items():
        assert f"\n{'#' * (len(path) + 1)} {' '.join(path)}\n" in reference
        assert f"cli.py {path[0]}" in BY_HAND, path
        assert f" {path[-1]}" in BY_HAND, path
        section = reference.partition(f"# {' '.join(path)}\n")[2].partition("\n#")[0]
        assert [name for name in options(command) - {"--help"} if f"`{name}`" not in section] == [], path


def test_every_example_is_a_command_with_options_that_there_are() -> None:
    examples = _EXAMPLE.findall(README + ALL)
    assert len(examples) > 60
    for example in examples:
        words = shlex.split(example.replace("$(", "(").replace("'", ""), comments=True)
        path = tuple(words[:2]) if tuple(words[:2]) in COMMANDS else tuple(words[:1])
        assert path in COMMANDS, example
        named = [word.strip(",.") for word in words if re.match(r"--?[a-z]", word)]
        assert [name for name in named if name not in options(COMMANDS[path])] == [], example


def test_the_help_of_every_command_speaks() -> None:
    for path in ((), *COMMANDS):
        shown = CliRunner().invoke(cli.app, [*path, "--help"])
        assert shown.exit_code == 0, path
        assert len(shown.stdout) > 200, path
