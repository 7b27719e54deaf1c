"""What patients read of a failure: no path, no address, no word of a database; the whole of it goes to stderr."""

from __future__ import annotations

import re
from typing import Final

from base.console import write_error
from base.errors import DiagonalError, RequestError
from sessions.database.connection import StoreError
from sessions.database.encryption import SealError
from sessions.people.preferences import PreferencesError
from sessions.store.landmarks import LandmarksError
from vision.worker.process import EyeError

RECORDS: Final = (
    "Your records cannot be read or saved right now. Try again in a minute. If it stays so, tell whoever looks after "
    "this computer or server."
)
BROKEN: Final = "This does not work right now. Tell whoever looks after this computer or server."
_RECORDS: Final = (StoreError, LandmarksError, PreferencesError, SealError)
_TECHNICAL: Final = re.compile(
    r"""(?:^|[\s'"(=])(?:~?/|[A-Za-z]:[\\/]|\\\\|\.{1,2}/)\S"""  # a path
    r"|\w://|\w\.(?:sqlite|py|toml|npz|onnx|zip)\b|cli\.py|DIAGONAL_|[A-Za-z]+Error\b|\bSQL|sqlite|psycopg",
    re.IGNORECASE,
)


def reported(error: DiagonalError) -> str:
    """Write a failure to stderr where a patient must not read it; return the sentence that they read instead.

    What a request's error says of the request itself is for them.
    """
    sentence = str(error)
    if isinstance(error, RequestError | EyeError) and not _TECHNICAL.search(sentence):
        return sentence
    write_error(f"{type(error).__name__}: {sentence}")
    return RECORDS if isinstance(error, _RECORDS) else BROKEN
