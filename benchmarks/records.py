"""`cli.py bench records`: how fast a set, and a year of daily sets, are read, followed and reported."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from base.console import PlainConsole
from base.temporary import temporary_folder
from benchmarks.record_speed import below_the_pages, fill
from sessions.store.store import Store


def records(
    sessions: Annotated[int, typer.Option(help="Sets of one person, one a day.", min=1)] = 365,
    repetitions: Annotated[int, typer.Option(help="Repetitions of each.", min=2)] = 60,
) -> None:
    """Make up the sets of a person, then time what lists, pages and reports read of them."""
    out, err = PlainConsole(), PlainConsole(stderr=True)
    table = Table(title=f"{sessions} x {repetitions} repetitions, median of three", title_justify="left")
    for head in ("what", "seconds", "of these the processor"):
        table.add_column(head, justify="left" if head == "what" else "right")
    with temporary_folder() as folder, err.status("Making up the sets") as status:
        store = Store.open(folder / "data" / "sessions.sqlite")
        fill(store, sessions, repetitions)
        status.update("Reading")
        for took in below_the_pages(store):
            table.add_row(took.what, f"{took.seconds:.2f}", f"{took.cpu_s:.2f}")
        store.close()
    out.print(table)
