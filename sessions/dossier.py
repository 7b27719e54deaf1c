"""All that is known of one session, and of one person over time: what reports, exports and progress are made from."""

from __future__ import annotations

from dataclasses import dataclass

from patterns.technique import Technique
from patterns.template import Template
from scoring.records import NotMeasured
from scoring.safety import CheckIn
from sessions.care import Plan
from sessions.people import Person
from sessions.records import StoredSession
from sessions.reviews import Review
from vision.pose import PoseSequence


@dataclass(frozen=True)
class Dossier:
    """One session.

    session: as the machine judged it. template, technique: with which it was judged. poses: as the Coach got them, None
    where none are kept. before, after: what the person answered around it. reviews: in order of time.
    """

    person: Person
    session: StoredSession
    template: Template
    technique: Technique | None = None
    poses: PoseSequence | None = None
    before: CheckIn | None = None
    after: CheckIn | None = None
    not_measured: tuple[NotMeasured, ...] = ()
    reviews: tuple[Review, ...] = ()


@dataclass(frozen=True)
class History:
    """One person over time.

    sessions: the oldest first, with what therapists said already in them. check_ins: in order of time.
    """

    person: Person
    plan: Plan | None = None
    sessions: tuple[StoredSession, ...] = ()
    check_ins: tuple[CheckIn, ...] = ()
