"""The terminal shows text as text: no markup, and no character that moves the cursor."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table
from rich.text import Text

from base.console import PlainConsole, lines, styled
from sessions.store.store import Store
from tests.architecture import FILES
from tests.commands.test_cli import Runner
from tests.support.hostile import SHOWN, hostile_store

REFUSED: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
WRITTEN: Final = (
    "[red]x[/] :smile: [link=http://evil.example]y[/link] \x1b]0;title\x07\x9b2J\u202ez\n1  Forged"
)


def printed(show: Callable[[PlainConsole], None]) -> str:
    file = io.StringIO()
    show(PlainConsole(file=file, width=200))
    return file.getvalue()


def test_a_line_of_text_stays_one_line_and_holds_no_control_character() -> None:
    told = printed(lambda out: out.print(WRITTEN, soft_wrap=True))
    assert told == "[red]x[/] :smile: [link=http://evil.example]y[/link] ␛]0;title␇�2J�z␊1  Forged\n"


def _print(shown: Table | Text, out: PlainConsole) -> None:
    out.print(shown)


def test_cells_titles_and_styled_parts_are_text_too() -> None:
    table = Table(title=WRITTEN)
    table.add_column(WRITTEN)
    table.add_row(lines([WRITTEN, "second"]))
    for shown in (table, styled((WRITTEN, "bold"), WRITTEN)):
        told = printed(partial(_print, shown))
        assert "[red]x[/] :smile:" in told
        assert not REFUSED.search(told)
        assert not re.search(r"^1  Forged", told, re.MULTILINE)


@given(st.text())
def test_whatever_is_printed_is_one_visible_line(text: str) -> None:
    told = printed(lambda out: out.print(text, soft_wrap=True))
    assert told.count("\n") == 1
    assert not REFUSED.search(told)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "sessions.sqlite"
    hostile_store(path)
    return path


@pytest.fixture
def kept(hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    shutil.copy(hostile, tmp_path / "sessions.sqlite")
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    yield


COMMANDS: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "people": (("people", "list"), SHOWN),
    "trail": (("records", "trail"), SHOWN),
    "today": (("programs", "today", "--person", "1"), SHOWN),
    "library": (("patterns", "list"), SHOWN),
    "template": (("patterns", "show", "my-squat"), SHOWN.replace("␛", "\\u001B")),
    "error": (
        ("report", "nobody\x1b[2J", "--out", "a.pdf"),
        "nobody␛[2J: there is no such person; known: " + SHOWN,
    ),
}
"""Commands that print what records hold, with what they print of it."""


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_over_hostile_records_print_text(
    command: str, kept: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, shown = COMMANDS[command]
    _, out, err = Runner(monkeypatch, capsys)(*arguments)
    assert shown.lower() in (out + err).lower()
    assert not REFUSED.search(out + err)


def test_a_report_over_hostile_records_is_made(kept: None, tmp_path: Path) -> None:
    import pypdf

    from i18n.report_sentences import report_in

    store = Store.open()
    made = report_in("en", store, "chart", 1, "my-squat")
    store.close()
    reader = pypdf.PdfReader(io.BytesIO(made))
    words = "".join("".join(page.extract_text().split()) for page in reader.pages)
    assert "![x](http://evil.example/a)<imgsrc=//evil.example/b>$y$:red[z][b]" in words
    assert not any("/Annots" in page for page in reader.pages)


def test_nothing_prints_past_the_one_console() -> None:
    for name, path in FILES.items():
        text = path.read_text("utf-8")
        assert "rich.markup" not in text, name
        assert name == "base/console.py" or not re.search(r"(?<![A-Za-z])Console\(", text), name
