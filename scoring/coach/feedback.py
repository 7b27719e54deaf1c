"""When a person is told what: fading over sessions, positive first, one strength and one cue, within a bandwidth.

What is told never changes what is scored: the Coach's judgement stands, this chooses from it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from patterns.templates.library import sided
from patterns.templates.template import Side, Template
from patterns.templates.template_file import strengths
from scoring.coach.cues import PRAISED_FROM, CueChooser
from scoring.records.records import Cue, Fault, RepScore

Stage = Literal["live", "every", "third", "summary"]

STAGES: Final[dict[Stage, str]] = {
    "live": "All the time: the line lights up while you move, and words after every repetition",
    "every": "After every repetition",
    "third": "After every third repetition",
    "summary": "At the end of the set",
}
"""How often feedback is given, from learning to knowing; in this order it fades."""

FADES_AFTER: Final = (2, 5, 9)
"""Sets of an exercise after which the next stage comes: feedback all the time helps at first and holds back later
(guidance, Sigrist 2013). The numbers are our proposal."""

GOOD_FROM: Final = 95.0
"""Score of a metric from which on it is named as a strength."""

SUCCESS_OVER: Final = 6
FEWEST: Final = 4
"""Repetitions over which success is counted, and how many there must be."""

WIDER: Final = 0.1
NARROWER: Final = 0.05
WIDEST: Final = 0.4
"""Steps of the bandwidth, in severity 0..1: the share of a fault's span beyond its limit that is let pass."""

_METRIC_FAULT: Final = {
    "reach": "reduced_range",
    "return": "incomplete_return",
    "path": "wrong_path",
    "time_out": "too_fast",
    "time_back": "too_fast",
    "smoothness": "jerky",
    "tremor": "jerky",
}


def stage_after(sets_before: int) -> Stage:
    """The stage for somebody who has done so many sets of this exercise before."""
    return tuple(STAGES)[sum(sets_before >= sets for sets in FADES_AFTER)]


@dataclass(frozen=True)
class Told:
    """What is told at once: a strength, empty where none is to be named, and one cue at most."""

    strength: str
    cue: Cue | None

    @property
    def text(self) -> str:
        """Both, the positive first."""
        return " ".join(part for part in (self.strength, self.cue.text if self.cue else "") if part)


@dataclass
class Feedback:
    """Chooses what is told of a set as its repetitions close.

    band: severity up to which a fault is let pass. It widens when under half of the last repetitions succeed, so that
    success stays within reach (Chiviacowsky 2012), and narrows again when most do.
    """

    template: Template
    side: Side
    stage: Stage = "every"
    band: float = 0.0
    _reps: list[RepScore] = field(default_factory=list)
    _untold: list[RepScore] = field(default_factory=list)
    _recent: deque[RepScore] = field(default_factory=lambda: deque(maxlen=SUCCESS_OVER))
    _named: dict[str, int] = field(default_factory=dict)
    _faults_of: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._chooser = CueChooser(self.template)
        self._faults_of = dict(_METRIC_FAULT)
        for judged in sided(self.template, self.side).values():
            self._faults_of |= {target.feature: target.fault for target in judged.target}

    def closed(self, rep: RepScore) -> Told | None:
        """What to tell after this movement; None where the schedule says nothing yet."""
        self._reps.append(rep)
        self._untold.append(rep)
        if rep.kind == "repetition" and rep.total is not None:
            self._adapt(rep)
        done = sum(one.kind == "repetition" for one in self._reps)
        due = self.stage in ("live", "every") or (
            self.stage == "third" and rep.kind == "repetition" and done % 3 == 0
        )
        return self._tell(self._chooser) if due else None

    def asked(self) -> Told | None:
        """What there is to tell of the last repetitions when the person asks; None before the first."""
        self._untold = self._untold or self._reps[-1:]
        return self._tell(CueChooser(self.template)) if self._untold else None

    def summary(self) -> Told | None:
        """The whole set in one strength and one thing to work on; None for a set without a scored repetition."""
        scored = [rep for rep in self._reps if rep.total is not None]
        if not scored:
            return None
        half = len(scored) // 2
        faults = self._repeated(scored, least=len(scored) / 3)
        before = {fault.id for rep in scored[:half] for fault in rep.faults}
        strength = self._strength(scored[half:], before)
        cue = CueChooser(self.template).pick(faults, 0)
        return Told(strength or ("" if cue else self.template.praise), cue)

    def _tell(self, chooser: CueChooser) -> Told | None:
        window, self._untold = self._untold, []
        scored = [rep for rep in window if rep.total is not None]
        if not scored:
            return None
        last = scored[-1]
        faults = self._repeated(scored, least=len(scored) / 2)
        if (
            not faults
            and last.kind == "repetition"
            and min(last.total or 0, last.control or 0) >= PRAISED_FROM
        ):
            return Told(self.template.praise, None)
        earlier = self._reps[: len(self._reps) - len(window)]
        before = {fault.id for rep in earlier[-1:] for fault in rep.faults}
        strength = self._strength(scored, before) if last.kind == "repetition" else ""
        cue = chooser.pick(faults, len(self._reps))
        return Told(strength, cue) if strength or cue else None

    def _repeated(self, reps: Sequence[RepScore], least: float) -> list[Fault]:
        """Faults beyond the band, each as severe as it was, where at least so many of the repetitions had them."""
        worst: dict[str, Fault] = {}
        seen: Counter[str] = Counter()
        for fault in (fault for rep in reps for fault in rep.faults if fault.severity > self.band):
            seen[fault.id] += 1
            if fault.id not in worst or fault.severity > worst[fault.id].severity:
                worst[fault.id] = fault
        return [fault for fault in worst.values() if seen[fault.id] >= least]

    def _strength(self, reps: Sequence[RepScore], before: set[str]) -> str:
        """One thing that was good in all of these: what was a fault before, else what was named longest ago."""
        wrong = {fault.id for rep in reps for fault in rep.faults}
        scores: dict[str, float] = {}
        for metric in (metric for rep in reps for metric in rep.metrics):
            fault = self._faults_of.get(metric.name)
            if fault is not None and metric.score is not None:
                scores[fault] = min(scores.get(fault, 100.0), metric.score)
        good = [fault for fault, score in scores.items() if score >= GOOD_FROM and fault not in wrong]
        if not good:
            return ""
        order = {rule.fault: rule.priority for rule in self.template.cue}
        chosen = min(good, key=lambda f: (f not in before, self._named.get(f, -1), order.get(f, 99)))
        self._named[chosen] = len(self._reps)
        return strengths()["better" if chosen in before else "strength"][chosen]

    def _adapt(self, rep: RepScore) -> None:
        self._recent.append(replace(rep, metrics=()))
        if len(self._recent) < FEWEST:
            return
        good = sum(all(f.severity <= self.band for f in one.faults) for one in self._recent) / len(
            self._recent
        )
        if good < 0.5 and self.band < WIDEST:
            self.band = min(self.band + WIDER, WIDEST)
            self._recent.clear()
        elif good > 0.8 and self.band > 0:
            self.band = max(self.band - NARROWER, 0.0)
            self._recent.clear()
