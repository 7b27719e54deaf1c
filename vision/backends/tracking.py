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
from functools import partial
from typing import Final, Literal

from vision.backends.blazepose import Detection, Region, region_between
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


def _same(a: Region, b: Region) -> bool:
    """Whether two regions may be one person's, a moment apart."""
    return distance_bodies(a, b) < _SAME_BODIES and size_ratio(a, b) < _SAME_RATIO


def _prominence(detection: Detection, size_wh: tuple[int, int]) -> float:
    """Larger, more central and surer is more prominent."""
    width = size_wh[0]
    off_centre = min(1.0, abs(detection.region.x_px - width / 2) / (width / 2))
    return detection.score * detection.region.side_px * (1.0 - 0.5 * off_centre)


@dataclass(frozen=True)
class Verdict:
    """What the detector says about doubtful landmarks; home: where the person is, for "left" only."""

    kind: Literal["kept", "left", "taken"]
    home: Region | None = None


@dataclass
class Follower:
    """The person followed: where to look next, and where the person was.

    region: where to look in the next frame, None while nobody is followed.
    """

    region: Region | None = None
    _last: Region | None = None
    _place: Region | None = None
    _others: list[Region] | None = None  # seen elsewhere since the person was lost
    _seen_s: float = -math.inf
    _checked_s: float = -math.inf
    _filter: OneEuro = field(default_factory=lambda: OneEuro(0.01, 10.0))

    def candidates(
        self, detections: Sequence[Detection], t_s: float, size_wh: tuple[int, int]
    ) -> list[Region]:
        """Regions worth a look when nobody is tracked, the best first.

        With a person seen in the last 3 s: those who may be that person, the likest first, but nobody who was
        seen elsewhere when the person was lost; else everybody, the most prominent first.
        """
        lost_s = t_s - self._seen_s
        if self._last is None or lost_s > REMEMBERED_S:
            self._others = None
            ranked = sorted(detections, key=lambda d: -_prominence(d, size_wh))
            return [d.region for d in ranked]
        last = self._last
        if self._others is None:
            reach = max(_SAME_BODIES, _FASTEST_BODIES_S * lost_s)
            self._others = [d.region for d in detections if distance_bodies(d.region, last) > reach]
        known = self._find_others([d.region for d in detections])
        reach = 2 * _SAME_BODIES + lost_s  # at one body a second, walking pace
        near = [
            d.region
            for d in detections
            if d.region not in known
            and distance_bodies(d.region, last) < reach
            and size_ratio(d.region, last) < _SAME_RATIO * (1 + 0.2 * lost_s)
        ]
        return sorted(near, key=lambda region: _unlike(region, last))

    def _find_others(self, regions: Sequence[Region]) -> list[Region]:
        """The others as they are now: each takes the one region likest to it, if that may be the same
        person."""
        free, found, others = list(regions), [], []
        for other in self._others or []:
            likest = min(free, key=partial(_unlike, other), default=other)
            if likest in free and _same(likest, other):
                free.remove(likest)
                found.append(likest)
                others.append(likest)
            else:
                others.append(other)
        self._others = others
        return found

    def stayed(self, region: Region, auxiliary_px: FloatArray) -> bool:
        """Whether landmarks found in a candidate's region are the candidate's, not another's."""
        now = region_between(auxiliary_px[0], auxiliary_px[1])
        return all(_unlike(now, region) <= _unlike(now, other) for other in self._others or [])

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

    def instead(self, detections: Sequence[Detection], t_s: float, auxiliary_px: FloatArray) -> Verdict:
        """What became of doubtful landmarks, and the region to go back to where there is one.

        "left": a second body than theirs is seen where the person was a moment ago (after a jump), or has
        been lately (after drifting off): go back there. "taken": after a jump a body is seen where the
        landmarks are and none where they were: the person is hidden behind another, and lost. Else "kept".
        """
        self._checked_s = t_s
        now = region_between(auxiliary_px[0], auxiliary_px[1])
        jumped = self._jumped(t_s, now)
        home = self._last if jumped else self._place
        if home is None:
            return Verdict("kept")
        regions = [d.region for d in detections]
        there = [r for r in regions if _same(r, home) and _unlike(r, home) < _unlike(r, now)]
        if there:
            return Verdict("left", min(there, key=lambda region: _unlike(region, home)))
        if jumped and any(_same(region, now) for region in regions):
            self._others = [region for region in regions if _same(region, now)]
            return Verdict("taken")
        return Verdict("kept")

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
        self._last, self._seen_s, self._others = now, t_s, None

    def restart(self) -> None:
        """Forget the movement so far, not the person: the next landmarks come from a region newly found."""
        self._filter = OneEuro(0.01, 10.0)
        self.region = None
