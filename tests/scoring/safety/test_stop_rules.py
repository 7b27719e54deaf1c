"""Who may practise: each rule at its boundary, times of stops worked by hand, rules and answers that are wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from patterns.programs.safety_rules import FILE, Sign, read_safety_rules, safety_rules
from patterns.templates.errors import SafetyRulesError
from scoring.safety.stop_rules import CheckIn, CheckInError, Moment, NextDay, advice_of, standing

RULES = safety_rules()
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def answered(
    hours: float = 0.0,
    moment: Moment = "before",
    pain: int = 0,
    effort: int = 0,
    signs: tuple[str, ...] = (),
    next_day: NextDay | None = None,
) -> CheckIn:
    return CheckIn(NINE + timedelta(hours=hours), moment, pain, effort, signs, next_day)


# The pain-monitoring model: 0 to 3 fine, 4 and 5 acceptable, above 5 stop. A program may set a lower limit.
@pytest.mark.parametrize(
    ("pain", "limit", "stops", "told"),
    [
        (0, 5, False, None),
        (3, 5, False, None),
        (4, 5, False, "pain_told"),
        (5, 5, False, "pain_told"),
        (6, 5, True, "pain_stop"),
        (10, 5, True, "pain_stop"),
        (3, 3, False, "pain_told"),
        (4, 3, True, "pain_stop"),
        (0, 0, False, None),
        (1, 0, True, "pain_stop"),
    ],
)
def test_pain_before_practising(pain: int, limit: int, stops: bool, told: str | None) -> None:
    advice = advice_of(answered(pain=pain), None, RULES, limit)
    assert (advice.until is not None) == stops
    expected = () if told is None else (getattr(RULES, told).format(pain=pain, limit=limit),)
    assert advice.sentences == expected


@pytest.mark.parametrize(
    ("before", "after", "effort", "told"),
    [
        (0, 1, 8, ()),
        (0, 2, 8, ("pain_risen",)),
        (3, 5, 9, ("pain_risen", "hard")),
        (5, 5, 10, ("hard",)),
        (4, 2, 0, ()),
        (2, 6, 10, ("pain_stop",)),
    ],
)
def test_pain_and_effort_after_practising(
    before: int, after: int, effort: int, told: tuple[str, ...]
) -> None:
    begun = answered(pain=before)
    advice = advice_of(answered(0.3, "after", after, effort), begun, RULES, 5)
    expected = tuple(getattr(RULES, name).format(limit=5, rise=after - before) for name in told)
    assert advice.sentences == expected
    assert (advice.until is not None) == ("pain_stop" in told)


@pytest.mark.parametrize("sign", RULES.sign, ids=lambda sign: sign.id)
def test_every_sign_stops_and_says_whom_to_call(sign: Sign) -> None:
    name, help_now = sign.id, sign.help
    advice = advice_of(answered(signs=(name,)), None, RULES, 5)
    assert advice.until == NINE + timedelta(hours=24)
    assert advice.urgent == help_now
    assert advice.sentences == (RULES.sign_help if help_now else RULES.sign_ask,)


def test_pain_that_had_not_settled_by_the_next_day_is_told_and_may_go_on_gently() -> None:
    advice = advice_of(answered(pain=4, next_day="more"), None, RULES, 5)
    assert advice.sentences == (RULES.not_settled, RULES.pain_told.format(pain=4, limit=5))
    assert advice.until is None


# By the clock: answers hold for 3 h from the last, a stop for pain 2 h, for a sign 24 h; the next-day question from 8 h
# to 96 h after the last practice, not before midnight (15 h after nine), and not where there was no practice.
@pytest.mark.parametrize(
    ("check_ins", "hours", "state", "next_day"),
    [
        ([], 0.0, "ask", False),
        ([answered()], 2.9, "go", False),
        ([answered()], 3.1, "ask", False),
        ([answered(), answered(2, "after", 1, 3)], 4.9, "go", False),
        ([answered(), answered(2, "after", 1, 3)], 5.1, "ask", False),
        ([answered()], 8.1, "ask", False),
        ([answered()], 14.9, "ask", False),
        ([answered()], 15.0, "ask", True),
        ([answered(14)], 21.9, "ask", False),
        ([answered(14)], 22.1, "ask", True),
        ([answered()], 95.9, "ask", True),
        ([answered()], 96.1, "ask", False),
        ([answered(pain=6)], 1.9, "stop", False),
        ([answered(pain=6)], 2.1, "ask", False),
        ([answered(), answered(1, "after", 6, 3)], 2.9, "stop", False),
        ([answered(), answered(1, "after", 6, 3)], 3.1, "ask", False),
        ([answered(pain=6), answered(1, pain=0)], 1.5, "stop", False),
        ([answered(pain=6), answered(2.1, pain=2)], 2.2, "go", False),
        ([answered(signs=("chest",))], 23.9, "stop", False),
        ([answered(signs=("chest",)), answered(3, pain=0)], 23.9, "stop", False),
        ([answered(signs=("chest",))], 24.1, "ask", False),
        ([answered(), answered(1, "after", 6, 3)], 24.1, "ask", True),
        ([answered(0, "after", 1, 1)], 0.1, "ask", False),
    ],
)
def test_where_somebody_stands(check_ins: list[CheckIn], hours: float, state: str, next_day: bool) -> None:
    now = standing(check_ins, NINE + timedelta(hours=hours), RULES, 5)
    assert (now.state, now.next_day) == (state, next_day)


def test_the_more_urgent_of_two_stops_is_told() -> None:
    both = [answered(signs=("chest",)), answered(1, pain=8)]
    now = standing(both, NINE + timedelta(hours=1.5), RULES, 5)
    assert now.advice.urgent
    assert now.advice.until == NINE + timedelta(hours=24)


def test_of_two_stops_alike_the_longer_is_told() -> None:
    both = [answered(signs=("joint",)), answered(1, pain=8)]
    now = standing(both, NINE + timedelta(hours=1.5), RULES, 5)
    assert now.advice == advice_of(both[0], None, RULES, 5)


def test_a_day_ends_where_the_person_lives() -> None:
    evening = NINE + timedelta(hours=13.5)  # 22:30 by UTC, half past midnight in Helsinki
    at = answered(5)  # 14:00 by UTC, 16:00 there
    assert not standing([at], evening, RULES, 5).next_day
    assert standing([at], evening.astimezone(timezone(timedelta(hours=2))), RULES, 5).next_day


@pytest.mark.parametrize("wrong", [{"pain": 11}, {"pain": -1}, {"effort": 11}])
def test_ratings_are_0_to_10(wrong: dict[str, Any]) -> None:
    with pytest.raises(CheckInError, match="0 to 10"):
        answered(**wrong)


def test_an_answer_that_there_is_not_is_refused() -> None:
    with pytest.raises(CheckInError, match="toothache"):
        advice_of(answered(signs=("toothache",)), None, RULES, 5)
    with pytest.raises(CheckInError, match="boredom"):
        advice_of(CheckIn(NINE, "after", 0, 0, (), None, "boredom"), None, RULES, 5)
    with pytest.raises(CheckInError, match="zone"):
        CheckIn(NINE.replace(tzinfo=None), "before", 0, 0)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("pain_stop_above = 5", "pain_stop_above = 11", "pain_stop_above"),
        ("pain_told_from = 4", "pain_told_from = 6", "pain_told_from <= pain_stop_above"),
        ("holds_h = 3.0", "hold_h = 3.0", "did you mean holds_h"),
        ('id = "breath"', 'id = "chest"', "ids that differ"),
    ],
)
def test_rules_that_are_wrong_are_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    path = tmp_path / "safety.toml"
    text = FILE.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(SafetyRulesError, match=named):
        read_safety_rules(path)
