"""The words over an annotated video, worked by hand."""

from dataclasses import replace
from typing import Literal

import pytest

from scoring.records.records import Cue, RepScore
from scoring.results.captions import SHOWN_S, caption_track


def rep(
    index: int, times: tuple[float, float, float], total: float | None, reason: str | None = None
) -> RepScore:
    cue = None if total is None else Cue("trunk_lean", "Keep tall.", "trunk_lean", 12.0, 8.0, "deg")
    kind: Literal["repetition", "attempt"] = "repetition" if reason is None else "attempt"
    return RepScore(index, kind, reason, "right", *times, total, total, None, 1.0, cue=cue)


REPS = (
    rep(1, (1.0, 2.0, 4.0), 80.0),
    rep(2, (5.0, 6.0, 7.0), None, "turned back at 40 % of the way"),
    rep(3, (20.0, 21.0, 22.0), None),
)


def test_the_count_rises_when_a_repetition_closes_and_not_for_an_attempt() -> None:
    at = caption_track("Arm", REPS)
    assert [at(t).count for t in (0.0, 3.99, 4.0, 7.0, 21.99, 22.0)] == [0, 0, 1, 1, 1, 2]


def test_the_state_follows_the_movement() -> None:
    at = caption_track("Arm", REPS)
    states = [at(t).state for t in (0.0, 1.0, 2.0, 4.0, 5.5, 6.5, 10.0)]
    assert states == ["Ready", "Moving out", "Coming back", "Resting", "Moving out", "Coming back", "Resting"]


def test_score_and_cue_show_for_a_while_and_an_attempt_says_why() -> None:
    at = caption_track("Arm", REPS)
    assert at(3.9).score_text == "" and at(3.9).cue == ""
    assert at(4.0).score_text == "Repetition 1: 80 of 100 (range 80)" and at(4.0).cue == "Keep tall."
    assert at(7.0).score_text == "Not counted: turned back at 40 % of the way" and at(7.0).cue == ""
    assert at(7.0 + SHOWN_S).score_text == ""
    assert "too little of it was seen" in at(22.0).score_text


@pytest.mark.parametrize("reps", [REPS[::-1], (REPS[0], REPS[0])], ids=["out of order", "at the same time"])
def test_movements_must_end_one_after_the_other(reps: tuple[RepScore, ...]) -> None:
    with pytest.raises(ValueError, match="increasing end_s"):
        caption_track("Arm", reps)


def test_invisible_characters_of_an_old_exercise_are_drawn_as_signs() -> None:
    cue = Cue("trunk_lean", "Keep\u202e tall.\x07", "trunk_lean", 12.0, 8.0, "deg")
    at = caption_track("Sq\x1buat", (replace(REPS[0], cue=cue),))(4.0)
    assert (at.title, at.cue) == ("Sq␛uat", "Keep� tall.␇")
