"""On the practise page: which set of today's list this is, the rest between sets, and what comes next."""

from __future__ import annotations

import datetime as dt
import time
from typing import Final

from i18n.live_sentences import WORDS
from i18n.tables import title_of
from i18n.translation import ntr, tr
from patterns.programs.program import Dose
from patterns.templates.template import Side
from sessions.history.today import Task, next_task, tasks
from sessions.store.plans_and_check_ins import Plan
from sessions.store.store import Store
from ui.page.fragments import fragment_every
from ui.practise.exercise_picker import offer, withdraw
from ui.widgets.escapes import formatted
from ui.widgets.text_only import st

KEY: Final = "practise"
_TAKEN: Final = "taken-from-today"
_REST_UNTIL: Final = "rest-until"
_LARGE: Final = """<style>
.st-key-program-bar [data-testid="stProgress"] p { font-size: 2rem; font-weight: 700; line-height: 1.4; }
</style>"""
_NO_REST: Final = (0.0, 1.0)
_TOLD_S: Final = 300.0
"""How long it is said that a rest is over."""


def take_up(task: Task) -> None:
    """Choose an exercise of today's list for the practise page."""
    st.session_state[_TAKEN] = (task.item.pattern, task.side)
    offer(KEY, task.item.pattern, task.side, task.item.technique, task.item.dose.repetitions)


def forget() -> None:
    """Forget which set of whose list is practised, and its rest: somebody else practises now."""
    withdraw(KEY)
    for key in (_TAKEN, _REST_UNTIL):
        st.session_state.pop(key, None)


def seconds_asked(store: Store, pattern: str, side: Side) -> float | None:
    """The time of a set, where today's list asks for this exercise by time. Raises ProgramError, StoreError."""
    dose = _dose(store, pattern, side)
    return None if dose is None else dose.seconds


def rest_after(store: Store, pattern: str, side: Side) -> None:
    """A set of this exercise has ended: begin the rest that today's list asks for."""
    dose = _dose(store, pattern, side)
    if dose is not None and dose.rest_s > 0:
        st.session_state[_REST_UNTIL] = (time.time() + dose.rest_s, dose.rest_s)


def rest_ends_s() -> float:
    """When the rest ends or ended, time.time(); 0 where there is none."""
    until_s: float = st.session_state.get(_REST_UNTIL, _NO_REST)[0]
    return until_s


def show(store: Store, pattern: str, side: Side) -> None:
    """Where the person is in today's list: this set, the rest, what comes next. Nothing for who has no list today."""
    plan = store.plan()
    if plan is None or _TAKEN not in st.session_state:
        return
    listed = _tasks(store, plan)
    done, whole = sum(task.done for task in listed), sum(task.item.dose.sets for task in listed)
    this = next((task for task in listed if (task.item.pattern, task.side) == (pattern, side)), None)
    following = next_task(listed)
    of_today = tr("{done} of {whole} sets done today", done=done, whole=whole)
    with st.container(border=True, key="program-bar"):
        if this is not None and this.left > 0:
            text = tr("Set {number} of {sets}", number=this.done + 1, sets=this.item.dose.sets)
            st.markdown(formatted("**{}** · {}", text, of_today))
        else:
            st.markdown(of_today)
        _rest()
        if following is None:
            st.success(tr("All done for today. Well done. Your summary is under Today."))
        elif this is None or this.left == 0:
            title = title_of(following.item.pattern)
            words = tr("Next: {exercise}", exercise=title)
            st.button(words, type="primary", key="next-exercise", on_click=take_up, args=(following,))


@fragment_every(1.0)
def _rest() -> None:
    until_s, whole_s = st.session_state.get(_REST_UNTIL, _NO_REST)
    left_s = until_s - time.time()
    if left_s <= -_TOLD_S:
        return
    if left_s <= 0:
        st.success(tr(WORDS["rest-over"]))
        return
    st.html(_LARGE)
    words = ntr("Rest: {count} second", "Rest: {count} seconds", int(left_s) + 1)
    st.progress(min(1.0, left_s / whole_s), text=words)
    if st.button(tr("I am ready now"), key="end-rest"):
        st.session_state[_REST_UNTIL] = _NO_REST
        st.rerun()


def _dose(store: Store, pattern: str, side: Side) -> Dose | None:
    plan = store.plan()
    if plan is None or st.session_state.get(_TAKEN) != (pattern, side):
        return None
    doses = [
        task.item.dose for task in _tasks(store, plan) if (task.item.pattern, task.side) == (pattern, side)
    ]
    return doses[0] if doses else None


def _tasks(store: Store, plan: Plan) -> tuple[Task, ...]:
    return tasks(plan, store.sessions(), dt.datetime.now().astimezone().date())
