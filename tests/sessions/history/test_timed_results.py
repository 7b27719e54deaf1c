"""Results of timed tests over time, from a recording to the page of progress."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from patterns.programs.timed_test import load_timed_test
from patterns.templates.library import load_template
from scoring.coach.recording import Judged, judge
from scoring.results.session_json import BackendFacts
from scoring.safety.timed_tests import Outcome, Trial, run_test
from sessions.backup.backup import delete_person
from sessions.database.schema import TimedResultRow
from sessions.history.timed_results import TimedResult, TimedResultError, TimedResultsKept, fitting_tests
from sessions.people.access import Role, Viewer
from sessions.store.reviews import Review
from sessions.store.save_recording import keep_recording
from sessions.store.store import Store
from tests.commands.test_cli import Runner
from tests.support.movements import Rep, frames, squat_posture, standing_up
from ui.live.app_state import workplace
from ui.progress.timed_tests import result_figure, told
from vision.recording import write_recording

FIVE, THIRTY = load_timed_test("five-times-sit-to-stand"), load_timed_test("thirty-second-chair-stand")
STANDS = load_template("sit-to-stand")
NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)


def standing(every_s: float = 4.0) -> Judged:
    """Rises of 1.4 s: by hand the fifth stands four intervals and 1.4 s after the first began."""
    reps = [Rep(1.5 + every_s * k, 1.4, 0.4, 1.4) for k in range(8)]
    return judge(frames(reps, standing_up), STANDS, "both")


def kept_set(store: Store, judged: Judged, person_id: int | None = None) -> int:
    facts = BackendFacts("analytic", None, None)
    return keep_recording(store, STANDS, "both", judged.poses, judged.reps, facts, person_id=person_id)


def test_a_stored_session_gives_the_result_that_its_recording_gave(any_store: Store) -> None:
    judged = standing()
    number = kept_set(any_store, judged)
    kept = TimedResultsKept(any_store)
    result = kept.keep(number, FIVE)
    assert result.outcome == run_test(FIVE, Trial.of(judged.reps, judged.poses, FIVE))
    assert result.outcome.value == pytest.approx(17.4, abs=0.4)
    thirty = kept.keep(number, THIRTY)
    assert thirty.outcome == run_test(THIRTY, Trial.of(judged.reps, judged.poses, THIRTY))
    assert kept.of() == (result, thirty)
    assert kept.keep(number, FIVE) == result and len(kept.of()) == 2


def test_what_a_therapist_said_of_a_repetition_counts(any_store: Store) -> None:
    number = kept_set(any_store, standing())
    before = TimedResultsKept(any_store).keep(number, FIVE).outcome.value
    any_store.reviews.add(Review(number, 2, "T. Herapist", "changed", "attempt", None))
    after = TimedResultsKept(any_store).keep(number, FIVE).outcome.value
    assert before is not None and after is not None
    assert after - before == pytest.approx(4.0, abs=0.15)


def test_another_exercise_is_no_such_test(any_store: Store) -> None:
    squat = load_template("squat")
    judged = judge(frames([Rep(1.5)], squat_posture), squat, "both")
    number = keep_recording(
        any_store, squat, "both", judged.poses, judged.reps, BackendFacts("analytic", None, None)
    )
    assert fitting_tests(any_store.session(number).start) == ()
    with pytest.raises(TimedResultError, match=r"it is squat .*needs sit-to-stand on side both"):
        TimedResultsKept(any_store).keep(number, FIVE)
    assert TimedResultsKept(any_store).of() == ()


def result(value: float | None, day: int = 0) -> TimedResult:
    return TimedResult(1, NOW + timedelta(days=day), FIVE.id, Outcome(value, "s", None, value))


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ((15.0,), "One session so far: nothing to compare."),
        ((15.0, 11.0), "No change shown: 15.0 s, then 11.0 s; a change of 4.2 s or more would be shown."),
        ((15.0, None, 10.7), "Better: 15.0 s, then 10.7 s. That is more than the error (4.2 s)."),
    ],
)
def test_a_change_is_told_against_the_published_error(values: tuple[float | None, ...], says: str) -> None:
    """By hand: 4.0 s is less than the published 4.2 s, 4.3 s is more."""
    assert told(FIVE, [result(value, day) for day, value in enumerate(values)]) == says


def test_without_a_published_error_no_verdict_is_given() -> None:
    assert "is not known" in told(THIRTY, [result(10.0), result(14.0, 1)])


def test_the_norm_of_the_persons_group_is_a_line() -> None:
    row = next(row for row in FIVE.norms.row if row.holds_for(75, "female"))
    shapes = result_figure(FIVE, [result(15.0), result(11.0, 1)], row).layout.shapes
    assert [shape.y0 for shape in shapes] == [12.6]
    assert result_figure(FIVE, [result(15.0)], None).layout.shapes == ()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Runner:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path / "data"))
    return Runner(monkeypatch, capsys)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    workplace.cache_clear()
    yield workplace().store
    workplace().store.close()
    workplace.cache_clear()


def section(role: Role) -> AppTest:
    def page(role: str) -> None:  # run apart from this file: nothing above is known in it
        from typing import cast

        from sessions.people.access import Role, Viewer
        from ui.live.app_state import workplace
        from ui.progress import timed_tests as timed_section

        store = workplace().store.seen_by(Viewer(cast(Role, role), "T. Herapist"))
        person = store.people.get(1)
        timed_section.draw(store, person)

    return AppTest.from_function(page, args=(role,), default_timeout=30).run()


def test_results_stand_under_progress_and_norms_are_for_therapists_alone(store: Store) -> None:
    anna = store.people.add("Anna", birth_year=datetime.now(UTC).year - 75, sex="female")
    TimedResultsKept(store).keep(kept_set(store, standing(), anna.id), FIVE)
    seen = section("therapist")
    assert not seen.exception
    (row,) = seen.table[0].value.to_dict("records")
    assert row["Against the norm"] == "slower than average for this age" and "at most 12.6" in row["Norm"]
    home = section("home")
    assert not home.exception
    assert set(home.table[0].value.columns) == {"When", "Session", "Result", "Why"}
    assert float(row["Result"].split()[0]) == pytest.approx(17.4, abs=0.6)


def test_a_session_is_kept_as_a_test_on_the_page_of_reviews(store: Store) -> None:
    def review() -> None:
        from ui.review import page as review_page

        review_page.show()

    number = kept_set(store, standing())
    page = AppTest.from_function(review, default_timeout=60).run()
    assert not page.exception
    page.button(key=f"keep-timed-{number}").click().run()
    assert not page.exception
    (kept,) = TimedResultsKept(store).of()
    assert (kept.session_id, kept.test) == (number, FIVE.id)


def test_on_the_command_line_a_result_is_kept_and_listed(run: Runner, tmp_path: Path) -> None:
    write_recording(tmp_path / "set.npz", standing().poses)
    asked = ("tests", "run", tmp_path / "set.npz", "--test", FIVE.id, "--side", "both", "--keep", "Anna")
    assert run(*asked)[0] == 2
    year = str(datetime.now(UTC).year - 75)
    run("people", "add", "Anna", "--birth-year", year, "--sex", "female")
    status, said, _ = run(*asked)
    assert (status, "Kept as session 1 of Anna." in said) == (0, True)
    plain = run("tests", "results", "Anna")[1]
    assert "Five-times sit-to-stand: 17." in plain and "average" not in plain
    assert "slower than average for this age" in run("tests", "results", "Anna", "--therapist")[1]


def test_deleting_a_person_takes_their_results_along(any_store: Store, tmp_path: Path) -> None:
    anna = any_store.people.add("Anna")
    TimedResultsKept(any_store).keep(kept_set(any_store, standing(), anna.id), FIVE)
    manifest = delete_person(any_store, anna.id, tmp_path / "anna.zip")
    assert manifest.tables["timed_result"].rows == 1
    therapist = any_store.seen_by(Viewer("therapist", "T"))
    assert therapist.all_sessions() == ()
    with any_store.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(TimedResultRow)) == 0
