"""The set-up coach: from an empty picture to somebody who stands right and whose left and right are proven.

Step by step: what must be right (setup_checks), then one hand is raised. After that the Coach waits for the start
posture. Only live: a recording is taken as it is.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Final, Literal

from patterns.features.conditioning import Conditioner
from patterns.templates.template import Side, Template
from scoring.setup.checks import CHECKS, Asked, CheckState, Found, Look
from vision.picture_facts import PictureFacts
from vision.pose import PoseFrame

Step = Literal["checks", "hand", "done"]

STEADY_S: Final = 0.4
"""A check changes what it says only after it has found the same for so long, so that nothing flickers."""

READY_S: Final = 0.6
"""All checks must have been right for so long before the next step."""

RAISED_S: Final = 0.4
RAISED_TRUNKS: Final = 0.25
"""How far above its shoulder a hand counts as raised, in trunk lengths."""

_RATE_OVER_S: Final = 2.0
_RATE_FROM: Final = 8

RAISE: Final = {"right": "Raise your right hand.", "left": "Raise your left hand."}
OTHER: Final = {
    "right": "That looked like your left hand. Lower it, then raise your right hand.",
    "left": "That looked like your right hand. Lower it, then raise your left hand.",
}
MIRRORED: Final = "Your camera shows a mirror picture. I turn it round; raise your hand once more."


@dataclass(frozen=True)
class Check:
    """One line of the set-up: its name, whether it is right, and one sentence, empty while it waits."""

    id: str
    state: CheckState
    text: str


@dataclass(frozen=True)
class SetupUpdate:
    """What one step of the set-up says. ask: the one thing to do now; mirrored: whether the pictures must be turned."""

    step: Step
    checks: tuple[Check, ...]
    ask: str
    mirrored: bool


@dataclass
class _Steady:
    """A finding that must last before it is told."""

    told: Found = ("wait", "")
    _next: CheckState = "wait"
    _since_s: float = -math.inf

    def step(self, t_s: float, found: Found) -> Found:
        if found[0] != self._next:
            self._next, self._since_s = found[0], t_s
        if found[0] == self.told[0] or t_s - self._since_s >= STEADY_S:
            self.told = found
        return self.told


@dataclass
class _Hands:
    """Which hand is raised, steadily, and whether it was lowered since."""

    _raised: str = ""
    _since_s: float = -math.inf
    _lowered: bool = True

    def step(self, t_s: float, raised: str) -> str:
        """left or right once for each time that one hand alone is raised, else nothing."""
        if raised != self._raised:
            self._raised, self._since_s = raised, t_s
        if not raised:
            self._lowered = True
        if raised in ("left", "right") and self._lowered and t_s - self._since_s >= RAISED_S:
            self._lowered = False
            return raised
        return ""


@dataclass
class SetupCoach:
    """Takes a person from the first picture to ready; step once a picture, in the order of time.

    sides_known: whether left and right were proven before with this camera; mirrored: what was found then.
    hand: the one that is to be raised, for people who can raise one only.
    """

    template: Template
    side: Side
    sides_known: bool = False
    mirrored: bool = False
    hand: Literal["left", "right"] = "right"
    _asked: Asked = field(init=False)
    _step: Step = "checks"
    _ask: str = ""
    _wrong_hands: int = 0
    _right_since_s: float | None = None
    _conditioner: Conditioner = field(default_factory=Conditioner)
    _steady: dict[str, _Steady] = field(default_factory=lambda: {name: _Steady() for name in CHECKS})
    _hands: _Hands = field(default_factory=_Hands)
    _times_s: deque[float] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self._asked = Asked.of(self.template, self.side)

    def step(self, pose: PoseFrame, facts: PictureFacts, people: int | None) -> SetupUpdate:
        """Take the next picture. people: how many stand in it, None where that was not looked at."""
        _, size = self._conditioner.step(pose)
        look = Look(pose, size, facts, people, self._rate_hz(pose.t_s), self._asked)
        checks = tuple(
            Check(name, *self._steady[name].step(pose.t_s, find(look))) for name, find in CHECKS.items()
        )
        wrong = next((check.text for check in checks if check.state == "bad"), "")
        right = all(check.state in ("ok", "warn") for check in checks)
        if self._step == "checks":
            self._looked(pose.t_s, right)
            self._ask = wrong if self._step == "checks" else RAISE[self.hand] if self._step == "hand" else ""
        elif self._step == "hand":
            if checks[1].state == "bad":
                self._step, self._ask = "checks", wrong
            else:
                self._hand(pose.t_s, look)
        return SetupUpdate(self._step, checks, self._ask, self.mirrored)

    def skip(self) -> None:
        """Go on without what is still missing: the person knows better, or cannot raise the right hand."""
        self._step = "done"

    @property
    def done(self) -> bool:
        """Whether the set-up is over."""
        return self._step == "done"

    def _looked(self, t_s: float, right: bool) -> None:
        if not right:
            self._right_since_s = None
            return
        self._right_since_s = t_s if self._right_since_s is None else self._right_since_s
        if t_s - self._right_since_s >= READY_S:
            self._step = "done" if self.sides_known else "hand"

    def _hand(self, t_s: float, look: Look) -> None:
        hand = self._hands.step(t_s, _raised(look))
        if hand == self.hand:
            self._step, self._ask = "done", ""
        elif hand:
            self._wrong_hands += 1
            self._ask = OTHER[self.hand]
            if self._wrong_hands == 2:
                self.mirrored = not self.mirrored
                self._wrong_hands, self._ask = 0, MIRRORED

    def _rate_hz(self, t_s: float) -> float:
        self._times_s.append(t_s)
        while self._times_s[0] < t_s - _RATE_OVER_S:
            self._times_s.popleft()
        if len(self._times_s) < _RATE_FROM:
            return math.nan
        return (len(self._times_s) - 1) / (t_s - self._times_s[0])


def _raised(look: Look) -> str:
    """left, right or both where hands are above their shoulders; empty where none is."""
    up = []
    for side in ("left", "right"):
        above_px = float(look.at(f"{side}_shoulder")[1] - look.at(f"{side}_wrist")[1])
        if above_px > RAISED_TRUNKS * look.size.trunk_px:
            up.append(side)
    return up[0] if len(up) == 1 else "both" if up else ""
