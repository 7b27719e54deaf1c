"""What counts as a session and as the last set: demos are marked where they are listed, and count nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from scoring.records.records import Cue
from sessions.history.timed_results import fitting_tests
from sessions.store.store import Store
from tests.commands.test_cli import Runner
from tests.ui.test_pages import REPS, filled, practise, sessions
from ui.live.app_state import workplace


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    workplace.cache_clear()
    yield workplace().store
    workplace().store.close()
    workplace.cache_clear()


def reviewing() -> None:
    from ui.review import page as review_page

    review_page.show()


def everyone() -> None:
    from ui.records import people_page

    people_page.show()


def test_a_demo_is_marked_where_it_is_listed_and_counts_nowhere(store: Store) -> None:
    filled(store)
    demo = store.begin(replace(store.session(1).start, source_kind="demo", started_at=datetime.now(UTC)))
    store.add_rep(demo, REPS[0], None)
    store.finish(demo)
    title = "PNF arm diagonal 2, flexion, elbow straight"
    page = AppTest.from_function(sessions, default_timeout=30).run()
    assert page.table[0].value["Exercise"].tolist() == [f"{title} · Demo", title]
    assert [option.endswith("· Demo") for option in page.selectbox(key="session").options] == [True, False]
    listed = AppTest.from_function(reviewing, default_timeout=30).run()
    assert listed.dataframe[0].value["Exercise"].tolist() == [title]
    assert "1 session" in [caption.value for caption in listed.caption]
    last = AppTest.from_function(practise, default_timeout=30).run()
    assert [heading.value for heading in last.subheader] == ["Demo", "Your last set"]
    assert [len(table.value) for table in last.table] == [1, len(REPS)]
    everybody = AppTest.from_function(everyone, default_timeout=30).run()
    assert everybody.table[0].value["Sessions"].tolist() == ["1"]
    assert fitting_tests(replace(store.session(demo).start, pattern_id="sit-to-stand", side="both")) == ()


def test_the_last_set_is_the_latest_of_today_whatever_it_came_from_and_in_plain_columns(store: Store) -> None:
    filled(store)
    recorded = store.begin(
        replace(store.session(1).start, source_kind="recording", started_at=datetime.now(UTC))
    )
    store.add_rep(recorded, replace(REPS[0], cue=Cue("praise", "Well done.")), None)
    store.finish(recorded)
    page = AppTest.from_function(practise, default_timeout=30).run()
    assert [heading.value for heading in page.subheader] == ["Your last set"]
    shown = page.table[0].value
    assert list(shown.columns) == ["No.", "What", "Score", "What to change", "Range", "Control"]
    assert shown["What to change"].tolist() == [""]


def test_the_command_counts_sessions_without_demos(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    filled(store)
    store.finish(store.begin(replace(store.session(1).start, source_kind="demo")))
    assert "1 session," in Runner(monkeypatch, capsys)("people", "list")[1]
