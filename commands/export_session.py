"""`cli.py export`: a stored session in the format of another program."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from base.errors import RequestError
from commands.options import check_outputs, out
from commands.people_and_records import store_open
from sessions.exchange.table import EXPORTERS, write_session
from sessions.history.queries import dossier_of

Format = StrEnum("Format", {name: name for name in EXPORTERS})  # type: ignore[misc]


def export(
    session: Annotated[int, typer.Argument(help="Its number; see the page Sessions.")],
    form: Annotated[Format, typer.Option("--format", help="What another program reads.")],
    path: Annotated[Path, typer.Option("--out", help="The file to write.")],
) -> None:
    """Write a session for another program: tables, OpenSim, motion capture, a clinic's records."""
    exporter = EXPORTERS[form.value]
    if path.suffix.lower() != exporter.suffix and not path.is_dir():
        named = path.with_suffix(exporter.suffix)
        raise RequestError(
            f"--out {path}: {form.value} writes a {exporter.suffix} file ({exporter.title}); name it {named}"
        )
    check_outputs(None, {"--out": path})
    with store_open() as store:
        write_session(dossier_of(store, session), form.value, path)
    out.print(
        f"Session {session} written to {path!s}: {exporter.title}",
        highlight=False,
        soft_wrap=True,
    )
