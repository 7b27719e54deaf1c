"""Landmarks and names kept so that the database alone does not tell them: AES-256-GCM with a key of the owner's.

The key is in the environment (DIAGONAL_KEY) or in the system's keyring, never in the database or beside it.
"""

from __future__ import annotations

import base64
import binascii
import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from base.errors import DiagonalError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_VARIABLE: Final = "DIAGONAL_KEY"
SEALED: Final = {
    "landmark_block": ("data",),
    "person_entry": ("name", "login"),
    "review": ("note",),
    "demonstration": ("data",),
    "sign_in": ("login",),
}
"""Which columns are sealed, by table."""
_SERVICE: Final = "diagonal"
_MAGIC: Final = b"DLS1"
_TEXT: Final = "sealed:"
_NONCE: Final = 12
_KEY: Final = 32
_PROOF: Final = b"diagonal"


class SealError(DiagonalError):
    """What is sealed cannot be opened: the key is missing or another one, or the bytes are damaged."""


@dataclass(frozen=True)
class Seal:
    """Seals and opens with one key. What was sealed as one column does not open as another."""

    key: bytes

    @cached_property
    def _cipher(self) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(self.key)

    def sealed(self, data: bytes, column: str) -> bytes:
        """The bytes that only this key opens."""
        nonce = os.urandom(_NONCE)
        return _MAGIC + nonce + self._cipher.encrypt(nonce, data, column.encode())

    def opened(self, data: bytes, column: str) -> bytes:
        """The bytes that were sealed. Raises SealError."""
        from cryptography.exceptions import InvalidTag

        start = len(_MAGIC)
        nonce, rest = data[start : start + _NONCE], data[start + _NONCE :]
        try:
            return self._cipher.decrypt(nonce, rest, column.encode())
        except (InvalidTag, ValueError) as error:
            raise SealError(f"{column}: sealed with another key, or damaged") from error

    def proof(self) -> str:
        """A text by which the key is known again."""
        return sealed_text(self, _PROOF.decode(), "proof")

    def opens(self, proof: str) -> bool:
        """Whether this is the key that gave the proof."""
        try:
            return opened_text(self, proof, "proof") == _PROOF.decode()
        except SealError:
            return False


def is_sealed(data: bytes) -> bool:
    """Whether bytes were sealed."""
    return data.startswith(_MAGIC)


def opened_bytes(seal: Seal | None, data: bytes, column: str) -> bytes:
    """Bytes as they were before sealing, if they were sealed. Raises SealError."""
    if not is_sealed(data):
        return data
    if seal is None:
        raise SealError(f"{column}: it is sealed and there is no key")
    return seal.opened(data, column)


def sealed_text(seal: Seal | None, text: str, column: str) -> str:
    """A text that only the key opens; as it is without one."""
    if seal is None:
        return text
    return _TEXT + base64.urlsafe_b64encode(seal.sealed(text.encode(), column)).decode()


def opened_text(seal: Seal | None, text: str, column: str) -> str:
    """A text as it was before sealing, if it was sealed. Raises SealError."""
    if not text.startswith(_TEXT):
        return text
    try:
        data = base64.urlsafe_b64decode(text.removeprefix(_TEXT))
    except binascii.Error as error:
        raise SealError(f"{column}: damaged") from error
    return opened_bytes(seal, data, column).decode()


def new_key() -> str:
    """A new key as text."""
    return base64.urlsafe_b64encode(os.urandom(_KEY)).decode()


def seal_with(text: str, where: str) -> Seal:
    """A seal of a key's text. Raises SealError for what is no key."""
    try:
        key = base64.urlsafe_b64decode(text.strip())
    except (binascii.Error, ValueError) as error:
        raise SealError(f"{where}: not a key; expected the text that records seal gave") from error
    if len(key) != _KEY:
        raise SealError(f"{where}: expected a key of {_KEY} bytes, got {len(key)}")
    return Seal(key)


def own_seal(database: str) -> Seal | None:
    """The seal of DIAGONAL_KEY, else of the keyring's key for a database; None where there is neither."""
    text = os.environ.get(KEY_VARIABLE)
    if text:
        return seal_with(text, KEY_VARIABLE)
    import keyring
    from keyring.errors import KeyringError

    try:
        kept = keyring.get_password(_SERVICE, database)
    except KeyringError:
        return None  # no keyring on this computer: as if there were no key in it
    return None if kept is None else seal_with(kept, "the system's keyring")


def put_in_keyring(database: str, text: str) -> None:
    """Keep a key for a database in the system's keyring. Raises SealError where there is none."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(_SERVICE, database, text)
    except KeyringError as error:
        raise SealError(
            f"this computer has no keyring for the key ({type(error).__name__}); give --print-key instead and "
            f"set {KEY_VARIABLE}"
        ) from error
