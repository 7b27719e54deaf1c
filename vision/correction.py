"""The seam between a pose backend and the Coach in which the depth of the world landmarks is put right.

No correction network is shipped yet: the one correction there is returns the pose as it came.
"""

from __future__ import annotations

from collections.abc import Callable

from vision.pose import PoseFrame

Correction = Callable[[PoseFrame], PoseFrame]
"""Takes poses in the order of their times and returns each with better world landmarks and their error."""


def identity(pose: PoseFrame) -> PoseFrame:
    """The pose as it came."""
    return pose
