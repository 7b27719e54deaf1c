"""What came of the trials of a template, as JSON that reads back equal."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Final

from pydantic import TypeAdapter

from base.errors import DiagonalError
from scoring.trials.validation import Proof

SCHEMA: Final = "diagonal.trials/1"
_PROOF: Final = TypeAdapter(Proof)


class TrialsError(DiagonalError):
    """Stored trials are damaged."""


def trials_text(proof: Proof) -> str:
    """The trials as JSON."""
    return json.dumps({"schema": SCHEMA, **asdict(proof)})


def trials_of(text: str) -> Proof:
    """The trials of such a text. Raises TrialsError."""
    try:
        document = json.loads(text)
        if not isinstance(document, dict) or document.pop("schema", None) != SCHEMA:
            raise TrialsError(f"stored trials: expected {SCHEMA}")
        return _PROOF.validate_python(document)
    except ValueError as error:
        raise TrialsError(f"stored trials are damaged: {error}".splitlines()[0]) from error
