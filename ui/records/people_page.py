"""The people whose sessions are kept: add, describe, give a program, take the data along, delete."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final, cast

from base.characters import look, visible
from base.errors import DiagonalError, RequestError
from base.temporary import temporary_folder
from i18n.tables import SIDES
from i18n.translation import moment, tr
from patterns.programs.program import load_program, program_ids
from patterns.programs.timed_test import Sex
from sessions.backup.backup import back_up, delete_person
from sessions.database.connection import StoreError, data_folder
from sessions.history.today import own, practised
from sessions.people.audit import trail
from sessions.people.people import FIRST_YEAR, Person
from sessions.people.preferences import forget_preferences
from sessions.store.plans_and_check_ins import Plan
from sessions.store.store import Store
from ui.page.current_user import records
from ui.widgets.answers import answer, show_answers
from ui.widgets.damage import failure_words
from ui.widgets.plain_errors import reported
from ui.widgets.text_only import st

_SEXES: Final = {"female": "female", "male": "male"}
_EXPORTS: Final = "exports"
_DELETED: Final = "person-deleted"


def show() -> None:
    """Everybody, one of them in full, and a form for one more."""
    store = records()
    st.title(tr("People"))
    show_answers()
    deleted, remain = st.session_state.pop(_DELETED, ("", ""))
    if deleted:
        st.success(deleted)
    if remain:
        st.warning(remain)
    people = {person.id: person for person in store.people.all()}
    if people:
        st.table([_line(store, person) for person in people.values()])
        numbers, about = list(people), store.viewer.person_id
        chosen = st.selectbox(
            tr("Look at one person"),
            numbers,
            numbers.index(about) if about in people else 0,
            format_func=lambda number: people[number].alias,
            key="person-shown",
        )
        _one(store, people[chosen])
    else:
        st.info(tr("Nobody is kept yet. Practise once, or add a person below."))
    with st.expander(tr("Add a person")):
        _form(store, None)
    if store.viewer.role == "therapist":
        with st.expander(tr("Who read and changed what")):
            _trail(store)


def _line(store: Store, person: Person) -> dict[str, str]:
    sessions = store.sessions(person.id)
    practice = practised(sessions)
    plan = store.plan(person.id)
    return {
        tr("No."): str(person.id),
        tr("Called"): person.alias,
        tr("Program"): "" if plan is None else tr(plan.program.title),
        tr("Sessions"): str(len(own(sessions))),
        tr("Last practised"): moment(practice[0].start.started_at) if practice else "",
    }


def _one(store: Store, person: Person) -> None:
    about, program, data = st.tabs([tr("About"), tr("Program"), tr("Take along or delete")])
    with about:
        _form(store, person)
    with program:
        _program(store, person)
    with data:
        _data(store, person)


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
        year = left.number_input(
            tr("Year of birth (for norms alone)"),
            FIRST_YEAR,
            datetime.now().year,
            person.birth_year if person else None,
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
        if not st.form_submit_button(tr("Keep")):
            return
    alias, real, known_as = alias.strip(), name.strip() or None, cast(Sex | None, sex)
    try:
        if person is None:
            store.people.add(alias, real, year, known_as, login or None)
            answer(tr("The person is added."))
        else:
            described = replace(person, alias=alias, name=real, birth_year=year, sex=known_as)
            store.people.describe(described, login or None)
            answer(tr("The details are saved."))
    except DiagonalError as error:
        st.error(tr(failure_words(error)))
        return
    st.rerun()


def _program(store: Store, person: Person) -> None:
    plan = store.plan(person.id)
    if plan is not None:
        side = tr(SIDES[plan.affected])
        st.write(tr("{program}, affected side: {side}", program=tr(plan.program.title), side=side))
    with st.form(f"program-{person.id}", border=False):
        ids = list(program_ids())
        chosen = st.selectbox(tr("Program"), ids, format_func=lambda one: tr(load_program(one).title))
        affected = st.radio(
            tr("Affected side"), ["left", "right"], format_func=lambda one: tr(SIDES[one]), horizontal=True
        )
        give = st.form_submit_button(tr("Give this program"), type="primary")
        end = st.form_submit_button(tr("End the program"), disabled=plan is None)
    if give:
        store.give_plan(Plan(load_program(chosen), "left" if affected == "left" else "right"), person.id)
        answer(tr("The program is given."))
        st.rerun()
    if end:
        store.give_plan(None, person.id)
        answer(tr("The program is ended."))
        st.rerun()


def _data(store: Store, person: Person) -> None:
    st.write(tr("All that is kept of this person, as one file; another Diagonal takes it back."))
    if st.button(tr("Make the file"), key=f"export-{person.id}"):
        _offer(store, person)
    st.divider()
    st.write(
        tr(
            "Deleting removes this person and all of theirs for good. It is written into a file in the folder "
            "of exports first."
        )
    )
    typed = st.text_input(tr("Type {alias} to delete", alias=person.alias), key=f"typed-{person.id}")
    named = look(typed) == look(visible(person.alias))  # an old name may hold what nobody can type
    if st.button(tr("Delete for good"), disabled=not named, key=f"delete-{person.id}"):
        _delete(store, person)


def _offer(store: Store, person: Person) -> None:
    with temporary_folder() as folder:
        path = folder / "person.zip"
        try:
            back_up(store, path, person.id)
        except (DiagonalError, OSError) as error:
            st.error(_not_written(store, error))
            return
        st.download_button(
            tr("Save the file"), path.read_bytes(), f"diagonal-person-{person.id}.zip", "application/zip"
        )


def _delete(store: Store, person: Person) -> None:
    """Nothing is deleted where the file cannot be written."""
    export = data_folder() / _EXPORTS / f"person-{person.id}-{datetime.now():%Y%m%d-%H%M%S}.zip"
    try:
        export.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        delete_person(store, person.id, export)
    except (DiagonalError, OSError) as error:
        st.error(_not_written(store, error))
        return
    forget_preferences(data_folder(), person.id)
    st.session_state.clear()
    if store.viewer.role == "home":
        said = tr("{alias} is deleted. The file is {path}", alias=person.alias, path=str(export))
    else:
        said = tr(
            "{alias} is deleted. Whoever looks after the server finds the export under the name {name}.",
            alias=person.alias,
            name=export.name,
        )
    remain = ""
    if store.database.traces_remain:
        remain = tr(
            "Traces of {alias} remain in the database files until no other program reads them. "
            "Close the other programs, then restart Diagonal: it erases the traces.",
            alias=person.alias,
        )
    st.session_state[_DELETED] = said, remain
    st.rerun()


def _not_written(store: Store, error: DiagonalError | OSError) -> str:
    """Return a sentence; in a clinic, where nobody at the page can do anything about a folder, without its path."""
    if isinstance(error, StoreError | RequestError):
        return tr(failure_words(error))
    if store.viewer.role == "home":
        return str(error)
    return tr(reported(DiagonalError(str(error))))


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
