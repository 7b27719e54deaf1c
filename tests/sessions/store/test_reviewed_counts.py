"""What a therapist says of a repetition counts in every list and export, and can be taken back."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest

from i18n.tables import rep_rows
from patterns.templates.library import load_template
from sessions.exchange.table import EXPORTERS
from sessions.history.queries import dossier_of, history_of
from sessions.store.reviews import Review
from sessions.store.store import Store
from tests.sessions.store.test_store import START, rep

SQUAT = load_template("squat")
TOTALS = (80.0, 90.0, 97.0)


@pytest.fixture
def number(any_store: Store) -> int:
    """Three repetitions with 80, 90 and 97 points."""
    made = any_store.begin(replace(START, template_sha256=SQUAT.sha256), [SQUAT])
    for i, total in enumerate(TOTALS, 1):
        any_store.add_rep(made, rep(i, 4.0 * i, total), None)
    any_store.finish(made)
    return made


def counts(store: Store) -> list[tuple[int, int, float | None]]:
    """Repetitions, not counted and mean score, from each list of sessions."""
    lines = (*store.sessions(), *store.all_sessions())
    return [(line.repetitions, line.attempts, line.mean_total) for line in lines]


def refused(store: Store, number: int, rep_number: int = 3, total: float | None = 97.0) -> Review:
    said = Review(number, rep_number, "Petra", "changed", "attempt", total, (), "hands pushed on the chair")
    store.reviews.add(said)
    return said


def test_a_repetition_that_a_therapist_did_not_count_counts_in_no_list(any_store: Store, number: int) -> None:
    """By hand: 80 and 90 are left, mean 85."""
    assert counts(any_store) == [(3, 0, 89.0)] * 2
    refused(any_store, number)
    assert counts(any_store) == [(2, 1, 85.0)] * 2
    assert rep_rows(any_store.reviewed(number).reps)[2]["Why no score"] == "not counted in the review"
    (progress,) = history_of(any_store).sessions
    assert progress.counted == {"both": 2}
    assert progress.values["both", "total", "points"].mean == 85.0
    assert [one.kind for one in any_store.session(number).reps] == ["repetition"] * 3, (
        "what the machine found stays"
    )


def test_an_attempt_that_a_therapist_counts_and_a_changed_score_are_in_the_lists(
    any_store: Store, number: int
) -> None:
    """By hand: the attempt becomes a repetition of 70 points, the first one has 60: (60 + 90 + 97 + 70) / 4."""
    later = any_store.begin(replace(START, template_sha256=SQUAT.sha256), [SQUAT])
    for i, total in enumerate(TOTALS, 1):
        any_store.add_rep(later, rep(i, 4.0 * i, total), None)
    any_store.add_rep(later, replace(rep(4, 20.0, None), kind="attempt", reason="turned back"), None)
    any_store.reviews.add(Review(later, 4, "Petra", "changed", "repetition", 70.0))
    any_store.reviews.add(Review(later, 1, "Petra", "changed", "repetition", 60.0))
    any_store.reviews.add(Review(later, 2, "Petra", "accepted", "repetition", 90.0))
    assert counts(any_store) == [(4, 0, 79.25), (3, 0, 89.0)] * 2


def test_exports_hold_what_counts_with_the_reviewers_note(any_store: Store, number: int) -> None:
    refused(any_store, number)
    dossier = dossier_of(any_store, number)
    entries = [one["resource"] for one in json.loads(EXPORTERS["fhir"].made(dossier))["entry"]]
    first, _, third = (one for one in entries if one["resourceType"] == "Observation")
    assert (first["code"]["text"], first["status"]) == ("Repetition 1", "final")
    assert (third["code"]["text"], third["status"]) == ("Attempt 3", "amended")
    (note,) = [one for one in third["note"] if one.get("authorString") == "Petra"]
    assert "Not counted" in note["text"] and note["text"].endswith("hands pushed on the chair")
    document = json.loads(EXPORTERS["json"].made(dossier))["session"]
    assert [one["kind"] for one in document["reps"]] == ["repetition", "repetition", "attempt"]
    assert (document["summary"]["repetitions"], document["summary"]["mean_total"]) == (2, 85.0)
    with zipfile.ZipFile(io.BytesIO(EXPORTERS["csv"].made(dossier))) as archive:
        rows = csv.DictReader(io.StringIO(archive.read("repetitions.csv").decode(), newline=""))
        kinds = {(row["repetition"], row["kind"], row["kind_found"]) for row in rows}
    assert kinds == {(str(i), "attempt" if i == 3 else "repetition", "repetition") for i in (1, 2, 3)}


def test_a_review_that_is_taken_back_counts_nowhere_and_the_one_before_holds_again(
    any_store: Store, number: int
) -> None:
    accepted = Review(number, 3, "Petra", "accepted", "repetition", 97.0)
    any_store.reviews.add(accepted)
    said = refused(any_store, number)
    any_store.numbers()
    any_store.reviews.withdraw(said)
    assert counts(any_store) == [(3, 0, 89.0)] * 2
    assert any_store.reviews.of([number])[number] == (accepted,)
    any_store.reviews.withdraw(accepted)
    assert any_store.reviews.of([number])[number] == ()
    assert any_store.reviews.counts() == {}
    refused(any_store, number, 2, None)
    assert any_store.numbers()[0].values["both", "total", "points"].values == (80.0, 97.0), (
        "not what was known"
    )
    assert any_store.reviews.counts() == {number: 1}


def test_only_the_reviewers_own_review_is_taken_back(any_store: Store, number: int) -> None:
    petra, tess = (Review(number, 1, by, "accepted", "repetition", 80.0) for by in ("Petra", "Tess"))
    for one in (petra, tess):
        any_store.reviews.add(one)
    any_store.reviews.withdraw(petra)
    assert any_store.reviews.of([number])[number] == (tess,)


def test_a_history_is_in_the_order_of_time_whenever_a_session_was_stored(
    any_store: Store, number: int
) -> None:
    before = replace(START, template_sha256=SQUAT.sha256, started_at=START.started_at - timedelta(days=30))
    earlier = any_store.begin(before, [SQUAT])
    any_store.add_rep(earlier, rep(1, 4.0, 50.0), None)
    assert [one.id for one in history_of(any_store).sessions] == [earlier, number]
