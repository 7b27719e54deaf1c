"""Left and right that contradict the body: landmarks that cross from side to side in nearly every frame."""

from __future__ import annotations

from typing import Final

import numpy as np

from patterns.features.signals import SIDES
from sessions.intake.flat import flat_axis
from sessions.intake.notes import CROSSED, CROSSED_BODY
from vision.pose import INDEX, FloatArray

_PARENTS: Final = {
    "shoulder": "hip",
    "elbow": "shoulder",
    "wrist": "elbow",
    "knee": "hip",
    "ankle": "knee",
    "heel": "ankle",
    "foot_index": "ankle",
}
"""Each joint, and the one to which its side is compared, parents first."""

_WORDS: Final = {"foot_index": "toes"}
_NEARLY_ALL: Final = 0.9
"""Share of frames: arms and legs that cross in a movement come apart again."""

_CLEARLY: Final = -0.3
"""Mean cosine between two lines from right to left: -1 for a swap in an upright body, near 0 for feet in one line."""


def crossed_note(landmarks_m: FloatArray) -> str:
    """Return the warning about left and right that look swapped; empty where they fit, or without depth.

    landmarks_m: (T, 33, 3) in any right-handed axes, NaN where missing.
    """
    if flat_axis(landmarks_m) is not None:
        return ""
    joints = _crossed(landmarks_m)
    if joints:
        words = [_WORDS.get(joint, joint) for joint in joints]
        return CROSSED.format(joints=" and ".join(filter(None, (", ".join(words[:-1]), words[-1]))))
    return CROSSED_BODY if _feet_backward(landmarks_m) else ""


def _crossed(landmarks: FloatArray) -> list[str]:
    """Return the joints of the smaller part of the body whose sides contradict those of the rest."""
    turned = {"hip": False}
    for joint, parent in _PARENTS.items():
        crosses = _against(_across(landmarks, joint), _across(landmarks, parent))
        turned[joint] = turned[parent] != crosses
    odd = sum(turned.values()) <= len(turned) / 2
    return [joint for joint, is_turned in turned.items() if is_turned == odd]


def _across(landmarks: FloatArray, joint: str) -> FloatArray:
    left, right = (landmarks[:, INDEX[f"{side}_{joint}"]] for side in SIDES)
    return np.asarray(left - right)


def _against(one: FloatArray, other: FloatArray) -> bool:
    """Whether two lines (T, 3) point against each other in nearly all frames that show both."""
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    there = np.isfinite(lengths) & (lengths > 0)
    if not there.any():
        return False
    cosines = (one * other).sum(axis=1)[there] / lengths[there]
    return bool((cosines < 0).mean() >= _NEARLY_ALL and cosines.mean() < _CLEARLY)


def _feet_backward(landmarks: FloatArray) -> bool:
    """Whether the feet point against the side to which the hips face: left and right of the whole body swapped."""
    shoulder, hip, ankle, toe = (
        sum(landmarks[:, INDEX[f"{side}_{joint}"]] for side in SIDES) / 2
        for joint in ("shoulder", "hip", "ankle", "foot_index")
    )
    return _against(np.asarray(toe - ankle), np.cross(_across(landmarks, "hip"), shoulder - hip))
