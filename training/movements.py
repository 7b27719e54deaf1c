"""Random smooth movements of the whole body: half are anything at all, half an exercise, widely varied."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from training.exercise_plan import ExercisePlan, choose_exercises
from training.skeleton import Arm, Leg, Postures, turn_x, turn_y, turn_z
from vision.pose import FloatArray

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int_]

RATE_HZ: Final = 20
_KEYS: Final = 18
_KINDS: Final = ("stand", "one leg", "lunge", "seat", "free")
_KIND_SHARES: Final = (0.38, 0.2, 0.12, 0.22, 0.08)


@dataclass
class _Keys:
    """Key postures of every sequence: when each is reached (N, K) seconds, from when the way to it leads."""

    leave_s: FloatArray
    reach_s: FloatArray

    def between(self, values: FloatArray, t_s: FloatArray) -> FloatArray:
        """Values (N, K, ...) at the times (T,), along minimum-jerk courses from key to key: (N, T, ...)."""
        count = len(values)
        k = np.stack([np.searchsorted(self.leave_s[n], t_s, side="right") for n in range(count)])
        k = np.clip(k - 1, 1, values.shape[1] - 1)
        row = np.arange(count)[:, None]
        share = (t_s[None] - self.leave_s[row, k]) / (self.reach_s[row, k] - self.leave_s[row, k])
        share = np.clip(share, 0, 1)
        share = share**3 * (10 - 15 * share + 6 * share**2)
        share = share.reshape(*share.shape, *([1] * (values.ndim - 2)))
        return np.asarray(values[row, k - 1] * (1 - share) + values[row, k] * share)


def _keys(rng: np.random.Generator, count: int) -> _Keys:
    move_s = np.exp(rng.uniform(np.log(0.35), np.log(3.0), (count, 1))) * np.exp(
        rng.normal(0, 0.2, (count, _KEYS))
    )
    rest_s = rng.uniform(0, 0.8, (count, _KEYS)) * (rng.random((count, _KEYS)) < 0.5)
    leave_s = np.cumsum(move_s + rest_s, axis=1)
    leave_s = np.concatenate([np.zeros((count, 1)), leave_s[:, :-1]], axis=1)
    return _Keys(leave_s, leave_s + move_s)


def random_movements(
    rng: np.random.Generator, count: int, seconds: float, left_out: Collection[str] = ()
) -> Postures:
    """Postures (N, T) of count sequences at RATE_HZ; no exercise of those left out is among them.

    Half of the sequences go to and fro between two postures, as exercises do; most begin by standing or sitting with
    hanging arms; one in three holds one arm still, one in five moves both arms alike.
    """
    t_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    keys = _keys(rng, count)
    to_and_fro = rng.random(count) < 0.5
    plan = choose_exercises(rng, count, left_out)
    to_and_fro &= plan.chosen < 0
    kind = np.where(plan.kind >= 0, plan.kind, rng.choice(len(_KINDS), count, p=_KIND_SHARES))

    def over_time(values: FloatArray) -> FloatArray:
        return keys.between(_repeated(values, to_and_fro), t_s)

    calm = rng.random(count) < 0.6
    lean = _trunk(rng, count, calm)
    legs, drop = _legs(rng, count, kind, plan)
    plan.set_legs(rng, legs, drop)
    plan.set_lean(rng, lean["ahead"])
    pelvis_keys = {
        name: rng.normal(0, spread, (count, _KEYS))
        for name, spread in (("tip", 3.0), ("side", 2.5), ("turn", 4.0))
    }
    lean_with_drop = rng.uniform(0.15, 0.75, (count, 1)) * 55 * drop
    pelvis_keys["tip"] = pelvis_keys["tip"] + 0.3 * lean["ahead"] + 0.6 * lean_with_drop
    legs = _coupled(legs, pelvis_keys["tip"], drop, kind)
    pelvis = turn_y(over_time(pelvis_keys["turn"])) @ turn_z(over_time(pelvis_keys["side"]))
    pelvis = pelvis @ turn_x(over_time(pelvis_keys["tip"]))
    thorax = turn_x(over_time(0.7 * lean["ahead"] + 0.4 * lean_with_drop)) @ turn_z(over_time(lean["side"]))
    thorax = thorax @ turn_y(over_time(lean["turn"]))
    looks = _mixed(rng, (count, _KEYS), 5, (-25, 25), 0.6) - 0.5 * lean_with_drop
    head = turn_x(over_time(looks)) @ turn_y(over_time(_mixed(rng, (count, _KEYS), 6, (-45, 45), 0.5)))
    head = head @ turn_z(over_time(rng.normal(0, 5, (count, _KEYS))))
    arms = _arms(rng, count, over_time, plan, drop)
    planted = np.where(kind == 3, rng.random(count) < 0.3, kind != 4).astype(np.float64)
    return Postures(pelvis, thorax, head, arms, _over_time(legs, over_time), planted)


def _repeated(values: FloatArray, to_and_fro: BoolArray) -> FloatArray:
    """Keys of the chosen sequences turned into a, b, a, b ... with the small differences of repetitions."""
    again = values.copy()
    again[:, 2::2] = values[:, :1] + 0.07 * (values[:, 2::2] - values[:, :1])
    again[:, 3::2] = values[:, 1:2] + 0.07 * (values[:, 3::2] - values[:, 1:2])
    shape = (len(values), *([1] * (values.ndim - 1)))
    return np.where(to_and_fro.reshape(shape), again, values)


def _mixed(
    rng: np.random.Generator, shape: tuple[int, ...], small: float, wide: tuple[float, float], share: float
) -> FloatArray:
    """Small deviations in a share of the cases, anything in a wide range in the others."""
    return np.where(rng.random(shape) < share, rng.normal(0, small, shape), rng.uniform(*wide, shape))


def _trunk(rng: np.random.Generator, count: int, calm: BoolArray) -> dict[str, FloatArray]:
    shape = (count, _KEYS)
    still = calm[:, None]
    return {
        name: np.where(still, rng.normal(0, small, shape), _mixed(rng, shape, small, wide, 0.4))
        for name, small, wide in (
            ("ahead", 4.0, (-18.0, 60.0)),
            ("side", 2.5, (-32.0, 32.0)),
            ("turn", 4.0, (-45.0, 45.0)),
        )
    }


def _arms(
    rng: np.random.Generator,
    count: int,
    over_time: Callable[[FloatArray], FloatArray],
    plan: ExercisePlan,
    drop: FloatArray,
) -> tuple[Arm, Arm]:
    alike = rng.random(count) < 0.2
    still = np.where(rng.random(count) < 0.33, rng.integers(0, 2, count), -1)
    folded = rng.random(count) < 0.08
    hangs_first = rng.random(count) < 0.7
    sides: list[dict[str, FloatArray]] = []
    for k in (0, 1):
        keys = _arm_keys(rng, count)
        if k == 1:
            keys = {name: np.where(_like(alike, v), sides[0][name], v) for name, v in keys.items()}
        hanging = _hanging(rng, count)
        crossed = _hanging(rng, count) | {
            "elevation": rng.normal(36, 5, (count, _KEYS)),
            "plane": rng.normal(67, 6, (count, _KEYS)),
            "elbow": rng.normal(120, 8, (count, _KEYS)),
            "axial": rng.normal(-42, 8, (count, _KEYS)),
        }
        for name in keys:
            keys[name] = np.where(_like(still == k, keys[name]), hanging[name], keys[name])
            keys[name] = np.where(_like(folded, keys[name]), crossed[name], keys[name])
            keys[name][:, 0] = np.where(hangs_first & ~folded, hanging[name][:, 0], keys[name][:, 0])
        sides.append(keys)
    plan.set_arms(rng, sides, drop)
    return _arm(sides[0], 1, over_time), _arm(sides[1], -1, over_time)


def _like(chosen: BoolArray, values: FloatArray) -> BoolArray:
    return chosen.reshape(len(chosen), *([1] * (values.ndim - 1)))


def _arm_keys(rng: np.random.Generator, count: int) -> dict[str, FloatArray]:
    """Any posture of the arm: the upper arm anywhere a shoulder lets it, the elbow straight in 4 of 10."""
    shape = (count, _KEYS)
    even = np.degrees(np.arccos(1 - 2 * rng.uniform(0.004, 0.985, shape)))
    elevation = np.where(rng.random(shape) < 0.6, even, rng.uniform(4, 172, shape))
    plane = rng.uniform(-60, 135, shape)
    plane = np.where(elevation < 35, np.minimum(plane, 105), plane)
    straight = rng.random((count, 1)) < 0.5
    elbow = np.where(straight, np.abs(rng.normal(0, 8, shape)) + 2, rng.uniform(2, 150, shape))
    return {
        "elevation": elevation,
        "plane": plane,
        "elbow": elbow,
        "axial": rng.uniform(-70, 70, shape),
        "hike": np.where(rng.random(shape) < 0.25, np.abs(rng.normal(0, 9, shape)), 0.0),
        "protraction": rng.normal(0, 6, shape),
        "wrist": rng.normal(0, 14, shape),
    }


def _hanging(rng: np.random.Generator, count: int) -> dict[str, FloatArray]:
    shape = (count, _KEYS)
    near = {
        "elevation": (9, 3),
        "plane": (17, 15),
        "elbow": (14, 7),
        "axial": (8, 8),
        "hike": (0, 0.5),
        "protraction": (0, 3),
        "wrist": (0, 8),
    }
    mine = {name: rng.normal(mean, spread, (count, 1)) for name, (mean, spread) in near.items()}
    return {name: np.broadcast_to(v, shape) + rng.normal(0, 0.6, shape) for name, v in mine.items()}


def _arm(keys: dict[str, FloatArray], sign: int, over_time: Callable[[FloatArray], FloatArray]) -> Arm:
    e, p = np.radians(np.abs(keys["elevation"])), np.radians(keys["plane"])
    direction = np.stack([sign * np.sin(e) * np.cos(p), -np.cos(e), np.sin(e) * np.sin(p)], axis=-1)
    swung = over_time(direction)
    length = np.linalg.norm(swung, axis=-1, keepdims=True)
    swung = np.where(length > 0.05, swung, np.array([0.0, 0.0, 1.0]))
    return Arm(
        swung / np.linalg.norm(swung, axis=-1, keepdims=True),
        np.clip(over_time(keys["elbow"]), 0, 155),
        over_time(keys["axial"]),
        over_time(keys["hike"]),
        over_time(keys["protraction"]),
        over_time(keys["wrist"]),
    )


_LegKeys = dict[str, FloatArray]


def _legs(
    rng: np.random.Generator, count: int, kind: IntArray, plan: ExercisePlan
) -> tuple[list[_LegKeys], FloatArray]:
    """Keys of both legs, and how far (N, K) 0..1 the body sinks."""
    shape = (count, _KEYS)
    free = plan.chosen < 0
    sinks = (rng.random((count, 1)) < 0.6) & (free & (kind == 0))[:, None] | (kind == 2)[:, None]
    drop = np.where(sinks, rng.uniform(0, 1, shape), rng.uniform(0, 0.06, shape))
    drop[:, 0] = np.where(kind == 0, 0.02, drop[:, 0])
    wide = np.abs(rng.normal(4, 7, (count, 1)))
    toes = rng.uniform(0, 25, (count, 1))
    shank_ahead = rng.uniform(0.15, 0.45, (count, 1))
    moving = np.where(free, rng.integers(0, 2, count), plan.side)
    split = rng.uniform(-1, 1, (count, 1))
    legs = []
    for k in (0, 1):
        knee = 4 + 110 * drop + rng.normal(0, 4, shape)
        leg = {
            "flexion": (1 - shank_ahead) * knee + rng.normal(0, 2, shape),
            "abduction": wide + rng.normal(0, 2, shape) + _mixed(rng, shape, 2, (-14, 10), 0.7) * drop,
            "rotation": toes + rng.normal(0, 4, shape),
            "knee": knee,
            "ankle": np.full(shape, np.nan),
        }
        own = (kind == 1) & (moving == k) | (kind == 4)
        leg = {name: np.where(own[:, None], v, leg[name]) for name, v in _free_leg(rng, shape).items()}
        split_here = (kind == 2) & True
        step = np.where(moving == k, 1.0, -1.0)[:, None] * split
        leg["flexion"] = leg["flexion"] + np.where(split_here[:, None], 38 * np.clip(step, -1, 1), 0.0)
        aside = np.where(split_here & (moving == k), 30 * np.abs(rng.random(count)), 0.0)[:, None]
        leg["abduction"] = leg["abduction"] + aside
        seated = _seated_leg(rng, shape)
        leg = {name: np.where((kind == 3)[:, None], seated[name], leg[name]) for name in leg}
        legs.append(leg)
    return legs, drop


def _free_leg(rng: np.random.Generator, shape: tuple[int, int]) -> _LegKeys:
    bent = rng.random((shape[0], 1)) < 0.7
    keys = {
        "flexion": rng.uniform(-25, 115, shape),
        "abduction": rng.uniform(-22, 48, shape),
        "rotation": rng.uniform(-25, 40, shape),
        "knee": np.where(bent, rng.uniform(0, 130, shape), np.abs(rng.normal(0, 7, shape))),
        "ankle": rng.uniform(-30, 20, shape),
    }
    for name, first in (
        ("flexion", 2.0),
        ("abduction", 3.0),
        ("rotation", 8.0),
        ("knee", 5.0),
        ("ankle", 0.0),
    ):
        keys[name][:, 0] = first
    return keys


def _seated_leg(rng: np.random.Generator, shape: tuple[int, int]) -> _LegKeys:
    mine = rng.normal(0, 1, (shape[0], 1))
    rises = rng.uniform(0, 1, shape) * (rng.random((shape[0], 1)) < 0.35)
    kicks = rng.random((shape[0], 1)) < 0.3
    flexion = 88 + 7 * mine + rng.normal(0, 2, shape)
    knee = np.where(kicks, rng.uniform(3, 105, shape), 86 + 12 * mine + rng.normal(0, 3, shape))
    return {
        "flexion": (1 - rises) * flexion + rises * 3,
        "abduction": 5 + rng.normal(0, 6, (shape[0], 1)) + rng.normal(0, 1, shape),
        "rotation": rng.normal(4, 8, (shape[0], 1)) + rng.normal(0, 1, shape),
        "knee": (1 - rises) * knee + rises * 4,
        "ankle": np.full(shape, np.nan),
    }


def _coupled(legs: list[_LegKeys], tip: FloatArray, drop: FloatArray, kind: IntArray) -> list[_LegKeys]:
    """Hips bend by as much as the pelvis tips, and feet lie flat where nothing else was asked of them."""
    for leg in legs:
        leg["flexion"] = leg["flexion"] + np.where((kind == 4)[:, None], 0.0, tip)
        flat = tip - leg["flexion"] + leg["knee"]
        leg["ankle"] = np.where(np.isnan(leg["ankle"]), np.clip(flat, -45, 40), leg["ankle"])
    return legs


def _over_time(legs: list[_LegKeys], over_time: Callable[[FloatArray], FloatArray]) -> tuple[Leg, Leg]:
    left, right = (
        Leg(*(over_time(leg[name]) for name in ("flexion", "abduction", "rotation", "knee", "ankle")))
        for leg in legs
    )
    return left, right
