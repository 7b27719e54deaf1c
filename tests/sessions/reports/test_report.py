"""Reports as PDF, read back by another library: pages, numbers, words, and who may have them."""

from __future__ import annotations

import io
import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdf
import pytest
from reportlab.graphics.shapes import Polygon
from streamlit.testing.v1 import AppTest

from i18n.report_sentences import WORDING, report_in
from patterns.programs.program import load_program
from patterns.programs.timed_test import load_timed_test
from patterns.templates.library import load_template
from scoring.coach.recording import Judged, judge
from scoring.records.records import Fault, RepScore
from scoring.results.session_json import BackendFacts
from scoring.safety.stop_rules import CheckIn
from sessions.history.timed_results import TimedResultsKept
from sessions.people.access import NotAllowedError, Viewer
from sessions.people.audit import trail
from sessions.reports.chart import curves_plot
from sessions.reports.facts import ReportError, facts_of
from sessions.reports.page import WIDTH
from sessions.reports.plots import BAND, ticks
from sessions.reports.report import ReportKind
from sessions.store.plans_and_check_ins import Plan
from sessions.store.reviews import Review
from sessions.store.save_recording import keep_recording
from sessions.store.store import Store
from tests.commands.test_cli import Runner
from tests.sessions.history.test_timed_results import kept_set, standing
from tests.sessions.store.test_store import START, rep
from tests.support.movements import Rep, arm_posture, frames, standing_up
from ui.live.app_state import workplace

D2, SQUAT = load_template("ue-d2-flexion"), load_template("squat")
NOW = datetime.now(UTC)


def text_of(pdf: bytes) -> list[str]:
    """The words of each page, as another program reads them."""
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


@pytest.fixture(scope="module")
def judged() -> Judged:
    return judge(
        frames(
            [Rep(1.5), Rep(6.7), Rep(12.0, amount=0.5)], lambda at: arm_posture("ue-d2-flexion", "right", at)
        ),
        D2,
        "right",
    )


def keep(store: Store, judged: Judged, person_id: int | None = None) -> int:
    facts = BackendFacts("analytic", None, None)
    return keep_recording(store, D2, "right", judged.poses, judged.reps, facts, person_id=person_id)


def squats(store: Store, days_ago: int, reps: list[RepScore], person_id: int | None = None) -> int:
    start = replace(START, template_sha256=SQUAT.sha256, started_at=NOW - timedelta(days=days_ago))
    number = store.begin(start, [SQUAT], person_id)
    for one in reps:
        store.add_rep(number, one, None)
    store.finish(number)
    return number


def smallest_letters(pdf: bytes, page: int) -> float:
    """Points, as they stand on the paper."""
    sizes: list[float] = []

    def note(text: str, turned: list[float], placed: list[float], _font: object, size: float) -> None:
        if text.strip():
            sizes.append(size * placed[0] * turned[0])

    pypdf.PdfReader(io.BytesIO(pdf)).pages[page].extract_text(visitor_text=note)
    return min(sizes)


@pytest.mark.parametrize("language", ["en", "de", "es"])
@pytest.mark.parametrize(("kind", "pages"), [("chart", 2), ("sheet", 1)])
def test_a_report_has_its_pages_and_the_numbers_of_the_session(
    any_store: Store, judged: Judged, kind: ReportKind, pages: int, language: str
) -> None:
    keep(any_store, judged)
    found = text_of(report_in(language, any_store, kind))
    assert len(found) == pages
    if kind == "chart":
        for one in judged.reps:
            assert f"{one.index} " in found[0] and f" {one.total:.0f} " in found[0]
        assert D2.sha256[:12] in found[0] and D2.sha256[:12] in found[1]


def test_a_therapists_words_stand_beside_the_machines(any_store: Store, judged: Judged) -> None:
    number = keep(any_store, judged)
    any_store.reviews.add(
        Review(number, 1, "T. Herapist", "changed", "attempt", 40.0, ("jerky",), "Trembled <at> & end")
    )
    any_store.reviews.add(Review(number, 2, "T. Herapist", "accepted", "repetition", judged.reps[1].total))
    page = text_of(report_in("en", any_store, "chart"))[0]
    assert "Not counted, score 40, jerky, Trembled <at> & end (T. Herapist)" in page
    assert "accepted (T. Herapist)" in page
    assert f"{judged.reps[0].total:.0f}" in page


@pytest.mark.slow
def test_the_pages_stay_two_and_one_however_much_there_is(any_store: Store) -> None:
    """90 repetitions with three faults and long notes in the latest of 120 sessions, 300 answers, a program."""
    faults = tuple(
        Fault(name, "trunk_lean", 14.0, 10.0, "deg", (0.2, 0.7), 0.5)
        for name in ("trunk_lean", "knee_valgus", "incomplete_return")
    )
    for day in range(120, 0, -1):
        squats(any_store, day, [rep(1, 0.0, 60.0 + day % 30), rep(2, 4.0, 70.0)])
    many = [replace(rep(i, 4.0 * i), faults=faults) for i in range(1, 91)]
    number = squats(any_store, 0, many)
    for i in range(1, 91):
        any_store.reviews.add(
            Review(number, i, "T. " + "Herapist" * 8, "changed", "repetition", 50.0, (), "x y " * 400)
        )
    for hour in range(300):
        any_store.add_check_in(CheckIn(NOW - timedelta(hours=hour), "before", hour % 11, 3))
    any_store.give_plan(Plan(load_program("stroke-arm"), "left"))
    pdf = report_in("de", any_store, "chart")
    chart, sheet = text_of(pdf), text_of(report_in("de", any_store, "sheet"))
    assert (len(chart), len(sheet)) == (2, 1)
    (more,) = re.findall(r"und (\d+) weitere", chart[0])
    listed = 90 - int(more)
    assert 6 <= listed <= 20
    assert len(re.findall(r"Seitneigung des Rumpfs, Knie", chart[0])) == listed
    assert "121 Sitzungen" in chart[0]
    assert smallest_letters(pdf, 0) >= 6.0, "points; the foot has 6.2, nothing was made smaller"


def test_the_smallest_report_has_its_pages_too(any_store: Store) -> None:
    squats(
        any_store,
        0,
        [replace(rep(1), kind="attempt", reason="turned back", total=None, metrics=(), faults=())],
    )
    chart, sheet = (text_of(report_in("en", any_store, kind)) for kind in ("chart", "sheet"))
    assert (len(chart), len(sheet)) == (2, 1)
    assert "The first session of this exercise" in chart[0]
    assert "Too little was seen to say how it went" in sheet[0]


def test_a_change_within_error_is_told_as_none(any_store: Store) -> None:
    """By hand as in test_progress_page: 70, 74, 78, then 90, 92, 94: means 74 and 92, smallest change 5.06."""
    squats(any_store, 9, [rep(i, 4.0 * i, total) for i, total in enumerate((70.0, 74.0, 78.0), 1)])
    squats(any_store, 2, [rep(i, 4.0 * i, total) for i, total in enumerate((90.0, 92.0, 94.0), 1)])
    page = text_of(report_in("en", any_store, "chart"))[1]
    assert "Score, points of 100 74.0 92.0 5.1 better" in page
    assert "no change shown" in page


def test_the_sheet_is_without_scores_norms_and_verdicts_and_says_when_to_stop(
    any_store: Store, judged: Judged
) -> None:
    keep(any_store, judged)
    stands = kept_set(any_store, standing())
    TimedResultsKept(any_store).keep(stands, load_timed_test("five-times-sit-to-stand"))
    (page,) = text_of(report_in("en", any_store, "sheet", None, "ue-d2-flexion"))
    for word in ("score", "norm", "average", "risk", "kappa", "sha256"):
        assert word not in page.lower()
    assert "2 repetitions counted." in page
    assert "Stop and get help at once: Pain, pressure or tightness in the chest" in page
    assert "Five-times sit-to-stand" in text_of(report_in("en", any_store, "chart", None, "ue-d2-flexion"))[1]


def test_a_patient_has_their_own_sheet_alone_and_it_is_in_the_trail(any_store: Store, judged: Judged) -> None:
    therapist = any_store.seen_by(Viewer("therapist", "T. Herapist"))
    anna, ben = therapist.people.add("Anna"), therapist.people.add("Ben")
    keep(therapist, judged, anna.id)
    keep(therapist, judged, ben.id)
    patient = any_store.seen_by(Viewer("patient", "Anna", anna.id))
    assert "Anna" in text_of(report_in("en", patient, "sheet"))[0]
    with pytest.raises(NotAllowedError):
        report_in("en", patient, "sheet", ben.id)
    with pytest.raises(NotAllowedError):
        report_in("en", patient, "chart")
    report_in("en", therapist, "chart", ben.id)
    noted = [(one.who, one.action, one.person_id) for one in trail(any_store.database, therapist.viewer)]
    assert ("Anna", "took a report", anna.id) in noted and ("T. Herapist", "took a report", ben.id) in noted


def test_without_a_session_there_is_one_line(any_store: Store, judged: Judged) -> None:
    with pytest.raises(ReportError, match=r"^Me: no repetition is kept$"):
        report_in("en", any_store, "sheet")
    keep(any_store, judged)
    with pytest.raises(ReportError, match=r"^Me: no session of squat is kept; there are ue-d2-flexion$"):
        report_in("en", any_store, "sheet", None, "squat")


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [(0, 100, [0, 20, 40, 60, 80, 100]), (-0.3, 0.3, [-0.2, 0, 0.2]), (41, 163, [50, 100, 150]), (7, 7, [7])],
)
def test_ticks_are_round_numbers(low: float, high: float, wanted: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(wanted, abs=1e-9)


def test_the_command_writes_a_file_of_the_owners_alone(
    judged: Judged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path / "data"))
    run = Runner(monkeypatch, capsys)
    store = Store.open()
    keep(store, judged, store.people.add("Anna").id)
    store.close()
    path = tmp_path / "anna.pdf"
    assert run("report", "Anna", "--kind", "chart", "--language", "es", "--out", path)[:2] == (
        0,
        f"Written: {path}\n",
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "Informe de movimiento" in text_of(path.read_bytes())[0]
    status, _, error = run("report", "Anna", "--pattern", "squat", "--out", path)
    assert (status, error.count("\n"), "no session of squat" in error) == (2, 1, True)


@pytest.fixture
def page_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("DIAGONAL_DATA_DIR", str(tmp_path))
    workplace.cache_clear()
    yield workplace().store
    workplace().store.close()
    workplace.cache_clear()


def test_the_page_of_progress_makes_one(page_store: Store, judged: Judged) -> None:
    def progress() -> None:
        from ui.progress import page as progress_page

        progress_page.show()

    keep(page_store, judged)
    page = AppTest.from_function(progress, default_timeout=60).run()
    page.radio(key="report-kind").set_value("chart").run()
    page.button(key="report").click().run()
    assert not page.exception
    assert any(element.type == "download_button" for element in page.main if element) or page.get(
        "download_button"
    )


def test_the_chart_shades_the_end_posture_and_says_which_repetition_has_no_return(any_store: Store) -> None:
    """Two sit-to-stands, the last one ends standing. The axis runs to the end posture, then as far back to the start.

    The knee is asked for 8 degrees with 25 either side from 0.9 of the path on, both ways: about the middle.
    """
    chair = load_template("sit-to-stand")
    poses = [pose for pose in frames([Rep(1.5), Rep(6.7)], standing_up) if pose.t_s <= Rep(6.7).peak_s + 0.3]
    made = judge(poses, chair, "both")
    facts = BackendFacts("analytic", None, None)
    keep_recording(any_store, chair, "both", made.poses, made.reps, facts)
    drawn = curves_plot(facts_of(any_store), "knee_flexion_left", WORDING)
    (band,) = [one for one in drawn.contents if isinstance(one, Polygon) and one.fillColor == BAND]
    xs = band.points[::2]
    left, right = 30.0, WIDTH - 8.0  # the margins of a plot
    shares = [200 * (x - left) / (right - left) for x in (min(xs), max(xs))]
    assert 60 < shares[0] < 100 < shares[1] < 150
    page = text_of(report_in("en", any_store, "chart"))[0]
    assert page.count("Repetition, without a return") == 1
    assert "from a recording of landmarks · scored with Diagonal" in page
    assert "sha256" not in page and f"Exercise version {chair.version} ({chair.sha256[:12]})" in page
