"""Answers and plans in the store: kept as given, never changed, in older files too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text

from patterns.programs.program import load_program, program_ids
from scoring.safety.stop_rules import CheckIn
from sessions.database import migrations
from sessions.database.connection import StoreError
from sessions.store.plans_and_check_ins import Plan
from sessions.store.store import Store

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BERLIN = timezone(timedelta(hours=1))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "sessions.sqlite")
    yield opened
    opened.close()


def test_answers_come_back_as_they_were_given_in_order_of_time(store: Store) -> None:
    later = CheckIn(NOON + timedelta(hours=1), "after", 3, 6, ("joint", "numb"), None, "pain")
    first = CheckIn(NOON.astimezone(BERLIN), "before", 2, 0, (), "same")
    store.add_check_in(later)
    store.add_check_in(first)
    assert store.check_ins() == (first, later)
    assert store.check_ins(NOON + timedelta(minutes=1)) == (later,)


@pytest.mark.parametrize("program_id", program_ids())
def test_a_program_that_is_given_is_kept_whole(store: Store, program_id: str) -> None:
    plan = Plan(load_program(program_id), "left", NOON)
    store.give_plan(plan)
    kept = store.plan()
    assert kept is not None
    assert kept.program.model_copy(update={"sha256": ""}) == plan.program.model_copy(update={"sha256": ""})
    assert (kept.affected, kept.given_at) == ("left", NOON)


def test_the_latest_plan_holds_and_may_be_ended(store: Store) -> None:
    assert store.plan() is None
    for program_id in ("stroke-arm", "parkinsons"):
        store.give_plan(Plan(load_program(program_id), "right"))
    assert (plan := store.plan()) is not None
    assert plan.program.id == "parkinsons"
    store.give_plan(None)
    assert store.plan() is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE check_in SET pain = 0",
        "UPDATE sign SET sign = 'x'",
        "UPDATE plan SET affected = 'left'",
        "INSERT INTO check_in (at, moment, pain, effort) VALUES ('x', 'before', 11, 0)",
        "INSERT INTO check_in (at, moment, pain, effort) VALUES ('x', 'during', 1, 0)",
    ],
)
def test_nothing_that_was_answered_or_given_is_changed(store: Store, change: str) -> None:
    store.add_check_in(CheckIn(NOON, "before", 7, 1, ("chest",)))
    store.give_plan(Plan(load_program("stroke-arm"), "right"))
    with pytest.raises(StoreError), store.database.writing() as session:
        session.execute(text(change))


def test_an_older_file_takes_answers_and_plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "old.sqlite"
    with monkeypatch.context() as older:
        older.setattr("sessions.database.connection.MIGRATIONS", migrations.MIGRATIONS[:2])
        Store.open(path).close()
    store = Store.open(path)
    assert (store.check_ins(), store.plan()) == ((), None)
    store.add_check_in(CheckIn(NOON, "before", 0, 0))
    assert len(store.check_ins()) == 1
    store.close()
