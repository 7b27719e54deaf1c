"""One recorded movement to its RepScore: range and control apart, faults worst first."""

from __future__ import annotations

from typing import Final

from patterns.templates.template import Side, Template
from scoring.metrics.table import METRICS
from scoring.records.finding import WORST_SHARE, Finding
from scoring.records.movement_data import Recorded
from scoring.records.records import Fault, RepScore

CAUSES_OF_PATH: Final = frozenset(
    ("elbow_bend", "knee_bend", "trunk_lean", "trunk_forward_lean", "trunk_rotation", "reduced_range")
)
"""Faults that take hand or foot off its way by themselves."""

SCORED_ABOVE: Final = 0.7
"""Coverage under which a movement gets no score: too little of it was seen."""


def judge_movement(recorded: Recorded, template: Template, side: Side, index: int) -> RepScore:
    """The score of one movement.

    Total, range, control and faults are left out where too little was seen, and with them every metric where the
    movement was not seen to turn and come back. What was without a fault becomes part of the person's habits.
    """
    movement = recorded.movement
    families = METRICS.values() if movement.complete else ()
    findings = [finding for family in families for finding in family(recorded, template)]
    told = recorded.coverage >= SCORED_ABOVE
    in_range = _weighted(findings, "range") if told else None
    control = _weighted(findings, "control") if told else None
    total = None
    if in_range is not None and control is not None:
        total = template.range_weight * in_range + (1 - template.range_weight) * control
    faults = _merged([f.fault for f in findings if f.fault is not None]) if told else ()
    if told and movement.reason is None:
        for finding in findings:
            clean = finding.fault is None if finding.learnt == "alone" else not faults
            if finding.habit is not None and clean:
                recorded.habits.learn(*finding.habit)
    return RepScore(
        index=index,
        kind="repetition" if movement.reason is None else "attempt",
        reason=movement.reason,
        side=side,
        start_s=movement.start_s,
        peak_s=movement.peak_s,
        end_s=movement.end_s,
        total=total,
        range=in_range,
        control=control,
        coverage=recorded.coverage,
        metrics=tuple(f.metric for f in findings),
        faults=faults,
    )


def _weighted(findings: list[Finding], role: str) -> float | None:
    """Return the weighted mean of the scores of a role, drawn towards the worst of them."""
    scored = [(f.metric.score, f.weight) for f in findings if f.role == role and f.metric.score is not None]
    if not scored:
        return None
    worst_share = WORST_SHARE[role]
    mean = sum(score * weight for score, weight in scored) / sum(weight for _, weight in scored)
    return (1 - worst_share) * mean + worst_share * min(score for score, _ in scored)


def _merged(faults: list[Fault]) -> tuple[Fault, ...]:
    """One fault of each id, the most severe, worst first; a way lost by a cause that is told is not told besides."""
    worst: dict[str, Fault] = {}
    for fault in faults:
        if fault.id not in worst or fault.severity > worst[fault.id].severity:
            worst[fault.id] = fault
    if worst.keys() & CAUSES_OF_PATH:
        worst.pop("wrong_path", None)
    return tuple(sorted(worst.values(), key=lambda fault: -fault.severity))
