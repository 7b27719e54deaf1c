"""The people whose sessions are stored: all of them, and the one that every page is about in full."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, cast

from base.errors import DiagonalError
from base.message import Verbatim
from i18n.translation import moment, tr
from patterns.programs.timed_test import Sex
from sessions.history.today import own, practised
from sessions.people.audit import trail
from sessions.people.people import LoginTakenError, NameTakenError, Person
from sessions.store.store import Store
from ui.page.current_user import CHOSEN, records
from ui.records import given_program, person_data
from ui.widgets.answers import answer, show_answers
from ui.widgets.damage import failure_words
from ui.widgets.text_only import st

_SEXES: Final = {"female": "female", "male": "male"}
_ADDED: Final = "person-added"


def show() -> None:
    """Everybody, the one that every page is about in full, and a form for one more."""
    store = records()
    st.title(tr("People"))
    show_answers()
    with st.container():  # always there: else what follows moves, and an open form below closes
        person_data.show_deleted()
    people = {person.id: person for person in store.people.all()}
    if people:
        st.table([_line(store, person) for person in people.values()])
    else:
        st.info(tr("Nobody is kept yet. Practise once, or add a person below."))
    person = people.get(store.viewer.person_id or min(people, default=0) * (store.viewer.role == "home"))
    with st.container():
        _offer_added(people, person)
    if person is not None:
        _one(store, person)
    elif people:
        st.info(tr("Choose above whom it is about."))
    with st.expander(tr("Add a person")):
        _form(store, None)
    person_data.copies()
    if store.viewer.role == "therapist":
        with st.expander(tr("Who read and changed what")):
            _trail(store)


def _line(store: Store, person: Person) -> dict[str, str]:
    sessions = store.sessions(person.id)
    practice = practised(sessions)
    return {
        tr("No."): str(person.id),
        tr("Called"): person.alias,
        tr("Program"): given_program.title_given(store, person.id),
        tr("Sessions"): str(len(own(sessions))),
        tr("Last practised"): moment(practice[0].start.started_at) if practice else "",
    }


def _one(store: Store, person: Person) -> None:
    st.header(person.alias)
    about, program, data = st.tabs([tr("About"), tr("Program"), tr("Take along or delete")])
    with about:
        _form(store, person)
    with program:
        given_program.draw(store, person)
    with data:
        person_data.draw(store, person)


def _offer_added(people: dict[int, Person], now: Person | None) -> None:
    """After a person was added: whom the page is about still, and a button to go on with the new one."""
    added = people.get(st.session_state.get(_ADDED, 0))
    if added is None or now is None or added == now:
        st.session_state.pop(_ADDED, None)
        return
    said, button = st.columns([4, 2], vertical_alignment="center")
    names = {"name": Verbatim(added.alias), "now": Verbatim(now.alias)}
    said.info(tr("{name} is added. All pages are still about {now}.", **names))
    button.button(
        tr("Go on with {name}", name=names["name"]), key="choose-added", on_click=_choose, args=(added.id,)
    )


def _choose(number: int) -> None:
    st.session_state[CHOSEN] = number


def _form(store: Store, person: Person | None) -> None:
    """Fields about a person; None: somebody new."""
    key = (
        f"person-{person.id}" if person else f"new-person-{len(store.people.all())}"
    )  # empty after each one added
    with st.form(key, border=False):
        left, right = st.columns(2)
        alias = left.text_input(
            tr("Called (best no real name)"), "" if person is None else person.alias, max_chars=80
        )
        name = right.text_input(
            tr("Real name (may stay empty)"), (person.name or "") if person else "", max_chars=120
        )
        # Without limits: a browser holds back a form with a number beyond them, and the last error stays in sight.
        year = left.number_input(
            tr("Year of birth (for norms alone)"), value=person.birth_year if person else None, step=1
        )
        sexes = list(_SEXES)
        sex = right.selectbox(
            tr("Sex (for norms alone)"),
            sexes,
            index=sexes.index(person.sex) if person and person.sex else None,
            format_func=lambda one: tr(_SEXES[one]),
            placeholder=tr("Not said"),
        )
        signs_in = store.viewer.role == "therapist"
        login = left.text_input(tr("Login of the clinic (may stay empty)")) if signs_in else ""
        label = (
            tr("Add this person") if person is None else tr("Save for {name}", name=Verbatim(person.alias))
        )
        if not st.form_submit_button(label):
            return
    alias, real, known_as = alias.strip(), name.strip() or None, cast(Sex | None, sex)
    try:
        if person is None:
            added = store.people.add(alias, real, year, known_as, login or None)
            st.session_state[_ADDED] = added.id
            answer(tr("{name} is added.", name=Verbatim(alias)))
        else:
            described = replace(person, alias=alias, name=real, birth_year=year, sex=known_as)
            store.people.describe(described, login or None)
            answer(tr("The details of {name} are saved.", name=Verbatim(alias)))
    except DiagonalError as error:
        st.error(_in_words(error))
        return
    st.rerun()


def _in_words(error: DiagonalError) -> str:
    """An error's sentence in the language of the page; a name in it stays as it was typed."""
    if isinstance(error, NameTakenError):
        return tr('The name "{alias}" is already taken.', alias=Verbatim(error.alias))
    if isinstance(error, LoginTakenError):
        return tr('The login "{login}" is already taken.', login=Verbatim(error.login))
    return tr(failure_words(error))


def _trail(store: Store) -> None:
    entries = trail(store.database, store.viewer)[::-1][:200]
    st.table(
        [
            {
                tr("When"): moment(entry.at),
                tr("Who"): entry.who,
                tr("Did"): tr(entry.action),
                tr("Person"): "" if entry.person_id is None else str(entry.person_id),
                tr("Number or name"): entry.about,
            }
            for entry in entries
        ]
    )
