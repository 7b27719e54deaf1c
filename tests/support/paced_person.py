"""A person in front of the pacer: progress over time, as asked or otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from patterns.programs.technique import Technique
from patterns.templates.template import Template
from scoring.pacing.pacer import Pacer, PaceUpdate
from scoring.records.records import RepScore, State
from tests.support.stick_figure import minimum_jerk

RATE_HZ = 30.0
OWN_S = (1.0, 2.0, 0.4, 2.0, 1.0)
"""One repetition in one's own time: rest, out, hold, back, rest."""

Person = Callable[[float, PaceUpdate | None], float | None]
"""Progress at a time, having heard the pacer's last word; None where not seen."""


@dataclass
class Follower:
    """Somebody who is where the pacer's target is, one frame later; on their own, repetitions in own_s.

    reach: how far this person goes at most.
    """

    reach: float = 1.0
    own_s: tuple[float, float, float, float, float] = OWN_S
    at: float = 0.0
    _since_s: float | None = None

    def __call__(self, t_s: float, heard: PaceUpdate | None) -> float:
        if heard is None or heard.finished:
            return self.at
        if heard.do == "repeat":
            self.at = self._alone(t_s)
            return self.at
        self._since_s = None
        wanted = 0.0 if heard.do == "watch" else heard.target
        if wanted is not None:
            self.at = min(wanted, self.reach)
        return self.at

    def _alone(self, t_s: float) -> float:
        if self._since_s is None or t_s - self._since_s >= sum(self.own_s):
            self._since_s = t_s
        rest, out, hold, back, _ = self.own_s
        since = t_s - self._since_s - rest
        if since <= out + hold:
            return self.reach * minimum_jerk(since / out)
        return self.reach * (1 - minimum_jerk((since - out - hold) / back))


def heard(
    technique: Technique,
    template: Template,
    person: Person,
    until_s: float,
    repetitions: int | None = None,
    states: Callable[[float], State] = lambda t_s: "moving",
) -> Iterator[PaceUpdate]:
    """What the pacer says to a person, frame by frame, until it is finished or the time is over.

    A repetition in one's own time closes when the person is back at rest.
    """
    pacer = Pacer(technique, template, repetitions)
    said: PaceUpdate | None = None
    k = went = 0
    top = 0.0
    while (t_s := k / RATE_HZ) < until_s and not (said and said.finished):
        progress = person(t_s, said)
        top = max(top, progress or 0.0)
        closed = None
        if progress is not None and top > template.rep.end_zone and progress < 0.02:
            went, top = went + 1, 0.0
            closed = RepScore(went, "repetition", None, "right", t_s - 4, t_s - 2, t_s, None, None, None, 1.0)
        said = pacer.step(t_s, progress, states(t_s), closed)
        yield said
        k += 1
