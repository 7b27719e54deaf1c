"""OpenSim's text files: landmarks as TRC, joint angles as MOT.

TRC: metres, X towards the camera, Y up, Z to the left of the picture (right-handed); the origin is the middle of the
hips in every frame, as a webcam tells no place in the room. MOT: our own angles (patterns/features), in degrees; they
are no coordinates of an OpenSim model.
"""

from __future__ import annotations

import io
from typing import Final

import numpy as np
import numpy.typing as npt

from patterns.features.table import FEATURES, feature_table
from sessions.exchange.errors import ExportError
from sessions.exchange.steady import Steady, steady
from sessions.history.session_bundle import Dossier
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
    """Return the joint angles of a session as a MOT file, in degrees, without a gap.

    OpenSim's Storage takes nan for the end of the file, so an angle that was not seen is drawn in a straight line
    between its neighbours, or held at an end. Where that was done the head says, a line `unseen_ANGLE=FROM-TO` with
    seconds, separated by semicolons; an angle that was never seen is left out, and named in `never_seen`.
    """
    names, t_s, degrees = angles_of(dossier)
    drawn = steady(t_s, degrees)
    seen = np.isfinite(drawn.values)
    columns = [i for i in range(len(names)) if seen[:, i].any()]
    head = [
        f"session-{dossier.session.id}",
        "version=1",
        f"nRows={len(drawn.t_s)}",
        f"nColumns={len(columns) + 1}",
    ]
    head.append("inDegrees=yes")
    head += [f"unseen_{names[i]}={_unseen(drawn.t_s, seen[:, i])}" for i in columns if not seen[:, i].all()]
    never = [name for i, name in enumerate(names) if i not in columns]
    if never:
        head.append(f"never_seen={';'.join(never)}")
    file = io.StringIO()
    file.write("\n".join((*head, "endheader", "\t".join(("time", *(names[i] for i in columns))))) + "\n")
    filled = [np.interp(drawn.t_s, drawn.t_s[seen[:, i]], drawn.values[seen[:, i], i]) for i in columns]
    np.savetxt(
        file, np.column_stack([drawn.t_s, *filled]), ["%.6f", *[DEGREES] * len(columns)], delimiter="\t"
    )
    return file.getvalue().encode()


def _unseen(t_s: FloatArray, seen: npt.NDArray[np.bool_]) -> str:
    """Return from when to when something was not seen, FROM-TO in seconds, separated by semicolons."""
    edges = np.flatnonzero(np.diff(np.concatenate([[True], seen, [True]]).astype(int)))
    return ";".join(f"{t_s[a]:.3f}-{t_s[b - 1]:.3f}" for a, b in zip(edges[::2], edges[1::2], strict=True))
