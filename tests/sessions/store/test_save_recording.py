"""A recording is stored with the day on which it was recorded and its own duration."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scoring.results.session_json import BackendFacts
from sessions.exchange.fhir import bundle
from sessions.history.queries import dossier_of
from sessions.people.access import Viewer
from sessions.store.save_recording import keep_recording, recording_start
from sessions.store.store import Store
from tests.sessions.history.test_timed_results import STANDS, standing

NOW = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)
FILMED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def kept(store: Store, at: datetime | None, sha256: str | None = None, person_id: int | None = None) -> int:
    judged = standing()
    return keep_recording(
        store,
        STANDS,
        "both",
        judged.poses,
        judged.reps,
        BackendFacts("analytic", None, None),
        person_id=person_id,
        recorded_at=at,
        source_sha256=sha256,
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "sessions.sqlite")


def test_the_period_of_the_procedure_holds_its_repetitions(store: Store) -> None:
    number = kept(store, FILMED)
    resources = [entry["resource"] for entry in bundle(dossier_of(store, number))["entry"]]
    period = next(one["performedPeriod"] for one in resources if one["resourceType"] == "Procedure")
    start, end = (datetime.fromisoformat(period[name]) for name in ("start", "end"))
    assert start == FILMED
    assert end - start == pytest.approx(
        timedelta(seconds=float(standing().poses.t_s[-1])), abs=timedelta(milliseconds=1)
    )
    reps = [one["effectivePeriod"] for one in resources if one["resourceType"] == "Observation"]
    assert len(reps) == 8
    for rep in reps:
        assert start <= datetime.fromisoformat(rep["start"]) <= datetime.fromisoformat(rep["end"]) <= end


def test_an_older_recording_is_not_the_latest_session(store: Store) -> None:
    now = kept(store, None)
    old = kept(store, FILMED)
    assert [one.id for one in store.sessions()] == [now, old]
    assert [one.id for one in store.numbers()] == [old, now]
    assert store.session(now).finished_at is not None
    assert abs(datetime.now(UTC) - (store.session(now).finished_at or FILMED)) < timedelta(seconds=60)


def test_when_a_recording_began() -> None:
    known = datetime(2026, 3, 1, 23, 30).astimezone()
    assert recording_start(10.0, known, None, NOW) == known
    assert recording_start(10.0, known, known.date(), NOW) == known
    other = recording_start(10.0, known, (known + timedelta(days=1)).date(), NOW).astimezone()
    assert (other.date(), other.hour) == ((known + timedelta(days=1)).date(), 12)
    assert recording_start(10.0, None, None, NOW) == NOW - timedelta(seconds=10)
    assert recording_start(10.0, None, NOW.astimezone().date(), NOW) <= NOW - timedelta(seconds=10)


def test_a_file_is_found_by_its_hash_by_those_who_may_see_it(store: Store) -> None:
    anna, bert = store.people.add("Anna"), store.people.add("Bert")
    first = kept(store, FILMED, "a" * 64, anna.id)
    kept(store, FILMED, "b" * 64, anna.id)
    assert [one.id for one in store.of_file("a" * 64)] == [first]
    assert store.seen_by(Viewer("patient", "b", bert.id)).of_file("a" * 64) == ()
    assert len(store.seen_by(Viewer("patient", "a", anna.id)).of_file("a" * 64)) == 1
