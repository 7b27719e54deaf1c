"""What a paced repetition is told about its hold and its turns: one sentence, or none."""

from __future__ import annotations

from base.message import Message
from patterns.programs.technique import Technique, pacing_sentences
from scoring.records.finding import CLEAN
from scoring.records.records import RepScore

HOLD = "hold"
REVERSAL = "reversal"
REVERSAL_AT_START = "reversal_at_start"


def note_on(rep: RepScore, technique: Technique) -> str:
    """The sentence about the hold or turn of a repetition that missed what was asked most; empty where none did.

    Times of the ways are not told here: they are faults (too_fast, too_slow) with cues of their own.
    """
    tempo, said = technique.tempo, pacing_sentences()
    asked = {HOLD: (tempo.hold_s, said.short_hold)}
    asked |= dict.fromkeys((REVERSAL, REVERSAL_AT_START), (tempo.reversal_s, said.long_turn))
    missed = [m for m in rep.metrics if m.name in asked and m.score is not None and m.score < CLEAN]
    if not missed or rep.kind != "repetition":
        return ""
    worst = min(missed, key=lambda metric: metric.score or 0.0)
    timing, sentence = asked[worst.name]
    if timing is None or worst.value is None:
        return ""
    return Message(sentence, held=f"{worst.value:.1f}", asked=f"{timing.seconds:g}")
