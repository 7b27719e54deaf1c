"""What is written over an annotated video, from the judged movements alone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from base.characters import visible
from base.message import Message, Value
from scoring.records.records import RepScore
from vision.render.caption import Caption

SHOWN_S: Final = 5.0
"""Score and cue of a movement stay for this long after it closed, or until the next one closes."""


STATES: Final = ("Ready", "Moving out", "Coming back", "Resting")
NOT_COUNTED: Final = "Not counted: {reason}"
UNSCORED: Final = "Repetition {count}: no score, too little of it was seen"
SCORED: Final = "Repetition {count}: {total} of 100"
SCORED_IN_PART: Final = "Repetition {count}: {total} of 100 ({name} {score})"
SCORED_IN_BOTH: Final = "Repetition {count}: {total} of 100 (range {range}, control {control})"


def caption_track(
    title: str, reps: Sequence[RepScore], say: Callable[[str], str] = str
) -> Callable[[float], Caption]:
    """The caption at any time in seconds, for movements in the order in which they closed; say: in whose language.

    A sign stands for each invisible character, as everywhere else that text is shown.

    At end_s the count has risen (repetitions only; an attempt says why it was not counted) and score and cue of that
    movement show over [end_s, end_s + SHOWN_S). State: ready before the first movement, moving over [start_s, peak_s),
    returning over [peak_s, end_s), resting otherwise. Raises ValueError where the movements are not in order.
    """
    ends_s = [rep.end_s for rep in reps]
    if any(b <= a for a, b in pairwise(ends_s)):
        raise ValueError(f"reps: expected increasing end_s, got {ends_s}")
    counts = [sum(rep.kind == "repetition" for rep in reps[:n]) for n in range(len(reps) + 1)]

    def shown(text: str) -> str:
        return visible(say(text))

    def caption_at(t_s: float) -> Caption:
        closed = bisect_right(ends_s, t_s)
        last = reps[closed - 1] if closed else None
        words, cue = "", ""
        if last is not None and t_s < last.end_s + SHOWN_S:
            words = _words(last, counts[closed])
            cue = last.cue.text if last.cue is not None else ""
        state = _state(t_s, reps[closed] if closed < len(reps) else None, last)
        return Caption(shown(title), shown(state), counts[closed], shown(words), shown(cue))

    return caption_at


def _state(t_s: float, coming: RepScore | None, last: RepScore | None) -> str:
    if coming is not None and t_s >= coming.start_s:
        return STATES[1] if t_s < coming.peak_s else STATES[2]
    return STATES[0] if last is None else STATES[3]


def _words(rep: RepScore, count: int) -> str:
    if rep.kind == "attempt":
        return Message(NOT_COUNTED, reason=rep.reason or "")
    if rep.total is None:
        return Message(UNSCORED, count=count)
    parts = {"range": rep.range, "control": rep.control}
    told: dict[str, Value] = {name: f"{score:.0f}" for name, score in parts.items() if score is not None}
    whole: dict[str, Value] = {"count": count, "total": f"{rep.total:.0f}"}
    if len(told) == 2:
        return Message(SCORED_IN_BOTH, **whole, **told)
    for name, score in told.items():
        return Message(SCORED_IN_PART, **whole, name=name, score=score)
    return Message(SCORED, **whole)
