"""How somebody wants the coach to look, speak and tell; kept in a file of each person's own beside the sessions.

Not a clinical fact: the file is replaced, and one that cannot be read is as good as none.
"""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from base.atomic_file import whole_file
from base.errors import DiagonalError
from scoring.coach.feedback import Stage

FILE: Final = "preferences.json"
_PEOPLE: Final = "people"
_LAST: Final = "last-person.json"
_LAST_PERSON: Final = TypeAdapter(dict[str, int])


class PreferencesError(DiagonalError):
    """The preferences cannot be kept."""


class Preferences(BaseModel):
    """language: code of a pack, None for the browser's. contrast, large, pictures: looks; pictures is few words.

    sound: a voice, chimes or nothing. feedback: a stage, or fade over the sets. seated: only what can be done sitting
    is offered. arms: those that can be used; with one, only what needs no other is offered.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)
    language: str | None = None
    contrast: bool = False
    large: bool = False
    pictures: bool = False
    sound: Literal["voice", "chime", "off"] = "voice"
    feedback: Stage | Literal["fade"] = "fade"
    seated: bool = False
    arms: Literal["both", "left", "right"] = "both"


def load_preferences(*folders: Path) -> Preferences:
    """What was kept in the first folder in which something can be read; the defaults where there is none."""
    for folder in folders:
        try:
            return Preferences.model_validate_json((folder / FILE).read_text("utf-8"))
        except (OSError, UnicodeDecodeError, ValidationError):
            continue
    return Preferences()


def folder_of(data: Path, person_id: int) -> Path:
    """Where those of one of several people are kept, in the folder of all data."""
    return data / _PEOPLE / str(person_id)


def forget_preferences(data: Path, person_id: int) -> None:
    """Delete those of a person, if there are any. Raises PreferencesError."""
    folder = folder_of(data, person_id)
    try:
        if folder.is_dir():
            shutil.rmtree(folder)
    except OSError as error:
        raise PreferencesError(
            f"{folder}: could not be deleted ({error.strerror}); delete it yourself"
        ) from error


def save_preferences(folder: Path, preferences: Preferences) -> None:
    """Keep them, the file whole or not at all. Raises PreferencesError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with whole_file(folder / FILE, private=True) as part:
            part.write_text(preferences.model_dump_json(indent=1), "utf-8")
    except OSError as error:
        raise PreferencesError(
            f"{folder / FILE}: your settings could not be kept ({error.strerror}); "
            "set DIAGONAL_DATA_DIR to a folder of yours"
        ) from error


def remember_person(data: Path, who: str, person_id: int) -> None:
    """Save whom somebody chose last, for their next visit. who: as in the audit trail. Raises PreferencesError."""
    kept = {**_remembered(data), _hidden(who): person_id}
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with whole_file(data / _LAST, private=True) as part:
            part.write_text(json.dumps(kept), "utf-8")
    except OSError as error:
        raise PreferencesError(
            f"{data / _LAST}: the choice could not be saved ({error.strerror}); "
            "set DIAGONAL_DATA_DIR to a folder of yours"
        ) from error


def remembered_person(data: Path, who: str) -> int | None:
    """Return the number of the person somebody chose last; None where that is not known."""
    return _remembered(data).get(_hidden(who))


def _remembered(data: Path) -> dict[str, int]:
    try:
        return _LAST_PERSON.validate_json((data / _LAST).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError):
        return {}


def _hidden(who: str) -> str:
    """A login is nobody else's business."""
    return sha256(who.encode()).hexdigest()[:16]
