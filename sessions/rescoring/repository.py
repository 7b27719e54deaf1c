"""What other versions of templates found in sessions: rows beside the first judgement, which stays."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from patterns.templates.template import Template
from sessions.database.schema import RescoringRow, SessionRow
from sessions.history.queries import dossier_of
from sessions.people.audit import note
from sessions.rescoring.rescore import Rescoring, rescored, rescoring_of, rescoring_text
from sessions.store.definitions import keep
from sessions.store.store import Store


@dataclass(frozen=True)
class RescoringsKept:
    """The rescorings of a store, as its viewer may see them."""

    store: Store

    def rescore(self, session_id: int, template: Template) -> Rescoring:
        """Judge a session anew and commit what was found, with the template's text.

        Raises NotAllowedError for a patient, UnknownSessionError, RescoringError, SideError, TechniqueError.
        """
        viewer = self.store.viewer
        viewer.must_treat("judging a session anew")
        made = rescored(dossier_of(self.store, session_id), template, viewer.who)
        with self.store.database.writing() as session:
            keep(session, [template])
            row = RescoringRow(
                session_id=session_id, template_sha256=template.sha256, document=rescoring_text(made)
            )
            session.add(row)
            owner = session.get_one(SessionRow, session_id).person_id
            note(session, viewer, "judged a session anew", owner, str(session_id))
        return made

    def of(self, session_id: int) -> tuple[Rescoring, ...]:
        """The rescorings of a session, the oldest first. Raises UnknownSessionError, NotAllowedError."""
        self.store.owner(session_id)
        with self.store.database.reading() as session:
            query = select(RescoringRow.document).where(RescoringRow.session_id == session_id)
            return tuple(rescoring_of(text) for text in session.scalars(query.order_by(RescoringRow.id)))
