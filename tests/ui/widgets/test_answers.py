"""Whatever is saved on a page is answered there in one sentence, and what it is called changes at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from i18n.translation import pack
from patterns.templates.library import load_template
from sessions.store.store import Store
from tests.i18n import test_translation as test_language
from tests.sessions.store.test_store import START, rep
from tests.ui.authoring.test_page import by_hand, kept, press, quick

__all__ = ["kept", "quick"]
SQUAT = load_template("squat")


def people() -> None:
    from ui.records import people_page

    people_page.show()


def review() -> None:
    from ui.review import page as review_page

    review_page.show()


def sessions() -> None:
    from ui.records import sessions_page

    sessions_page.show()


def settings() -> None:
    from ui.practise import preferences_form

    preferences_form.settings(None)


def questions() -> None:
    from datetime import UTC, datetime

    import streamlit as st

    from scoring.safety.stop_rules import CheckIn
    from ui.page.current_user import records
    from ui.practise import check_in
    from ui.widgets.answers import show_answers

    show_answers()
    if st.button("answer"):
        check_in._keep(records(), CheckIn(datetime.now(UTC), "before", 0, 0), lambda: None)


def opened(page: Callable[[], None]) -> AppTest:
    return AppTest.from_function(page, default_timeout=60).run()


def pressed(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception
    return page


def a_set(store: Store) -> None:
    number = store.begin(replace(START, template_sha256=SQUAT.sha256), [SQUAT])
    store.add_rep(number, rep(1), None)
    store.finish(number)


def added(store: Store) -> AppTest:
    page = opened(people)
    page.text_input[0].set_value("Anna")
    return pressed(page, "Keep")


def described(store: Store) -> AppTest:
    store.people.add("Anna")
    page = opened(people)
    page.text_input[0].set_value("Anne")
    return pressed(page, "Keep")


def given(store: Store) -> AppTest:
    store.people.add("Anna")
    return pressed(opened(people), "Give this program")


def ended(store: Store) -> AppTest:
    return pressed(given(store), "End the program")


def reviewed(store: Store) -> AppTest:
    a_set(store)
    page = opened(review)
    page.text_input(key="reviewer").set_value("T. Herapist").run()
    return pressed(page, "Keep this review")


def accepted(store: Store) -> AppTest:
    a_set(store)
    page = opened(review)
    page.text_input(key="reviewer").set_value("T. Herapist").run()
    return press(page, "accept")


def set_up(store: Store) -> AppTest:
    page = opened(settings)
    page.toggle[0].set_value(True).run()
    return page


def answered(store: Store) -> AppTest:
    return pressed(opened(questions), "answer")


SAVES: Sequence[tuple[Callable[[Store], AppTest], str]] = (
    (added, "The person is added."),
    (described, "The details are saved."),
    (given, "The program is given."),
    (ended, "The program is ended."),
    (reviewed, "The review is saved."),
    (accepted, "The review is saved."),
    (set_up, "Your settings are saved."),
    (answered, "Your answers are saved."),
)


@pytest.mark.parametrize(("save", "answer"), SAVES, ids=[save.__name__ for save, _ in SAVES])
def test_whatever_is_saved_is_answered_once_and_in_each_language(
    kept: Store, save: Callable[[Store], AppTest], answer: str
) -> None:
    page = save(kept)
    assert [toast.value for toast in page.toast] == [answer]
    assert not page.run().toast
    assert all(answer in pack(code).sentences for code in test_language.PACKS)


def test_a_person_who_is_called_otherwise_stays_the_one_in_sight_and_a_new_form_is_empty(kept: Store) -> None:
    kept.people.add("Anna")
    ben = kept.people.add("Ben")
    page = opened(people)
    page.selectbox(key="person-shown").select(ben.id).run()
    page.text_input[0].set_value("Benjamin")
    pressed(page, "Keep")
    assert page.selectbox(key="person-shown").value == ben.id
    page.text_input[-2].set_value("Cora")
    page.button[-1].click().run()
    assert [person.alias for person in kept.people.all()] == ["Anna", "Benjamin", "Cora"]
    assert page.text_input[-2].value == ""


def test_each_step_of_an_exercise_is_answered_and_an_approved_one_is_not_called_a_draft_any_more(
    kept: Store, quick: list[object]
) -> None:
    page = press(press(by_hand(), "author-make"), "author-keep")
    assert [toast.value for toast in page.toast] == ["The draft is saved."]
    (draft,) = kept.exercises.all()
    for button, answer, state in (
        ("try", "The checks are done.", "Draft"),
        ("approve", "Approved: everybody may use it now.", "Approved"),
        ("withdraw", "Withdrawn: it is no longer offered.", "Withdrawn"),
    ):
        press(page, f"{button}-{draft.id}")
        assert [toast.value for toast in page.toast] == [answer]
        box = page.selectbox(key="author-version")
        assert [state in option for option in box.options] == [True]
        if state != "Draft":  # the browser shows what it has until it is given the new words
            assert (box.proto.set_value, box.proto.raw_value) == (True, box.options[0])
