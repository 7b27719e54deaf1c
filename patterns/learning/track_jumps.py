"""Whether a recording shows one person throughout: the tracked body must not jump from one to another."""

from __future__ import annotations

from typing import Final

import numpy as np

from patterns.features.body import trunk_vector
from patterns.learning.demonstration import DemonstrationError
from vision.pose import INDEX, FloatArray, PoseSequence

_JUMP: Final = 0.8
"""Trunk lengths that a trunk does not go from one picture to the next: at 10 pictures a second 4 m/s."""

_WITHIN_S: Final = 0.5
"""Longest time between two pictures in which somebody was seen that still says who it was."""

_AROUND: Final = 4
"""Pictures on either side whose middle must have jumped too: a single wrong picture is no second person."""


def check_one_person(poses: PoseSequence, where: str) -> None:
    """Raise DemonstrationError in one line where the tracked body jumps to another place and stays there.

    Only what the landmarks show is known: a second person who is never followed leaves no trace in them.
    """
    at_s = jump_s(poses)
    if at_s is not None:
        raise DemonstrationError(
            f"{where}: at {at_s:.1f} s the body that is followed jumps to another place; "
            "are there two people? Film one person alone, or cut the recording there"
        )


def jump_s(poses: PoseSequence) -> float | None:
    """When the trunk first jumps, seconds; None where it never does."""
    middle, trunk_px = _trunks(poses)
    seen = np.flatnonzero(np.isfinite(middle).all(axis=1))
    if len(seen) < 2 * _AROUND:
        return None
    middle, t_s = middle[seen], poses.t_s[seen]
    far = _JUMP * float(np.nanmedian(trunk_px))
    steps = np.linalg.norm(np.diff(middle, axis=0), axis=1)
    for i in np.flatnonzero((steps > far) & (np.diff(t_s) < _WITHIN_S)) + 1:
        before, after = middle[max(i - _AROUND, 0) : i], middle[i : i + _AROUND]
        if np.linalg.norm(np.median(after, axis=0) - np.median(before, axis=0)) > far:
            return float(t_s[i])
    return None


def _trunks(poses: PoseSequence) -> tuple[FloatArray, FloatArray]:
    """The middle of the trunk (T, 2) and its length (T,) in pixels."""
    rows = [INDEX[f"{side}_{part}"] for part in ("shoulder", "hip") for side in ("left", "right")]
    return poses.xy_px[:, rows].mean(axis=1), np.linalg.norm(trunk_vector(poses.xy_px), axis=-1)
