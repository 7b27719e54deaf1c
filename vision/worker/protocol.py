"""What goes between a worker eye and its process, byte for byte: a look asked for, and what it found."""

from __future__ import annotations

import struct
from typing import Final

import numpy as np

from vision.analysis.frame_analyzer import Looked
from vision.picture_facts import PictureFacts
from vision.pose import LANDMARKS, FloatArray, PoseFrame

ASKED: Final = struct.Struct("<d??")
_FOUND: Final = struct.Struct("<dqq???ddIqddd")
_N: Final = len(LANDMARKS)


def packed_look(t_s: float, jpeg: bytes, mirrored: bool, count: bool) -> bytes:
    """A look that is asked for."""
    return ASKED.pack(t_s, mirrored, count) + jpeg


def unpacked_look(content: bytes) -> tuple[float, bytes, bool, bool]:
    """Time, JPEG, whether to turn it round, whether to count people."""
    t_s, mirrored, count = ASKED.unpack_from(content)
    return t_s, content[ASKED.size :], mirrored, count


def packed_found(looked: Looked) -> bytes:
    """What was found; arrays as they are, bit for bit."""
    pose, facts = looked.pose, looked.facts
    head = _FOUND.pack(
        pose.t_s,
        *pose.size_wh,
        pose.world_m is not None,
        pose.world_error_m is not None,
        pose.measured,
        facts.brightness,
        facts.contrast,
        facts.fingerprint,
        -1 if looked.people is None else looked.people,
        looked.decode_ms,
        looked.pose_ms,
        looked.correct_ms,
    )
    arrays = [pose.xy_px, pose.visibility, pose.world_m, pose.world_error_m]
    return head + b"".join(array.tobytes() for array in arrays if array is not None)


def unpacked_found(content: bytes) -> Looked:
    """What was found, equal to what was packed."""
    t_s, width, height, has_world, has_error, measured, *rest = _FOUND.unpack_from(content)
    brightness, contrast, fingerprint, people, *times = rest
    numbers = np.frombuffer(content, np.float64, offset=_FOUND.size)
    taken = 0

    def take(*shape: int) -> FloatArray:
        nonlocal taken
        size = int(np.prod(shape))
        taken += size
        return numbers[taken - size : taken].reshape(shape).copy()

    xy_px, visibility = take(_N, 2), take(_N)
    world_m = take(_N, 3) if has_world else None
    error_m = take(_N) if has_error else None
    pose = PoseFrame(t_s, (width, height), xy_px, world_m, visibility, error_m, measured)
    facts = PictureFacts(brightness, contrast, fingerprint)
    return Looked(pose, facts, None if people < 0 else people, *times)
