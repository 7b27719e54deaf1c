"""The command about how far machine and therapists agree: `cli.py agreement`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from base.errors import RequestError
from commands.options import check_outputs, out
from commands.people_and_records import store_open
from sessions.agreement.compare import MACHINE, Comparison, comparisons
from sessions.agreement.export import write_agreement
from sessions.agreement.query import rated
from sessions.agreement.statistics import Estimate

_NOTHING = "agreement: no repetition has been reviewed by a therapist, or by two, yet; review some first (page Review)"


def agreement(
    path: Annotated[Path, typer.Option("--out", help="The file to write (.csv or .json).")],
    pattern: Annotated[str | None, typer.Option(help="Only this exercise (see: patterns list).")] = None,
    blind: Annotated[
        bool, typer.Option("--blind", help="Only reviews given without seeing what the machine found.")
    ] = False,
) -> None:
    """Write how far machine and therapists, and therapists among themselves, agree on the same repetitions."""
    check_outputs(None, {"--out": path})
    with store_open() as store:
        found = comparisons(rated(store, pattern, blind=blind))
    if not found:
        raise RequestError(_NOTHING)
    write_agreement(path, found)
    for one in found:
        out.print(_line(one), highlight=False, soft_wrap=True)
    out.print(f"Written to {path!s}.", highlight=False, soft_wrap=True)


def _line(one: Comparison) -> str:
    rater = "the machine" if one.rater == MACHINE else one.rater
    alike = f"ICC(2,1) {_number(one.icc.agreement)}, kappa of kind {_number(one.kind)}"
    return f"{rater} and {one.reference}: {one.n} repetitions, {alike}"


def _number(estimate: Estimate) -> str:
    if estimate.value is None:
        return f"not told ({estimate.reason})"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.2f}"
    return f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"
