"""A file of sessions that an earlier version wrote is brought to today's form with all that is in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sessions.migrations import MIGRATIONS, first_tables
from sessions.store import Store


def test_sessions_from_before_the_techniques_were_done_at_ones_own_pace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.sqlite"
    monkeypatch.setattr("sessions.database.MIGRATIONS", (first_tables,))
    Store.open(path).close()
    columns = (
        "pattern_id, pattern_version, template_sha256, side, view, source_kind, backend, hold_s, code_version"
    )
    values = "'squat', 3, 'a', 'both', 'front', 'live', 'onnx', 2.0, '0.1.0', '2026-01-02T03:04:05+00:00'"
    with closing(sqlite3.connect(path)) as old, old:
        old.execute(f"INSERT INTO session ({columns}, started_at) VALUES ({values})")
    monkeypatch.undo()
    store = Store.open(path)
    (line,) = store.sessions()
    assert (line.start.pattern_id, line.start.pattern_version) == ("squat", 3)
    assert (line.start.technique, line.start.technique_sha256) == (None, None)
    with closing(sqlite3.connect(path)) as now:
        versions = now.execute("SELECT max(version) FROM schema_version").fetchone()
    assert versions == (len(MIGRATIONS),)
