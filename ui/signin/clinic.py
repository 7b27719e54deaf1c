"""A clinic's server: people sign in with the clinic's own login, and are seen as patients or therapists."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from base.characters import trouble_in
from base.console import write_error
from base.errors import RequestError
from sessions.people.access import NotAllowedError, Viewer
from sessions.people.sign_ins import SignIn
from sessions.store.store import Store

CLINIC_VARIABLE: Final = "DIAGONAL_CLINIC"
"""The file that makes this server a clinic's: Streamlit's [auth] and our [clinic]."""
_BACK: Final = "/oauth2callback"
_CLOCKS_DIFFER_S: Final = 300.0
"""So far the login server's clock may run ahead of ours."""
LONGEST_LOGIN: Final = 320
"""Characters: 64 and 255 around the sign of an e-mail address (RFC 5321, 4.5.3.1)."""
UNKNOWN: Final = "{login} is not known here. Ask your therapist to add you."
UNNAMED: Final = "The login server did not say who you are ({claim}). Ask who runs this server."
UNVERIFIED: Final = "The login server has not verified your e-mail address. Ask who runs this server."
WRONG_ROLES: Final = (
    "The login server's answer about your role is not understood ({claim}). Ask who runs this server."
)


MAKE_SECRET: Final = "python -c 'import secrets; print(secrets.token_hex(32))'"
_LEAST: Final = 32
_LEAST_DIFFERENT: Final = 8
"""Of random texts of 32 hexadecimal digits one in 28 million has fewer."""

_SAMPLES: Final = (
    "randomtext",
    "randomstring",
    "strongsecret",
    "changeme",
    "replaceme",
    "replacethis",
    "yoursecret",
    "cookiesecret",
    "example",
    "placeholder",
)
"""Words of samples in our README, in Streamlit's documentation and in others."""


class ClinicError(RequestError):
    """The clinic's file is wrong."""


class Auth(BaseModel):
    """How Streamlit signs people in (OpenID Connect); see its documentation of st.login."""

    model_config = ConfigDict(extra="allow", frozen=True)
    redirect_uri: str = Field(pattern=f"^https?://[^/]+{_BACK}$")
    cookie_secret: str
    client_id: Annotated[str, Field(min_length=1)]
    server_metadata_url: str = Field(pattern="^https?://")

    @field_validator("cookie_secret")
    @classmethod
    def _hard_to_guess(cls, secret: str) -> str:
        """Raise ValueError for a secret that can be guessed, so that anybody could sign in as anybody."""
        plain = re.sub(r"[^a-z0-9]+", "", secret.casefold())
        if any(sample in plain for sample in _SAMPLES):
            raise ValueError(f"this is a sample that everybody knows; make one with: {MAKE_SECRET}")
        if len(secret) < _LEAST:
            raise ValueError(
                f"expected {_LEAST} characters or more, got {len(secret)}; make one with: {MAKE_SECRET}"
            )
        repeats = any(secret[period:] == secret[:-period] for period in range(1, len(secret) // 2 + 1))
        steps = sum(abs(ord(after) - ord(before)) <= 1 for before, after in pairwise(secret))
        if repeats or len(set(secret)) < _LEAST_DIFFERENT or steps > len(secret) / 2:
            raise ValueError(f"it repeats itself or counts on; make one with: {MAKE_SECRET}")
        return secret


class Clinic(BaseModel):
    """Who is who on a clinic's server.

    address: on which the server listens. login_claim: of the login server's answer, by which people are known here.
    therapists: by that name; role_claim and therapist_role: or by a role that the login server tells, with dots where
    it lies deeper (realm_access.roles). stays_h: hours after which one must sign in again.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    address: str = "127.0.0.1"
    login_claim: str = "email"
    therapists: tuple[str, ...] = ()
    role_claim: str | None = None
    therapist_role: str = "therapist"
    stays_h: float = Field(default=12.0, gt=0, le=72)

    def is_fresh(self, claims: Mapping[str, Any], now_s: float) -> bool:
        """Return whether somebody signed in, and not too long ago (`iat`, which every ID token has)."""
        since_s = claims.get("iat")
        if not isinstance(since_s, int | float) or isinstance(since_s, bool):
            return False
        return -_CLOCKS_DIFFER_S < now_s - since_s < 3600.0 * self.stays_h

    def login(self, claims: Mapping[str, Any]) -> str:
        """Return by which name the login server vouches for somebody. Raises NotAllowedError where it does not."""
        login = claims.get(self.login_claim)
        if not isinstance(login, str) or not 0 < len(login) <= LONGEST_LOGIN or trouble_in(login):
            raise NotAllowedError(UNNAMED.format(claim=self.login_claim))
        if self.login_claim == "email" and claims.get("email_verified") is not True:
            raise NotAllowedError(UNVERIFIED)
        return login

    def viewer(self, claims: Mapping[str, Any], store: Store) -> Viewer:
        """As whom somebody who has signed in is seen. Raises NotAllowedError for who is not known here."""
        login = self.login(claims)
        roles = self._roles(claims)
        if login in self.therapists or self.therapist_role in roles:
            return Viewer("therapist", login)
        person = store.people.of_login(login)
        if person is None:
            raise NotAllowedError(UNKNOWN.format(login=login))
        return Viewer("patient", login, person.id)

    def granted_by(self, viewer: Viewer) -> str:
        """Return the rule by which somebody is a therapist: empty where the file names them, or for a patient."""
        return "" if viewer.role == "patient" or viewer.who in self.therapists else self._role_rule

    def is_still(self, sign_in: SignIn, store: Store) -> bool:
        """Return whether somebody who signed in earlier is still the same person in the same role."""
        if sign_in.role == "therapist":
            granted = bool(sign_in.granted_by) and sign_in.granted_by == self._role_rule
            return granted or sign_in.login in self.therapists
        if sign_in.person_id is None or sign_in.login in self.therapists:
            return False
        return store.people.signs_in_as(sign_in.person_id, sign_in.login)

    @property
    def _role_rule(self) -> str:
        return "" if self.role_claim is None else f"{self.role_claim}={self.therapist_role}"

    def _roles(self, claims: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the roles in the login server's answer, none where it has no such claim.

        Raises NotAllowedError where it is neither a name nor a list of names.
        """
        found: Any = claims
        for part in () if self.role_claim is None else self.role_claim.split("."):
            if not isinstance(found, Mapping):
                raise NotAllowedError(WRONG_ROLES.format(claim=self.role_claim))
            if part not in found:
                return ()
            found = found[part]
        roles = () if self.role_claim is None else (found,) if isinstance(found, str) else found
        if not isinstance(roles, list | tuple) or not all(isinstance(role, str) for role in roles):
            raise NotAllowedError(WRONG_ROLES.format(claim=self.role_claim))
        return tuple(roles)


class ClinicFile(BaseModel):
    """The whole file. path: where it lies."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    path: Path
    auth: Auth
    clinic: Clinic = Clinic()

    @property
    def secure(self) -> bool:
        """Return whether people reach the server by https."""
        return urlsplit(self.auth.redirect_uri).scheme == "https"

    @property
    def host(self) -> str:
        """The name under which people reach the server."""
        return urlsplit(self.auth.redirect_uri).hostname or ""


def read_clinic() -> ClinicFile | None:
    """What DIAGONAL_CLINIC names, None where it is not set: then this computer serves its own person alone.

    Raises ClinicError with one line.
    """
    named = os.environ.get(CLINIC_VARIABLE)
    if not named:
        return None
    return _read(Path(named))


def _read(path: Path) -> ClinicFile:
    """Read a clinic's file. Raises ClinicError with one line."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
        return ClinicFile.model_validate({"path": path.resolve(), **content})
    except OSError as error:
        raise ClinicError(f"{CLINIC_VARIABLE}={path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ClinicError(f"{path}: not a TOML file ({error})") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise ClinicError(f"{path}: {where}: {reason}") from error


class ClinicNow:
    """The part [clinic] of a clinic's file as it is now: read again when the file has changed."""

    def __init__(self, file: ClinicFile) -> None:
        self._path = file.path
        self._clinic = file.clinic
        self._stamp = self._stamp_now()

    def __call__(self) -> Clinic:
        """Return the rules in force; a file that cannot be read changes nothing and is reported once on stderr."""
        stamp = self._stamp_now()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._clinic = _read(self._path).clinic
            except ClinicError as error:
                write_error(str(error))
        return self._clinic

    def _stamp_now(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size
