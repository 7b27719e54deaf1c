"""Sign-ins of a clinic's server, stored in the database so that one can be ended everywhere at once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Literal, cast

from sqlalchemy import ColumnElement, delete, select, update

from sessions.database.connection import Database
from sessions.database.encryption import opened_text, sealed_text
from sessions.database.file import stored_time
from sessions.database.schema import SignInRow
from sessions.people.access import Viewer

SignedInRole = Literal["patient", "therapist"]
_REMEMBERED: Final = timedelta(days=30)
"""A sign-in that began longer ago is deleted when the next one begins."""
_SEEN_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class SignIn:
    """One person signed in on one browser.

    person_id: None for a therapist. granted_by: the rule that made somebody a therapist, empty for their name in the
    clinic's file.
    """

    id: int
    login: str
    role: SignedInRole
    person_id: int | None
    granted_by: str
    created_at: datetime
    last_seen_at: datetime

    @property
    def viewer(self) -> Viewer:
        """Return who this is to the store."""
        return Viewer(self.role, self.login, self.person_id)


@dataclass(frozen=True)
class SignIns:
    """The sign-ins of a database. The browser has the token, the database only its hash."""

    database: Database

    def begin(self, viewer: Viewer, granted_by: str, now: datetime) -> str:
        """Commit a new sign-in; return its token, 256 random bits.

        Ends the earlier sign-ins of the same login that had another role or were another person's.
        """
        token = secrets.token_urlsafe(32)
        self.end_all(viewer.who, now, but=viewer)
        login = sealed_text(self.database.seal, viewer.who, "login")
        with self.database.writing() as session:
            session.execute(delete(SignInRow).where(SignInRow.created_at < (now - _REMEMBERED).isoformat()))
            session.add(
                SignInRow(
                    token_sha256=_hashed(token),
                    person_id=viewer.person_id,
                    login=login,
                    role=viewer.role,
                    granted_by=granted_by,
                    created_at=now.isoformat(),
                    last_seen_at=now.isoformat(),
                )
            )
        return token

    def of_token(self, token: str) -> SignIn | None:
        """Return the sign-in of a browser; None for one that was ended, or that there is not."""
        return self._one(SignInRow.token_sha256 == _hashed(token))

    def of_id(self, sign_in_id: int) -> SignIn | None:
        """Return the sign-in of that number; None for one that was ended, or that there is not."""
        return self._one(SignInRow.id == sign_in_id)

    def seen(self, sign_in: SignIn, now: datetime) -> None:
        """Note that a sign-in was used, to the minute."""
        if now - sign_in.last_seen_at >= _SEEN_EVERY:
            self._set(sign_in.id, last_seen_at=now.isoformat())

    def end(self, sign_in_id: int, now: datetime) -> None:
        """End a sign-in for good."""
        self._set(sign_in_id, revoked_at=now.isoformat())

    def end_all(self, login: str, now: datetime, but: Viewer | None = None) -> None:
        """End the sign-ins of a login for good, but for those in which it is that viewer."""
        for earlier in self._all():
            if earlier.login == login and earlier.viewer != but:
                self.end(earlier.id, now)

    def _set(self, sign_in_id: int, **values: str) -> None:
        with self.database.writing() as session:
            session.execute(update(SignInRow).where(SignInRow.id == sign_in_id).values(**values))

    def _one(self, which: ColumnElement[bool]) -> SignIn | None:
        found = self._all(which)
        return found[0] if found else None

    def _all(self, *which: ColumnElement[bool]) -> list[SignIn]:
        with self.database.reading() as session:
            rows = session.scalars(select(SignInRow).where(SignInRow.revoked_at.is_(None), *which)).all()
            return [self._sign_in(row) for row in rows]

    def _sign_in(self, row: SignInRow) -> SignIn:
        return SignIn(
            row.id,
            opened_text(self.database.seal, row.login, "login"),
            cast(SignedInRole, row.role),
            row.person_id,
            row.granted_by,
            stored_time(row.created_at),
            stored_time(row.last_seen_at),
        )


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()
