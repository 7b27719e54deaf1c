"""The page of people, as Streamlit runs it: what is typed is what is kept."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from sessions.database.file import DamagedError, StoreError
from sessions.database.schema import PersonEntryRow
from sessions.people.access import Viewer
from sessions.people.people import PersonError
from sessions.people.preferences import Preferences, folder_of, save_preferences
from sessions.store.store import Store
from tests.sessions.backup.test_backup import fill
from ui.live.app_state import workplace
from ui.records import people_page
from ui.widgets.damage import failure_words
from ui.widgets.plain_errors import RECORDS


def people() -> None:
    from ui.records import people_page

    people_page.show()


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    workplace.cache_clear()
    yield workplace().store
    workplace().store.close()
    workplace.cache_clear()


def shown() -> AppTest:
    return AppTest.from_function(people, default_timeout=30).run()


def test_nobody_is_kept_at_first_and_a_person_is_added_by_the_form(kept: Store) -> None:
    page = shown()
    assert "Nobody is kept yet" in page.info[0].value
    page.text_input[0].set_value("Anna")
    page.number_input[0].set_value(1951)
    page.selectbox[0].set_value("female")
    page.button[0].click().run()
    assert not page.exception
    (anna,) = kept.people.all()
    assert (anna.alias, anna.name, anna.birth_year, anna.sex) == ("Anna", None, 1951, "female")
    page.run()
    assert page.table[0].value["Called"].tolist() == ["Anna"]


def test_an_alias_that_is_taken_is_told_and_nothing_kept(kept: Store) -> None:
    kept.people.add("Anna")
    page = shown()
    page.text_input[-2].set_value("Anna")
    page.button[-1].click().run()
    assert "it is person 1's already" in page.error[0].value
    assert len(kept.people.all()) == 1


def test_a_program_is_given_and_ended(kept: Store) -> None:
    anna = kept.people.add("Anna")
    page = shown()
    chosen = next(box for box in page.selectbox if box.label == "Program")
    chosen.set_value("stroke-arm")
    next(radio for radio in page.radio if radio.label == "Affected side").set_value("right")
    next(button for button in page.button if button.label == "Give this program").click().run()
    assert not page.exception
    plan = kept.plan(anna.id)
    assert plan is not None
    assert (plan.program.id, plan.affected) == ("stroke-arm", "right")
    next(button for button in page.button if button.label == "End the program").click().run()
    assert kept.plan(anna.id) is None


def test_who_is_deleted_must_be_named_and_is_written_into_a_file_first(kept: Store, tmp_path: Path) -> None:
    anna, ben = fill(kept)
    for person in (anna, ben):
        save_preferences(folder_of(tmp_path, person), Preferences(arms="left"))
    page = shown()
    assert page.button(key=f"delete-{anna}").disabled
    page.text_input(key=f"typed-{anna}").set_value("Anna").run()
    page.button(key=f"delete-{anna}").click().run()
    assert not page.exception
    assert [person.id for person in kept.people.all()] == [ben]
    (export,) = (tmp_path / "exports").iterdir()
    assert [folder_of(tmp_path, person).exists() for person in (anna, ben)] == [False, True]
    assert str(export) in page.success[0].value
    assert export.name.startswith(f"person-{anna}-{datetime.now():%Y%m%d}")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (export, export.parent)] == [0o600, 0o700]
    with zipfile.ZipFile(export) as archive:
        assert b"Anna" in archive.read("tables/person_entry.jsonl")


def test_nobody_is_deleted_where_the_file_cannot_be_written(kept: Store, tmp_path: Path) -> None:
    anna, ben = fill(kept)
    (tmp_path / "exports").write_text("a file where the folder should be")
    page = shown()
    page.text_input(key=f"typed-{anna}").set_value("Anna").run()
    page.button(key=f"delete-{anna}").click().run()
    assert not page.exception
    assert "exports" in page.error[0].value
    assert [person.id for person in kept.people.all()] == [anna, ben]


def test_an_old_name_that_nobody_can_type_can_still_be_deleted(kept: Store) -> None:
    """Stored before control characters were refused: the field and the question show a sign in their place."""
    anna, ben = fill(kept)
    with kept.database.writing() as session:
        session.add(
            PersonEntryRow(
                person_id=anna, entered_at="2026-01-01T00:00:00+00:00", alias="An\x1bna", name="A\u202eB"
            )
        )
    page = shown()
    assert [field.value for field in page.text_input if field.value] == ["An␛na", "A�B"]
    page.text_input(key=f"typed-{anna}").set_value("An␛na").run()
    page.button(key=f"delete-{anna}").click().run()
    assert not page.exception
    assert [person.id for person in kept.people.all()] == [ben]


def test_a_clinic_is_shown_no_path_of_its_server(
    kept: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    anna, _ = fill(kept)
    therapist = kept.seen_by(Viewer("therapist", "tess", anna))
    monkeypatch.setattr(people_page, "records", lambda: therapist)
    (tmp_path / "exports").write_text("a file where the folder should be")
    for there in (True, False):
        page = shown()
        page.text_input(key=f"typed-{anna}").set_value("Anna").run()
        page.button(key=f"delete-{anna}").click().run()
        assert not page.exception
        words = " ".join(one.value for one in (*page.error, *page.success))
        assert words and str(tmp_path) not in words
        assert bool(kept.people.is_kept(anna)) == there
        if there:
            (tmp_path / "exports").unlink()
    assert "finds the export under the name person-" in page.success[0].value


def test_a_failure_of_the_database_shows_no_path_and_damage_is_for_the_whole_page() -> None:
    home = "/srv/data/sessions.sqlite"
    assert failure_words(StoreError(f"{home}: in use by another program")) == RECORDS
    assert failure_words(PersonError("alias: expected 1 to 80 characters, got 0")).startswith(
        "alias: expected"
    )
    with pytest.raises(DamagedError):
        failure_words(DamagedError(f"{home}: the database is damaged"))
