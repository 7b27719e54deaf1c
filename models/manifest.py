"""The list of weights: which networks there are, where each comes from, and what its bytes must hash to."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from base.errors import RequestError

Role = Literal["detector", "landmark"]
ROLES: Final[tuple[Role, ...]] = ("detector", "landmark")
"""The two networks that a pose needs."""

DEFAULT_MODEL: Final = "full"
_FILE: Final = Path(__file__).with_name("manifest.toml")
_Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_Strict = ConfigDict(extra="forbid", frozen=True)


class Network(BaseModel):
    """One .tflite, known by its content. size in bytes; models: the models that it serves."""

    model_config = _Strict
    name: str
    role: Role
    models: tuple[str, ...]
    sha256: _Sha256
    size: int = Field(gt=0)
    licence: str


class Source(BaseModel):
    """One way to get an archive that holds both networks of a model.

    kind: the fetcher. what: the requirement, package or address it is given. sha256 and size (bytes, None
    where it is not known beforehand) are the archive's. detector and landmark: the members' paths inside it.
    """

    model_config = _Strict
    kind: Literal["pip", "npm", "http"]
    what: str
    sha256: _Sha256
    size: int | None = Field(default=None, gt=0)
    licence: str
    detector: str
    landmark: str

    def member(self, role: Role) -> str:
        """The path of a role's network inside the archive."""
        return self.detector if role == "detector" else self.landmark


class Entry(BaseModel):
    """One model: its sources in the order in which they are tried."""

    model_config = _Strict
    source: tuple[Source, ...] = Field(min_length=1)


class Manifest(BaseModel):
    """All models and all networks known by content."""

    model_config = _Strict
    version: Literal[1] = Field(alias="schema")
    network: tuple[Network, ...]
    model: dict[str, Entry]

    def sources(self, model: str) -> tuple[Source, ...]:
        """The sources of a model in order. RequestError for a model that does not exist."""
        if model not in self.model:
            known = ", ".join(sorted(self.model))
            raise RequestError(f"model {model!r}: there is no such model; choose one of {known}")
        return self.model[model].source

    def known(self, sha256: str) -> Network | None:
        """The network whose content hashes to sha256, or None."""
        return next((network for network in self.network if network.sha256 == sha256), None)


def read_manifest(path: Path) -> Manifest:
    """The manifest in a TOML file; pydantic's ValidationError names the key that is wrong."""
    with path.open("rb") as file:
        return Manifest.model_validate(tomllib.load(file))


@cache
def manifest() -> Manifest:
    """The manifest that the project ships, read once."""
    return read_manifest(_FILE)
