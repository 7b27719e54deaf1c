"""How right the judgement is: counts, edges, faults and scores against repetitions that others know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy

from benchmarks.ground_truth import KnownRep, KnownSet, shown_in
from patterns.features.signals import View
from patterns.learning.repetition_finder import FoundRep
from scoring.records.records import RepScore

SAME_FROM: Final = 0.4
"""Share of their common time from which on two movements are the same one."""


@dataclass(frozen=True)
class JudgedSet:
    """A known recording with what came of it: reps in the order of time, seen from view."""

    known: KnownSet
    reps: tuple[RepScore, ...]
    view: View

    @property
    def counted(self) -> int:
        """How many repetitions were counted."""
        return sum(rep.kind == "repetition" for rep in self.reps)


@dataclass(frozen=True)
class CountRow:
    """Counts over recordings of one kind and pattern.

    exact, within_one: shares of the recordings; error: mean of the miscount as a share of the true count.
    """

    kind: str
    pattern: str
    recordings: int
    repetitions: int
    exact: float
    within_one: float
    error: float


@dataclass(frozen=True)
class EdgeRow:
    """How far the edges of repetitions are off, seconds: median, largest, and the share within 0.15 s."""

    edge: str
    repetitions: int
    median_s: float
    largest_s: float
    within: float


@dataclass(frozen=True)
class FaultRow:
    """Planted faults: found, missed, and called where there was none. f1 is None where there were none at all."""

    fault: str
    found: int
    missed: int
    false: int

    @property
    def f1(self) -> float | None:
        """Twice the found over twice the found and all mistakes."""
        whole = 2 * self.found + self.missed + self.false
        return 2 * self.found / whole if whole else None


@dataclass(frozen=True)
class CleanRow:
    """Repetitions without a planted fault: how many, how many were told a fault, and their total's median and tenth."""

    repetitions: int
    with_fault: int
    total: float
    total_p10: float


@dataclass(frozen=True)
class SeparationRow:
    """How well totals tell correct from incorrect repetitions of one pattern: the area under the ROC curve."""

    pattern: str
    correct: int
    incorrect: int
    auc: float


def count_rows(judged: Iterable[JudgedSet]) -> list[CountRow]:
    """One row for each kind of recording and pattern, and one for all of a kind."""
    groups: dict[tuple[str, str], list[JudgedSet]] = {}
    for one in judged:
        for pattern in (one.known.template.id, "all"):
            groups.setdefault((one.known.kind, pattern), []).append(one)
    by_kind = sorted(groups.items(), key=lambda group: (group[0][0], group[0][1] == "all", group[0][1]))
    return [_count_row(*key, found) for key, found in by_kind]


def _count_row(kind: str, pattern: str, found: list[JudgedSet]) -> CountRow:
    off = np.array([abs(one.counted - one.known.count) for one in found])
    true = np.array([one.known.count for one in found])
    error = float((off / np.maximum(true, 1)).mean())
    exact, within_one = float((off == 0).mean()), float((off <= 1).mean())
    return CountRow(kind, pattern, len(found), int(true.sum()), exact, within_one, error)


def matched(one: JudgedSet) -> list[tuple[KnownRep, RepScore | None]]:
    """Every known repetition that counts, with the judged one that shares most of its time, None where none does."""
    counted = [rep for rep in one.reps if rep.kind == "repetition"]
    pairs: list[tuple[KnownRep, RepScore | None]] = []
    for known in one.known.reps:
        if known.counts and known.peak_s is not None:
            best = max(counted, key=lambda rep: shared(known, rep), default=None)
            near = best is not None and shared(known, best) >= SAME_FROM
            pairs.append((known, best if near else None))
    return pairs


def shared(known: KnownRep, rep: RepScore | FoundRep) -> float:
    """Time that both have over the time that either has, 0..1."""
    both_s = min(known.end_s, rep.end_s) - max(known.start_s, rep.start_s)
    return max(both_s, 0.0) / (max(known.end_s, rep.end_s) - min(known.start_s, rep.start_s))


def edge_rows(judged: Iterable[JudgedSet], within_s: float = 0.15) -> list[EdgeRow]:
    """Start, peak and end of every repetition of which the edges are known."""
    off = [
        (rep.start_s - known.start_s, rep.peak_s - (known.peak_s or 0.0), rep.end_s - known.end_s)
        for one in judged
        for known, rep in matched(one)
        if rep is not None
    ]
    if not off:
        return []
    size = np.abs(np.array(off))
    return [
        EdgeRow(
            name,
            len(size),
            float(np.median(size[:, k])),
            float(size[:, k].max()),
            float((size[:, k] <= within_s).mean()),
        )
        for k, name in enumerate(("start", "peak", "end"))
    ]


def fault_rows(judged: Iterable[JudgedSet]) -> list[FaultRow]:
    """One row for each fault, then all of them together; a planted one that the view hides is not asked for."""
    counts: dict[str, list[int]] = {}
    for one in judged:
        for known, rep in matched(one):
            told = set() if rep is None else {fault.id for fault in rep.faults}
            asked = {fault for fault in known.faults if one.view in shown_in()[fault]}
            for fault in asked | (told - known.faults):
                row = counts.setdefault(fault, [0, 0, 0])
                row[0 if fault in asked & told else 1 if fault in asked else 2] += 1
    rows = [FaultRow(fault, *numbers) for fault, numbers in sorted(counts.items())]
    whole = [sum(row[k] for row in counts.values()) for k in range(3)]
    return [*rows, FaultRow("all", *whole)] if rows else []


def clean_row(judged: Iterable[JudgedSet]) -> CleanRow | None:
    """The repetitions that were meant well; None where there are none."""
    reps = [rep for one in judged for known, rep in matched(one) if not known.faults and rep is not None]
    totals = [rep.total for rep in reps if rep.total is not None]
    if not totals:
        return None
    return CleanRow(
        len(reps),
        sum(bool(rep.faults) for rep in reps),
        float(np.median(totals)),
        float(np.quantile(totals, 0.1)),
    )


def best_totals(known: Sequence[KnownRep], reps: Sequence[RepScore]) -> list[float]:
    """For each known repetition the total of what was judged in its time, 0 where nothing was or nothing scored."""
    totals = []
    for one in known:
        inside = [r for r in reps if one.start_s <= (r.start_s + r.peak_s) / 2 <= one.end_s]
        totals.append(max((r.total for r in inside if r.total is not None), default=0.0))
    return totals


def separation_rows(judged: Iterable[JudgedSet]) -> list[SeparationRow]:
    """One row for each pattern of which correct and incorrect repetitions are labelled."""
    totals: dict[str, dict[bool, list[float]]] = {}
    for one in judged:
        for known, total in zip(one.known.reps, best_totals(one.known.reps, one.reps), strict=True):
            if known.correct is not None:
                labels = totals.setdefault(one.known.template.id, {True: [], False: []})
                labels[known.correct].append(total)
    return [
        SeparationRow(pattern, len(labels[True]), len(labels[False]), auc(labels[True], labels[False]))
        for pattern, labels in sorted(totals.items())
        if labels[True] and labels[False]
    ]


def auc(higher: Sequence[float], lower: Sequence[float]) -> float:
    """Area under the ROC curve: the chance that one of the first is above one of the second, ties half."""
    return float(scipy.stats.mannwhitneyu(higher, lower).statistic / (len(higher) * len(lower)))
