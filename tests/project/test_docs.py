"""Hold the documentation: current pages, links that lead somewhere, short sentences, nothing from another host."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from rich.table import Table

from base.errors import RequestError
from benchmarks.page_blocks import block_names, check_blocks, markdown_of, with_blocks, write_blocks
from benchmarks.tables import TABLES
from patterns.features.table import FEATURES
from patterns.templates.template import FAULT_IDS
from tests.architecture import FILES, ORDER, ROOT, TRAINING, folder, parsed
from tests.docs import generated
from tests.docs.data_tables import FAULTS, MEANINGS
from tests.docs.site import problems
from tests.support.documents import PAGES, WRITTEN

CONFIG: Final = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]
LONGEST_SENTENCE: Final = 30
PRIVATE_WORDS: Final = (
    "told", "tell", "tells", "anew", "alike", "keeping", "stands its trials", "fault of ours", "way out", "way back",
    "pictures a second", "habits", "lane", "ghost", "planted", "planting", "bystanders", "sealing", "dossier",
    "first_aid", "workplace", "ticket", "known sets",
)  # fmt: skip
_FENCE: Final = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)
_LINK: Final = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)
_PLACE: Final = re.compile(r"`((?:[a-z0-9_]+/)+[\w.-]*)`")


@pytest.mark.parametrize("name", generated.names())
def test_a_generated_page_is_current(name: str) -> None:
    assert generated.is_current(name), f"docs/{name} is not current; run: python -m tests.docs"


def test_every_folder_has_its_own_sentence_in_the_architecture() -> None:
    page = PAGES["architecture.md"]
    folders = {folder(name) for name in FILES} - {"."}
    assert folders >= {*ORDER, TRAINING}
    for place in folders:
        job = ast.get_docstring(parsed(FILES[f"{place}/__init__.py"]))
        assert re.search(rf"^\| \**`{place}`\** \| {re.escape(job or '?')} \|$", page, re.MULTILINE), place


def test_every_fault_and_feature_has_a_meaning() -> None:
    assert set(FAULTS) == set(FAULT_IDS)
    assert set(MEANINGS) == {one.base for one in FEATURES.values() if not one.base.endswith("_asymmetry")}


def test_every_page_is_in_the_menu_once() -> None:
    listed = list(_pages_of(CONFIG["nav"]))
    assert sorted(listed) == sorted(PAGES)


def _pages_of(menu: list[Any]) -> Iterator[str]:
    for entry in menu:
        for value in entry.values():
            yield from [value] if isinstance(value, str) else _pages_of(value)


def test_nothing_is_fetched_from_another_host() -> None:
    assert CONFIG["theme"]["font"] is False
    assert "extra_javascript" not in CONFIG
    for name, text in PAGES.items():
        assert "```mermaid" not in text, name
        assert not re.search(r"(?:src|href)=[\"'](?:https?:)?//|!\[[^\]]*\]\(https?:", text), name


@pytest.mark.parametrize("name", ["README.md", *(f"docs/{name}" for name in PAGES)])
def test_links_lead_to_pages_and_headings(name: str) -> None:
    page = ROOT / name
    for link in _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8"))):
        place, _, heading = link.partition("#")
        assert not place.startswith(("http", "/")), link
        target = (page.parent / place).resolve() if place else page
        assert target.is_file(), link
        if heading:
            assert heading in _anchors(target), link


def _anchors(page: Path) -> set[str]:
    headings = _HEADING.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", text.lower()).strip()) for text in headings}


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_files_and_folders_that_a_page_names_are_there(name: str) -> None:
    tops = {*ORDER, TRAINING, "docs", "tests"}
    named = [place for place in _PLACE.findall(WRITTEN[name]) if place.partition("/")[0] in tops]
    assert [place for place in named if place != "i18n/words/CODE.po" and not (ROOT / place).exists()] == []


@pytest.mark.parametrize("name", ["README.md", *sorted(WRITTEN)])
def test_sentences_are_short_and_have_no_private_words(name: str) -> None:
    prose = _prose(WRITTEN[name] if name in WRITTEN else (ROOT / name).read_text(encoding="utf-8"))
    long = [one for one in re.split(r"(?<=[.!?])\s+|\n\s*\n", prose) if len(one.split()) > LONGEST_SENTENCE]
    assert long == []
    found = [word for word in PRIVATE_WORDS if re.search(rf"\b{word}\b", prose, re.IGNORECASE)]
    assert found == []


def _prose(text: str) -> str:
    """Return a page without code, tables, drawings, links' places and what bench writes; each item a paragraph."""
    text = re.sub(r"<!-- written: .*?<!-- end -->|<div.*?</div>", "", _FENCE.sub("", text), flags=re.DOTALL)
    text = re.sub(r"^(\||#|===|!!!).*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"^\s*(?:[-*]|\d+\.) ", "\n\n", text, flags=re.MULTILINE)
    return re.sub(r"`[^`]*`", "CODE", re.sub(r"\]\([^)]*\)", "]", text))


def test_bench_writes_its_tables_into_its_pages(tmp_path: Path) -> None:
    assert set(block_names(PAGES["accuracy.md"])) == set(TABLES)
    assert set(block_names(PAGES["speed.md"])) == {"backends", "recording", "live", "steps"}
    table = Table(title="Counts")
    table.add_column("what")
    table.add_column("number", justify="right")
    table.add_row("a|b", "3")
    page = tmp_path / "page.md"
    page.write_text(
        "# One\n\n<!-- written: one -->\nold\n<!-- end -->\n\nmine\n\n<!-- written: two -->\n<!-- end -->\n"
    )
    check_blocks(page, ("one", "two"))
    write_blocks(page, {"one": markdown_of(table)})
    written = page.read_text()
    assert "| what | number |\n| --- | ---: |\n| a&#124;b | 3 |\n" in written
    assert "old" not in written
    assert "\nmine\n" in written
    assert with_blocks(written, {}) == written


@pytest.mark.parametrize(
    ("content", "message"), [(None, "no such page"), ("# Empty\n", "expected a block <!-- written: one -->")]
)
def test_a_page_without_the_blocks_is_refused_before_any_work(
    tmp_path: Path, content: str | None, message: str
) -> None:
    page = tmp_path / "page.md"
    if content is not None:
        page.write_text(content)
    with pytest.raises(RequestError, match=message):
        check_blocks(page, ("one",))


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        ('<a href="gone.html">x</a>', "gone.html is not there"),
        ('<img src="gone.png">', "gone.png is not there"),
        ('<script src="https://cdn.example/x.js"></script>', "loads https://cdn.example/x.js"),
        ('<link rel="stylesheet" href="//fonts.example/x.css">', "loads //fonts.example/x.css"),
        ('<code class="language-mermaid">a</code>', "a diagram that needs a script"),
    ],
)
def test_a_broken_site_is_found(tmp_path: Path, html: str, problem: str) -> None:
    (tmp_path / "index.html").write_text('<a href="#here">x</a><a href="https://elsewhere.example">y</a>')
    assert list(problems(tmp_path)) == []
    (tmp_path / "index.html").write_text(html)
    assert problem in "\n".join(problems(tmp_path))
