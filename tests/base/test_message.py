"""Sentences that know what they were made of: English at once, another language later."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.message import Message, MessageError, Value, any_of

HOLE = "No frames from {start} s to {end} s."
WORDS = st.text(st.characters(exclude_characters="{}"), max_size=20)


@given(WORDS, WORDS, st.one_of(WORDS, st.integers(), st.decimals(allow_nan=False, allow_infinity=False)))
def test_it_reads_as_the_template_with_its_value(before: str, after: str, value: Value) -> None:
    made = Message(f"a{before}{{one}}{after}", one=value)
    assert made == f"a{before}{value}{after}"
    assert (made.template, dict(made.values)) == (f"a{before}{{one}}{after}", {"one": value})


def test_values_are_lists_dates_and_sentences() -> None:
    assert Message("Seen: {parts}", parts=("hip", "knee", "ankle")) == "Seen: hip, knee and ankle"
    assert Message("Seen: {parts}", parts=("hip",)) == "Seen: hip"
    assert Message("On {day}", day=dt.date(2026, 11, 29)) == "On 2026-11-29"
    inner = Message("{count} s", count=Decimal("1.50"))
    assert Message("It took {time}", time=inner).values["time"] is inner
    assert any_of("front", "side", "back") == "front, side or back"


def test_a_sentence_that_begins_with_a_value_begins_with_a_capital() -> None:
    assert Message("{part} is cut off.", part="your hand") == "Your hand is cut off."
    assert Message("{part} is cut off", part="your hand") == "your hand is cut off"
    assert Message("{part} is cut off.", part="") == " is cut off."


@pytest.mark.parametrize(("count", "text"), [(0, "0 frames"), (1, "1 frame"), (2, "2 frames")])
def test_what_is_counted_has_two_forms(count: int, text: str) -> None:
    made = Message.counted("{count} frame", "{count} frames", count)
    assert made == text
    assert (made.template, made.several) == ("{count} frame", "{count} frames")


def test_a_missing_value_is_refused_and_one_too_many_left_out() -> None:
    with pytest.raises(MessageError, match=r"expected values for \['end', 'start'\], got \['start'\]"):
        Message(HOLE, start=1)
    assert dict(Message(HOLE, start=1, end=2, unit="s").values) == {"start": 1, "end": 2}


@pytest.mark.parametrize(
    "made", [Message(HOLE, start=1, end=Decimal("2.5")), Message.counted("one {count}", "{count}", 3)]
)
def test_a_copy_still_knows_what_it_was_made_of(made: Message) -> None:
    for again in (pickle.loads(pickle.dumps(made)), copy.deepcopy(made)):
        assert type(again) is Message
        assert (again, again.template, again.several, again.values) == (
            made,
            made.template,
            made.several,
            made.values,
        )
