"""Where the person of this computer stands: asked, free to practise, or stopped; from what the store holds."""

from __future__ import annotations

from datetime import datetime, timedelta

from patterns.programs.safety_rules import safety_rules
from scoring.safety.stop_rules import CheckIn, Standing, standing
from sessions.store.store import Store


def pain_limit(store: Store) -> int:
    """Pain above which to stop: of the program that was given, else of the common rules. Raises ProgramError."""
    plan = store.plan()
    return safety_rules().pain_stop_above if plan is None else plan.program.pain_stop_above


def recent(store: Store, now: datetime) -> tuple[CheckIn, ...]:
    """The answers that still matter."""
    rules = safety_rules()
    return store.check_ins(now - timedelta(hours=max(rules.next_day_until_h, rules.sign_rest_h)))


def standing_now(store: Store) -> Standing:
    """Whether practising may begin now. Raises ProgramError, StoreError."""
    now = datetime.now().astimezone()
    return standing(recent(store, now), now, safety_rules(), pain_limit(store))


def open_questions(store: Store) -> bool:
    """Return whether the questions after the person's last set wait for an answer. Raises StoreError."""
    return store.has_open_questions(datetime.now().astimezone() - timedelta(hours=safety_rules().holds_h))


def last_answers(store: Store) -> CheckIn | None:
    """Return what the person answered last, of what still matters. Raises StoreError."""
    answers = recent(store, datetime.now().astimezone())
    return answers[-1] if answers else None
