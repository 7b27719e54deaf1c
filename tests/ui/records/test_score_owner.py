"""A scored video belongs to the person who was shown when scoring began, and the page says so before and after."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from patterns.templates.library import load_template
from sessions.backup.backup import delete_person
from sessions.people.people import Person
from sessions.store.store import Store
from tests.sessions.intake.test_opening import PLUG_IN, lab, write_c3d, z_up
from tests.support.live_fakes import BrightnessBackend
from tests.ui.page.test_chosen_person import opened, ran, turned_to
from ui.live.app_state import workplace
from ui.records.upload_job import ScoredVideo, score_upload


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> ScoredVideo:
    """Three squats by markers, scored."""
    path = tmp_path_factory.mktemp("lab") / "lab.c3d"
    write_c3d(path, lab(PLUG_IN, z_up(30.0), rate_hz=50.0))
    return score_upload(
        path.read_bytes(),
        "squats.c3d",
        load_template("squat"),
        "both",
        progress=lambda what, share: None,
        open_backend=BrightnessBackend,
    )


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    workplace.cache_clear()
    yield workplace().store
    workplace().store.close()
    workplace.cache_clear()


@pytest.fixture
def anna(kept: Store) -> Person:
    return kept.people.add("Anna")


@pytest.fixture
def ben(kept: Store, anna: Person) -> Person:
    return kept.people.add("Ben")


def scored_as(person: Person, result: ScoredVideo) -> AppTest:
    """The page of a video that was scored while this person was shown."""
    page = opened()
    page.session_state["scored-video"] = result
    page.session_state["scored-for"] = (person.id, person.alias)
    return turned_to(page, "score")


def turned_over_to(page: AppTest, person: Person) -> AppTest:
    page.selectbox(key="who-practises").select(person.id)
    return ran(page)


def words(page: AppTest) -> str:
    said = (*page.header, *page.success, *page.warning, *page.error, *page.info)
    return " ".join(one.value for one in said)


def test_there_is_one_choice_of_a_person_on_the_page(
    kept: Store, anna: Person, ben: Person, scored: ScoredVideo
) -> None:
    page = scored_as(ben, scored)
    assert [box.label for box in page.selectbox if "Anna" in box.options] == ["Who practises?"]


def test_who_is_shown_when_scoring_begins_owns_it_whoever_is_shown_later(
    kept: Store, anna: Person, ben: Person, scored: ScoredVideo
) -> None:
    page = turned_over_to(scored_as(anna, scored), ben)
    assert "Anna" in page.header[0].value
    assert page.button(key="keep").label == "Save for Anna"
    assert "This was scored for Anna" in words(page)
    page.button(key="keep").click()
    assert "Saved for Anna, as session 1." in words(ran(page))
    assert kept.owner(1) == anna.id
    assert "Saved for Anna" in words(turned_over_to(page, anna)), "whoever is shown"


def test_scoring_notes_who_is_shown(
    kept: Store, anna: Person, ben: Person, scored: ScoredVideo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.records.upload_job.score_upload", lambda *given, **named: scored)
    page = opened()
    page.session_state["score-family"] = scored.template.family
    page.session_state["score-pattern"] = scored.template.id
    page = turned_over_to(turned_to(page, "score"), ben)
    page.file_uploader[0].upload("squats.mp4", b"nothing", "video/mp4")
    ran(page)
    next(button for button in page.button if button.label == "Score this video").click()
    ran(page)
    assert page.button(key="keep").label == "Save for Ben"
    turned_over_to(page, anna).button(key="keep").click()
    ran(page)
    assert kept.owner(1) == ben.id


def test_what_cannot_be_saved_for_who_was_deleted_says_so_and_is_saved_to_nobody_else(
    kept: Store, anna: Person, ben: Person, scored: ScoredVideo, tmp_path: Path
) -> None:
    page = scored_as(ben, scored)
    delete_person(kept, ben.id, tmp_path / "ben.zip")
    page.button(key="keep").click()
    assert "The records of Ben were deleted in the meantime" in words(ran(page))
    assert kept.all_sessions() == ()


def test_scoring_that_a_change_on_the_page_ended_is_reported(kept: Store, anna: Person) -> None:
    page = turned_to(opened(), "score")
    page.session_state["scoring-of"] = "walk.mp4"
    assert "Scoring walk.mp4 ended because something on this page was changed." in words(ran(page))
    assert "walk.mp4" not in words(ran(page))
