"""Practise live: choose an exercise, answer a few questions, start, be counted and coached, say how it was."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from i18n.tables import rep_rows
from i18n.translation import tr
from patterns.templates.template import Side, Template
from scoring.safety.stop_rules import Standing
from sessions.history.practice_clearance import open_questions, standing_now
from sessions.history.today import local_day, own
from sessions.store.store import Store
from ui.live.app_state import enabled
from ui.page.current_user import first_named, records
from ui.practise import check_in
from ui.practise import program_progress as program_bar
from ui.practise.exercise_picker import choose_exercise, choose_pace
from ui.practise.live_component import Ended, Readiness, Wishes, coach, is_running
from ui.practise.preferences_form import settings, wishes_of
from ui.widgets.answers import show_answers
from ui.widgets.text_only import st

_BEGIN: Final = "begin-at"
_UNANCHORED: Final = '[data-testid="stMain"], [data-testid="stMain"] * { overflow-anchor: none; }'
_READY: Final[dict[str, Readiness]] = {"go": "yes", "ask": "ask", "stop": "stop"}


def show() -> None:
    """The live page, and below it the set that was just finished."""
    show_answers()
    store = records()
    running = is_running()
    now = standing_now(store)
    with st.container(key="choice"):
        template, side, wishes = _choices(store, running)
        if now.state != "stop":
            program_bar.show(store, template.id, side)
    # What is above stays on the page, but out of the picture's way. The coach must always be the same element among
    # its neighbours: else Streamlit would mount it anew in the middle of a set. When it comes back after a set (the
    # rest, advice, what to do after a stop) it must come into sight, not push the page down above what is seen.
    # What to do at a stop stays in sight beside a set that is still open.
    shown = "none" if running else "flex"
    told = ".st-key-choice" if now.state == "stop" else ".st-key-choice, .st-key-advice"
    st.html(f"<style>:is({told}) {{ display: {shown}; }} {_UNANCHORED}</style>")
    with st.container(key="advice"):
        check_in.told_with_way_back(store, now.advice)
        if not running:
            check_in.remind(store)
    rest_ends_s = program_bar.rest_ends_s()
    begin = st.session_state.get(_BEGIN, 0)
    person = store.people.own()
    practises = (0 if person is None else person.id, first_named(person))
    said = coach(template, side, wishes, _ready(store, now), begin, rest_ends_s, practises)
    _answer(store, now, said, lambda: program_bar.rest_after(store, template.id, side))
    check_in.show_open(store, _begin)
    if not running:
        _last_set(store)


def _ready(store: Store, now: Standing) -> Readiness:
    """Whether a set may begin: questions that wait for an answer come first."""
    return "ask" if now.state == "go" and open_questions(store) else _READY[now.state]


def _choices(store: Store, running: bool) -> tuple[Template, Side, Wishes]:
    exercise = st.container()
    tools = st.container(horizontal=True)
    with tools:
        wanted = settings(store.viewer.person_id, disabled=running)
    with exercise:
        template, side = choose_exercise(program_bar.KEY, wanted, disabled=running)
    with tools:
        technique, goal = choose_pace(program_bar.KEY, template, enabled(store), disabled=running)
    seconds = program_bar.seconds_asked(store, template.id, side)
    return template, side, replace(wishes_of(wanted, goal), technique=technique, seconds=seconds)


def _answer(store: Store, now: Standing, said: Ended | str | None, rest: Callable[[], None]) -> None:
    """Do what follows from what the coach's page reports: ask before a set, or rest after one and ask how it was."""
    if isinstance(said, Ended):
        whose = _whose(store, said)
        if said.session is not None and whose is store:
            rest()
        if said.source == "live":
            check_in.ask_after(whose, reached=said.reached, name=said.name)
    elif said == "asked" and open_questions(store):
        check_in.ask_after(store, reached=False)
    elif said == "asked" and now.state == "ask":
        check_in.ask_before(store, next_day=now.next_day)


def _whose(store: Store, ended: Ended) -> Store:
    """The store as the person whose set has ended sees it: the set may have begun before somebody else was chosen."""
    own = store.people.own()
    if store.viewer.role == "patient" or own is None or ended.person in (None, own.id):
        return store
    return store.seen_by(replace(store.viewer, person_id=ended.person))


def _last_set(store: Store) -> None:
    """What this person did last, if that was today; apart from it the demo that has just ended."""
    today = dt.datetime.now().astimezone().date()
    lines = [line for line in store.sessions() if local_day(line.start.started_at) == today]
    done = max(own(lines), key=lambda line: line.start.started_at, default=None)
    shown = [(tr("Demo"), lines[0])] if lines and lines[0].start.is_demo else []
    for title, line in (*shown, *([(tr("Your last set"), done)] if done else [])):
        st.subheader(title)
        st.table(rep_rows(store.reviewed(line.id).reps, plain=True))


def _begin() -> None:
    st.session_state[_BEGIN] = time.time_ns() // 1_000_000
