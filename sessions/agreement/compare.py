"""How far machine and therapists, and therapists among themselves, agree over the same repetitions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from patterns.templates.template import FAULT_IDS
from scoring.records.records import Kind, RepScore
from sessions.agreement.statistics import (
    ALWAYS_FOUND,
    LEAST,
    NO_TRUTH,
    NOT_FOUND,
    TOO_FEW,
    Difference,
    Estimate,
    Intraclass,
    bland_altman,
    intraclass,
    kappa,
    share,
)
from sessions.store.reviews import Review

MACHINE: Final = "machine"
KINDS: Final[tuple[Kind, ...]] = ("repetition", "attempt")
BANDS: Final = (20.0, 40.0, 60.0, 80.0)
"""Where a band of the score ends and the next one begins: five of the same width, so that none is a verdict."""

Counts = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Judgement:
    """What a rater says of one repetition; total is None for no score. faults: ids."""

    kind: Kind
    total: float | None
    faults: frozenset[str]


@dataclass(frozen=True)
class Rated:
    """One repetition with what each rater says of it; MACHINE is one of them."""

    session_id: int
    number: int
    said: dict[str, Judgement]


@dataclass(frozen=True)
class FaultAgreement:
    """How two raters agree on one fault. counts: rows rater found it, did not; columns reference found it, did not.

    sensitivity: share of those with the fault, by the reference, in which the rater found it; specificity: share of
    those without in which the rater did not. Neither where the reference is no better than the rater.
    """

    fault: str
    counts: Counts
    kappa: Estimate
    sensitivity: Estimate
    specificity: Estimate


@dataclass(frozen=True)
class Comparison:
    """A rater beside a reference over the n repetitions of which both said something.

    kinds: repetition, attempt by the same (rows the rater's). bands, weighted kappas: over the bands of the score.
    scores: (rater's, reference's) where both gave one, in the order of sessions; icc and difference are over them.
    """

    rater: str
    reference: str
    n: int
    kinds: Counts
    kind: Estimate
    faults: tuple[FaultAgreement, ...]
    bands: Counts
    band_linear: Estimate
    band_quadratic: Estimate
    scores: tuple[tuple[float, float], ...]
    icc: Intraclass
    difference: Difference


def rated_reps(session_id: int, reps: Iterable[RepScore], reviews: Iterable[Review]) -> tuple[Rated, ...]:
    """The repetitions of a session of which a therapist said something; of each therapist what was said last.

    reps: as the machine judged them.
    """
    machine = {rep.index: _of_machine(rep) for rep in reps}
    said: dict[int, dict[str, Judgement]] = {}
    for review in sorted(reviews, key=lambda one: one.at):
        if review.number in machine:
            judgement = Judgement(review.kind, review.total, frozenset(review.faults))
            said.setdefault(review.number, {MACHINE: machine[review.number]})[review.by] = judgement
    return tuple(Rated(session_id, number, said[number]) for number in sorted(said))


def comparisons(rated: Sequence[Rated]) -> tuple[Comparison, ...]:
    """The machine beside each therapist, then therapists two by two, where they have a repetition in common."""
    therapists = sorted({rater for one in rated for rater in one.said} - {MACHINE})
    pairs = [(MACHINE, therapist) for therapist in therapists] + list(combinations(therapists, 2))
    found = (compare(rated, rater, reference) for rater, reference in pairs)
    return tuple(one for one in found if one.n)


def compare(rated: Iterable[Rated], rater: str, reference: str) -> Comparison:
    """How two raters agree over what both rated; numbers are None, with a reason, where there is too little."""
    pairs = [(one.said[rater], one.said[reference]) for one in rated if {rater, reference} <= one.said.keys()]
    kinds = _counted([(KINDS.index(a.kind), KINDS.index(b.kind)) for a, b in pairs], len(KINDS))
    scores = tuple((a.total, b.total) for a, b in pairs if a.total is not None and b.total is not None)
    bands = _counted([(band(a), band(b)) for a, b in scores], len(BANDS) + 1)
    found = [fault for fault in FAULT_IDS if any(fault in a.faults | b.faults for a, b in pairs)]
    return Comparison(
        rater,
        reference,
        len(pairs),
        kinds,
        kappa(kinds),
        tuple(_on_fault(fault, pairs, rater == MACHINE) for fault in found),
        bands,
        kappa(bands, "linear"),
        kappa(bands, "quadratic"),
        scores,
        intraclass(np.array(scores).reshape(-1, 2)),
        bland_altman([a for a, _ in scores], [b for _, b in scores]),
    )


def band(total: float) -> int:
    """In which band of BANDS a score lies, 0 the lowest; a score on an edge is in the upper one."""
    return sum(total >= edge for edge in BANDS)


def _of_machine(rep: RepScore) -> Judgement:
    return Judgement(rep.kind, rep.total, frozenset(fault.id for fault in rep.faults))


def _counted(pairs: Iterable[tuple[int, int]], categories: int) -> Counts:
    table = np.zeros((categories, categories), dtype=int)
    for a, b in pairs:
        table[a, b] += 1
    return tuple(tuple(int(count) for count in row) for row in table)


def _on_fault(
    fault: str, pairs: Sequence[tuple[Judgement, Judgement]], against_therapist: bool
) -> FaultAgreement:
    counts = _counted([(int(fault not in a.faults), int(fault not in b.faults)) for a, b in pairs], 2)
    (hit, false), (missed, clear) = counts
    if not against_therapist:
        none = Estimate.none(len(pairs), NO_TRUTH)
        return FaultAgreement(fault, counts, kappa(counts), none, none)
    if len(pairs) < LEAST:
        few = Estimate.none(len(pairs), TOO_FEW)
        return FaultAgreement(fault, counts, kappa(counts), few, few)
    return FaultAgreement(
        fault,
        counts,
        kappa(counts),
        share(hit, hit + missed, NOT_FOUND),
        share(clear, clear + false, ALWAYS_FOUND),
    )
