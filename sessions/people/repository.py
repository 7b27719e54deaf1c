"""The people of a store: who is kept, added and described anew; what was said before stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from base.characters import NOTHING_VISIBLE, NUMBER_ALONE, TOO_LONG, Field, check_line, look, shows_nothing
from patterns.programs.timed_test import Sex
from sessions.database.connection import Database
from sessions.database.encryption import Seal, opened_text, sealed_text
from sessions.database.file import StoredValueError, stored_time
from sessions.database.schema import PersonEntryRow, PersonRow
from sessions.people.access import Viewer
from sessions.people.audit import note
from sessions.people.people import LoginTakenError, NameTakenError, Person, PersonError, PersonGoneError

ME: Final = "Me"
"""The display name of the first person in English."""
NOBODY: Final = 0
"""The number of a person that there is not."""


def own_id(session: Session, viewer: Viewer, *, make: str = "") -> int:
    """The number of the person as whom somebody practises; at home the first one, who is made with the name given.

    Raises PersonError for who treats others and has not said whom.
    """
    if viewer.person_id is not None:
        return viewer.person_id
    if viewer.role != "home":
        raise PersonError("person: say whom it is about")
    first: int | None = session.scalar(select(func.min(PersonRow.id)))
    if first is not None:
        return first
    if not make:
        return NOBODY
    return _added(session, Person(NOBODY, make), None, None).id


def check_kept(session: Session, person_id: int) -> None:
    """Raise PersonGoneError where the person is not in the records, or not any more."""
    if session.get(PersonRow, person_id) is None:
        raise PersonGoneError


@dataclass(frozen=True)
class PeopleKept:
    """The people whose sessions are kept, as somebody may see them. me: see Store."""

    database: Database
    viewer: Viewer
    me: str = ME

    def all(self) -> tuple[Person, ...]:
        """Everybody that the viewer may see, in the order in which they came."""
        with self.database.reading() as session:
            query = select(PersonRow).order_by(PersonRow.id).options(selectinload(PersonRow.entries))
            if self.viewer.role == "patient":
                query = query.where(PersonRow.id == self.viewer.person_id)
            return tuple(_person(self.database.seal, row) for row in session.scalars(query))

    def get(self, person_id: int) -> Person:
        """One person. Raises PersonError where there is none of that number, NotAllowedError for somebody else's."""
        self.viewer.must_see(person_id, f"person {person_id}")
        with self.database.reading() as session:
            return _person(self.database.seal, _row(session, person_id))

    def find(self, alias_or_number: str) -> Person:
        """The person of that alias or number. Raises PersonError, also where it is one's alias and another's number."""
        everybody = self.all()
        named = [one for one in everybody if one.alias == alias_or_number] or [
            one for one in everybody if look(one.alias) == look(alias_or_number)
        ]
        found = {
            one.id: one for one in (*named, *everybody) if one in named or str(one.id) == alias_or_number
        }
        if len(found) == 1:
            return next(iter(found.values()))
        if found:
            each = " or ".join(f"person {number} ({one.alias})" for number, one in sorted(found.items()))
            raise PersonError(f"{alias_or_number}: it could be {each}; rename one of them")
        known = ", ".join(person.alias for person in everybody[:8]) or "nobody yet"
        raise PersonError(f"{alias_or_number}: there is no such person; known: {known}")

    def own(self, *, make: bool = False) -> Person | None:
        """As whom the viewer practises; None where nobody is kept yet, unless Me is to be made. Raises PersonError."""
        with self.database.reading() as session:
            number = own_id(session, self.viewer)
            if number != NOBODY:
                return _person(self.database.seal, _row(session, number))
        if not make:
            return None
        with self.database.writing() as session:
            return _person(self.database.seal, _row(session, own_id(session, self.viewer, make=self.me)))

    def add(
        self,
        alias: str,
        name: str | None = None,
        birth_year: int | None = None,
        sex: Sex | None = None,
        login: str | None = None,
    ) -> Person:
        """Commit a new person. login: by whom the login server knows them. Raises PersonError for an alias taken."""
        self.viewer.must_treat("a new person")
        alias = alias.strip()
        _check(alias, name, login)
        _check_alias(alias)
        with self.database.writing() as session:
            self._free(session, alias, login, NOBODY)
            row = _added(session, Person(NOBODY, alias, name, birth_year, sex), login, self.database.seal)
            note(session, self.viewer, "added a person", row.id)
            return _person(self.database.seal, row)

    def describe(self, person: Person, login: str | None = None) -> Person:
        """Commit what is known of a person from now on; what was known before stays, too. Raises PersonError."""
        self.viewer.must_treat(f"person {person.id}")
        person = replace(person, alias=person.alias.strip())
        _check(person.alias, person.name, login)
        with self.database.writing() as session:
            check_kept(session, person.id)
            row = _row(session, person.id)
            if person.alias != _latest(row).alias:
                _check_alias(person.alias)
            self._free(session, person.alias, login, person.id)
            row.entries.append(_entry(person, login or self._login(row), self.database.seal))
            session.flush()
            note(session, self.viewer, "described a person", row.id)
            return _person(self.database.seal, row)

    def of_login(self, login: str) -> Person | None:
        """Whom a login server knows by that name, None where nobody is."""
        with self.database.reading() as session:
            rows = session.scalars(select(PersonRow).options(selectinload(PersonRow.entries)))
            return next((_person(self.database.seal, row) for row in rows if self._login(row) == login), None)

    def is_kept(self, person_id: int) -> bool:
        """Return whether there is a person of that number."""
        with self.database.reading() as session:
            return session.get(PersonRow, person_id) is not None

    def signs_in_as(self, person_id: int, login: str) -> bool:
        """Return whether a login server knows that person by that name; False where there is no such person."""
        with self.database.reading() as session:
            row = session.get(PersonRow, person_id)
            return row is not None and self._login(row) == login

    def _login(self, row: PersonRow) -> str | None:
        kept = _latest(row).login
        return None if kept is None else opened_text(self.database.seal, kept, "login")

    def _free(self, session: Session, alias: str, login: str | None, whose: int) -> None:
        for row in session.scalars(select(PersonRow).options(selectinload(PersonRow.entries))):
            last = _latest(row)
            if row.id != whose and look(last.alias) == look(alias):
                raise NameTakenError(alias)
            if row.id != whose and login is not None and self._login(row) == login:
                raise LoginTakenError(login)


def _check(alias: str, name: str | None, login: str | None) -> None:
    """Raise PersonError for a name that does not fit on one line; what was stored before still opens."""
    check_line("Display name", alias, PersonError)
    check_line("Full name", name, PersonError)
    check_line("Login", login, PersonError)
    lengths: tuple[tuple[Field, str | None, int], ...] = (("Full name", name, 120), ("Login", login, 320))
    for what, text, most in lengths:
        if len(text or "") > most:
            raise PersonError(TOO_LONG.format(what=what, most=most, count=len(text or "")))


def _check_alias(alias: str) -> None:
    """Raise PersonError for a new display name that cannot be told from nothing or from a person's number."""
    what: Field = "Display name"
    if alias and shows_nothing(alias):
        raise PersonError(NOTHING_VISIBLE.format(what=what))
    if alias.isdecimal():
        raise PersonError(NUMBER_ALONE.format(what=what))


def _row(session: Session, person_id: int) -> PersonRow:
    row = session.get(PersonRow, person_id)
    if row is None:
        raise PersonError(f"person {person_id}: there is nobody of that number")
    return row


def _added(session: Session, person: Person, login: str | None, seal: Seal | None) -> PersonRow:
    row = PersonRow(since=person.since.isoformat(), entries=[_entry(person, login, seal)])
    session.add(row)
    session.flush()
    return row


def _entry(person: Person, login: str | None, seal: Seal | None) -> PersonEntryRow:
    return PersonEntryRow(
        entered_at=datetime.now(UTC).isoformat(),
        alias=person.alias,
        name=None if person.name is None else sealed_text(seal, person.name, "name"),
        birth_year=person.birth_year,
        sex=person.sex,
        login=None if login is None else sealed_text(seal, login, "login"),
    )


def _latest(row: PersonRow) -> PersonEntryRow:
    if not row.entries:
        raise StoredValueError(f"person {row.id} has no name")
    return row.entries[-1]


def _person(seal: Seal | None, row: PersonRow) -> Person:
    last = _latest(row)
    since = stored_time(row.since)
    name = None if last.name is None else opened_text(seal, last.name, "name")
    return Person(row.id, last.alias, name, last.birth_year, cast(Sex | None, last.sex), since)
