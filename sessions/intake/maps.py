"""Markers mapped to landmarks by hand, as a marker set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sessions.intake.markers import MarkerSet, found_in
from sessions.intake.points import IntakeError
from vision.pose import INDEX

_TITLE: Final = "Mapped by hand"

HandMap = Mapping[str, str]
"""Landmarks to the name of a marker, or to several joined by + for the middle between them."""


def hand_set(by_hand: HandMap, saved: HandMap, names: Sequence[str], where: str) -> MarkerSet | None:
    """Return what was mapped by hand as a set: by_hand, and for other landmarks what saved maps say.

    Raises IntakeError for a marker in by_hand that is not among the names.
    """
    _check(by_hand, names, where)
    landmarks = {**saved, **by_hand}
    return _set(landmarks) if landmarks else None


def saved_for(names: Sequence[str], saved: Sequence[HandMap]) -> dict[str, str]:
    """Return what the saved maps whose markers are all there say of them, the latest first in rank."""
    landmarks: dict[str, str] = {}
    for one in saved:
        if one and one.keys() <= _found(one, names):
            landmarks |= one
    return landmarks


def parse_map(entries: Sequence[str]) -> dict[str, str]:
    """Return a map from entries LANDMARK=MARKER. Raises IntakeError."""
    found: dict[str, str] = {}
    for entry in entries:
        landmark, sign, marker = (part.strip() for part in entry.partition("="))
        if not sign or not marker:
            raise IntakeError(
                f"--map {entry}: expected LANDMARK=MARKER, or LANDMARK=A+B for the middle of two"
            )
        if landmark not in INDEX:
            raise IntakeError(f"--map {entry}: {landmark!r} is no landmark; there are {', '.join(INDEX)}")
        if landmark in found:
            raise IntakeError(
                f"--map {entry}: {landmark} is mapped to {found[landmark]} already; leave one out"
            )
        found[landmark] = marker
    return found


def _check(by_hand: HandMap, names: Sequence[str], where: str) -> None:
    for landmark, marker in by_hand.items():
        if landmark not in _found({landmark: marker}, names):
            raise IntakeError(
                f"{where}: there is no marker {marker!r} for {landmark}; it holds {', '.join(names)}"
            )


def _found(one: HandMap, names: Sequence[str]) -> set[str]:
    return set(found_in(names, _set(one)))


def _set(landmarks: HandMap) -> MarkerSet:
    return MarkerSet(
        id="by-hand", title=_TITLE, exact=True, landmarks={name: (way,) for name, way in landmarks.items()}
    )
