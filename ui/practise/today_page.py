"""Today: the therapist's list, how far it is done, a summary of today's sets, and the days of practice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Final

from i18n.tables import SIDES, title_of
from i18n.translation import day, ntr, tr, weekdays
from patterns.programs.program import stop_rules
from sessions.history.practice_clearance import standing_now
from sessions.history.today import (
    Task,
    days_practised,
    local_day,
    next_task,
    practised,
    tasks,
    week_of,
    weeks_in_a_row,
)
from sessions.store.plans_and_check_ins import Plan
from sessions.store.records import SessionSummary
from sessions.store.store import Store
from ui.live.app_state import workplace
from ui.page.current_user import records
from ui.page.fragments import fragment_every
from ui.practise import check_in
from ui.practise.doses import told_dose
from ui.practise.program_progress import take_up
from ui.practise.today_summary import summary
from ui.widgets.escapes import bullets, for_html, formatted
from ui.widgets.text_only import st

_WEEKS: Final = 5
_CALENDAR_STYLE: Final = """<style>
.practised { border-collapse: separate; border-spacing: 0.3rem; }
.practised :is(th, td) { width: 2.6rem; height: 2.6rem; text-align: center; border: 0; font-weight: 400; padding: 0; }
.practised td.day { border-radius: 50%; }
.practised td.done { background: #0b5c8f; color: #ffffff; font-weight: 700; }
.practised td.today { outline: 2px solid #0b5c8f; outline-offset: 1px; }
.practised td.later { opacity: 0.35; }
.practised .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
</style>"""


def show(practise: Callable[[], None]) -> None:
    """Today's list, summary and calendar. practise: opens the page on which one practises."""
    st.title(tr("Today"))
    store = records()
    now = standing_now(store)
    _open_set(store, practise)
    stopped = now.state == "stop"
    if stopped:
        check_in.told_with_way_back(store, now.advice)
    check_in.remind(store)
    check_in.show_open(store)
    plan, sessions = store.plan(), store.sessions()
    today = dt.datetime.now().astimezone().date()
    if plan is not None:
        _list(plan, sessions, today, None if stopped else practise)
    elif not stopped:
        _no_plan(store, practise)
    todays = [one for one in practised(sessions) if local_day(one.start.started_at) == today]
    if todays:
        st.header(tr("What you did today"))
        summary([store.reviewed(one.id) for one in reversed(todays)])
    _days(sessions, today, None if plan is None else plan.program.days_a_week)


def _open_set(store: Store, practise: Callable[[], None]) -> None:
    """Report a set that the person left, and lead back to it."""
    own = store.people.own()
    if own is None:
        return
    is_open = workplace().sets.waiting(own.id) is not None
    _stays_open(own.id, is_open)
    if is_open and st.button(tr("Back to the open set"), type="primary", key="back-to-set"):
        practise()


@fragment_every(1.0)
def _stays_open(person_id: int, shown: bool) -> None:
    """Count down how long the set stays open. The page it was left from may let go of it a moment later."""
    waiting = workplace().sets.waiting(person_id)
    if (waiting is not None) != shown:
        st.rerun()
    if waiting is None:
        return
    title = title_of(waiting.pattern)
    exercise = title if waiting.side == "both" else f"{title} · {tr(SIDES[waiting.side])}"
    minutes, seconds = divmod(int(waiting.left_s), 60)
    still = tr("A set is still open: {exercise}.", exercise=exercise)
    ends = tr(
        "In {minutes} min {seconds} s it ends by itself and is saved.", minutes=minutes, seconds=seconds
    )
    st.warning(formatted("{} {}", still, ends), icon=":material/pause_circle:")


def _no_plan(store: Store, practise: Callable[[], None]) -> None:
    """What somebody without a program can do now."""
    sentence = tr(
        "You have no program yet. Choose an exercise and begin, or ask your therapist for a program."
    )
    giving = "" if store.viewer.role == "patient" else f" {tr('A program is given under People.')}"
    st.info(sentence + giving)
    if st.button(tr("Choose an exercise"), type="primary", key="choose-exercise"):
        practise()


def _list(
    plan: Plan, sessions: Sequence[SessionSummary], today: dt.date, practise: Callable[[], None] | None
) -> None:
    """The exercises of the program. practise: see show; None: nothing may begin now."""
    listed = tasks(plan, sessions, today)
    done, whole = sum(task.done for task in listed), sum(task.item.dose.sets for task in listed)
    st.subheader(tr(plan.program.title))
    st.progress(done / whole, text=tr("{done} of {whole} sets done", done=done, whole=whole))
    following = next_task(listed)
    if following is None:
        st.success(tr("All done for today. Well done."), icon=":material/check_circle:")
    for number, task in enumerate(listed):
        with st.container(border=True, key=f"task-{number}"):
            _task(task, task == following, number, practise)
    with st.expander(tr("When to stop")):
        st.markdown(bullets(map(tr, stop_rules(plan.program))))


def _task(task: Task, following: bool, number: int, practise: Callable[[], None] | None) -> None:
    words, button = st.columns([5, 1], vertical_alignment="center")
    with words:
        mark = "✓ " if task.left == 0 else ""
        title = formatted("**{}**", mark + title_of(task.item.pattern))
        st.markdown(title if task.side == "both" else formatted("{} · {}", title, tr(SIDES[task.side])))
        st.markdown(f"{told_dose(task.item.dose)}. {tr(task.item.note)}")
    with button:
        if task.left == 0:
            st.markdown(tr("Done"))
        elif practise is not None and st.button(
            tr("Start") if task.done == 0 else tr("Go on"),
            type="primary" if following else "secondary",
            key=f"do-{number}",
            help=title_of(task.item.pattern),
            width="stretch",
        ):
            take_up(task)
            practise()


def _days(sessions: Sequence[SessionSummary], today: dt.date, wanted: int | None) -> None:
    days = days_practised(sessions)
    if not days:
        return
    st.header(tr("Your days of practice"))
    this_week = sum(week_of(one) == week_of(today) for one in days)
    if wanted is None:
        st.markdown(ntr("{count} day this week.", "{count} days this week.", this_week))
    else:
        st.markdown(tr("{days} of {wanted} days this week.", days=this_week, wanted=wanted))
    row = weeks_in_a_row(days, today)
    if row > 1:
        st.markdown(tr("You have practised {count} weeks in a row.", count=row))
    st.html(_CALENDAR_STYLE + calendar(days, today))


def calendar(days: frozenset[dt.date], today: dt.date) -> str:
    """The last weeks as an HTML table: days with practice are filled and say so, others are only days."""
    first = week_of(today) - dt.timedelta(weeks=_WEEKS - 1)
    head = "".join(f"<th scope='col'>{for_html(name)}</th>" for name in weekdays())
    rows = []
    for week in range(_WEEKS):
        cells = [_cell(first + dt.timedelta(days=7 * week + k), days, today) for k in range(7)]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    caption = for_html(tr("Days on which you practised"))
    return f"<table class='practised'><caption class='unseen'>{caption}</caption><tr>{head}</tr>{''.join(rows)}</table>"


def _cell(date: dt.date, days: frozenset[dt.date], today: dt.date) -> str:
    kinds = ["day", *(name for name, holds in (("done", date in days), ("today", date == today)) if holds)]
    if date > today:
        kinds.append("later")
    said = f", {for_html(tr('practised'))}" if date in days else ""
    return (
        f"<td class='{' '.join(kinds)}' title='{for_html(day(date))}{said}'>{date.day}"
        f"<span class='unseen'>{said}</span></td>"
    )
