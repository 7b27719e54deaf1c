"""Log records as text: what a stranger sends to the server moves no cursor and changes no colour in a terminal."""

from __future__ import annotations

import logging
from typing import Any, Final

from base.characters import visible

_LINES: Final = "\n\t"


class TextRecord(logging.LogRecord):
    """A log record in which a visible sign stands for each control character, in its traceback too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.exc_info and self.exc_info[0] is not None:
            self.exc_text = visible(logging.Formatter().formatException(self.exc_info), keep=_LINES)

    def getMessage(self) -> str:
        """Return the message with its values."""
        return visible(super().getMessage(), keep=_LINES)


def log_text_only() -> None:
    """Make every log record of this process text, whoever writes it."""
    logging.setLogRecordFactory(TextRecord)
