"""The recipes of CONTRIBUTING.md: each is followed to the letter in a copy of the source, where its own test passes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recipes import RecipeError, Step, copy_of_the_source, follow, recipes

RECIPES = recipes()
WANTED = {"exercise", "feature", "metric", "fault", "pose backend", "page", "language", "export"}
FILE = re.compile(r"[\w/.-]+\.\w+")
TESTED = re.compile(r"python -m pytest -n 0 .*tests/")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One copy of the source for all recipes."""
    return copy_of_the_source(tmp_path_factory.mktemp("recipes"))


@pytest.fixture
def tree(source: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """The copy, with every file that a recipe names as it was again afterwards."""
    steps = RECIPES[request.getfixturevalue("title")]
    named = {source / name for step in steps for name in step.named if FILE.fullmatch(name)}
    before = {path: path.read_bytes() for path in named if path.is_file()}
    yield source
    for path in named:
        path.unlink(missing_ok=True)
    for path, content in before.items():
        path.write_bytes(content)
    for compiled in source.rglob("__pycache__"):
        shutil.rmtree(compiled)


def test_there_is_a_recipe_for_everything_that_is_added() -> None:
    assert {re.sub(r"^Add an? ", "", title) for title in RECIPES} == WANTED
    for steps in RECIPES.values():
        assert TESTED.match(steps[-1].named[0]), "the last step runs a test"


@pytest.mark.slow
@pytest.mark.xdist_group("recipes")
@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_works_to_the_letter(title: str, tree: Path, tmp_path: Path) -> None:
    environment = os.environ | {
        "DIAGONAL_DATA_DIR": str(tmp_path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_ADDOPTS": "-p no:cacheprovider --noconftest",  # whose imports take longer than these tests
    }
    environment.pop("PYTEST_XDIST_WORKER", None)
    output = ""
    for step in RECIPES[title]:
        output = follow(step, tree, environment)
    assert re.search(r"\b[1-9]\d* passed", output) and "failed" not in output, output
    edited = [step.named[0] for step in RECIPES[title] if not step.sentence.startswith(("Run", "Copy"))]
    changed = dict.fromkeys(name for name in edited if name.endswith(".py"))
    command = (sys.executable, "-m", "ruff", "check", "--no-cache", *changed)
    if not changed:
        return
    checked = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ("In `a.txt`, replace `one` with `two`.", "in 2 places"),
        ("In `a.txt`, replace `three` with `two`.", "in 0 places"),
        ("In `a.txt`, replace each `three` with `two`.", "nowhere"),
        ("Create `a.txt`:", "exists already"),
        ("Run `python -c 'raise SystemExit(1)'`.", "SystemExit"),
        ("Run `rm a.txt`.", "not a command"),
        ("Look at `a.txt`.", "not a step"),
    ],
)
def test_a_step_that_cannot_be_followed_is_an_error(tmp_path: Path, sentence: str, message: str) -> None:
    (tmp_path / "a.txt").write_text("one\none\n")
    step = Step(sentence, tuple(re.findall(r"`([^`]+)`", sentence)), "x\n")
    with pytest.raises(RecipeError, match=message):
        follow(step, tmp_path, os.environ)


def test_steps_are_read_with_their_blocks() -> None:
    (steps,) = recipes(
        "### Add\n\n1. Create `a`:\n   ```sh\n     b\n   c\n   ```\n2. Run `d`, e.\n\nF.\n"
    ).values()
    assert steps == (Step("Create `a`:", ("a",), "  b\nc\n"), Step("Run `d`, e.", ("d",), ""))
    with pytest.raises(RecipeError, match="step 3: expected step 2"):
        recipes("### Add\n\n1. Run `a`.\n3. Run `b`.\n")
