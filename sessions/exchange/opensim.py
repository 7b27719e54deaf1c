"""OpenSim's text files: landmarks as TRC, joint angles as MOT.

TRC: metres, X towards the camera, Y up, Z to the left of the picture (right-handed); the origin is the middle of the
hips in every frame, as a webcam tells no place in the room. MOT: our own angles (patterns.features), in degrees; they
are no coordinates of an OpenSim model.
"""

from __future__ import annotations

import io
from typing import Final

import numpy as np

from patterns.features import FEATURES, feature_table
from sessions.dossier import Dossier
from sessions.exchange.errors import ExportError
from sessions.exchange.steady import Steady, steady
from vision.pose import LANDMARKS, FloatArray, PoseSequence

TO_ROOM: Final = np.array([[0.0, 0.0, -1.0], [0.0, -1.0, 0.0], [-1.0, 0.0, 0.0]])
"""From the camera's axes (x right, y down, z away) to OpenSim's."""
METRES: Final = "%.6f"
DEGREES: Final = "%.4f"


def poses_of(dossier: Dossier) -> PoseSequence:
    """The landmarks of a session. Raises ExportError where none are kept."""
    if dossier.poses is None or len(dossier.poses) == 0:
        raise ExportError(f"session {dossier.session.id}: no landmarks are kept of it")
    return dossier.poses


def landmarks_in_room(dossier: Dossier) -> Steady:
    """Landmarks (N, 33, 3) in metres and OpenSim's axes at a constant rate. Raises ExportError."""
    poses = poses_of(dossier)
    if poses.world_m is None:
        raise ExportError(
            f"session {dossier.session.id}: its landmarks are of the picture alone, not in space"
        )
    return steady(poses.t_s, poses.world_m @ TO_ROOM.T)


def trc(dossier: Dossier) -> bytes:
    """The landmarks of a session as a TRC file; a landmark that was not seen is left empty."""
    drawn = landmarks_in_room(dossier)
    count, rate = len(drawn.t_s), f"{drawn.rate_hz:g}"
    head = (
        f"PathFileType\t4\t(X/Y/Z)\tsession-{dossier.session.id}.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate}\t{rate}\t{count}\t{len(LANDMARKS)}\tm\t{rate}\t1\t{count}",
        "Frame#\tTime\t" + "\t\t\t".join(LANDMARKS) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{i}" for i in range(1, len(LANDMARKS) + 1) for axis in "XYZ"),
        "",
    )
    file = io.StringIO()
    file.write("\n".join(head) + "\n")
    for i, (t_s, points) in enumerate(zip(drawn.t_s, drawn.values, strict=True), start=1):
        cells = ["" if np.isnan(value) else METRES % value for value in points.ravel()]
        file.write("\t".join([str(i), f"{t_s:.6f}", *cells]) + "\n")
    return file.getvalue().encode()


def angles_of(dossier: Dossier) -> tuple[tuple[str, ...], FloatArray, FloatArray]:
    """Names, times (T,) and degrees (T, F) of every angle of a session, NaN where not seen."""
    table = feature_table(poses_of(dossier), [name for name, one in FEATURES.items() if one.unit == "deg"])
    return table.names, table.t_s, table.values


def mot(dossier: Dossier) -> bytes:
    """The joint angles of a session as a MOT file, in degrees; nan where an angle was not seen."""
    names, t_s, degrees = angles_of(dossier)
    drawn = steady(t_s, degrees)
    file = io.StringIO()
    file.write(
        f"session-{dossier.session.id}\nversion=1\nnRows={len(drawn.t_s)}\nnColumns={len(names) + 1}\n"
    )
    file.write("inDegrees=yes\nendheader\n" + "\t".join(("time", *names)) + "\n")
    rows = np.column_stack([drawn.t_s, drawn.values])
    np.savetxt(file, rows, fmt=["%.6f", *[DEGREES] * len(names)], delimiter="\t")
    return file.getvalue().encode()
