"""Every format in which a session can be written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from base.atomic_file import whole_file
from sessions.exchange.c3d import c3d
from sessions.exchange.fhir import fhir
from sessions.exchange.opensim import mot, trc
from sessions.exchange.record import record
from sessions.exchange.tables import tables
from sessions.history.session_bundle import Dossier


@dataclass(frozen=True)
class Exporter:
    """title: for people. suffix: of its files. made: the file's bytes; raises ExportError where it cannot be."""

    title: str
    suffix: str
    made: Callable[[Dossier], bytes]


EXPORTERS: Final[dict[str, Exporter]] = {
    "csv": Exporter("Tables (CSV, zipped)", ".zip", tables),
    "json": Exporter("All of the session (JSON)", ".json", record),
    "trc": Exporter("Landmarks for OpenSim (TRC)", ".trc", trc),
    "mot": Exporter("Joint angles for OpenSim (MOT)", ".mot", mot),
    "c3d": Exporter("Landmarks for motion capture (C3D)", ".c3d", c3d),
    "fhir": Exporter("For a clinic's records (FHIR R4)", ".json", fhir),
}
"""By the name that the command line takes."""


def write_session(dossier: Dossier, name: str, path: Path) -> None:
    """Write a session in a format, readable by its owner alone, whole or not at all. Raises ExportError, OSError."""
    content = EXPORTERS[name].made(dossier)
    with whole_file(path, private=True) as part:
        part.write_bytes(content)
