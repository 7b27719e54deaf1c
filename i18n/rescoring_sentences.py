"""What judging a session anew has changed, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from i18n.names import amount, words
from i18n.tables import UNKNOWN, whole
from i18n.translation import number, tr
from scoring.records.records import RepScore
from sessions.rescoring.rep_diff import Detail, RepDifference

_SCORES: Final = {"total": "Score", "range": "Range", "control": "Control"}
_TIMES: Final = {"start": "Start", "peak": "Turning point", "end": "End"}
_PARTS: Final = {
    "score": "its score",
    "error": "its measurement error",
    "seen": "how much of it was seen",
    "unit": "its unit",
    "limit": "its limit",
    "severity": "how severe it is",
    "from": "where it begins",
    "to": "where it ends",
}
_LARGE: Final = frozenset(("kind", "reason", "side", "score", "fault", "cue"))
"""What is told first; the rest are the numbers behind it."""


def difference_lines(found: Iterable[RepDifference], *, numbers: bool = True) -> Iterator[str]:
    """A sentence for each thing that changed, in the order of time; none where nothing did.

    numbers: times, metrics and details of faults too.
    """
    for one in found:
        if one.change == "changed":
            for detail in one.details:
                told = detail_words(detail) if numbers or detail.about in _LARGE else ""
                if told:
                    yield f"{which(one)}: {told}"
        elif one.change != "same":
            yield f"{which(one)}: {change_words(one)}"


def which(one: RepDifference) -> str:
    """The numbers of the repetitions: No. 3, or No. 3 -> No. 3, 4."""
    old, new = (_numbers(reps) for reps in (one.old, one.new))
    if old == new or not new:
        return old
    return f"{old} → {new}" if old else new


def change_words(one: RepDifference) -> str:
    """What became of the repetitions."""
    old, new = len(one.old), len(one.new)
    return {
        "same": tr("as before"),
        "changed": tr("changed"),
        "gone": tr("not found any more"),
        "new": tr("found anew"),
        "split": tr("one became {count}", count=new),
        "merged": tr("{count} became one", count=old),
        "regrouped": tr("{old} became {new}, cut elsewhere", old=old, new=new),
    }[one.change]


def detail_words(detail: Detail) -> str:
    """One thing that changed, with both numbers; empty where it goes without saying."""
    told = {"old": _said(detail, detail.old), "new": _said(detail, detail.new)}
    if detail.about == "kind":
        return tr("counted now") if detail.new == "repetition" else tr("not counted any more")
    if detail.about == "reason":
        return "" if detail.new is None else tr("why it is not counted: {new}", new=told["new"])
    if detail.about == "fault":
        return _fault(detail, told)
    if detail.about == "cue":
        return tr("What to change: “{old}” before, “{new}” now", **told)
    return tr("{what}: {old} before, {new} now", what=_what(detail), **told)


def _what(detail: Detail) -> str:
    """What a number is of, in words."""
    plain = {**_SCORES, **_TIMES, "": "Seen" if detail.about == "seen" else "Side"}
    if detail.name in plain:
        return tr(plain[detail.name])
    name, _, part = detail.name.rpartition(" ")
    return words(name) if part == "value" else tr("{what}, {part}", what=words(name), part=tr(_PARTS[part]))


def _fault(detail: Detail, told: dict[str, str]) -> str:
    what = words(detail.name)
    if detail.old is None:
        return tr("found now: {what} ({new})", what=what, new=told["new"])
    if detail.new is None:
        return tr("not found any more: {what} ({old})", what=what, old=told["old"])
    return tr("{what}: {old} before, {new} now", what=what, **told)


def _said(detail: Detail, value: float | str | None) -> str:
    if value is None:
        return UNKNOWN
    if isinstance(value, str):
        return tr(value)
    if detail.about == "score":
        return whole(value)
    if detail.about == "time":
        return f"{number(f'{value:.2f}')} s"
    if detail.about == "seen":
        return f"{100 * value:.0f} %"
    return amount(value, detail.unit)


def _numbers(reps: Sequence[RepScore]) -> str:
    return tr("No. {number}", number=", ".join(str(rep.index) for rep in reps)) if reps else ""
