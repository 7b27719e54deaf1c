"""TOML files of the library: read, parsed and checked, with errors that name file, key, expected and got."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from base.characters import STORED
from base.errors import RequestError

LARGEST_BYTES: Final = 200_000
_MOST_DOTS: Final = 1000
"""Dots outside numbers: a key of very many parts takes the parser time that grows with their square."""

_NUMBER: Final = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.])")
Checked = TypeVar("Checked", bound=BaseModel)


@dataclass(frozen=True)
class FileKind:
    """A kind of file: what it is called, the error it raises and what its keys and values may be.

    models: whose fields are its keys; names: values that a word in it may have meant. Both are for the hint at the
    nearest name.
    """

    what: str
    error: type[RequestError]
    models: tuple[type[BaseModel], ...]
    names: frozenset[str] = frozenset()

    def read(self, path: Path) -> bytes:
        """The bytes of a file, only the first of one too large; the error of this kind where it cannot be read."""
        if path.exists() and not path.is_file():
            raise self.error(f"{path}: this is a folder, device or pipe; name a file")
        try:
            with path.open("rb") as file:
                return file.read(LARGEST_BYTES + 1)
        except OSError as error:
            raise self.error(
                f"{path}: cannot be read ({error.strerror}); check the name of the file"
            ) from error

    def parse(self, raw: bytes, where: str) -> dict[str, Any]:
        """The tables of a TOML file; `where` names it in errors."""
        if len(raw) > LARGEST_BYTES:
            raise self.error(
                f"{where}: expected at most {LARGEST_BYTES} bytes, got more; is this a {self.what}?"
            )
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise self.error(f"{where}: expected UTF-8 text, got other bytes at {error.start}") from error
        if _NUMBER.sub("", text).count(".") > _MOST_DOTS:
            raise self.error(f"{where}: nested too deeply for a {self.what}: too many dots in its keys")
        try:
            data: dict[str, Any] = tomllib.loads(text)
        except ValueError as error:  # its own, and that of a number with too many digits
            raise self.error(f"{where}: not valid TOML: {str(error)[:200]}") from error
        except RecursionError as error:
            raise self.error(f"{where}: nested too deeply for a {self.what}") from error
        if "sha256" in data:
            raise self.error(f"{where}: key sha256 is not written in the file; take it out")
        return data

    def check(
        self, model: type[Checked], data: dict[str, Any], where: str, *, stored: bool = False
    ) -> Checked:
        """Return the record that the tables make; the first mistake in one line, an unknown key before all others.

        stored: the text may hold characters that were refused only after it was stored.
        """
        try:
            return model.model_validate(data, context=STORED if stored else None)
        except ValidationError as error:
            mistakes = sorted(error.errors(), key=lambda mistake: mistake["type"] != "extra_forbidden")
            raise self.error(f"{where}: {self._told(mistakes[0])}") from error

    def check_id(self, wanted: str, ids: Collection[str], called: str) -> None:
        """Raise the error of this kind, with the nearest id, where the one that is wanted is not among the ids."""
        if wanted not in ids:
            close = difflib.get_close_matches(wanted, ids, n=1, cutoff=0.4)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(ids)}"
            raise self.error(f"{called} {wanted!r} is unknown; {hint}")

    @cached_property
    def _keys(self) -> frozenset[str]:
        fields = (field for model in self.models for field in model.model_fields.items())
        return frozenset(field.alias or name for name, field in fields)

    def _told(self, error: ErrorDetails) -> str:
        key = ".".join(str(part) for part in error["loc"]) or self.what
        kind = error["type"]
        if kind == "extra_forbidden":
            return f"key {key}: unknown key{_nearest(str(error['loc'][-1]), self._keys)}"
        if kind == "missing":
            return f"key {key}: expected a value, got none"
        message = error["msg"].removeprefix("Value error, ")
        got = error["input"]
        if kind == "value_error":
            return f"key {key}: {message}{_nearest(got, self.names) if isinstance(got, str) else ''}"
        return f"key {key}: expected: {message[0].lower()}{message[1:]}, got {str(got)[:60]!r}"


def _nearest(name: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""
