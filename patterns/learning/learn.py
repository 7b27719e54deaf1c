"""A template learned from a few good repetitions.

The path is the mean of the ways out and back under time warping, told over the distance travelled. What goes along
or stays still gets a band (patterns.learning.bands).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from patterns.features.table import FEATURES
from patterns.learning.bands import bands
from patterns.learning.demonstration import POINTS, Demonstration, DemonstrationError, Shown
from patterns.learning.dtw_mean import at_even_distances, mean_way
from patterns.learning.proposals import Movement, proposed
from patterns.learning.repetition_finder import find_repetitions
from patterns.learning.wording import worded
from patterns.segmentation.phase import PathFollower
from patterns.templates.mirroring import swapped
from patterns.templates.template import CueRule, Path, PathTarget, RepRule, Side, Target, Template, Tempo
from patterns.templates.template_file import common_sentences
from vision.pose import FloatArray

LEAST_REPETITIONS: Final = 3
KNOTS: Final = 9
_SCALES_IN_RANGE: Final = 5.0
_LARGEST_SCALE: Final = {"arm lengths": 0.3, "leg lengths": 0.15}
_OFF_PATH: Final = 2.0
_OWN_START: Final = 0.3
_LEAST_SEEN: Final = 0.7
_UNLIKE: Final = 1.0
_AS_FAR: Final = 0.75
_PATH_TOLERANCE: Final = 0.7
_FASTEST, _SLOWEST = 0.45, 3.0
"""Shares of the demonstrated time that are still neither too fast nor too slow."""

_HALF_OF_RANGE: Final = 0.5
"""Share of the range of the driving joints from which on it counts as a repetition, not as one that turned back."""

_COUNTS_FROM, _COUNTS_FROM_LATEST = 0.4, 0.55
"""Where on the way that may be: who has done more than half of it has not turned back half-way."""

_RANGE_SHARE: Final = 0.15
_LEAST_RANGE_DEG: Final = 8.0
_RANGE_SPAN: Final = 0.6


def learn_template(
    demonstrations: Sequence[Demonstration], template_id: str, title: str, side: Side, version: int = 1
) -> Template:
    """The template that the demonstrations show, written for the right side (mirrored where the left did it) or both.

    Raises DemonstrationError with one line where there are too few repetitions, they differ too much, joints are
    hidden, or the view or the side is wrong.
    """
    shown = Shown(tuple(demonstrations))
    if (
        side != "both"
        and not shown.reps
        and any(find_repetitions(part.table, "left") for part in shown.parts)
    ):
        raise _wrong_side(side)
    if shown.reps < LEAST_REPETITIONS:
        raise DemonstrationError(
            f"found {shown.reps} repetitions, expected {LEAST_REPETITIONS} or more; begin in the start posture and "
            "show the whole movement there and back each time"
        )
    if any(part.view == "back" for part in shown.parts):
        raise DemonstrationError("the person was seen from the back; face the camera or stand side on to it")
    movement = proposed(shown, both=side == "both")
    _check_side(shown, movement, side)
    words = worded(shown, movement, side)
    _check_seen(shown, words.required)
    path = _path(shown, movement)
    phase, distance = _followed(shown, path)
    _check_alike(phase, distance)
    targets = (*_ranges(shown, movement), *bands(shown, movement, side, phase))
    return Template.model_validate(
        {
            "schema": "diagonal.template/1",
            "id": template_id,
            "title": title,
            "version": version,
            "source": f"Learned from {shown.reps} repetitions; limits are proposed, for a therapist to tune.",
            "view": words.view,
            "side": "both" if side == "both" else "right",
            "alternates": side != "both" and {"left", "right"} <= {part.side for part in shown.parts},
            "start": words.start,
            "camera": words.camera,
            "command": words.command,
            "required": words.required,
            "not_measured": words.not_measured,
            "path": path,
            "rep": RepRule(end_zone=_end_zone(shown, movement, phase), attempt_zone=0.3),
            "tempo": _tempo(shown),
            "path_target": PathTarget(tolerance=_path_tolerance(distance), span=1.6),
            "target": targets,
            "cue": _cues(targets),
        }
    )


def _check_side(shown: Shown, movement: Movement, side: Side) -> None:
    sides = {limb.side for limb in movement.limbs}
    legs = [name for name in movement.drivers if name.startswith(("hip_", "knee_"))]
    ways = {bool(shown.middle(name)[-1] > shown.middle(name)[0]) for name in legs}
    if side == "both" and len(ways) == 2:
        raise DemonstrationError("the legs take turns in these repetitions; ask for one side, not for both")
    seen = all(shown.error(swapped(name)) is not None for name in movement.drivers)
    if side == "both" and len(sides) == 1 and "" not in sides and seen:
        raise DemonstrationError(f"only the {sides.pop()} side moves; ask for that side, not for both")
    if side != "both" and not sides & {"right", ""}:
        raise _wrong_side(side)


def _wrong_side(side: Side) -> DemonstrationError:
    other = "left" if side == "right" else "right"
    return DemonstrationError(f"it is the {other} side that moves; ask for that side")


def _check_seen(shown: Shown, required: Sequence[str]) -> None:
    for name in required:
        share = min(part.seen[name] for part in shown.parts)
        if share < _LEAST_SEEN:
            raise DemonstrationError(
                f"the {name.replace('_', ' ')} was seen in {round(100 * share)} % of the repetitions, expected "
                f"{round(100 * _LEAST_SEEN)} %; step back or turn until it stays in the picture"
            )


def _path(shown: Shown, movement: Movement) -> Path:
    scale = _scales(shown, movement.path)
    curves = np.stack([shown.curves(name) / scale[name] for name in movement.path], axis=-1)
    way = at_even_distances(mean_way(curves.reshape(-1, POINTS, len(movement.path))), KNOTS)
    features = {
        name: tuple(round(float(v), 3) for v in way[:, k] * scale[name])
        for k, name in enumerate(movement.path)
    }
    phase = tuple(round(float(p), 4) for p in np.linspace(0, 1, KNOTS))
    return Path(
        phase=phase, features=features, scale=scale, off_path=_OFF_PATH, own_start=_own_start(features)
    )


def _own_start(features: dict[str, tuple[float, ...]]) -> dict[str, tuple[float, float]]:
    """How far from the demonstrated start another person's may be: a share of the way, where a feature comes far."""
    limits = {}
    for name, knots in features.items():
        far = abs(knots[-1] - knots[0])
        if far > 0.5 * (max(knots) - min(knots)) > 0:
            limits[name] = (round(knots[0] - _OWN_START * far, 3), round(knots[0] + _OWN_START * far, 3))
    return limits


def _scales(shown: Shown, names: Sequence[str]) -> dict[str, float]:
    """For each path feature the deviation that counts as one: the same for all of a unit, not under the error."""
    scales = {}
    for name in names:
        alike = [shown.change(n) for n in names if FEATURES[n].unit == FEATURES[name].unit]
        least = min(max(alike) / _SCALES_IN_RANGE, _LARGEST_SCALE.get(FEATURES[name].unit, np.inf))
        scales[name] = round(max(least, shown.error(name) or 0.0), 3)
    return scales


def _followed(shown: Shown, path: Path) -> tuple[FloatArray, FloatArray]:
    """Phase and distance (R, 2, POINTS) of every repetition along the path."""
    rows = np.stack([shown.curves(name) for name in path.features], axis=-1)
    phase, distance = np.empty(rows.shape[:3]), np.empty(rows.shape[:3])
    for rep, way in np.ndindex(rows.shape[:2]):
        follower = PathFollower(path)
        for k in range(POINTS):
            phase[rep, way, k], distance[rep, way, k] = follower.nearest(rows[rep, way, k], k / 30)
    return np.clip(phase, 0.0, 1.0), distance


def _check_alike(phase: FloatArray, distance: FloatArray) -> None:
    off = np.quantile(distance.reshape(len(distance), -1), 0.9, axis=1)
    far = phase[:, :, -1].mean(axis=1) / max(float(np.median(phase[:, :, -1])), 1e-9)
    worst, shortest = int(off.argmax()), int(far.argmin())
    if off[worst] > _UNLIKE:
        raise DemonstrationError(
            f"repetition {worst + 1} differs too much from the others ({off[worst]:.1f} times what still counts as "
            "the same way); show the same movement each time, or leave that repetition out"
        )
    if far[shortest] < _AS_FAR:
        raise DemonstrationError(
            f"repetition {shortest + 1} differs too much from the others: it goes {round(100 * far[shortest])} % as "
            "far; show the whole movement each time, or leave that repetition out"
        )


def _end_zone(shown: Shown, movement: Movement, phase: FloatArray) -> float:
    """How far along the path the driving joints have done so much of their range that it counts as a repetition.

    A hand travels the first half of its way before the shoulder has done half of its range: told by the way alone,
    who turns back half-way would have done it.
    """
    shares = []
    for name in movement.drivers:
        out = shown.curves(name)[:, 0]
        change = np.median(out[:, -1:] - out[:, :1])
        shares.append((out - out[:, :1]) / change)
    if not shares:
        return _HALF_OF_RANGE
    done = np.mean(shares, axis=0) >= _HALF_OF_RANGE
    at = np.where(done.any(axis=1), phase[np.arange(len(done)), 0, done.argmax(axis=1)], np.nan)
    zone = float(np.nanmedian(at)) if np.isfinite(at).any() else _HALF_OF_RANGE
    return round(min(max(zone, _COUNTS_FROM), _COUNTS_FROM_LATEST), 2)


def _path_tolerance(distance: FloatArray) -> float:
    """What the repetitions themselves keep, and at least what people differ by."""
    return round(max(_PATH_TOLERANCE, float(distance.mean(axis=(1, 2)).max())), 2)


def _tempo(shown: Shown) -> Tempo:
    ways = []
    for out in (True, False):
        took = [
            r.peak_s - r.start_s if out else r.end_s - r.leave_s for part in shown.parts for r in part.reps
        ]
        middle = float(np.median(took))
        ways.append((round(max(_FASTEST * middle, 0.3), 1), round(max(_SLOWEST * middle, 8.0), 1)))
    return Tempo(out_s=ways[0], back_s=ways[1])


def _ranges(shown: Shown, movement: Movement) -> list[Target]:
    """How far the driving joints are to go: the demonstrated end, less what people differ by."""
    targets = []
    for name in movement.drivers:
        course, change = shown.middle(name), shown.change(name)
        end = float(np.median(course[-3:]))
        tolerance = max(
            _RANGE_SHARE * change, _LEAST_RANGE_DEG, np.hypot(shown.spread(name), shown.error(name) or 0)
        )
        targets.append(
            Target(
                feature=name,
                role="range",
                phase=(0.9, 1.0),
                value=(round(end, 1), round(end, 1)),
                tolerance=round(float(tolerance), 1),
                span=round(_RANGE_SPAN * change, 1),
                direction="below" if end > course[0] else "above",
                weight=round(1.0 / len(movement.drivers), 2),
                fault="reduced_range",
            )
        )
    return targets


def _cues(targets: Sequence[Target]) -> tuple[CueRule, ...]:
    """Own words for range and path, the common ones for all other faults that may be raised."""
    own = (
        CueRule(fault="reduced_range", priority=1, text="Go a little further, as far as is comfortable."),
        CueRule(fault="wrong_path", priority=2, text="Keep to the way that you were shown."),
    )
    raised = dict.fromkeys(
        [*(t.fault for t in targets), "incomplete_return", "too_fast", "too_slow", "jerky"]
    )
    common = common_sentences()
    return (*own, *(CueRule(fault=fault, **common[fault]) for fault in raised if fault in common))
