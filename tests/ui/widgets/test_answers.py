"""Whatever is saved on a page is answered there in one sentence, and what it is called changes at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from i18n.translation import pack
from patterns.programs.program import load_program
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
    import streamlit as st

    from ui.page.current_user import records
    from ui.practise import check_in
    from ui.widgets.answers import show_answers

    show_answers()
    if not st.session_state.get("asked"):
        st.session_state["asked"] = True
        check_in.ask_after(records(), reached=True)
    check_in.show_open(records())


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
    return pressed(page, "Add this person")


def described(store: Store) -> AppTest:
    store.people.add("Anna")
    page = opened(people)
    page.text_input[0].set_value("Anne")
    return pressed(page, "Save for Anna")


def given(store: Store) -> AppTest:
    store.people.add("Anna")
    page = opened(people)
    next(box for box in page.selectbox if box.label == "Program").select("stroke-arm")
    next(box for box in page.radio if box.label == "Affected side").set_value("left")
    return pressed(page.run(), "Give this program to Anna")


def ended(store: Store) -> AppTest:
    return pressed(pressed(given(store), "End the program of Anna"), "Yes, end the program of Anna")


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
    page = opened(questions)
    for name in ("pain", "effort"):
        page.radio(key=f"after-{name}").set_value(0)
    return pressed(page.run(), "Save my answers")


SAVES: Sequence[tuple[Callable[[Store], AppTest], str, str]] = (
    (added, "{name} is added.", "Anna"),
    (described, "The details of {name} are saved.", "Anne"),
    (given, "{name} has now: {program}, affected side: {side}.", "Anna"),
    (ended, "{name} has no program now.", "Anna"),
    (reviewed, "{name}, no. {number}: the review is saved.", "Me"),
    (accepted, "{name}, no. {number}: the review is saved.", "Me"),
    (set_up, "Your settings are saved.", ""),
    (answered, "The answers of {name} are saved.", "Me"),
)


@pytest.mark.parametrize(("save", "answer", "name"), SAVES, ids=[save[0].__name__ for save in SAVES])
def test_whatever_is_saved_is_answered_once_for_the_person_and_in_each_language(
    kept: Store, save: Callable[[Store], AppTest], answer: str, name: str
) -> None:
    page = save(kept)
    values = {
        "name": name,
        "number": "1",
        "side": "Left",
        "program": load_program("stroke-arm").title,
    }
    assert [toast.value for toast in page.toast] == [answer.format(**values)]
    assert not page.run().toast
    assert all(answer in pack(code).sentences for code in test_language.PACKS)


def test_a_person_who_is_called_otherwise_stays_the_one_in_sight_and_a_new_form_is_empty(kept: Store) -> None:
    kept.people.add("Anna")
    ben = kept.people.add("Ben")
    page = AppTest.from_function(people, default_timeout=60)
    page.session_state["who-practises"] = ben.id
    page.run().text_input[0].set_value("Benjamin")
    pressed(page, "Save for Ben")
    assert "Benjamin" in [title.value for title in page.header]
    page.text_input[-2].set_value("Cora")
    pressed(page, "Add this person")
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
