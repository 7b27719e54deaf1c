"""C3D, the format of motion capture: landmarks as points in millimetres, in the axes of the TRC."""

from __future__ import annotations

import numpy as np

from base.temporary import temporary_folder
from sessions.exchange.opensim import landmarks_in_room
from sessions.history.session_bundle import Dossier
from vision.pose import LANDMARKS


def c3d(dossier: Dossier) -> bytes:
    """The landmarks of a session as a C3D file; one that was not seen has a residual below 0, as the format asks."""
    import ezc3d

    drawn = landmarks_in_room(dossier)
    points = np.ones((4, len(LANDMARKS), len(drawn.t_s)))
    points[:3] = 1000.0 * drawn.values.transpose(2, 1, 0)
    file = ezc3d.c3d()
    file["parameters"]["POINT"]["RATE"]["value"] = [drawn.rate_hz]
    file["parameters"]["POINT"]["LABELS"]["value"] = list(LANDMARKS)
    file["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    file["data"]["points"] = points
    with temporary_folder() as folder:
        path = folder / "session.c3d"
        file.write(str(path))
        return path.read_bytes()
