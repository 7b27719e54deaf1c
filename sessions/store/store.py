"""What is kept of sessions: added to, never changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from base.errors import RequestError
from patterns.programs.technique import Technique
from patterns.templates.template import Template
from scoring.records.records import RepScore
from scoring.safety.stop_rules import CheckIn
from sessions.database.connection import Database, StoreError
from sessions.database.encryption import opened_bytes
from sessions.database.file import stored_time
from sessions.database.schema import (
    CheckInRow,
    LandmarkBlockRow,
    PlanRow,
    SessionEndRow,
    SessionRow,
    SkippedQuestionsRow,
)
from sessions.people.access import HOME, Viewer
from sessions.people.audit import note
from sessions.people.repository import ME, NOBODY, PeopleKept, check_kept, own_id
from sessions.store.definitions import keep, templates_of
from sessions.store.exercise_repository import ExercisesKept
from sessions.store.landmarks import decode, encode
from sessions.store.plans_and_check_ins import (
    Period,
    Plan,
    check_in_of,
    check_in_row,
    periods_of,
    plan_of,
    plan_row,
)
from sessions.store.records import (
    SessionStart,
    SessionSummary,
    StoredSession,
    repetition_row,
    session_row,
    start_of,
)
from sessions.store.rep_rows import measured_of, reps_of, scores_of
from sessions.store.review_repository import ReviewsKept
from sessions.store.reviews import in_force, reviewed
from sessions.store.session_numbers import KnownNumbers, Measured, Numbers, numbers
from sessions.store.summaries import summaries
from vision.pose import PoseFrame, PoseSequence


class UnknownSessionError(RequestError):
    """There is no session of that number."""


@dataclass(frozen=True)
class Store:
    """Everything that is kept, as somebody may see it. Safe to use from several threads and processes at once.

    Without a person_id, methods are about the person as whom the viewer practises; they raise NotAllowedError for what
    is not for the viewer, and PersonGoneError where something is written of somebody who was deleted. me: the display
    name of the first person, who is made when first needed.
    """

    database: Database
    viewer: Viewer = HOME
    me: str = ME
    _known: KnownNumbers = field(default_factory=KnownNumbers, repr=False, compare=False)

    @classmethod
    def open(cls, where: Path | str | None = None) -> Store:
        """The store in that database, seen by the computer's own person; see Database.open. Raises StoreError."""
        return cls(Database.open(where))

    def seen_by(self, viewer: Viewer, check: Callable[[], None] | None = None) -> Store:
        """Return the same store as somebody else may see it.

        check: raises, before anything is read or changed, once they have lost access.
        """
        database = self.database if check is None else self.database.only_while(check)
        return replace(self, database=database, viewer=viewer)

    def close(self) -> None:
        """Give back the file or the connections."""
        self.database.close()

    @property
    def people(self) -> PeopleKept:
        """Who is kept."""
        return PeopleKept(self.database, self.viewer, self.me)

    @property
    def reviews(self) -> ReviewsKept:
        """What therapists said."""
        return ReviewsKept(self.database, self.viewer)

    @property
    def exercises(self) -> ExercisesKept:
        """What authors made."""
        return ExercisesKept(self.database, self.viewer)

    def begin(
        self,
        start: SessionStart,
        definitions: Iterable[Template | Technique] = (),
        person_id: int | None = None,
    ) -> int:
        """The number of a new session, committed with the text of what it is judged with."""
        with self.database.writing() as session:
            row = session_row(start)
            row.person_id = self._whose(session, person_id, "a new session")
            keep(session, definitions)
            session.add(row)
            session.flush()
            return row.id

    def add_rep(self, session_id: int, rep: RepScore, poses: PoseSequence | None) -> None:
        """Commit, in one transaction, a closed repetition and the landmarks since the previous commit.

        Raises StoreError, nothing changed, when that repetition is there already, the session does not exist
        or is finished, or the landmarks do not follow those before.
        """
        row = repetition_row(session_id, rep)
        with self.database.writing() as session:
            self._add_poses(session, session_id, poses)
            session.add(row)

    def add_poses(self, session_id: int, poses: PoseSequence) -> None:
        """Commit the landmarks since the previous commit, without a repetition. Errors as for add_rep."""
        with self.database.writing() as session:
            self._add_poses(session, session_id, poses)

    def finish(self, session_id: int, rest: PoseSequence | None = None, at: datetime | None = None) -> None:
        """Commit the landmarks since the last repetition and that the session is over; at: since when, else now."""
        at = datetime.now(UTC) if at is None else at.astimezone(UTC)
        with self.database.writing() as session:
            self._add_poses(session, session_id, rest)
            session.add(SessionEndRow(session_id=session_id, finished_at=at.isoformat()))

    def sessions(self, person_id: int | None = None) -> tuple[SessionSummary, ...]:
        """Return a line about each session of a person, the newest first, with what therapists said in it."""
        with self.database.reading() as session:
            whose = self._whose_there_is(session, person_id)
            return summaries(session, SessionRow.person_id == whose)

    def of_file(self, source_sha256: str) -> tuple[SessionSummary, ...]:
        """Return a line about each session that was scored from this file and that the viewer may see."""
        with self.database.reading() as session:
            found = summaries(session, SessionRow.source_sha256 == source_sha256)
        own = self.viewer.person_id
        return tuple(one for one in found if self.viewer.role != "patient" or one.person_id == own)

    def all_sessions(self) -> tuple[SessionSummary, ...]:
        """Return a line about each session of everybody, the newest first, with what therapists said in it."""
        self.viewer.must_treat("everybody's sessions")
        with self.database.reading() as session:
            return summaries(session)

    def session(self, session_id: int) -> StoredSession:
        """Return a session with its repetitions as the machine judged them. Raises UnknownSessionError."""
        with self.database.reading() as session:
            row = self._row(session, session_id)
            finished = None if row.end is None else stored_time(row.end.finished_at)
            return StoredSession(row.id, start_of(row), finished, reps_of(session, row.id))

    def reviewed(self, session_id: int) -> StoredSession:
        """Return a session with what therapists said in its repetitions. Raises UnknownSessionError."""
        stored = self.session(session_id)
        return replace(stored, reps=reviewed(stored.reps, self.reviews.of([session_id])[session_id]))

    def owner(self, session_id: int) -> int:
        """Whose a session is. Raises UnknownSessionError."""
        with self.database.reading() as session:
            return self._row(session, session_id).person_id or NOBODY

    def numbers(self, person_id: int | None = None) -> tuple[Numbers, ...]:
        """The numbers of all sessions of a person, with what therapists said in them, the oldest first.

        A session is read anew only where a repetition or a review has been added to it.
        """
        with self.database.reading() as session:
            whose = self._whose_there_is(session, person_id)
            lines = {one.id: one for one in summaries(session, SessionRow.person_id == whose)[::-1]}
            rows = self.reviews.rows(lines)
            said = {one: in_force(reviews) for one, reviews in rows.items()}
            added = {one: (lines[one].repetitions + lines[one].attempts, len(rows[one])) for one in lines}
            kept = {one: self._known.get(one, line.start, added[one]) for one, line in lines.items()}
            found = {one: known for one, known in kept.items() if known is not None}
            new = [one for one in lines if one not in found]
            scores = scores_of(session, new)
            templates = templates_of(session, {lines[one].start.template_sha256 for one in new})

            def read(number: int, measured: Iterable[Measured]) -> None:
                reps = reviewed(scores[number], said[number])
                start = lines[number].start
                found[number] = numbers(number, start, reps, measured, templates.get(start.template_sha256))
                self._known.keep(found[number], added[number])

            for number, measured in groupby(measured_of(session, new), itemgetter(0)):
                read(number, measured)
        for number in lines.keys() - found:
            read(number, ())
        return tuple(found[number] for number in lines)

    def forget_numbers(self) -> None:
        """Read each session anew when it is next asked for; once somebody was deleted nothing of them is to stay."""
        self._known.forget()

    def poses(self, session_id: int) -> PoseSequence | None:
        """All its landmarks, bit for bit as the Coach got them; None without any. Raises UnknownSessionError."""
        blocks = list(self._blocks(session_id))
        return PoseSequence.joined(blocks) if blocks else None

    def frames(self, session_id: int) -> Iterator[PoseFrame]:
        """The landmarks in time order, bit for bit as the Coach got them. Raises UnknownSessionError."""
        for poses in self._blocks(session_id):
            yield from (poses.frame(i) for i in range(len(poses)))

    def _blocks(self, session_id: int) -> Iterator[PoseSequence]:
        with self.database.reading() as session:
            self._row(session, session_id)
            blocks = session.scalars(
                select(LandmarkBlockRow.data)
                .where(LandmarkBlockRow.session_id == session_id)
                .order_by(LandmarkBlockRow.id)
            ).all()
        yield from (decode(opened_bytes(self.database.seal, data, "data")) for data in blocks)

    def sets_of(self, pattern_id: str) -> int:
        """How many live sets of a pattern the person has finished."""
        with self.database.reading() as session:
            query = (
                select(func.count())
                .select_from(SessionRow)
                .join(SessionRow.end)
                .where(SessionRow.person_id == self._whose_there_is(session, None))
                .where(SessionRow.pattern_id == pattern_id, SessionRow.source_kind == "live")
            )
            return session.scalar(query) or 0

    def add_check_in(self, check_in: CheckIn, *, corrects_last: bool = False) -> None:
        """Commit what the person answered; corrects_last: it puts the last answers right, which stay in the record."""
        with self.database.writing() as session:
            row = check_in_row(check_in)
            row.person_id = self._whose(session, None, "an answer")
            if corrects_last:
                row.corrects = session.scalar(
                    select(func.max(CheckInRow.id)).where(CheckInRow.person_id == row.person_id)
                )
            session.add(row)

    def skip_questions(self) -> None:
        """Commit that the person chose not to answer the questions after a set."""
        with self.database.writing() as session:
            whose = self._whose(session, None, "an answer")
            session.add(SkippedQuestionsRow(at=datetime.now(UTC).isoformat(), person_id=whose))

    def has_open_questions(self, since: datetime) -> bool:
        """Return whether the person finished a set at the camera since then, and neither answered nor skipped since."""
        with self.database.reading() as session:
            whose, after = self._whose_there_is(session, None), since.astimezone(UTC).isoformat()
            ended = session.scalar(
                select(func.max(SessionEndRow.finished_at))
                .join(SessionRow, SessionRow.id == SessionEndRow.session_id)
                .where(SessionRow.person_id == whose, SessionRow.source_kind == "live")
                .where(SessionEndRow.finished_at >= after)
            )
            if ended is None:
                return False
            answers = (
                select(CheckInRow.id).where(CheckInRow.person_id == whose, CheckInRow.at >= ended),
                select(SkippedQuestionsRow.id).where(
                    SkippedQuestionsRow.person_id == whose, SkippedQuestionsRow.at >= ended
                ),
            )
            return all(session.scalar(query.limit(1)) is None for query in answers)

    def check_ins(
        self, since: datetime | None = None, person_id: int | None = None, *, corrected: bool = False
    ) -> tuple[CheckIn, ...]:
        """What a person answered, in order of time; since: only what is not older.

        corrected: also the answers that later ones put right.
        """
        with self.database.reading() as session:
            query = select(CheckInRow).where(CheckInRow.person_id == self._whose_there_is(session, person_id))
            if not corrected:
                put_right = select(CheckInRow.corrects).where(CheckInRow.corrects.is_not(None))
                query = query.where(CheckInRow.id.not_in(put_right))
            if since is not None:
                query = query.where(CheckInRow.at >= since.astimezone(UTC).isoformat())
            query = query.options(selectinload(CheckInRow.signs))
            rows = session.scalars(query.order_by(CheckInRow.at, CheckInRow.id))
            return tuple(check_in_of(row) for row in rows)

    def give_plan(self, plan: Plan | None, person_id: int | None = None) -> None:
        """Commit the program that holds for a person from now on; None: none does."""
        self.viewer.must_treat("a program")
        with self.database.writing() as session:
            row = plan_row(plan)
            row.person_id = self._whose(session, person_id, "a program")
            session.add(row)
            note(
                session, self.viewer, "gave a program", row.person_id, "" if plan is None else plan.program.id
            )

    def plan(self, person_id: int | None = None) -> Plan | None:
        """The program that holds for a person, None where there is none.

        Raises ProgramError where it fits the library no more.
        """
        with self.database.reading() as session:
            whose = self._whose_there_is(session, person_id)
            query = select(PlanRow).where(PlanRow.person_id == whose).order_by(PlanRow.id.desc()).limit(1)
            return plan_of(session.scalar(query))

    def periods(self, person_id: int | None = None) -> tuple[Period, ...]:
        """Every program that a person was given, and until when it held, in order of time.

        One that fits the library no more is left out.
        """
        with self.database.reading() as session:
            whose = self._whose_there_is(session, person_id)
            return periods_of(session.scalars(select(PlanRow).where(PlanRow.person_id == whose)).all())

    def _whose(self, session: Session, person_id: int | None, what: str) -> int:
        """The person that something is written of; Me is made when first needed."""
        whose = own_id(session, self.viewer, make=self.me) if person_id is None else person_id
        self.viewer.must_see(whose, what)
        check_kept(session, whose)
        return whose

    def _whose_there_is(self, session: Session, person_id: int | None) -> int:
        """The person that is asked about; a number that nobody has where there is nobody yet."""
        whose = own_id(session, self.viewer) if person_id is None else person_id
        self.viewer.must_see(whose, f"person {whose}")
        return whose

    def _row(self, session: Session, session_id: int, *, locked: bool = False) -> SessionRow:
        row = session.get(SessionRow, session_id, with_for_update=locked)
        if row is None:
            raise UnknownSessionError(
                f"session {session_id}: there is no such session in {self.database.name}"
            )
        self.viewer.must_see(row.person_id, f"session {session_id}")
        return row

    def _add_poses(self, session: Session, session_id: int, poses: PoseSequence | None) -> None:
        if self._row(session, session_id, locked=True).end is not None:
            raise StoreError(f"session {session_id}: it is finished and takes no more")
        if poses is None or len(poses) == 0:
            return
        last_s = session.scalar(
            select(LandmarkBlockRow.last_s)
            .where(LandmarkBlockRow.session_id == session_id)
            .order_by(LandmarkBlockRow.id.desc())
        )
        first_s = float(poses.t_s[0])
        if last_s is not None and first_s <= last_s:
            raise StoreError(
                f"session {session_id}: expected landmarks after {last_s:.3f} s, got {first_s:.3f} s"
            )
        data, seal = encode(poses), self.database.seal
        session.add(
            LandmarkBlockRow(
                session_id=session_id,
                first_s=first_s,
                last_s=float(poses.t_s[-1]),
                frames=len(poses),
                data=data if seal is None else seal.sealed(data, "data"),
            )
        )
