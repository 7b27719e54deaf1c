"""`cli.py report`: a person's exercise as a PDF, for the chart or for the person."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from base.atomic_file import whole_file
from commands.options import check_outputs, out
from commands.people_and_records import Whom, store_open
from i18n.report_sentences import report_in
from i18n.translation import ENGLISH, LANGUAGES

Language = StrEnum("Language", {code: code for code in LANGUAGES})  # type: ignore[misc]
_PLAIN: Final = Language(ENGLISH)


class Kind(StrEnum):
    """Which report."""

    sheet = "sheet"
    chart = "chart"


def report(
    whom: Whom,
    path: Annotated[Path, typer.Option("--out", help="The file to write (.pdf).")],
    kind: Annotated[
        Kind, typer.Option(help="One page for the person, or two pages for the chart.")
    ] = Kind.sheet,
    pattern: Annotated[str | None, typer.Option(help="Which exercise; without it, the latest one.")] = None,
    language: Annotated[Language, typer.Option(help="In which the report is written.")] = _PLAIN,
) -> None:
    """Write a report about an exercise of a person as PDF."""
    check_outputs(None, {"--out": path})
    with store_open() as store:
        made = report_in(language.value, store, kind.value, store.people.find(whom).id, pattern)
    with whole_file(path, private=True) as part:
        part.write_bytes(made)
    out.print(f"Written: {path!s}", highlight=False, soft_wrap=True)
