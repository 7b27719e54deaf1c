"""What strangers send to the server, in its log and on its standard error."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Final

import pytest

from base.errors import RequestError
from sessions.database.connection import StoreError
from ui.log_text import log_text_only
from ui.widgets.plain_errors import reported

HOSTILE: Final = "\x1b[31mred\x1b]0;title\x07 \u202eright to left\x85\x9b2J\r"
SHOWN: Final = "\u241b[31mred\u241b]0;title\u2407 \ufffdright to left\ufffd\ufffd2J\u240d"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    before = logging.getLogRecordFactory()
    log_text_only()
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("of this test")
    logger.propagate = False
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)
    logging.setLogRecordFactory(before)


def test_a_log_message_is_text(log: io.StringIO) -> None:
    """As Streamlit logs an error of the login server: it stands in an address that anybody may open."""
    logging.getLogger("of this test").error("Error during authentication: %s.\n\tMore: %s", HOSTILE, 7)
    assert log.getvalue() == f"Error during authentication: {SHOWN}.\n\tMore: 7\n"


def test_so_is_the_traceback_of_an_error(log: io.StringIO) -> None:
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        logging.getLogger("of this test").exception("failed")
    assert log.getvalue().endswith(f"\nValueError: {SHOWN}\n")
    assert log.getvalue().startswith("failed\nTraceback (most recent call last):\n")


@pytest.mark.parametrize("error", [StoreError(HOSTILE), RequestError(f"/etc/passwd {HOSTILE}")])
def test_so_is_a_failure_that_a_patient_must_not_read(
    error: StoreError | RequestError, capsys: pytest.CaptureFixture[str]
) -> None:
    reported(error)
    written = capsys.readouterr().err
    assert SHOWN in written
    assert written.rstrip("\n").isprintable()
