"""Tables for a spreadsheet: no cell of text is run as a formula, and every cell is read back as it was."""

from __future__ import annotations

import ast
import csv
import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.agreement.compare import MACHINE, compare
from sessions.agreement.export import agreement_text
from sessions.exchange.csv_cells import csv_rows, csv_text
from sessions.exchange.table import EXPORTERS
from tests.architecture import FILES, parsed
from tests.sessions.agreement.test_compare import BEN, session
from tests.sessions.exchange.test_exchange import dossier

FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
"""With what a spreadsheet's formula may begin (OWASP, CSV Injection)."""
HOSTILE: Final = '=HYPERLINK("http://evil.example","open")'


def runs(cell: str) -> bool:
    """Whether a spreadsheet would take a cell for a formula: it begins like one and is no number."""
    try:
        float(cell)
    except ValueError:
        return cell.startswith(FORMULAS)
    return False


@given(
    st.lists(
        st.lists(st.text(st.sampled_from("=+-@\t\r\n'\" ,;ab01.e") | st.characters(codec="utf-8"))),
        max_size=5,
    )
)
def test_no_text_is_run_and_all_is_read_back_unchanged(rows: list[list[str]]) -> None:
    rows = [row for row in rows if row]
    written = csv_text(rows)
    for row in csv.reader(io.StringIO(written, newline="")):
        assert not any(runs(cell) for cell in row)
    assert list(csv_rows(io.StringIO(written, newline=""))) == rows


@pytest.mark.parametrize("number", [-5, -0.25, 1e-9, -1e300, 0])
def test_numbers_stay_numbers(number: float) -> None:
    for cell in (number, repr(number)):
        (row,) = csv.reader(io.StringIO(csv_text([[cell]]), newline=""))
        assert float(row[0]) == number


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("-", "'-"),
        ("-5 points", "'-5 points"),
        ("-5", "-5"),
        ("+49 30 1234", "'+49 30 1234"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("'=1", "''=1"),
        ("'tis", "'tis"),
        ("Anna", "Anna"),
        ("", ""),
    ],
)
def test_worked_examples(cell: str, written: str) -> None:
    (row,) = csv.reader(io.StringIO(csv_text([[cell, "x"]]), newline=""))
    assert row == [written, "x"]


def test_every_table_of_an_export_holds_text_as_text() -> None:
    made = dossier()
    hostile = replace(
        made,
        person=replace(made.person, alias=HOSTILE),
        reviews=tuple(replace(one, by="@evil", note="\t=1+1") for one in made.reviews),
    )
    with zipfile.ZipFile(io.BytesIO(EXPORTERS["csv"].made(hostile))) as archive:
        for name in archive.namelist():
            text = io.StringIO(archive.read(name).decode(), newline="")
            cells = {cell for row in csv.reader(text) for cell in row}
            assert not [cell for cell in cells if runs(cell)], name
        reviews = io.StringIO(archive.read("reviews.csv").decode(), newline="")
    (head, first, *_) = csv_rows(reviews)
    assert dict(zip(head, first, strict=True))["note"] == "\t=1+1"


def test_the_table_of_agreement_holds_text_as_text() -> None:
    hostile = replace(compare(session(), MACHINE, BEN), rater=HOSTILE)
    rows = list(csv.reader(io.StringIO(agreement_text(".csv", [hostile]), newline="")))
    assert {row[0] for row in rows[1:]} == {f"'{HOSTILE}"}


def test_no_other_module_writes_csv() -> None:
    for name, path in FILES.items():
        writers = [
            node.attr
            for node in ast.walk(parsed(path))
            if isinstance(node, ast.Attribute) and node.attr in ("writer", "DictWriter")
        ]
        assert not writers or Path(name).name == "csv_cells.py", name
