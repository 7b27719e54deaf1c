"""Who may see and do what: refused by the store itself, for every one of its methods, in both databases."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from patterns.programs.program import load_program
from patterns.programs.timed_test import load_timed_test
from patterns.templates.library import load_template
from scoring.safety.stop_rules import CheckIn
from scoring.trials.validation import Proof
from sessions.agreement.query import rated
from sessions.backup.backup import back_up, delete_person
from sessions.history.queries import dossier_of, history_of
from sessions.history.timed_results import TimedResultsKept
from sessions.people.access import NotAllowedError, Viewer
from sessions.people.audit import trail
from sessions.people.people import PersonError
from sessions.people.repository import PeopleKept
from sessions.rescoring.repository import RescoringsKept
from sessions.store.exercise_repository import ExercisesKept
from sessions.store.plans_and_check_ins import Plan
from sessions.store.review_repository import ReviewsKept
from sessions.store.reviews import Review
from sessions.store.store import Store
from tests.sessions.store.test_store import START as ANY_START
from tests.sessions.store.test_store import rep
from tests.support.clips import standing

SQUAT = load_template("squat")
FIVE = load_timed_test("five-times-sit-to-stand")
START = replace(ANY_START, template_sha256=SQUAT.sha256)
POSES = standing(10)
LATER = replace(POSES, t_s=POSES.t_s + 1)
THERAPIST = Viewer("therapist", "T. Herapist")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PLAN = Plan(load_program("stroke-arm"), "right", NOW)


class Kept:
    """Two patients with a session each, a therapist, and the store as each of them may see it."""

    def __init__(self, store: Store) -> None:
        self.therapist = store.seen_by(THERAPIST)
        self.anna = self.therapist.people.add("Anna", login="anna@example.org")
        self.ben = self.therapist.people.add("Ben")
        self.as_anna = store.seen_by(Viewer("patient", "Anna", self.anna.id))
        self.as_ben = store.seen_by(Viewer("patient", "Ben", self.ben.id))
        mine = SQUAT.model_copy(update={"id": "my-squat", "family": "own"})
        self.own = self.therapist.exercises.add(mine, "hand")
        self.proof = Proof(self.own.template.sha256, ())
        self.therapist.exercises.tried(self.own.id, self.proof)
        self.of_anna, self.of_ben = (self._set(seen) for seen in (self.as_anna, self.as_ben))

    @staticmethod
    def _set(seen: Store) -> int:
        seen.add_check_in(CheckIn(NOW, "before", 1, 2))
        number = seen.begin(START, [SQUAT])
        seen.add_rep(number, rep(1), POSES)
        return number

    def stands(self, seen: Store, number: int) -> int:
        """A session that may be a test, where it is for a therapist; else the one that is asked about."""
        if seen.viewer.role == "patient":
            return number
        template = load_template(FIVE.pattern)
        start = replace(START, pattern_id=template.id, template_sha256=template.sha256)
        made = seen.begin(start, [template], self.ben.id)
        seen.add_rep(made, rep(1), POSES)
        return made

    def review(self, number: int) -> Review:
        return Review(number, 1, "T. Herapist", "changed", "attempt", None)


@pytest.fixture
def kept(any_store: Store) -> Kept:
    return Kept(any_store)


Asks = Callable[[Kept, Store, int, int], Any]
"""What is asked: kept, the store as somebody sees it, a session, and the person whose it is."""

OF_SOMEBODY: Final[dict[str, Asks]] = {
    "Store.begin": lambda k, s, n, p: s.begin(START, person_id=p),
    "Store.add_rep": lambda k, s, n, p: s.add_rep(n, rep(2), None),
    "Store.add_poses": lambda k, s, n, p: s.add_poses(n, LATER),
    "Store.finish": lambda k, s, n, p: s.finish(n),
    "Store.sessions": lambda k, s, n, p: s.sessions(p),
    "Store.session": lambda k, s, n, p: s.session(n),
    "Store.reviewed": lambda k, s, n, p: s.reviewed(n),
    "Store.owner": lambda k, s, n, p: s.owner(n),
    "Store.numbers": lambda k, s, n, p: s.numbers(p),
    "Store.poses": lambda k, s, n, p: s.poses(n),
    "Store.frames": lambda k, s, n, p: list(s.frames(n)),
    "Store.check_ins": lambda k, s, n, p: s.check_ins(person_id=p),
    "Store.plan": lambda k, s, n, p: s.plan(p),
    "Store.periods": lambda k, s, n, p: s.periods(p),
    "PeopleKept.get": lambda k, s, n, p: s.people.get(p),
    "ReviewsKept.of": lambda k, s, n, p: s.reviews.of([n]),
    "ReviewsKept.rows": lambda k, s, n, p: s.reviews.rows([n]),
    "RescoringsKept.of": lambda k, s, n, p: RescoringsKept(s).of(n),
    "TimedResultsKept.of": lambda k, s, n, p: TimedResultsKept(s).of(p),
    "dossier_of": lambda k, s, n, p: dossier_of(s, n),
    "history_of": lambda k, s, n, p: history_of(s, p),
}
"""For the person and for therapists."""
FOR_THERAPISTS: Final[dict[str, Asks]] = {
    "Store.all_sessions": lambda k, s, n, p: s.all_sessions(),
    "Store.give_plan": lambda k, s, n, p: s.give_plan(PLAN, p),
    "PeopleKept.add": lambda k, s, n, p: s.people.add("Clara"),
    "PeopleKept.describe": lambda k, s, n, p: s.people.describe(k.anna),
    "ReviewsKept.add": lambda k, s, n, p: s.reviews.add(k.review(n)),
    "ReviewsKept.withdraw": lambda k, s, n, p: s.reviews.withdraw(k.review(n)),
    "ReviewsKept.counts": lambda k, s, n, p: s.reviews.counts(),
    "RescoringsKept.rescore": lambda k, s, n, p: RescoringsKept(s).rescore(n, SQUAT),
    "TimedResultsKept.keep": lambda k, s, n, p: TimedResultsKept(s).keep(k.stands(s, n), FIVE),
    "ExercisesKept.add": lambda k, s, n, p: s.exercises.add(k.own.template, "changed"),
    "ExercisesKept.all": lambda k, s, n, p: s.exercises.all(),
    "ExercisesKept.get": lambda k, s, n, p: s.exercises.get(k.own.id),
    "ExercisesKept.lessons": lambda k, s, n, p: s.exercises.lessons(k.own.id),
    "ExercisesKept.tried": lambda k, s, n, p: s.exercises.tried(k.own.id, k.proof),
    "ExercisesKept.approve": lambda k, s, n, p: s.exercises.approve(k.own.id),
    "ExercisesKept.withdraw": lambda k, s, n, p: s.exercises.withdraw(k.own.id),
    "rated": lambda k, s, n, p: rated(s),
    "trail": lambda k, s, n, p: trail(s.database, s.viewer),
}
OF_ONESELF: Final = {
    "Store.sets_of", "Store.of_file", "Store.add_check_in", "Store.skip_questions", "Store.has_open_questions",
    "PeopleKept.own", "PeopleKept.all", "PeopleKept.find",
}  # fmt: skip
"""Without a person to be named; that they tell of nobody else is tested below."""
OF_NOBODY: Final = {
    "Store.open", "Store.close", "Store.seen_by", "Store.people", "Store.reviews", "Store.exercises",
    "Store.forget_numbers", "PeopleKept.of_login", "PeopleKept.is_kept", "PeopleKept.signs_in_as",
    "ExercisesKept.approved",
}  # fmt: skip


def test_every_method_of_the_store_is_in_one_of_these_tables() -> None:
    there = {
        f"{kind.__name__}.{name}"
        for kind in (Store, PeopleKept, ReviewsKept, ExercisesKept, RescoringsKept, TimedResultsKept)
        for name, _ in inspect.getmembers(kind, lambda x: callable(x) or isinstance(x, property))
        if not name.startswith("_") and name != "store"
    }
    said = {name for name in (*OF_SOMEBODY, *FOR_THERAPISTS) if "." in name} | OF_ONESELF | OF_NOBODY
    assert there == said


@pytest.mark.parametrize("name", OF_SOMEBODY)
def test_a_patient_gets_their_own_and_nobody_elses(kept: Kept, name: str) -> None:
    ask = OF_SOMEBODY[name]
    before = _all_of(kept.therapist, kept.ben.id)
    with pytest.raises(NotAllowedError, match="it is not yours"):
        ask(kept, kept.as_anna, kept.of_ben, kept.ben.id)
    assert _all_of(kept.therapist, kept.ben.id) == before
    ask(kept, kept.as_anna, kept.of_anna, kept.anna.id)
    ask(kept, kept.therapist, kept.of_ben, kept.ben.id)


@pytest.mark.parametrize("name", FOR_THERAPISTS)
def test_only_a_therapist_may(kept: Kept, name: str) -> None:
    ask = FOR_THERAPISTS[name]
    for whose, number in ((kept.anna, kept.of_anna), (kept.ben, kept.of_ben)):
        before = _all_of(kept.therapist, whose.id)
        with pytest.raises(NotAllowedError, match="only a therapist may do that"):
            ask(kept, kept.as_anna, number, whose.id)
        assert _all_of(kept.therapist, whose.id) == before
    ask(kept, kept.therapist, kept.of_ben, kept.ben.id)


def _all_of(store: Store, person_id: int) -> object:
    lines = store.sessions(person_id)
    reps = [(store.session(line.id).reps, line.finished_at) for line in lines]
    frames = [len(list(store.frames(line.id))) for line in lines]
    reviews = store.reviews.of([line.id for line in lines])
    return (
        reps,
        frames,
        reviews,
        store.check_ins(person_id=person_id),
        store.plan(person_id),
        store.people.all(),
    )


def test_what_is_asked_without_a_name_is_about_oneself(kept: Kept) -> None:
    kept.as_ben.finish(kept.of_ben)
    kept.therapist.give_plan(PLAN, kept.ben.id)
    assert [person.alias for person in kept.as_anna.people.all()] == ["Anna"]
    assert kept.as_anna.people.own() == kept.anna
    assert [line.id for line in kept.as_anna.sessions()] == [kept.of_anna]
    assert (kept.as_anna.sets_of("squat"), kept.as_ben.sets_of("squat")) == (0, 1)
    plan = kept.as_ben.plan()
    assert kept.as_anna.plan() is None
    assert plan is not None
    assert (plan.program.id, plan.given_at) == ("stroke-arm", NOW)
    assert len(kept.as_anna.check_ins()) == 1
    assert (kept.as_anna.has_open_questions(NOW), kept.as_ben.has_open_questions(NOW)) == (False, True)
    kept.as_anna.skip_questions()
    assert kept.as_ben.has_open_questions(NOW)
    with pytest.raises(PersonError, match=r"there is no such person; known: Anna$"):
        kept.as_anna.people.find("Ben")


def test_a_therapist_says_whom_it_is_about(kept: Kept) -> None:
    for ask in (kept.therapist.sessions, kept.therapist.plan, kept.therapist.people.own):
        with pytest.raises(PersonError, match="say whom"):
            ask()
    assert {line.person_id for line in kept.therapist.all_sessions()} == {kept.anna.id, kept.ben.id}


def test_a_login_finds_its_person(kept: Kept) -> None:
    assert kept.therapist.people.of_login("anna@example.org") == kept.anna
    assert kept.therapist.people.of_login("ben@example.org") is None
    with pytest.raises(PersonError, match=r'The login "anna@example\.org" is already taken\.'):
        kept.therapist.people.describe(kept.ben, login="anna@example.org")
    with pytest.raises(PersonError, match=r'The name "Anna" is already taken\.'):
        kept.therapist.people.add("Anna ")


def test_who_read_and_changed_what_is_written_down(kept: Kept) -> None:
    dossier_of(kept.as_anna, kept.of_anna)
    kept.therapist.reviews.add(kept.review(kept.of_ben))
    entries = trail(kept.therapist.database, THERAPIST)
    assert [(e.who, e.role, e.action, e.person_id, e.about) for e in entries] == [
        ("T. Herapist", "therapist", "added a person", kept.anna.id, ""),
        ("T. Herapist", "therapist", "added a person", kept.ben.id, ""),
        ("T. Herapist", "therapist", "kept an exercise", None, "my-squat/1"),
        ("Anna", "patient", "read a session", kept.anna.id, str(kept.of_anna)),
        ("T. Herapist", "therapist", "reviewed a repetition", kept.ben.id, f"{kept.of_ben}/1"),
    ]
    assert [e.about for e in trail(kept.therapist.database, THERAPIST, kept.ben.id)] == [
        "",
        entries[-1].about,
    ]


def test_what_is_taken_along_is_written_down(kept: Kept, tmp_path: Path) -> None:
    back_up(kept.therapist, tmp_path / "ben.zip", kept.ben.id)
    back_up(kept.therapist, tmp_path / "all.zip")
    delete_person(kept.therapist, kept.ben.id, tmp_path / "last.zip")
    done = [(e.who, e.action, e.person_id) for e in trail(kept.therapist.database, THERAPIST)][3:]
    assert done == [
        ("T. Herapist", "took all of a person along", kept.ben.id),
        ("T. Herapist", "took a backup", None),
        ("T. Herapist", "took all of a person along", kept.ben.id),
        ("T. Herapist", "deleted a person", kept.ben.id),
    ]


def test_programs_held_until_the_next_or_their_end(kept: Kept) -> None:
    """Given, given another, ended, given again: each from its day to the next thing that was said."""
    days = [NOW + timedelta(days=7 * i) for i in range(2)]
    knee = Plan(load_program("after-knee-surgery"), "left", days[1])
    for plan in (PLAN, knee, None, replace(PLAN, given_at=datetime.now(UTC) + timedelta(days=1))):
        kept.therapist.give_plan(plan, kept.ben.id)
    first, second, third = kept.therapist.periods(kept.ben.id)
    told = [(one.plan.program.id, one.plan.affected, one.plan.given_at) for one in (first, second)]
    assert told == [("stroke-arm", "right", NOW), ("after-knee-surgery", "left", days[1])]
    assert first.until == days[1]
    assert second.until is not None
    assert second.until <= third.plan.given_at
    assert third.until is None
    assert kept.therapist.periods(kept.anna.id) == ()


def test_at_home_there_is_one_person_once_something_is_kept(any_store: Store) -> None:
    assert (any_store.people.own(), any_store.sessions(), any_store.people.all()) == (None, (), ())
    number = any_store.begin(START, [SQUAT])
    me = any_store.people.own()
    assert me is not None
    assert (me.alias, any_store.owner(number)) == ("Me", me.id)
    any_store.add_check_in(CheckIn(NOW, "before", 0, 0))
    assert history_of(any_store).check_ins == any_store.check_ins()
