"""Agreement as files: `diagonal.agreement/1` as JSON, and a tidy table as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from base.atomic_file import whole_file
from base.errors import RequestError
from base.version import VERSION
from sessions.agreement.compare import BANDS, KINDS, Comparison, Counts
from sessions.agreement.statistics import LEAST, Estimate
from sessions.exchange.csv_cells import csv_text

SCHEMA: Final = "diagonal.agreement/1"
COLUMNS: Final = (
    "rater",
    "reference",
    "about",
    "measure",
    "rater_said",
    "reference_said",
    "value",
    "low_95",
    "high_95",
    "n",
    "unit",
    "reason",
)
ENDINGS: Final = (".csv", ".json")
_YES_NO: Final = ("found", "not found")
_Row = dict[str, str | float | int | None]


class AgreementDocument(BaseModel):
    """The JSON file. bands: edges of the score's bands. fewest_pairs: below which no number is given."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    schema_: Literal["diagonal.agreement/1"] = Field(alias="schema")
    code_version: str = VERSION
    made_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    fewest_pairs: int = LEAST
    bands: tuple[float, ...] = BANDS
    comparisons: tuple[Comparison, ...]


def write_agreement(path: Path, comparisons: Sequence[Comparison]) -> None:
    """Write the comparisons into a file of the owner's alone, as its ending says: .csv or .json.

    Raises RequestError for another ending, OSError.
    """
    if path.suffix.lower() not in ENDINGS:
        raise RequestError(f"--out {path}: the name of this file must end in {' or '.join(ENDINGS)}")
    with whole_file(path, private=True) as part:
        part.write_text(agreement_text(path.suffix.lower(), comparisons), encoding="utf-8", newline="")


def agreement_text(ending: str, comparisons: Sequence[Comparison]) -> str:
    """The text of the file with that ending, of ENDINGS."""
    if ending == ".json":
        return AgreementDocument(schema=SCHEMA, comparisons=tuple(comparisons)).model_dump_json(
            indent=1, by_alias=True
        )
    rows = (row for one in comparisons for row in agreement_rows(one))
    return csv_text([COLUMNS, *([row.get(name) for name in COLUMNS] for row in rows)])


def agreement_rows(one: Comparison) -> Iterator[_Row]:
    """A row for each number of a comparison: COLUMNS; empty for what there is not."""
    head: _Row = {"rater": one.rater, "reference": one.reference}
    yield from _numbers(head | {"about": "kind"}, {"kappa": one.kind}, "")
    yield from _counts(head | {"about": "kind"}, one.kinds, KINDS)
    for fault in one.faults:
        about = head | {"about": fault.fault}
        shares = {"sensitivity": fault.sensitivity, "specificity": fault.specificity}
        yield from _numbers(about, {"kappa": fault.kappa, **shares}, "")
        yield from _counts(about, fault.counts, _YES_NO)
    about = head | {"about": "score"}
    weighted = {"kappa_linear": one.band_linear, "kappa_quadratic": one.band_quadratic}
    alike = {"icc_2_1": one.icc.agreement, "icc_3_1": one.icc.consistency}
    yield from _numbers(about, weighted | alike, "")
    yield from _counts(about, one.bands, band_names())
    apart = one.difference
    limits = {"bias": apart.bias, "lower_limit": apart.lower, "upper_limit": apart.upper}
    yield from _numbers(about, limits, "points")


def band_names() -> tuple[str, ...]:
    """What the bands of the score are called: 0-20, ..., 80-100."""
    edges = [0.0, *BANDS, 100.0]
    return tuple(f"{low:g}-{high:g}" for low, high in pairwise(edges))


def _numbers(head: _Row, estimates: dict[str, Estimate], unit: str) -> Iterator[_Row]:
    for measure, estimate in estimates.items():
        yield {
            **head,
            "measure": measure,
            "value": estimate.value,
            "low_95": estimate.low,
            "high_95": estimate.high,
            "n": estimate.n,
            "unit": unit,
            "reason": estimate.reason,
        }


def _counts(head: _Row, counts: Counts, names: Sequence[str]) -> Iterator[_Row]:
    n = sum(map(sum, counts))
    for rater_said, row in zip(names, counts, strict=True):
        for reference_said, count in zip(names, row, strict=True):
            said = {"rater_said": rater_said, "reference_said": reference_said}
            yield {**head, "measure": "count", **said, "value": count, "n": n, "unit": "repetitions"}
