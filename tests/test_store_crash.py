"""A writer is killed at random moments; every repetition it said was stored must be there, whole."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sessions.store import Store
from tests.clips import standing
from tests.postgres import ON_POSTGRES
from tests.test_store import START, rep

KILLS = {"sqlite": 200, "postgresql": 40}
ROOT = Path(__file__).parents[1]


def _write_until_killed(where: str, said: int) -> None:
    store = Store.open(where)
    poses = standing(30)
    number = store.begin(START)
    os.write(said, f"{number} 0\n".encode())
    for index in range(1, 10_000):
        noise = np.random.default_rng(index).normal(size=poses.xy_px.shape)
        block = replace(poses, t_s=poses.t_s + index, xy_px=poses.xy_px + noise)
        store.add_rep(number, rep(index, float(index)), block)
        os.write(said, f"{number} {index}\n".encode())


def _killed_writer(where: str, after_s: float) -> list[tuple[int, int]]:
    """(session, last repetition said to be stored) of a writer that lived that long after its first word."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _write_until_killed(where, writing)
        os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as lines:
        first = lines.readline()  # it is writing now, however slow this computer is
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "the writer ended by itself"
        said = [line.split() for line in [first, *lines] if line.endswith("\n")]
    return [(int(number), int(index)) for number, index in said[-1:]]


def kill_writers(where: str, kills: int) -> dict[int, int]:
    """Let so many writers write, each killed at a moment of its own; the last repetition each session said it had.

    To be called in a process of one thread, which forks safely.
    """
    moments = random.Random(20261122)
    said: dict[int, int] = {}
    for _ in range(kills):
        said.update(_killed_writer(where, moments.uniform(0.01, 0.15)))
        if "://" not in where:
            with closing(sqlite3.connect(where)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return said


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=ON_POSTGRES)])
def test_every_closed_repetition_survives_a_kill(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    where = str(tmp_path / "a.sqlite") if kind == "sqlite" else request.getfixturevalue("postgres")()
    kills = KILLS[kind]
    call = (
        "import json; from tests.test_store_crash import kill_writers;"
        f"print(json.dumps(kill_writers({where!r}, {kills})))"
    )
    line = [sys.executable, "-c", call]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True, timeout=240)
    said = {int(number): last for number, last in json.loads(done.stdout).items()}
    assert len(said) == kills
    assert sum(said.values()) > kills, "the writers were killed before they stored anything"
    store = Store.open(where)
    for number, last in said.items():
        kept = store.session(number)
        assert kept.reps[:last] == tuple(rep(i, float(i)) for i in range(1, last + 1))
        assert len(kept.reps) <= last + 1, "at most the one whose commit was not yet said"
        assert len(list(store.frames(number))) == 30 * len(kept.reps)
        assert kept.finished_at is None
