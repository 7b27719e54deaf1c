"""How a live set gets into the store: each closed repetition at once, with the landmarks since the last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from patterns.programs.technique import Technique
from patterns.templates.template import Template
from scoring.records.records import RepScore
from sessions.people.people import PersonGoneError
from sessions.store.records import SessionStart
from sessions.store.store import Store, UnknownSessionError
from vision.pose import PoseFrame, PoseSequence

LOOSE_FRAMES: Final = 900
"""At most so many poses (about half a minute) wait in memory for a repetition to be stored with."""


class SetRecord:
    """The stored side of one set. Nothing is stored before there is something to keep.

    What a failing store did not take stays here and is tried again with the next repetition and at the end.
    """

    def __init__(
        self, store: Store, start: SessionStart, judged_with: Sequence[Template | Technique] = ()
    ) -> None:
        self._store = store
        self._judged_with = judged_with
        self.start = start
        self._loose: list[PoseFrame] = []
        self._unsaved: list[tuple[RepScore | None, PoseSequence | None]] = []
        self.session_id: int | None = None

    def add(self, pose: PoseFrame, closed: RepScore | None) -> None:
        """Keep a pose, and commit the repetition that ended with it. Raises StoreError, PersonGoneError."""
        self._loose.append(pose)
        if closed is not None or len(self._loose) >= LOOSE_FRAMES:
            self._put_aside(closed)
            with _deletion_named():
                self._save()

    def finish(self, last: Sequence[RepScore]) -> int | None:
        """Commit the rest; the session's number, None where there was nothing to keep.

        Raises StoreError, PersonGoneError.
        """
        for rep in last:
            self._put_aside(rep)
        if self.session_id is None and not self._unsaved:
            return None
        with _deletion_named():
            self._save()
            if self.session_id is not None:
                self._store.finish(self.session_id, _sequence(self._loose))
                self._loose = []
        return self.session_id

    def _put_aside(self, rep: RepScore | None) -> None:
        self._unsaved.append((rep, _sequence(self._loose)))
        self._loose = []

    def _save(self) -> None:
        if self.session_id is None:
            self.session_id = self._store.begin(self.start, self._judged_with)
        while self._unsaved:
            rep, poses = self._unsaved[0]
            if rep is not None:
                self._store.add_rep(self.session_id, rep, poses)
            elif poses is not None:
                self._store.add_poses(self.session_id, poses)
            del self._unsaved[0]


@contextmanager
def _deletion_named() -> Iterator[None]:
    """A session that was begun here and is not there any more went with its person."""
    try:
        yield
    except UnknownSessionError as error:
        raise PersonGoneError from error


def _sequence(poses: list[PoseFrame]) -> PoseSequence | None:
    return PoseSequence.from_frames(poses) if poses else None
