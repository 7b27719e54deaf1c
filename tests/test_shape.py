"""The shape of the code: files and functions stay short enough to read, no error is swallowed unnamed."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.test_layers import FILES, ROOT

LONGEST_FILE, LONGEST_FUNCTION = 400, 60
BROAD = {"Exception", "BaseException"}
SCRIPTS = {str(path.relative_to(ROOT)): path for path in sorted((ROOT / "ui").rglob("*.js"))}
ALL = FILES | {str(path.relative_to(ROOT)): path for path in sorted((ROOT / "tests").glob("*.py"))}


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [*ALL, *SCRIPTS])
def test_files_are_short(name: str) -> None:
    assert len((ALL | SCRIPTS)[name].read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("name", FILES)
def test_functions_are_short(name: str) -> None:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(_tree(FILES[name]))
        if isinstance(node, kinds) and node.end_lineno is not None
    }
    assert {key: lines for key, lines in long.items() if lines > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_error_is_caught_without_its_name(name: str) -> None:
    for node in ast.walk(_tree(FILES[name])):
        if not isinstance(node, ast.ExceptHandler):
            continue
        assert node.type is not None, f"{name}:{node.lineno}: bare except"
        caught = {part.id for part in ast.walk(node.type) if isinstance(part, ast.Name)}
        assert not caught & BROAD, f"{name}:{node.lineno}: broad except"


@pytest.mark.parametrize("name", sorted(FILES.keys() - {"cli.py"}))
def test_only_the_command_line_prints(name: str) -> None:
    calls = [node for node in ast.walk(_tree(FILES[name])) if isinstance(node, ast.Call)]
    assert not [node.lineno for node in calls if isinstance(node.func, ast.Name) and node.func.id == "print"]


@pytest.mark.parametrize("name", FILES)
def test_everything_public_says_what_it_is(name: str) -> None:
    tree = _tree(FILES[name])
    public = [
        node
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name[0] != "_"
    ]
    silent = [node.name for node in public if ast.get_docstring(node) is None]
    assert ast.get_docstring(tree), name
    assert silent == []


def test_no_path_of_a_machine_and_no_store_room() -> None:
    for name, path in ALL.items():
        assert not re.search(r"/(work|root|home)/\w", path.read_text(encoding="utf-8")), name
        assert path.stem not in ("utils", "helpers", "misc", "common"), name
