"""The tables in which sessions are kept, as the code sees them. Rows are added, never changed."""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Root of the tables."""


class SessionRow(Base):
    """One set as it was begun."""

    __tablename__ = "session"
    id: Mapped[int] = mapped_column(primary_key=True)
    pattern_id: Mapped[str]
    pattern_version: Mapped[int]
    template_sha256: Mapped[str]
    side: Mapped[str]
    view: Mapped[str]
    source_kind: Mapped[str]
    backend: Mapped[str]
    model: Mapped[str | None]
    weights_sha256: Mapped[str | None]
    hold_s: Mapped[float]
    code_version: Mapped[str]
    started_at: Mapped[str]
    technique: Mapped[str | None]
    technique_sha256: Mapped[str | None]
    source_sha256: Mapped[str | None] = mapped_column(index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    repetitions: Mapped[list[RepetitionRow]] = relationship(order_by="RepetitionRow.number")
    end: Mapped[SessionEndRow | None] = relationship()


class SessionEndRow(Base):
    """That a session was finished, and when; absent for one that broke off."""

    __tablename__ = "session_end"
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"), primary_key=True)
    finished_at: Mapped[str]


class LandmarkBlockRow(Base):
    """A stretch of landmarks, half open in time to the next block. data: see sessions.store.landmarks."""

    __tablename__ = "landmark_block"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"), index=True)
    first_s: Mapped[float]
    last_s: Mapped[float]
    frames: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)


class RepetitionRow(Base):
    """One repetition or attempt as it was judged."""

    __tablename__ = "repetition"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"), index=True)
    number: Mapped[int]
    kind: Mapped[str]
    reason: Mapped[str | None]
    side: Mapped[str]
    start_s: Mapped[float]
    peak_s: Mapped[float]
    end_s: Mapped[float]
    total: Mapped[float | None]
    range: Mapped[float | None]
    control: Mapped[float | None]
    coverage: Mapped[float]
    metrics: Mapped[list[MetricRow]] = relationship(order_by="MetricRow.position")
    faults: Mapped[list[FaultRow]] = relationship(order_by="FaultRow.position")
    cue: Mapped[CueRow | None] = relationship()


class MetricRow(Base):
    """One number about a repetition."""

    __tablename__ = "metric"
    repetition_id: Mapped[int] = mapped_column(ForeignKey("repetition.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    value: Mapped[float | None]
    unit: Mapped[str]
    error: Mapped[float | None]
    score: Mapped[float | None]
    coverage: Mapped[float]


class FaultRow(Base):
    """One deviation found in a repetition."""

    __tablename__ = "fault"
    repetition_id: Mapped[int] = mapped_column(ForeignKey("repetition.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    fault_id: Mapped[str]
    feature: Mapped[str]
    value: Mapped[float]
    limit: Mapped[float]
    unit: Mapped[str]
    phase_from: Mapped[float]
    phase_to: Mapped[float]
    severity: Mapped[float]


class CueRow(Base):
    """The one sentence said after a repetition."""

    __tablename__ = "cue"
    repetition_id: Mapped[int] = mapped_column(ForeignKey("repetition.id"), primary_key=True)
    rule: Mapped[str]
    text: Mapped[str]
    feature: Mapped[str | None]
    value: Mapped[float | None]
    limit: Mapped[float | None]
    unit: Mapped[str]


class CheckInRow(Base):
    """What somebody answered before or after practising. corrects: the answers that these put right."""

    __tablename__ = "check_in"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    moment: Mapped[str]
    pain: Mapped[int]
    effort: Mapped[int]
    next_day: Mapped[str | None]
    reason: Mapped[str | None]
    corrects: Mapped[int | None] = mapped_column(ForeignKey("check_in.id"))
    signs: Mapped[list[SignRow]] = relationship(order_by="SignRow.position")


class SkippedQuestionsRow(Base):
    """That somebody chose not to answer the questions after a set."""

    __tablename__ = "skipped_questions"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class SignRow(Base):
    """One sign to stop that somebody noticed."""

    __tablename__ = "sign"
    check_in_id: Mapped[int] = mapped_column(ForeignKey("check_in.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    sign: Mapped[str]


class PlanRow(Base):
    """That a therapist gave a program, as the text of its file, or ended it (text None); the latest holds."""

    __tablename__ = "plan"
    id: Mapped[int] = mapped_column(primary_key=True)
    given_at: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    affected: Mapped[str | None]
    program: Mapped[str | None]


class PersonRow(Base):
    """Somebody whose sessions are kept."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[str]
    entries: Mapped[list[PersonEntryRow]] = relationship(order_by="PersonEntryRow.id")


class PersonEntryRow(Base):
    """What was written about a person; the latest holds. login: by whom a login server knows them."""

    __tablename__ = "person_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    entered_at: Mapped[str]
    alias: Mapped[str]
    name: Mapped[str | None]
    birth_year: Mapped[int | None]
    sex: Mapped[str | None]
    login: Mapped[str | None]


class DefinitionRow(Base):
    """The text of a template or technique with which something was judged."""

    __tablename__ = "definition"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    text: Mapped[str]


class ReviewRow(Base):
    """What a therapist said of one repetition."""

    __tablename__ = "review"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"), index=True)
    number: Mapped[int]
    reviewer: Mapped[str]
    decision: Mapped[str]
    kind: Mapped[str]
    total: Mapped[float | None]
    note: Mapped[str]
    label: Mapped[str | None]
    blind: Mapped[bool]
    reviewed_at: Mapped[str]
    faults: Mapped[list[ReviewFaultRow]] = relationship(order_by="ReviewFaultRow.position")


class ReviewFaultRow(Base):
    """One fault that a therapist found, or left as found."""

    __tablename__ = "review_fault"
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    fault_id: Mapped[str]


class RescoringRow(Base):
    """What another version of a template found in a session, as JSON."""

    __tablename__ = "rescoring"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"), index=True)
    template_sha256: Mapped[str]
    document: Mapped[str]


class TimedResultRow(Base):
    """That a session was a timed test, and its result, as JSON."""

    __tablename__ = "timed_result"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"), index=True)
    test_id: Mapped[str]
    document: Mapped[str]


class ExerciseRow(Base):
    """One version of an exercise that an author made; its text is a definition.

    shown_sha256: under which hash its demonstrations are kept, None without any.
    """

    __tablename__ = "exercise"
    id: Mapped[int] = mapped_column(primary_key=True)
    pattern_id: Mapped[str]
    version: Mapped[int]
    template_sha256: Mapped[str]
    shown_sha256: Mapped[str | None]
    origin: Mapped[str]
    made_at: Mapped[str]
    made_by: Mapped[str]
    states: Mapped[list[ExerciseStateRow]] = relationship(order_by="ExerciseStateRow.id")
    trials: Mapped[list[ExerciseTrialRow]] = relationship(order_by="ExerciseTrialRow.id")


class ExerciseStateRow(Base):
    """That a version was approved or withdrawn; the latest holds, without any it is a draft."""

    __tablename__ = "exercise_state"
    id: Mapped[int] = mapped_column(primary_key=True)
    exercise_id: Mapped[int] = mapped_column(ForeignKey("exercise.id"), index=True)
    state: Mapped[str]
    decided_at: Mapped[str]
    decided_by: Mapped[str]
    note: Mapped[str]


class ExerciseTrialRow(Base):
    """What came of the trials of a version, as JSON; the latest holds."""

    __tablename__ = "exercise_trial"
    id: Mapped[int] = mapped_column(primary_key=True)
    exercise_id: Mapped[int] = mapped_column(ForeignKey("exercise.id"), index=True)
    document: Mapped[str]


class DemonstrationRow(Base):
    """A recording that an exercise was made from. spans: of its repetitions, as JSON; data: see store/landmarks.py.

    person_id: who is seen, None for nobody who is kept; it goes when they are deleted.
    """

    __tablename__ = "demonstration"
    id: Mapped[int] = mapped_column(primary_key=True)
    shown_sha256: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    side: Mapped[str]
    name: Mapped[str]
    spans: Mapped[str]
    data: Mapped[bytes] = mapped_column(LargeBinary)


class SealingRow(Base):
    """That landmarks and names are sealed, and by what the key is known again."""

    __tablename__ = "sealing"
    id: Mapped[int] = mapped_column(primary_key=True)
    sealed_at: Mapped[str]
    proof: Mapped[str]


class SignInRow(Base):
    """That somebody signed in on a browser, and whether it was ended (people/sign_ins.py). The only rows that change.

    token_sha256: of what the browser has. role, granted_by: as what, and by which rule.
    """

    __tablename__ = "sign_in"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    login: Mapped[str]
    role: Mapped[str]
    granted_by: Mapped[str]
    created_at: Mapped[str]
    last_seen_at: Mapped[str]
    revoked_at: Mapped[str | None]


class AuditRow(Base):
    """Who read or changed what; outlives the person it is about."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    noted_at: Mapped[str]
    who: Mapped[str]
    role: Mapped[str]
    action: Mapped[str]
    person_id: Mapped[int | None]
    about: Mapped[str]
