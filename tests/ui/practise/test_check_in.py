"""Questions before and after a set: only an answer closes them, they name the person, none is lost without a word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from i18n.translation import LANGUAGES, say
from patterns.programs.program import load_program, stop_rules
from patterns.programs.safety_rules import safety_rules
from scoring.safety.stop_rules import CheckIn
from sessions.backup.backup import delete_person
from sessions.database.connection import StoreError
from sessions.people.people import Person
from sessions.store.store import Store
from tests.sessions.store.test_store import START
from ui.live.app_state import workplace


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    workplace.cache_clear()
    yield workplace().store
    workplace().store.close()
    workplace.cache_clear()


@pytest.fixture
def anna(store: Store) -> Person:
    return store.people.add("Anna")


def practise() -> None:
    import streamlit as st

    from sessions.history.practice_clearance import standing_now
    from ui.page.current_user import records
    from ui.practise import check_in

    store = records()
    for name in ("before", "after"):
        if st.session_state.pop(f"ask-{name}", False):
            asks = {"before": {"next_day": False}, "after": {"reached": True}}[name]
            getattr(check_in, f"ask_{name}")(store, **asks)
    check_in.told_with_way_back(store, standing_now(store).advice)
    check_in.remind(store)
    check_in.show_open(store, lambda: st.session_state.update(begun=True))


def asked(what: str = "") -> AppTest:
    page = AppTest.from_function(practise, default_timeout=30)
    if what:
        page.session_state[f"ask-{what}"] = True
    return ran(page)


def ran(page: AppTest) -> AppTest:
    page.run()
    assert not page.exception
    return page


def pressed(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click()
    return ran(page)


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def rated(page: AppTest, pain: int, moment: str = "after", effort: int = 3) -> AppTest:
    page.radio(key=f"{moment}-pain").set_value(pain)
    page.radio(key=f"{moment}-effort").set_value(effort)
    if moment == "before":
        page.radio(key="signs-any").set_value("none")
    return ran(page)


def dialog(page: AppTest) -> Any:
    """The window of the questions as the browser gets it; None where there is none."""
    blocks: list[Any] = [*page._tree.children.values()]
    for block in blocks:
        if block.type == "dialog":
            return block.proto.dialog
        blocks += [inner for inner in getattr(block, "children", {}).values()]
    return None


def told(page: AppTest) -> str:
    return "\n".join(one.value for one in (*page.error, *page.warning, *page.info))


def a_set(store: Store, person: int) -> None:
    store.finish(store.begin(START, person_id=person))


@pytest.mark.parametrize(
    ("what", "title"), [("before", "Anna: before you start"), ("after", "Anna: how was it?")]
)
def test_the_window_names_the_person_and_no_key_nor_sign_closes_it(
    anna: Person, what: str, title: str
) -> None:
    page = asked(what)
    for _ in range(2):  # whatever else runs the page anew, it stays
        assert (dialog(page).title, dialog(page).dismissible) == (title, False)
        ran(page)
    assert "begun" not in page.session_state


def test_answers_are_saved_for_the_person_who_was_asked_whoever_is_chosen_meanwhile(
    store: Store, anna: Person
) -> None:
    ben = store.people.add("Ben")
    page = asked("after")
    page.session_state["who-practises"] = ben.id
    rated(page, 2)
    assert dialog(page).title == "Anna: how was it?"
    pressed(page, "Save my answers")
    assert dialog(page) is None
    assert len(store.check_ins(person_id=anna.id)) == 1
    assert store.check_ins(person_id=ben.id) == ()


def test_skipping_is_an_answer_of_its_own_and_until_then_the_questions_come_again(
    store: Store, anna: Person
) -> None:
    a_set(store, anna.id)
    page = asked()
    assert "Anna: the questions after your last set wait" in told(page)
    pressed(page, "Answer them now")
    assert dialog(page).title == "Anna: how was it?"
    assert "Answer them now" not in labels(ran(page))
    assert "wait" in told(asked()), "after a reload"
    pressed(page, "Skip these questions")
    assert dialog(page) is None
    assert told(asked()) == ""
    assert store.check_ins() == ()


def test_not_now_closes_the_questions_before_a_set_and_begins_nothing(store: Store, anna: Person) -> None:
    page = pressed(rated(asked("before"), 7, "before"), "Not now")
    assert dialog(page) is None
    assert store.check_ins() == ()
    assert "begun" not in page.session_state
    again = page
    again.session_state["ask-before"] = True
    assert ran(again).radio(key="before-pain").value is None, "nothing of what was rated is left"


def test_done_begins_the_set(store: Store, anna: Person) -> None:
    page = pressed(rated(asked("before"), 0, "before"), "Done, let me practise")
    assert page.session_state["begun"]
    assert dialog(page) is None


@pytest.mark.parametrize("pain", [3, 7])
def test_of_a_person_who_was_deleted_meanwhile_the_answers_say_why_and_the_advice_is_given(
    store: Store, anna: Person, tmp_path: Path, pain: int
) -> None:
    store.people.add("Ben")
    page = asked("after")
    rated(page, pain, effort=9)
    delete_person(store, anna.id, tmp_path / "anna.zip")
    page = pressed(page, "Save my answers")
    assert "The records of Anna were deleted in the meantime" in told(page)
    assert ("Anna: Stop for now" in told(page)) == (pain == 7)
    assert ("That was very hard." in told(page)) == (pain == 3)
    pressed(page, "I have read this")
    assert dialog(page) is None


def test_answers_that_cannot_be_saved_stay_with_the_advice_and_can_be_saved_again(
    store: Store, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = rated(asked("after"), 8)

    def full(*_given: object, **_named: object) -> None:
        raise StoreError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(Store, "add_check_in", full)
        pressed(page, "Save my answers")
    assert "cannot be read or saved right now" in told(page)
    assert "Stop for now" in told(page)
    assert page.radio(key="after-pain").value == 8
    pressed(page, "Save my answers")
    assert [one.pain for one in store.check_ins()] == [8]


def test_wrong_answers_are_put_right_and_both_stay_in_the_record(store: Store, anna: Person) -> None:
    store.add_check_in(CheckIn(dt.datetime.now(dt.UTC), "before", 8, 1))
    page = asked()
    assert "Anna: Stop for now" in told(page)
    pressed(page, "I answered wrongly")
    assert dialog(page).title == "Anna: your last answers again"
    rated(page, 3, "before")
    pressed(page, "Done, let me practise")
    assert told(page) == ""
    assert [one.pain for one in store.check_ins()] == [3]
    assert [one.pain for one in store.check_ins(corrected=True)] == [8, 3]
    assert "begun" not in page.session_state, "nothing begins by itself"


def test_advice_in_the_window_offers_to_put_it_right_too(store: Store, anna: Person) -> None:
    page = pressed(rated(asked("after"), 9), "Save my answers")
    assert "I have read this" in labels(page)
    pressed(page, "I answered wrongly")
    assert dialog(page).title == "Anna: your last answers again"
    pressed(page, "Leave my answers as they are")
    assert [one.pain for one in store.check_ins(corrected=True)] == [9]


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_signs_on_the_list_of_today_are_those_of_the_questions_in_each_language(code: str) -> None:
    rules = stop_rules(load_program("stroke-arm"))
    signs = safety_rules().sign
    for rule, sign in zip(rules, signs, strict=False):
        begins = "Stop and get help at once:" if sign.help else "Stop and call your therapist or doctor:"
        assert say(rule, code) == f"{say(begins, code)} {say(sign.text, code)}"


def test_the_signs_stand_above_the_question_and_explain_no_answer(anna: Person) -> None:
    page = asked("before")
    (listed,) = [one.value for one in page.caption if "Signs to stop" in one.value]
    assert "Cold sweat or nausea" in listed
    assert page.radio(key="signs-any").options == ["None of these", "Yes, one or more"]
    assert not page.radio(key="signs-any").proto.captions
