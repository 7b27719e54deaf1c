"""The page that scores a recording: the result belongs to what is chosen, and is stored with its day, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from patterns.templates.library import load_template
from sessions.store.store import Store
from tests.support.lab_files import WHOLE, trc
from tests.support.live_fakes import BrightnessBackend
from tests.ui.test_pages import uploaded
from ui.live.app_state import workplace
from ui.records.upload_job import ScoredVideo, score_upload

FILMED = datetime(2025, 3, 31, 14, 5, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def squats() -> ScoredVideo:
    return score_upload(
        trc(WHOLE).encode(),
        "a.trc",
        load_template("squat"),
        "both",
        progress=lambda what, share: None,
        open_backend=BrightnessBackend,
    )


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    workplace.cache_clear()
    workplace().store.people.add("Anna")
    yield workplace().store
    workplace().store.close()
    workplace.cache_clear()


def page(result: ScoredVideo) -> AppTest:
    shown = AppTest.from_function(uploaded, default_timeout=60)
    shown.session_state["scored-video"] = result
    return run(shown)


def run(shown: AppTest) -> AppTest:
    shown.run()
    assert not shown.exception
    return shown


def test_another_exercise_or_side_removes_the_result(store: Store, squats: ScoredVideo) -> None:
    shown = page(squats)
    assert (shown.header[0].value, shown.selectbox(key="score-pattern").value) == (
        "Squat to a comfortable depth · both",
        "squat",
    )
    shown.selectbox(key="score-family").select(load_template("shoulder-abduction").family)
    assert not run(shown).header


def test_another_side_removes_the_result(store: Store, squats: ScoredVideo) -> None:
    shown = page(replace(squats, template=load_template("shoulder-abduction"), side="left"))
    assert shown.header
    shown.radio(key="score-side").set_value("right")
    assert not run(shown).header


def test_the_day_is_proposed_from_the_file_and_the_session_has_it(store: Store, squats: ScoredVideo) -> None:
    shown = page(replace(squats, recorded_at=FILMED))
    assert shown.date_input[0].value == FILMED.astimezone().date()
    assert "This is the date in the file. Change it if it is wrong." in [one.value for one in shown.caption]
    shown.button(key="keep").click()
    run(shown)
    kept = store.session(1)
    assert kept.start.started_at == FILMED
    assert kept.finished_at == FILMED + timedelta(seconds=squats.duration_s)
    assert max(rep.end_s for rep in kept.reps) <= squats.duration_s


def test_without_a_day_in_the_file_today_is_proposed_in_words_and_can_be_changed(
    store: Store, squats: ScoredVideo
) -> None:
    shown = page(squats)
    today = datetime.now().astimezone().date()
    assert shown.date_input[0].value == today
    assert any("today is proposed" in one.value for one in shown.caption)
    shown.date_input[0].set_value(today - timedelta(days=40))
    shown.button(key="keep").click()
    run(shown)
    assert store.session(1).start.started_at.astimezone().date() == today - timedelta(days=40)


def test_the_same_file_is_stored_again_only_when_asked(store: Store, squats: ScoredVideo) -> None:
    squats.keep(store, 1)
    shown = page(squats)
    assert [box.value for box in shown.warning] == ["This file is stored already as session 1 of Anna."]
    assert shown.button(key="keep").disabled
    shown.checkbox[0].check()
    run(shown)
    assert not shown.button(key="keep").disabled
    shown.button(key="keep").click()
    run(shown)
    assert len(store.all_sessions()) == 2
