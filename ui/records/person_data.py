"""The data of a person: one file to take along, deleting for good, and the copies that deleting leaves."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Final

from base.characters import look, visible
from base.errors import DiagonalError, RequestError
from base.message import Verbatim
from base.temporary import temporary_folder
from i18n.translation import moment, ntr, tr
from sessions.backup.backup import back_up, delete_person
from sessions.database.connection import StoreError, data_folder
from sessions.people.people import Person
from sessions.people.preferences import forget_preferences
from sessions.store.store import Store
from ui.page.current_user import CHOSEN
from ui.widgets.answers import answer
from ui.widgets.damage import failure_words
from ui.widgets.plain_errors import reported
from ui.widgets.text_only import st

_EXPORTS: Final = "exports"
_DELETED: Final = "person-deleted"
_STAMP: Final = "%Y%m%d-%H%M%S"
_COPY: Final = re.compile(r"person-(\d+)-(\d{8}-\d{6})\.zip")


def draw(store: Store, person: Person) -> None:
    """A file of all that is stored about the person, and deleting them."""
    name = Verbatim(person.alias)
    st.write(tr("All records of {name} as one file, which another Diagonal can restore.", name=name))
    if st.button(tr("Make the file of {name}", name=name), key=f"export-{person.id}"):
        _offer(store, person)
    st.divider()
    st.write(
        tr(
            "Deleting removes {name} and all their records for good. A copy of them is saved on this computer first; "
            "you can then delete it below.",
            name=name,
        )
    )
    typed = st.text_input(tr("Type {alias} to delete", alias=name), key=f"typed-{person.id}").strip()
    matches = look(typed) == look(visible(person.alias))  # an old name may hold what nobody can type
    if typed and not matches:
        st.caption(tr("This is not the name. Type it as it is written here: {alias}", alias=name))
    if st.button(tr("Delete {name} for good", name=name), disabled=not matches, key=f"delete-{person.id}"):
        _delete(store, person)


def show_deleted() -> None:
    """Report once who was deleted, that a copy is still there, and whether traces remain."""
    deleted, remain = st.session_state.pop(_DELETED, ("", ""))
    if deleted:
        st.success(deleted)
    if remain:
        st.warning(remain)


def copies() -> None:
    """The copies that were saved before people were deleted, each with a button that deletes it too."""
    found = sorted((data_folder() / _EXPORTS).glob("person-*.zip"), reverse=True)
    known = [(path, match) for path in found if (match := _COPY.fullmatch(path.name))]
    if not known:
        return
    with st.expander(
        ntr("{count} copy of a deleted person", "{count} copies of deleted people", len(known)), expanded=True
    ):
        st.caption(
            tr(
                "Each copy holds all records of a person who was deleted. Whoever uses this computer can read it."
            )
        )
        for path, match in known:
            said, button = st.columns([4, 2], vertical_alignment="center")
            at = moment(datetime.strptime(match[2], _STAMP))
            said.markdown(tr("Person {number}, deleted on {day}", number=int(match[1]), day=at))
            button.button(tr("Delete this copy"), key=f"copy-{path.name}", on_click=_remove, args=(path,))


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        st.error(tr("The copy could not be deleted ({why}).", why=error.strerror or ""))
        return
    answer(tr("The copy is deleted."))


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
    export = data_folder() / _EXPORTS / f"person-{person.id}-{datetime.now():{_STAMP}}.zip"
    try:
        export.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        delete_person(store, person.id, export)
    except (DiagonalError, OSError) as error:
        st.error(_not_written(store, error))
        return
    forget_preferences(data_folder(), person.id)
    st.session_state.clear()
    left = store.people.all()
    if left and store.viewer.role == "home":
        st.session_state[CHOSEN] = left[0].id
    name = Verbatim(person.alias)
    said = tr(
        "{alias} is deleted. A copy of all their records is still on this computer. To remove it too, press "
        "“Delete this copy” below.",
        alias=name,
    )
    remain = ""
    if store.database.traces_remain:
        remain = tr(
            "Traces of {alias} remain in the database files until no other program reads them. "
            "Close the other programs, then restart Diagonal: it erases the traces.",
            alias=name,
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
