"""Landmarks that cannot be trusted become "not seen".

A pose network reports a visibility near 1 even for joints outside the picture. So a landmark counts as seen only if
the network says so, it lies inside the picture, the bone that leads to it is not longer than a body has it, and it
did not jump. Everything is relative to the person's size in the picture and to real time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from vision.pose import INDEX, LANDMARKS, FloatArray, PoseFrame

SEEN_ABOVE: Final = 0.55
UNSEEN_BELOW: Final = 0.35
"""Visibility at which a landmark comes into sight and is lost; the gap between keeps it from flickering."""

LARGEST_SPEED_TRUNKS_S: Final = 30.0
"""Image speed in trunk lengths a second beyond which a landmark jumped (a fast hand reaches about 15)."""

_LIMBS: Final = {
    # far landmark: near landmark, longest bone in trunk lengths (1.4 x the median measured on this network)
    **{f"{s}_elbow": (f"{s}_shoulder", 0.78) for s in ("left", "right")},
    **{f"{s}_wrist": (f"{s}_elbow", 0.90) for s in ("left", "right")},
    **{f"{s}_knee": (f"{s}_hip", 1.20) for s in ("left", "right")},
    **{f"{s}_ankle": (f"{s}_knee", 1.20) for s in ("left", "right")},
}
_FAR: Final = np.array([INDEX[k] for k in _LIMBS])
_NEAR: Final = np.array([INDEX[near] for near, _ in _LIMBS.values()])
_LONGEST: Final = np.array([longest for _, longest in _LIMBS.values()])
_VISIBILITY_TIME_S: Final = 0.1


@dataclass
class Plausibility:
    """Follows one person and marks implausible landmarks NaN, in the image and in the world alike."""

    _seen: npt.NDArray[np.bool_] | None = None
    _visibility: FloatArray | None = None
    _last_xy: FloatArray | None = None
    _last_s: FloatArray | None = None
    _previous_s: float = 0.0

    def step(self, pose: PoseFrame, trunk_px: float) -> PoseFrame:
        """The pose with what cannot be trusted set to NaN; trunk_px is the trunk's length in the picture.

        A measured recording (markers) only loses what is NaN already. trunk_px NaN skips the two size checks.
        """
        if pose.measured:
            return pose
        seen = self._visible(pose) & _inside(pose)
        if np.isfinite(trunk_px) and trunk_px > 0:
            length = np.linalg.norm(pose.xy_px[_FAR] - pose.xy_px[_NEAR], axis=1) / trunk_px
            seen[_FAR[length > _LONGEST]] = False
            seen &= ~self._jumped(pose, trunk_px)
        self._remember(pose, seen)
        if seen.all():
            return pose
        gone = ~seen
        xy_px = np.where(gone[:, None], np.nan, pose.xy_px)
        world_m = None if pose.world_m is None else np.where(gone[:, None], np.nan, pose.world_m)
        return replace(pose, xy_px=xy_px, world_m=world_m, visibility=np.where(gone, 0.0, pose.visibility))

    def _visible(self, pose: PoseFrame) -> npt.NDArray[np.bool_]:
        found = np.isfinite(pose.xy_px).all(axis=1)
        if self._visibility is None or self._seen is None or self._last_s is None:
            self._visibility = pose.visibility.copy()
            self._seen = self._visibility > (SEEN_ABOVE + UNSEEN_BELOW) / 2
            self._last_s = np.full(len(LANDMARKS), pose.t_s)
            self._last_xy = np.full((len(LANDMARKS), 2), np.nan)
            self._previous_s = pose.t_s
            return self._seen & found
        alpha = 1 - np.exp(-(pose.t_s - self._previous_s) / _VISIBILITY_TIME_S)
        self._previous_s = pose.t_s
        self._visibility = self._visibility + alpha * (pose.visibility - self._visibility)
        limit = np.where(self._seen, UNSEEN_BELOW, SEEN_ABOVE)
        self._seen = self._visibility > limit
        return self._seen & found

    def _jumped(self, pose: PoseFrame, trunk_px: float) -> npt.NDArray[np.bool_]:
        assert self._last_xy is not None and self._last_s is not None
        dt_s = np.maximum(pose.t_s - self._last_s, 1e-3)
        with np.errstate(invalid="ignore"):
            speed = np.linalg.norm(pose.xy_px - self._last_xy, axis=1) / trunk_px / dt_s
        return np.asarray(speed > LARGEST_SPEED_TRUNKS_S)

    def _remember(self, pose: PoseFrame, seen: npt.NDArray[np.bool_]) -> None:
        assert self._last_xy is not None and self._last_s is not None
        self._last_xy = np.where(seen[:, None], pose.xy_px, self._last_xy)
        self._last_s = np.where(seen, pose.t_s, self._last_s)


def _inside(pose: PoseFrame) -> npt.NDArray[np.bool_]:
    width, height = pose.size_wh
    x, y = pose.xy_px[:, 0], pose.xy_px[:, 1]
    with np.errstate(invalid="ignore"):
        return np.asarray((x >= 0) & (x < width) & (y >= 0) & (y < height))
