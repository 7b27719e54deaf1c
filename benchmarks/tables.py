"""The tables of `bench accuracy`: for each kind of row its title and columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from rich.table import Table

Column = tuple[str, Callable[[Any], str]]


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f} %"


def _two(number: float | None) -> str:
    return "-" if number is None else f"{number:.2f}"


TABLES: Final[dict[str, tuple[str, tuple[Column, ...]]]] = {
    "angles": (
        "Errors against known joints, degrees (positions: % of the limb)",
        (
            ("feature", lambda r: r.feature),
            ("view", lambda r: r.view),
            ("correction", lambda r: r.method),
            ("clips", lambda r: str(r.clips)),
            ("mean", lambda r: f"{r.mean:.1f}"),
            ("95 of 100 below", lambda r: f"{r.p95:.1f}"),
            ("bias", lambda r: f"{r.bias:+.1f}"),
            ("in the ±", lambda r: _percent(r.within90)),
            ("measured", lambda r: _percent(r.told)),
        ),
    ),
    "counts": (
        "Counts against known repetitions",
        (
            ("recordings", lambda r: r.kind),
            ("pattern", lambda r: r.pattern),
            ("number", lambda r: str(r.recordings)),
            ("repetitions", lambda r: str(r.repetitions)),
            ("exact", lambda r: _percent(r.exact)),
            ("within 1", lambda r: _percent(r.within_one)),
            ("mean error", lambda r: f"{r.error:.3f}"),
        ),
    ),
    "edges": (
        "Onset, peak and offset of repetitions, seconds off",
        (
            ("moment", lambda r: r.edge),
            ("repetitions", lambda r: str(r.repetitions)),
            ("median", lambda r: _two(r.median_s)),
            ("largest", lambda r: _two(r.largest_s)),
            ("within 0.15 s", lambda r: _percent(r.within)),
        ),
    ),
    "faults": (
        "Injected faults that the view can show",
        (
            ("fault", lambda r: r.fault),
            ("found", lambda r: str(r.found)),
            ("missed", lambda r: str(r.missed)),
            ("false", lambda r: str(r.false)),
            ("F1", lambda r: _two(r.f1)),
        ),
    ),
    "clean": (
        "Repetitions without an injected fault",
        (
            ("repetitions", lambda r: str(r.repetitions)),
            ("with a fault reported", lambda r: f"{r.with_fault} ({_percent(r.with_fault / r.repetitions)})"),
            ("median total", lambda r: f"{r.total:.0f}"),
            ("90 of 100 above", lambda r: f"{r.total_p10:.0f}"),
        ),
    ),
    "separation": (
        "Correct against incorrect repetitions: area under the ROC curve of the total",
        (
            ("pattern", lambda r: r.pattern),
            ("correct", lambda r: str(r.correct)),
            ("incorrect", lambda r: str(r.incorrect)),
            ("AUC", lambda r: _two(r.auc)),
        ),
    ),
    "learned": (
        "Templates learned from one person, correct against incorrect repetitions of the others: AUC of the total",
        (
            ("pattern", lambda r: r.pattern),
            ("people", lambda r: str(r.people)),
            ("refused", lambda r: str(r.refused)),
            ("median", lambda r: _two(r.middle)),
            ("lowest", lambda r: _two(r.lowest)),
            ("by hand", lambda r: _two(r.by_hand)),
        ),
    ),
    "taught": (
        "Templates learned from three clean rendered repetitions, tried on the other clips of the exercise",
        (
            ("pattern", lambda r: r.pattern),
            ("pairs", lambda r: str(r.pairs)),
            ("refused", lambda r: str(r.refused)),
            ("exact", lambda r: _percent(r.exact)),
            ("within 1", lambda r: _percent(r.within_one)),
            ("found", lambda r: str(r.found)),
            ("missed", lambda r: str(r.missed)),
            ("false", lambda r: str(r.false)),
            ("F1", lambda r: _two(r.f1)),
            ("lowest", lambda r: _two(r.lowest)),
            ("by hand", lambda r: _two(r.by_hand)),
            ("clean, with a fault reported", lambda r: _percent(r.told)),
        ),
    ),
    "rest": (
        "Templates learned from the first three repetitions of a video, counting the rest",
        (
            ("recording", lambda r: r.recording),
            ("pattern", lambda r: r.pattern),
            ("repetitions", lambda r: str(r.rest)),
            ("counted", lambda r: "refused" if r.counted is None else str(r.counted)),
        ),
    ),
}
"""Every table of figures by name: its title and its columns, each a head and the text of a row."""


def rich_tables(figures: Mapping[str, Sequence[Any]]) -> list[Table]:
    """A table for each set of rows that is not empty."""
    made = []
    for name, rows in figures.items():
        title, columns = TABLES[name]
        if rows:
            table = Table(title=title, title_justify="left")
            for number, (head, _) in enumerate(columns):
                of_names = number == 0 or head == "pattern"
                table.add_column(head, justify="left" if of_names else "right", no_wrap=of_names)
            for row in rows:
                table.add_row(*(text(row) for _, text in columns))
            made.append(table)
    return made
