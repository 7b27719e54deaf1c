"""Whether somebody may practise now, from what they answered before and after: pain, effort, signs to stop.

Arithmetic over answers and times; the rules and all sentences are data (patterns.programs.safety_rules).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from base.errors import RequestError
from base.message import Message
from patterns.programs.safety_rules import SafetyRules

Moment = Literal["before", "after"]
NextDay = Literal["less", "same", "more"]
State = Literal["ask", "go", "stop"]
_RATINGS: Final = range(11)


class CheckInError(RequestError):
    """An answer that there is not."""


@dataclass(frozen=True)
class CheckIn:
    """What somebody answered at a time (with its zone).

    pain and effort: 0 to 10, effort before is how tired they are. signs: ids of what they noticed. next_day, asked
    before only: pain the day after the last practice against that before it. reason, asked after only: id of why the
    set ended. Raises CheckInError.
    """

    at: datetime
    moment: Moment
    pain: int
    effort: int
    signs: tuple[str, ...] = ()
    next_day: NextDay | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        for name in ("pain", "effort"):
            if getattr(self, name) not in _RATINGS:
                raise CheckInError(f"{name}: expected a whole number from 0 to 10, got {getattr(self, name)}")
        if self.at.tzinfo is None:
            raise CheckInError("at: expected a time with its zone, got one without")


@dataclass(frozen=True)
class Advice:
    """What follows from answers. until: practising stops till then, None where it goes on. urgent: help is needed."""

    sentences: tuple[str, ...] = ()
    until: datetime | None = None
    urgent: bool = False


@dataclass(frozen=True)
class Standing:
    """Where somebody stands: to be asked, free to go, or stopped. next_day: whether that is to be asked as well."""

    state: State
    advice: Advice
    next_day: bool = False


def advice_of(check_in: CheckIn, before: CheckIn | None, rules: SafetyRules, limit: int) -> Advice:
    """What follows from one check-in.

    before: the one with which this practice began, for a check-in after it. limit: pain above which to stop, of the
    person's program or of the rules. Raises CheckInError for a sign or reason that there is not.
    """
    signs = {sign.id: sign for sign in rules.sign}
    unknown = [name for name in check_in.signs if name not in signs]
    if unknown or (check_in.reason is not None and check_in.reason not in {r.id for r in rules.reason}):
        raise CheckInError(f"check-in: {', '.join(unknown) or check_in.reason} is none of the answers")
    if check_in.signs:
        urgent = any(signs[name].help for name in check_in.signs)
        until = check_in.at + timedelta(hours=rules.sign_rest_h)
        return Advice((rules.sign_help if urgent else rules.sign_ask,), until, urgent)
    if check_in.pain > limit:
        until = check_in.at + timedelta(hours=rules.pain_rest_h)
        return Advice((Message(rules.pain_stop, limit=limit),), until)
    told = []
    if check_in.next_day == "more":
        told.append(rules.not_settled)
    if check_in.moment == "before" and check_in.pain >= min(rules.pain_told_from, limit) > 0:
        told.append(Message(rules.pain_told, pain=check_in.pain, limit=limit))
    if check_in.moment == "after":
        rise = 0 if before is None else check_in.pain - before.pain
        if rise >= rules.pain_rise:
            told.append(Message(rules.pain_risen, rise=rise))
        if check_in.effort >= rules.effort_told_from:
            told.append(rules.hard)
    return Advice(tuple(told))


def standing(check_ins: Sequence[CheckIn], now: datetime, rules: SafetyRules, limit: int) -> Standing:
    """Where somebody stands now, after check-ins in the order of their times.

    now: with the person's own zone, for it says when a day ends. A stop holds for its time whatever is answered
    meanwhile. Otherwise the answers given before practising hold for rules.holds_h from the last check-in, and are
    asked for again after that; with them, on a later day than the last practice, how that day after was.
    """
    begun: CheckIn | None = None
    practised: CheckIn | None = None
    latest = Advice()
    stops = []
    for check_in in check_ins:
        if check_in.moment == "before":
            begun = check_in
        latest = advice_of(check_in, begun, rules, limit)
        if latest.until is None or check_in.moment == "after":
            practised = check_in
        if latest.until is not None and now < latest.until:
            stops.append((latest.urgent, latest.until, latest))
    if stops:
        return Standing("stop", max(stops, key=lambda stop: stop[:2])[2])
    if begun is not None and latest.until is None and now - check_ins[-1].at < timedelta(hours=rules.holds_h):
        return Standing("go", latest)
    return Standing("ask", Advice(), practised is not None and _is_day_after(practised.at, now, rules))


def _is_day_after(at: datetime, now: datetime, rules: SafetyRules) -> bool:
    slept = at.astimezone(now.tzinfo).date() < now.date()
    since = now - at
    return slept and timedelta(hours=rules.next_day_after_h) <= since <= timedelta(
        hours=rules.next_day_until_h
    )
