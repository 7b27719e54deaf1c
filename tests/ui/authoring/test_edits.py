"""What comes back from the widgets of authoring is believed only where it can be right."""

from __future__ import annotations

import base64
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from patterns.learning.repetition_finder import FoundRep
from ui.authoring import component as author_widget
from ui.authoring import curve_editor as author_curve
from ui.authoring import recorder as author_recorder
from ui.authoring import timeline_editor as author_timeline
from ui.authoring.timeline_editor import MOST, POINTS, Marked
from ui.page.streamlit_settings import SETTINGS

FROM_S, TO_S = 0.5, 30.0
FOUND = (Marked(FoundRep(2.0, 3.5, 4.0, 6.0)), Marked(FoundRep(6.0, 8.0, 8.0, 10.0), kept=False))
ROWS: list[list[Any]] = [[2.0, 3.5, 4.0, 6.0, True], [6.0, 8.0, 8.0, 10.0, False]]

odd = st.one_of(
    st.none(), st.booleans(), st.text(max_size=3), st.integers(), st.just(10**400), st.floats(), st.just([])
)
rows = st.lists(
    st.one_of(odd, st.lists(st.one_of(odd, st.floats(-1, 40)), max_size=6), st.sampled_from(ROWS)), max_size=5
)


def checked(values: object) -> tuple[Marked, ...]:
    return author_timeline.checked(values, FOUND, FROM_S, TO_S)


def test_an_edit_that_can_be_right_is_taken() -> None:
    assert checked(ROWS) == FOUND
    assert checked([[0.5, 1, 1, 2, False], *ROWS]) == (
        Marked(FoundRep(0.5, 1.0, 1.0, 2.0), kept=False),
        *FOUND,
    )
    assert checked([]) == ()


@pytest.mark.parametrize(
    "row",
    [
        [12.0, 13.0, 14.0, 30.001, True],
        [12.0, 12.0, 14.0, 16.0, True],
        [12.0, 14.5, 14.0, 16.0, True],
        [12.0, 13.0, 16.0, 16.0, True],
        [9.9, 13.0, 14.0, 16.0, True],
        [12.0, float("nan"), 14.0, 16.0, True],
        [12.0, 13.0, 14.0, float("inf"), True],
        [12.0, 13.0, 14.0, 16.0, 1],
        [12.0, 13.0, 14.0, True, True],
        [12.0, 13.0, 14.0, 16.0],
        ["12.0", 13.0, 14.0, 16.0, True],
        [12.0, 13.0, 14.0, 10**400, True],
    ],
)
def test_an_edit_that_cannot_be_right_changes_nothing(row: list[Any]) -> None:
    assert checked([*ROWS, row]) == FOUND


def test_repetitions_stay_in_order_and_few() -> None:
    assert checked(ROWS[::-1]) == FOUND
    assert checked([ROWS[0], ROWS[0]]) == FOUND
    many = [[1 + 0.1 * k, 1.02 + 0.1 * k, 1.03 + 0.1 * k, 1.05 + 0.1 * k, True] for k in range(MOST + 1)]
    assert len(checked(many[:MOST])) == MOST
    assert checked(many) == FOUND


def test_what_was_found_is_right_even_where_it_is_not_in_order() -> None:
    found = (Marked(FoundRep(2.0, 2.0, 4.0, 6.0)), Marked(FoundRep(5.5, 8.0, 8.0, 10.0)))
    dropped = [[2.0, 2.0, 4.0, 6.0, False], [5.5, 8.0, 8.0, 10.0, True]]
    assert [one.kept for one in author_timeline.checked(dropped, found, FROM_S, TO_S)] == [False, True]
    dropped[1][0] = 5.6
    assert author_timeline.checked(dropped, found, FROM_S, TO_S) == found


@given(st.one_of(odd, rows, st.dictionaries(st.text(max_size=2), odd, max_size=2)))
def test_whatever_comes_from_a_browser_repetitions_are_sound(values: object) -> None:
    now = checked(values)
    for one in now:
        rep = one.rep
        assert FROM_S <= rep.start_s < rep.peak_s <= rep.leave_s < rep.end_s <= TO_S
        assert {type(rep.start_s), type(one.kept)} == {float, bool}
    assert all(one.rep.end_s <= after.rep.start_s for one, after in pairwise(now))


@given(st.one_of(odd, st.lists(st.one_of(odd, st.floats(-400, 400)), min_size=2, max_size=4)))
def test_whatever_comes_from_a_browser_a_curve_is_sound(values: object) -> None:
    now = author_curve.checked(values, (10, 500.0, 30.0), "deg")
    assert len(now) == 3
    assert all(type(value) is float and (abs(value) <= 360 or value == 500) for value in now)


def test_a_curve_takes_numbers_within_reach_alone() -> None:
    assert author_curve.checked([1, 2.5, -360], (0.0, 0.0, 0.0), "deg") == (1.0, 2.5, -360.0)
    assert author_curve.checked([1, 2.5, -361], (0.0, 0.0, 0.0), "deg") == (0.0, 0.0, 0.0)
    assert author_curve.checked([1, 2.5, -361], (0.0, 0.0, 0.0), "arm lengths") == (1.0, 2.5, -361.0)
    assert author_curve.checked([1, 2.5], (0.0, 0.0, 0.0), "deg") == (0.0, 0.0, 0.0)


def test_an_edit_of_other_data_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {"k": {"edited": {"id": "first", "values": ROWS}}, "n": {"edited": None}, "o": {}}
    monkeypatch.setattr("streamlit.session_state", state)
    assert author_widget.edited("k", "first") == ROWS
    assert author_widget.edited("k", "second") is None
    assert [author_widget.edited(key, "first") for key in ("n", "o", "never shown")] == [None, None, None]


def test_the_curve_is_thinned_and_keeps_its_gaps() -> None:
    t_s = np.arange(0, 60, 1 / 30)
    progress = np.sin(t_s)
    progress[600:900] = np.nan
    drawn = author_timeline.timeline_data("a", t_s, progress, FOUND)
    assert len(drawn["t_s"]) == len(drawn["progress"]) == POINTS
    assert (drawn["t_s"][0], drawn["t_s"][-1]) == (0, round(float(t_s[-1]), 3))
    for at, value in zip(drawn["t_s"], drawn["progress"], strict=True):
        assert (value is None) == (20 - 1e-3 < at < 30 - 1e-3)
        assert value is None or value == pytest.approx(np.sin(at), abs=1e-3)
    assert drawn["reps"] == ROWS


@given(st.one_of(odd, st.text(alphabet="AQ=/+\n-é", max_size=9)))
def test_whatever_comes_from_a_browser_is_a_recording_or_none(value: object) -> None:
    made = author_recorder.decoded(value)
    if made is not None:
        assert isinstance(value, str) and not set(value) - set("AQ/+=")
        assert 0 < len(made) == len(value) // 4 * 3 - value.count("=")


def test_a_recording_is_taken_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(author_recorder, "MOST_BYTES", 1000)
    assert author_recorder.decoded(base64.b64encode(bytes(1000)).decode()) == bytes(1000)
    assert author_recorder.decoded(base64.b64encode(bytes(1001)).decode()) is None
    assert author_recorder.decoded("A" * 10**6) is None


@pytest.mark.parametrize("longest_s", [5.0, 60.0, 600.0])
def test_the_longest_recording_fits_into_one_message(longest_s: float) -> None:
    told = author_recorder.recorder_data(longest_s)
    whole = 4 / 3 * told["most_bytes"]
    assert whole < 1_000_000 * SETTINGS["server.maxWidgetStateSize"]
    assert told["bits_per_s"] * longest_s / 8 <= told["most_bytes"]


def page() -> None:
    import numpy
    import streamlit

    from tests.ui.authoring.test_edits import FOUND
    from ui.authoring.curve_editor import edit_curve
    from ui.authoring.recorder import record
    from ui.authoring.timeline_editor import edit_repetitions

    t_s = numpy.arange(0, 30, 0.1)
    now = edit_repetitions("times", "first", t_s, numpy.sin(t_s), FOUND[::-1])
    values = edit_curve("knots", "first", "Hand height", "arm lengths", (0.0, 1.0), (0, 0.5), tolerance=0.1)
    streamlit.text(f"{now == FOUND} {values} {record('camera') is None}")


def test_a_page_has_what_was_given_until_it_is_edited() -> None:
    seen = AppTest.from_function(page, default_timeout=60).run()
    assert not seen.exception
    assert [text.value for text in seen.text] == ["True (0.0, 0.5) True"]
    assert not seen.run().exception
