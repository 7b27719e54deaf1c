"""Back up everything, or everything about one person, as one file (archive.py), and restore it in any database.

What is written or restored is read once more and compared before it is called done.
"""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy import LargeBinary, MetaData, Table, func, select, text, update
from sqlalchemy.orm import Session

from base.atomic_file import whole_file
from base.errors import DiagonalError
from base.version import VERSION
from sessions.backup.archive import (
    MANIFEST,
    SCHEMA,
    BackupError,
    Manifest,
    Part,
    file_of,
    measured,
    read_manifest,
    unpacked,
)
from sessions.backup.row_ownership import of_person, with_person
from sessions.database.connection import Database
from sessions.database.encryption import SEALED, Seal, opened_bytes, opened_text
from sessions.database.migrations import MIGRATIONS
from sessions.database.schema import Base, SignInRow
from sessions.database.traces import mark
from sessions.people.audit import Action, note
from sessions.store.store import Store

__all__ = [
    "BackupError", "Manifest", "NotWholeError", "back_up", "delete_person", "read_manifest", "restore", "restore_into",
]  # fmt: skip
_AT_ONCE: Final = 200


class NotWholeError(DiagonalError):
    """What was written is not what was to be written; it was thrown away."""


def back_up(store: Store, path: Path, person_id: int | None = None) -> Manifest:
    """Write all that is kept, or all of one person, into a file of the owner's alone; what it holds.

    A damaged database is not backed up: an earlier backup is worth more. Raises NotAllowedError, DamagedError,
    NotWholeError where the file does not read back as the database is, OSError.
    """
    store.viewer.must_treat("a backup")
    store.database.check_whole()
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
            archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
        _compare(kept, part)
    if store.viewer.role != "home":
        with store.database.writing() as session:
            action: Action = "took a backup" if person_id is None else "took all of a person along"
            note(session, store.viewer, action, person_id)
    return manifest


def restore(path: Path, database: Database) -> Manifest:
    """Restore a backup, read in a sandbox, into an empty database and return its manifest.

    A backup of an earlier version is brought to today's form. Raises BackupError, NotWholeError, StoreError, and then
    nothing has changed.
    """
    with unpacked(path) as (manifest, tables):
        if manifest.version > len(MIGRATIONS):
            raise BackupError(
                f"{path}: written by a newer Diagonal (version {manifest.version}, this one knows {len(MIGRATIONS)})"
            )
        with database.anew(manifest.version) as session:
            there = _tables_there(path, session, manifest)
            for name, rows in tables:
                _insert(path, session, there[name], manifest.tables[name], rows)
            for table in there.values():
                _go_on_numbering(session, table)
                _check_back(session, table, manifest.tables[table.name], path)
            if SignInRow.__tablename__ in there:  # one that was ended since the backup must not begin again
                session.execute(update(SignInRow).values(revoked_at=datetime.now(UTC).isoformat()))
    return manifest


def restore_into(path: Path, where: str | None) -> tuple[Manifest, str]:
    """Restore a backup into the database at `where`, by default the usual one; return manifest and database name.

    A file that was made for it is removed where that fails. Errors as for restore and Database.open.
    """
    database = Database.open(where, restoring=True)
    made, whole = database.is_new, False
    try:
        manifest = restore(path, database)
        whole = True
    finally:
        database.close()
        if made and not whole and database.path is not None:
            for end in ("", "-wal", "-shm"):
                database.path.with_name(database.path.name + end).unlink(missing_ok=True)
    return manifest, database.name


def delete_person(store: Store, person_id: int, export: Path) -> Manifest:
    """Write everything about a person into a file, then delete it for good; return the file's manifest.

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


def _write(kept: _Kept, table: Table, archive: zipfile.ZipFile) -> Part:
    with archive.open(file_of(table.name), "w") as file:
        return measured(_copied(kept.lines(table), file), _names(table))


def _copied(lines: Iterable[bytes], file: IO[bytes]) -> Iterator[bytes]:
    for line in lines:
        file.write(line)
        yield line


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

    def measured(self, table: Table) -> Part:
        """How many rows a table has, and their hash."""
        return measured(self.lines(table), _names(table))

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


def _tables_there(path: Path, session: Session, manifest: Manifest) -> dict[str, Table]:
    """Return the database's tables by name, in an order in which they can be filled. Raises BackupError."""
    found = MetaData()
    found.reflect(session.connection())
    there = {table.name: table for table in found.sorted_tables if table.name != "schema_version"}
    if there.keys() != manifest.tables.keys():
        odd = ", ".join(sorted(there.keys() ^ manifest.tables.keys())[:5])
        raise BackupError(
            f"{path}: other tables than version {manifest.version} has ({odd[:200]}); take another backup"
        )
    for name, table in there.items():
        if manifest.tables[name].columns != _names(table):
            raise BackupError(f"{path}: table {name}: expected columns {', '.join(_names(table))}")
    return there


def _insert(path: Path, session: Session, table: Table, part: Part, rows: Sequence[Sequence[Any]]) -> None:
    binary = {name for name in part.columns if isinstance(table.c[name].type, LargeBinary)}
    try:
        stored = [
            {
                name: base64.b64decode(value) if name in binary and value is not None else value
                for name, value in zip(part.columns, row, strict=True)
            }
            for row in rows
        ]
    except (ValueError, TypeError) as error:
        raise BackupError(f"{path}: table {table.name} is damaged ({error}); take another backup") from error
    kinds = {name: table.c[name].type.python_type for name in part.columns if name not in binary}
    for row in stored:
        for name, kind in kinds.items():
            value = row[name]
            if value is not None and type(value) is not kind and (kind, type(value)) != (float, int):
                raise BackupError(
                    f"{path}: table {table.name}: expected {name} to be {kind.__name__}, got "
                    f"{type(value).__name__}; take another backup"
                )
    session.execute(table.insert(), stored)


def _go_on_numbering(session: Session, table: Table) -> None:
    """Let PostgreSQL number new rows after those that were restored."""
    if session.get_bind().dialect.name == "postgresql" and "id" in table.columns:
        highest = session.scalar(select(func.max(table.c.id)))
        if highest is not None:
            session.execute(
                text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :highest)"),
                {"name": table.name, "highest": highest},
            )


def _check_back(session: Session, table: Table, part: Part, path: Path) -> None:
    if _Kept(session).measured(table) != part:
        raise NotWholeError(f"{path}: table {table.name} does not read back as it was; nothing was restored")
