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

from sessions.store.store import Store
from tests.sessions.store.test_store import START, rep
from tests.support.clips import standing
from tests.support.postgres import ON_POSTGRES

KILLS = {"sqlite": 50, "postgresql": 10}
AT_ONCE = 4
"""Processes that kill writers, each in a database of its own: 200 kills with SQLite and 40 with PostgreSQL."""
ROOT = Path(__file__).parents[3]


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


def _killed_writer(where: str, stored: int, after_s: float) -> list[tuple[int, int]]:
    """Return (session, last repetition reported as stored) of a writer killed after_s after it reported so many."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _write_until_killed(where, writing)
        os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as lines:
        first = [lines.readline() for _ in range(1 + stored)]  # however slow this computer is
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "the writer ended by itself"
        said = [line.split() for line in [*first, *lines] if line.endswith("\n")]
    return [(int(number), int(index)) for number, index in said[-1:]]


def kill_writers(where: str, kills: int, seed: int) -> dict[int, int]:
    """Let so many writers write, each killed at a moment of its own; the last repetition each session said it had.

    To be called in a process of one thread, which forks safely.
    """
    moments = random.Random(seed)
    said: dict[int, int] = {}
    for _ in range(kills):
        said.update(_killed_writer(where, moments.randrange(6), moments.uniform(0.0, 0.03)))
        if "://" not in where:
            with closing(sqlite3.connect(where)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return said


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=ON_POSTGRES)])
def test_every_closed_repetition_survives_a_kill(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    kills = KILLS[kind]
    new = request.getfixturevalue("postgres") if kind == "postgresql" else None
    places = [str(tmp_path / f"{k}.sqlite") if new is None else new() for k in range(AT_ONCE)]
    killers = [_started(where, kills, seed) for seed, where in enumerate(places, 20261122)]
    for where, killer in zip(places, killers, strict=True):
        words, _ = killer.communicate(timeout=240)
        assert killer.returncode == 0
        said = {int(number): last for number, last in json.loads(words).items()}
        assert len(said) == kills
        assert sum(said.values()) > kills, "the writers were killed before they stored anything"
        _compare(where, said)


def _started(where: str, kills: int, seed: int) -> subprocess.Popen[str]:
    call = (
        "import json; from tests.sessions.store.test_crash import kill_writers;"
        f"print(json.dumps(kill_writers({where!r}, {kills}, {seed})))"
    )
    return subprocess.Popen([sys.executable, "-c", call], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _compare(where: str, said: dict[int, int]) -> None:
    store = Store.open(where)
    for number, last in said.items():
        kept = store.session(number)
        assert kept.reps[:last] == tuple(rep(i, float(i)) for i in range(1, last + 1))
        assert len(kept.reps) <= last + 1, "at most the one whose commit was not yet said"
        assert len(list(store.frames(number))) == 30 * len(kept.reps)
        assert kept.finished_at is None
    store.close()
