"""What a therapist says on the page of reviews is kept beside what the program found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from patterns.templates.library import load_template
from sessions.backup.backup import delete_person
from sessions.store.reviews import Review
from sessions.store.store import Store
from tests.sessions.store.test_store import START, rep
from ui.live.app_state import workplace

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


def review() -> None:
    from ui.review import page as review_page

    review_page.show()


def shown() -> AppTest:
    return AppTest.from_function(review, default_timeout=30).run()


def named(page: AppTest) -> AppTest:
    return page.text_input(key="reviewer").set_value("T. Herapist").run()


def keep(page: AppTest) -> None:
    next(button for button in page.button if button.label == "Keep this review").click().run()
    assert not page.exception


def test_a_review_is_kept_with_its_note_and_the_programs_judgement_stays(kept: Store) -> None:
    page = named(shown())
    page.radio[0].set_value("attempt")
    page.number_input[0].set_value(40)
    page.multiselect[0].set_value(["knee_valgus"])
    page.text_area[0].set_value("Went down\nhalf way only.")
    keep(page)
    (said,) = kept.reviews.of([1])[1]
    assert (said.number, said.by, said.decision) == (1, "T. Herapist", "changed")
    assert (said.kind, said.total, said.faults) == ("attempt", 40.0, ("knee_valgus",))
    assert said.note == "Went down half way only."
    assert kept.session(1).reps[0] == rep(1)
    notes = [table.value["Note"].tolist() for table in page.table if "Note" in table.value]
    assert notes == [["Went down half way only."]]
    sessions, rows = page.dataframe
    assert sessions.value["Reviewed"].tolist() == ["1 of 2"]
    assert rows.value["Review"].tolist() == ["✎", ""]


def test_what_the_program_found_is_accepted_and_the_next_one_comes_and_nobody_reviews_without_a_name(
    kept: Store,
) -> None:
    page = shown()
    assert page.button(key="accept").disabled
    page = named(page)
    page.button(key="accept").click().run()
    assert not page.exception
    (said,) = kept.reviews.of([1])[1]
    assert (said.number, said.decision, said.total, said.faults) == (1, "accepted", 83.25, ("trunk_lean",))
    assert any(title.value.startswith("No. 2 ·") for title in page.subheader)
    page.button(key="accept").click().run()
    assert {one.number for one in kept.reviews.of([1])[1]} == {1, 2}
    assert page.button(key="next").disabled
    page.button(key="previous").click().run()
    assert any(title.value.startswith("No. 1 ·") for title in page.subheader)


def test_an_acceptance_is_in_the_list_at_once_and_is_undone(kept: Store) -> None:
    page = named(shown())
    page.button(key="accept").click().run()
    assert page.dataframe[0].value["Reviewed"].tolist() == ["1 of 2"]
    page.button(key="undo").click().run()
    assert not page.exception
    assert page.dataframe[0].value["Reviewed"].tolist() == ["0 of 2"]
    assert kept.reviews.of([1])[1] == ()
    assert "undo" not in [button.key for button in page.button]


def test_the_reviewers_name_is_still_there_on_return_and_after_a_reload(kept: Store) -> None:
    def two_pages() -> None:
        import streamlit as st

        from ui.review import page as review_page

        if not st.checkbox("elsewhere"):
            review_page.show()

    page = AppTest.from_function(two_pages, default_timeout=30).run()
    page = named(page)
    page.checkbox[0].check().run()
    page.checkbox[0].uncheck().run()
    assert page.text_input(key="reviewer").value == "T. Herapist"
    again = AppTest.from_function(review, default_timeout=30)
    again.query_params.update(page.query_params)
    assert again.run().text_input(key="reviewer").value == "T. Herapist"


def test_a_repetition_that_is_not_counted_has_no_score_unless_the_reviewer_gave_one(kept: Store) -> None:
    page = named(shown())
    page.radio[0].set_value("attempt")
    keep(page)
    assert page.dataframe[0].value[["Repetitions", "Not counted"]].to_numpy().tolist() == [[1, 1]]
    (said,) = kept.reviews.of([1])[1]
    assert (said.kind, said.total) == ("attempt", None)


def test_who_hides_what_the_program_found_sees_none_of_it_and_the_review_says_so(kept: Store) -> None:
    kept.reviews.add(Review(1, 2, "Other", "changed", "attempt", 12.0, ("jerky",), "A word before."))
    page = named(shown())
    page.toggle(key="review-blind").set_value(True).run()
    assert not page.exception
    sessions, rows = page.dataframe
    assert "Mean score" not in sessions.value
    assert set(rows.value) == {"Way", "No.", "Review"}
    assert rows.value["Review"].tolist() == ["", ""]
    assert page.subheader[0].value == "No. 1"
    assert page.button(key="accept").disabled
    assert (page.radio[0].value, page.number_input[0].value, page.multiselect[0].value) == (None, None, [])
    assert "83" not in " ".join(one.value for one in (*page.markdown, *page.caption))
    keep(page)
    assert any("Say what it is" in note.value for note in page.warning)
    assert kept.reviews.of([1])[1][1:] == ()
    page.radio[0].set_value("repetition")
    page.number_input[0].set_value(70)
    keep(page)
    said = kept.reviews.of([1])[1][-1]
    assert (said.number, said.decision, said.total, said.faults, said.blind) == (1, "changed", 70.0, (), True)
    assert page.dataframe[1].value["Review"].tolist() == ["✎", ""]
    page.button(key="next").click().run()
    assert not any("Note" in table.value for table in page.table)
    page.toggle(key="review-blind").set_value(False).run()
    assert any(
        "A word before." in table.value["Note"].tolist() for table in page.table if "Note" in table.value
    )


def test_without_landmarks_scores_and_faults_are_there_and_the_page_says_so(kept: Store) -> None:
    page = shown()
    assert not page.exception
    assert any("No landmarks are kept" in note.value for note in page.info)
    assert page.dataframe[1].value["Found"].tolist() == ["trunk lean", "trunk lean"]
    assert any(one.label == "What this session could not show" for one in page.expander)
    page.session_state["review-unseen-1"] = True
    assert "Not judged" in page.run().table[-1].value.columns


def test_the_sessions_of_one_person_alone_are_listed(kept: Store) -> None:
    anna = kept.people.add("Anna")
    kept.finish(kept.begin(replace(START, template_sha256=SQUAT.sha256), [SQUAT], anna.id))
    page = shown()
    assert page.dataframe[0].value["Who"].tolist() == ["Anna", "Me"]
    page.session_state["who-practises"] = anna.id
    page.run()
    assert not page.exception
    assert page.dataframe[0].value["Who"].tolist() == ["Anna"], "of the person that every page is about"
    assert page.header[0].value.startswith("Anna · ")
    assert any("Nothing was counted" in note.value for note in page.info)
    page.toggle(key="review-everybody").set_value(True).run()
    assert page.dataframe[0].value["Who"].tolist() == ["Anna", "Me"]


def open_since() -> None:
    """A set that the page opened before its person was deleted in another tab."""
    from ui.page.current_user import records
    from ui.review import set_view
    from ui.review.loaded_set import opened

    set_view.draw(records(), opened(records(), 1), [])


def test_a_review_of_who_was_deleted_meanwhile_says_why_and_stays_in_its_fields(
    kept: Store, tmp_path: Path
) -> None:
    page = AppTest.from_function(open_since, default_timeout=60).run()
    page.text_input(key="reviewer").set_value("T. Herapist").run()
    delete_person(kept, 1, tmp_path / "me.zip")
    page.text_area[0].set_value("Elbow drops at the end.")
    next(button for button in page.button if button.label == "Keep this review").click().run()
    assert not page.exception
    assert "The records of Me were deleted in the meantime" in page.error[0].value
    assert page.text_area[0].value == "Elbow drops at the end."
    page.button(key="accept").click().run()
    assert "The records of Me were deleted in the meantime" in page.error[0].value
