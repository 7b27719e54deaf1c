"""What therapists said of sessions: each review is a row of its own, none takes the place of another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from base.characters import check_line
from scoring.records.records import Kind
from sessions.database.connection import Database
from sessions.database.encryption import Seal, opened_text, sealed_text
from sessions.database.file import stored_time
from sessions.database.schema import RepetitionRow, ReviewFaultRow, ReviewRow, SessionRow
from sessions.people.access import Viewer
from sessions.people.audit import note
from sessions.people.people import PersonGoneError
from sessions.store.reviews import WITHDRAWN, Decision, Label, Review, ReviewError, in_force, latest


@dataclass(frozen=True)
class ReviewsKept:
    """The reviews of a store, as somebody may see them."""

    database: Database
    viewer: Viewer

    def add(self, review: Review) -> None:
        """Commit a review. Raises NotAllowedError for a patient, ReviewError for a repetition that there is not."""
        self.viewer.must_treat("a review")
        check_line("Reviewer", review.by, ReviewError)
        check_line("Note", review.note, ReviewError)
        with self.database.writing() as session:
            found = select(RepetitionRow.id).where(
                RepetitionRow.session_id == review.session_id, RepetitionRow.number == review.number
            )
            if session.scalar(found) is None:
                if session.get(SessionRow, review.session_id) is None:
                    raise PersonGoneError
                raise ReviewError(
                    f"review: there is no repetition {review.number} in session {review.session_id}"
                )
            session.add(_row(review, self.database.seal))
            owner = session.get_one(SessionRow, review.session_id).person_id
            note(session, self.viewer, "reviewed a repetition", owner, f"{review.session_id}/{review.number}")

    def withdraw(self, review: Review) -> None:
        """Commit that a reviewer takes back their latest review of a repetition, so that the one before holds again.

        Raises as add does.
        """
        self.add(replace(review, decision="changed", blind=False, note="", label=WITHDRAWN))

    def of(self, session_ids: Iterable[int]) -> dict[int, tuple[Review, ...]]:
        """Return the reviews of each session, in order of time, without those taken back.

        Raises NotAllowedError for somebody else's.
        """
        return {number: in_force(reviews) for number, reviews in self.rows(session_ids).items()}

    def rows(self, session_ids: Iterable[int]) -> dict[int, tuple[Review, ...]]:
        """Return every row that was ever added to each session, in order of time. Raises NotAllowedError as `of`."""
        wanted = list(session_ids)
        with self.database.reading() as session:
            self._check(session, wanted)
            found: dict[int, list[Review]] = {number: [] for number in wanted}
            query = select(ReviewRow).where(ReviewRow.session_id.in_(wanted)).order_by(ReviewRow.id)
            for row in session.scalars(query.options(selectinload(ReviewRow.faults))):
                found[row.session_id].append(_review(row, self.database.seal))
        return {number: tuple(reviews) for number, reviews in found.items()}

    def counts(self) -> dict[int, int]:
        """How many repetitions of each session somebody reviewed; sessions without a review are left out."""
        self.viewer.must_treat("everybody's reviews")
        done = select(ReviewRow.session_id, func.count(ReviewRow.number.distinct()))
        with self.database.reading() as session:
            found = {number: count for number, count in session.execute(done.group_by(ReviewRow.session_id))}
            again = session.scalars(
                select(ReviewRow.session_id).where(ReviewRow.label == WITHDRAWN).distinct()
            )
            taken_back = list(again)
        for number, reviews in self.of(taken_back).items():
            found[number] = len(latest(reviews))
        return {number: count for number, count in found.items() if count}

    def _check(self, session: Session, session_ids: list[int]) -> None:
        owners = select(SessionRow.id, SessionRow.person_id).where(SessionRow.id.in_(session_ids))
        for number, owner in session.execute(owners):
            self.viewer.must_see(owner, f"session {number}")


def _row(review: Review, seal: Seal | None) -> ReviewRow:
    return ReviewRow(
        session_id=review.session_id,
        number=review.number,
        reviewer=review.by,
        decision=review.decision,
        kind=review.kind,
        total=review.total,
        note=sealed_text(seal, review.note, "note"),
        label=review.label,
        blind=review.blind,
        reviewed_at=review.at.astimezone(UTC).isoformat(),
        faults=[ReviewFaultRow(position=i, fault_id=fault) for i, fault in enumerate(review.faults)],
    )


def _review(row: ReviewRow, seal: Seal | None) -> Review:
    return Review(
        row.session_id,
        row.number,
        row.reviewer,
        cast(Decision, row.decision),
        cast(Kind, row.kind),
        row.total,
        tuple(fault.fault_id for fault in row.faults),
        opened_text(seal, row.note, "note"),
        cast(Label | None, row.label),
        row.blind,
        stored_time(row.reviewed_at),
    )
