"""The database in which sessions are kept: one file of SQLite, or a PostgreSQL server; the same code above both."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    MetaData,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from sessions.database import traces
from sessions.database.encryption import KEY_VARIABLE, SEALED, Seal, SealError, own_seal, sealed_text
from sessions.database.file import (
    NotEmptyError,
    StoredValueError,
    StoreError,
    check_not_lost,
    check_whole_file,
    damaged,
    data_folder,
    default_path,
    is_damage,
    make_private,
    reason_of,
    refuse_foreign,
    refuse_newer,
)
from sessions.database.migrations import APPLICATION_ID, MIGRATIONS, changed_once
from sessions.database.schema import Base
from sessions.database.traces import erase_in_file, erase_on_server, mark, mark_of

__all__ = ["DATABASE_VARIABLE", "Database", "StoreError", "data_folder", "default_path"]
DATABASE_VARIABLE: Final = "DIAGONAL_DATABASE_URL"
"""The address of a PostgreSQL server (postgresql://...) in place of the file in the data folder."""
_BUSY_MS: Final = 10_000
_WRITING: Final = "diagonal_writing"
_PRAGMAS: Final = (
    f"PRAGMA busy_timeout = {_BUSY_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
)
_DRIVER: Final = "postgresql+psycopg"
_SERVERS: Final = ("postgresql", "postgres", _DRIVER)


class Database:
    """An opened database at today's version. Safe to use from several threads and processes at once.

    name: for messages, without a password. path: of the file, None on a server. is_new: whether opening made the file.
    """

    def __init__(self, engine: Engine, name: str, path: Path | None, **when_writing: Any) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**{_WRITING: True}, **when_writing)
        self.name, self.path = name, path
        self.seal: Seal | None = None
        self.is_new = False
        self._check: Callable[[], None] = _nothing

    @classmethod
    def open(cls, where: Path | str | None = None, *, restoring: bool = False) -> Database:
        """The database in that file or at that address (sqlite:/// or postgresql://), made if absent.

        Default: DIAGONAL_DATABASE_URL if set, else default_path(). A new file is readable by its owner alone (0600), as
        is a new folder (0700). restoring: to be filled from a backup. Raises StoreError with one line, nothing
        changed, for what is no database of ours or what a newer version wrote, and where a new file would take the
        place of a lost one; DamagedError.
        """
        usual = where is None and not os.environ.get(DATABASE_VARIABLE)
        if where is None:
            where = os.environ.get(DATABASE_VARIABLE) or default_path()
        found = _file_or_server(where)
        is_new = isinstance(found, Path) and not found.exists()
        if isinstance(found, Path):
            check_not_lost(found, usual=usual, restoring=restoring)
        database = _of_file(found) if isinstance(found, Path) else _of_server(found)
        database.is_new = is_new
        with database.errors_named(), database._writer.begin() as connection:
            _migrate(connection, database.name)
            proof = _proof(connection)
        if proof is not None:
            database.seal = _key_for(database.name, proof)
        if database.traces_remain:
            database.erase_traces(traces.AT_START_S)
        return database

    @classmethod
    def check(cls) -> str:
        """Return the name of the usual database once it is known to open and to be whole; nothing is made or changed.

        Raises StoreError as open does.
        """
        named = os.environ.get(DATABASE_VARIABLE)
        found = _file_or_server(named or default_path())
        if isinstance(found, Path):
            check_not_lost(found, usual=not named, restoring=False)
            if not found.exists():
                return f"{found}, which is new"
            if not os.access(found, os.R_OK | os.W_OK):
                raise StoreError(f"{found}: it may not be read and written; change its permissions")
        database = _of_file(found) if isinstance(found, Path) else _of_server(found)
        with database.errors_named(), database._engine.connect() as connection:
            if inspect(connection).has_table("schema_version"):
                refuse_newer(
                    connection.execute(text("SELECT max(version) FROM schema_version")).scalar_one(),
                    database.name,
                )
            proof = _proof(connection)
        database.check_whole()
        database.close()
        if proof is not None:
            _key_for(database.name, proof)
        return database.name

    def close(self) -> None:
        """Give back the file or the connections."""
        self._engine.dispose()

    def only_while(self, check: Callable[[], None]) -> Database:
        """Return the same database for somebody who may lose access: check raises before a transaction begins."""
        made = copy(self)
        made._check = check
        return made

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that changes something: all of it, or, where anything is raised, nothing."""
        self._check()
        with self.errors_named(), Session(self._writer) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that sees the database as it is at one moment."""
        self._check()
        with self.errors_named(), Session(self._engine) as session:
            yield session

    @contextmanager
    def anew(self, version: int) -> Iterator[Session]:
        """A transaction that fills an empty database as it was at an earlier version, then brings it to today's.

        Raises StoreError where something is kept in it already.
        """
        with self.writing() as session:
            connection = session.connection()
            kept = MetaData()
            kept.reflect(connection)
            for table in kept.sorted_tables:
                if table.name != "schema_version" and session.scalar(select(func.count()).select_from(table)):
                    raise NotEmptyError(
                        f"{self.name}: something is kept in it already; choose a new file or an empty database"
                    )
            kept.drop_all(connection)
            if connection.dialect.name == "postgresql":
                connection.execute(text("DROP FUNCTION diagonal_never_changed()"))
            _apply(connection, 0, version)
            yield session
            session.flush()
            _apply(connection, version, len(MIGRATIONS))

    @property
    def traces_remain(self) -> bool:
        """Return whether deleted rows may still be in the database's files; a later start erases them."""
        with self.errors_named(), self._engine.connect() as connection:
            return mark_of(connection) is not None

    def erase_traces(self, within_s: float | None = None) -> bool:
        """Erase deleted rows from the files; return whether that was finished, by default within traces.WAIT_S."""
        wait_s = traces.WAIT_S if within_s is None else within_s
        if self.path is not None:
            return erase_in_file(self.path, wait_s)
        with self.errors_named():
            return erase_on_server(self._engine, wait_s)

    def check_whole(self) -> None:
        """Check all pages, rows and references of the file; a server checks its own. Raises DamagedError."""
        if self.path is None:
            return
        check_whole_file(self.path, _BUSY_MS / 1000)

    def seal_all(self, seal: Seal) -> None:
        """Seal all that is kept, and all that will be, in one transaction. Raises StoreError where it is sealed."""
        if self.seal is not None:
            raise StoreError(f"{self.name}: it is sealed already")
        with self.writing() as session:
            connection = session.connection()
            with changed_once(connection, list(SEALED)):
                for name, columns in SEALED.items():
                    _rewrite(connection, name, columns, seal)
            values = {"now": datetime.now(UTC).isoformat(), "proof": seal.proof()}
            connection.execute(text("INSERT INTO sealing (sealed_at, proof) VALUES (:now, :proof)"), values)
            mark(connection)
        self.seal = seal
        self.erase_traces()

    @contextmanager
    def errors_named(self) -> Iterator[None]:
        """Turn what the database refuses into StoreError."""
        try:
            yield
        except IntegrityError as error:
            raise StoreError(f"{self.name}: not stored, nothing changed ({_said(error)})") from error
        except DatabaseError as error:
            if is_damage(error.orig):
                raise damaged(self.path, self.name, _said(error)) from error
            raise StoreError(
                f"{self.name}: the database of sessions failed: {reason_of(error.orig)}"
            ) from error
        except StoredValueError as error:
            raise damaged(self.path, self.name, str(error)) from error


def _nothing() -> None:
    """Check nothing: access lasts as long as the program runs."""


def _said(error: DatabaseError) -> str:
    return " ".join(str(error.orig).split())


def _file_or_server(where: Path | str) -> Path | URL:
    if isinstance(where, Path):
        return where
    if where.startswith("sqlite:"):
        return Path(where.removeprefix("sqlite:///"))
    if "://" not in where:
        return Path(where)
    try:
        url = make_url(where)
    except (ArgumentError, ValueError) as error:
        raise StoreError(f"{DATABASE_VARIABLE}: not an address of a database; {_EXPECTED}") from error
    if url.drivername not in _SERVERS:
        raise StoreError(f"{DATABASE_VARIABLE}: {url.drivername} is not known; {_EXPECTED}")
    return url.set(drivername=_DRIVER)


_EXPECTED: Final = "expected postgresql://user:password@host:port/name"


def _of_file(path: Path) -> Database:
    make_private(path)
    refuse_foreign(path, _BUSY_MS / 1000)
    engine = create_engine(URL.create("sqlite", database=str(path)))
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return Database(engine, str(path), path)


def _of_server(url: URL) -> Database:
    """Reads see one moment (repeatable read); a write locks the rows that it builds on."""
    name = url.set(drivername="postgresql").render_as_string(hide_password=True)
    engine = create_engine(url, isolation_level="REPEATABLE READ", pool_pre_ping=True)
    try:
        with engine.connect() as connection:
            tables = set(inspect(connection).get_table_names())
            ours = "schema_version" in tables
            if tables and not ours:
                raise StoreError(f"{name}: a database of another program; make an empty one for sessions")
    except OperationalError as error:
        raise StoreError(
            f"{name}: the database server cannot be reached ({_said(error)}); is {DATABASE_VARIABLE} right?"
        ) from error
    return Database(engine, name, None, isolation_level="READ COMMITTED")


def _migrate(connection: Connection, name: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": APPLICATION_ID})
    version = 0
    if inspect(connection).has_table("schema_version"):
        version = connection.execute(text("SELECT max(version) FROM schema_version")).scalar_one()
    refuse_newer(version, name)
    _apply(connection, version, len(MIGRATIONS))
    if version == 0 and connection.dialect.name == "sqlite":
        connection.execute(text(f"PRAGMA application_id = {APPLICATION_ID}"))


def _proof(connection: Connection) -> str | None:
    """By what the key is known again, None where nothing is sealed."""
    if not inspect(connection).has_table("sealing"):
        return None
    found: str | None = connection.scalar(text("SELECT proof FROM sealing ORDER BY id DESC"))
    return found


def _key_for(name: str, proof: str) -> Seal:
    try:
        seal = own_seal(name)
    except SealError as error:
        raise StoreError(f"{name}: {error}") from error
    if seal is None:
        raise StoreError(f"{name}: landmarks and names are sealed; set {KEY_VARIABLE}, or unlock the keyring")
    if not seal.opens(proof):
        raise StoreError(f"{name}: sealed with another key than that of {KEY_VARIABLE} or the keyring")
    return seal


def _rewrite(connection: Connection, name: str, columns: Sequence[str], seal: Seal) -> None:
    """Seal columns of a table that are open."""
    table = Base.metadata.tables[name]
    for number, *values in connection.execute(select(table.c.id, *(table.c[c] for c in columns))).all():
        closed = {
            column: seal.sealed(value, column)
            if isinstance(value, bytes)
            else sealed_text(seal, value, column)
            for column, value in zip(columns, values, strict=True)
            if value is not None
        }
        if closed:
            connection.execute(table.update().where(table.c.id == number).values(closed))


def _apply(connection: Connection, version: int, until: int) -> None:
    for number, migration in enumerate(MIGRATIONS[version:until], start=version + 1):
        migration(connection)
        connection.execute(
            text("INSERT INTO schema_version VALUES (:version, :name, :applied_at)"),
            {"version": number, "name": migration.__name__, "applied_at": datetime.now(UTC).isoformat()},
        )


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _on_begin, schema changes included
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()


def _on_begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
