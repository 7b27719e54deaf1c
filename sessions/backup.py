"""All that is kept, or all that is kept of one person, as one file that any database takes back.

A zip: manifest.json, and a text file for each table with a row a line. What is written or taken back is read once more
and compared before it is called done.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import LargeBinary, MetaData, Table, func, select, text, update
from sqlalchemy.orm import Session

from models.errors import DiagonalError, RequestError
from models.version import VERSION
from models.whole_file import whole_file
from sessions.audit import Action, note
from sessions.database import Database
from sessions.migrations import MIGRATIONS
from sessions.owners import of_person, with_person
from sessions.schema import Base, SignInRow
from sessions.sealing import SEALED, Seal, opened_bytes, opened_text
from sessions.store import Store
from sessions.traces import mark

SCHEMA: Final = "diagonal.archive/1"
_MANIFEST: Final = "manifest.json"
_AT_ONCE: Final = 200
_LARGEST_MANIFEST: Final = 1_000_000
_DAMAGE: Final = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, KeyError, ValueError, OSError)
"""What reading a zip raises for damaged bytes: RuntimeError where they look encrypted or packed another way, OSError
where they name a place before the file's beginning, ValueError where the manifest is none."""


class BackupError(RequestError):
    """A file that is no backup of ours, or is damaged, or a database that cannot take it; nothing was changed."""


class NotWholeError(DiagonalError):
    """What was written is not what was to be written; it was thrown away."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    columns: tuple[str, ...]
    rows: int = Field(ge=0)
    sha256: str


class Manifest(BaseModel):
    """What an archive holds. version: of the tables. person: its number, None for everybody."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    archive: str = Field(pattern="^diagonal\\.archive/1$")
    version: int = Field(ge=1)
    code_version: str
    made_at: datetime
    person: int | None
    tables: dict[str, _Part]

    @property
    def rows(self) -> int:
        """In all tables together."""
        return sum(part.rows for part in self.tables.values())


def back_up(store: Store, path: Path, person_id: int | None = None) -> Manifest:
    """Write all that is kept, or all of one person, into a file of the owner's alone; what it holds.

    Raises NotAllowedError, NotWholeError where the file does not read back as the database is, OSError.
    """
    store.viewer.must_treat("a backup")
    if person_id is not None:
        store.people.get(person_id)
    with store.database.reading() as session, whole_file(path, private=True) as part:
        kept = _Kept(session, person_id, store.database.seal)
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            tables = {table.name: _write(kept, table, archive) for table in Base.metadata.sorted_tables}
            manifest = Manifest(
                archive=SCHEMA,
                version=len(MIGRATIONS),
                code_version=VERSION,
                made_at=datetime.now(UTC),
                person=person_id,
                tables=tables,
            )
            archive.writestr(_MANIFEST, manifest.model_dump_json(indent=1))
        _compare(kept, part)
    if store.viewer.role != "home":
        with store.database.writing() as session:
            action: Action = "took a backup" if person_id is None else "took all of a person along"
            note(session, store.viewer, action, person_id)
    return manifest


def read_manifest(path: Path) -> Manifest:
    """What an archive holds, once all of it is found to be there and undamaged. Raises BackupError."""
    with _opened(path) as (archive, manifest):
        for name, part in manifest.tables.items():
            with archive.open(_file_of(name)) as lines:
                found = _measured(lines, part.columns)
            if found != part:
                raise BackupError(f"{path}: table {name} is damaged; take another backup")
    return manifest


def restore(path: Path, database: Database) -> Manifest:
    """Take a backup back into a database in which nothing is kept yet; what it held.

    A backup of an earlier version is brought to today's form. Raises BackupError, and then nothing has changed.
    """
    manifest = read_manifest(path)
    if manifest.version > len(MIGRATIONS):
        raise BackupError(
            f"{path}: written by a newer Diagonal (version {manifest.version}, this one knows {len(MIGRATIONS)})"
        )
    with _opened(path) as (archive, _), database.anew(manifest.version) as session:
        connection = session.connection()
        there = MetaData()
        there.reflect(connection)
        for table in there.sorted_tables:
            if table.name in manifest.tables:
                _read_back(session, table, archive, manifest.tables[table.name])
                _check_back(session, table, manifest.tables[table.name], path)
        if (
            SignInRow.__tablename__ in there.tables
        ):  # one that was ended since the backup must not begin again
            session.execute(update(SignInRow).values(revoked_at=datetime.now(UTC).isoformat()))
    return manifest


def delete_person(store: Store, person_id: int, export: Path) -> Manifest:
    """Write everything about a person into a file, then delete it for good; what the file holds.

    Database.traces_remain where another program's reading keeps deleted rows in the files. Raises PersonError,
    NotAllowedError, NotWholeError: then nothing is deleted.
    """
    store.viewer.must_treat("deleting a person")
    manifest = back_up(store, export, person_id)
    with store.database.writing() as session:
        kept = _Kept(session, person_id, store.database.seal)
        if any(kept.measured(table) != manifest.tables[table.name] for table in Base.metadata.sorted_tables):
            raise NotWholeError(f"{export}: more was kept meanwhile; nothing was deleted, try again")
        for table in reversed(Base.metadata.sorted_tables):
            owned = of_person(table, person_id)
            if owned is not None:
                session.execute(table.delete().where(owned))
        note(session, store.viewer, "deleted a person", person_id)
        mark(session.connection())
    store.forget_numbers()
    store.database.erase_traces()
    return manifest


def _write(kept: _Kept, table: Table, archive: zipfile.ZipFile) -> _Part:
    with archive.open(_file_of(table.name), "w") as file:
        return _measured(_copied(kept.lines(table), file), _names(table))


def _copied(lines: Iterable[bytes], file: IO[bytes]) -> Iterator[bytes]:
    for line in lines:
        file.write(line)
        yield line


def _measured(lines: Iterable[bytes], columns: tuple[str, ...]) -> _Part:
    rows, sha256 = 0, hashlib.sha256()
    for line in lines:
        rows += 1
        sha256.update(line)
    return _Part(columns=columns, rows=rows, sha256=sha256.hexdigest())


def _names(table: Table) -> tuple[str, ...]:
    """The columns in an order that is the same in every database."""
    return tuple(sorted(column.name for column in table.columns))


@dataclass(frozen=True)
class _Kept:
    """What is to be written: all, or all of a person, who gets it open."""

    session: Session
    person_id: int | None = None
    seal: Seal | None = None

    def lines(self, table: Table) -> Iterator[bytes]:
        """Each row as JSON, in the order of its key. What belongs to nobody goes along with everybody alone."""
        names = _names(table)
        query = select(*(table.c[name] for name in names)).order_by(*table.primary_key)
        if self.person_id is not None:
            owned = with_person(table, self.person_id)
            if owned is None:
                return
            query = query.where(owned)
        for row in self.session.execute(query, execution_options={"yield_per": _AT_ONCE}):
            plain = [self._plain(table.name, name, value) for name, value in zip(names, row, strict=True)]
            yield json.dumps(plain, separators=(",", ":"), allow_nan=False).encode() + b"\n"

    def measured(self, table: Table) -> _Part:
        """How many rows a table has, and their hash."""
        return _measured(self.lines(table), _names(table))

    def _plain(self, table: str, column: str, value: Any) -> Any:
        if self.person_id is not None and value is not None and column in SEALED.get(table, ()):
            opened = opened_bytes if isinstance(value, bytes) else opened_text
            value = opened(self.seal, value, column)
        return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _compare(kept: _Kept, path: Path) -> None:
    """Read an archive back and hold it against the database as it was when it was written."""
    manifest = read_manifest(path)
    for table in Base.metadata.sorted_tables:
        if kept.measured(table) != manifest.tables[table.name]:
            raise NotWholeError(f"{path}: table {table.name} was not written as it is; try again")


def _read_back(session: Session, table: Table, archive: zipfile.ZipFile, part: _Part) -> None:
    if part.columns != _names(table):
        raise BackupError(f"table {table.name}: expected columns {', '.join(_names(table))}")
    binary = [isinstance(table.c[name].type, LargeBinary) for name in part.columns]
    some: list[dict[str, Any]] = []
    with archive.open(_file_of(table.name)) as lines:
        for line in lines:
            values = json.loads(line)
            kept = [base64.b64decode(v) if b else v for v, b in zip(values, binary, strict=True)]
            some.append(dict(zip(part.columns, kept, strict=True)))
            if len(some) == _AT_ONCE:
                session.execute(table.insert(), some)
                some = []
    if some:
        session.execute(table.insert(), some)
    if session.get_bind().dialect.name == "postgresql" and "id" in table.columns:
        highest = session.scalar(select(func.max(table.c.id)))
        if highest is not None:
            session.execute(
                text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :highest)"),
                {"name": table.name, "highest": highest},
            )


def _check_back(session: Session, table: Table, part: _Part, path: Path) -> None:
    if _Kept(session).measured(table) != part:
        raise NotWholeError(f"{path}: table {table.name} does not read back as it was; nothing was restored")


def _file_of(table: str) -> str:
    return f"tables/{table}.jsonl"


@contextmanager
def _opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise BackupError(f"{path}: cannot be read ({error.strerror}); check the name of the file") from error
    try:
        with file, zipfile.ZipFile(file) as archive:
            if archive.getinfo(_MANIFEST).file_size > _LARGEST_MANIFEST:
                raise BackupError(f"{path}: not a backup of Diagonal")
            yield archive, Manifest.model_validate_json(archive.read(_MANIFEST))
    except _DAMAGE as error:
        raise BackupError(f"{path}: not a backup of Diagonal, or damaged ({type(error).__name__})") from error
