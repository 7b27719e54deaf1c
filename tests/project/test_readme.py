"""The README against the program: every feature, fault, pattern, command and setting stands in it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import cli
from patterns.features.table import FEATURES
from patterns.programs.program import program_ids
from patterns.programs.technique import technique_ids
from patterns.templates.library import template_ids
from patterns.templates.template import FAULT_IDS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize(
    "name",
    sorted(
        {*FAULT_IDS, *(f.base for f in FEATURES.values()), *template_ids(), *program_ids(), *technique_ids()}
    ),
)
def test_every_name_is_told(name: str) -> None:
    assert f"`{name}`" in README


def test_every_setting_is_told() -> None:
    sources = [p for folder in ("models", "vision", "sessions", "ui") for p in (ROOT / folder).rglob("*.py")]
    named = {name for p in sources for name in re.findall(r"DIAGONAL_[A-Z_]+", p.read_text())}
    assert named
    for name in named:
        assert f"`{name}`" in README


def test_every_command_is_told() -> None:
    groups = {group.name: group.typer_instance for group in cli.app.registered_groups}
    single = {
        command.name or command.callback.__name__
        for command in cli.app.registered_commands
        if command.callback
    }
    commands = single | {*groups}
    assert {
        "score",
        "angles",
        "export",
        "import",
        "maps",
        "report",
        "patterns",
        "programs",
        "techniques",
        "tests",
        "models",
        "doctor",
        "bench",
        "people",
        "records",
        "agreement",
        "rescore",
    } == commands
    for command in commands:
        assert f"cli.py {command}" in README
    for group in groups.values():
        for inner in group.registered_commands if group else ():
            assert f" {inner.name or getattr(inner.callback, '__name__', '')}" in README


def every_command(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, command in getattr(group, "commands", {}).items():
        yield from every_command(command, (*path, name))


def test_the_help_of_every_command_speaks() -> None:
    commands = list(every_command(typer.main.get_group(cli.app)))
    assert len(commands) > 30
    for command in commands:
        told = CliRunner().invoke(cli.app, [*command, "--help"])
        assert told.exit_code == 0, command
        assert len(told.stdout) > 200, command
