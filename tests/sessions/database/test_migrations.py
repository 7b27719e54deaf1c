"""A database that an earlier version wrote is brought to today's form with all that is in it.

tests/data/schemas holds one file for each past version, written by the program of that time.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sessions.database.migrations import MIGRATIONS
from sessions.store.store import Store
from tests.conftest import DATA
from tests.sessions.store.test_store import START, rep
from tests.support.clips import standing
from tests.vision.test_recording import bits
from vision.pose import PoseSequence

PAST = range(1, len(MIGRATIONS))


@pytest.fixture(params=PAST)
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def old(version: int, tmp_path: Path) -> Path:
    """A copy of the file that this version wrote."""
    return Path(shutil.copy(DATA / "schemas" / f"version_{version}.sqlite", tmp_path / "old.sqlite"))


def test_a_file_of_every_past_version_keeps_all_that_is_in_it(old: Path, version: int) -> None:
    with closing(sqlite3.connect(old)) as before:
        assert before.execute("SELECT max(version) FROM schema_version").fetchone() == (version,)
    store = Store.open(old)
    march, squat = store.sessions()
    assert (march.start.pattern_id, march.finished_at, march.repetitions) == ("march", None, 0)
    assert (squat.repetitions, squat.attempts, squat.mean_total) == (1, 1, 83.25)
    attempt = replace(rep(2, 3.0, None), kind="attempt", reason="reversed early", cue=None, faults=())
    kept = store.session(squat.id)
    assert kept.reps == (rep(1), attempt)
    assert replace(kept.start, code_version="") == replace(START, code_version="")
    poses = PoseSequence.from_frames(store.frames(squat.id))
    assert bits(poses.xy_px) == bits(standing(30).xy_px)
    answered = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
    if version >= 3:
        (check_in,) = store.check_ins()
        assert (check_in.at, check_in.pain, check_in.signs) == (answered, 7, ("chest",))
        plan = store.plan()
        assert plan is not None
        assert (plan.program.id, plan.given_at) == ("stroke-arm", answered)
    store.close()


def test_what_was_kept_before_there_were_people_is_all_that_of_one_who_is_called_me(old: Path) -> None:
    store = Store.open(old)
    (me,) = store.people.all()
    assert (me.id, me.alias, me.name) == (1, "Me", None)
    assert {line.person_id for line in store.all_sessions()} == {1}
    number = store.begin(START)
    assert store.owner(number) == 1
    store.close()


def test_an_old_file_is_still_never_changed_afterwards(old: Path) -> None:
    Store.open(old).close()
    with closing(sqlite3.connect(old)) as now:
        assert now.execute("SELECT max(version) FROM schema_version").fetchone() == (len(MIGRATIONS),)
        with pytest.raises(sqlite3.IntegrityError, match="a stored session is never changed"):
            now.execute("UPDATE session SET person_id = 2")


def test_there_is_a_file_of_every_past_version() -> None:
    kept = {path.stem for path in (DATA / "schemas").iterdir()}
    assert kept == {f"version_{version}" for version in PAST}
