"""Answers and plans in the store: kept as given, never changed, in older files too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Final, Literal

import pytest
from sqlalchemy import text

from patterns.programs.program import load_program, program_ids
from scoring.safety.stop_rules import CheckIn
from sessions.backup.backup import delete_person
from sessions.database import migrations
from sessions.database.connection import StoreError
from sessions.people.access import Viewer
from sessions.people.people import Person, PersonGoneError
from sessions.store.plans_and_check_ins import Plan
from sessions.store.reviews import Review
from sessions.store.store import Store
from tests.sessions.store.test_store import START

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


def test_answers_that_put_wrong_ones_right_take_their_place_and_both_stay_in_the_record(store: Store) -> None:
    wrong = CheckIn(NOON, "after", 8, 3, (), None, "pain")
    right = CheckIn(NOON + timedelta(minutes=1), "after", 3, 3, (), None, "done")
    store.add_check_in(CheckIn(NOON - timedelta(hours=1), "before", 0, 0))
    store.add_check_in(wrong)
    store.add_check_in(right, corrects_last=True)
    assert [one.pain for one in store.check_ins()] == [0, 3]
    assert store.check_ins(corrected=True)[1:] == (wrong, right)
    again = CheckIn(NOON + timedelta(minutes=2), "after", 4, 3, (), None, "done")
    store.add_check_in(again, corrects_last=True)
    assert [one.pain for one in store.check_ins()] == [0, 4]
    assert len(store.check_ins(corrected=True)) == 4


def a_set(store: Store, source: Literal["live", "demo", "recording"] = "live") -> None:
    store.finish(store.begin(replace(START, source_kind=source)))


def test_questions_after_a_set_stay_open_until_they_are_answered_or_skipped(store: Store) -> None:
    begun = datetime.now(UTC)
    for source in ("demo", "recording"):
        a_set(store, source)
    store.begin(START)  # still going on
    assert not store.has_open_questions(begun)
    a_set(store)
    assert store.has_open_questions(begun)
    assert not store.has_open_questions(datetime.now(UTC)), "of a set that is longer ago"
    store.skip_questions()
    assert not store.has_open_questions(begun)
    a_set(store)
    assert store.has_open_questions(begun), "of the next set again"
    store.add_check_in(CheckIn(datetime.now(UTC), "after", 0, 0))
    assert not store.has_open_questions(begun)


WRITES: Final[dict[str, Callable[[Store, int], object]]] = {
    "a set": lambda store, person: store.begin(START, person_id=person),
    "answers": lambda store, person: store.add_check_in(CheckIn(NOON, "after", 7, 0)),
    "a skip": lambda store, person: store.skip_questions(),
    "a program": lambda store, person: store.give_plan(Plan(load_program("stroke-arm"), "right"), person),
    "details": lambda store, person: store.people.describe(Person(person, "Ben")),
    "a review": lambda store, person: store.reviews.add(Review(1, 1, "T", "accepted", "repetition", None)),
}


@pytest.mark.parametrize("what", WRITES)
def test_nothing_is_written_of_who_was_deleted_and_the_cause_is_named(
    any_store: Store, what: str, tmp_path: Path
) -> None:
    ben = any_store.people.add("Ben")
    as_ben = any_store.seen_by(Viewer("home", "this computer", ben.id))
    as_ben.begin(START)
    delete_person(any_store, ben.id, tmp_path / "ben.zip")
    with pytest.raises(PersonGoneError, match=r"^The records of this person were deleted in the meantime\.$"):
        WRITES[what](as_ben, ben.id)


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
