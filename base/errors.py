"""The error tree of Diagonal: every failure a person can act on is one of these, with one clear line."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


class DiagonalError(Exception):
    """A failure with a one-line message: what, where and what to do. The command line exits with 1."""


class RequestError(DiagonalError):
    """The request is wrong (bad file, unknown pattern, wrong side). The command line exits with 2."""


class MissingFactError(RequestError):
    """A file can be read once a person adds a fact that it lacks.

    fact: which one: subject, fps, unit or markers. choices: what there is to choose from, empty for any value.
    known: landmarks that were recognised, to the names of their markers.
    """

    def __init__(
        self,
        message: str,
        fact: str,
        choices: tuple[str, ...] = (),
        known: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    ) -> None:
        super().__init__(message)
        self.fact, self.choices, self.known = fact, choices, known


class WeightsError(DiagonalError):
    """The pose weights are absent, damaged or could not be fetched."""
