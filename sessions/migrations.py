"""How the file of sessions came to its present form: a named function for each version, each whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import Connection, text

APPLICATION_ID: Final = 0x44494147
"""Written into the header of the SQLite file ("DIAG"): says that the file is ours."""

_FIRST: Final = (
    """CREATE TABLE schema_version (
        version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)""",
    """CREATE TABLE session (
        id INTEGER PRIMARY KEY AUTOINCREMENT, pattern_id TEXT NOT NULL, pattern_version INTEGER NOT NULL,
        template_sha256 TEXT NOT NULL, side TEXT NOT NULL CHECK (side IN ('left', 'right', 'both')),
        view TEXT NOT NULL, source_kind TEXT NOT NULL CHECK (source_kind IN ('live', 'recording', 'demo')),
        backend TEXT NOT NULL, model TEXT, weights_sha256 TEXT, hold_s REAL NOT NULL,
        code_version TEXT NOT NULL, started_at TEXT NOT NULL)""",
    """CREATE TABLE session_end (
        session_id INTEGER PRIMARY KEY REFERENCES session (id), finished_at TEXT NOT NULL)""",
    """CREATE TABLE landmark_block (
        id INTEGER PRIMARY KEY AUTOINCREMENT, session_id INTEGER NOT NULL REFERENCES session (id),
        first_s REAL NOT NULL, last_s REAL NOT NULL, frames INTEGER NOT NULL, data BLOB NOT NULL)""",
    "CREATE INDEX ix_landmark_block_session_id ON landmark_block (session_id)",
    """CREATE TABLE repetition (
        id INTEGER PRIMARY KEY AUTOINCREMENT, session_id INTEGER NOT NULL REFERENCES session (id),
        number INTEGER NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('repetition', 'attempt')), reason TEXT,
        side TEXT NOT NULL, start_s REAL NOT NULL, peak_s REAL NOT NULL, end_s REAL NOT NULL,
        total REAL, range REAL, control REAL, coverage REAL NOT NULL, UNIQUE (session_id, number))""",
    "CREATE INDEX ix_repetition_session_id ON repetition (session_id)",
    """CREATE TABLE metric (
        repetition_id INTEGER NOT NULL REFERENCES repetition (id), position INTEGER NOT NULL,
        name TEXT NOT NULL, value REAL, unit TEXT NOT NULL, error REAL, score REAL, coverage REAL NOT NULL,
        PRIMARY KEY (repetition_id, position))""",
    """CREATE TABLE fault (
        repetition_id INTEGER NOT NULL REFERENCES repetition (id), position INTEGER NOT NULL,
        fault_id TEXT NOT NULL, feature TEXT NOT NULL, value REAL NOT NULL, "limit" REAL NOT NULL,
        unit TEXT NOT NULL, phase_from REAL NOT NULL, phase_to REAL NOT NULL, severity REAL NOT NULL,
        PRIMARY KEY (repetition_id, position))""",
    """CREATE TABLE cue (
        repetition_id INTEGER PRIMARY KEY REFERENCES repetition (id), rule TEXT NOT NULL, text TEXT NOT NULL,
        feature TEXT, value REAL, "limit" REAL, unit TEXT NOT NULL)""",
)
_KEPT: Final = ("session", "session_end", "landmark_block", "repetition", "metric", "fault", "cue")


def first_tables(connection: Connection) -> None:
    """Sessions, their repetitions and landmarks; no row can be changed once it is there."""
    for statement in _FIRST:
        connection.execute(text(statement))
    _never_changed(connection, _KEPT)


def _never_changed(connection: Connection, tables: Sequence[str]) -> None:
    for table in tables:
        connection.execute(
            text(
                f"CREATE TRIGGER {table}_is_never_changed BEFORE UPDATE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'a stored {table} is never changed'); END"
            )
        )


def techniques_of_sessions(connection: Connection) -> None:
    """In which technique a session was paced and judged; those before were done at the person's own pace."""
    for column in ("technique", "technique_sha256"):
        connection.execute(text(f"ALTER TABLE session ADD COLUMN {column} TEXT"))


_CARE: Final = (
    """CREATE TABLE check_in (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL,
        moment TEXT NOT NULL CHECK (moment IN ('before', 'after')),
        pain INTEGER NOT NULL CHECK (pain BETWEEN 0 AND 10), effort INTEGER NOT NULL CHECK (effort BETWEEN 0 AND 10),
        next_day TEXT CHECK (next_day IN ('less', 'same', 'more')), reason TEXT)""",
    """CREATE TABLE sign (
        check_in_id INTEGER NOT NULL REFERENCES check_in (id), position INTEGER NOT NULL, sign TEXT NOT NULL,
        PRIMARY KEY (check_in_id, position))""",
    """CREATE TABLE plan (
        id INTEGER PRIMARY KEY AUTOINCREMENT, given_at TEXT NOT NULL,
        affected TEXT CHECK (affected IN ('left', 'right')), program TEXT)""",
)


def answers_and_plans(connection: Connection) -> None:
    """What people answer before and after practising, and the programs that they are given."""
    for statement in _CARE:
        connection.execute(text(statement))
    _never_changed(connection, ("check_in", "sign", "plan"))


MIGRATIONS: Final[tuple[Callable[[Connection], None], ...]] = (
    first_tables,
    techniques_of_sessions,
    answers_and_plans,
)
"""The i-th brings the file from version i to version i + 1."""
