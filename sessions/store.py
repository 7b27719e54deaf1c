"""The file in which sessions are kept: SQLite, added to, never changed."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import platformdirs
from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session, selectinload

from models.errors import DiagonalError, RequestError
from scoring.records import RepScore
from scoring.safety import CheckIn
from sessions.care import Plan, check_in_of, check_in_row, plan_of, plan_row
from sessions.landmarks import decode, encode
from sessions.migrations import APPLICATION_ID, MIGRATIONS
from sessions.records import (
    SessionStart,
    SessionSummary,
    StoredSession,
    finished_at_of,
    rep_of,
    repetition_row,
    session_row,
    start_of,
)
from sessions.schema import CheckInRow, LandmarkBlockRow, PlanRow, SessionEndRow, SessionRow
from vision.pose import PoseFrame, PoseSequence

_BUSY_MS: Final = 10_000
_WRITING: Final = "diagonal_writing"
_SQLITE: Final = b"SQLite format 3\0"
_PRAGMAS: Final = (
    f"PRAGMA busy_timeout = {_BUSY_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)


class StoreError(DiagonalError):
    """The file of sessions cannot be used, or a write to it failed; nothing was changed."""


class UnknownSessionError(RequestError):
    """There is no session of that number."""


def data_folder() -> Path:
    """Where sessions are kept: DIAGONAL_DATA_DIR if set, else the user's data folder. Nothing is created."""
    chosen = os.environ.get("DIAGONAL_DATA_DIR")
    return Path(chosen) if chosen else platformdirs.user_data_path("diagonal", appauthor=False)


def default_path() -> Path:
    """The file of sessions in the data folder."""
    return data_folder() / "sessions.sqlite"


class Store:
    """Sessions kept in one SQLite file. Safe to use from several threads and processes at once."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**{_WRITING: True})
        self.path = path

    @classmethod
    def open(cls, path_or_url: Path | str | None = None) -> Store:
        """The store in that file (or at a sqlite:/// address), made if absent; the default is default_path().

        A new file is readable by its owner alone (0600), as is a new folder (0700). Raises StoreError with
        one line, nothing changed, for a file that is no store of ours or that a newer version wrote.
        """
        path = _path_of(default_path() if path_or_url is None else path_or_url)
        _make_private(path)
        _refuse_foreign(path)
        engine = create_engine(URL.create("sqlite", database=str(path)))
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
        store = cls(engine, path)
        with store._errors_named(), store._writer.begin() as connection:
            _migrate(connection)
        return store

    def close(self) -> None:
        """Give back the file."""
        self._engine.dispose()

    def begin(self, start: SessionStart) -> int:
        """The number of a new session, committed."""
        with self._writing() as session:
            row = session_row(start)
            session.add(row)
            session.flush()
            return row.id

    def add_rep(self, session_id: int, rep: RepScore, poses: PoseSequence | None) -> None:
        """Commit, in one transaction, a closed repetition and the landmarks since the previous commit.

        Raises StoreError, nothing changed, when that repetition is there already, the session does not exist
        or is finished, or the landmarks do not follow those before.
        """
        row = repetition_row(session_id, rep)
        with self._writing() as session:
            self._add_poses(session, session_id, poses)
            session.add(row)

    def add_poses(self, session_id: int, poses: PoseSequence) -> None:
        """Commit the landmarks since the previous commit, without a repetition. Errors as for add_rep."""
        with self._writing() as session:
            self._add_poses(session, session_id, poses)

    def finish(self, session_id: int, rest: PoseSequence | None = None) -> None:
        """Commit the landmarks since the last repetition and that the session is over."""
        with self._writing() as session:
            self._add_poses(session, session_id, rest)
            session.add(SessionEndRow(session_id=session_id, finished_at=datetime.now(UTC).isoformat()))

    def sessions(self) -> tuple[SessionSummary, ...]:
        """A line about each session, the newest first."""
        with self._reading() as session:
            rows = session.scalars(
                select(SessionRow)
                .order_by(SessionRow.id.desc())
                .options(selectinload(SessionRow.repetitions), selectinload(SessionRow.end))
            )
            return tuple(_summary(row) for row in rows)

    def session(self, session_id: int) -> StoredSession:
        """A session with its repetitions, equal to those stored. Raises UnknownSessionError."""
        with self._reading() as session:
            row = self._row(session, session_id)
            reps = tuple(rep_of(rep) for rep in row.repetitions)
            return StoredSession(row.id, start_of(row), finished_at_of(row), reps)

    def frames(self, session_id: int) -> Iterator[PoseFrame]:
        """The landmarks in time order, bit for bit as the Coach got them. Raises UnknownSessionError."""
        with self._reading() as session:
            self._row(session, session_id)
            blocks = session.scalars(
                select(LandmarkBlockRow.data)
                .where(LandmarkBlockRow.session_id == session_id)
                .order_by(LandmarkBlockRow.id)
            ).all()
        for data in blocks:
            poses = decode(data)
            yield from (poses.frame(i) for i in range(len(poses)))

    def sets_of(self, pattern_id: str) -> int:
        """How many live sets of a pattern have been finished."""
        query = (
            select(func.count())
            .select_from(SessionRow)
            .join(SessionRow.end)
            .where(SessionRow.pattern_id == pattern_id, SessionRow.source_kind == "live")
        )
        with self._reading() as session:
            return session.scalar(query) or 0

    def add_check_in(self, check_in: CheckIn) -> None:
        """Commit what somebody answered."""
        with self._writing() as session:
            session.add(check_in_row(check_in))

    def check_ins(self, since: datetime | None = None) -> tuple[CheckIn, ...]:
        """What was answered, in order of time; since: only what is not older."""
        query = (
            select(CheckInRow).order_by(CheckInRow.at, CheckInRow.id).options(selectinload(CheckInRow.signs))
        )
        if since is not None:
            query = query.where(CheckInRow.at >= since.astimezone(UTC).isoformat())
        with self._reading() as session:
            return tuple(check_in_of(row) for row in session.scalars(query))

    def give_plan(self, plan: Plan | None) -> None:
        """Commit the program that holds from now on; None: none does."""
        with self._writing() as session:
            session.add(plan_row(plan))

    def plan(self) -> Plan | None:
        """The program that holds, None where there is none. Raises ProgramError where it fits the library no more."""
        with self._reading() as session:
            return plan_of(session.scalar(select(PlanRow).order_by(PlanRow.id.desc()).limit(1)))

    def _row(self, session: Session, session_id: int) -> SessionRow:
        row = session.get(SessionRow, session_id)
        if row is None:
            raise UnknownSessionError(f"session {session_id}: there is no such session in {self.path}")
        return row

    def _add_poses(self, session: Session, session_id: int, poses: PoseSequence | None) -> None:
        if self._row(session, session_id).end is not None:
            raise StoreError(f"session {session_id}: it is finished and takes no more")
        if poses is None or len(poses) == 0:
            return
        last_s = session.scalar(
            select(LandmarkBlockRow.last_s)
            .where(LandmarkBlockRow.session_id == session_id)
            .order_by(LandmarkBlockRow.id.desc())
        )
        first_s = float(poses.t_s[0])
        if last_s is not None and first_s <= last_s:
            raise StoreError(
                f"session {session_id}: expected landmarks after {last_s:.3f} s, got {first_s:.3f} s"
            )
        session.add(
            LandmarkBlockRow(
                session_id=session_id,
                first_s=first_s,
                last_s=float(poses.t_s[-1]),
                frames=len(poses),
                data=encode(poses),
            )
        )

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with self._errors_named(), Session(self._writer) as session, session.begin():
            yield session

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with self._errors_named(), Session(self._engine) as session:
            yield session

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError as error:
            raise StoreError(f"{self.path}: not stored, nothing changed ({error.orig})") from error
        except DatabaseError as error:
            raise StoreError(f"{self.path}: the file of sessions failed ({error.orig})") from error


def _summary(row: SessionRow) -> SessionSummary:
    totals = [rep.total for rep in row.repetitions if rep.kind == "repetition" and rep.total is not None]
    kinds = [rep.kind for rep in row.repetitions]
    return SessionSummary(
        row.id,
        start_of(row),
        finished_at_of(row),
        kinds.count("repetition"),
        kinds.count("attempt"),
        sum(totals) / len(totals) if totals else None,
    )


def _path_of(path_or_url: Path | str) -> Path:
    if isinstance(path_or_url, str) and path_or_url.startswith("sqlite:"):
        return Path(path_or_url.removeprefix("sqlite:///"))
    return Path(path_or_url)


def _make_private(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(
            f"{path}: sessions cannot be kept there ({error.strerror}); "
            "set DIAGONAL_DATA_DIR to a folder of yours"
        ) from error


def _refuse_foreign(path: Path) -> None:
    """Look without changing anything (closing a read-only look would leave a log behind); empty is new."""
    with path.open("rb") as file:
        head = file.read(len(_SQLITE))
    if not head:
        return
    if head != _SQLITE:
        raise StoreError(f"{path}: not a file of sessions; move it away or choose another")
    try:
        address = f"{path.absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, timeout=_BUSY_MS / 1000, uri=True)) as connection:
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            version = 0
            if application == APPLICATION_ID:
                (version,) = connection.execute("SELECT max(version) FROM schema_version").fetchone()
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"{path}: in use by another program, or not readable ({error}); close that program and try again"
        ) from error
    except sqlite3.DatabaseError as error:
        raise StoreError(
            f"{path}: not a file of sessions ({error}); move it away or choose another"
        ) from error
    if application != APPLICATION_ID and tables:
        raise StoreError(f"{path}: a database of another program; choose another file for sessions")
    if version > len(MIGRATIONS):
        raise StoreError(
            f"{path}: written by a newer Diagonal (version {version}, this one knows {len(MIGRATIONS)}); "
            "update Diagonal"
        )


def _migrate(connection: Connection) -> None:
    found = connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'schema_version'")).first()
    version = 0
    if found is not None:
        version = connection.execute(text("SELECT max(version) FROM schema_version")).scalar_one()
    for number, migration in enumerate(MIGRATIONS[version:], start=version + 1):
        migration(connection)
        connection.execute(
            text("INSERT INTO schema_version VALUES (:version, :name, :applied_at)"),
            {"version": number, "name": migration.__name__, "applied_at": datetime.now(UTC).isoformat()},
        )
    if version == 0:
        connection.execute(text(f"PRAGMA application_id = {APPLICATION_ID}"))


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _on_begin, schema changes included
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()


def _on_begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
