"""Preferences come back as they were kept; what cannot be read changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from sessions.preferences import FILE, Preferences, PreferencesError, load_preferences, save_preferences

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
