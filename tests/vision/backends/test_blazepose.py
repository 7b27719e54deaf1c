"""The arithmetic around the networks against slow twins and pictures drawn for the purpose."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.backends import blazepose
from vision.backends.blazepose import Letterbox, Region, region_between


def test_anchors_one_by_one() -> None:
    expected = []
    for stride, layers in ((8, 1), (16, 1), (32, 3)):
        cells = 224 // stride
        for y in range(cells):
            for x in range(cells):
                expected += [((x + 0.5) / cells, (y + 0.5) / cells)] * (2 * layers)
    assert len(expected) == 2254
    np.testing.assert_allclose(blazepose.anchors(), expected, atol=1e-7)


@pytest.mark.parametrize(
    ("rim", "rotation_deg"), [((0, -10), 0), ((10, 0), 90), ((-10, 0), -90), ((10, -10), 45), ((0, 10), 180)]
)
def test_region_follows_the_body(rim: tuple[int, int], rotation_deg: float) -> None:
    centre = np.array([50.0, 60.0])
    region = region_between(centre, centre + rim)
    assert (region.x_px, region.y_px) == (50, 60)
    assert region.side_px == pytest.approx(2 * math.hypot(*rim) * 1.25)
    assert abs(math.degrees(region.rotation_rad)) == pytest.approx(abs(rotation_deg))
    assert rotation_deg in (0, 180) or math.degrees(region.rotation_rad) == pytest.approx(rotation_deg)


def _dot(x: float, y: float, size: tuple[int, int] = (300, 400)) -> npt.NDArray[Any]:
    """A picture (H, W) with one soft dot of 4 pixels at x, y."""
    rows, columns = np.mgrid[0 : size[0], 0 : size[1]]
    light = 255 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * 4.0**2))
    return np.repeat(light[:, :, None], 3, axis=2).astype(np.uint8)


def _centre(plane: npt.NDArray[Any]) -> tuple[float, float]:
    light = np.where(plane > 0.1, plane, 0.0).astype(np.float64)
    rows, columns = np.mgrid[0 : plane.shape[0], 0 : plane.shape[1]]
    return float((light * columns).sum() / light.sum()), float((light * rows).sum() / light.sum())


@pytest.mark.parametrize("rotation_deg", [0.0, 30.0, -90.0, 170.0])
def test_a_crop_shows_what_lies_in_its_region(rotation_deg: float) -> None:
    # a dot 60 px along the body's up from the centre must lie straight above the crop's centre
    turn = math.radians(rotation_deg)
    dot = (200 + 60 * math.sin(turn), 150 - 60 * math.cos(turn))
    tensor = blazepose.crop(_dot(*dot), Region(200.0, 150.0, 256.0, turn))
    assert tensor.shape == (1, 3, 256, 256) and tensor.dtype == np.float32
    x, y = _centre(tensor[0, 0])
    assert (x, y) == pytest.approx((128, 68), abs=0.3)
    assert 0.95 < tensor.max() <= 1.0 and tensor.min() >= 0.0


def test_colours_keep_their_order() -> None:
    image = np.zeros((100, 100, 3), np.uint8)
    image[:] = (255, 51, 0)
    np.testing.assert_allclose(
        blazepose.crop(image, Region(50, 50, 50, 0))[0, :, 9, 9], (1, 0.2, 0), atol=1e-6
    )
    np.testing.assert_allclose(blazepose.letterbox(image)[0][0, :, 9, 9], (1, -0.6, -1), atol=1e-6)


@pytest.mark.parametrize(("width", "height"), [(400, 300), (300, 400), (224, 224)])
def test_letterbox_keeps_proportions(width: int, height: int) -> None:
    tensor, lies = blazepose.letterbox(_dot(150, 100, (height, width)))
    x, y = _centre((tensor[0, 0] + 1) / 2)
    back = ((x - lies.margin_px[0]) / lies.scale, (y - lies.margin_px[1]) / lies.scale)
    assert back == pytest.approx((150, 100), abs=0.5)
    if width > height:
        assert (tensor[0, :, 0] == -1).all()


def _slow_refine(xy: npt.NDArray[Any], heatmap: npt.NDArray[Any]) -> npt.NDArray[Any]:
    out = xy.copy()
    for i, (x, y) in enumerate(xy):
        column, row = int(x * 64), int(y * 64)
        if not (0 <= column < 64 and 0 <= row < 64):
            continue
        total = sum_x = sum_y = best = 0.0
        for r in range(max(0, row - 3), min(64, row + 4)):
            for c in range(max(0, column - 3), min(64, column + 4)):
                weight = 1 / (1 + math.exp(-heatmap[i, r, c]))
                total, best = total + weight, max(best, weight)
                sum_x, sum_y = sum_x + weight * c, sum_y + weight * r
        if best >= 0.5:
            out[i] = sum_x / total / 64, sum_y / total / 64
    return out


@given(st.integers(0, 2**32 - 1))
def test_refinement_cell_by_cell(seed: int) -> None:
    random = np.random.default_rng(seed)
    xy = random.uniform(-0.1, 1.1, (35, 2))
    heatmap = random.normal(-4, 3, (35, 64, 64)).astype(np.float32)
    np.testing.assert_allclose(blazepose.refine(xy, heatmap), _slow_refine(xy, heatmap), atol=1e-9)


@given(
    st.floats(-200, 900),
    st.floats(-200, 900),
    st.floats(20, 900),
    st.floats(-3.1, 3.1),
    st.integers(0, 2**32 - 1),
)
def test_landmarks_go_back_where_the_crop_came_from(
    x: float, y: float, side: float, turn: float, seed: int
) -> None:
    random = np.random.default_rng(seed)
    raw = random.uniform(0, 256, (39, 5)).astype(np.float32)
    metres = random.normal(0, 1, (39, 3)).astype(np.float32)
    cold = np.full((1, 39, 64, 64), -9, np.float32)  # no cell reaches 0.5: nothing is refined
    presence = np.array([[0.75]], np.float32)
    got = blazepose.decode_landmarks(
        Region(x, y, side, turn), raw.reshape(1, 195), presence, cold, metres.reshape(1, 117)
    )
    # the same by OpenCV: rotate and scale about the crop's centre, then move (its angle counts the other way)
    matrix = cv2.getRotationMatrix2D((128, 128), -math.degrees(turn), side / 256)
    matrix[:, 2] += np.array([x - 128, y - 128])
    expected = cv2.transform(raw[None, :, :2].astype(np.float64), matrix)[0]
    np.testing.assert_allclose(got.xy_px, expected[:33], atol=1e-6 * (1 + side))
    np.testing.assert_allclose(got.auxiliary_px, expected[33:35], atol=1e-6 * (1 + side))
    np.testing.assert_allclose(
        np.linalg.norm(got.world_m, axis=1), np.linalg.norm(metres[:33], axis=1), atol=1e-6
    )
    np.testing.assert_array_equal(got.world_m[:, 2], metres[:33, 2])
    np.testing.assert_allclose(got.visibility, 1 / (1 + np.exp(-raw[:33, 3])), atol=1e-6)
    assert got.presence == 0.75


def test_world_turns_with_the_crop() -> None:
    # the crop lies a quarter turn clockwise: what is up (0, -1) in it points to the right in the picture
    metres = np.tile(np.array([0, -1, 0.5], np.float32), 39)
    got = blazepose.decode_landmarks(
        Region(0, 0, 100, math.pi / 2),
        np.zeros((1, 195), np.float32),
        np.ones((1, 1), np.float32),
        np.full((1, 39, 64, 64), -9, np.float32),
        metres[None],
    )
    np.testing.assert_allclose(got.world_m, np.tile([1, 0, 0.5], (33, 1)), atol=1e-7)


def _detector_says(people: list[tuple[int, float, float]]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Outputs with boxes of 60 px at anchors: (anchor, score before the sigmoid, rim above the centre in
    px)."""
    boxes, scores = np.zeros((1, 2254, 12), np.float32), np.full((1, 2254, 1), -50, np.float32)
    for anchor, score, rim in people:
        boxes[0, anchor, 2:4] = 60
        boxes[0, anchor, 7] = -rim
        scores[0, anchor, 0] = score
    return boxes, scores


def test_overlapping_boxes_are_one_person_averaged_by_score() -> None:
    # anchors 0 and 2 are neighbours in the finest grid: centres (4, 4) and (12, 4); 2 * 700 is far down
    boxes, scores = _detector_says([(0, 0.0, 20), (2, math.log(3), 20), (1400, 2.0, 30)])
    found = blazepose.decode_detections(boxes, scores, Letterbox(0.5, (2.0, 1.0)))
    assert [round(d.score, 3) for d in found] == [0.881, 0.75]
    # scores .5 and .75: x = (4 * .5 + 12 * .75) / 1.25 = 8.8; out of the square: (8.8 - 2) / .5, (4 - 1) / .5
    assert (found[1].region.x_px, found[1].region.y_px) == pytest.approx((13.6, 6.0))
    assert found[1].region.side_px == pytest.approx(2 * 20 / 0.5 * 1.25)


def test_unlikely_boxes_are_nobody() -> None:
    boxes, scores = _detector_says([(0, -0.01, 20)])
    assert blazepose.decode_detections(boxes, scores, Letterbox(1, (0, 0))) == []
