"""Whole videos with known repetitions, through the real network: rendered people, and footage counted by eye.

The recordings lie beside the checkout and are not part of it; without them these tests are skipped. Two shorter
clips of our own are always judged (tests/data, ui/demo).
"""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.angle_errors import accuracy_rows, clip_errors, read_clip
from patterns.templates.library import load_template
from patterns.templates.template import Side
from scoring.coach.recording import judge
from scoring.records.records import RepScore
from vision.analysis.estimate import estimate_poses
from vision.backends.backend import BACKENDS
from vision.correction.depth import CORRECTIONS, DEFAULT
from vision.video.sources import open_video

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
PATTERNS = {
    "ul_d1_flexion": "ue-d1-flexion",
    "ul_d1_extension": "ue-d1-extension",
    "ul_d2_flexion": "ue-d2-flexion",
    "ul_d2_extension": "ue-d2-extension",
    "sit_to_stand": "sit-to-stand",
    "squat": "squat",
}
pytestmark = [pytest.mark.weights, pytest.mark.slow]


def judged(video: Path, pattern: str, side: Side) -> tuple[RepScore, ...]:
    backend = BACKENDS["onnx"]("full")
    try:
        poses = estimate_poses(open_video(video), backend, CORRECTIONS[DEFAULT]())
        return judge(poses, load_template(pattern), side).reps
    finally:
        backend.close()


def clean_clips() -> list[Path]:
    """The shortest one of each exercise; `bench accuracy` judges all of them."""
    found: dict[str, tuple[float, Path]] = {}
    for file in sorted((SHARED / "rig").glob("*.json")):
        truth = json.loads(file.read_text())
        if truth["exercise"] in PATTERNS and not any(rep["faults"] for rep in truth["reps"]):
            one = truth["reps"][-1]["end"] / truth["fps"], file
            found[truth["exercise"]] = min(one, found.get(truth["exercise"], one))
    return [file for _, file in found.values()]


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the recordings with truth are not beside this checkout")
def test_clean_rendered_clips_are_counted_exactly_and_in_time() -> None:
    """Counts on every clip; start, peak and end of every repetition within 0.25 s."""
    errors_s = []
    for file in clean_clips():
        truth = json.loads(file.read_text())
        pattern = PATTERNS[truth["exercise"]]
        side: Side = "both" if load_template(pattern).side == "both" else truth["side"]
        reps = [r for r in judged(file.with_suffix(".mp4"), pattern, side) if r.kind == "repetition"]
        assert len(reps) == truth["true_reps"], file.name
        for rep, true in zip(reps, truth["reps"], strict=True):
            got = (rep.start_s, rep.peak_s, rep.end_s)
            errors_s.append(
                [g - true[k] / truth["fps"] for g, k in zip(got, ("start", "peak", "end"), strict=True)]
            )
    assert np.abs(errors_s).max() <= 0.25
    assert np.abs(np.median(errors_s, axis=0)).max() < 0.12


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the recordings with truth are not beside this checkout")
@pytest.mark.parametrize("name", ["darebee_squat.mp4", "rohanx_squat.mp4"])
def test_squats_of_real_people_are_counted_as_by_eye(name: str) -> None:
    with (SHARED / "footage" / "index.csv").open(newline="") as file:
        expected = {row["file"]: int(row["complete_reps"]) for row in csv.DictReader(file)}[name]
    reps = judged(SHARED / "footage" / name, "squat", "both")
    assert sum(rep.kind == "repetition" for rep in reps) == expected
    if name == "rohanx_squat.mp4":
        assert min(rep.start_s for rep in reps) > 7.0


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the recordings with truth are not beside this checkout")
@pytest.mark.parametrize(
    ("clip", "features"),
    [
        ("224_squat_yaw0_clean", ("knee_flexion", "hip_flexion", "trunk_forward_lean", "body_yaw")),
        ("222_squat_yaw85_clean", ("knee_flexion", "hip_flexion", "trunk_forward_lean", "trunk_lean")),
        ("202_ul_d2_flexion_l_clean", ("shoulder_elevation", "trunk_forward_lean", "trunk_lean")),
        ("206_hand_to_mouth_l_clean", ("elbow_flexion", "shoulder_elevation")),
    ],
)
def test_corrected_angles_are_nearer_to_the_truth(clip: str, features: tuple[str, ...]) -> None:
    backend = BACKENDS["onnx"]("full")
    try:
        errors = list(clip_errors(read_clip(SHARED / "rig" / f"{clip}.mp4", backend), CORRECTIONS))
    finally:
        backend.close()
    rows = {(row.feature, row.method): row for row in accuracy_rows(errors)}
    for feature in features:
        assert rows[feature, "on"].mean < 0.8 * rows[feature, "off"].mean, feature
