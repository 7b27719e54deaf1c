"""The correction: what it is told, that left and right are alike, that it looks back only, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.movements import Rep, arm_posture, frames, squat_posture
from tests.support.stick_figure import Posture
from vision.correction.bone_lengths import BoneLengths
from vision.correction.depth import CORRECTIONS, DEFAULT, TRUNK_M, WEIGHTS, NetworkCorrection, identity
from vision.correction.inputs import BACK_S, KEPT, MIRROR, MIRROR_ORDER, MIRROR_SIGN, SIZE, InputMaker
from vision.pose import INDEX, LANDMARKS, FloatArray, PoseFrame

SWAP = [INDEX[n.replace("left", "*").replace("right", "left").replace("*", "right")] for n in LANDMARKS]


def lifting(progress: float) -> Posture:
    return arm_posture("ue-d2-flexion", "right", progress)


def mirrored(pose: PoseFrame) -> PoseFrame:
    """The person in a mirror: x turned about the middle of the picture, left and right exchanged."""
    assert pose.world_m is not None
    xy = pose.xy_px[SWAP] * [-1, 1] + [pose.size_wh[0], 0]
    return replace(pose, xy_px=xy, world_m=pose.world_m[SWAP] * [-1, 1, 1], visibility=pose.visibility[SWAP])


def test_left_and_right_are_treated_alike() -> None:
    one, other = NetworkCorrection.open(), NetworkCorrection.open()
    for pose in frames([Rep(0.5)], lifting):
        straight, turned = one(pose), other(mirrored(pose))
        assert straight.world_m is not None and turned.world_m is not None
        np.testing.assert_allclose(turned.world_m[SWAP] * [-1, 1, 1], straight.world_m, atol=2e-4)
        assert straight.world_error_m is not None and turned.world_error_m is not None
        np.testing.assert_allclose(turned.world_error_m[SWAP], straight.world_error_m, atol=2e-4)


def test_what_comes_later_changes_nothing() -> None:
    poses = list(frames([Rep(0.5)], lifting))
    whole, begun = NetworkCorrection.open(), NetworkCorrection.open()
    full = [whole(pose) for pose in poses]
    for pose, wanted in zip(poses[:60], full, strict=False):
        got = begun(pose)
        assert got.world_m is not None and wanted.world_m is not None
        assert got.world_m.tobytes() == wanted.world_m.tobytes()


def test_measured_recordings_and_empty_pictures_pass_untouched() -> None:
    correct = NetworkCorrection.open()
    pose = next(iter(frames([Rep(0.5)], squat_posture)))
    measured = replace(pose, measured=True)
    assert correct(measured) is measured
    missing = PoseFrame.missing(5.0, pose.size_wh)
    assert correct(missing) is missing


def test_image_landmarks_and_visibility_stay_as_they_are() -> None:
    pose = next(iter(frames([Rep(0.5)], squat_posture)))
    got = NetworkCorrection.open()(pose)
    assert got.xy_px is pose.xy_px and got.visibility is pose.visibility
    assert got.world_m is not None and got.world_error_m is not None
    assert np.isfinite(got.world_m).all() and (got.world_error_m > 0).all()
    hips = got.world_m[[INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=0)
    np.testing.assert_allclose(hips, 0, atol=1e-6)


def test_a_gap_begins_a_new_person() -> None:
    poses = list(frames([Rep(0.5)], lifting))
    broken, fresh = NetworkCorrection.open(), NetworkCorrection.open()
    for pose in poses[:50]:
        broken(pose)
    later = replace(poses[80], t_s=poses[80].t_s + 9)
    a, b = broken(later), fresh(later)
    assert a.world_m is not None and b.world_m is not None
    assert a.world_m.tobytes() == b.world_m.tobytes()


def test_a_recording_without_world_landmarks_gets_them() -> None:
    pose = replace(next(iter(frames([Rep(0.5)], squat_posture))), world_m=None)
    got = NetworkCorrection.open()(pose)
    assert got.world_m is not None
    up = got.world_m[[INDEX["left_shoulder"], INDEX["right_shoulder"]]].mean(axis=0)
    assert np.linalg.norm(up) == pytest.approx(TRUNK_M, rel=0.2)


def test_the_weights_are_small() -> None:
    assert WEIGHTS.stat().st_size < 5_000_000


def test_off_is_identity_and_every_name_opens_anew() -> None:
    assert DEFAULT in CORRECTIONS
    assert CORRECTIONS["off"]() is identity
    assert CORRECTIONS["on"]() is not CORRECTIONS["on"]()


def rows_of(places: FloatArray, visibility: FloatArray, world: FloatArray) -> FloatArray:
    """Input rows (T, SIZE) of one person at 20 frames a second."""
    maker = InputMaker()
    told = zip(places, visibility, world, strict=True)
    return np.concatenate([maker.step(k / 20, *(part[None] for part in now)) for k, now in enumerate(told)])


@given(st.integers(0, 2**32 - 1))
def test_rows_of_the_mirrored_person_are_the_mirrored_rows(seed: int) -> None:
    rng = np.random.default_rng(seed)
    xy, seen, world = (rng.normal(size=(12, len(KEPT), n)) for n in (2, 1, 3))
    xy[rng.random(xy.shape[:2]) < 0.1] = np.nan
    visible = np.abs(seen[..., 0]) % 1
    straight = rows_of(xy, visible, world)
    turned = rows_of((xy * [-1, 1])[:, MIRROR], visible[:, MIRROR], (world * [-1, 1, 1])[:, MIRROR])
    assert straight.shape == (12, SIZE) and np.isfinite(straight).all()
    np.testing.assert_allclose(straight[:, MIRROR_ORDER] * MIRROR_SIGN, turned, atol=1e-9)


@given(st.floats(0.3, 3.0), st.floats(-0.4, 0.4))
def test_size_and_place_in_the_picture_change_only_the_last_four_numbers(size: float, aside: float) -> None:
    rng = np.random.default_rng(4)
    xy, world = rng.normal(size=(8, len(KEPT), 2)), rng.normal(size=(8, len(KEPT), 3))
    visible = np.ones((8, len(KEPT)))
    near, far = rows_of(xy, visible, world), rows_of(xy * size + aside, visible, world)
    np.testing.assert_allclose(far[:, :-3], near[:, :-3], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(far[:, -1], near[:, -1] * size)


def test_the_past_is_read_between_frames_by_a_line() -> None:
    """A person who moves by one size a second: so long ago, so far away, whatever the frame rate."""
    still = np.random.default_rng(5).normal(size=(len(KEPT), 2))
    maker = InputMaker()
    times = np.cumsum([0, *np.random.default_rng(6).uniform(0.02, 0.06, 60)])
    assert all(a < b for a, b in pairwise(times))
    seen, world = np.ones((1, len(KEPT))), np.zeros((1, len(KEPT), 3))
    for t_s in times:
        row = maker.step(float(t_s), (still + np.array([t_s, 0.0]))[None], seen, world)
    places = row[0, : len(BACK_S) * len(KEPT) * 2].reshape(len(BACK_S), len(KEPT), 2)
    size = row[0, -1]
    for back_s, then in zip(BACK_S, places, strict=True):
        np.testing.assert_allclose((places[0] - then)[:, 0] * size, back_s, atol=1e-9)
        np.testing.assert_allclose((places[0] - then)[:, 1], 0, atol=1e-9)


def test_bones_keep_their_length_whatever_the_frame_says() -> None:
    """Ten frames of one body, each limb stretched anew by up to a tenth: the lengths settle on the body's own."""
    rng = np.random.default_rng(7)
    truth, lengths = rng.normal(size=(len(KEPT), 3)), BoneLengths()
    elbow, wrist = KEPT.index("left_elbow"), KEPT.index("left_wrist")
    truth[[MIRROR[elbow], MIRROR[wrist]]] = truth[[elbow, wrist]] * [-1, 1, 1]
    own = np.linalg.norm(truth[wrist] - truth[elbow])
    got = []
    for _ in range(200):
        shown = truth.copy()
        for hand, joint in ((wrist, elbow), (MIRROR[wrist], MIRROR[elbow])):
            shown[hand] = shown[joint] + (truth[hand] - truth[joint]) * rng.uniform(0.9, 1.1)
        made = lengths.step(shown, np.full(len(KEPT), 0.05), 1 / 30)
        got.append(np.linalg.norm(made[wrist] - made[elbow]))
        straight = (made[wrist] - made[elbow]) / got[-1]
        np.testing.assert_allclose(straight, (truth[wrist] - truth[elbow]) / own, atol=1e-9)
    assert np.std(got[60:]) < 0.01 * own
    assert got[-1] == pytest.approx(own, rel=0.01)
