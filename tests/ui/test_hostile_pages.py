"""Every page over a store of hostile texts, as Streamlit runs it: no Markdown that reaches it holds one as it is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Element

from tests.support.hostile import HOSTILE, hostile_store
from ui.live.app_state import workplace
from ui.widgets.escapes import for_markdown

PAGES: Final = (
    "ui.practise.today_page", "ui.records.sessions_page", "ui.progress.page", "ui.review.page", "ui.records.score_page",
    "ui.authoring.page", "ui.records.people_page", "ui.review.agreement_page", "ui.practise.page",
)  # fmt: skip
RAW: Final = "![x]"
NOT_MARKDOWN: Final = {
    "selectbox", "multiselect", "dataframe", "table", "text_input", "text_area", "bidi_component", "plotly_chart",
    "code",
}  # fmt: skip
"""What Streamlit shows as it is, or as data: their labels are looked at alone; cells of tables are looked at too."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "sessions.sqlite"
    hostile_store(path)
    return path


@pytest.fixture
def kept(hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    shutil.copy(hostile, tmp_path / "sessions.sqlite")
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    workplace.cache_clear()
    yield
    workplace().store.close()
    workplace.cache_clear()


def shown(name: str) -> None:
    import importlib

    page = importlib.import_module(name)
    page.show(*([lambda: None] if name == "ui.practise.today_page" else []))


def elements(block: Block) -> Iterator[Element | Block]:
    """Every element and container of a page."""
    for part in block.children.values():
        yield part
        if isinstance(part, Block):
            yield from elements(part)


@pytest.mark.parametrize("name", PAGES)
def test_no_markdown_of_a_page_holds_a_hostile_text_as_it_is(name: str, kept: None) -> None:
    page = AppTest.from_function(shown, args=(name,), default_timeout=60).run()
    assert not page.exception
    said = [str(cell) for table in page.table for cell in table.value.to_numpy().ravel()]
    for part in elements(page.main):
        said.append(str(getattr(part, "label", "") or ""))
        if part.type not in NOT_MARKDOWN and not isinstance(part, Block):
            assert RAW not in str(part.proto), part.type
            said.append(str(getattr(part, "value", "")))
    assert not [one for one in said if RAW in one]
    if name not in ("ui.records.score_page", "ui.practise.page"):
        assert any(for_markdown(HOSTILE, lines=True) in one for one in said), "the page shows it"
