"""What a therapist says of stored repetitions, and a session as it is with that said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, Literal

from base.errors import RequestError
from patterns.templates.template import FAULT_IDS
from scoring.records.records import Kind, RepScore

REVIEWED: Final = "not counted in the review"
"""Why a repetition of the program is only an attempt."""

Decision = Literal["accepted", "changed"]
Label = Literal["example", "counterexample", "withdrawn"]
WITHDRAWN: Final = "withdrawn"
"""Label of a row that takes back the review before it: rows are only ever added."""

LABELS: Final[dict[Label, str]] = {
    "example": "A good example of the exercise",
    "counterexample": "An example of how not to do it",
}
"""Said for learning: what a new template may be made from, and what it must tell apart."""


def _now() -> datetime:
    return datetime.now(UTC)


class ReviewError(RequestError):
    """A review that cannot be."""


@dataclass(frozen=True)
class Review:
    """What a therapist says of one repetition; the latest of a reviewer holds, none is ever changed.

    number: of the repetition or attempt in its session. by: who says it. kind, total (0..100, None for no score) and
    faults (ids): as it should be, the machine's own where the decision is accepted. blind: said without having been
    shown what the machine found. Raises ReviewError.
    """

    session_id: int
    number: int
    by: str
    decision: Decision
    kind: Kind
    total: float | None
    faults: tuple[str, ...] = ()
    note: str = ""
    label: Label | None = None
    blind: bool = False
    at: datetime = field(default_factory=_now)

    def __post_init__(self) -> None:
        if self.total is not None and not 0 <= self.total <= 100:
            raise ReviewError(f"score: expected 0 to 100, got {self.total:g}")
        unknown = [fault for fault in self.faults if fault not in FAULT_IDS]
        if unknown:
            raise ReviewError(f"faults: expected ids of {', '.join(FAULT_IDS)}; got {unknown[0]}")
        if self.blind and self.decision == "accepted":
            raise ReviewError("blind: what was not shown cannot be accepted; say what it is")
        if not self.by.strip():
            raise ReviewError("by: expected who reviews, got nothing")


def in_force(reviews: Iterable[Review]) -> tuple[Review, ...]:
    """Return reviews, given in the order in which they were added, without those that their reviewer took back."""
    kept: list[Review] = []
    for one in reviews:
        if one.label != WITHDRAWN:
            kept.append(one)
            continue
        own = [i for i, other in enumerate(kept) if (other.number, other.by) == (one.number, one.by)]
        if own:
            del kept[own[-1]]
    return tuple(kept)


def latest(reviews: Iterable[Review]) -> dict[int, Review]:
    """The review that holds for each number of a session: the one said last."""
    return {one.number: one for one in sorted(reviews, key=lambda one: one.at)}


def reviewed(reps: Iterable[RepScore], reviews: Iterable[Review]) -> tuple[RepScore, ...]:
    """The repetitions as they are with what therapists said: kind, score and faults are theirs, measured numbers stay.

    A fault that a therapist added has no number behind it and is left to the review.
    """
    said = latest(reviews)
    return tuple(_as_said(rep, said[rep.index]) if rep.index in said else rep for rep in reps)


def _as_said(rep: RepScore, review: Review) -> RepScore:
    if review.decision == "accepted":
        return rep
    return replace(
        rep,
        kind=review.kind,
        reason=(rep.reason or REVIEWED) if review.kind == "attempt" else None,
        total=review.total,
        faults=tuple(fault for fault in rep.faults if fault.id in review.faults),
    )
