"""Compare how long each test file took in the latest run with a recorded table: `python -m tests.durations`.

Each run of pytest stores its seconds per file in pytest's cache. The report compares shares of the whole run, so that
a slower computer changes nothing; it never fails. `--record` makes the latest run the table.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

_KEY: Final = "diagonal/durations"
_CACHED: Final = Path(__file__).parents[1] / ".pytest_cache" / "v" / _KEY
_TABLE: Final = Path(__file__).with_name("data") / "durations.csv"
_NOTABLE_S: Final = 2.0
_NOTABLE: Final = 1.5
"""A file is reported that takes this many times its recorded share, or less than one such part of it."""


class DurationRecorder:
    """Pytest plugin of the process that sees every report: sums up set-up, call and teardown by file."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add one report."""
        self._seconds[report.nodeid.partition("::")[0]] += report.duration

    def pytest_sessionfinish(self) -> None:
        """Store the sums in pytest's cache, if pytest runs with one."""
        cache: pytest.Cache | None = getattr(
            self._config, "cache", None
        )  # there is none with -p no:cacheprovider
        if cache is not None and self._seconds:
            cache.set(_KEY, {name: round(s, 2) for name, s in self._seconds.items()})


def differences(now: Mapping[str, float], before: Mapping[str, float]) -> list[str]:
    """Return a line for each file whose share of the files in both tables changed notably, largest first."""
    both = [name for name in now if name in before]
    whole, whole_before = sum(now[name] for name in both), sum(before[name] for name in both)
    if not whole or not whole_before:
        return []
    speed = whole / whole_before
    lines = []
    for name in sorted(both, key=lambda one: -now[one]):
        expected = before[name] * speed
        if max(now[name], expected) >= _NOTABLE_S and not 1 / _NOTABLE <= now[name] / expected <= _NOTABLE:
            lines.append(f"{name}: {now[name]:.1f} s, expected {expected:.1f} s")
    return lines


def main() -> int:
    """Print the report, or record the latest run."""
    parser = argparse.ArgumentParser(prog="python -m tests.durations", description=__doc__)
    parser.add_argument("--record", action="store_true", help="make the latest run the recorded table")
    if not _CACHED.is_file():
        sys.stderr.write("No run of pytest is stored yet: run python -m pytest first.\n")
        return 2
    now: dict[str, float] = json.loads(_CACHED.read_text("utf-8"))
    if parser.parse_args().record:
        with _TABLE.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([("file", "seconds"), *sorted(now.items())])
        return 0
    with _TABLE.open(encoding="utf-8", newline="") as file:
        before = {row["file"]: float(row["seconds"]) for row in csv.DictReader(file)}
    sys.stdout.write(f"{len(now)} files, {sum(now.values()):.0f} s of tests in the latest run\n")
    sys.stdout.writelines(f"{line}\n" for line in differences(now, before))
    sys.stdout.writelines(f"{name}: {now[name]:.1f} s, new\n" for name in now if name not in before)
    return 0


if __name__ == "__main__":
    sys.exit(main())
