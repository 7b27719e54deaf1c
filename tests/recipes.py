"""The recipes of CONTRIBUTING.md, read from the page and followed step by step in a copy of the source."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.architecture import ORDER, ROOT, TOP

PAGE: Final = ROOT / "CONTRIBUTING.md"
COPIED: Final = (*ORDER, "tests")
FILES: Final = (*TOP, "pyproject.toml", "requirements.txt")
_RECIPE: Final = re.compile(r"^### (.+?)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
_STEP: Final = re.compile(r"^(\d+)\. (.*?)(?=^\d+\. |\n\n^\S|\Z)", re.MULTILINE | re.DOTALL)
_BLOCK: Final = re.compile(r"^( +)```\w+\n(.*?)^ +```$", re.MULTILINE | re.DOTALL)
_CODE: Final = re.compile(r"`([^`]+)`")


class RecipeError(Exception):
    """A step that cannot be followed."""


@dataclass(frozen=True)
class Step:
    """One numbered step: its sentence, what stands in backquotes in it, and its block."""

    sentence: str
    named: tuple[str, ...]
    block: str


def recipes(page: str | None = None) -> Mapping[str, tuple[Step, ...]]:
    """Return the steps of each recipe by its title."""
    text = PAGE.read_text("utf-8") if page is None else page
    found = {title: tuple(_steps(body)) for title, body in _RECIPE.findall(text)}
    return {title: steps for title, steps in found.items() if steps}


def _steps(body: str) -> Iterator[Step]:
    for place, (number, text) in enumerate(_STEP.findall(body), start=1):
        if int(number) != place:
            raise RecipeError(f"step {number}: expected step {place}")
        block = _BLOCK.search(text)
        sentence = " ".join(text[: block.start() if block else None].split())
        yield Step(sentence, tuple(_CODE.findall(sentence)), _unindented(block) if block else "")


def _unindented(block: re.Match[str]) -> str:
    """Return the lines of a block without the indentation of its fence."""
    indent, text = block.groups()
    return "".join(line.removeprefix(indent) for line in text.splitlines(keepends=True))


def copy_of_the_source(folder: Path) -> Path:
    """Copy what the recipes change and their tests read into a folder."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.mp4"))
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    return folder


def follow(step: Step, tree: Path, environment: Mapping[str, str]) -> str:
    """Do what a step says in a tree, and return the output of its command. Raises RecipeError where it cannot be."""
    first, *others = step.named
    if step.sentence.startswith("Run "):
        return _run(first, tree, environment)
    path = tree / first
    if step.sentence.startswith("Create "):
        if path.exists():
            raise RecipeError(f"{first} exists already")
        path.write_text(step.block, "utf-8")
    elif step.sentence.startswith("Copy "):
        shutil.copy(path, tree / others[0])
    elif step.sentence.startswith("Add "):
        _add(step, tree)
    elif step.sentence.startswith("In "):
        path.write_text(_edited(step, path.read_text("utf-8"), others), "utf-8")
    else:
        raise RecipeError(f"not a step: {step.sentence}")
    return ""


def _add(step: Step, tree: Path) -> None:
    path = tree / step.named[0]
    if "to the end of" not in step.sentence or not step.block:
        raise RecipeError(f"not a step: {step.sentence}")
    path.write_text(path.read_text("utf-8") + step.block, "utf-8")


def _edited(step: Step, text: str, others: list[str]) -> str:
    if ", insert" in step.sentence:
        end = _only(others[0], text, line=True).end()
        block = step.block.rstrip("\n")
        return f"{text[:end]}\n{block}{text[end:]}"
    start = 0
    if ", below " in step.sentence:
        start = _only(others.pop(0), text, line=True).end()
        old, new = others
        place = text.index(old, start)
        return text[:place] + new + text[place + len(old) :]
    old, new = others[:2]
    if "replace each" in step.sentence:
        if old not in text:
            raise RecipeError(f"{old!r} is nowhere in {step.named[0]}")
        return text.replace(old, new)
    found = _only(old, text, line=False)
    return text[: found.start()] + new + text[found.end() :]


def _only(wanted: str, text: str, *, line: bool) -> re.Match[str]:
    """Return the one place of a text; an ellipsis stands for the rest of its line. line: it is a whole line."""
    pattern = re.escape(wanted.removesuffix("…")) + ("[^\n]*" if wanted.endswith("…") else "")
    found = list(re.finditer(rf"^[ \t]*{pattern}$" if line else pattern, text, re.MULTILINE))
    if len(found) != 1:
        raise RecipeError(f"{wanted!r} is in {len(found)} places, expected 1")
    return found[0]


def _run(command: str, tree: Path, environment: Mapping[str, str]) -> str:
    """Run a command of the form `python … [>> file]` in a tree."""
    words, _, target = command.partition(" >> ")
    program, *arguments = shlex.split(words)
    if program != "python":
        raise RecipeError(f"not a command of Python: {command}")
    done = subprocess.run(
        (sys.executable, *arguments), cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RecipeError(f"{command}\n{done.stdout}{done.stderr}")
    if target:
        with (tree / target).open("a", encoding="utf-8") as file:
            file.write(done.stdout)
    return done.stdout
