"""The people in one file of markers: told apart by the names in front of their markers, never mixed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from base.errors import MissingFactError
from base.message import Message
from sessions.intake.markers import MarkerSet, found_in
from sessions.intake.names import behind, plain, subject_of, vocabulary
from sessions.intake.notes import OTHER_SUBJECTS
from sessions.intake.points import IntakeError, Points

UNNAMED: Final = "unnamed"
"""What markers without a subject's name are called where there are others with one."""

_LEAST_LANDMARKS: Final = 4
"""Markers that give fewer landmarks are no person: a box, a wand, a single one that was named wrongly."""


def one_subject(points: Points, sets: Sequence[MarkerSet], where: str, wanted: str | None) -> Points:
    """Return the markers of one person, without the subject's name in theirs.

    wanted: whose, None where there is only one. Raises MissingFactError, with all names, where there are several or
    none is called so, IntakeError where markers of two people have the same names.
    """
    known = vocabulary({name for one in sets for name in one.names})
    groups = _groups(points.names, known)
    _check_names_once(points, groups, known, where)
    groups = _with_further(points.names, groups, _people(groups, sets))
    if wanted is None and len(groups) == 1:
        return _of(points, next(iter(groups.values())))
    people = _people(groups, sets)
    if wanted is None and len(people) > 1:
        raise MissingFactError(
            f"{where}: it holds {len(people)} subjects ({', '.join(people)}); choose one with --subject NAME",
            "subject",
            tuple(people),
        )
    if wanted is None:
        return _of(points, next(iter(people.values())) if people else _all_of(groups))
    chosen = next((name for name in groups if name.casefold() == wanted.strip().casefold()), None)
    if chosen is None:
        raise MissingFactError(
            f"{where}: there is no subject {wanted!r} in it; it holds {', '.join(people or groups)}",
            "subject",
            tuple(people or groups),
        )
    others = [name for name in people if name != chosen]
    note = Message(OTHER_SUBJECTS, subject=chosen, others=tuple(others))
    return _of(points, groups[chosen], (note,) if others else ())


Members = list[tuple[int, str]]
"""Numbers of markers, and their own names."""


def _groups(names: Sequence[str], known: frozenset[str]) -> dict[str, Members]:
    """Return the markers by the subject in front of their names, in the order of the file."""
    groups: dict[str, Members] = {}
    spelled: dict[str, str] = {}
    for i, name in enumerate(names):
        subject, own = subject_of(name, known)
        subject = spelled.setdefault(subject.casefold(), subject or UNNAMED)
        groups.setdefault(subject, []).append((i, own))
    return groups


def _check_names_once(points: Points, groups: dict[str, Members], known: frozenset[str], where: str) -> None:
    """Raise IntakeError where two markers with places have one known name: they may be of two people."""
    there = np.asarray(np.isfinite(points.values).any(axis=(0, 2)))
    for members in groups.values():
        first: dict[str, int] = {}
        for i, own in members:
            if not there[i] or plain(own) not in known:
                continue
            earlier = first.setdefault(own.strip().casefold(), i)
            if not np.array_equal(points.values[:, earlier], points.values[:, i], equal_nan=True):
                raise IntakeError(
                    f"{where}: two markers are called {points.names[i]!r}; if they are of two people, put a name in "
                    f"front of each one's markers (Anna:{own}) and export again"
                )


def _people(groups: dict[str, Members], sets: Sequence[MarkerSet]) -> dict[str, Members]:
    """Return the groups whose markers give enough landmarks."""
    return {
        name: members
        for name, members in groups.items()
        if max(len(found_in([own for _, own in members], one)) for one in sets) >= _LEAST_LANDMARKS
    }


def _with_further(
    names: Sequence[str], groups: dict[str, Members], people: dict[str, Members]
) -> dict[str, Members]:
    """Return the groups with each marker that no set knows at the person whose name stands in front of it.

    In "Anna_Thigh.Rear" no subject is called "Anna_Thigh", though "Rear" is a known name (the right ear).
    """
    if not people:
        return groups
    spelled = {name.casefold(): name for name in people if name != UNNAMED}
    sorted_out: dict[str, Members] = {}
    for group, members in groups.items():
        for i, own in members:
            subject, rest = group, own
            if ":" not in names[i] and (group == UNNAMED or group not in people):
                found, rest = behind(names[i], spelled)
                subject = spelled.get(found, UNNAMED)
            sorted_out.setdefault(subject, []).append((i, rest))
    return {name: sorted(members) for name, members in sorted_out.items()}


def _all_of(groups: dict[str, Members]) -> Members:
    """Return the markers of all groups, none of which is a person: names of segments, which no two markers share.

    Where two have the same name only those of the first group are taken.
    """
    members = sorted(member for group in groups.values() for member in group)
    if len({plain(own) for _, own in members}) == len(members):
        return members
    return next(iter(groups.values()))


def _of(points: Points, members: Members, notes: tuple[str, ...] = ()) -> Points:
    columns = [i for i, _ in members]
    return replace(
        points,
        names=tuple(own for _, own in members),
        values=points.values[:, columns],
        notes=(*points.notes, *notes),
    )
