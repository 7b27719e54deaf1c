"""Before the server starts: the weights with a bar in the terminal, and a port that is free."""

from __future__ import annotations

import socket
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from base.console import PlainConsole
from base.errors import RequestError
from models.provision import Weights, ensure
from sessions.store.store import Store
from vision.backends.backend import chosen_model
from vision.video.limits import LIMITS

_TRIES: Final = 20


def fetch_weights(console: Console | None = None) -> Weights:
    """The weights of the chosen model, with a bar while they are fetched. Raises WeightsError."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console or PlainConsole()) as bar:
        tasks: dict[str, TaskID] = {}

        def show(label: str, done_bytes: int, total_bytes: int | None) -> None:
            if label not in tasks:
                tasks[label] = bar.add_task(label, total=total_bytes)
            bar.update(tasks[label], completed=done_bytes, total=total_bytes)

        return ensure(chosen_model(), show)


def check_settings() -> None:
    """Read what is set for this computer and open its database, so that what is wrong is one line before the start.

    Raises RequestError, StoreError.
    """
    for limit in LIMITS.values():
        _ = limit.most
    Store.open().close()


def free_port(wanted: int) -> int:
    """The wanted port on this computer, or the next free one. Raises RequestError where none is."""
    for port in range(wanted, min(wanted + _TRIES, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RequestError(f"--port {wanted}: neither it nor the {_TRIES - 1} after it are free; choose another")
