"""What changed between two judgements of the same recording: which repetition became which, and in what they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from scoring.records.records import Cue, Fault, MetricValue, RepScore

Change = Literal["same", "changed", "split", "merged", "regrouped", "gone", "new"]
About = Literal["kind", "reason", "side", "time", "score", "seen", "fault", "fault_detail", "metric", "cue"]
Said = float | str | None

SAME_FROM: Final = 0.5
"""Two movements are about the same stretch of time from this share of the shorter one on."""


@dataclass(frozen=True)
class Detail:
    """One thing in which a repetition differs: old and new in unit, None where there was or is none.

    name: of a time (start, peak, end), score (total, range, control), fault, or metric; of a fault or metric with
    what of it after a space (limit, severity, from, to; value, error, score, seen), except for a fault's own value.
    """

    about: About
    name: str
    old: Said
    new: Said
    unit: str = ""


@dataclass(frozen=True)
class RepDifference:
    """Repetitions of the old judgement and those of the new one that are about the same time.

    change: same and changed are one to one (index aside); split is one that became more, merged more that became one,
    regrouped more that became more; gone has no new, new no old. details: only of changed.
    """

    change: Change
    old: tuple[RepScore, ...]
    new: tuple[RepScore, ...]
    details: tuple[Detail, ...] = ()


def differences(old: Sequence[RepScore], new: Sequence[RepScore]) -> tuple[RepDifference, ...]:
    """Every repetition of either judgement in exactly one difference, in the order of time.

    Those belong together, directly or by way of others, that share half the time of the shorter one, on the same side
    (both is any side): so one that became two is told as that, not as one changed and one new.
    """
    groups = _groups(old, new)
    return tuple(_difference(*group) for group in sorted(groups, key=_start))


def _groups(
    old: Sequence[RepScore], new: Sequence[RepScore]
) -> list[tuple[tuple[RepScore, ...], tuple[RepScore, ...]]]:
    """Connected parts of who shares time with whom."""
    left = list(range(len(new)))
    groups: list[tuple[list[int], list[int]]] = [([i], []) for i in range(len(old))]
    for j in left:
        with_j = [group for group in groups if any(_together(old[i], new[j]) for i in group[0])]
        merged = (sorted(i for group in with_j for i in group[0]), [j, *(k for g in with_j for k in g[1])])
        groups = [group for group in groups if group not in with_j] + [merged]
    return [
        (tuple(old[i] for i in of_old), tuple(new[j] for j in sorted(of_new))) for of_old, of_new in groups
    ]


def _together(a: RepScore, b: RepScore) -> bool:
    if "both" not in (a.side, b.side) and a.side != b.side:
        return False
    shared_s = min(a.end_s, b.end_s) - max(a.start_s, b.start_s)
    shorter_s = min(a.end_s - a.start_s, b.end_s - b.start_s)
    return shared_s >= SAME_FROM * shorter_s if shorter_s > 0 else shared_s >= 0


def _start(group: tuple[tuple[RepScore, ...], tuple[RepScore, ...]]) -> tuple[float, float]:
    reps = (*group[0], *group[1])
    return min(rep.start_s for rep in reps), min(rep.end_s for rep in reps)


def _difference(old: tuple[RepScore, ...], new: tuple[RepScore, ...]) -> RepDifference:
    if len(old) == len(new) == 1:
        details = tuple(_details(old[0], new[0]))
        return RepDifference("changed" if details else "same", old, new, details)
    if not old or not new:
        return RepDifference("gone" if old else "new", old, new)
    change: Change = "split" if len(old) == 1 else "merged" if len(new) == 1 else "regrouped"
    return RepDifference(change, old, new)


def _details(old: RepScore, new: RepScore) -> Iterator[Detail]:
    yield from _if_other(Detail("kind", "", old.kind, new.kind))
    yield from _if_other(Detail("reason", "", old.reason, new.reason))
    yield from _if_other(Detail("side", "", old.side, new.side))
    for name in ("total", "range", "control"):
        yield from _if_other(Detail("score", name, getattr(old, name), getattr(new, name), "points"))
    for at in ("start", "peak", "end"):
        yield from _if_other(Detail("time", at, getattr(old, f"{at}_s"), getattr(new, f"{at}_s"), "s"))
    yield from _if_other(Detail("seen", "", old.coverage, new.coverage))
    yield from _of_faults(old, new)
    yield from _of_metrics(old, new)
    yield from _of_cues(old, new)


def _of(part: Fault | MetricValue | Cue | None, name: str) -> Said:
    said: Said = None if part is None else getattr(part, name)
    return said


def _if_other(detail: Detail) -> Iterator[Detail]:
    if detail.old != detail.new:
        yield detail


def _of_faults(old: RepScore, new: RepScore) -> Iterator[Detail]:
    before, now = _by_fault(old), _by_fault(new)
    for key in dict.fromkeys((*before, *now)):
        a, b = before.get(key), now.get(key)
        if a is None or b is None:
            there = before.get(key) or now[key]
            yield Detail("fault", there.id, _of(a, "value"), _of(b, "value"), there.unit)
            continue
        parts: tuple[tuple[About, str, Said, Said, str], ...] = (
            ("fault", a.id, a.value, b.value, a.unit),
            ("fault_detail", f"{a.id} limit", a.limit, b.limit, a.unit),
            ("fault_detail", f"{a.id} severity", a.severity, b.severity, ""),
            ("fault_detail", f"{a.id} from", a.phase[0], b.phase[0], ""),
            ("fault_detail", f"{a.id} to", a.phase[1], b.phase[1], ""),
            ("fault_detail", f"{a.id} unit", a.unit, b.unit, ""),
        )
        for about, name, x, y, unit in parts:
            yield from _if_other(Detail(about, name, x, y, unit))


def _by_fault(rep: RepScore) -> dict[tuple[str, str, int], Fault]:
    """By id and feature, and their number among alike ones."""
    found: dict[tuple[str, str, int], Fault] = {}
    for fault in rep.faults:
        again = sum(key[:2] == (fault.id, fault.feature) for key in found)
        found[fault.id, fault.feature, again] = fault
    return found


def _of_metrics(old: RepScore, new: RepScore) -> Iterator[Detail]:
    before, now = _by_name(old), _by_name(new)
    for key in dict.fromkeys((*before, *now)):
        a, b = before.get(key), now.get(key)
        for part in ("value", "score", "error", "coverage"):
            x, y = _of(a, part), _of(b, part)
            unit = (b or a or _NO_METRIC).unit if part in ("value", "error") else ""
            word = "seen" if part == "coverage" else part
            yield from _if_other(Detail("metric", f"{key[0]} {word}", x, y, unit))
        if a is None or b is None or a.unit != b.unit:
            yield from _if_other(Detail("metric", f"{key[0]} unit", _of(a, "unit"), _of(b, "unit")))


_NO_METRIC: Final = MetricValue("", None, "", None, None, 0.0)


def _by_name(rep: RepScore) -> dict[tuple[str, int], MetricValue]:
    found: dict[tuple[str, int], MetricValue] = {}
    for metric in rep.metrics:
        found[metric.name, sum(key[0] == metric.name for key in found)] = metric
    return found


def _of_cues(old: RepScore, new: RepScore) -> Iterator[Detail]:
    if old.cue != new.cue:
        yield Detail("cue", "", _of(old.cue, "text"), _of(new.cue, "text"))
