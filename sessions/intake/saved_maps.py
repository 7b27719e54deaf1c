"""Maps from markers to landmarks, saved in the data folder for the next file with the same names."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from base.atomic_file import whole_file
from sessions.database.connection import data_folder
from sessions.intake.maps import HandMap
from sessions.intake.points import IntakeError
from vision.pose import INDEX

FOLDER: Final = "marker-maps"
_MOST: Final = 200


def load_maps() -> tuple[HandMap, ...]:
    """Return the saved maps, the latest last; files that cannot be read are left out."""
    folder = data_folder() / FOLDER
    if not folder.is_dir():
        return ()
    files = sorted(folder.glob("*.json"), key=lambda path: (path.stat().st_mtime, path.name))[-_MOST:]
    return tuple(one for path in files if (one := _read(path)))


def save_map(by_hand: HandMap) -> Path:
    """Save a map for files to come. Raises IntakeError where the data folder cannot be written."""
    text = json.dumps(dict(sorted(by_hand.items())), indent=1)
    path = data_folder() / FOLDER / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with whole_file(path, private=True) as part:
            part.write_text(text, "utf-8")
    except OSError as error:
        raise IntakeError(
            f"{path}: the map could not be saved ({error.strerror}); set DIAGONAL_DATA_DIR to a folder of yours"
        ) from error
    return path


def forget_maps(*maps: HandMap) -> None:
    """Delete the files of these maps. Raises IntakeError where one cannot be deleted."""
    folder = data_folder() / FOLDER
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        if _read(path) in maps:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise IntakeError(f"{path}: the map could not be deleted ({error.strerror})") from error


def _read(path: Path) -> HandMap | None:
    try:
        data: Any = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(data, dict) or not all(
        isinstance(value, str) and key in INDEX for key, value in data.items()
    ):
        return None
    return data
