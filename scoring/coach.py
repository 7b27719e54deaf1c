"""The Coach: one step a frame, the same for live, recorded and replayed movement."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace
from typing import Final

import numpy as np

from patterns.conditioning import Conditioner
from patterns.edges import EdgeFinder
from patterns.features import Signals, compute
from patterns.library import for_side
from patterns.progress import PathFollower
from patterns.segmentation import Movement, Segmenter
from patterns.template import Side, Template
from scoring.cues import CueChooser
from scoring.judgement import judge_movement
from scoring.recorded import Recorded, Row, view_over
from scoring.records import NotMeasured, RepScore, State, Update
from vision.pose import INDEX, FloatArray, PoseFrame

_KEPT_S: Final = 5.0
_LIMBS: Final = {"foot": "feet", "hand": "hands"}
"""What a path's features begin with, and what is asked into the picture where none of those is seen."""


class Coach:
    """Follows one person through one template on one side.

    hold_s: how long the start posture must be held before anything counts; 2 live, 0 for recordings, which may begin
    in motion. Raises SideError where the template does not take the side.
    """

    def __init__(self, template: Template, side: Side, hold_s: float = 2.0) -> None:
        self.template = for_side(template, side)
        self.side: Side = side
        self._conditioner = Conditioner()
        self._names = self.template.features
        self._follower = PathFollower(self.template.path)
        self._scale = np.array([self.template.path.scale[name] for name in self._follower.names])
        self._required = [INDEX[name] for name in self.template.required]
        self._segmenter = Segmenter(
            self.template.rep, self.template.path.off_path, hold_s, EdgeFinder(self.template.path)
        )
        self._cues = CueChooser(self.template)
        self._rows: deque[Row] = deque()
        self._reps: list[RepScore] = []
        self._yaws_deg: list[float] = []
        self._seen_before = False

    @property
    def reps(self) -> tuple[RepScore, ...]:
        """Every repetition and attempt so far."""
        return tuple(self._reps)

    @property
    def not_measured(self) -> tuple[NotMeasured, ...]:
        """What this recording could not show, and what a webcam never can."""
        never = [NotMeasured(name, why) for name, why in self.template.not_measured.items()]
        if not self._reps:
            return tuple(never)
        found = {metric.name for rep in self._reps for metric in rep.metrics}
        missed = []
        view = view_over(np.array(self._yaws_deg))
        for target in self.template.target:
            if target.feature in found:
                continue
            allowed = " or ".join(target.told_in)
            why = (
                f"it can be told from the {allowed} only, and this was seen from the {view}"
                if view not in target.told_in
                else "too little of it was seen"
            )
            missed.append(NotMeasured(target.feature, why))
        if "reach" not in found:
            missed.append(NotMeasured("path", f"the way of the movement cannot be told from the {view}"))
        if "smoothness" not in found:
            missed.append(
                NotMeasured(
                    "smoothness",
                    "the path was too short, or trembled too fast for this picture",
                )
            )
        return tuple(missed + never)

    def step(self, pose: PoseFrame) -> Update:
        """Take the next pose; times must increase."""
        conditioned, size = self._conditioner.step(pose)
        on_path = compute(Signals.of([conditioned], [size]), self._follower.names)[0]
        unseen = self._unseen(conditioned, on_path)
        phase, distance = (math.nan, math.nan) if unseen else self._follower.nearest(on_path, pose.t_s)
        personal = self._segmenter.personal(phase)
        self._rows.append(Row(pose.t_s, personal, distance, conditioned, size))
        movement = self._segmenter.step(pose.t_s, phase, distance, on_path / self._scale)
        closed = None if movement is None else self._judge(movement)
        self._forget(pose.t_s)
        self._seen_before |= self._segmenter.armed
        return self._update(conditioned, personal, closed, unseen)

    def finish(self) -> RepScore | None:
        """The movement whose last rest the end of the recording cut off; call once, after the last step."""
        movement = self._segmenter.finish()
        return None if movement is None else self._judge(movement)

    def _judge(self, movement: Movement) -> RepScore:
        recorded = Recorded.of(movement, list(self._rows), self._names)
        self._yaws_deg.extend(float(y) for y in recorded.yaw_deg[np.isfinite(recorded.yaw_deg)])
        rep = judge_movement(recorded, self.template, self.side, len(self._reps) + 1)
        rep = replace(rep, cue=self._cues.choose(rep))
        self._reps.append(rep)
        return rep

    def _forget(self, t_s: float) -> None:
        keep_s = self.template.rep.longest_s + _KEPT_S
        while self._rows and self._rows[0].t_s < t_s - keep_s:
            self._rows.popleft()

    def _update(self, pose: PoseFrame, progress: float, closed: RepScore | None, unseen: str) -> Update:
        segmenter = self._segmenter
        holding_s = None if segmenter.armed else segmenter.holding_s(pose.t_s)
        done = sum(rep.kind == "repetition" for rep in self._reps)
        state = self._state(done)
        return Update(
            t_s=pose.t_s,
            state=state,
            pose=pose,
            progress=min(max(progress, 0.0), 1.0) if math.isfinite(progress) else None,
            repetitions=done,
            attempts=len(self._reps) - done,
            message=self._message(state, holding_s, unseen),
            arms_in_s=holding_s,
            closed=closed,
            cue=None if closed is None else closed.cue,
        )

    def _state(self, done: int) -> State:
        segmenter = self._segmenter
        if segmenter.lost:
            return "lost" if self._seen_before else "framing"
        if not segmenter.armed:
            return "framing"
        if segmenter.phase != "resting":
            return "moving"
        return "resting" if done else "ready"

    def _message(self, state: State, holding_s: float | None, unseen: str) -> str:
        if state in ("moving", "resting", "ready"):
            return ""
        if unseen:
            return unseen
        if holding_s is not None and 0 < holding_s < self._segmenter.hold_s:
            return "Hold still."
        return self.template.start

    def _unseen(self, pose: PoseFrame, on_path: FloatArray) -> str:
        """What to do where the person, a required landmark or all limbs of a kind that the path needs are not seen."""
        if not pose.detected:
            return "Nobody is in the picture. Step in front of the camera."
        for name, landmark in zip(self.template.required, self._required, strict=True):
            if not _seen(pose, landmark):
                return f"Step back or turn: your {name.replace('_', ' ')} is not in sight."
        for kind, limbs in _LIMBS.items():
            needed = [k for k, name in enumerate(self._follower.names) if name.startswith(kind)]
            if needed and np.isnan(on_path[needed]).all():
                return f"Step back: your {limbs} are not in sight."
        return ""


def _seen(pose: PoseFrame, landmark: int) -> bool:
    return bool(np.isfinite(pose.xy_px[landmark]).all())
