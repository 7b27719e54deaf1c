"""Signed in or not: one answer for pages, live sockets and downloads of a clinic's server, asked of the database."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sessions.people.access import NotAllowedError
from sessions.people.sign_ins import SignIn, SignIns
from sessions.store.store import Store
from ui.signin.clinic import UNNAMED, Clinic

COOKIE: Final = "diagonal_session"
"""What a browser shows: at a clinic the token of a sign-in, at home a random text that no other browser has."""
FAILED_COOKIE: Final = "diagonal_sign_in_failed"
"""What a browser shows for a minute after a sign-in at the login server came to nothing."""
CHECK_S: Final = 2.0
"""Seconds between two looks at whether a page or a live set is still signed in; a sign-in ends within 5 s."""
SIGNED_OUT: Final = "You are signed out. Open the page again and sign in."


@dataclass(frozen=True)
class SignInRules:
    """Who is signed in, as the database and the clinic's file have it now."""

    store: Store
    clinic: Clinic

    def admit(self, claims: Mapping[str, Any], now_s: float) -> str:
        """Begin a sign-in for whom the login server names; return its token.

        Raises NotAllowedError for somebody who is not known here; what they began in an earlier role has then ended.
        """
        login = self.clinic.login(claims)
        if not self.clinic.is_fresh(claims, now_s):
            raise NotAllowedError(UNNAMED.format(claim="iat"))
        try:
            viewer = self.clinic.viewer(claims, self.store)
        except NotAllowedError:
            self._sign_ins.end_all(login, _time(now_s))
            raise
        return self._sign_ins.begin(viewer, self.clinic.granted_by(viewer), _time(now_s))

    def of_token(self, token: str, now_s: float) -> SignIn | None:
        """Return the sign-in that a browser's token stands for; None where it has ended."""
        return self._still(self._sign_ins.of_token(token), now_s) if token else None

    def of_id(self, sign_in_id: int | None, now_s: float) -> SignIn | None:
        """Return the sign-in of that number; None where it has ended."""
        return None if sign_in_id is None else self._still(self._sign_ins.of_id(sign_in_id), now_s)

    def holds(self, sign_in_id: int, now_s: float) -> bool:
        """Return whether the sign-in of that number has not ended; changes nothing."""
        found = self._sign_ins.of_id(sign_in_id)
        return found is not None and self._is_in_force(found, _time(now_s))

    def end(self, token: str, now_s: float) -> None:
        """End the sign-in of a browser everywhere."""
        found = self._sign_ins.of_token(token)
        if found is not None:
            self._sign_ins.end(found.id, _time(now_s))

    @property
    def _sign_ins(self) -> SignIns:
        return SignIns(self.store.database)

    def _still(self, found: SignIn | None, now_s: float) -> SignIn | None:
        """End a sign-in for good that is too old, or whose person or role is not what it was."""
        if found is None:
            return None
        now = _time(now_s)
        if not self._is_in_force(found, now):
            self._sign_ins.end(found.id, now)
            return None
        self._sign_ins.seen(found, now)
        return found

    def _is_in_force(self, found: SignIn, now: datetime) -> bool:
        fresh = now - found.created_at < timedelta(hours=self.clinic.stays_h)
        return fresh and self.clinic.is_still(found, self.store)


@dataclass
class StillSignedIn:
    """Check for a store: refuses once the sign-in on which it rests has ended. Asks again every CHECK_S at most.

    Parts of a page and its buttons hold a store from an earlier run, so the store itself must refuse.
    """

    rules: Callable[[], SignInRules | None]
    sign_in_id: int
    _asked_s: float = -math.inf

    def __call__(self) -> None:
        """Raise NotAllowedError once the sign-in has ended."""
        now_s = time.monotonic()
        if now_s - self._asked_s < CHECK_S:
            return
        rules = self.rules()
        if rules is None or not rules.holds(self.sign_in_id, time.time()):
            raise NotAllowedError(SIGNED_OUT)
        self._asked_s = now_s


def _time(now_s: float) -> datetime:
    return datetime.fromtimestamp(now_s, UTC)
