"""Exercises of authors in a store: added version by version, decided upon, and found by the library once approved."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Final, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from base.characters import check_line, visible
from patterns.learning.repetition_finder import FoundRep
from patterns.templates.edits import as_version
from patterns.templates.template import Side, Template
from scoring.trials.validation import Proof
from sessions.database.connection import Database
from sessions.database.encryption import opened_bytes
from sessions.database.file import stored_time
from sessions.database.schema import DemonstrationRow, ExerciseRow, ExerciseStateRow, ExerciseTrialRow
from sessions.people.access import Viewer
from sessions.people.audit import Action, note
from sessions.store.definitions import keep, template_of
from sessions.store.exercises import (
    LONGEST_NOTE,
    Decision,
    ExerciseError,
    Lesson,
    Origin,
    OwnExercise,
    State,
    check_id,
    in_use,
)
from sessions.store.landmarks import decode, encode
from sessions.store.trials import trials_of, trials_text

_FRESH_S: Final = 1.0
"""For so long what was found is not asked for anew; what this process decides itself counts at once."""


@dataclass(frozen=True)
class ExercisesKept:
    """The exercises of authors, as somebody may see them."""

    database: Database
    viewer: Viewer

    def add(
        self,
        template: Template,
        origin: Origin,
        lessons: Sequence[Lesson] = (),
        shown_by: OwnExercise | None = None,
    ) -> OwnExercise:
        """Commit a new version, a draft: the next number of its id. lessons: what it was made from.

        shown_by: an earlier version with whose demonstrations it goes on. Raises NotAllowedError for a patient,
        ExerciseError for the id of an exercise of Diagonal, StoreError where another version came in between.
        """
        self.viewer.must_treat("an exercise")
        check_id(template.id)
        with self.database.writing() as session:
            latest = session.scalar(
                select(func.max(ExerciseRow.version)).where(ExerciseRow.pattern_id == template.id)
            )
            made = as_version(template, (latest or 0) + 1, template.source)
            keep(session, [made])
            shown = self._shown_by(session, made, lessons, shown_by)
            row = ExerciseRow(
                pattern_id=made.id,
                version=made.version,
                template_sha256=made.sha256,
                shown_sha256=shown,
                origin=origin,
                made_at=_now(),
                made_by=self.viewer.who,
            )
            session.add(row)
            session.flush()
            note(session, self.viewer, "kept an exercise", None, f"{made.id}/{made.version}")
            return _exercise(session, row)

    def all(self) -> tuple[OwnExercise, ...]:
        """Every version, by id and number. Raises NotAllowedError for a patient."""
        self.viewer.must_treat("exercises of authors")
        with self.database.reading() as session:
            return _all(session)

    def get(self, exercise_id: int) -> OwnExercise:
        """One version. Raises NotAllowedError for a patient, ExerciseError where there is none."""
        self.viewer.must_treat("exercises of authors")
        with self.database.reading() as session:
            return _exercise(session, _row(session, exercise_id))

    def lessons(self, exercise_id: int) -> tuple[Lesson, ...]:
        """What a version was made from; none where it was written by hand, or who was seen is deleted."""
        self.viewer.must_treat("demonstrations")
        with self.database.reading() as session:
            shown = _row(session, exercise_id).shown_sha256
            query = select(DemonstrationRow).where(DemonstrationRow.shown_sha256 == shown)
            rows = session.scalars(query.order_by(DemonstrationRow.id)).all()
            return tuple(
                Lesson(
                    row.name,
                    cast(Side, row.side),
                    decode(opened_bytes(self.database.seal, row.data, "data")),
                    tuple(FoundRep(*span) for span in json.loads(row.spans)),
                    row.person_id,
                )
                for row in rows
            )

    def tried(self, exercise_id: int, proof: Proof) -> OwnExercise:
        """Commit what came of the trials of a version; raises ExerciseError where they are another text's."""
        self.viewer.must_treat("trials of an exercise")
        with self.database.writing() as session:
            row = _row(session, exercise_id)
            if proof.template_sha256 != row.template_sha256:
                raise ExerciseError(f"{_called(row)}: these trials are of another version; try this one")
            row.trials.append(ExerciseTrialRow(exercise_id=row.id, document=trials_text(proof)))
            session.flush()
            return _exercise(session, row)

    def approve(self, exercise_id: int, why: str = "") -> OwnExercise:
        """Let a version be used from now on, in place of those before. Raises ExerciseError unless its trials stand."""
        with self.database.reading() as session:
            row = _row(session, exercise_id)
            latest = row.trials[-1].document if row.trials else None
        if latest is None:
            raise ExerciseError(f"{_called(row)}: it has not been tried yet; try it first")
        failed = trials_of(latest).failed
        if failed:
            raise ExerciseError(
                f"{_called(row)}: {len(failed)} of its trials failed; change what they say and try again"
            )
        return self._decide(exercise_id, "approved", why)

    def withdraw(self, exercise_id: int, why: str = "") -> OwnExercise:
        """No longer offer a version; what was judged with it stays."""
        return self._decide(exercise_id, "withdrawn", why)

    def approved(self) -> Mapping[str, Template]:
        """The exercises that may be used, by id: for everybody."""
        with self.database.reading() as session:
            return {name: one.template for name, one in in_use(_all(session)).items()}

    def _decide(self, exercise_id: int, state: State, why: str) -> OwnExercise:
        self.viewer.must_treat("deciding about an exercise")
        check_line("Note", why, ExerciseError)
        if len(why) > LONGEST_NOTE:
            raise ExerciseError(f"the note has {len(why)} letters, expected at most {LONGEST_NOTE}")
        with self.database.writing() as session:
            row = _row(session, exercise_id)
            made = ExerciseStateRow(
                exercise_id=row.id, state=state, decided_at=_now(), decided_by=self.viewer.who, note=why
            )
            row.states.append(made)
            done: Action = "approved an exercise" if state == "approved" else "withdrew an exercise"
            note(session, self.viewer, done, None, _called(row))
            session.flush()
            return _exercise(session, row)

    def _shown_by(
        self, session: Session, made: Template, lessons: Sequence[Lesson], shown_by: OwnExercise | None
    ) -> str | None:
        """Under which hash the demonstrations of a new version lie."""
        if not lessons:
            return None if shown_by is None else _row(session, shown_by.id).shown_sha256
        seal = self.database.seal
        for one in lessons:
            data = encode(one.poses)
            session.add(
                DemonstrationRow(
                    shown_sha256=made.sha256,
                    person_id=one.person_id,
                    side=one.side,
                    name=visible(one.name[:200]),
                    spans=json.dumps([tuple(asdict(rep).values()) for rep in one.reps]),
                    data=data if seal is None else seal.sealed(data, "data"),
                )
            )
        return made.sha256


@dataclass
class ApprovedSource:
    """The exercises that may be used, for the library: asked for anew at most once a second.

    open_kept: gives what is kept; called again and again.
    """

    open_kept: Callable[[], ExercisesKept]
    clock: Callable[[], float] = time.monotonic
    _at: float = field(default=-1e9, init=False)
    _known: Mapping[str, Template] = field(default_factory=dict, init=False)

    def __call__(self) -> Mapping[str, Template]:
        """By id; the same mapping as long as nothing changed."""
        if self.clock() - self._at >= _FRESH_S:
            found = self.open_kept().approved()
            if found != self._known:
                self._known = found
            self._at = self.clock()
        return self._known

    def forget(self) -> None:
        """Ask anew next time: something was decided."""
        self._at = -1e9


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _called(row: ExerciseRow) -> str:
    return f"{row.pattern_id}/{row.version}"


def _row(session: Session, exercise_id: int) -> ExerciseRow:
    row = session.get(ExerciseRow, exercise_id)
    if row is None:
        raise ExerciseError(f"exercise {exercise_id}: there is no such version")
    return row


def _all(session: Session) -> tuple[OwnExercise, ...]:
    query = select(ExerciseRow).order_by(ExerciseRow.pattern_id, ExerciseRow.version)
    rows = session.scalars(query.options(selectinload(ExerciseRow.states), selectinload(ExerciseRow.trials)))
    return tuple(_exercise(session, row) for row in rows)


def _exercise(session: Session, row: ExerciseRow) -> OwnExercise:
    return OwnExercise(
        row.id,
        template_of(session, row.template_sha256),
        cast(Origin, row.origin),
        stored_time(row.made_at),
        row.made_by,
        tuple(
            Decision(cast(State, one.state), stored_time(one.decided_at), one.decided_by, one.note)
            for one in row.states
        ),
        row.trials[-1].document if row.trials else None,
    )
