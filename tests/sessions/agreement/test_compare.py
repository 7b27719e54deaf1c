"""Machine and therapists over the same repetitions: who is compared, on what, in which files, on the page."""

from __future__ import annotations

import csv
import io
import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from base.errors import RequestError
from patterns.templates.library import load_template
from sessions.agreement.compare import MACHINE, Comparison, Rated, band, compare, comparisons, rated_reps
from sessions.agreement.export import COLUMNS, AgreementDocument, agreement_text, write_agreement
from sessions.agreement.query import rated
from sessions.agreement.statistics import NO_TRUTH, TOO_FEW
from sessions.people.access import NotAllowedError, Viewer
from sessions.store.reviews import Review, ReviewError
from sessions.store.store import Store
from tests.commands.test_cli import Runner
from tests.sessions.store.test_store import START, rep
from ui.live.app_state import workplace
from ui.review.agreement_page import difference_figure

SQUAT = load_template("squat")
BEN = "Ben"
TOTALS = [40.0, 45.0, 50.0, 55.0, 60.0, 65.0, 70.0, 75.0, 80.0, 85.0, 90.0, 95.0]
LOWER = [2.0, -1.0, 3.0, 0.0, 5.0, 1.0, -2.0, 4.0, 2.0, 0.0, 3.0, 1.0]
"""By how many points Ben's scores are below the machine's."""


def review(number: int, by: str, total: float | None, *faults: str, minutes: int = 0) -> Review:
    said = Review(1, number, by, "changed", "attempt" if total is None else "repetition", total, faults)
    return replace(said, at=START.started_at + timedelta(minutes=minutes))


def session(number: int = 1) -> tuple[Rated, ...]:
    """Twelve repetitions in which the machine finds trunk_lean; Ben in the first four, and knee_valgus in the last."""
    reps = [rep(i, 3.0 * i, total) for i, total in enumerate(TOTALS, start=1)]
    faults = {i: ("trunk_lean",) if i <= 4 else ("knee_valgus",) if i == 12 else () for i in range(1, 13)}
    said = [
        review(i, BEN, total - lower, *faults[i])
        for i, (total, lower) in enumerate(zip(TOTALS, LOWER, strict=True), start=1)
    ]
    return rated_reps(number, reps, said)


@pytest.fixture
def one() -> Comparison:
    return compare(session(), MACHINE, BEN)


def test_faults_are_counted_and_shared_out_by_hand(one: Comparison) -> None:
    lean, knee = one.faults[0], one.faults[1]
    assert (lean.fault, lean.counts) == ("trunk_lean", ((4, 8), (0, 0)))
    assert (lean.sensitivity.value, lean.specificity.value) == (1.0, 0.0)
    assert lean.kappa.value is None  # the machine found it every time
    assert (knee.fault, knee.counts) == ("knee_valgus", ((0, 0), (1, 11)))
    assert (knee.sensitivity.value, knee.specificity.value) == (0.0, 1.0)
    assert knee.sensitivity.n == 1
    assert knee.sensitivity.high == pytest.approx(0.7935, abs=1e-4)  # Wilson, 0 of 1: 3.84 / 4.84


def test_bias_is_machine_less_therapist(one: Comparison) -> None:
    assert one.difference.bias.value == pytest.approx(18 / 12)
    assert one.scores[0] == (40.0, 38.0)


@pytest.mark.parametrize(
    ("total", "place"), [(0.0, 0), (19.9, 0), (20.0, 1), (79.9, 3), (80.0, 4), (100.0, 4)]
)
def test_bands_hold_their_lower_edge(total: float, place: int) -> None:
    assert band(total) == place


def test_what_a_therapist_said_last_holds_and_strangers_are_left_out() -> None:
    said = [review(1, BEN, 30.0, minutes=5), review(1, BEN, 90.0, minutes=1), review(99, BEN, 1.0)]
    (only,) = rated_reps(7, [rep(1), rep(2, 3.0)], said)
    assert (only.session_id, only.number) == (7, 1)
    assert only.said[BEN].total == 30.0
    assert only.said[MACHINE].total == 83.25


def test_a_repetition_without_a_score_counts_as_kind_but_not_as_score() -> None:
    reps = [rep(1), replace(rep(2, 3.0, None), kind="attempt", reason="turned back too early")]
    got = compare(rated_reps(1, reps, [review(1, BEN, 80.0), review(2, BEN, None)]), MACHINE, BEN)
    assert (got.n, len(got.scores), got.kinds) == (2, 1, ((1, 0), (0, 1)))
    assert got.kind.reason == got.icc.agreement.reason == TOO_FEW


def test_therapists_are_compared_with_the_machine_and_two_by_two_where_they_meet() -> None:
    reps = [rep(1), rep(2, 3.0), rep(3, 6.0)]
    said = [review(1, "A", 80.0), review(1, "B", 70.0), review(3, "C", 60.0)]
    found = comparisons(rated_reps(1, reps, said))
    assert [(one.rater, one.reference) for one in found] == [
        (MACHINE, "A"), (MACHINE, "B"), (MACHINE, "C"), ("A", "B"),
    ]  # fmt: skip
    assert {fault.sensitivity.reason for fault in compare(session(), BEN, BEN).faults} == {NO_TRUTH}


def test_the_json_comes_back_as_it_was(one: Comparison) -> None:
    text = agreement_text(".json", [one])
    assert json.loads(text)["schema"] == "diagonal.agreement/1"
    assert AgreementDocument.model_validate_json(text).comparisons == (one,)


def test_the_csv_holds_the_same_numbers_for_an_independent_reader(one: Comparison) -> None:
    rows = list(csv.DictReader(io.StringIO(agreement_text(".csv", [one]))))
    assert tuple(rows[0]) == COLUMNS
    (bias,) = [row for row in rows if row["measure"] == "bias"]
    assert (float(bias["value"]), bias["unit"], bias["n"]) == (one.difference.bias.value, "points", "12")
    counted = {
        (row["rater_said"], row["reference_said"]): int(row["value"])
        for row in rows
        if (row["about"], row["measure"]) == ("trunk_lean", "count")
    }
    assert counted == {
        ("found", "found"): 4, ("found", "not found"): 8, ("not found", "found"): 0, ("not found", "not found"): 0,
    }  # fmt: skip
    assert all(row["value"] or row["reason"] for row in rows)
    assert "nan" not in agreement_text(".csv", [one]).lower()


def test_the_file_is_its_owners_alone_and_of_a_known_kind(one: Comparison, tmp_path: Path) -> None:
    write_agreement(tmp_path / "a.csv", [one])
    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o600
    with pytest.raises(RequestError, match=r"must end in \.csv or \.json"):
        write_agreement(tmp_path / "a.txt", [one])


def test_the_picture_shows_differences_over_means(one: Comparison) -> None:
    drawn = difference_figure(one)
    assert list(drawn.data[0].x)[:2] == [39.0, 45.5]
    assert list(drawn.data[0].y)[:2] == [2.0, -1.0]
    lines = [shape for shape in drawn.layout.shapes if shape.type == "line"]
    assert len(lines) == 3


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    workplace.cache_clear()
    store = workplace().store
    for _ in range(2):
        number = store.begin(replace(START, template_sha256=SQUAT.sha256), [SQUAT])
        for i, total in enumerate(TOTALS, start=1):
            store.add_rep(number, rep(i, 3.0 * i, total), None)
            store.reviews.add(replace(review(i, BEN, total - LOWER[i - 1]), session_id=number))
    yield store
    store.close()
    workplace.cache_clear()


def test_the_store_gives_what_was_said_and_patients_none_of_it(kept: Store) -> None:
    assert len(rated(kept)) == len(rated(kept, "squat")) == 24
    assert rated(kept, "march") == ()
    with pytest.raises(NotAllowedError):
        rated(kept.seen_by(Viewer("patient", "p", 1)))


def test_reviews_given_blind_can_be_counted_alone(kept: Store) -> None:
    assert rated(kept, blind=True) == ()
    for number in (3, 4, 5):
        said = review(number, "Cleo", 50.0)
        kept.reviews.add(replace(said, session_id=1, blind=True))
    found = rated(kept, blind=True)
    assert [(one.number, sorted(one.said)) for one in found] == [(n, ["Cleo", MACHINE]) for n in (3, 4, 5)]
    shown = AppTest.from_function(page, default_timeout=30).run()
    shown.toggle(key="agreement-blind").set_value(True).run()
    assert not shown.exception
    assert shown.table[0].value["Compared"].tolist() == ["the program and Cleo"]


def test_what_was_hidden_cannot_be_accepted() -> None:
    with pytest.raises(ReviewError, match="what was not shown cannot be accepted"):
        Review(1, 1, "T.", "accepted", "repetition", 80.0, blind=True)


def page() -> None:
    from ui.review import agreement_page

    agreement_page.show()


def test_the_page_shows_each_pair_and_says_what_it_cannot_know(kept: Store) -> None:
    shown = AppTest.from_function(page, default_timeout=30).run()
    assert not shown.exception
    assert shown.table[0].value["Repetitions"].tolist() == ["24"]
    assert "not independent" in shown.warning[0].value
    shown.selectbox(key="agreement-pattern").select("march").run()
    assert "No repetition has been reviewed" in shown.info[0].value


def test_the_command_writes_the_file(
    kept: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Runner(monkeypatch, capsys)
    status, told, _ = run("agreement", "--out", tmp_path / "a.json")
    assert status == 0
    assert "the machine and Ben: 24 repetitions" in told
    (one,) = AgreementDocument.model_validate_json((tmp_path / "a.json").read_text()).comparisons
    assert one.n == 24
    status, _, wrong = run("agreement", "--out", tmp_path / "no" / "a.csv")
    assert status == 2
    assert "a.csv" in "".join(wrong.split())
