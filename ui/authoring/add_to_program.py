"""An approved exercise is added to somebody's program."""

from __future__ import annotations

from typing import Final, Literal

from base.errors import DiagonalError
from base.message import Verbatim
from i18n.tables import SIDES
from i18n.translation import tr
from patterns.programs.program import Dose, Item, Program, parse_program, write_program
from patterns.programs.safety_rules import safety_rules
from sessions.people.people import Person
from sessions.store.exercises import OwnExercise
from sessions.store.plans_and_check_ins import Plan
from sessions.store.store import Store
from ui.widgets.damage import failure_words
from ui.widgets.escapes import formatted
from ui.widgets.text_only import st

_DAYS: Final = 3


def draw(store: Store, one: OwnExercise) -> None:
    """For whom, on which side and how much; nothing for what is not approved."""
    st.markdown(formatted("**{}**", tr("In a program")))
    if one.state != "approved":
        st.info(tr("Once it is approved it can be practised, and added to programs here."))
        return
    person = _whose(store)
    if person is None:
        return
    name = Verbatim(person.alias)
    plan = store.plan(person.id)
    with st.form(f"program-{one.id}", border=False):
        left, middle, hold, right = st.columns(4)
        sets = left.number_input(tr("Sets"), 1, 10, 2)
        repetitions = middle.number_input(tr("Repetitions"), 1, 50, 8)
        hold_s = hold.number_input(tr("Hold at the far end (s)"), 0.0, 20.0, 0.0, 1.0, "%.0f")
        rest_s = right.number_input(tr("Rest between sets (s)"), 0, 600, 60)
        side = _side(name, plan)
        sent = st.form_submit_button(tr("Add to the program of {name}", name=name))
    if sent and side is None:
        st.warning(tr("Choose the affected side."))
    elif sent and side is not None:
        dose = Dose(sets=sets, repetitions=repetitions, rest_s=float(rest_s), hold_s=hold_s or None)
        try:
            store.give_plan(Plan(with_exercise(plan, one, dose), side), person.id)
        except DiagonalError as error:
            st.error(tr(failure_words(error)))
            return
        st.success(tr("{alias} has it under Today.", alias=name))


def _whose(store: Store) -> Person | None:
    """The person that every page is about; None, with what to do, where there is none."""
    if store.viewer.role != "home" and store.viewer.person_id is None:
        st.info(tr("Choose above whom it is about."))
        return None
    person = store.people.own()
    if person is None:
        st.info(tr("Nobody is kept yet. Practise once, or add a person under People."))
    return person


def _side(name: str, plan: Plan | None) -> Literal["left", "right"] | None:
    """The affected side: of the program that the person has, else chosen here; none is chosen beforehand."""
    if plan is not None:
        st.caption(tr("The affected side of {name} is: {side}", name=name, side=tr(SIDES[plan.affected])))
        return plan.affected
    sides: tuple[Literal["left", "right"], ...] = ("left", "right")
    return st.radio(
        tr("Affected side"), sides, index=None, format_func=lambda side: tr(SIDES[side]), horizontal=True
    )


def with_exercise(plan: Plan | None, one: OwnExercise, dose: Dose) -> Program:
    """The program that somebody has with one exercise more, or one of that exercise alone. Raises ProgramError."""
    template = one.template
    side: Literal["both", "affected"] = "both" if template.side == "both" else "affected"
    item = Item(pattern=template.id, side=side, dose=dose, note=template.command)
    if plan is None:
        made = Program.model_validate(
            {
                "schema": "diagonal.program/1",
                "id": template.id,
                "title": template.title,
                "family": "orthopaedic",
                "for_whom": "Put together by a therapist for one person.",
                "version": 1,
                "source": "Put together by a therapist.",
                "days_a_week": _DAYS,
                "pain_stop_above": safety_rules().pain_stop_above,
                "item": [item],
            }
        )
    else:
        before = plan.program
        made = before.model_copy(
            update={
                "version": before.version + 1,
                "item": (*(i for i in before.item if i.pattern != template.id), item),
            }
        )
    return parse_program(write_program(made).encode(), "the program")
