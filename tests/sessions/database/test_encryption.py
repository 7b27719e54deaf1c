"""Sealed landmarks and names: unreadable without the key, the same as before with it, in both databases."""

from __future__ import annotations

from pathlib import Path

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.errors import NoKeyringError
from sqlalchemy import text

from sessions.backup.backup import back_up, restore
from sessions.database.connection import Database, StoreError
from sessions.database.encryption import (
    KEY_VARIABLE,
    SEALED,
    Seal,
    SealError,
    new_key,
    opened_text,
    own_seal,
    put_in_keyring,
    seal_with,
    sealed_text,
)
from sessions.store.store import Store
from tests.sessions.backup.test_backup import NAME, fill, same

KEY = new_key()
SEAL = seal_with(KEY, "test")


@given(st.binary(max_size=200), st.text(max_size=50))
def test_what_is_sealed_opens_as_it_was(data: bytes, words: str) -> None:
    sealed = SEAL.sealed(data, "data")
    assert SEAL.opened(sealed, "data") == data
    assert len(data) < 5 or data not in sealed  # four bytes may be those with which sealed data begins
    assert opened_text(SEAL, sealed_text(SEAL, words, "name"), "name") == words


@given(st.integers(min_value=0), st.integers(1, 255))
def test_any_changed_byte_another_column_and_another_key_are_refused(place: int, change: int) -> None:
    sealed = bytearray(SEAL.sealed(b"landmarks", "data"))
    at = 4 + place % (len(sealed) - 4)
    sealed[at] ^= change
    with pytest.raises(SealError):
        SEAL.opened(bytes(sealed), "data")
    whole = SEAL.sealed(b"landmarks", "data")
    for seal, column in ((SEAL, "name"), (Seal(b"k" * 32), "data")):
        with pytest.raises(SealError, match="another key, or damaged"):
            seal.opened(whole, column)


def test_sealing_leaves_nothing_open_and_changes_nothing_for_who_has_the_key(
    any_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, ben = fill(any_store)
    back_up(any_store, tmp_path / "before.zip")
    any_store.people.describe(any_store.people.get(anna), login="anna@clinic.example")
    any_store.database.seal_all(SEAL)
    with any_store.database.reading() as session:
        for table, columns in SEALED.items():
            for column in columns:
                for value in session.scalars(
                    text(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")
                ):
                    plain = bytes(value) if not isinstance(value, str) else value.encode()
                    assert plain.startswith((b"DLS1", b"sealed:")), (table, column)
    assert any_store.people.get(anna).name == NAME
    found = any_store.people.of_login("anna@clinic.example")
    assert found is not None
    assert found.id == anna
    again = Store(Database.open(tmp_path / "before.sqlite"))
    restore(tmp_path / "before.zip", again.database)
    same(any_store, again, anna)
    same(any_store, again, ben)
    new = fill_more(any_store)
    assert any_store.people.get(new).name == "Clara C."
    with pytest.raises(StoreError, match="sealed already"):
        any_store.database.seal_all(SEAL)
    assert any_store.database.path is None or NAME.encode() not in any_store.database.path.read_bytes()


def fill_more(store: Store) -> int:
    return store.people.add("Clara", "Clara C.").id


def test_a_sealed_store_opens_with_its_key_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring.set_keyring(_NoKeyring())
    path = tmp_path / "a.sqlite"
    store = Store.open(path)
    anna, _ = fill(store)
    store.database.seal_all(SEAL)
    back_up(store, tmp_path / "all.zip")
    back_up(store, tmp_path / "anna.zip", anna)
    store.close()
    with pytest.raises(StoreError, match=f"set {KEY_VARIABLE}"):
        Store.open(path)
    for key, says in (
        (new_key(), "another key"),
        ("c2hvcnQ=", "expected a key of 32 bytes"),
        ("ü" * 44, "not a key"),
    ):
        monkeypatch.setenv(KEY_VARIABLE, key)
        with pytest.raises(StoreError, match=says):
            Store.open(path)
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    store = Store.open(path)
    assert store.people.get(anna).name == NAME
    restore(tmp_path / "all.zip", Database.open(tmp_path / "all.sqlite"))
    same(store, Store.open(tmp_path / "all.sqlite"), anna)
    monkeypatch.delenv(KEY_VARIABLE)
    restore(tmp_path / "anna.zip", Database.open(tmp_path / "anna.sqlite"))
    assert Store.open(tmp_path / "anna.sqlite").people.get(anna).name == NAME, (
        "who leaves takes theirs along open"
    )


class _NoKeyring(KeyringBackend):
    priority = 1

    def __init__(self) -> None: ...

    def get_password(self, service: str, username: str) -> str | None:
        raise NoKeyringError

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NoKeyringError


class _Keyring(KeyringBackend):
    priority = 1

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


def test_the_key_is_found_in_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    keyring.set_keyring(_Keyring())
    assert own_seal("here") is None
    put_in_keyring("here", KEY)
    assert own_seal("here") == SEAL
    assert own_seal("elsewhere") is None
    keyring.set_keyring(_NoKeyring())
    assert own_seal("here") is None
    with pytest.raises(SealError, match="--print-key"):
        put_in_keyring("here", KEY)
