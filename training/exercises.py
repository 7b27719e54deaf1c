"""What people do in the exercises of rehabilitation, roughly: start and end posture of arms and legs.

Half of the training sequences go to and fro between such a pair, widely varied; the others are anything at all. An
exercise can be left out by name, to see how the correction does on one that it has never met.

Angles: an arm is (elevation, plane, elbow, axial rotation), plane 0 abduction, 90 flexion, above that across the
body; a leg is (flexion, abduction, rotation, knee). Diagonals after Knott and Voss as Adler, Beckers, Buck, PNF in
Practice, gives them; the others are the plain meaning of their names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

Four = tuple[float, float, float, float]
Pair = tuple[Four, Four]
ARM_PARTS: Final = ("elevation", "plane", "elbow", "axial")
LEG_PARTS: Final = ("flexion", "abduction", "rotation", "knee")

HANG: Final[Four] = (9, 17, 14, 8)
FORWARD: Final[Four] = (88, 88, 6, 10)
ACROSS_CHEST: Final[Four] = (36, 67, 120, -42)
ON_HIPS: Final[Four] = (38, -22, 88, -55)
OVERHEAD: Final[Four] = (165, 35, 6, 30)
ON_THIGHS: Final[Four] = (28, 75, 45, -10)
CARRIES: Final = (HANG, ACROSS_CHEST, ON_HIPS, OVERHEAD, ON_THIGHS, FORWARD)
"""What the arms may do while the legs work: stay in one of these, or be lifted forward with the effort."""


@dataclass(frozen=True)
class Exercise:
    """arm: start and end of the working arm; with "one" the other arm hangs, with "both" it does the same, with
    "other" it does the same backwards, with "follows" it goes to its own pair `second`.

    sinks: how far (0..1) the body sinks at the end. leg: start and end of the working leg. seated: begins and ends on
    a seat; rises: stands up from it.
    """

    arm: Pair | None = None
    arms: Literal["one", "both", "other", "follows"] = "one"
    second: Pair | None = None
    sinks: float = 0.0
    leg: Pair | None = None
    steps: Literal["", "ahead", "aside"] = ""
    seated: bool = False
    rises: bool = False
    lean: tuple[float, float] = field(default=(0.0, 0.0))


_D1_LOW: Final[Four] = (27, -45, 5, -35)
_D1_HIGH: Final[Four] = (118, 120, 5, 10)
_D2_LOW: Final[Four] = (43, 125, 5, -45)
_D2_HIGH: Final[Four] = (150, 35, 5, 45)
_D1_HIGH_BENT: Final[Four] = (105, 120, 115, 10)
_D2_HIGH_BENT: Final[Four] = (140, 35, 100, 45)
_STANCE: Final[Four] = (2, 3, 8, 5)

EXERCISES: Final[dict[str, Exercise]] = {
    "d1": Exercise(arm=(_D1_LOW, _D1_HIGH)),
    "d1-elbow": Exercise(arm=(_D1_LOW, _D1_HIGH_BENT)),
    "d2": Exercise(arm=(_D2_LOW, _D2_HIGH)),
    "d2-elbow": Exercise(arm=(_D2_LOW, _D2_HIGH_BENT)),
    "bilateral-d1": Exercise(arm=(_D1_LOW, _D1_HIGH), arms="both"),
    "bilateral-d2": Exercise(arm=(_D2_LOW, _D2_HIGH), arms="both"),
    "reciprocal-d2": Exercise(arm=(_D2_LOW, _D2_HIGH), arms="other"),
    "chop-lift": Exercise(
        arm=((140, 50, 15, 30), (35, 30, 15, -20)),
        arms="follows",
        second=((125, 125, 45, 0), (45, 120, 20, -30)),
    ),
    "abduction": Exercise(arm=(HANG, (150, 4, 5, 70))),
    "abduction-both": Exercise(arm=(HANG, (150, 4, 5, 70)), arms="both"),
    "flexion": Exercise(arm=(HANG, (160, 86, 5, 10))),
    "flexion-both": Exercise(arm=(HANG, (160, 86, 5, 10)), arms="both"),
    "scaption": Exercise(arm=(HANG, (150, 38, 5, 30))),
    "extension": Exercise(arm=(HANG, (45, -85, 6, 5))),
    "elbow-flexion": Exercise(arm=(HANG, (20, 60, 138, 5))),
    "forward-reach": Exercise(arm=((20, 50, 95, 0), (88, 88, 8, 5)), lean=(0, 18)),
    "hand-to-mouth": Exercise(arm=(HANG, (45, 65, 135, -10))),
    "hand-to-head": Exercise(arm=(HANG, (110, 50, 130, 40))),
    "overhead-press": Exercise(arm=((55, 30, 135, 40), OVERHEAD), arms="both"),
    "squat": Exercise(sinks=0.85),
    "sit-to-stand": Exercise(seated=True, rises=True),
    "lunge-ahead": Exercise(sinks=0.65, steps="ahead"),
    "lunge-aside": Exercise(sinks=0.65, steps="aside"),
    "march": Exercise(leg=(_STANCE, (82, 0, 0, 88))),
    "single-leg-stance": Exercise(leg=(_STANCE, (42, 2, 0, 80))),
    "leg-raise": Exercise(leg=(_STANCE, (70, 2, 0, 8))),
    "hip-abduction": Exercise(leg=(_STANCE, (2, 38, 5, 6))),
    "hip-extension": Exercise(leg=(_STANCE, (-22, 4, 5, 8))),
    "knee-curl": Exercise(leg=(_STANCE, (0, 3, 5, 95))),
    "leg-d1": Exercise(leg=((-12, 19, -12, 14), (62, -18, 30, 55))),
    "leg-d1-straight": Exercise(leg=((-12, 19, -12, 5), (60, -18, 30, 6))),
    "leg-d2": Exercise(leg=((-12, -12, 25, 8), (55, 32, -15, 40))),
    "knee-extension": Exercise(leg=((88, 5, 4, 88), (88, 5, 4, 8)), seated=True),
}
"""The exercises by name."""
