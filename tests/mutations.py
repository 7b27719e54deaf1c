"""Try every mutant of tests.mutants on the tests: python -m tests.mutations [--list] [--only TEXT] [--workers N].

Each mutant is applied to a temporary copy of the source, never in place, and the test files of its source file run on
it until the first failure. A mutant survives if they pass: then a test with a value worked out by hand is missing.
The exit status is 1 if a mutant survived or could not be tried.
"""

from __future__ import annotations

import argparse
import compileall
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Final, Literal

from tests.mutants import EQUIVALENT, FILES, KINDS, ROOT, Mutant, mutants

Outcome = Literal["killed", "survived", "error"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("killed", "survived", "error")
_BY_STATUS: Final[dict[int, Outcome]] = {0: "survived", 1: "killed"}
COPIED: Final = ("base", "models", "vision", "patterns", "scoring", "tests")
LONGEST_S: Final = 120.0
"""Time after which a mutant counts as killed: a test run that never ends is noticed."""

_PYTEST: Final = ("-x", "-q", "-p", "no:cacheprovider", "--noconftest")
_ENVIRONMENT: Final = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
"""One process, without plugins and conftest.py, whose imports take longer than the tests."""


@dataclass(frozen=True)
class Trial:
    """One mutant and its outcome; output: the last lines of pytest."""

    mutant: Mutant
    outcome: Outcome
    output: str


def copy_of_the_source(folder: Path) -> Path:
    """Copy the packages that the tests of mutants need into a folder, and compile them once."""
    for name in COPIED:
        left_out = shutil.ignore_patterns("__pycache__", "*.mp4", "*.sqlite")
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    compileall.compile_dir(folder, quiet=2)
    return folder


def run_tests(tree: Path, files: Sequence[str]) -> tuple[int, str]:
    """Return the exit status of pytest on test files of a tree, 1 when it takes too long, and the end of its output."""
    command = (sys.executable, "-m", "pytest", *_PYTEST, *(f"tests/{file}" for file in files))
    try:
        done = subprocess.run(
            command,
            cwd=tree,
            env=os.environ | _ENVIRONMENT,
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 1, f"still running after {LONGEST_S:.0f} s"
    return done.returncode, "\n".join((done.stdout + done.stderr).splitlines()[-15:])


def tried(mutant: Mutant, tree: Path) -> Trial:
    """Apply a mutant in a tree, run the tests of its file, and restore the file."""
    path = tree / mutant.file
    source = path.read_bytes()
    # A compiled file of the same size and second would run in place of the mutant.
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()
    path.write_bytes(mutant.applied(source))
    try:
        status, output = run_tests(tree, FILES[mutant.file][1])
    finally:
        path.write_bytes(source)
    return Trial(mutant, _BY_STATUS.get(status, "error"), output)


def all_tried(chosen: Sequence[Mutant], workers: int) -> list[Trial]:
    """Try mutants on one copy of the source per worker, and print each that is not killed."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        trees: SimpleQueue[Path] = SimpleQueue()
        for number in range(workers):
            trees.put(copy_of_the_source(Path(folder) / str(number)))

        def in_a_tree(mutant: Mutant) -> Trial:
            tree = trees.get()
            try:
                return tried(mutant, tree)
            finally:
                trees.put(tree)

        _check_unchanged(Path(folder) / "0", chosen)
        found = []
        with ThreadPoolExecutor(workers) as pool:
            for trial in pool.map(in_a_tree, chosen):
                found.append(trial)
                if trial.outcome != "killed":
                    print(f"{trial.outcome}: {trial.mutant.kind}: {trial.mutant.name}", flush=True)
                if trial.outcome == "error":
                    print(trial.output, flush=True)
        return found


def _check_unchanged(tree: Path, chosen: Sequence[Mutant]) -> None:
    """Stop if the tests fail on the source as it is: then they would kill every mutant."""
    files = sorted({test for mutant in chosen for test in FILES[mutant.file][1]})
    status, output = run_tests(tree, files)
    if status != 0:
        raise SystemExit(f"The tests fail without any mutant:\n{output}")


def table(trials: Sequence[Trial], seconds: float) -> str:
    """Return the counts by kind and outcome, and how long it took, as lines of text."""
    counts = Counter((trial.mutant.kind, trial.outcome) for trial in trials)
    lines = [f"{'kind':10}{'mutants':>9}" + "".join(f"{outcome:>10}" for outcome in OUTCOMES)]
    for kind in KINDS:
        row = [counts[kind, outcome] for outcome in OUTCOMES]
        lines.append(f"{kind:10}{sum(row):9}" + "".join(f"{number:10}" for number in row))
    every = [sum(trial.outcome == outcome for trial in trials) for outcome in OUTCOMES]
    lines.append(f"{'all':10}{len(trials):9}" + "".join(f"{number:10}" for number in every))
    return "\n".join([*lines, f"{seconds:.0f} s"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the chosen mutants and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__.split("\n\n")[0])
    parser.add_argument("--list", action="store_true", help="list the mutants, try none")
    parser.add_argument("--only", default="", metavar="TEXT", help="those whose kind or name contains this")
    parser.add_argument("--workers", type=int, default=2, help="how many are tried at a time (2)")
    asked = parser.parse_args(arguments)
    chosen = [m for m in mutants() if m.name not in EQUIVALENT and asked.only in f"{m.kind}: {m.name}"]
    if asked.list:
        print("\n".join(f"{mutant.kind}: {mutant.name}" for mutant in chosen))
        return 0
    if not chosen:
        parser.error(f"no mutant's kind or name contains {asked.only!r}")
    began_s = time.monotonic()
    trials = all_tried(chosen, asked.workers)
    print(table(trials, time.monotonic() - began_s))
    return int(any(trial.outcome != "killed" for trial in trials))


if __name__ == "__main__":
    raise SystemExit(main())
