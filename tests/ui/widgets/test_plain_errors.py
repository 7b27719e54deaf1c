"""Patients never read a path, an address or the words of a database; what failed goes to the server's own log."""

from __future__ import annotations

from typing import Final

import pytest

from base.errors import DiagonalError, RequestError, WeightsError
from i18n.translation import LANGUAGES, say
from patterns.templates.errors import SideError, TemplateError
from patterns.templates.library import load_template
from sessions.database.connection import Database, StoreError
from sessions.people.access import NotAllowedError
from sessions.people.preferences import PreferencesError
from sessions.store.store import UnknownSessionError
from tests.support.live_fakes import Pages, Server, answer, begins, frame
from ui.live.clock import LiveMessageError
from ui.widgets.plain_errors import BROKEN, RECORDS, reported
from vision.worker.process import EyeError

PATH: Final = "/srv/clinic/data/sessions.sqlite"
SQL: Final = "UNIQUE constraint failed: repetition.session_id, repetition.number"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (StoreError(f"{PATH}: not stored, nothing changed ({SQL})"), RECORDS),
        (
            StoreError(
                "postgresql://diagonal@db/records: the database of sessions failed (deadlock detected)"
            ),
            RECORDS,
        ),
        (PreferencesError(f"{PATH}: your settings could not be kept (No space left on device)"), RECORDS),
        (UnknownSessionError(f"session 9: there is no such session in {PATH}"), BROKEN),
        (UnknownSessionError("session 9: there is no such session in postgresql://db/records"), BROKEN),
        (WeightsError("pose weights: not there; run: python cli.py models fetch"), BROKEN),
        (TemplateError("squat.toml: key rep.ready_s: expected a number"), BROKEN),
        (TemplateError(r"C:\Users\Anna\x: cannot be read"), BROKEN),
        (RequestError("sqlite3.OperationalError near SELECT"), BROKEN),
        (DiagonalError("whatever it is"), BROKEN),
        (EyeError("[Errno 2] No such file: '/opt/model.onnx'"), BROKEN),
    ],
)
def test_what_is_not_for_patients_is_written_elsewhere(
    error: DiagonalError, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reported(error) == says
    assert str(error) in capsys.readouterr().err


@pytest.mark.parametrize(
    "error",
    [
        LiveMessageError("frame: expected a picture of 480 x 360 as before, got 36 x 48"),
        NotAllowedError("session 12: it is not yours; ask your therapist"),
        SideError("squat: side left: expected both"),
        EyeError("Looking at the pictures had stopped and was started anew. Go on."),
        RequestError("3 / 4 of the pictures, left and/or right: 12.5 %"),
    ],
)
def test_what_is_for_them_is_said_as_it_is(error: DiagonalError, capsys: pytest.CaptureFixture[str]) -> None:
    assert reported(error) == str(error)
    assert capsys.readouterr().err == ""


def test_what_the_library_says_of_a_wrong_request_is_for_them() -> None:
    with pytest.raises(TemplateError) as unknown:
        load_template("ue-d2-flexio")
    assert "ue-d2-flexion" in reported(unknown.value)


@pytest.mark.parametrize("sentence", [RECORDS, BROKEN])
def test_they_read_it_in_their_language(sentence: str) -> None:
    assert len({say(sentence, code) for code in LANGUAGES}) == len(LANGUAGES)


def full(*_given: object) -> None:
    raise StoreError(f"{PATH}: not stored, nothing changed ({SQL})")


def test_a_set_on_a_full_disk_says_so_without_path_or_sql(
    server: Server,
    pages: Pages,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    socket = pages.open()
    begins(socket)
    monkeypatch.setattr(Database, "writing", full)
    updates = [answer(socket, frame(float(i))) for i in range(3)]
    assert updates[-1]["problem"] == "This repetition is not saved yet; it will be tried again."
    socket.send_json({"type": "finish"})
    finished = socket.receive_json()
    assert finished["problem"] == f"This set could not be saved. {RECORDS}"
    assert (finished["session"], finished["repetitions"]) == (None, 1)
    assert SQL in capsys.readouterr().err
