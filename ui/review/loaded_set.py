"""A stored set that is being looked at: read and made ready once, kept while its page is open."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from scoring.records.records import RepScore
from scoring.results.curves import SetTraces, Trace, ways
from sessions.history.queries import dossier_of
from sessions.history.session_bundle import Dossier
from sessions.people.access import Viewer
from sessions.store.store import Store
from ui.review.thumbnails import thumbnails
from ui.widgets.text_only import st

_OPEN: Final = "opened-sets"
_AT_ONCE: Final = 4
"""Sets that are kept ready: the one that is looked at, and the one beside it, each also without what was found."""


@dataclass(frozen=True)
class OpenedSet:
    """One stored set. traces, pictures: one a repetition, None where no frame of it is kept; traces when asked for.

    reps: as the program judged them; blind: without what it found, for who wants to judge independently of it.
    """

    dossier: Dossier
    reps: tuple[RepScore, ...]
    traces: SetTraces = field(repr=False)
    pictures: tuple[str | None, ...] = field(repr=False)
    blind: bool = False

    @property
    def id(self) -> int:
        """The number of the session."""
        return self.dossier.session.id

    @property
    def has_landmarks(self) -> bool:
        """Whether any repetition can be shown again."""
        return any(picture is not None for picture in self.pictures)

    def trace(self, rep: RepScore) -> Trace | None:
        """What is kept of the movement of one of its repetitions."""
        return next((self.traces[i] for i, one in enumerate(self.reps) if one.index == rep.index), None)


def opened(store: Store, session_id: int, *, blind: bool = False) -> OpenedSet:
    """The set, ready; read anew when it was not among the last ones. Raises as dossier_of does."""
    kept: dict[tuple[Viewer, int, bool], OpenedSet] = st.session_state.setdefault(_OPEN, {})
    key = (store.viewer, session_id, blind)
    if key not in kept:
        made = _hidden(opened(store, session_id)) if blind else _read(store, session_id)
        while len(kept) >= _AT_ONCE:
            del kept[next(iter(kept))]
        kept[key] = made
    return _with_reviews(store, kept[key])


def _with_reviews(store: Store, chosen: OpenedSet) -> OpenedSet:
    """Return the set with what has been said of it by now."""
    said = store.reviews.of([chosen.id])[chosen.id]
    if said == chosen.dossier.reviews:
        return chosen
    return replace(chosen, dossier=replace(chosen.dossier, reviews=said))


def _read(store: Store, session_id: int) -> OpenedSet:
    dossier = dossier_of(store, session_id)
    reps = dossier.session.reps
    pictures: list[str | None] = [None] * len(reps)
    if dossier.poses is not None:
        seen = ways(dossier.poses, reps, dossier.template, dossier.session.start.side)
        pictures = thumbnails(seen, reps)
    return OpenedSet(dossier, reps, dossier.traces, tuple(pictures))


def _hidden(chosen: OpenedSet) -> OpenedSet:
    reps = tuple(_unjudged(rep) for rep in chosen.reps)
    return replace(chosen, reps=reps, traces=chosen.traces.told_as(reps), blind=True)


def _unjudged(rep: RepScore) -> RepScore:
    unscored = replace(rep, total=None, range=None, control=None, metrics=())
    return replace(unscored, kind="repetition", reason=None, faults=(), cue=None)
