"""The page of people, as Streamlit runs it: what is typed is what is kept."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from i18n.translation import LANGUAGE_VARIABLE
from patterns.programs.program import load_program, write_program
from sessions.database.file import DamagedError, StoreError
from sessions.database.schema import PersonEntryRow
from sessions.people.access import Viewer
from sessions.people.people import PersonError
from sessions.people.preferences import Preferences, folder_of, save_preferences
from sessions.store.plans_and_check_ins import Plan
from sessions.store.store import Store
from tests.sessions.backup.test_backup import fill
from tests.ui.page.test_chosen_person import opened as opened_app
from tests.ui.page.test_chosen_person import turned_to
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
    assert page.error[0].value == 'The name "Anna" is already taken.'
    assert len(kept.people.all()) == 1


def labelled(page: AppTest, label: str) -> bool:
    return label in [button.label for button in page.button]


def pressed(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception
    return page


def chosen(page: AppTest, program: str | None, side: str | None) -> AppTest:
    if program:
        next(box for box in page.selectbox if box.label == "Program").set_value(program)
    if side:
        next(radio for radio in page.radio if radio.label == "Affected side").set_value(side)
    page.run()
    assert not page.exception
    return page


def texts(page: AppTest) -> str:
    return "\n".join(
        one.value for one in (*page.markdown, *page.warning, *page.error, *page.caption, *page.info)
    )


def test_no_program_and_no_side_is_chosen_beforehand_and_its_contents_are_read_before_it_is_given(
    kept: Store,
) -> None:
    """After shoulder surgery, as in its file: six exercises, elbow first, and what its surgeon must allow."""
    anna = kept.people.add("Anna")
    page = shown()
    assert not labelled(page, "Give this program to Anna")
    chosen(page, "after-shoulder-surgery", None)
    assert page.button(key="give").disabled
    (contents,) = [table.value for table in page.table if "How much" in table.value]
    assert len(contents) == 6
    assert contents["Side"].tolist() == ["affected side"] * 6
    assert contents["How much"][0] == "2 sets of 8 repetitions"
    assert "Do not begin without your surgeon's clearance for lifting the arm by yourself." in texts(page)
    chosen(page, None, "right")
    (contents,) = [table.value for table in page.table if "How much" in table.value]
    assert contents["Side"].tolist() == ["Right"] * 6
    pressed(page, "Give this program to Anna")
    plan = kept.plan(anna.id)
    assert plan is not None
    assert (plan.program.id, plan.affected) == ("after-shoulder-surgery", "right")
    assert "Anna has now: After shoulder surgery, late phase, affected side: Right." in texts(page)
    assert next(box for box in page.selectbox if box.label == "Program").value is None


def test_replacing_and_ending_a_program_ask_back_and_name_the_person(kept: Store) -> None:
    anna = kept.people.add("Anna")
    kept.give_plan(Plan(load_program("stroke-arm"), "left"), anna.id)
    page = chosen(shown(), "parkinsons", "left")
    held = [plan.program.id for plan in (kept.plan(anna.id),) if plan]
    assert held == ["stroke-arm"]
    pressed(page, "Give this program to Anna")
    assert (kept.plan(anna.id) or Plan(load_program("parkinsons"), "left")).program.id == "stroke-arm"
    assert "takes its place" in texts(page)
    pressed(page, "No, leave it as it is")
    assert "takes its place" not in texts(page)
    pressed(pressed(page, "Give this program to Anna"), "Yes, give it to Anna")
    assert (kept.plan(anna.id) or Plan(load_program("stroke-arm"), "left")).program.id == "parkinsons"
    pressed(page, "End the program of Anna")
    assert kept.plan(anna.id) is not None
    pressed(page, "Yes, end the program of Anna")
    assert kept.plan(anna.id) is None


def test_a_program_of_another_version_does_not_close_the_page_on_which_it_is_given_again(
    kept: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = kept.people.add("Anna")
    text = write_program(load_program("stroke-arm")).replace("hand-to-mouth", "hand-to-moon")
    with monkeypatch.context() as older:
        older.setattr("sessions.store.plans_and_check_ins.write_program", lambda program: text)
        kept.give_plan(Plan(load_program("stroke-arm"), "right"), anna.id)
    page = shown()
    assert not page.exception
    assert "Anna has a program that no longer fits this version" in texts(page)
    pressed(chosen(page, "parkinsons", "left"), "Give this program to Anna")
    assert (kept.plan(anna.id) or Plan(load_program("stroke-arm"), "left")).program.id == "parkinsons"


def test_one_person_a_page_whom_the_top_of_the_page_names_also_after_another_was_deleted(kept: Store) -> None:
    """As found: three people, the second is deleted, then a program is given."""
    anna, fritz, eva = (kept.people.add(name) for name in ("Anna", "Fritz", "Eva"))
    page = turned_to(opened_app(), "people")
    page.selectbox(key="who-practises").select(fritz.id)
    page.run()
    pickers = [box.label for box in page.selectbox if set(box.options) >= {"Anna", "Eva"}]
    assert pickers == ["Who practises?"]
    page.text_input(key=f"typed-{fritz.id}").set_value("Fritz").run()
    pressed(page, "Delete Fritz for good")
    at_top = page.selectbox(key="who-practises")
    assert (at_top.value, at_top.options, at_top.proto.raw_value) == (anna.id, ["Anna", "Eva"], "Anna")
    assert "Anna" in [title.value for title in page.header]
    assert "no longer here" not in texts(page), "who deletes somebody knows it"
    pressed(chosen(page, "stroke-arm", "left"), "Give this program to Anna")
    assert [kept.plan(person.id) is not None for person in (anna, eva)] == [True, False]
    page.selectbox(key="who-practises").select(eva.id)
    page.run()
    assert not labelled(page, "End the program of Anna")
    assert "Eva has no program now." in texts(page)


def test_after_somebody_is_added_the_page_says_whom_it_is_about_and_offers_the_new_one(kept: Store) -> None:
    anna = kept.people.add("Anna")
    page = turned_to(opened_app(), "people")
    page.text_input[-2].set_value("Ben")
    pressed(page, "Add this person")
    assert page.selectbox(key="who-practises").value == anna.id
    assert "Ben is added. All pages are still about Anna." in texts(page)
    pressed(page, "Go on with Ben")
    assert page.selectbox(key="who-practises").value == kept.people.find("Ben").id
    assert "Ben is added" not in texts(page)


@pytest.mark.parametrize(
    ("alias", "year", "english", "german", "spanish"),
    [
        ("", 1950, "Enter a display name of 1 to 80 characters.", "Anzeigenamen", "nombre visible"),
        ("Left", 1950, 'The name "Left" is already taken.', "„Left“ ist schon vergeben", "«Left» ya está"),
        ("Ben", 55, "Enter a year of birth from 1900 to", "Geburtsjahr von 1900 bis", "entre 1900 y"),
    ],
)
def test_what_is_wrong_with_a_new_person_reads_plainly_in_each_language_and_only_the_last_error_stands(
    kept: Store,
    monkeypatch: pytest.MonkeyPatch,
    alias: str,
    year: int,
    english: str,
    german: str,
    spanish: str,
) -> None:
    """A name that is also a word of the pages stays as it was typed."""
    kept.people.add("Left")
    for code, words in (("en", english), ("de", german), ("es", spanish)):
        monkeypatch.setenv(LANGUAGE_VARIABLE, code)
        page = shown()
        page.text_input[-2].set_value("Left")
        page.button[-1].click().run()
        page.text_input[-2].set_value(alias)
        page.number_input[-1].set_value(year)
        page.button[-1].click().run()
        assert not page.exception
        assert len(page.error) == 1
        assert words in page.error[0].value
    assert len(kept.people.all()) == 1


def test_a_year_of_birth_has_no_limits_in_the_browser_which_would_hold_the_form_back(kept: Store) -> None:
    """Streamlit's own widest limits: all numbers that a browser counts exactly."""
    page = shown()
    proto = page.number_input[0].proto
    assert (proto.min, proto.max) == (-(2**53 - 1), 2**53 - 1)


def test_a_name_that_is_typed_otherwise_says_why_nothing_can_be_deleted(kept: Store) -> None:
    bob = kept.people.add("Bob")
    page = shown()
    page.text_input(key=f"typed-{bob.id}").set_value("bob").run()
    assert page.button(key=f"delete-{bob.id}").disabled
    assert "This is not the name. Type it as it is written here: Bob" in texts(page)
    page.text_input(key=f"typed-{bob.id}").set_value("Bob ").run()
    assert not page.button(key=f"delete-{bob.id}").disabled


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
    assert "Anna is deleted. A copy of all their records is still on this computer." in page.success[0].value
    assert str(tmp_path) not in page.success[0].value
    assert export.name.startswith(f"person-{anna}-{datetime.now():%Y%m%d}")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (export, export.parent)] == [0o600, 0o700]
    with zipfile.ZipFile(export) as archive:
        assert b"Anna" in archive.read("tables/person_entry.jsonl")
    assert page.expander[-1].label == "1 copy of a deleted person"
    pressed(shown(), "Delete this copy")
    assert list((tmp_path / "exports").iterdir()) == []
    assert not labelled(shown(), "Delete this copy")


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
    assert "A copy of all their records is still on this computer" in page.success[0].value


def test_a_failure_of_the_database_shows_no_path_and_damage_is_for_the_whole_page() -> None:
    home = "/srv/data/sessions.sqlite"
    assert failure_words(StoreError(f"{home}: in use by another program")) == RECORDS
    assert failure_words(PersonError("alias: expected 1 to 80 characters, got 0")).startswith(
        "alias: expected"
    )
    with pytest.raises(DamagedError):
        failure_words(DamagedError(f"{home}: the database is damaged"))
