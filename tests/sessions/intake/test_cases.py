"""Files of the kinds that people have, beside the checkout, against the right answer for each; without them skipped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from base.errors import MissingFactError, RequestError
from patterns.programs.timed_test import load_timed_test
from patterns.templates.library import load_template
from patterns.templates.template_file import read_template
from scoring.coach.recording import Judged, judge
from scoring.safety.timed_tests import Trial, run_test
from sessions.intake.notes import NO_DEPTH
from sessions.intake.opening import MarkerFacts, import_landmarks, read_landmarks
from vision.analysis.estimate import estimate_poses
from vision.backends.backend import BACKENDS
from vision.correction.depth import CORRECTIONS, DEFAULT
from vision.video.sources import open_video
from vision.video.times import VideoFacts

SHARED = Path(__file__).resolve().parents[4] / "shared"
FILES = SHARED / "cases" / "files"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.slow,
    pytest.mark.skipif(not FILES.is_dir(), reason="the files that people have are not beside this checkout"),
]
SQUAT = load_template("squat")


def judged(path: Path, facts: MarkerFacts | None = None) -> Judged:
    poses = read_landmarks(path, facts or MarkerFacts())
    return judge((poses.frame(i) for i in range(len(poses))), SQUAT, "both")


def counts(one: Judged) -> tuple[int, float]:
    totals = [rep.total for rep in one.reps if rep.kind == "repetition" and rep.total is not None]
    return len(totals), float(np.mean(totals))


@pytest.mark.parametrize(
    "name", ["cp1252_path", "meters", "empty_cell_head", "sports2d_side", "sports2d_side_noise"]
)
def test_ten_squats_are_ten_squats(name: str) -> None:
    one = judged(FILES / f"{name}.trc")
    count, mean = counts(one)
    assert count == 10
    assert mean > 92
    assert not [
        fault for rep in one.reps for fault in rep.faults if fault.id in ("weight_shift", "trunk_lean")
    ]
    assert (NO_DEPTH in read_landmarks(FILES / f"{name}.trc").notes) == name.startswith("sports2d")


def test_the_patient_is_asked_for_and_judged_alone() -> None:
    path = FILES / "two_subjects_therapist_first.c3d"
    with pytest.raises(MissingFactError) as asked:
        import_landmarks(path)
    assert asked.value.choices == ("Therapist", "Patient")
    assert counts(judged(path, MarkerFacts(subject="Patient")))[0] == 10


def test_frames_that_are_not_there_are_not_waited_for() -> None:
    poses = read_landmarks(FILES / "walk_free_01.trc")
    assert "says 900 frames, 73 are there" in poses.notes[0]


def test_our_table_from_a_spreadsheet_is_the_same_movement() -> None:
    one, other = (read_landmarks(FILES / f"landmarks_{name}.csv") for name in ("bom", "excel_de"))
    np.testing.assert_array_equal(one.xy_px, other.xy_px)
    assert len(one) == 100


def test_an_image_in_a_title_is_refused() -> None:
    with pytest.raises(RequestError, match="key title: markup"):
        read_template(FILES / "tracking_image_in_title.toml")


@pytest.mark.parametrize("name", ["squats1", "squatsAsym1"])
def test_squats_of_a_laboratory_are_counted(name: str) -> None:
    assert counts(judged(SHARED / "data" / "lab" / f"{name}.trc"))[0] == 5


def watched(name: str, pattern: str, facts: VideoFacts | None = None) -> Judged:
    backend = BACKENDS["onnx"]("full")
    try:
        poses = estimate_poses(
            open_video(FILES / name, facts or VideoFacts()), backend, CORRECTIONS[DEFAULT]()
        )
        return judge(poses, load_template(pattern), "both")
    finally:
        backend.close()


@pytest.mark.weights
@pytest.mark.parametrize("name", ["res_change.webm", "avi_h264_b.avi", "raw.h264"])
def test_four_squats_of_a_video_are_four_clean_squats(name: str) -> None:
    one = watched(name, "squat", VideoFacts(fps=30) if name.startswith("raw") else None)
    count, mean = counts(one)
    assert count == 4
    assert mean > 90
    assert not [fault for rep in one.reps for fault in rep.faults]


@pytest.mark.weights
def test_slow_motion_is_timed_as_it_was() -> None:
    test, one = load_timed_test("five-times-sit-to-stand"), watched("sts27_slow2.mp4", "sit-to-stand")
    assert run_test(test, Trial.of(one.reps, one.poses, test)).value == pytest.approx(21.7, abs=0.5)
