"""Progress: what changed over somebody's sessions, and whether it is more than the error of measuring."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from i18n.changes import told_change
from i18n.names import amount, course_title
from i18n.tables import SIDES
from i18n.tables import title_of as exercise
from i18n.translation import day, moment, tr
from scoring.safety.stop_rules import CheckIn
from sessions.history.progress import Course, courses, in_program, weeks
from sessions.history.queries import history_of
from sessions.history.session_bundle import History
from sessions.history.today import local_day
from sessions.store.plans_and_check_ins import Period, Plan
from sessions.store.store import Store
from ui.charts.lazy_table import folded
from ui.charts.plot import plot
from ui.page.current_user import records
from ui.page.fragments import fragment
from ui.progress import report_download as report_offer
from ui.progress import timed_tests as timed_section
from ui.progress.plots import course_figure, pain_figure, weeks_figure
from ui.widgets.text_only import st

_TOO_FEW: Final = "From {first} to {last}; too few repetitions to tell whether that is more than error."
_ALL: Final = "All that was practised"
_FIRST: Final = 3
"""So many plots are open: score, range, control; the others are chosen."""


def show() -> None:
    """The whole history of the person, exercise by exercise."""
    st.title(tr("Progress"))
    store = records()
    history = history_of(store)
    made = courses(history)
    if not made:
        timed_section.draw(store, history.person)
        st.info(tr("Nothing to show yet. After two sets of an exercise you see here how it changes."))
        return
    period = _period(store.periods(history.person.id))
    if period is not None:
        history = in_program(history, period)
        made = courses(history)
    _practice(history, period)
    if period is not None:
        _overview(period.plan, made)
    if made:
        _exercises(store, history, made)
    timed_section.draw(store, history.person)
    if history.check_ins:
        st.header(tr("Pain"))
        plot(pain_figure(history.check_ins), "pain")
        answers = history.check_ins[::-1]
        folded(tr("As a table"), "progress-answers", lambda: [_answered(one) for one in answers])


@fragment
def _exercises(store: Store, history: History, made: Sequence[Course]) -> None:
    """The exercise that is chosen; choosing another, or another plot, reads nothing again."""
    exercises = list(dict.fromkeys((course.pattern, course.side) for course in made))
    chosen = st.selectbox(tr("Exercise"), exercises, format_func=_named, key="progress-exercise")
    _exercise([course for course in made if (course.pattern, course.side) == chosen])
    report_offer.draw(store, history.person.id, chosen[0])


def told(course: Course) -> str:
    """In a sentence whether it changed, in the language of the page."""
    change = course.change
    if change is None:
        return tr("One session so far: nothing to compare.")
    first, last = (amount(point.value, course.unit) for point in (change.first, change.last))
    if change.smallest is None:
        return tr(_TOO_FEW, first=first, last=last)
    return told_change(course.verdict, first, last, amount(change.smallest, course.unit))


def _named(key: tuple[str, str]) -> str:
    pattern, side = key
    return exercise(pattern) + ("" if side == "both" else f" · {tr(SIDES[side])}")


def _period(periods: Sequence[Period]) -> Period | None:
    """The program that is looked at; None for all that was practised."""
    if not periods:
        return None
    choices: list[Period | str] = [_ALL, *periods[::-1]]
    chosen = st.selectbox(tr("Program"), choices, format_func=_period_named, key="progress-program")
    return chosen if isinstance(chosen, Period) else None


def _period_named(period: Period | str) -> str:
    if isinstance(period, str):
        return tr(period)
    title, since = tr(period.plan.program.title), day(local_day(period.plan.given_at))
    if period.until is None:
        return tr("{program}, since {first}", program=title, first=since)
    return tr("{program}, {first} to {last}", program=title, first=since, last=day(local_day(period.until)))


def _overview(plan: Plan, made: Sequence[Course]) -> None:
    """A row for each exercise of a program: how often it was done, and whether its score changed."""
    rows = []
    for item in plan.program.item:
        side = item.side_for(plan.affected)
        scores = [one for one in made if (one.pattern, one.name) == (item.pattern, "total")]
        of_side = [one for one in scores if side in ("both", one.side)]
        rows.append(
            {
                tr("Exercise"): _named((item.pattern, side)),
                tr("Sessions"): str(max((len(one.points) for one in of_side), default=0)),
                tr("Score"): " ".join(told(one) for one in of_side) or tr("Not done yet."),
            }
        )
    st.table(rows)


def _practice(history: History, period: Period | None) -> None:
    today = dt.datetime.now().astimezone().date()
    if period is None:
        found = weeks(history, today)
    else:
        last = today if period.until is None else local_day(period.until)
        found = weeks(history, last, local_day(period.plan.given_at))
    if not found:
        return
    st.header(tr("Days of practice"))
    plot(weeks_figure(found), "weeks")


def _exercise(found: Sequence[Course]) -> None:
    about = tr(
        "Each point is a session: the mean of its repetitions, with its error. Within the band around the first "
        "session nothing is shown to have changed. After a dashed line it was judged otherwise and is not compared."
    )
    error = tr("The error is that of measuring together with how much the repetitions differ.")
    st.caption(f"{about} {error}")
    for course in found[:_FIRST]:
        _plot(course)
    others = found[_FIRST:]
    if others:
        more = st.multiselect(
            tr("Show also"),
            range(len(others)),
            format_func=lambda i: course_title(others[i]),
            key="progress-more",
        )
        for i in more:
            _plot(others[i])
    folded(tr("All numbers as a table"), "progress-numbers", lambda: [_row(course) for course in found])


def _plot(course: Course) -> None:
    st.subheader(course_title(course))
    st.markdown(told(course))
    plot(course_figure(course), f"{course.pattern}-{course.side}-{course.name}")


def _row(course: Course) -> dict[str, str]:
    change = course.change
    return {
        tr("What"): course_title(course),
        tr("Sessions"): str(len(course.points)),
        tr("First"): amount(course.points[0].value, course.unit),
        tr("Last"): amount(course.points[-1].value, course.unit),
        tr("Change"): told(course),
        tr("More than error from"): ""
        if change is None or change.smallest is None
        else amount(change.smallest, course.unit),
    }


def _answered(one: CheckIn) -> dict[str, str]:
    when = {"before": tr("before practising"), "after": tr("after practising")}[one.moment]
    return {tr("When"): f"{moment(one.at)}, {when}", tr("Pain"): str(one.pain), tr("Effort"): str(one.effort)}
