"""Which of the sequences are exercises, and their key postures: start, end, start, end, each a little different."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from training.exercises import ARM_PARTS, CARRIES, EXERCISES, HANG, LEG_PARTS, Exercise, Four, Pair
from vision.pose import FloatArray

IntArray = npt.NDArray[np.int_]

SHARE: Final = 0.5
_STAND, _ONE_LEG, _LUNGE, _SEAT = 0, 1, 2, 3
_VARIED_DEG: Final = 9.0
_AGAIN_DEG: Final = 3.0


@dataclass
class ExercisePlan:
    """chosen (N,): number of the exercise, -1 for none. kind (N,): how the body stands, -1 for anyhow.

    side (N,): 0 where the left side works. reach (N,): the share of the way that is gone.
    """

    exercises: tuple[Exercise, ...]
    chosen: IntArray
    kind: IntArray
    side: IntArray
    reach: FloatArray
    alternates: npt.NDArray[np.bool_]

    def _each(self) -> list[tuple[int, Exercise]]:
        return [(int(n), self.exercises[int(self.chosen[n])]) for n in np.flatnonzero(self.chosen >= 0)]

    def set_lean(self, rng: np.random.Generator, ahead: FloatArray) -> None:
        """Put the trunk's lean of those exercises that have one into ahead (N, K)."""
        for n, exercise in self._each():
            if exercise.rises:
                ends = np.array(
                    [rng.normal(2, 5), rng.uniform(15, 55), rng.normal(2, 4), rng.uniform(10, 50)]
                )
                ahead[n] = np.resize(ends, ahead.shape[1])
            if exercise.lean != (0.0, 0.0):
                ends = np.array(exercise.lean) + rng.normal(0, 4, 2)
                ahead[n] = np.resize(ends, ahead.shape[1])

    def set_arms(
        self, rng: np.random.Generator, sides: list[dict[str, FloatArray]], drop: FloatArray
    ) -> None:
        """Put the arms of the exercises into the keys of both sides, each (N, K)."""
        for n, exercise in self._each():
            side = int(self.side[n])
            pairs: list[Pair]
            if exercise.arm is None:
                pairs = self._carried(rng)
            else:
                own: Pair = exercise.arm
                other: Pair = (HANG, HANG)
                if exercise.arms == "both":
                    other = own
                elif exercise.arms == "other":
                    other = (own[1], own[0])
                elif exercise.second is not None:
                    other = exercise.second
                pairs = [own, other]
            for k, pair in ((side, pairs[0]), (1 - side, pairs[1])):
                self._set(rng, sides[k], ARM_PARTS, n, pair)
                for part in ("hike", "protraction", "wrist"):
                    sides[k][part][n] *= 0.5

    def _carried(self, rng: np.random.Generator) -> list[Pair]:
        if rng.random() < 0.35:
            lifted: Four = (rng.uniform(70, 115), rng.uniform(78, 95), 6, 10)
            return [(HANG, lifted), (HANG, lifted)]
        held = CARRIES[rng.integers(len(CARRIES))]
        return [(held, held), (held, held)]

    def set_legs(self, rng: np.random.Generator, legs: list[dict[str, FloatArray]], drop: FloatArray) -> None:
        """Put the legs of the exercises into the keys of both sides, and how far the body sinks into drop (N, K)."""
        for n, exercise in self._each():
            keys = drop.shape[1]
            if exercise.leg is not None:
                self._set(rng, legs[int(self.side[n])], LEG_PARTS, n, exercise.leg)
                legs[int(self.side[n])]["ankle"][n] = rng.normal(0, 8) if not exercise.seated else np.nan
                if self.alternates[n] and not exercise.seated:
                    self._alternate(legs, n)
            if exercise.rises:
                _rise(rng, legs, n, keys)
            if exercise.sinks and not exercise.steps:
                sunk = np.resize([0.02, exercise.sinks * self.reach[n]], keys) + rng.normal(0, 0.02, keys)
                knee = 4 + 110 * np.clip(sunk, 0, 1) + rng.normal(0, 1, keys)
                ahead = rng.uniform(0.15, 0.45)
                drop[n] = np.clip(sunk, 0, 1)
                for leg in legs:
                    leg["knee"][n] = knee + rng.normal(0, 1)
                    leg["flexion"][n] = (1 - ahead) * knee

    def _alternate(self, legs: list[dict[str, FloatArray]], n: int) -> None:
        """Every second repetition by the other leg."""
        own, other = (legs[k] for k in (int(self.side[n]), 1 - int(self.side[n])))
        for part in (*LEG_PARTS, "ankle"):
            swapped = np.arange(own[part].shape[1]) % 4 == 3
            mine, its = own[part][n].copy(), other[part][n].copy()
            other[part][n] = np.where(swapped, mine, np.broadcast_to(its, mine.shape))
            own[part][n] = np.where(swapped, mine[0], mine)

    def _set(
        self,
        rng: np.random.Generator,
        keys: dict[str, FloatArray],
        parts: tuple[str, ...],
        n: int,
        pair: Pair,
    ) -> None:
        start, end = (np.array(four, dtype=np.float64) for four in pair)
        own = rng.normal(0, _VARIED_DEG, (2, len(parts)))
        own = np.broadcast_to(own[:1], own.shape) if pair[0] == pair[1] else own
        start, end = start + own[0], start + (end - start) * self.reach[n] + own[1]
        count = keys[parts[0]].shape[1]
        for i, part in enumerate(parts):
            ends = np.resize([start[i], end[i]], count) + rng.normal(0, _AGAIN_DEG, count) * (
                pair[0] != pair[1]
            )
            floor = 0.0 if part in ("elbow", "knee", "elevation") else -180.0
            keys[part][n] = np.maximum(ends, floor)


def _rise(rng: np.random.Generator, legs: list[dict[str, FloatArray]], n: int, keys: int) -> None:
    """From the seat to standing and back, between them the moment in which the trunk leans ahead the most."""
    risen = np.resize([0.0, rng.uniform(0, 0.35), 1.0, rng.uniform(0.05, 0.5)], keys)
    seated: Four = (92 + rng.normal(0, 7), 4, 6, 92 + rng.normal(0, 10))
    for leg in legs:
        for i, part in enumerate(LEG_PARTS):
            stood = (3, 3, 6, 4)[i]
            leg[part][n] = seated[i] + risen * (stood - seated[i]) + rng.normal(0, 1.5, keys)
        leg["ankle"][n] = np.nan


def choose_exercises(rng: np.random.Generator, count: int, left_out: Collection[str]) -> ExercisePlan:
    """A plan for count sequences: about half are exercises, none of those left out."""
    unknown = set(left_out) - set(EXERCISES)
    if unknown:
        raise ValueError(
            f"left out: expected names of {', '.join(EXERCISES)}, got {', '.join(sorted(unknown))}"
        )
    kept = tuple(exercise for name, exercise in EXERCISES.items() if name not in left_out)
    chosen = np.where(rng.random(count) < SHARE, rng.integers(0, len(kept), count), -1)
    kind = np.full(count, -1)
    for n in np.flatnonzero(chosen >= 0):
        exercise = kept[chosen[n]]
        seated_anyway = exercise.arm is not None and rng.random() < 0.25
        if exercise.seated or seated_anyway:
            kind[n] = _SEAT
        elif exercise.steps:
            kind[n] = _LUNGE
        elif exercise.leg is not None:
            kind[n] = _ONE_LEG
        else:
            kind[n] = _STAND
    reach = rng.uniform(0.5, 1.1, count)
    return ExercisePlan(kept, chosen, kind, rng.integers(0, 2, count), reach, rng.random(count) < 0.4)
