"""What a recording could not show, and what a webcam never can."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from base.message import Message, any_of
from patterns.features.signals import View
from patterns.templates.template import Template
from scoring.records.records import NotMeasured, RepScore

OTHER_VIEW: Final = "it can be told from the {allowed} only, and this was seen from the {view}"
LITTLE_SEEN: Final = "too little of it was seen"
WAY_UNTOLD: Final = "the way of the movement cannot be told from the {view}"
UNTOLD_SMOOTHNESS: Final = "the path was too short, or trembled too fast for this picture"
NO_DEPTH: Final = "there is no depth in this file, only one camera's picture"
"""Why something was not measured."""


def not_measured(
    templates: Iterable[Template], reps: Sequence[RepScore], view: View, *, depth: bool = True
) -> tuple[NotMeasured, ...]:
    """Return what none of the repetitions seen from a view shows.

    templates: one exercise, as judged on each side. depth: whether the landmarks have a place in space at all.
    """
    lanes = list(templates)
    never = tuple(NotMeasured(name, why) for name, why in lanes[0].not_measured.items())
    if not depth:
        never = (NotMeasured("depth", NO_DEPTH), *never)
    if not reps:
        return never
    found = {metric.name for rep in reps for metric in rep.metrics}
    missed: dict[str, NotMeasured] = {}
    for target in (target for template in lanes for target in template.target):
        if target.feature in found:
            continue
        allowed = any_of(*target.told_in)
        why = Message(OTHER_VIEW, allowed=allowed, view=view) if view not in target.told_in else LITTLE_SEEN
        missed[target.feature] = NotMeasured(target.feature, why)
    if "reach" not in found:
        missed["path"] = NotMeasured("path", Message(WAY_UNTOLD, view=view))
    if "smoothness" not in found:
        missed["smoothness"] = NotMeasured("smoothness", UNTOLD_SMOOTHNESS)
    return (*missed.values(), *never)
