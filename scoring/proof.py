"""Whether a template may be used: it is tried on its own demonstrations, planted faults, bystanders and the library.

Each trial says what was asked, what was found, and, where it fails, what to change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from patterns.demonstration import demonstration
from patterns.features import feature_table
from patterns.figure import figures
from patterns.library import load_template, sided, template_ids
from patterns.repetition_finder import FoundRep
from patterns.stays import course
from patterns.template import Side, Template, mirrored, swapped
from scoring.bystanders import standing, walking_in
from scoring.judge import judge
from scoring.planting import PLANTS, posed
from scoring.records import RepScore
from scoring.retiming import RETIMINGS, drawn
from vision.pose import INDEX, LANDMARKS, PoseSequence

CLEAN: Final = 90.0
"""Total that a template's own demonstrations must have."""

LIVE_HOLD_S: Final = 2.0
_SAME_POINTS: Final = 1.0
_SHOWN: Final = 3
"""Repetitions in which another exercise is shown."""

_TURNED: Final = {"front": 0.0, "any": 0.0, "side": -80.0}
Trial = Literal["own", "mirror", "still", "walk", "fault", "other"]
Told = Callable[[int, int], object]
"""Told after each trial how many are done, and of how many."""


@dataclass(frozen=True)
class Finding:
    """One trial. about: a fault or the id of another exercise; empty for the other trials.

    found and advice: sentences whose braces stand for what is in values; advice is empty where nothing is to be done.
    """

    trial: Trial
    about: str
    ok: bool
    found: str
    values: dict[str, str]
    advice: str = ""


@dataclass(frozen=True)
class Proof:
    """All trials of one template. alike: other exercises that it may count, since it is one of their kind."""

    template_sha256: str
    findings: tuple[Finding, ...]
    alike: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The trials that it did not stand, without those on exercises of its kind."""
        return tuple(one for one in self.findings if not one.ok and one.about not in self.alike)

    @property
    def stands(self) -> bool:
        """Whether it may be used."""
        return not self.failed


@dataclass(frozen=True)
class Shown:
    """One demonstration: a recording and the repetitions in it that were accepted."""

    poses: PoseSequence
    reps: tuple[FoundRep, ...]


def shown(poses: PoseSequence, side: Side, reps: Sequence[FoundRep] | None = None) -> Shown:
    """A recording with its repetitions, found unless they are given."""
    return Shown(poses, tuple(demonstration(poses, side).reps if reps is None else reps))


def performed(template: Template, side: Side, count: int = _SHOWN, seconds: float = 2.5) -> PoseSequence:
    """The figure of an exercise doing it some times, each way and each rest in so many seconds, at an even pace."""
    figure = figures(template, side)[0]
    turned_deg = _TURNED[template.view] * (-1.0 if side == "left" else 1.0)
    step = 1 / 30
    way = [course(k * step / seconds) for k in range(round(seconds / step))]
    once = [*way, *[1.0] * 15, *way[::-1], *[0.0] * 45]
    phases = np.array([*[0.0] * 90, *once * count])
    points = [figure.pose(float(phase), k * step, turned_deg) for k, phase in enumerate(phases)]
    return PoseSequence.from_frames(points)


def prove(
    template: Template,
    side: Side,
    demonstrations: Sequence[Shown],
    told: Told | None = None,
    alike: Sequence[str] = (),
) -> Proof:
    """All trials of a template, shown on a side.

    Takes half a minute the first time, mostly for the figures of the library. Raises SideError where the template does
    not take the side, ValueError without a repetition.
    """
    if not any(one.reps for one in demonstrations):
        raise ValueError("demonstrations: expected at least one repetition, got none")
    others = [name for name in template_ids() if name != template.id]
    trials: list[Callable[[], Finding | None]] = [
        *(lambda one=one: _own(template, side, one) for one in demonstrations),
        lambda: _mirrored(template, side, demonstrations[0]),
        lambda: _still(template, side, demonstrations[0]),
        lambda: _walk(template, side),
        *(lambda fault=fault: _fault(template, side, demonstrations, fault) for fault in _faults(template)),
        *(lambda name=name: _other(template, side, name) for name in others),
    ]
    findings = []
    for done, trial in enumerate(trials, start=1):
        found = trial()
        if found is not None:
            findings.append(found)
        if told is not None:
            told(done, len(trials))
    return Proof(template.sha256, tuple(findings), tuple(alike))


def _judged(template: Template, side: Side, poses: PoseSequence, hold_s: float = 0.0) -> tuple[RepScore, ...]:
    return judge((poses.frame(i) for i in range(len(poses))), template, side, hold_s).reps


def _counted(reps: Sequence[RepScore]) -> list[RepScore]:
    return [rep for rep in reps if rep.kind == "repetition"]


def _own(template: Template, side: Side, one: Shown) -> Finding:
    counted = _counted(_judged(template, side, one.poses))
    totals = [rep.total for rep in counted if rep.total is not None]
    lowest = min(totals, default=0.0)
    values = {"count": str(len(counted)), "shown": str(len(one.reps)), "lowest": f"{lowest:.0f}"}
    ok = len(counted) == len(one.reps) and bool(totals) and lowest >= CLEAN
    advice = ""
    if len(counted) != len(one.reps):
        advice = (
            "Leave out repetitions that went wrong, or show the movement anew, with a short rest between two."
        )
    elif not ok:
        advice = "Widen what is judged too strictly, or leave out the repetition that went wrong."
    found = "{count} of {shown} of its own repetitions are counted, the lowest score is {lowest}"
    return Finding("own", "", ok, found, values, advice)


def _mirrored(template: Template, side: Side, one: Shown) -> Finding:
    other: Side = {"left": "right", "right": "left", "both": "both"}[side]  # type: ignore[assignment]
    turned_round = mirrored(template) if side == "both" else template
    here, there = _judged(template, side, one.poses), _judged(turned_round, other, mirrored_poses(one.poses))
    apart = [
        abs((a.total or 0.0) - (b.total or 0.0)) + 100.0 * ((a.total is None) != (b.total is None))
        for a, b in zip(here, there, strict=False)
    ]
    most = max(apart, default=0.0)
    ok = len(here) == len(there) and most <= _SAME_POINTS
    values = {"count": str(len(there)), "shown": str(len(here)), "apart": f"{most:.1f}"}
    found = "in the mirror {count} of {shown} movements are found, scores differ by {apart} at most"
    advice = (
        ""
        if ok
        else "Left and right are judged differently; this is a fault of the program, please report it."
    )
    return Finding("mirror", "", ok, found, values, advice)


def _still(template: Template, side: Side, one: Shown) -> Finding:
    count = len(_judged(template, side, standing(one.poses, one.reps[0].start_s - 0.3)))
    advice = "" if not count else "The movement is too small to be told from standing; show a larger one."
    return Finding(
        "still", "", not count, "standing still for 20 s: {count} counted", {"count": str(count)}, advice
    )


def _walk(template: Template, side: Side) -> Finding:
    turned = _TURNED[template.view] * (-1.0 if side == "left" else 1.0)
    count = len(_counted(_judged(template, side, walking_in(turned), LIVE_HOLD_S)))
    advice = (
        ""
        if not count
        else "It counts somebody who walks up; ask for a start posture that is not just standing."
    )
    return Finding(
        "walk", "", not count, "walking up to the camera: {count} counted", {"count": str(count)}, advice
    )


def _faults(template: Template) -> list[str]:
    """Those that the template can tell and that can be planted."""
    asked: dict[str, None] = dict.fromkeys([*(target.fault for target in template.target), *RETIMINGS])
    if template.path_target is not None:
        asked["wrong_path"] = None
    return [name for name in asked if name in PLANTS or name in RETIMINGS]


def _fault(template: Template, side: Side, demonstrations: Sequence[Shown], fault: str) -> Finding | None:
    """The middle repetition of each demonstration with a fault, in each direction; None where it cannot have it."""
    caught = planted = 0
    features = {
        target.feature
        for lane in sided(template, side).values()
        for target in lane.target
        if target.fault == fault
    }
    for one in demonstrations:
        measured = {metric.name for rep in _judged(template, side, one.poses) for metric in rep.metrics}
        if fault in PLANTS and features and not features & measured:
            continue  # this view cannot show it, and the template says so
        i = len(one.reps) // 2
        for poses, at_s in _variants(template, side, one, i, fault):
            planted += 1
            reps = [
                rep for rep in _judged(template, side, poses) if rep.start_s < at_s[1] and rep.end_s > at_s[0]
            ]
            caught += any(found.id == fault for rep in reps for found in rep.faults)
    if not planted:
        return None
    values = {"caught": str(caught), "planted": str(planted)}
    ok = caught == planted
    advice = (
        ""
        if ok
        else "Narrow the limit of this fault, or do not judge it; what is not told must not be promised."
    )
    return Finding("fault", fault, ok, "told {caught} of {planted} times when it was planted", values, advice)


def _variants(
    template: Template, side: Side, one: Shown, i: int, fault: str
) -> Iterator[tuple[PoseSequence, tuple[float, float]]]:
    """Recordings with the fault, and between which seconds it is."""
    rep = one.reps[i]
    if fault in RETIMINGS:
        if fault == "incomplete_return" and i + 1 >= len(one.reps):
            return
        times_s, at_s = RETIMINGS[fault](one.reps, i, template)
        inside = times_s[(at_s >= rep.start_s) & (at_s <= rep.end_s)]
        yield drawn(one.poses, at_s, times_s), (float(inside[0]), float(inside[-1]))
        return
    judged = _as_judged(template, side)
    for plant in PLANTS[fault]:
        made = posed(one.poses, rep, plant, judged)
        if made is not None and _is_wrong(judged, one.poses, made, rep, fault):
            yield made, (rep.start_s, rep.end_s)


def _as_judged(template: Template, side: Side) -> Template:
    return list(sided(template, side).values())[-1]


def _is_wrong(judged: Template, before: PoseSequence, after: PoseSequence, rep: FoundRep, fault: str) -> bool:
    """Whether a plant goes in a direction that a target calls wrong; always where no target tells the fault."""
    targets = [target for target in judged.target if target.fault == fault]
    if not targets:
        return True
    names = [target.feature for target in targets]
    inside = (before.t_s >= rep.start_s) & (before.t_s < rep.end_s)
    change = (feature_table(after, names).values - feature_table(before, names).values)[inside]
    for target, column in zip(targets, change.T, strict=True):
        if np.isfinite(column).any():
            most = float(column[np.nanargmax(np.abs(column))])
            if target.direction == "both" or (target.direction == "above") == (most > 0):
                return True
    return False


def _other(template: Template, side: Side, name: str) -> Finding:
    """The figure of another exercise, judged by this template."""
    other = load_template(name)
    shown_side: Side = other.sides[0] if side not in other.sides else side
    count = len(_counted(_judged(template, side, performed(other, shown_side), LIVE_HOLD_S)))
    values = {"count": str(count), "shown": str(_SHOWN)}
    advice = (
        ""
        if not count
        else (
            "If yours is one of this kind, say so; if not, judge what tells them apart: a start posture, or a range."
        )
    )
    return Finding(
        "other", name, not count, "{count} of {shown} of this other exercise are counted", values, advice
    )


def mirrored_poses(poses: PoseSequence) -> PoseSequence:
    """The person in a mirror: left and right change places."""
    rows = [INDEX[swapped(name)] for name in LANDMARKS]
    pixels = poses.xy_px[:, rows].copy()
    pixels[..., 0] = poses.size_wh[0] - pixels[..., 0]
    return PoseSequence(
        poses.t_s,
        poses.size_wh,
        pixels,
        None if poses.world_m is None else poses.world_m[:, rows] * [-1.0, 1.0, 1.0],
        poses.visibility[:, rows],
        None if poses.world_error_m is None else poses.world_error_m[:, rows],
        poses.measured,
    )
