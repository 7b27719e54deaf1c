"""The exact versions that were tested: `python -m tests.constraints` renews constraints.txt and runs the suite.

It installs the newest releases within the bounds of both requirements.txt in a fresh environment, writes their
versions, and runs the suite there. Where the suite fails, the file stays as it was. `--here` only writes the versions
of the environment that it runs in.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture import ROOT
from tests.support.bare_environment import reached, requirement_lines

FILE: Final = ROOT / "constraints.txt"
REQUIREMENTS: Final = (ROOT / "requirements.txt", ROOT / "tests" / "requirements.txt")
HEAD: Final = (
    "# The exact versions that were tested, on Python 3.11. Renew: python -m tests.constraints (installs the newest\n"
    "# releases within the bounds, writes this file, runs the suite). Packages that only other systems need are free.\n"
)


def versions_here() -> Mapping[str, str]:
    """Return the version of every package that both requirements.txt bring into this environment, by its name."""
    names = {name for file in REQUIREMENTS for name in reached(file)}
    return {name: importlib.metadata.version(name) for name in sorted(names)}


def lines_of(versions: Mapping[str, str]) -> str:
    """Return the text of constraints.txt."""
    return HEAD + "".join(f"{name}=={version}\n" for name, version in versions.items())


def written() -> Mapping[str, str]:
    """Return the version of each package in constraints.txt."""
    pinned = (line.split("==") for line in requirement_lines(FILE))
    return dict((name, version) for name, version in pinned)


def outside(versions: Mapping[str, str]) -> list[str]:
    """Return what both requirements.txt ask for and the versions do not give."""
    asked = (Requirement(line) for file in REQUIREMENTS for line in requirement_lines(file))
    return [str(one) for one in asked if _applies(one) and not _given(one, versions)]


def _applies(asked: Requirement) -> bool:
    return asked.marker is None or asked.marker.evaluate()


def _given(asked: Requirement, versions: Mapping[str, str]) -> bool:
    version = versions.get(canonicalize_name(asked.name))
    return version is not None and version in asked.specifier


def renew() -> int:
    """Install the newest releases, write their versions, and run the suite; return its status."""
    before = FILE.read_bytes()
    with tempfile.TemporaryDirectory(prefix="constraints-") as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        install = ("-m", "pip", "install", "-r", str(REQUIREMENTS[1]))
        status = _first_failure(python, (install, ("-m", "tests.constraints", "--here"), ("-m", "pytest")))
    if status:
        FILE.write_bytes(before)
    return status


def _first_failure(python: Path, commands: Iterable[Sequence[str]]) -> int:
    done = (subprocess.run((str(python), *words), cwd=ROOT, check=False).returncode for words in commands)
    return next((status for status in done if status), 0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Renew the file, or write the versions of this environment."""
    parser = argparse.ArgumentParser(prog="python -m tests.constraints", description=__doc__.split("\n\n")[0])
    parser.add_argument(
        "--here", action="store_true", help="write the versions of this environment, run nothing"
    )
    if not parser.parse_args(arguments).here:
        return renew()
    FILE.write_text(lines_of(versions_here()), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
