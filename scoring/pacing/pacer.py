"""The pacer: which step of a technique a person is at, what to say and where to be now, one step a frame.

It waits for the person: a move ends only where they have arrived, a hold counts only while they are there, and nothing
counts while they are not seen. Only past frames are used and no clock, so live and replayed movement are paced alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from patterns.programs.technique import Do, Stage, Step, Technique, pacing_sentences
from patterns.segmentation.dwell import course, time_share
from patterns.templates.template import Template
from scoring.pacing.notes import note_on
from scoring.pacing.position import NEAR, Place
from scoring.records.records import RepScore, State

LONGEST_FRAME_S: Final = 0.5
"""Time between two frames beyond which it does not count: pictures were missing, or the computer slept."""

PATIENCE_S: Final = 2.0
"""Time beyond what a step is meant to take after which the pacer says that it waits."""

OWN_TIME_S: Final = 8.0
"""What a move in one's own time is meant to take, at most."""

LEFT_S: Final = 1.0
"""Time away from the place of a hold after which the person is asked to go back."""

ACCENT: Final = 1.0
WEAK: Final = 0.5


@dataclass(frozen=True)
class PaceUpdate:
    """What the pacer says at one frame; plain values that JSON takes.

    stage, step: numbers from 0, of stages, steps. title, do: of the step. sentence: to be said now, empty where nothing
    new is. note: about the repetition that closed with this frame, mostly empty. target: where to be now, 0..1, None
    where it is the person's own affair; zone: [from, to] of progress that is right at the step's end, None likewise.
    seconds_left, seconds: of the step, None in one's own time. beat: number of the last beat, 0 before the first;
    strength: of it, 0..1; beat_in_s, next_strength: of the next, None where none is to come for sure. done, of: counted
    rounds, of None where there is no end. waiting: for the person to follow; paused: they are not seen, or not in the
    start posture yet.
    """

    t_s: float
    technique: str
    stage: int
    stages: int
    stage_title: str
    step: int
    steps: int
    title: str
    do: Do
    sentence: str
    note: str
    target: float | None
    zone: tuple[float, float] | None
    seconds_left: float | None
    seconds: float | None
    beat: int
    strength: float
    beat_in_s: float | None
    next_strength: float | None
    done: int
    of: int | None
    waiting: bool
    paused: bool
    finished: bool


class Pacer:
    """Paces one set. repetitions: those of the dose, for stages that take them from there."""

    def __init__(self, technique: Technique, template: Template, repetitions: int | None = None) -> None:
        self._technique, self._rule, self._dose = technique, template.rep, repetitions
        self._stage = self._round = self._index = 0
        self._origin = 0.0  # share of the way where the step begins
        self._from = 0.0  # the person's own progress there
        self._own_reach = template.rep.end_zone
        self._came = True  # whether the person has been where the step begins
        self._elapsed_s = self._off_s = 0.0
        self._fresh = True
        self._running = False
        self._paused = True
        self._waiting = False
        self._finished = False
        self._done = 0
        self._beat, self._strength, self._given = 0, 0.0, -1
        self._last_s = -math.inf
        self._heard: set[tuple[int, int]] = set()
        self._to_say = ""
        self._place = self._way()
        self._enter()

    def step(
        self, t_s: float, progress: float | None, state: State, closed: RepScore | None = None
    ) -> PaceUpdate:
        """What to do now. progress, state, closed: as the Coach's Update has them at t_s.

        A frame without progress (None, NaN) changes nothing; a time that is not later than the last counts nothing.
        """
        passed_s = t_s - self._last_s
        passed_s = passed_s if 0 < passed_s <= LONGEST_FRAME_S else 0.0
        self._last_s = max(self._last_s, t_s)
        known = progress is not None and math.isfinite(progress)
        if not self._finished:
            if self._now.do == "repeat" and closed is not None and closed.kind == "repetition":
                self._next(0.0)
            self._take(t_s, progress if known else None, state, passed_s)
        note = "" if closed is None else note_on(closed, self._technique)
        return self._update(max(t_s, self._last_s), note)

    @property
    def _now(self) -> Step:
        return self._technique.stage[self._stage].step[self._index]

    def _take(self, t_s: float, progress: float | None, state: State, passed_s: float) -> None:
        do = self._now.do
        active = do == "watch" or state in ("ready", "moving", "resting")
        if not active and self._origin > 0:
            self._came = False  # who was lost is back at the start posture, not where the step begins
        self._paused = progress is None or not active
        self._running = False
        if progress is None or not active:
            return
        if do == "ready":
            self._be_ready(progress, passed_s)
        elif do == "move":
            self._move(t_s, progress, passed_s)
        elif do == "hold":
            self._hold(progress, passed_s)
        elif do in ("watch", "relax"):
            self._spend(passed_s)
        self._tick()

    def _spend(self, passed_s: float) -> None:
        """Let the step's time go by, and the step end with it."""
        self._running = True
        self._follows()
        self._elapsed_s += passed_s
        seconds = self._now.seconds
        if seconds is not None and self._elapsed_s >= seconds - 1e-9:
            self._next(passed_s)

    def _follows(self) -> None:
        """The person is where they should be."""
        if self._waiting:
            self._to_say = pacing_sentences().again
        self._off_s, self._waiting = 0.0, False

    def _away(self, passed_s: float, after_s: float, sentence: str) -> None:
        """Count the time away from where to be; say once that it waits."""
        self._off_s += passed_s
        if self._off_s > after_s and not self._waiting:
            self._waiting, self._to_say = True, sentence

    def _be_ready(self, progress: float, passed_s: float) -> None:
        if progress <= self._rule.start_zone:
            self._spend(passed_s)
        elif self._elapsed_s > 0:  # who sets off early is not called back
            self._next(0.0)
        else:
            self._away(passed_s, PATIENCE_S, pacing_sentences().ready)

    def _move(self, t_s: float, progress: float, passed_s: float) -> None:
        if not self._came:
            self._come_first(t_s, progress, passed_s)
            return
        seconds, place = self._now.seconds, self._place
        place.step(t_s, progress)
        if self._fresh and seconds is not None:
            goal = self._value(place.to)
            gone = (progress - self._from) / (goal - self._from) if goal != self._from else 0.0
            self._elapsed_s = max(self._elapsed_s + passed_s, seconds * time_share(gone))
        else:
            self._elapsed_s += passed_s
        self._fresh = False
        self._running = seconds is None or self._elapsed_s < seconds
        due = seconds is None or self._elapsed_s >= seconds - 1e-9
        if self._next_step() == "hold":
            arrived = due and place.stays
        elif seconds is None:
            arrived = place.turned or place.stays
        else:
            arrived = place.turned or (due and (place.inside or place.stalled))
        if arrived:
            self._follows()
            self._next(passed_s)
        elif self._elapsed_s > (OWN_TIME_S if seconds is None else seconds) + PATIENCE_S:
            said = pacing_sentences()
            self._away(passed_s, 0.0, said.out if place.outwards else said.back)

    def _come_first(self, t_s: float, progress: float, passed_s: float) -> None:
        """Wait until the person is where the step begins; they were lost from sight on the way."""
        if self._place.to != self._origin:
            self._place = Place(self._rule, 0.0, self._origin, self._own_reach)
        self._place.step(t_s, progress)
        if self._place.inside or self._place.stays:
            self._from = progress
            self._follows()
            self._came, self._place, self._fresh = True, self._way(), True
        else:
            self._away(passed_s, 0.0, pacing_sentences().turn_first)

    def _hold(self, progress: float, passed_s: float) -> None:
        rule = self._rule
        if self._origin >= 1:
            there = progress >= min(rule.full_reach, min(self._from, 1.0) - rule.hysteresis)
        else:
            there = abs(progress - self._value(self._origin)) <= rule.hysteresis
        if there:
            self._from = max(self._from, progress) if self._origin >= 1 else self._from
            self._came = True
            self._spend(passed_s)
        else:
            self._away(passed_s, LEFT_S, pacing_sentences().hold)

    def _next(self, passed_s: float) -> None:
        """Go to the next step; what a frame has of time beyond the step belongs to the next."""
        step = self._now
        over_s = 0.0 if step.seconds is None else self._elapsed_s - step.seconds
        if step.do == "move":
            self._from, self._origin = self._place.farthest, self._place.to
            if self._place.to >= 1:
                self._own_reach = min(max(self._own_reach, self._from), 1.0)
        self._came = True
        self._elapsed_s = over_s if 0 <= over_s <= passed_s else 0.0
        stage = self._technique.stage[self._stage]
        self._index += 1
        if self._index == len(stage.step):
            self._end_round(stage)
        if not self._finished:
            self._enter()

    def _end_round(self, stage: Stage) -> None:
        self._index = 0
        self._done += stage.counts
        self._round += 1
        times = self._times(stage)
        if times is None or self._round < times:
            return
        self._round = 0
        self._stage += 1
        if self._stage == len(self._technique.stage):
            self._stage, self._index = self._stage - 1, len(stage.step) - 1
            self._finished, self._to_say = True, pacing_sentences().finished

    def _enter(self) -> None:
        """Begin the step that it is at."""
        key = (self._stage, self._index)
        self._to_say = self._now.title if key in self._heard else self._now.sentence
        self._heard.add(key)
        self._place, self._fresh, self._given = self._way(), True, -1
        self._off_s, self._waiting, self._running = 0.0, False, True

    def _way(self) -> Place:
        to = self._now.to
        return Place(self._rule, self._origin, self._origin if to is None else to, self._own_reach)

    def _next_step(self) -> Do | None:
        """What comes after this step, None after the last."""
        stages = self._technique.stage
        stage = stages[self._stage]
        if self._index + 1 < len(stage.step):
            return stage.step[self._index + 1].do
        times = self._times(stage)
        if times is None or self._round + 1 < times:
            return stage.step[0].do
        return stages[self._stage + 1].step[0].do if self._stage + 1 < len(stages) else None

    def _times(self, stage: Stage) -> int | None:
        return self._dose if stage.dosed and self._dose is not None else stage.times

    def _value(self, share: float) -> float:
        """A share of the way as progress; between the ends it is a share of the person's own way."""
        return share if share in (0.0, 1.0) else share * self._own_reach

    def _tick(self) -> None:
        """The beat of the metronome that is due, if the step's time runs."""
        every_s, seconds = self._technique.stage[self._stage].beat_s, self._now.seconds
        if self._finished or every_s is None or seconds is None or not self._running or self._waiting:
            return
        due = math.floor(self._elapsed_s / every_s + 1e-9)
        if due > self._given and self._elapsed_s < seconds:
            self._beat += 1
            self._strength = ACCENT if self._given < 0 else WEAK
            self._given = due

    def _next_beat(self) -> tuple[float | None, float | None]:
        """Seconds until the next beat and its strength."""
        every_s, seconds = self._technique.stage[self._stage].beat_s, self._now.seconds
        if every_s is None or seconds is None or not self._running or self._waiting or self._paused:
            return None, None
        within_s = (self._given + 1) * every_s
        if within_s < seconds - 1e-9:
            return max(within_s - self._elapsed_s, 0.0), WEAK
        sure = self._now.do != "move" or self._place.inside
        goes_on = self._next_step() not in (None, "repeat")
        return (max(seconds - self._elapsed_s, 0.0), ACCENT) if sure and goes_on else (None, None)

    def _target(self) -> float | None:
        step = self._now
        share = 1.0 if not step.seconds else self._elapsed_s / step.seconds
        if step.do == "watch":
            return course(2 * share if share < 0.5 else 2 - 2 * share)
        if step.do == "move":
            a, b = self._value(self._origin), self._value(step.to or 0.0)
            return a if not self._came else a + (b - a) * course(share)
        return self._value(self._origin) if step.do in ("ready", "hold") else None

    def _zone(self) -> tuple[float, float] | None:
        step = self._now
        if step.do not in ("ready", "move", "hold"):
            return None
        to = self._origin if step.to is None or not self._came else step.to
        if to >= 1:
            return (self._rule.full_reach, 1.0)
        return (0.0, self._rule.start_zone) if to <= 0 else (self._value(to) - NEAR, self._value(to) + NEAR)

    def _update(self, t_s: float, note: str) -> PaceUpdate:
        stages = self._technique.stage
        step, stage = self._now, stages[self._stage]
        times = [self._times(one) for one in stages if one.counts]
        known = [n for n in times if n is not None]
        said = "" if self._paused and not self._finished else self._to_say
        self._to_say = self._to_say if said == "" else ""
        running = not self._finished
        beat_in_s, next_strength = self._next_beat() if running else (None, None)
        return PaceUpdate(
            t_s=t_s,
            technique=self._technique.id,
            stage=self._stage,
            stages=len(stages),
            stage_title=stage.title,
            step=self._index,
            steps=len(stage.step),
            title=step.title,
            do=step.do,
            sentence=said,
            note=note,
            target=self._target() if running else None,
            zone=self._zone() if running else None,
            seconds_left=None if step.seconds is None else max(step.seconds - self._elapsed_s, 0.0) * running,
            seconds=step.seconds,
            beat=self._beat,
            strength=self._strength,
            beat_in_s=beat_in_s,
            next_strength=next_strength,
            done=self._done,
            of=sum(known) if len(known) == len(times) else None,
            waiting=self._waiting and running,
            paused=self._paused and running,
            finished=self._finished,
        )
