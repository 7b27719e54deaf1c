"""What is written over a picture, as plain data: made by the judgement, drawn by the overlay."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Caption:
    """The words over one picture.

    title: of the exercise. state: a word or two about now. count: repetitions so far. score_text: one sentence on
    the movement that closed last, cue: one sentence to the person; "" for none. Longer ones are wrapped.
    """

    title: str
    state: str
    count: int
    score_text: str = ""
    cue: str = ""
