"""A template file told in plain sentences, which stand in it as comments: what a therapist reads, or has read out."""

from __future__ import annotations

from collections.abc import Iterator

from patterns.features.table import FEATURES
from patterns.templates.template import PathTarget, RepRule, Target, Template, Tempo

_PLAIN = {
    "hand_x": "hand to the side",
    "hand_y": "hand height",
    "foot_x": "foot to the side",
    "foot_y": "foot height",
    "knee_valgus": "knee inwards",
    "knee_medial_tilt": "knee inwards of the foot",
    "hip_shift": "hips sideways",
}
_UNITS = {"deg": "degrees"}
_WRONG = {"above": "more", "below": "less", "both": "more or less"}
_SIDES = {
    "right": "The right side does it; for the left all of it is mirrored.",
    "both": "Both sides move alike.",
}


def explained(template: Template) -> Iterator[tuple[str, str]]:
    """The header of each table of a template's file, in the file's order, and a sentence about it."""
    followed = " and ".join(_name(name) for name in template.path.features)
    yield "[not_measured]", "What a camera cannot tell, and why; it is never scored."
    yield (
        "[path]",
        f"The way from the start (0) to the far end (1). {_SIDES[template.side]} It is followed by {followed}.",
    )
    yield "[path.features]", "Where each of them is at the phases above."
    yield "[path.scale]", "How far each may be off to count as one step off the way."
    yield "[path.own_start]", "Where somebody else may begin: from the lowest to the highest."
    yield "[rep]", _counts(template.rep)
    yield "[tempo]", _takes(template.tempo)
    if template.path_target is not None:
        yield "[path_target]", _keeps(template.path_target)
    for target in template.target:
        yield "[[target]]", _asks(target)
    for cue in template.cue:
        yield (
            "[[cue]]",
            f"Said when {cue.fault.replace('_', ' ')} is found; of several the lowest priority is said.",
        )


def _counts(rep: RepRule) -> str:
    return (
        f"It counts from {rep.end_zone:.0%} of the way on; from {rep.attempt_zone:.0%} it is told as an attempt. "
        f"The start posture is held for {rep.ready_s:g} s first."
    ).replace("%", " %")


def _takes(tempo: Tempo) -> str:
    out, back = tempo.out_s, tempo.back_s
    return f"The way out takes {out[0]:g} to {out[1]:g} s, the way back {back[0]:g} to {back[1]:g} s."


def _keeps(target: PathTarget) -> str:
    return f"On the whole the way is kept within {target.tolerance:g} steps; beyond that it is a wrong path."


def _asks(target: Target) -> str:
    name, unit = (
        _name(target.feature),
        _UNITS.get(FEATURES[target.feature].unit, FEATURES[target.feature].unit),
    )
    fault = target.fault.replace("_", " ")
    if target.role == "range":
        return (
            f"Range: {name} is to reach {target.value[-1]:g} {unit}; {target.tolerance:g} "
            f"{'more' if target.direction == 'above' else 'less'} is still good, beyond that it is {fault}."
        )
    where = "where it was at the start" if target.from_start else "the values below"
    return (
        f"Control: {name} may be {target.tolerance:g} {unit} {_WRONG[target.direction]} than {where}; "
        f"beyond that it is {fault}."
    )


def _name(feature: str) -> str:
    base, _, side = feature.rpartition("_")
    one_sided = side in ("left", "right")
    plain = _PLAIN.get(base if one_sided else feature, (base if one_sided else feature).replace("_", " "))
    return f"{side} {plain}" if one_sided else plain
