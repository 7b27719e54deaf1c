"""What happens between a pose and the page: set-up first, then judgement, and what of it is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Protocol

from scoring.coach.feedback import Feedback, Told
from scoring.pacing.pacer import Pacer
from scoring.records.records import RepScore, Update
from scoring.setup.camera_health import CameraHealth
from scoring.setup.guide import GuideFrame
from scoring.setup.setup_coach import SetupCoach, SetupUpdate
from ui.live.messages import guide_message, landmark_pixels, update_message
from vision.picture_facts import PictureFacts
from vision.pose import PoseFrame


class SetCoach(Protocol):
    """What a set needs of scoring.coach.coach.Coach."""

    def step(self, pose: PoseFrame) -> Update:
        """What is to be said after this pose."""

    def finish(self) -> tuple[RepScore, ...]:
        """What the end of the set closed."""


Leading = Callable[[Update], GuideFrame | None]
"""What is to be drawn with the Coach's latest update."""

_BEGUN: Final = ("ready", "moving", "resting")
"""States of somebody who has taken the start posture."""


@dataclass(frozen=True)
class Stepped:
    """message: for the page, without times. coached_s: time.monotonic() once the Coach had decided.

    judged: the pose that the Coach took. closed: what ended with it.
    """

    message: dict[str, Any]
    coached_s: float
    judged: PoseFrame | None = None
    closed: RepScore | None = None


class Flow:
    """One set's way through set-up and judgement; step once a picture.

    setup: None where there is nothing to set up (a demo recording). goal, seconds: repetitions or time asked for, None
    for no end; the time runs from the first start posture on.
    pacer: None where the person goes at their own pace; with one, the end is the pacer's. A recording has no camera
    whose health could be watched.
    """

    def __init__(
        self,
        coach: SetCoach,
        feedback: Feedback,
        setup: SetupCoach | None = None,
        goal: int | None = None,
        pacer: Pacer | None = None,
        seconds: float | None = None,
        guide: Leading | None = None,
    ) -> None:
        self._coach = coach
        self._feedback = feedback
        self._setup = setup
        self._pacer = pacer
        self._health = None if setup is None else CameraHealth()
        self.goal = goal
        self._seconds = seconds
        self._since_s: float | None = None
        self._guide = guide

    @property
    def in_setup(self) -> bool:
        """Whether the set has not begun yet; only then is it asked how many people are in the picture."""
        return self._setup is not None and not self._setup.done

    @property
    def mirrored(self) -> bool:
        """Whether the camera was found to mirror, so that its pictures must be turned before the next step."""
        return self._setup is not None and self._setup.mirrored

    def skip_setup(self) -> None:
        """Begin without what is still missing."""
        if self._setup is not None:
            self._setup.skip()

    def step(self, pose: PoseFrame, facts: PictureFacts, people: int | None) -> Stepped:
        """Take the next pose."""
        if self._setup is not None and not self._setup.done:
            setup = self._setup.step(pose, facts, people)
            return Stepped(setup_message(pose, setup), time.monotonic())
        trouble = "" if self._health is None else self._health.step(pose.t_s, facts)
        if self._health is not None and self._health.blind:
            pose = PoseFrame.missing(pose.t_s, pose.size_wh)
        update = self._coach.step(pose)
        told = None if update.closed is None else self._feedback.closed(update.closed)
        coached_s = time.monotonic()
        left_s = self._left(update)
        message = (
            update_message(update) | {"told": told_message(told), "left_s": left_s} | self._paced(update)
        )
        message["reached"] |= left_s == 0
        message["guide"] = None if self._guide is None else guide_message(self._guide(update))
        return Stepped(message | {"trouble": trouble}, coached_s, pose, closed=update.closed)

    def _left(self, update: Update) -> float | None:
        """Seconds that are left of a set that is over after a time."""
        if self._seconds is None:
            return None
        if self._since_s is None and update.state in _BEGUN:
            self._since_s = update.t_s
        since_s = update.t_s if self._since_s is None else self._since_s
        return round(max(0.0, self._seconds - (update.t_s - since_s)), 1)

    def _paced(self, update: Update) -> dict[str, Any]:
        if self._pacer is None:
            return {"pace": None, "reached": self.goal is not None and update.repetitions >= self.goal}
        pace = self._pacer.step(update.t_s, update.progress, update.state, update.closed)
        return {"pace": asdict(pace), "reached": pace.finished}

    def asked(self) -> dict[str, Any]:
        """The message that answers "tell me how I did"."""
        return {"type": "told", "told": told_message(self._feedback.asked())}

    def finish(self) -> tuple[Sequence[RepScore], dict[str, Any] | None]:
        """What the end of the set closed, and what is told of the whole set."""
        last = self._coach.finish()
        for rep in last:
            self._feedback.closed(rep)
        return last, told_message(self._feedback.summary())


def setup_message(pose: PoseFrame, setup: SetupUpdate) -> dict[str, Any]:
    """What the page shows of a step of the set-up."""
    return {
        "type": "setup",
        "t_s": round(pose.t_s, 4),
        "size_wh": list(pose.size_wh),
        "landmarks": landmark_pixels(pose),
        "step": setup.step,
        "ask": setup.ask,
        "mirrored": setup.mirrored,
        "checks": [{"id": check.id, "state": check.state, "text": check.text} for check in setup.checks],
    }


def told_message(told: Told | None) -> dict[str, Any] | None:
    """What is told as the page takes it: the strength, the cue and its fault, and both as one text to be spoken."""
    if told is None:
        return None
    return {
        "strength": told.strength,
        "cue": "" if told.cue is None else told.cue.text,
        "rule": "" if told.cue is None else told.cue.rule,
        "text": told.text,
    }
