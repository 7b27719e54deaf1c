"""A stored set that is being looked at: read and made ready once, kept while its page is open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import streamlit as st

from scoring.curves import Trace, traces
from scoring.records import RepScore
from sessions.access import Viewer
from sessions.dossier import Dossier
from sessions.dossiers import dossier_of
from sessions.store import Store
from ui.thumbnails import thumbnails

_OPEN: Final = "opened-sets"
_AT_ONCE: Final = 2
"""Sets that are kept ready: the one that is looked at, and the one beside it."""


@dataclass(frozen=True)
class OpenedSet:
    """One stored set. traces, pictures: one a repetition, None where no frame of it is kept."""

    dossier: Dossier
    traces: tuple[Trace | None, ...] = field(repr=False)
    pictures: tuple[str | None, ...] = field(repr=False)

    @property
    def id(self) -> int:
        """The number of the session."""
        return self.dossier.session.id

    @property
    def reps(self) -> tuple[RepScore, ...]:
        """Repetitions and attempts as the program judged them."""
        return self.dossier.session.reps

    @property
    def has_landmarks(self) -> bool:
        """Whether any repetition can be shown again."""
        return any(trace is not None for trace in self.traces)

    def trace(self, rep: RepScore) -> Trace | None:
        """What is kept of the movement of one of its repetitions."""
        return next(
            (trace for one, trace in zip(self.reps, self.traces, strict=True) if one.index == rep.index), None
        )


def opened(store: Store, session_id: int) -> OpenedSet:
    """The set, ready; read anew when it was not among the last ones. Raises as dossier_of does."""
    kept: dict[tuple[Viewer, int], OpenedSet] = st.session_state.setdefault(_OPEN, {})
    key = (store.viewer, session_id)
    if key not in kept:
        made = _read(store, session_id)
        while len(kept) >= _AT_ONCE:
            del kept[next(iter(kept))]
        kept[key] = made
    return kept[key]


def _read(store: Store, session_id: int) -> OpenedSet:
    dossier = dossier_of(store, session_id)
    reps, poses = dossier.session.reps, dossier.poses
    if poses is None:
        return OpenedSet(dossier, (None,) * len(reps), (None,) * len(reps))
    frames = (poses.frame(i) for i in range(len(poses)))
    found = traces(frames, reps, dossier.template, dossier.session.start.side)
    return OpenedSet(dossier, found, tuple(thumbnails(found)))
