"""The program of a person: what they have now, what another one holds, and giving or ending it after a question."""

from __future__ import annotations

from typing import Final, Literal

from base.errors import DiagonalError
from base.message import Verbatim
from i18n.tables import SIDES, title_of
from i18n.translation import ntr, tr
from patterns.programs.program import Program, load_program, program_ids, stop_rules
from patterns.templates.errors import ProgramError
from sessions.people.people import Person
from sessions.store.plans_and_check_ins import Plan
from sessions.store.store import Store
from ui.practise.doses import told_dose
from ui.widgets.answers import answer
from ui.widgets.escapes import bullets, formatted
from ui.widgets.plain_errors import reported
from ui.widgets.text_only import st

_ASKING: Final = "program-asked"
_LOST: Final = "It no longer fits this version: give it again."
_SIDES: Final[tuple[Literal["left", "right"], ...]] = ("left", "right")


def title_given(store: Store, person_id: int) -> str:
    """Return the title of a person's program, empty without one; also where it no longer fits this version."""
    try:
        plan = store.plan(person_id)
    except ProgramError:
        return tr(_LOST)
    return "" if plan is None else tr(plan.program.title)


def draw(store: Store, person: Person) -> None:
    """What the person has now, and a choice of another program: none is chosen beforehand, nor a side."""
    name = Verbatim(person.alias)
    try:
        plan = store.plan(person.id)
    except ProgramError:
        plan = None
        st.warning(tr("{name} has a program that no longer fits this version. Give it again.", name=name))
    else:
        _has_now(store, person, plan)
    chosen = st.selectbox(
        tr("Program"),
        list(program_ids()),
        index=None,
        format_func=lambda one: tr(load_program(one).title),
        placeholder=tr("Choose a program"),
        key=f"program-of-{person.id}",
    )
    affected = st.radio(
        tr("Affected side"),
        _SIDES,
        index=None,
        format_func=lambda one: tr(SIDES[one]),
        horizontal=True,
        key=f"affected-of-{person.id}",
    )
    if chosen is None:
        return
    program = load_program(chosen)
    contents(program, affected)
    if affected is None:
        st.caption(tr("Choose the affected side."))
    asked = (person.id, chosen, affected)
    if st.button(
        tr("Give this program to {name}", name=name), type="primary", disabled=affected is None, key="give"
    ):
        st.session_state[_ASKING] = asked
    if affected is None or st.session_state.get(_ASKING) != asked:
        return
    yes = plan is None
    if plan is not None:
        sentence = tr(
            "{name}: {old} ends, and {new} takes its place.",
            name=name,
            old=tr(plan.program.title),
            new=tr(program.title),
        )
        yes = _asked_back(sentence, tr("Yes, give it to {name}", name=name))
    if yes:
        title, side = tr(program.title), tr(SIDES[affected])
        done = tr("{name} has now: {program}, affected side: {side}.", name=name, program=title, side=side)
        _give(store, person, Plan(program, affected), done)


def _has_now(store: Store, person: Person, plan: Plan | None) -> None:
    name = Verbatim(person.alias)
    if plan is None:
        st.write(tr("{name} has no program now.", name=name))
        return
    title, side = tr(plan.program.title), tr(SIDES[plan.affected])
    st.markdown(tr("{name} has now: {program}, affected side: {side}.", name=name, program=title, side=side))
    with st.expander(tr("What this program holds")):
        contents(plan.program, plan.affected)
    asked = (person.id, "", None)
    if st.button(tr("End the program of {name}", name=name), key="end"):
        st.session_state[_ASKING] = asked
    if st.session_state.get(_ASKING) != asked:
        return
    sentence = tr("{name}: {program} ends. What was done stays in the records.", name=name, program=title)
    if _asked_back(sentence, tr("Yes, end the program of {name}", name=name)):
        _give(store, person, None, tr("{name} has no program now.", name=name))


def _asked_back(sentence: str, yes: str) -> bool:
    """Ask before something is changed; whether the answer is yes. No, or any other choice on the page, ends it."""
    st.warning(sentence)
    left, right = st.columns(2)
    if right.button(tr("No, leave it as it is"), key="asked-no"):
        st.session_state.pop(_ASKING, None)
        st.rerun()
    return left.button(yes, key="asked-yes")


def _give(store: Store, person: Person, plan: Plan | None, done: str) -> None:
    st.session_state.pop(_ASKING, None)
    try:
        store.give_plan(plan, person.id)
    except DiagonalError as error:
        st.error(tr(reported(error)))
        return
    answer(done)
    for key in (f"program-of-{person.id}", f"affected-of-{person.id}"):
        st.session_state.pop(key, None)
    st.rerun()


def contents(program: Program, affected: Literal["left", "right"] | None) -> None:
    """What a program holds: for whom, its exercises and doses on their sides, when to stop. affected: None if open."""
    st.markdown(tr(program.for_whom))
    rows = [
        {
            tr("Exercise"): title_of(item.pattern),
            tr("Side"): tr("affected side")
            if item.side == "affected" and affected is None
            else tr(SIDES[item.side_for(affected or "left")]),
            tr("How much"): told_dose(item.dose),
            tr("Note"): tr(item.note),
        }
        for item in program.item
    ]
    st.table(rows)
    st.caption(ntr("{count} day a week.", "{count} days a week.", program.days_a_week))
    st.markdown(formatted("**{}**\n\n{}", tr("When to stop"), bullets(map(tr, stop_rules(program)))))
