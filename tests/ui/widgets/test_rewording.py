"""After the language has changed nothing on any page is left in the one before: choices, dates and signs of charts."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from i18n.translation import LANGUAGE_VARIABLE, day, in_language
from patterns.templates.library import load_template
from sessions.database.connection import data_folder
from sessions.people.preferences import FILE
from sessions.store.store import Store
from tests.sessions.backup.test_backup import fill
from tests.sessions.store.test_store import START, rep
from tests.support.clips import standing
from tests.ui.page.test_chosen_person import EVERY_PAGE, opened, ran, turned_to
from ui.charts.plot import formats
from ui.live.app_state import workplace
from ui.server import PAGES

SQUAT = load_template("squat")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Two people with a bit of everything, and one with enough of an exercise for a chart of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIAGONAL_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        workplace.cache_clear()
        store = workplace().store
        anna, _ = fill(store)
        for days in (0, 1):
            start = replace(START, template_sha256=SQUAT.sha256, side="both")
            number = store.begin(
                replace(start, started_at=start.started_at + dt.timedelta(days)), [SQUAT], anna
            )
            store.add_rep(number, rep(1), standing(40))
            store.add_rep(number, rep(2, 3.0), None)
            store.finish(number)
        store.exercises.add(SQUAT.model_copy(update={"id": "my-squat", "family": "own"}), "hand")
        yield store
        store.close()
        workplace.cache_clear()


@pytest.fixture
def in_english(filled: Store) -> Iterator[None]:
    """A person who has not chosen a language yet."""
    yield
    for path in data_folder().rglob(FILE):
        path.unlink()


def choices(page: AppTest) -> dict[str, Any]:
    """Every select box, radio and choice of several on the page, by its identity."""
    kinds = ("selectbox", "radio", "multiselect", "button_group")
    return {one.proto.id: one.proto for kind in kinds for one in page.get(kind)}


def words(proto: Any) -> list[str]:
    return [str(getattr(option, "content", option)) for option in proto.options]


def left_behind(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Choices of which the browser goes on showing an option in the words of before."""
    both = [(before[one], proto) for one, proto in after.items() if one in before]
    return [
        proto.label
        for old, proto in both
        if _shows_one(old)
        and words(old) != words(proto)
        and not (proto.set_value and _given(proto) <= set(words(proto)))
    ]


def _shows_one(proto: Any) -> bool:
    """Whether an option is chosen; the names of the others are looked up when the list is opened."""
    return hasattr(proto, "raw_values") or proto.HasField("default")


def _given(proto: Any) -> set[str]:
    return set(proto.raw_values) if hasattr(proto, "raw_values") else {proto.raw_value}


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_no_choice_and_no_chart_of_a_page_stays_in_the_language_before(in_english: None, name: str) -> None:
    page = turned_to(opened(), name)
    if name == "review":
        page.toggle(key="review-everybody").set_value(True)
        ran(page)
    before = choices(page)
    assert len(before) >= 2, "the person and the language"
    page.selectbox(key="language-choice").select("de")
    ran(page)
    assert left_behind(before, choices(page)) == []
    charts = [json.loads(chart.proto.config) for chart in page.get("plotly_chart")]
    assert [chart["locale"] for chart in charts] == ["de"] * len(charts)
    assert all(chart["locales"]["de"]["format"] == formats("de") for chart in charts)
    assert len(charts) > (0 if name in ("progress", "review") else -1)


def test_what_was_chosen_before_the_language_is_chosen_after_it(
    in_english: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened()
    page.selectbox(key="practise-family").select("legs")
    ran(page).selectbox(key="practise-pattern").select("hip-abduction")
    ran(page).radio(key="practise-side").set_value("left")
    ran(page).selectbox(key="language-choice").select("es")
    for _ in range(2):
        ran(page)
        monkeypatch.setenv(LANGUAGE_VARIABLE, "es")  # AppTest words options by itself, outside of the page
        chosen = [page.selectbox(key=f"practise-{one}").value for one in ("family", "pattern")]
        assert [*chosen, page.radio(key="practise-side").value] == ["legs", "hip-abduction", "left"]


@pytest.mark.parametrize("code", ["en", "de", "es"])
def test_a_chart_writes_a_date_as_the_page_does(code: str) -> None:
    date = dt.date(2026, 3, 22)
    form = formats(code)
    month = form["shortMonths"][date.month - 1]
    written = form["dayMonthYear"].replace("%-d", "22").replace("%b", month).replace("%Y", "2026")
    assert form["days"][0] == {"en": "Sunday", "de": "Sonntag", "es": "domingo"}[code], (
        "d3 counts from Sunday"
    )
    assert (form["decimal"], form["thousands"]) == ((".", ",") if code == "en" else (",", "."))
    assert written == {"en": "22 Mar 2026", "de": "22. Mär 2026", "es": "22 mar 2026"}[code]
    with in_language(code):  # the digits of the month aside, as tables have it
        assert day(date)[:2] == "22"


def test_every_chart_is_shown_by_the_one_function_that_knows_the_language() -> None:
    places = [path.name for path in PAGES.parent.rglob("*.py") if "plotly_chart(" in path.read_text("utf-8")]
    assert places == ["plot.py"]
