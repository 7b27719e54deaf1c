"""The shape of the code: files and functions stay short enough to read, no error is swallowed unnamed."""

from __future__ import annotations

import ast
import re
from collections import Counter

from tests.architecture import FILES, ROOT, folder, parsed

LONGEST_FILE, LONGEST_FUNCTION, MOST_FILES = 400, 60, 20
BROAD = {"Exception", "BaseException"}
SCRIPTS = {str(path.relative_to(ROOT)): path for path in sorted((ROOT / "ui").rglob("*.js"))}
ALL = FILES | {str(path.relative_to(ROOT)): path for path in sorted((ROOT / "tests").rglob("*.py"))}


def test_files_are_short() -> None:
    lines = {
        name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in (ALL | SCRIPTS).items()
    }
    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    for name, path in FILES.items():
        made = [node for node in ast.walk(parsed(path)) if isinstance(node, kinds)]
        long = {node.name for node in made if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION}
        assert not long, name


def test_no_error_is_caught_without_its_name() -> None:
    for name, path in FILES.items():
        for node in ast.walk(parsed(path)):
            if not isinstance(node, ast.ExceptHandler):
                continue
            assert node.type is not None, f"{name}:{node.lineno}: bare except"
            caught = {part.id for part in ast.walk(node.type) if isinstance(part, ast.Name)}
            assert not caught & BROAD, f"{name}:{node.lineno}: broad except"


def test_only_the_command_line_prints() -> None:
    for name in FILES.keys() - {"cli.py"}:
        calls = [node for node in ast.walk(parsed(FILES[name])) if isinstance(node, ast.Call)]
        printed = [
            call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"
        ]
        assert not printed, name


def test_everything_public_says_what_it_is() -> None:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for name, path in FILES.items():
        tree = parsed(path)
        public = [node for node in tree.body if isinstance(node, kinds) and node.name[0] != "_"]
        assert ast.get_docstring(tree), name
        assert [node.name for node in public if ast.get_docstring(node) is None] == [], name


def test_no_path_of_a_machine_and_no_store_room() -> None:
    for name, path in ALL.items():
        assert not re.search(r"/(work|root|home)/\w", path.read_text(encoding="utf-8")), name
        assert path.stem not in ("utils", "helpers", "misc", "common"), name


def test_folders_hold_few_files() -> None:
    counts = Counter(folder(name) for name in ALL)
    assert {name: count for name, count in counts.items() if count > MOST_FILES} == {}


def test_every_folder_says_its_job_in_one_sentence() -> None:
    for name, path in FILES.items():
        if name.endswith("__init__.py"):
            text = ast.get_docstring(parsed(path)) or ""
            assert re.fullmatch(r"[A-Z][^.!?]*\.", text.replace(".onnx", "")), f"{name}: {text!r}"
