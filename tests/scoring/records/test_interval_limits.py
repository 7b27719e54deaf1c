"""Intervals are half open, [start, end): with frames exactly on both of their limits."""

from __future__ import annotations

import numpy as np

from patterns.features.body import BodySize
from patterns.features.conditioning import ConditionedRecording
from patterns.segmentation.segmenter import Movement
from patterns.templates.library import load_template
from scoring.records.movement_data import Recorded, Row
from scoring.records.records import RepScore
from scoring.results.curves import common_band, ways
from tests.support.stick_figure import Posture, seen
from vision.pose import PoseSequence

POSES = [seen(Posture(), t_s) for t_s in (0.0, 0.25, 0.5, 0.75, 1.0)]
TEMPLATE = load_template("ue-d2-flexion")


def test_a_movement_has_the_frames_from_its_start_to_before_its_end() -> None:
    moved = Movement(0.25, 0.5, 0.5, 0.75, (0.25, 0.25), 1.0, 0.0, 0.0, None, True)
    rows = [Row(pose.t_s, 0.0, 0.0, pose, BodySize(100.0, (160.0, 160.0))) for pose in POSES]
    assert Recorded.of(moved, rows, TEMPLATE).t_s.tolist() == [0.25, 0.5]


def test_a_recording_is_conditioned_up_to_the_end_of_the_interval_and_no_further() -> None:
    coming = iter(POSES)
    recording = ConditionedRecording(coming)
    assert [pose.t_s for pose, _ in recording.between(0.25, 0.75)] == [0.25, 0.5]
    assert next(coming).t_s == 1.0


def test_paths_in_the_picture_have_the_frames_from_start_to_before_end() -> None:
    rep = RepScore(1, "repetition", None, "right", 0.25, 0.5, 0.75, None, None, None, 1.0)
    (found,) = ways(PoseSequence.from_frames(POSES), [rep], TEMPLATE, "right")
    assert found is not None
    assert found[0].tolist() == [0.25, 0.5]
    assert found[1].shape == (1, 2, 2)


def test_what_most_are_asked_for_at_a_place_is_what_is_asked_there() -> None:
    places = np.array([0.0, 1.0, 2.0])
    wanted, band = common_band([(places, np.array([10.0, 20.0, 30.0]), np.array([1.0, 2.0, 3.0]))], places)
    assert (wanted.tolist(), band.tolist()) == ([10.0, 20.0, 30.0], [1.0, 2.0, 3.0])
