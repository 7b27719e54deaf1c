"""Whether a template may be used: it is tried on its own demonstrations, planted faults, bystanders and the library.

Each trial says what was asked, what was found, and, where it fails, what to change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np

from patterns.features.table import FeatureTable, feature_table
from patterns.learning.demonstration import demonstration
from patterns.learning.repetition_finder import FoundRep
from patterns.templates.library import load_template, sided, template_ids
from patterns.templates.template import ALWAYS_JUDGED, Side, Template
from scoring.coach.coach import Coach
from scoring.coach.recording import judge
from scoring.records.finding import CLEAN
from scoring.records.records import RepScore
from scoring.trials.distractors import standing, walking_in
from scoring.trials.fault_injection import PLANTS, posed
from scoring.trials.synthetic import first_of, judged_in, mirrored_poses, performed, turned_for
from scoring.trials.time_faults import RETIMINGS, drawn
from vision.pose import PoseSequence

LIVE_HOLD_S: Final = 2.0
_IN_THE_MIRROR: Final[Mapping[Side, Side]] = {"left": "right", "right": "left", "both": "both"}
_SAME_POINTS: Final = 1.0
_SHOWN, _WAY_S, _SHOWN_HZ = 2, 1.5, 15.0
"""How another exercise is shown: repetitions, seconds of each way, pictures a second."""

_TELL: Final = {"wrong_path": {"path"}, "jerky": {"smoothness", "tremor"}}
"""What is measured for a fault besides the features of its targets."""

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


@dataclass(frozen=True)
class _Planted:
    """A recording with a fault, and between which seconds it is; up to the frame `since` it is as it was shown."""

    poses: PoseSequence
    at_s: tuple[float, float]
    since: int = 0


class _Begun:
    """A demonstration up to the repetition that faults are planted into, gone through once for all of them."""

    def __init__(self, template: Template, side: Side, judged: Template, one: Shown) -> None:
        self.rep = one.reps[min(1, len(one.reps) - 1)]
        self.poses = first_of(one.poses, one.reps, min(2, len(one.reps)))
        self.first = int(np.searchsorted(self.poses.t_s, self.rep.start_s))
        self.features: FeatureTable = feature_table(self.poses, {target.feature for target in judged.target})
        self._coach = Coach(template, side, 0.0)
        for i in range(self.first):
            self._coach.step(self.poses.frame(i))

    def judged(self, poses: PoseSequence) -> tuple[RepScore, ...]:
        """How the whole is judged if it goes on otherwise."""
        coach = deepcopy(self._coach)
        for i in range(self.first, len(poses)):
            coach.step(poses.frame(i))
        coach.finish()
        return coach.reps


@dataclass(frozen=True)
class _Case:
    """What is tried: a template on a side, and the demonstrations that have repetitions."""

    template: Template
    side: Side
    demonstrations: tuple[Shown, ...]

    def judged(self, poses: PoseSequence, hold_s: float = 0.0) -> tuple[RepScore, ...]:
        return _judged(self.template, self.side, poses, hold_s)

    @cached_property
    def own(self) -> tuple[tuple[RepScore, ...], ...]:
        """How each demonstration is judged."""
        return tuple(self.judged(one.poses) for one in self.demonstrations)

    @cached_property
    def begun(self) -> tuple[_Begun, ...]:
        """Each demonstration up to where faults are planted."""
        return tuple(_Begun(self.template, self.side, self.as_judged, one) for one in self.demonstrations)

    @cached_property
    def turned_deg(self) -> float:
        return turned_for(self.template.view, self.side)

    @cached_property
    def as_judged(self) -> Template:
        return list(sided(self.template, self.side).values())[-1]


def prove(
    template: Template,
    side: Side,
    demonstrations: Sequence[Shown],
    told: Told | None = None,
    alike: Sequence[str] = (),
) -> Proof:
    """All trials of a template, shown on a side.

    alike: other exercises that it may count; variants of its own are taken for such. Raises SideError where the
    template does not take the side, ValueError without a repetition.
    """
    case = _Case(template, side, tuple(one for one in demonstrations if one.reps))
    if not case.demonstrations:
        raise ValueError("demonstrations: expected at least one repetition, got none")
    others = [name for name in template_ids() if name != template.id]
    trials: list[Callable[[], Finding | None]] = [
        *(lambda k=k: _own(case, k) for k in range(len(case.demonstrations))),
        lambda: _mirrored(case),
        lambda: _still(case),
        lambda: _walk(case),
        *(lambda fault=fault: _fault(case, fault) for fault in _faults(template)),
        *(lambda name=name: _other(case, name) for name in others),
    ]
    findings = []
    for done, trial in enumerate(trials, start=1):
        found = trial()
        if found is not None:
            findings.append(found)
        if told is not None:
            told(done, len(trials))
    kind = dict.fromkeys([*alike, *variants(template.id)])
    return Proof(template.sha256, tuple(findings), tuple(kind))


def variants(template_id: str) -> tuple[str, ...]:
    """Exercises of the library that are the same one otherwise done, as their ids say.

    ue-d2-flexion-elbow-flexing is a variant of ue-d2-flexion, as is what an author calls ue-d2-flexion-seated.
    """
    ids = template_ids()

    def kind(name: str) -> str:
        return min((one for one in ids if name == one or name.startswith(f"{one}-")), key=len, default=name)

    return tuple(one for one in ids if one != template_id and kind(one) == kind(template_id))


def planted(template: Template, side: Side, one: Shown) -> Iterator[tuple[str, PoseSequence]]:
    """Each fault that a demonstration can be given, and the recording with it in its second repetition.

    Where a fault has two directions, both; none without a repetition. Raises SideError.
    """
    if not one.reps:
        return
    case = _Case(template, side, (one,))
    for fault in _faults(template):
        for made in _planted(case, 0, fault):
            yield fault, made.poses


def _judged(template: Template, side: Side, poses: PoseSequence, hold_s: float = 0.0) -> tuple[RepScore, ...]:
    return judge((poses.frame(i) for i in range(len(poses))), template, side, hold_s).reps


def _counted(reps: Sequence[RepScore]) -> list[RepScore]:
    return [rep for rep in reps if rep.kind == "repetition"]


def _own(case: _Case, k: int) -> Finding:
    shown_reps = case.demonstrations[k].reps
    everything = _counted(case.own[k])
    counted = judged_in(everything, shown_reps)
    asked, once = len(shown_reps), sum(len(judged_in(counted, [one])) == 1 for one in shown_reps)
    scored = [(rep.total, rep) for rep in counted if rep.total is not None]
    lowest, worst = min(scored, key=lambda pair: pair[0], default=(0.0, None))
    costly = [] if worst is None else [(m.score, m.name) for m in worst.metrics if m.score is not None]
    values = {
        "count": str(once),
        "shown": str(asked),
        "lowest": f"{lowest:.0f}",
        "worst": min(costly, default=(0.0, ""))[1],
        "beside": str(len(everything) - len(counted)),
    }
    whole = once == len(scored) == asked
    ok = whole and lowest >= CLEAN
    advice = ""
    if not whole:
        advice = (
            "Leave out repetitions that went wrong, or show the movement anew, with a short rest between two."
        )
    elif not ok:
        advice = "Widen the limit of {worst}, or leave out the repetition that went wrong."
    found = "{count} of {shown} of its own repetitions are counted, the lowest score is {lowest}"
    if len(everything) > len(counted):
        found = (
            "{count} of {shown} of its own repetitions are counted, the lowest score is {lowest}; "
            "counted in the recording beside them: {beside}"
        )
    return Finding("own", "", ok, found, values, advice)


def _mirrored(case: _Case) -> Finding:
    here = case.own[0]
    there = _judged(case.template, _IN_THE_MIRROR[case.side], mirrored_poses(case.demonstrations[0].poses))
    apart = [
        abs((a.total or 0.0) - (b.total or 0.0)) + 100.0 * ((a.total is None) != (b.total is None))
        for a, b in zip(here, there, strict=False)
    ]
    most = max(apart, default=0.0)
    ok = len(here) == len(there) and most <= _SAME_POINTS
    values = {"count": str(len(there)), "shown": str(len(here)), "apart": f"{most:.1f}"}
    found = "in the mirror {count} of {shown} movements are found, scores differ by {apart} at most"
    advice = ""
    if not ok and case.template.side == "both":
        advice = "Ask the same of left and right: give both sides the same numbers."
    elif not ok:
        advice = "Left and right are judged differently; this is a fault of the program, please report it."
    return Finding("mirror", "", ok, found, values, advice)


def _still(case: _Case) -> Finding:
    one = case.demonstrations[0]
    count = len(case.judged(standing(one.poses, one.reps[0].start_s - 0.3)))
    advice = "" if not count else "The movement is too small to be told from standing; show a larger one."
    return Finding(
        "still", "", not count, "standing still for 20 s: {count} counted", {"count": str(count)}, advice
    )


def _walk(case: _Case) -> Finding:
    count = len(_counted(case.judged(walking_in(case.turned_deg), LIVE_HOLD_S)))
    advice = (
        ""
        if not count
        else "It counts somebody who walks up; ask for a start posture that is not just standing."
    )
    return Finding(
        "walk", "", not count, "walking up to the camera: {count} counted", {"count": str(count)}, advice
    )


def _faults(template: Template) -> list[str]:
    """Those that the template is to tell and that can be planted; not what its file says is not measured."""
    asked: dict[str, None] = dict.fromkeys([*(target.fault for target in template.target), *RETIMINGS])
    if template.path_target is not None:
        asked["wrong_path"] = None
    return [
        name for name in asked if (name in PLANTS or name in RETIMINGS) and name not in template.not_measured
    ]


def _fault(case: _Case, fault: str) -> Finding | None:
    """The second repetition of each demonstration with a fault, in each direction; None where it cannot have it."""
    caught = planted = 0
    told_by = {
        target.feature
        for lane in sided(case.template, case.side).values()
        for target in lane.target
        if target.fault == fault
    } | _TELL.get(fault, set())
    for number, judged in enumerate(case.own):
        if told_by and not told_by & {metric.name for rep in judged for metric in rep.metrics}:
            continue  # this view cannot show it, and the template says so
        for made in _planted(case, number, fault):
            planted += 1
            reps = case.begun[number].judged(made.poses) if made.since else case.judged(made.poses)
            reps = tuple(rep for rep in reps if rep.start_s < made.at_s[1] and rep.end_s > made.at_s[0])
            told = any(found.id == fault for rep in reps for found in rep.faults)
            caught += told or not _counted(reps)
    if not planted:
        return None
    values = {"caught": str(caught), "planted": str(planted)}
    ok, advice = caught == planted, ""
    if not ok and fault in ALWAYS_JUDGED:
        advice = "This exercise hardly shows it; say so in the file, under not_measured."
    elif not ok:
        advice = "Narrow the limit of this fault, or do not judge it; what is not told must not be promised."
    return Finding(
        "fault", fault, ok, "planted {planted} times, told or not counted {caught} times", values, advice
    )


def _planted(case: _Case, number: int, fault: str) -> Iterator[_Planted]:
    """The first repetitions of a demonstration, the second of them with the fault, in each way that it can be."""
    if fault in RETIMINGS:
        yield from _retimed(case, case.demonstrations[number], fault)
        return
    begun = case.begun[number]
    for plant in PLANTS[fault]:
        made = posed(begun.poses, begun.rep, plant, case.as_judged)
        if made is not None and _is_wrong(case.as_judged, begun, made, fault):
            yield _Planted(made, (begun.rep.start_s, begun.rep.end_s), begun.first)


def _retimed(case: _Case, one: Shown, fault: str) -> Iterator[_Planted]:
    needs_next = fault == "incomplete_return"
    i = min(1, len(one.reps) - 1 - needs_next)
    if i < 0:
        return
    count = i + 1 + needs_next
    reps, recording = one.reps[:count], first_of(one.poses, one.reps, count)
    retimed = RETIMINGS[fault](recording, reps, i, case.as_judged)
    if retimed is None:
        return
    times_s, at_s = retimed
    inside = times_s[(at_s >= reps[i].start_s) & (at_s <= reps[i].end_s)]
    yield _Planted(drawn(recording, at_s, times_s), (float(inside[0]), float(inside[-1])))


def _is_wrong(judged: Template, before: _Begun, made: PoseSequence, fault: str) -> bool:
    """Whether a plant goes in a direction that a target calls wrong; always where no target tells the fault."""
    targets = [target for target in judged.target if target.fault == fault]
    if not targets:
        return True
    after = feature_table(made, [target.feature for target in targets])
    inside = (made.t_s >= before.rep.start_s) & (made.t_s < before.rep.end_s)
    for target in targets:
        change = (after.column(target.feature) - before.features.column(target.feature))[inside]
        if np.isfinite(change).any():
            most = float(change[np.nanargmax(np.abs(change))])
            if target.direction == "both" or (target.direction == "above") == (most > 0):
                return True
    return False


def _other(case: _Case, name: str) -> Finding:
    """The figure of another exercise, turned to the camera as this one asks, judged by this template."""
    other = load_template(name)
    side: Side = other.sides[0] if case.side not in other.sides else case.side
    poses = performed(other, side, _SHOWN, _WAY_S, _SHOWN_HZ, case.turned_deg)
    count = len(_counted(case.judged(poses, LIVE_HOLD_S)))
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
