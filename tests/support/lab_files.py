"""Files of markers made on the spot: the analytic person squatting, as text that other programs write."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sessions.intake.opening import MarkerFacts, read_landmarks
from tests.sessions.intake.test_opening import PLUG_IN, Lab, lab
from tests.support.stick_figure import rotation
from vision.pose import PoseSequence

UPRIGHT = np.eye(3)


def trc(
    one: Lab,
    *,
    unit: str = "m",
    factor: float = 1.0,
    frames: int | None = None,
    title: str = "a.trc",
    keys: dict[str, str] | None = None,
) -> str:
    """A TRC by hand. factor: file units in a metre; frames: how many the head says; keys: other cells of the head."""
    rate = f"{1 / np.median(np.diff(one.t_s)):g}"
    said = {"DataRate": rate, "CameraRate": rate, "NumFrames": str(frames or len(one.t_s))}
    said |= {"NumMarkers": str(len(one.names)), "Units": unit, "OrigDataRate": rate} | (keys or {})
    lines = [f"PathFileType\t4\t(X/Y/Z)\t{title}", "\t".join(said), "\t".join(said.values())]
    lines.append("Frame#\tTime\t" + "\t\t\t".join(one.names) + "\t\t")
    lines.append("\t\t" + "\t".join(f"{axis}{i + 1}" for i in range(len(one.names)) for axis in "XYZ"))
    lines.append("")
    for i, (t_s, points) in enumerate(zip(one.t_s, one.points, strict=True), start=1):
        cells = ["" if np.isnan(value) else f"{value * factor:.6f}" for value in points.ravel()]
        lines.append("\t".join([str(i), f"{t_s:.6f}", *cells]))
    return "\n".join(lines) + "\n"


WHOLE = lab(PLUG_IN, UPRIGHT, 25.0)
SHORT = Lab(WHOLE.names, WHOLE.t_s[:30], WHOLE.points[:30])


def flat(named: dict[str, str], turned: float, up: int = 1) -> Lab:
    """The person squatting as one camera sees them: turned by degrees, without depth, `up` the axis that points up."""
    seen = lab(named, rotation(1, turned), 25.0)
    points = seen.points.copy()
    points[..., 2] = 0.0
    return Lab(seen.names, seen.t_s, points if up == 1 else points[..., [0, 2, 1]])


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read_same(path: Path, whole: PoseSequence, facts: MarkerFacts | None = None) -> PoseSequence:
    """Read a file, which holds what `whole` holds."""
    poses = read_landmarks(path, facts or MarkerFacts())
    np.testing.assert_allclose(poses.t_s, whole.t_s, atol=1e-6)
    assert poses.world_m is not None and whole.world_m is not None
    np.testing.assert_allclose(poses.world_m, whole.world_m, atol=1e-4)
    return poses
