"""A store in which every text that people, files and exercises may hold is hostile: markup of every kind, and ESC."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import tomlkit
from sqlalchemy import String

from patterns.programs.technique import load_technique
from patterns.programs.timed_test import load_timed_test
from patterns.templates.library import load_template
from scoring.trials.validation import Finding, Proof
from sessions.database.schema import Base, SignInRow
from sessions.history.timed_results import TimedResultsKept
from sessions.people.access import Viewer
from sessions.rescoring.repository import RescoringsKept
from sessions.store.store import Store
from tests.sessions.backup.test_backup import fill
from tests.sessions.history.test_timed_results import kept_set, standing
from tests.sessions.store.test_store import START, rep
from vision.pose import PoseSequence

HOSTILE: Final = "![x](http://evil.example/a)<img src=//evil.example/b>$y$ :red[z][b]\x1b[1m"
"""A picture in Markdown and one in HTML, mathematics, a directive of Streamlit, markup of rich, a control sequence."""

SHOWN: Final = HOSTILE.replace("\x1b", "␛")
STRUCTURE: Final = {
    "session": {
        "template_sha256",
        "side",
        "view",
        "source_kind",
        "weights_sha256",
        "started_at",
        "technique_sha256",
        "source_sha256",
    },
    "session_end": {"finished_at"},
    "repetition": {"kind", "side"},
    "check_in": {"at", "moment", "next_day", "reason"},
    "sign": {"sign"},
    "plan": {"given_at", "affected"},
    "person": {"since"},
    "person_entry": {"entered_at", "sex"},
    "definition": {"sha256", "kind"},
    "review": {"decision", "kind", "label", "reviewed_at"},
    "review_fault": {"fault_id"},
    "rescoring": {"template_sha256"},
    "timed_result": {"test_id"},
    "exercise": {"pattern_id", "template_sha256", "shown_sha256", "origin", "made_at"},
    "exercise_state": {"state", "decided_at"},
    "demonstration": {"shown_sha256", "side", "spans"},
    "sealing": {"sealed_at", "proof"},
    "skipped_questions": {"at"},
    "sign_in": {"token_sha256", "role", "created_at", "last_seen_at", "revoked_at"},
    "audit": {"noted_at", "role"},
}
"""Columns of times, hashes and words of a fixed list, which the program itself writes; every other text is hostile."""


def hostile_store(path: Path) -> None:
    """Make a store with rows in every table, then put the hostile text into every text column but STRUCTURE."""
    store = Store.open(path)
    _fill(store)
    store.close()
    with closing(sqlite3.connect(path)) as file, file:
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f"DROP TRIGGER {name}")  # rows are never changed, so a test has to force it
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, String) and column.name not in STRUCTURE.get(table.name, ()):
                    _spoil(file, table.name, column.name)


def _fill(store: Store) -> None:
    anna, _ = fill(store)
    seen = store.seen_by(Viewer("therapist", "Tess", anna))
    seen.people.describe(replace(seen.people.get(anna), name="Anna Muster"), "anna@example.org")
    squat = load_template("squat")
    mine = seen.exercises.add(
        squat.model_copy(update={"id": "my-squat", "family": "own"}), "hand", _lessons(anna)
    )
    trials = (
        Finding("own", "", True, "all of them", {}),
        Finding("fault", "trunk_lean", False, "not a word of it", {}, "change the limit of it"),
        Finding("other", "march", False, "counted too often", {"count": "1", "shown": "3"}),
    )
    seen.exercises.tried(mine.id, Proof(mine.template.sha256, trials[:1]))
    seen.exercises.approve(mine.id, "well done")
    seen.exercises.tried(mine.id, Proof(mine.template.sha256, trials))
    pace = load_technique("metronome")
    start = replace(START, pattern_id="my-squat", template_sha256=mine.template.sha256)
    paced = seen.begin(
        replace(start, technique=pace.id, technique_sha256=pace.sha256), [mine.template, pace], anna
    )
    seen.add_rep(paced, replace(rep(1), kind="attempt", reason="too short"), None)
    seen.finish(paced)
    timed = kept_set(seen, standing(), anna)
    seen.skip_questions()
    TimedResultsKept(seen).keep(timed, load_timed_test("five-times-sit-to-stand"))
    RescoringsKept(seen).rescore(timed, load_template("sit-to-stand"))
    at = "2026-01-01T00:00:00+00:00"
    with store.database.writing() as session:
        told = {"login": "anna", "role": "patient", "granted_by": "a login of a person"}
        session.add(SignInRow(token_sha256="a" * 64, person_id=anna, created_at=at, last_seen_at=at, **told))


def _lessons(person_id: int) -> list[Any]:
    from sessions.store.exercises import Lesson
    from tests.support.clips import standing as still

    poses: PoseSequence = still(30)
    return [Lesson("clip.mp4", "both", poses, (), person_id)]


def _spoil(file: sqlite3.Connection, table: str, column: str) -> None:
    key = "sha256" if table == "definition" else "rowid"
    found = file.execute(f'SELECT {key}, "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL').fetchall()
    assert found or table == "sealing", f"{table}.{column}: no row holds a text; let the test make one"
    for at, text in found:
        file.execute(
            f'UPDATE "{table}" SET "{column}" = ? WHERE {key} = ?', (_spoilt(table, column, text), at)
        )


def _spoilt(table: str, column: str, text: str) -> str:
    if column == "document":
        return json.dumps(_leaves(json.loads(text), _sentence))
    if (table, column) in (("definition", "text"), ("plan", "program")):
        return tomlkit.dumps(_leaves(tomlkit.parse(text).unwrap(), _sentence))
    if (table, column) in (("session", "pattern_id"), ("session", "technique")) and text != "squat":
        return text
    return HOSTILE


def _sentence(key: str, text: str) -> str:
    if key == "text" and "schema = " in text:
        return tomlkit.dumps(_leaves(tomlkit.parse(text).unwrap(), _sentence))
    said = " " in text or key in ("title", "by", "name")
    return HOSTILE if said and not text.startswith("diagonal.") else text


def _leaves(value: Any, spoil: Callable[[str, str], str], key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _leaves(part, spoil, name) for name, part in value.items()}
    if isinstance(value, list):
        return [_leaves(part, spoil, key) for part in value]
    return spoil(key, value) if isinstance(value, str) else value
