"""A scored set as tables for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table

from base.console import lines, styled
from i18n.tables import whole
from scoring.coach.set_summary import in_words
from scoring.records.records import RepScore
from sessions.intake.score_source import Scored


def score_tables(scored: Scored) -> Iterator[RenderableType]:
    """The repetitions, what was found in them, what could not be measured, and one line of summary."""
    reps = scored.judged.reps
    if reps:
        yield _repetitions(scored)
    found = [rep for rep in reps if rep.faults or rep.cue is not None or rep.reason is not None]
    if found:
        yield _findings(found)
    for item in scored.judged.not_measured:
        yield styled(("not measured:", "dim"), f" {item.feature} - {item.reason}")
    yield from in_words(reps)
    paced = scored.document["paced"]
    if paced is not None:
        of = "" if paced["of"] is None else f" of {paced['of']}"
        yield f"{scored.document['technique']}: {paced['done']}{of} rounds as asked"
    yield _summary(scored)


def _repetitions(scored: Scored) -> Table:
    table = Table(title=f"{scored.template.title}, {scored.side}", title_justify="left")
    for head in ("no", "kind", "start s", "peak s", "end s", "total", "range", "control"):
        table.add_column(head, justify="left" if head == "kind" else "right")
    for rep in scored.judged.reps:
        times = (f"{rep.start_s:.2f}", f"{rep.peak_s:.2f}", f"{rep.end_s:.2f}")
        table.add_row(
            str(rep.index), rep.kind, *times, whole(rep.total), whole(rep.range), whole(rep.control)
        )
    return table


def _findings(reps: list[RepScore]) -> Table:
    table = Table(title="Faults and cues", title_justify="left")
    table.add_column("no", justify="right")
    table.add_column("found, beyond tolerance and error")
    table.add_column("cue")
    for rep in reps:
        faults = [f"{f.id} {f.value:.3g} {f.unit} (limit {f.limit:.3g})" for f in rep.faults]
        told = [*([rep.reason] if rep.reason else []), *faults]
        table.add_row(str(rep.index), lines(told or ["-"]), rep.cue.text if rep.cue else "-")
    return table


def _summary(scored: Scored) -> RenderableType:
    summary = scored.document["summary"]
    mean = summary["mean_total"]
    told = "" if mean is None else f", mean total {mean:.0f}"
    return styled((f"{summary['repetitions']} repetitions, {summary['attempts']} attempts{told}", "bold"))
