"""What a therapist says on the page of sessions is kept beside what the program found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from patterns.library import load_template
from sessions.store import Store
from tests.test_store import START, rep
from ui.workplace import workplace

SQUAT = load_template("squat")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    workplace.cache_clear()
    store = workplace().store
    number = store.begin(replace(START, template_sha256=SQUAT.sha256), [SQUAT])
    store.add_rep(number, rep(1), None)
    store.add_rep(number, rep(2, 4.0), None)
    store.finish(number)
    yield store
    store.close()
    workplace.cache_clear()


def sessions() -> None:
    from ui import sessions_page

    sessions_page.show()


def shown() -> AppTest:
    return AppTest.from_function(sessions, default_timeout=30).run()


def test_a_review_is_kept_with_its_note_and_the_programs_judgement_stays(kept: Store) -> None:
    page = shown()
    assert not page.exception
    page.text_input(key="reviewer").set_value("T. Herapist").run()
    page.radio[0].set_value("attempt")
    page.number_input[0].set_value(40)
    page.multiselect[0].set_value(["knee_valgus"])
    page.text_area[0].set_value("Went down half way only.")
    next(button for button in page.button if button.label == "Keep this review").click().run()
    assert not page.exception
    (review,) = kept.reviews.of([1])[1]
    assert (review.number, review.by, review.decision) == (1, "T. Herapist", "changed")
    assert (review.kind, review.total, review.faults) == ("attempt", 40.0, ("knee_valgus",))
    assert review.note == "Went down half way only."
    assert kept.session(1).reps[0] == rep(1)
    notes = [table.value["Note"].tolist() for table in page.table if "Note" in table.value]
    assert notes == [["Went down half way only."]]


def test_what_the_program_found_is_accepted_with_one_button_and_nobody_reviews_without_a_name(
    kept: Store,
) -> None:
    page = shown()
    accept = page.button(key="accept-1-1")
    assert accept.disabled
    page.text_input(key="reviewer").set_value("T. Herapist").run()
    page.button(key="accept-1-1").click().run()
    assert not page.exception
    (review,) = kept.reviews.of([1])[1]
    assert (review.decision, review.total, review.faults) == ("accepted", 83.25, ("trunk_lean",))
