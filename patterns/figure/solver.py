"""The joint angles with which the figure follows a template's path: a small least-squares problem a phase.

What is asked, strongest first: the path's features; feet where they stand, nothing below the floor; the template's
targets; weight over the feet; and otherwise the natural posture, near the one before. Warm-started along the phase.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import scipy

from patterns.features.table import compute
from patterns.figure.aims import Aims
from patterns.figure.body import JOINTS, body, signals
from patterns.figure.notes import figure_note
from patterns.templates.template import Template
from vision.pose import FloatArray

_NATURAL: Final = np.array([joint.natural for joint in JOINTS])
_FREEDOM: Final = np.array([joint.freedom for joint in JOINTS])
_LIMITS: Final = (np.array([j.lowest for j in JOINTS]), np.array([j.highest for j in JOINTS]))
_STEP: Final = np.where(_FREEDOM < 1, 1e-4, 1e-2)
_CHANGE: Final = np.where(_FREEDOM < 1, 0.06, np.minimum(1.5 + 0.6 * _FREEDOM, 12.0))
"""Change from one solved phase to the next that is as unlikely as a joint leaving its natural value by its freedom."""

_PATH_ERROR: Final = 0.02
"""Departure from the path that weighs as much as a joint leaving its natural value by its freedom, in scales."""

_POOR: Final = 0.1
"""Departure from the path, in scales, from which on a posture is looked for from elsewhere too."""

_SWEEPS: Final = 2
_EVEN: Final = 0.3
"""In the sweeps after, how much closer each posture keeps to the middle of its neighbours, for an even movement."""

_STEPS_A_KNOT: Final = 3
_ROUNDS: Final = 60


@dataclass(frozen=True)
class Solution:
    """phases (N,) rising from 0 to 1; angles (N, J) of figure_body.JOINTS; joined by straight lines."""

    phases: FloatArray
    angles: FloatArray

    def at(self, phases: FloatArray) -> FloatArray:
        """The joint angles (M, J) at phases (M,)."""
        return np.stack([np.interp(phases, self.phases, column) for column in self.angles.T], axis=-1)


def solve(template: Template) -> Solution:
    """The figure's joint angles along the path, for the side for which the template is written."""
    phases = _phases(template)
    aims = Aims(template, figure_note(template))
    found: list[FloatArray] = []
    for phase in phases:
        natural = aims.natural(float(phase), _NATURAL)
        posture = _Posture(template, aims, float(phase), natural, near=found[-1] if found else None)
        if not found:
            found.append(min(map(posture.solved, aims.first_guesses(natural)), key=posture.cost))
            aims.begin(found[0])
            continue
        best = posture.solved(found[-1])
        if posture.path_error(best) > _POOR:
            starts = (natural, 2 * found[-1] - found[-2] if len(found) > 1 else natural)
            best = min((best, *map(posture.solved, starts)), key=posture.cost)
        found.append(best)
    for _ in range(_SWEEPS):
        for k in range(1, len(phases) - 1):
            natural = aims.natural(float(phases[k]), _NATURAL)
            between = (found[k - 1] + found[k + 1]) / 2
            found[k] = _Posture(template, aims, float(phases[k]), natural, between, _EVEN).solved(found[k])
    return Solution(phases, np.stack(found))


def _phases(template: Template) -> FloatArray:
    knots = template.path.phase
    inner = [np.linspace(a, b, _STEPS_A_KNOT, endpoint=False) for a, b in pairwise(knots)]
    return np.append(np.concatenate(inner), knots[-1])


class _Posture:
    """The residuals of one phase, for rows of joint angles."""

    def __init__(
        self,
        template: Template,
        aims: Aims,
        phase: float,
        natural: FloatArray,
        near: FloatArray | None,
        closely: float = 1.0,
    ) -> None:
        self._names = template.features
        self._count = len(template.path.features)
        path = template.path
        at = np.array([phase])
        self._wanted = np.array([float(path.at(name, at)[0]) for name in path.features])
        self._scale = _PATH_ERROR * np.array([path.scale[name] for name in path.features])
        self._aims, self._phase, self._natural = aims, phase, natural
        self._near, self._change = near, _CHANGE * closely

    def residuals(self, angles: FloatArray) -> FloatArray:
        """What is wrong (N, M) with joint angles (N, J), each part in its own unit of what matters."""
        points = body(angles)
        values = compute(signals(points), self._names)
        parts = [
            (angles - self._natural) / _FREEDOM,
            (values[:, : self._count] - self._wanted) / self._scale,
            *self._aims.wrong(self._phase, angles, points, values),
        ]
        if self._near is not None:
            parts.append((angles - self._near) / self._change)
        return np.asarray(np.nan_to_num(np.concatenate(parts, axis=1)))

    def solved(self, start: FloatArray) -> FloatArray:
        """The joint angles (J,) with the least wrong, looked for from start (J,)."""
        inside = np.clip(start, _LIMITS[0] + 1e-6, _LIMITS[1] - 1e-6)
        answer = scipy.optimize.least_squares(
            self._at_one,
            inside,
            jac=self._slopes,
            bounds=_LIMITS,
            x_scale=_FREEDOM,
            max_nfev=_ROUNDS,
            ftol=1e-4,
            xtol=1e-5,
        )
        return np.asarray(answer.x)

    def _at_one(self, x: FloatArray) -> FloatArray:
        return np.asarray(self.residuals(x[None])[0])

    def path_error(self, angles: FloatArray) -> float:
        """The largest departure from the path, in scales."""
        values = compute(signals(body(angles[None])), self._names[: self._count])[0]
        return float(np.nan_to_num(np.abs(values - self._wanted) / self._scale).max()) * _PATH_ERROR

    def cost(self, angles: FloatArray) -> float:
        """Half the sum of squares of what is wrong."""
        return float((self.residuals(angles[None]) ** 2).sum() / 2)

    def _slopes(self, x: FloatArray) -> FloatArray:
        rows = self.residuals(np.vstack([x, x + np.diag(_STEP)]))
        return np.asarray(((rows[1:] - rows[0]) / _STEP[:, None]).T)
