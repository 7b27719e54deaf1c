"""The networks inside a wheel, a .task, an npm package or a bare .tflite, recognised by content, never by
name."""

from __future__ import annotations

import hashlib
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from base.errors import RequestError, WeightsError
from base.zip_file import ZIP_DAMAGE, opened_zip
from models.manifest import ROLES, Manifest, Role

_READ_ERRORS: Final = (*ZIP_DAMAGE, tarfile.TarError, OSError)
_MARK: Final = b"TFL3"


def file_sha256(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(stream: IO[bytes] | None) -> bytes:
    if stream is None:
        raise EOFError("a member that is not a file")
    with stream:
        return stream.read()


def _members(path: Path, wanted: set[str], sizes: set[int]) -> Iterator[tuple[str, bytes]]:
    """Name and content of those members that have a wanted name or size."""
    with path.open("rb") as file:
        head = file.read(8)
    if head[4:8] == _MARK:
        yield path.name, path.read_bytes()
    elif (
        zipfile.is_zipfile(path) or head[:2] == b"PK"
    ):  # a zip may begin with anything; one cut short has no end
        with opened_zip(path) as archive:
            for info in archive.infolist():
                if info.filename in wanted or info.file_size in sizes:
                    yield info.filename, _read(archive.open(info))
    elif head[:2] == b"\x1f\x8b":
        with tarfile.open(path, "r:gz") as tar:
            for member in tar:
                if member.isfile() and (member.name in wanted or member.size in sizes):
                    yield member.name, _read(tar.extractfile(member))
    else:
        raise RequestError(f"{path}: neither a wheel, a .task, an npm package (.tgz) nor a .tflite")


def networks_in(path: Path, model: str, manifest: Manifest) -> dict[Role, bytes]:
    """Those of a model's networks that a file holds: role to .tflite bytes, every one verified.

    A member counts when its sha256 is a known network's of this model, or when the whole file's sha256 is
    that of one of the model's sources. Empty where the file holds none. WeightsError for a damaged or foreign
    file.
    """
    sources = manifest.sources(model)
    networks = [network for network in manifest.network if model in network.models]
    wanted = {source.member(role) for source in sources for role in ROLES}
    found: dict[Role, bytes] = {}
    named: dict[str, bytes] = {}
    try:
        for name, content in _members(path, wanted, {network.size for network in networks}):
            named[name] = content
            known = manifest.known(hashlib.sha256(content).hexdigest())
            if known in networks:
                found.setdefault(known.role, content)
        if len(found) < len(ROLES):
            whole = file_sha256(path)
            for source in sources:
                if source.sha256 == whole:
                    found |= {
                        role: named[source.member(role)] for role in ROLES if source.member(role) in named
                    }
    except _READ_ERRORS as error:
        raise WeightsError(f"{path}: damaged or cut short ({error})") from error
    return found
