"""A real PostgreSQL server on loopback, for the tests: Debian package postgresql."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.support.browsers import free_port

_KEPT_UNDER = Path("/usr/lib/postgresql")
"""Where Debian keeps the server's programs, in a folder for each version, outside the search path."""


def _program(name: str) -> str | None:
    kept = sorted(_KEPT_UNDER.glob(f"*/bin/{name}"))
    return str(kept[-1]) if kept else shutil.which(name)


ON_POSTGRES = pytest.mark.skipif(
    _program("initdb") is None, reason="no PostgreSQL server on this computer (Debian package postgresql)"
)


@contextmanager
def running_postgres() -> Iterator[Callable[[], str]]:
    """A server with its data in a folder of its own; a call makes a new database and returns its address."""
    with (
        tempfile.TemporaryDirectory(prefix="diagonal-postgres-") as folder,
        _running(Path(folder)) as new_database,
    ):
        yield new_database


@contextmanager
def _running(folder: Path) -> Iterator[Callable[[], str]]:
    initdb, server = _program("initdb"), _program("postgres")
    assert initdb is not None
    assert server is not None
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    data, port = folder / "data", free_port()
    if user is not None:
        shutil.chown(folder, user)
    made = [initdb, "--pgdata", str(data), "--username", "diagonal", "--auth", "trust", "--encoding", "UTF8"]
    subprocess.run([*made, "--no-sync"], check=True, capture_output=True, user=user, cwd=folder)
    settings = (
        "listen_addresses=127.0.0.1",
        f"port={port}",
        f"unix_socket_directories={folder}",
        "fsync=off",
    )
    asked = [part for setting in settings for part in ("-c", setting)]
    running = subprocess.Popen(
        [server, "-D", str(data), *asked], stderr=subprocess.DEVNULL, user=user, cwd=folder
    )
    try:
        address = f"postgresql://diagonal@127.0.0.1:{port}"
        _wait_for(f"{address}/postgres")
        numbers = itertools.count(1)

        def new_database() -> str:
            name = f"d{next(numbers)}"
            with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}".encode())
            return f"{address}/{name}"

        yield new_database
    finally:
        running.send_signal(signal.SIGINT)  # do not wait for who is still connected
        running.wait(timeout=30)


def _wait_for(address: str) -> None:
    for _ in range(300):
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the PostgreSQL server did not start within 30 s")
