"""Names of markers, matched however a laboratory writes them.

Case, underscores, dots, hyphens and spaces do not count; the side is a letter or word at either end (LKNE, Knee_L,
left knee); a subject's name may stand in front (Anna:LKNE, Anna_LKNE).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final

from patterns.features.signals import SIDES

_SEPARATORS: Final = re.compile(r"[\s_.\-|/]+")
_SIDE: Final = re.compile(r"\{(?:side|S|s)\}")
_AS: Final[dict[str, Callable[[str], str]]] = {
    "{side}": str,
    "{S}": lambda side: side[0].upper(),
    "{s}": lambda side: side[0],
}
_WORDS: Final = {"left": ("l", "left", "lt"), "right": ("r", "right", "rt")}
_CLEAR_END: Final = re.compile(r".*(?:[\s_.\-|/][LRlr]|[a-z0-9][LR])")
"""A last letter that is a side for itself: Knee_L, kneeL; in HEEL it belongs to the word."""


def plain(name: str) -> str:
    """Return a name without case, separators and what stands before a colon."""
    return _SEPARATORS.sub("", name.rpartition(":")[2]).casefold()


def literal(way: str, side: str | None) -> str:
    """Return the name of one marker of a set as it is written, its side filled in."""
    return way if side is None else _SIDE.sub(lambda found: _AS[found[0]](side), way)


def spellings(way: str, side: str | None) -> tuple[str, ...]:
    """Return the plain names by which one marker of a set may go, most usual first.

    way: with {side}, {S} or {s} where the side stands; side: left or right, None for a marker in the middle.
    """
    if side is None or not _SIDE.search(way):
        return (plain(way),)
    first, *rest = (plain(part) for part in _SIDE.split(way))
    letter, *words = _WORDS[side]
    if len(rest) > 1 or (first and rest[0]):  # in the middle: WaistLFront
        return tuple(plain(_SIDE.sub(word, way)) for word in _WORDS[side])
    stem = first + rest[0]
    return (
        letter + stem,
        *(word + stem for word in words),
        *(stem + word for word in words),
        stem + letter,
    )


class NameTable:
    """The markers of one person by their names."""

    def __init__(self, names: Sequence[str]) -> None:
        """names: as in the file, without the subject's."""
        self._at: dict[str, int] = {}
        for i, name in enumerate(names):
            self._at.setdefault(plain(name), i)
        self._side_last = {plain(name) for name in names if self._ends_with_side(name)}

    def find(self, way: str, side: str | None) -> int | None:
        """Return the number of a marker, None where it is not there."""
        *usual, last = spellings(way, side)
        for one in usual:
            if one in self._at:
                return self._at[one]
        if usual and last not in self._side_last:
            return None
        return self._at.get(last)

    def _ends_with_side(self, name: str) -> bool:
        """Whether a last letter l or r is a side: set apart, or with a marker of the other side."""
        own = plain(name)
        if own[-1:] not in ("l", "r"):
            return True
        other = own[:-1] + {"l": "r", "r": "l"}[own[-1]]
        return bool(_CLEAR_END.fullmatch(name)) or other in self._at


def vocabulary(ways: Collection[str]) -> frozenset[str]:
    """Return every plain name that markers of the ways may have."""
    return frozenset(one for way in ways for side in (None, *SIDES) for one in spellings(way, side))


def subject_of(name: str, known: Collection[str]) -> tuple[str, str]:
    """Return the subject's name in front of a marker's, empty for none, and the marker's own name.

    known: plain names of markers. Before a colon stands a subject; before another sign only where a known name follows.
    """
    if ":" in name:
        subject, _, own = name.rpartition(":")
        return subject.strip(), own.strip()
    if plain(name) in known:
        return "", name
    for subject, own in _splits(name):
        if plain(own) in known:
            return subject, own
    return "", name


def behind(name: str, subjects: Collection[str]) -> tuple[str, str]:
    """Return which of the subjects stands in front of a marker's name, empty for none, and the marker's own name.

    subjects: in lower case, and so is the one returned.
    """
    found = ((subject.casefold(), own) for subject, own in _splits(name))
    return next((pair for pair in found if pair[0] in subjects), ("", name))


def _splits(name: str) -> Iterator[tuple[str, str]]:
    """Give every division of a name at a separator, the longest marker's name first."""
    for found in _SEPARATORS.finditer(name):
        subject, own = name[: found.start()], name[found.end() :]
        if subject and own:
            yield subject, own
