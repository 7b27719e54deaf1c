"""The page of progress, as Streamlit runs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from i18n.names import course_title
from patterns.programs.program import load_program
from patterns.templates.library import load_template
from scoring.safety.stop_rules import CheckIn
from sessions.history.progress import SYMMETRY, Change, Course, Point, Week
from sessions.store.plans_and_check_ins import Plan
from sessions.store.store import Store
from tests.sessions.store.test_store import START, rep
from ui.live.app_state import workplace
from ui.progress.page import told
from ui.progress.plots import apart, course_figure, weeks_figure

SQUAT = load_template("squat")
NOW = datetime.now(UTC)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    workplace.cache_clear()
    yield workplace().store
    workplace().store.close()
    workplace.cache_clear()


def progress() -> None:
    from ui.progress import page as progress_page

    progress_page.show()


def shown() -> AppTest:
    return AppTest.from_function(progress, default_timeout=30).run()


def sessions(store: Store, *totals: tuple[float, ...]) -> None:
    for day, of in enumerate(totals):
        start = replace(START, template_sha256=SQUAT.sha256, started_at=NOW - timedelta(days=9 - day))
        number = store.begin(start, [SQUAT])
        for i, total in enumerate(of, 1):
            store.add_rep(number, rep(i, 4.0 * i, total), None)
        store.finish(number)


def test_without_sessions_the_page_says_when_there_will_be_something(kept: Store) -> None:
    assert "After two sets" in shown().info[0].value


def test_a_change_is_told_in_words_and_every_number_is_in_a_table(kept: Store) -> None:
    """70, 74, 78, then 90, 92, 94: means 74 and 92, smallest change 5.06 (test_progress)."""
    sessions(kept, (70.0, 74.0, 78.0), (90.0, 92.0, 94.0))
    kept.add_check_in(CheckIn(NOW, "before", 3, 1))
    page = shown()
    assert not page.exception
    said = [text.value for text in page.markdown]
    assert "Better: 74 points, then 92 points. That is more than the error (5.1 points)." in said
    assert not page.table, "tables are made when they are opened"
    for folded in ("progress-numbers", "progress-answers"):
        page.session_state[folded] = True
    page.run()
    table = page.table[0].value
    assert table["What"].tolist()[0] == "Score, points of 100"
    assert table["First"].tolist()[0] == "74 points"
    assert table["More than error from"].tolist()[0] == "5.1 points"
    assert page.table[1].value["Pain"].tolist() == ["3"]


def a_course(
    sems: tuple[float | None, float | None], name: str = "total", judged_anew: tuple[int, ...] = ()
) -> Course:
    points = tuple(Point(i, NOW + timedelta(days=i), 50.0 + 10 * i, sem, 3) for i, sem in enumerate(sems))
    return Course("squat", "both", name, "points", points, judged_anew)


def test_the_three_answers() -> None:
    assert told(a_course((10.0, 10.0))).startswith(
        "No change shown: 50 points, then 60 points; a change of 28 points"
    )
    assert told(a_course((1.0, 1.0))).startswith("Better: 50 points, then 60 points")
    assert told(a_course((1.0, 1.0), "tremor")).startswith("Worse: 50 points, then 60 points")
    assert told(a_course((1.0, 1.0), "knee_flexion")).startswith("Changed: 50 points, then 60 points")
    assert "too few repetitions" in told(a_course((1.0, None)))
    assert told(a_course((1.0, 1.0), judged_anew=(1,))) == "One session so far: nothing to compare."


def test_the_plot_has_the_error_the_band_and_the_line_after_which_it_was_judged_otherwise() -> None:
    """Errors 1.96 * 2; the band is the first value and 1.96 sqrt(8) = 5.54 either side."""
    figure = course_figure(a_course((2.0, 2.0)))
    assert list(figure.data[0].error_y.array) == pytest.approx([3.92, 3.92])
    band = figure.layout.shapes[0]
    assert (band.y0, band.y1) == pytest.approx((50 - 5.544, 50 + 5.544), abs=1e-3)
    assert len(course_figure(a_course((2.0, 2.0), judged_anew=(1,))).layout.shapes) == 1
    assert course_title(a_course((2.0, 2.0), SYMMETRY + "time_out")) == "Right against left, time out (%)"
    assert isinstance(a_course((1.0, 1.0)).change, Change)


def test_a_program_is_looked_at_alone(kept: Store) -> None:
    """Rising from a chair before the program and after it was given, and a squat that it does not ask for."""
    given = NOW - timedelta(days=5)
    kept.give_plan(Plan(load_program("after-knee-surgery"), "left", given))
    chair = load_template("sit-to-stand")
    for template, day, total in ((chair, 9, 50.0), (chair, 3, 70.0), (chair, 1, 90.0), (SQUAT, 1, 60.0)):
        start = replace(
            START,
            started_at=NOW - timedelta(days=day),
            pattern_id=template.id,
            template_sha256=template.sha256,
        )
        number = kept.begin(start, [template])
        for i in (1, 2):
            kept.add_rep(number, rep(i, 4.0 * i, total), None)
        kept.finish(number)
    page = shown()
    assert not page.exception
    assert len(page.selectbox(key="progress-exercise").options) == 2
    program = page.selectbox(key="progress-program")
    assert program.options[0] == "All that was practised"
    program.set_value(kept.periods()[0]).run()
    assert not page.exception
    assert len(page.selectbox(key="progress-exercise").options) == 1
    overview = page.table[0].value
    assert overview["Sessions"].tolist() == ["0", "2", "0", "0", "0", "0"]
    assert overview["Score"].tolist()[:2] == [
        "Not done yet.",
        "Better: 70 points, then 90 points. That is more than the error (0 points).",
    ]


def test_a_single_session_is_shown_among_days_not_in_fractions_of_a_second() -> None:
    alone = replace(a_course((2.0, 2.0)), points=a_course((2.0, 2.0)).points[:1])
    low, high = course_figure(alone).layout.xaxis.range
    assert high - low == timedelta(days=7) and low < NOW < high
    assert course_figure(alone).layout.xaxis.dtick == 24 * 3600 * 1000, "a tick a day, none at hours"
    long = replace(alone, points=(alone.points[0], replace(alone.points[0], at=NOW + timedelta(days=8))))
    assert course_figure(long).layout.xaxis.range is None


def test_many_sessions_are_a_line_with_their_error_along_it() -> None:
    """70 sessions of 50 points each, error 1.96 * 2 = 3.92 on either side."""
    days = tuple(Point(i, NOW + timedelta(days=i), 50.0, 2.0, 3) for i in range(70))
    error, line = course_figure(replace(a_course((2.0, 2.0)), points=days)).data
    assert (line.mode, list(line.y)) == ("lines", [50.0] * 70)
    assert list(error.y) == pytest.approx([53.92] * 70 + [46.08] * 70)
    assert list(error.x) == [*line.x, *line.x[::-1]]


def test_a_bar_of_practice_is_as_wide_as_its_week_and_on_its_days() -> None:
    """The week of Monday 2 March: the bar lies between that day and Monday 9 March, with which the axis ends."""
    made = weeks_figure([Week(date(2026, 3, 2), 3, None)])
    (bar,) = made.data
    day_ms = 24 * 3600 * 1000
    assert bar.x[0] == date(2026, 3, 2)
    assert 0 <= bar.offset < day_ms and 6 * day_ms < bar.width <= 7 * day_ms - bar.offset
    assert tuple(made.layout.xaxis.range) == (date(2026, 2, 9), date(2026, 3, 9))
    many = weeks_figure([Week(date(2026, 3, 2) + timedelta(days=7 * i), 3, 5) for i in range(30)])
    assert many.layout.xaxis.range[0] == date(2026, 3, 2)


def test_several_sessions_of_one_day_stand_apart_on_that_day_in_their_order() -> None:
    """Three within four minutes: at a quarter, half and three quarters of the day; the one before stays where it is."""
    morning = datetime(2026, 11, 29, 9, 0).astimezone()
    times = [morning - timedelta(days=2), *(morning + timedelta(minutes=2 * k) for k in range(3))]
    placed = apart(times)
    assert placed[0] == times[0]
    assert [(one.date(), one.hour) for one in placed[1:]] == [(morning.date(), hour) for hour in (6, 12, 18)]
    points = tuple(Point(i, time, 50.0, 2.0, 3) for i, time in enumerate(times))
    (line,) = course_figure(replace(a_course((2.0, 2.0)), points=points)).data
    assert list(line.x) == placed and "9:04" in line.text[3]
