"""Whom to follow: one person from the first sight on, not whoever walks through the picture.

Works on regions alone, in units of the body's size in the picture ("bodies") and real seconds, so that
neither the frame rate nor the distance matters. The person followed is remembered for a while after being
lost, and is found again by place and size. Who moves off slower than a person can is trusted; who jumps is
checked against the detector, and so is who drifts off from where the person has been lately, since a person
who passes in front takes the landmarks along at walking pace.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from vision.blazepose import Detection, Region, region_between
from vision.pose import FloatArray
from vision.smoothing import OneEuro

REMEMBERED_S: Final = 3.0
"""A person lost for longer is forgotten, and anyone may be followed next."""

_UNEXPANDED: Final = 1 / 1.25
_JUMP_BODIES: Final = 0.1
_FASTEST_BODIES_S: Final = 3.0  # a sprint; people doing exercises stay below 1
_JUMP_RATIO: Final = 1.3
_STRAYED_BODIES: Final = 0.4
_STRAYED_RATIO: Final = 1.35
_SAME_BODIES: Final = 0.3
_SAME_RATIO: Final = 1.5
_PLACE_TIME_S: Final = 2.0  # time constant of the place where the person has been lately
_RECHECK_S: Final = 0.25


def distance_bodies(a: Region, b: Region) -> float:
    """How far apart two regions' centres are, in the larger one's body size."""
    return math.hypot(a.x_px - b.x_px, a.y_px - b.y_px) / (max(a.side_px, b.side_px) * _UNEXPANDED)


def size_ratio(a: Region, b: Region) -> float:
    """The larger size over the smaller, at least 1."""
    return max(a.side_px, b.side_px) / max(min(a.side_px, b.side_px), 1e-6)


def _unlike(a: Region, b: Region) -> float:
    """How different two regions are in place and size; 0 for the same."""
    return distance_bodies(a, b) + math.log(size_ratio(a, b))


def _prominence(detection: Detection, size_wh: tuple[int, int]) -> float:
    """Larger, more central and surer is more prominent."""
    width = size_wh[0]
    off_centre = min(1.0, abs(detection.region.x_px - width / 2) / (width / 2))
    return detection.score * detection.region.side_px * (1.0 - 0.5 * off_centre)


@dataclass
class Follower:
    """The person followed: where to look next, and where the person was.

    region: where to look in the next frame, None while nobody is followed.
    """

    region: Region | None = None
    _last: Region | None = None
    _place: Region | None = None
    _seen_s: float = -math.inf
    _checked_s: float = -math.inf
    _filter: OneEuro = field(default_factory=lambda: OneEuro(0.01, 10.0))

    def candidates(
        self, detections: Sequence[Detection], t_s: float, size_wh: tuple[int, int]
    ) -> list[Region]:
        """Regions worth a look when nobody is tracked, the best first.

        With a person seen in the last 3 s: those who may be that person, the likest first; else everybody,
        the most prominent first.
        """
        lost_s = t_s - self._seen_s
        if self._last is None or lost_s > REMEMBERED_S:
            ranked = sorted(detections, key=lambda d: -_prominence(d, size_wh))
            return [d.region for d in ranked]
        last, reach = self._last, 2 * _SAME_BODIES + lost_s  # at one body a second, walking pace
        near = [
            d.region
            for d in detections
            if distance_bodies(d.region, last) < reach
            and size_ratio(d.region, last) < _SAME_RATIO * (1 + 0.2 * lost_s)
        ]
        return sorted(near, key=lambda region: _unlike(region, last))

    def doubtful(self, t_s: float, auxiliary_px: FloatArray) -> bool:
        """Whether the detector should be asked if these landmarks are still the same person's."""
        if self._last is None or self._place is None:
            return False
        now = region_between(auxiliary_px[0], auxiliary_px[1])
        return self._jumped(t_s, now) or (t_s - self._checked_s >= _RECHECK_S and self._strayed(now))

    def _jumped(self, t_s: float, now: Region) -> bool:
        last = self._last
        if last is None:
            return False
        reach = max(_JUMP_BODIES, _FASTEST_BODIES_S * (t_s - self._seen_s))
        return distance_bodies(now, last) > reach or size_ratio(now, last) > _JUMP_RATIO

    def _strayed(self, now: Region) -> bool:
        place = self._place
        return place is not None and (
            distance_bodies(now, place) > _STRAYED_BODIES or size_ratio(now, place) > _STRAYED_RATIO
        )

    def instead(self, detections: Sequence[Detection], t_s: float, auxiliary_px: FloatArray) -> Region | None:
        """The region to go back to when the landmarks have gone over to another body, None when they have
        not.

        They have when a second body than theirs is seen where the person was a moment ago (after a jump), or
        has been lately (after drifting off).
        """
        self._checked_s = t_s
        now = region_between(auxiliary_px[0], auxiliary_px[1])
        home = self._last if self._jumped(t_s, now) else self._place
        if home is None:
            return None
        there = [
            d.region
            for d in detections
            if distance_bodies(d.region, home) < _SAME_BODIES
            and size_ratio(d.region, home) < _SAME_RATIO
            and _unlike(d.region, home) < _unlike(d.region, now)
        ]
        return min(there, key=lambda region: _unlike(region, home), default=None)

    def follow(self, t_s: float, auxiliary_px: FloatArray) -> None:
        """Take the hip centre and the rim point (2, 2), pixels, of a frame's landmarks as the person's."""
        now = region_between(auxiliary_px[0], auxiliary_px[1])
        steady = self._filter.step(t_s, auxiliary_px, 1.0 / max(now.side_px * _UNEXPANDED, 1e-6))
        self.region = region_between(steady[0], steady[1])
        if self._place is None or t_s - self._seen_s > REMEMBERED_S:
            self._place = now
        else:
            share = 1.0 - math.exp(-max(t_s - self._seen_s, 0.0) / _PLACE_TIME_S)
            place = self._place
            self._place = replace(
                place,
                x_px=place.x_px + share * (now.x_px - place.x_px),
                y_px=place.y_px + share * (now.y_px - place.y_px),
                side_px=place.side_px + share * (now.side_px - place.side_px),
            )
        self._last, self._seen_s = now, t_s

    def restart(self) -> None:
        """Forget the movement so far, not the person: the next landmarks come from a region newly found."""
        self._filter = OneEuro(0.01, 10.0)
        self.region = None
