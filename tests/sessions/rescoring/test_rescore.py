"""A stored session judged anew: which repetition became which, the record as text, both results kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from i18n.rescoring_sentences import difference_lines
from patterns.templates.errors import SideError
from patterns.templates.library import load_template
from patterns.templates.template import FAULT_IDS, Side, Template
from patterns.templates.template_file import parse_template, write_template
from scoring.records.records import Cue, Fault, MetricValue, RepScore
from sessions.database.connection import default_path
from sessions.history.queries import dossier_of
from sessions.people.access import NotAllowedError, Viewer
from sessions.rescoring.rep_diff import RepDifference, differences
from sessions.rescoring.repository import RescoringsKept
from sessions.rescoring.rescore import (
    DamagedRescoringError,
    Rescoring,
    RescoringError,
    rescored,
    rescoring_of,
    rescoring_text,
)
from tests.commands.test_cli import Runner
from tests.sessions.rescoring.test_replay import TEMPLATE, kept, shaken
from tests.sessions.store.test_store import rep
from ui.live.app_state import workplace
from ui.review.rescoring_page import both_over_time, difference_rows


def at(index: int, start_s: float, end_s: float, side: Side = "both", kind: str = "repetition") -> RepScore:
    told = replace(rep(index), start_s=start_s, peak_s=(start_s + end_s) / 2, end_s=end_s, side=side)
    return told if kind == "repetition" else replace(told, kind="attempt", reason="turned back too early")


def shape(found: tuple[RepDifference, ...]) -> list[tuple[str, list[int], list[int]]]:
    return [(one.change, [r.index for r in one.old], [r.index for r in one.new]) for one in found]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([(0, 4), (5, 9)], [(0, 4), (5, 9)], [("same", [1], [1]), ("same", [2], [2])]),
        ([(0, 10)], [(0, 6), (6, 10)], [("split", [1], [1, 2])]),
        # The largest overlap alone would call the second half new.
        ([(0, 10), (12, 16)], [(0, 7), (8, 10), (12, 16)], [("split", [1], [1, 2]), ("same", [2], [3])]),
        ([(0, 4), (4, 8)], [(0, 8)], [("merged", [1, 2], [1])]),
        ([(0, 10), (10, 20)], [(0, 5), (5, 15), (15, 20)], [("regrouped", [1, 2], [1, 2, 3])]),
        ([(0, 4), (5, 9)], [(5, 9)], [("gone", [1], []), ("same", [2], [1])]),
        ([(5, 9)], [(0, 4), (5, 9)], [("new", [], [1]), ("same", [1], [2])]),
        ([(0, 4)], [(3, 7)], [("gone", [1], []), ("new", [], [1])]),
        ([(0, 4)], [(1, 5)], [("changed", [1], [1])]),
        ([(0, 4)], [(4, 8)], [("gone", [1], []), ("new", [], [1])]),
        ([(2, 2)], [(0, 4)], [("changed", [1], [1])]),
        ([], [], []),
    ],
)
def test_repetitions_are_matched_by_the_time_they_share(
    old: list[tuple[float, float]],
    new: list[tuple[float, float]],
    expected: list[tuple[str, list[int], list[int]]],
) -> None:
    before, now = ([at(i, *span) for i, span in enumerate(spans, 1)] for spans in (old, new))
    assert shape(differences(before, now)) == expected


def test_left_and_right_at_the_same_time_are_two_movements() -> None:
    before = [at(1, 0, 4, "left"), at(2, 0, 4, "right")]
    assert shape(differences(before, [at(1, 0, 4, "right")])) == [("gone", [1], []), ("same", [2], [1])]
    assert shape(differences([at(1, 0, 4, "left")], [at(1, 0, 4, "both")])) == [("changed", [1], [1])]


def test_what_changed_is_told_as_data() -> None:
    old = rep(1)
    new = replace(
        old,
        kind="attempt",
        reason="turned back too early",
        total=70.0,
        metrics=(replace(old.metrics[0], value=80.0), old.metrics[1]),
        faults=(Fault("knee_valgus", "knee_valgus", 12.0, 8.0, "deg", (0.0, 0.5), 0.5),),
        cue=None,
    )
    (only,) = differences([old], [new])
    told = {(d.about, d.name): (d.old, d.new, d.unit) for d in only.details}
    assert told == {
        ("kind", ""): ("repetition", "attempt", ""),
        ("reason", ""): (None, "turned back too early", ""),
        ("score", "total"): (83.25, 70.0, "points"),
        ("fault", "trunk_lean"): (14.0, None, "deg"),
        ("fault", "knee_valgus"): (None, 12.0, "deg"),
        ("metric", "knee_flexion_range value"): (91.2, 80.0, "deg"),
        ("cue", ""): ("Keep your chest over your hips (14 deg)", None, ""),
    }


FINITE = st.floats(allow_nan=False, allow_infinity=False)
MAYBE = st.none() | FINITE
WORDS = st.text(max_size=12)
METRICS = st.builds(MetricValue, WORDS, MAYBE, WORDS, MAYBE, MAYBE, FINITE)
FAULTS = st.builds(
    Fault, st.sampled_from(FAULT_IDS), WORDS, FINITE, FINITE, WORDS, st.tuples(FINITE, FINITE), FINITE
)
CUES = st.builds(Cue, WORDS, WORDS, st.none() | WORDS, MAYBE, MAYBE, WORDS)
REPS = st.builds(
    RepScore,
    st.integers(1, 999), st.sampled_from(["repetition", "attempt"]), st.none() | WORDS,
    st.sampled_from(get_args(Side)), FINITE, FINITE, FINITE, MAYBE, MAYBE, MAYBE, FINITE,
    st.lists(METRICS, max_size=3).map(tuple), st.lists(FAULTS, max_size=3).map(tuple), st.none() | CUES,
)  # fmt: skip
WHEN = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5, minutes=-30))]))


@given(st.lists(REPS, max_size=4).map(tuple), st.integers(1, 2**31), WORDS, WORDS, WHEN)
def test_a_rescoring_comes_back_from_its_text_bit_for_bit(
    reps: tuple[RepScore, ...], number: int, by: str, text: str, when: datetime
) -> None:
    made = Rescoring(number, "squat", 3, "a" * 64, text, by, reps, "1.2", when)
    again = rescoring_of(rescoring_text(made))
    assert again == made
    assert repr(again.reps) == repr(made.reps)  # -0.0 and 0.0 are equal, but not the same bits
    assert json.loads(rescoring_text(made))["schema"] == "diagonal.rescoring/1"


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_json_cannot_say_is_refused_and_not_kept_as_something_else(number: float) -> None:
    made = Rescoring(1, "squat", 3, "a" * 64, "", "T.", (replace(rep(1), total=number),))
    with pytest.raises(DamagedRescoringError):
        rescoring_text(made)


@pytest.mark.parametrize(
    ("where", "value"),
    [("reps.0.kind", "half"), ("template.sha256", "x"), ("reps.0.cue.text", 5), ("extra", 1)],
)
def test_a_damaged_text_is_told_where(where: str, value: object) -> None:
    document: dict[str, Any] = json.loads(
        rescoring_text(Rescoring(1, "squat", 3, "a" * 64, "", "T.", (rep(1),)))
    )
    *path, last = where.split(".")
    place: Any = document
    for key in path:
        place = place[int(key) if key.isdigit() else key]
    place[last] = value
    with pytest.raises(DamagedRescoringError, match=r"a stored rescoring: .*" + last):
        rescoring_of(json.dumps(document))


@given(REPS, REPS)
def test_one_to_one_details_are_there_exactly_where_something_differs(a: RepScore, b: RepScore) -> None:
    b = replace(b, start_s=0.0, peak_s=0.5, end_s=1.0, side="both")
    for old in (replace(a, start_s=0.0, peak_s=0.5, end_s=1.0), b):
        (only,) = differences([old], [b])
        alike = replace(old, index=1, metrics=(), faults=()) == replace(b, index=1, metrics=(), faults=())
        alike = alike and set(old.metrics) == set(b.metrics) and set(old.faults) == set(b.faults)
        if not alike:
            assert only.change == "changed"
        elif old is b:
            assert (only.change, only.details) == ("same", ())


def stricter() -> Template:
    """The squat, next version, that asks for more knee flexion than anybody has."""
    text = write_template(TEMPLATE).replace(
        f"version = {TEMPLATE.version}", f"version = {TEMPLATE.version + 1}"
    )
    return parse_template(
        text.replace("value = [100.0, 100.0]", "value = [170.0, 170.0]").encode(), "stricter"
    )


def test_the_same_template_finds_the_same_repetitions(tmp_path: Path) -> None:
    store, number, _ = kept(tmp_path / "a.sqlite", shaken(), judged_with=(TEMPLATE,))
    dossier = dossier_of(store, number)
    made = rescored(dossier, TEMPLATE, "T.")
    assert made.reps == dossier.session.reps
    assert {one.change for one in differences(dossier.session.reps, made.reps)} == {"same"}
    assert made.template == TEMPLATE


def test_a_session_that_broke_off_is_not_finished_by_judging_it_anew(tmp_path: Path) -> None:
    poses = [pose for pose in shaken() if pose.t_s < 12.0]
    store, number, _ = kept(tmp_path / "a.sqlite", poses, finished=False, judged_with=(TEMPLATE,))
    dossier = dossier_of(store, number)
    assert rescored(dossier, TEMPLATE, "T.").reps == dossier.session.reps


def test_both_results_stay_and_patients_do_not_judge(tmp_path: Path) -> None:
    store, number, _ = kept(tmp_path / "a.sqlite", shaken(), judged_with=(TEMPLATE,))
    before = store.session(number)
    made = RescoringsKept(store).rescore(number, stricter())
    assert (made.template_version, made.by) == (TEMPLATE.version + 1, "this computer")
    assert RescoringsKept(store).of(number) == (made,)
    assert store.session(number) == before
    for one in differences(before.reps, made.reps):
        assert one.change == "changed"
        told = {(d.about, d.name): (d.old, d.new) for d in one.details}
        lower, higher = told["score", "range"][::-1]
        assert isinstance(lower, float)
        assert isinstance(higher, float)
        assert lower < higher
        assert told["fault", "reduced_range"][0] is None
    with pytest.raises(NotAllowedError):
        RescoringsKept(store.seen_by(Viewer("patient", "p", store.owner(number)))).rescore(number, TEMPLATE)
    with pytest.raises(NotAllowedError):
        RescoringsKept(store.seen_by(Viewer("patient", "p", 99))).of(number)


def test_what_cannot_be_judged_anew_is_said(tmp_path: Path) -> None:
    store, number, _ = kept(tmp_path / "a.sqlite", shaken(), judged_with=(TEMPLATE,))
    dossier = dossier_of(store, number)
    with pytest.raises(RescoringError, match=f"session {number}: its landmarks are not kept"):
        rescored(replace(dossier, poses=None), TEMPLATE, "T.")
    with pytest.raises(SideError):
        rescored(dossier, load_template("shoulder-flexion"), "T.")


def test_both_results_are_shown_beside_each_other(tmp_path: Path) -> None:
    store, number, _ = kept(tmp_path / "a.sqlite", shaken(), judged_with=(TEMPLATE,))
    old, made = store.session(number).reps, RescoringsKept(store).rescore(number, stricter())
    before, now = both_over_time(old, made.reps).data
    assert [list(before.base), list(now.base)] == [[r.start_s for r in old], [r.start_s for r in made.reps]]
    assert list(before.x) == [r.end_s - r.start_s for r in old]
    rows = difference_rows(differences(old, made.reps))
    assert [row["What became of it"] for row in rows] == ["changed", "changed"]
    assert "found now: reduced range" in rows[0]["In short"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ([(0, 10)], [(0, 6), (6, 10)], "No. 1 → No. 1, 2: one became 2"),
        ([(0, 4), (4, 8)], [(0, 8)], "No. 1, 2 → No. 1: 2 became one"),
        ([(0, 4)], [], "No. 1: not found any more"),
        ([], [(0, 4)], "No. 1: found anew"),
    ],
)
def test_what_became_of_repetitions_is_told_in_words(
    old: list[tuple[float, float]], new: list[tuple[float, float]], told: str
) -> None:
    before, now = ([at(i, *span) for i, span in enumerate(spans, 1)] for spans in (old, new))
    assert list(difference_lines(differences(before, now))) == [told]


def test_changes_of_one_repetition_are_told_in_words() -> None:
    old = rep(1)
    new = replace(old, kind="attempt", reason="turned back too early", total=None, coverage=0.5, peak_s=1.25)
    new = replace(
        new, metrics=(replace(old.metrics[0], error=1.0),), faults=(replace(old.faults[0], limit=8.0),)
    )
    assert list(difference_lines(differences([old], [new]))) == [
        "No. 1: not counted any more",
        "No. 1: why it is not counted: turned back too early",
        "No. 1: Score: 83 before, – now",
        "No. 1: Turning point: 1.10 s before, 1.25 s now",
        "No. 1: Seen: 97 % before, 50 % now",
        "No. 1: trunk lean, its limit: 10° before, 8° now",
        "No. 1: knee flexion range, its measurement error: 4° before, 1° now",
        "No. 1: smoothness, how much of it was seen: 0.2 before, – now",
        "No. 1: smoothness, its unit: 1 before, – now",
    ]


def test_the_command_tells_what_changed_and_the_page_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    store, number, _ = kept(default_path(), shaken(), judged_with=(TEMPLATE,))
    store.close()
    file = tmp_path / "next.toml"
    file.write_text(write_template(stricter()))
    status, told, _ = Runner(monkeypatch, capsys)("rescore", number, "--pattern", file)
    assert status == 0
    told = " ".join(told.split())
    assert f"squat version {TEMPLATE.version}, 2 movements; now squat version {TEMPLATE.version + 1}" in told
    assert "No. 1: found now: reduced range" in told
    workplace.cache_clear()
    page = AppTest.from_function(sessions_page, default_timeout=30).run()
    assert not page.exception
    shown = next(table.value for table in page.table if "Score before" in table.value)
    assert shown["What became of it"].tolist() == ["changed", "changed"]
    next(button for button in page.button if button.label == "Judge anew").click().run()
    assert not page.exception
    assert len(RescoringsKept(workplace().store).of(number)) == 2
    workplace().store.close()
    workplace.cache_clear()


def sessions_page() -> None:
    from ui.records import sessions_page

    sessions_page.show()
