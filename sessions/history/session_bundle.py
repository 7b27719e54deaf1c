"""All that is known of one session, and of one person over time: what reports, exports and progress are made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from patterns.programs.technique import Technique
from patterns.templates.library import sided
from patterns.templates.template import Template
from scoring.metrics.not_measured import not_measured
from scoring.records.movement_data import view_over
from scoring.records.records import NotMeasured, RepScore
from scoring.results.curves import SetTraces, traces
from scoring.safety.stop_rules import CheckIn
from sessions.people.people import Person
from sessions.store.plans_and_check_ins import Plan
from sessions.store.records import StoredSession
from sessions.store.reviews import Review, reviewed
from sessions.store.session_numbers import Numbers, numbers_of
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
    reviews: tuple[Review, ...] = ()

    @cached_property
    def reps(self) -> tuple[RepScore, ...]:
        """The repetitions as they count: as the machine judged them, with what therapists said."""
        return reviewed(self.session.reps, self.reviews)

    @property
    def numbers(self) -> Numbers:
        """Its numbers as they are followed over time."""
        return numbers_of(replace(self.session, reps=self.reps), self.template)

    @cached_property
    def traces(self) -> SetTraces:
        """Each repetition ready to be looked at, when it is asked for; None for one of which no frame is kept."""
        frames = () if self.poses is None else (self.poses.frame(i) for i in range(len(self.poses)))
        return traces(frames, self.session.reps, self.template, self.session.start.side)

    @cached_property
    def not_measured(self) -> tuple[NotMeasured, ...]:
        """What the session could not show; where no landmarks are kept, what a webcam never can alone."""
        seen = [trace.signals.yaw_deg for trace in self.traces if trace is not None]
        if not seen:
            return not_measured([self.template], (), "front")
        templates = sided(self.template, self.session.start.side).values()
        depth = self.poses is None or self.poses.world_m is not None
        return not_measured(templates, self.session.reps, view_over(np.concatenate(seen)), depth=depth)


@dataclass(frozen=True)
class History:
    """One person over time.

    sessions: the numbers of each, the oldest first, with what therapists said in them. check_ins: in order of time.
    """

    person: Person
    plan: Plan | None = None
    sessions: tuple[Numbers, ...] = ()
    check_ins: tuple[CheckIn, ...] = ()
