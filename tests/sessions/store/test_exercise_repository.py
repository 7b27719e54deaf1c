"""Exercises of authors: versions that stay, approval that needs trials, and the library that then has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from i18n.translation import in_language, pack, say, tr
from patterns.learning.repetition_finder import FoundRep
from patterns.programs.program import parse_program
from patterns.templates.errors import TemplateError
from patterns.templates.library import by_family, is_packaged, load_template, template_ids, use_own
from patterns.templates.template import Template
from patterns.templates.template_file import write_template
from scoring.trials.validation import Finding, Proof
from sessions.backup.backup import back_up, delete_person, restore
from sessions.database.connection import Database, StoreError
from sessions.database.encryption import new_key, seal_with
from sessions.people.access import NotAllowedError, Viewer
from sessions.people.audit import trail
from sessions.store.exercise_repository import ApprovedSource
from sessions.store.exercises import Decision, ExerciseError, Lesson, OwnExercise, in_use
from sessions.store.store import Store
from sessions.store.trials import TrialsError, trials_of, trials_text
from tests.support.clips import standing
from tests.vision.test_recording import bits

MINE = load_template("squat").model_copy(update={"id": "my-squat", "title": "My squat", "family": "own"})
REPS = (FoundRep(0.1, 0.4, 0.5, 0.9), FoundRep(1.0, 1.2, 1.2, 1.3))
LESSON = Lesson("good.mp4", "both", standing(40), REPS)
THERAPIST = Viewer("therapist", "T. Herapist")


def stands(one: OwnExercise, *, ok: bool = True) -> Proof:
    advice = "" if ok else "Show a larger movement."
    return Proof(one.template.sha256, (Finding("still", "", ok, "{count} counted", {"count": "0"}, advice),))


@pytest.fixture
def library(any_store: Store) -> Iterator[ApprovedSource]:
    source = ApprovedSource(lambda: any_store.exercises)
    use_own(source)
    yield source
    use_own(None)


def approved(store: Store, template: Template = MINE) -> OwnExercise:
    made = store.exercises.add(template, "shown", [LESSON])
    store.exercises.tried(made.id, stands(made))
    return store.exercises.approve(made.id, "tried with two people")


def test_versions_are_numbered_and_stay_as_they_were(any_store: Store) -> None:
    first = any_store.exercises.add(MINE, "shown", [LESSON])
    second = any_store.exercises.add(
        MINE.model_copy(update={"title": "My deep squat"}), "changed", shown_by=first
    )
    assert [one.template.version for one in any_store.exercises.all()] == [1, 2]
    again = any_store.exercises.get(first.id)
    assert (again, again.state, again.template.title) == (first, "draft", "My squat")
    assert first.template.sha256 != second.template.sha256
    assert write_template(second.template).count("version = 2") == 1
    for one in (first, second):
        (lesson,) = any_store.exercises.lessons(one.id)
        assert (lesson.name, lesson.side, lesson.reps, lesson.person_id) == ("good.mp4", "both", REPS, None)
        assert bits(lesson.poses.xy_px) == bits(LESSON.poses.xy_px)
    with pytest.raises(StoreError, match="never changed"), any_store.database.writing() as session:
        session.execute(text("UPDATE exercise SET version = 9"))


def test_only_what_stood_its_trials_is_approved(any_store: Store) -> None:
    made = any_store.exercises.add(MINE, "hand")
    with pytest.raises(ExerciseError, match="my-squat/1: it has not been tried yet"):
        any_store.exercises.approve(made.id)
    any_store.exercises.tried(made.id, stands(made, ok=False))
    with pytest.raises(ExerciseError, match="1 of its trials failed"):
        any_store.exercises.approve(made.id)
    other = replace(stands(made), template_sha256="0" * 64)
    with pytest.raises(ExerciseError, match="another version"):
        any_store.exercises.tried(made.id, other)
    any_store.exercises.tried(made.id, stands(made))
    done = any_store.exercises.approve(made.id, "good")
    assert (done.state, done.decisions[0].by, done.decisions[0].note) == ("approved", "this computer", "good")
    assert done.trials is not None
    assert trials_of(done.trials) == stands(made)


def test_the_library_has_what_is_approved_at_once_and_no_longer(
    any_store: Store, library: ApprovedSource
) -> None:
    assert "my-squat" not in template_ids()
    with pytest.raises(TemplateError, match="did you mean"):
        load_template("my-squat")
    first = approved(any_store)
    library.forget()
    assert load_template("my-squat") == first.template
    assert by_family()["own"] == ("my-squat",)
    program = """schema = "diagonal.program/1"
id = "mine"
title = "Mine"
family = "sports"
for_whom = "Somebody"
version = 1
source = "A proposal"
days_a_week = 3
pain_stop_above = 3
[[item]]
pattern = "my-squat"
side = "both"
note = "Slowly."
dose = { sets = 2, repetitions = 8, rest_s = 30 }
"""
    assert parse_program(program.encode(), "mine").item[0].pattern == "my-squat"
    second = approved(any_store, MINE.model_copy(update={"title": "Another"}))
    library.forget()
    assert load_template("my-squat").version == 2
    any_store.exercises.withdraw(second.id, "hurts the knee")
    library.forget()
    assert "my-squat" not in template_ids(), "no older version comes back by itself"
    any_store.exercises.approve(first.id)
    library.forget()
    assert load_template("my-squat").version == 1


def test_the_library_asks_once_a_second(any_store: Store) -> None:
    now = [0.0]
    source = ApprovedSource(lambda: any_store.exercises, clock=lambda: now[0])
    empty = source()
    approved(any_store)
    assert source() is empty
    now[0] = 1.0
    assert set(source()) == {"my-squat"}
    assert source() is source()


def test_what_was_approved_last_is_in_use(any_store: Store) -> None:
    one, two = approved(any_store), approved(any_store)
    earlier = replace(two, decisions=(Decision("approved", one.decisions[0].at.replace(year=2020), "T"),))
    assert in_use([earlier, one]) == {"my-squat": one}


def test_an_exercise_of_diagonal_keeps_its_id(any_store: Store) -> None:
    assert is_packaged("squat")
    with pytest.raises(ExerciseError, match="as in my-squat"):
        any_store.exercises.add(load_template("squat"), "file")
    assert any_store.exercises.all() == ()
    with pytest.raises(ExerciseError, match="no such version"):
        any_store.exercises.get(7)
    with pytest.raises(ExerciseError, match="501 letters"):
        any_store.exercises.withdraw(any_store.exercises.add(MINE, "file").id, "x" * 501)


def test_patients_use_exercises_and_decide_nothing(any_store: Store) -> None:
    patient = any_store.seen_by(Viewer("patient", "Anna", any_store.people.add("Anna").id)).exercises
    therapist = any_store.seen_by(THERAPIST)
    made = approved(therapist)
    assert set(patient.approved()) == {"my-squat"}
    for ask in (
        lambda: patient.add(MINE, "hand"),
        patient.all,
        lambda: patient.get(made.id),
        lambda: patient.lessons(made.id),
        lambda: patient.tried(made.id, stands(made)),
        lambda: patient.approve(made.id),
        lambda: patient.withdraw(made.id),
    ):
        with pytest.raises(NotAllowedError, match="only a therapist"):
            ask()
    therapist.exercises.withdraw(made.id)
    told = [(e.action, e.about) for e in trail(any_store.database, THERAPIST)][1:]
    assert told == [
        ("kept an exercise", "my-squat/1"),
        ("approved an exercise", "my-squat/1"),
        ("withdrew an exercise", "my-squat/1"),
    ]


def test_exercises_go_into_a_backup_and_demonstrations_go_with_who_is_seen(
    any_store: Store, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("backup")
    anna = any_store.people.add("Anna")
    seen = replace(LESSON, person_id=anna.id)
    made = any_store.exercises.add(MINE, "shown", [LESSON, seen])
    any_store.exercises.tried(made.id, stands(made))
    any_store.exercises.approve(made.id)
    back_up(any_store, folder / "all.zip")
    there = Database.open(folder / "there.sqlite")
    restore(folder / "all.zip", there)
    again = Store(there)
    assert again.exercises.all() == any_store.exercises.all()
    assert [one.person_id for one in again.exercises.lessons(made.id)] == [None, anna.id]
    again.close()
    delete_person(any_store, anna.id, folder / "anna.zip")
    assert [one.person_id for one in any_store.exercises.lessons(made.id)] == [None]
    hers = Database.open(folder / "hers.sqlite")
    restore(folder / "anna.zip", hers)
    assert Store(hers).exercises.all() == ()
    hers.close()


def test_demonstrations_are_sealed(any_store: Store) -> None:
    before = any_store.exercises.add(MINE, "shown", [LESSON])
    any_store.database.seal_all(seal_with(new_key(), "test"))
    after = any_store.exercises.add(MINE.model_copy(update={"id": "other"}), "shown", [LESSON])
    with any_store.database.reading() as session:
        kept = session.scalars(text("SELECT data FROM demonstration")).all()
    assert all(bytes(data).startswith(b"DLS1") for data in kept)
    for one in (before, after):
        (lesson,) = any_store.exercises.lessons(one.id)
        assert bits(lesson.poses.xy_px) == bits(LESSON.poses.xy_px)


@pytest.mark.parametrize("damage", ["", "{}", "[]", '{"schema": "diagonal.trials/1"}', '{"schema": "x"}'])
def test_damaged_trials_are_told(damage: str) -> None:
    with pytest.raises(TrialsError, match="stored trials"):
        trials_of(damage)


def test_trials_come_back_equal(any_store: Store) -> None:
    proof = replace(stands(any_store.exercises.add(MINE, "file")), alike=("squat",))
    assert trials_of(trials_text(proof)) == proof


def test_what_an_author_translated_is_said_in_each_language() -> None:
    squat = load_template("squat").model_copy(
        update={
            "id": "my-squat",
            "title": "Stuhlsitz",
            "translations": {
                "en": {"Stuhlsitz": "Chair sit"},
                "es": {"{value} zu tief": "{value} demasiado bajo"},
            },
        }
    )
    use_own(lambda: own)
    own = {"my-squat": squat}
    try:
        assert [say("Stuhlsitz", code) for code in ("en", "de", "es")] == [
            "Chair sit",
            "Stuhlsitz",
            "Stuhlsitz",
        ]
        assert say("12 zu tief", "es") == "12 demasiado bajo"
        assert say("Ready", "de") == pack("de").sentences["Ready"]
        with in_language("en"):
            assert tr("Stuhlsitz") == "Chair sit"
        own = {}
        assert say("Stuhlsitz", "en") == "Stuhlsitz"
    finally:
        use_own(None)
