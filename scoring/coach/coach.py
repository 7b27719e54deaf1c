"""The Coach: one step a frame, the same for live, recorded and replayed movement."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace
from typing import Final

import numpy as np

from patterns.features.conditioning import Conditioner
from patterns.features.signals import View
from patterns.programs.technique import Technique
from patterns.segmentation.segmenter import Movement
from patterns.templates.library import sided
from patterns.templates.template import Side, Template
from scoring.coach.cues import CueChooser
from scoring.coach.judgement import judge_movement
from scoring.coach.side_tracker import Arbiter, Lane, Sight
from scoring.metrics.not_measured import not_measured
from scoring.records.movement_data import Recorded, view_over
from scoring.records.records import NotMeasured, RepScore, State, Update
from vision.pose import PoseFrame

HOLD_STILL: Final = "Hold still."


class Coach:
    """Follows one person through one template on one side, or on both where sides alternate.

    hold_s: how long the start posture must be held before anything counts; 2 live, 0 for recordings, which may begin
    in motion. technique: in which the movement is done, None for the person's own pace; its tempo takes the place of
    the template's. Raises SideError where the template does not take the side, TechniqueError where the technique does
    not suit it.
    """

    def __init__(
        self, template: Template, side: Side, hold_s: float = 2.0, technique: Technique | None = None
    ) -> None:
        self.side: Side = side
        self.technique = technique
        turns_within = False
        if technique is not None:
            technique.check(template)
            template, turns_within = technique.applied(template), technique.turns_within
        self._lanes = [
            Lane(judged, own, hold_s, turns_within=turns_within)
            for own, judged in sided(template, side).items()
        ]
        self._conditioner = Conditioner()
        self._arbiter = Arbiter()
        self._settled: deque[RepScore] = deque()
        self._cues = CueChooser(template)
        self._reps: list[RepScore] = []
        self._yaws_deg: list[float] = []
        self._seen_before = False
        self._flat = False  # whether the poses have no depth
        self._broken = False  # whether the person was lost since the last movement

    @property
    def reps(self) -> tuple[RepScore, ...]:
        """Every repetition and attempt so far."""
        return tuple(self._reps)

    @property
    def yaw_deg(self) -> float:
        """How far the person was turned to the camera over the movements so far, median; NaN before the first."""
        return float(np.median(self._yaws_deg)) if self._yaws_deg else math.nan

    @property
    def view(self) -> View:
        """From where the movements so far were seen, front before the first."""
        return view_over(np.array(self._yaws_deg))

    @property
    def sight(self) -> Sight | None:
        """The side that is foremost now and its last frame as it was judged; None before the first."""
        lane = self._foremost()
        return None if lane.signals is None else Sight(lane.side, lane.signals)

    @property
    def missing(self) -> tuple[str, ...]:
        """What the exercise needs and the last frame did not show, as patterns.features.lost takes it."""
        return self._foremost().missing

    @property
    def not_measured(self) -> tuple[NotMeasured, ...]:
        """What this recording could not show, and what a webcam never can."""
        templates = [lane.template for lane in self._lanes]
        return not_measured(templates, self._reps, self.view, depth=not self._flat)

    def step(self, pose: PoseFrame) -> Update:
        """Take the next pose; times must increase."""
        conditioned, size = self._conditioner.step(pose)
        self._flat = pose.world_m is None
        ended = []
        for number, lane in enumerate(self._lanes):
            movement = lane.step(conditioned, size)
            if movement is not None:
                ended.append((number, movement))
        self._judge(self._arbiter.step(ended, [lane.segmenter.moving_since_s for lane in self._lanes]))
        for lane in self._lanes:
            lane.forget(pose.t_s)
            self._seen_before |= lane.segmenter.armed
        self._broken |= all(lane.segmenter.lost for lane in self._lanes)
        return self._update(conditioned, self._settled.popleft() if self._settled else None)

    def finish(self) -> tuple[RepScore, ...]:
        """The movements whose last rest the end of the recording cut off; call once, after the last step."""
        ended = []
        for number, lane in enumerate(self._lanes):
            movement = lane.segmenter.finish()
            if movement is not None:
                ended.append((number, movement))
        self._judge(self._arbiter.step(ended, [None] * len(self._lanes)))
        last = tuple(self._settled)
        self._settled.clear()
        return last

    def _judge(self, movements: list[tuple[int, Movement]]) -> None:
        for number, movement in movements:
            lane = self._lanes[number]
            recorded = Recorded.of(movement, list(lane.rows), lane.template, lane.habits)
            if self.technique is not None:
                since_s = self._reps[-1].end_s if self._reps and not self._broken else None
                paused_s = None if since_s is None else movement.start_s - since_s
                recorded = replace(recorded, asked=self.technique.tempo, paused_s=paused_s)
            self._yaws_deg.extend(float(y) for y in recorded.yaw_deg[np.isfinite(recorded.yaw_deg)])
            rep = judge_movement(recorded, lane.template, lane.side, len(self._reps) + 1)
            rep = replace(rep, cue=self._cues.choose(rep))
            self._reps.append(rep)
            self._broken = False
            self._settled.append(rep)

    def _update(self, pose: PoseFrame, closed: RepScore | None) -> Update:
        lane = self._foremost()
        holding_s = None if lane.segmenter.armed else lane.segmenter.holding_s(pose.t_s)
        told = self._reps[: len(self._reps) - len(self._settled)]
        done = sum(rep.kind == "repetition" for rep in told)
        state = self._state(lane, done)
        return Update(
            t_s=pose.t_s,
            state=state,
            pose=pose,
            progress=min(max(lane.progress, 0.0), 1.0) if math.isfinite(lane.progress) else None,
            repetitions=done,
            attempts=len(told) - done,
            message=_message(lane, state, holding_s),
            arms_in_s=holding_s,
            closed=closed,
            cue=None if closed is None else closed.cue,
        )

    def _foremost(self) -> Lane:
        """The side that is farther on its way, among those that are seen."""
        return max(self._lanes, key=lambda lane: lane.progress if math.isfinite(lane.progress) else -math.inf)

    def _state(self, lane: Lane, done: int) -> State:
        if lane.segmenter.lost:
            return "lost" if self._seen_before else "framing"
        if not lane.segmenter.armed:
            return "framing"
        if lane.segmenter.phase != "resting":
            return "moving"
        return "resting" if done else "ready"


def _message(lane: Lane, state: State, holding_s: float | None) -> str:
    if state in ("moving", "resting", "ready"):
        return ""
    if lane.unseen:
        return lane.unseen
    if holding_s is not None and 0 < holding_s < lane.segmenter.hold_s:
        return HOLD_STILL
    return lane.template.start
