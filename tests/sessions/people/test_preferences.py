"""Preferences come back as they were kept; what cannot be read changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from sessions.people.preferences import (
    FILE,
    Preferences,
    PreferencesError,
    folder_of,
    forget_preferences,
    load_preferences,
    save_preferences,
)
from tests.support.clinic_server import FILE as FILE_OF_A_CLINIC
from ui.live.app_state import workplace

CHOSEN = Preferences(
    language="de",
    contrast=True,
    large=True,
    pictures=True,
    sound="chime",
    feedback="third",
    seated=True,
    arms="left",
)


def test_they_come_back_and_are_readable_by_people(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    assert load_preferences(folder) == Preferences()
    save_preferences(folder, CHOSEN)
    assert load_preferences(folder) == CHOSEN
    assert '"sound": "chime"' in (folder / FILE).read_text()
    assert [path.name for path in folder.iterdir()] == [FILE]


@pytest.mark.parametrize("text", ["", "{", '{"sound": "trumpet"}', "[]", "\x00"])
def test_a_damaged_file_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert load_preferences(tmp_path) == Preferences()


def test_a_file_of_a_newer_program_keeps_what_is_known(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"large": true, "unheard of": 3}')
    assert load_preferences(tmp_path) == Preferences(large=True)


def test_a_folder_that_takes_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PreferencesError, match="DIAGONAL_DATA_DIR"):
        save_preferences(tmp_path / "file", CHOSEN)


def settings_of_whom() -> None:
    import streamlit as st

    from ui.page import current_user as who
    from ui.practise import preferences_form

    preferences_form.settings(st.session_state.get(who.CHOSEN))


def test_each_of_several_people_has_settings_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    save_preferences(tmp_path, Preferences(sound="off"))
    page = AppTest.from_function(settings_of_whom, default_timeout=30)
    page.session_state["who-practises"] = 1
    page.run()
    page.selectbox[2].set_value("left").run()
    page.toggle[1].set_value(True).run()
    assert not page.exception
    assert load_preferences(folder_of(tmp_path, 1)) == Preferences(sound="off", arms="left", seated=True)
    page.session_state["who-practises"] = 2
    page.run()
    assert (page.selectbox[2].value, page.toggle[1].value) == ("both", False)
    assert not folder_of(tmp_path, 2).exists(), "as the computer has it, until something is changed"
    page.session_state["who-practises"] = 1
    page.run()
    assert (page.selectbox[2].value, page.toggle[1].value) == ("left", True)
    forget_preferences(tmp_path, 1)
    forget_preferences(tmp_path, 2)
    assert not folder_of(tmp_path, 1).exists()
    assert load_preferences(tmp_path) == Preferences(sound="off")


def test_a_clinic_that_does_not_know_who_looks_keeps_nothing_and_shows_nobodys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    save_preferences(tmp_path, Preferences(arms="left"))
    (tmp_path / "clinic.toml").write_text(FILE_OF_A_CLINIC.format(port=1, provider=1))
    monkeypatch.setenv("DIAGONAL_CLINIC", str(tmp_path / "clinic.toml"))
    workplace.cache_clear()
    page = AppTest.from_function(settings_of_whom, default_timeout=30).run()
    assert not page.exception
    assert page.selectbox[2].value == "both"
    page.selectbox[2].set_value("right").run()
    assert load_preferences(tmp_path) == Preferences(arms="left")
    workplace().store.close()
    workplace.cache_clear()
