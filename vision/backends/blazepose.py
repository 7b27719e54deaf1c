"""BlazePose around its two networks: what they are given and what their numbers mean.

The detector sees the whole picture in a square and finds people as a hip centre and a point on a circle
around the body. From these comes the region, an upright square around a person in any posture, which is cut
out for the landmark network. Its 33 landmarks are refined on heat maps and brought back into the picture; two
further ones give the region of the next frame. Source: Bazarevsky et al., "BlazePose", 2020, and the graph
published with the networks (Apache-2.0): anchors, thresholds, weighted suppression, 7x7 refinement. Nothing
here keeps state.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from vision.pose import LANDMARKS, FloatArray

Image = npt.NDArray[np.uint8]
Tensor = npt.NDArray[np.float32]

DETECTOR_SIDE_PX: Final = 224
LANDMARK_SIDE_PX: Final = 256
PRESENT_ABOVE: Final = 0.5
"""Score from which a detection, and the landmark network's word that a person is there, count."""

_ANCHOR_STRIDES: Final = (8, 16, 32, 32, 32)
_OVERLAP: Final = 0.3
_EXPANSION: Final = 1.25
_POINTS: Final = 39
_AUXILIARY: Final = slice(33, 35)
_MAP_SIDE: Final = 64
_REACH: Final = np.arange(-3, 4)
_REFINE_ABOVE: Final = 0.5


@dataclass(frozen=True)
class Region:
    """A square around a person: centre and side in pixels, rotation in radians, positive clockwise as
    seen."""

    x_px: float
    y_px: float
    side_px: float
    rotation_rad: float


@dataclass(frozen=True)
class Detection:
    """A person that the detector found. score 0.5..1."""

    score: float
    region: Region


@dataclass(frozen=True)
class Landmarks:
    """What the landmark network says about one region.

    xy_px (33, 2) in the whole picture; world_m (33, 3) metres, origin between the hips, x image right, y
    down, z away from the camera; visibility (33,) 0..1; auxiliary_px (2, 2): hip centre and a point on the
    circle around the body; presence 0..1: whether the region holds a person at all.
    """

    xy_px: FloatArray
    world_m: FloatArray
    visibility: FloatArray
    auxiliary_px: FloatArray
    presence: float


def sigmoid(x: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """1 / (1 + exp(-x)) without overflow."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -80.0, 80.0))))


@cache
def anchors() -> Tensor:
    """(2254, 2) anchor centres x, y in 0..1 of the detector's square, in the order of its outputs.

    Two anchors of size 1 for each cell and stride; strides that repeat share one grid.
    """
    centres = []
    for stride in sorted(set(_ANCHOR_STRIDES)):
        cells = DETECTOR_SIDE_PX // stride
        y, x = np.mgrid[0:cells, 0:cells]
        grid = np.stack([x.ravel() + 0.5, y.ravel() + 0.5], axis=1) / cells
        centres.append(np.repeat(grid, 2 * _ANCHOR_STRIDES.count(stride), axis=0))
    made = np.concatenate(centres).astype(np.float32)
    made.flags.writeable = False
    return made


def region_between(centre_px: FloatArray, rim_px: FloatArray) -> Region:
    """The region of a person from the hip centre and a point on the circle around the body, each (2,) pixels.

    The direction from one to the other is the body's up; the side is 1.25 times the circle's diameter.
    """
    dx, dy = (float(v) for v in rim_px - centre_px)
    rotation = math.atan2(dx, -dy)
    side = 2.0 * math.hypot(dx, dy) * _EXPANSION
    return Region(float(centre_px[0]), float(centre_px[1]), side, rotation)


@dataclass(frozen=True)
class Letterbox:
    """How a picture lies in the detector's square, pixels: square = picture * scale + margin."""

    scale: float
    margin_px: tuple[float, float]


def letterbox(image: Image) -> tuple[Tensor, Letterbox]:
    """The detector's input (1, 3, 224, 224) in -1..1, black around, and how the picture lies in it."""
    height, width = image.shape[:2]
    scale = DETECTOR_SIDE_PX / max(height, width)
    margin = ((DETECTOR_SIDE_PX - width * scale) / 2, (DETECTOR_SIDE_PX - height * scale) / 2)
    square = _warped(image, _similarity(scale, 0.0, margin), DETECTOR_SIDE_PX, cv2.BORDER_CONSTANT)
    return _tensor(square, 1 / 127.5, -1.0), Letterbox(scale, margin)


def _similarity(scale: float, rotation_rad: float, shift: tuple[float, float]) -> FloatArray:
    """A (2, 3) similarity that takes pixel numbers to pixel numbers, pixel 0 of one square to its corner.

    So the centres of pixels are not matched (half a pixel of the coarser picture is given away), as in
    MediaPipe's own conversion: with it 76 frames agree with MediaPipe 1.2.2 to 0.12 % of the trunk's length,
    with matched centres to 1.1 %.
    """
    cosine, sine = math.cos(rotation_rad) * scale, math.sin(rotation_rad) * scale
    return np.array([[cosine, -sine, shift[0]], [sine, cosine, shift[1]]])


def _warped(image: Image, matrix: FloatArray, side: int, border: int, inverse: int = 0) -> Image:
    flags = cv2.INTER_LINEAR | inverse
    warped = cv2.warpAffine(image, matrix, (side, side), flags=flags, borderMode=border)
    return np.asarray(warped, np.uint8)


def _tensor(square: Image, gain: float, offset: float) -> Tensor:
    """(1, 3, side, side) single precision of a (side, side, 3) picture."""
    tensor = np.empty((1, 3, *square.shape[:2]), np.float32)
    for plane, channel in zip(tensor[0], cv2.split(square), strict=True):
        np.multiply(channel, np.float32(gain), out=plane)
    if offset:
        tensor += np.float32(offset)
    return tensor


def decode_detections(boxes: Tensor, scores: Tensor, lies: Letterbox) -> list[Detection]:
    """People found, the surest first, one for each cluster of overlapping boxes.

    boxes (1, 2254, 12): box x, y, w, h and four points x, y, all relative to the anchors, in pixels of the
    square; scores (1, 2254, 1) before the sigmoid. The points of a cluster are averaged by score (weighted
    suppression).
    """
    score = sigmoid(scores[0, :, 0])
    likely = np.flatnonzero(score >= PRESENT_ABOVE)
    likely = likely[np.argsort(-score[likely], kind="stable")]
    score = score[likely]
    corners = np.tile(anchors()[likely] * DETECTOR_SIDE_PX, 3)
    values = boxes[0, likely][:, [0, 1, 4, 5, 6, 7]].astype(np.float64) + corners
    size = boxes[0, likely, 2:4].astype(np.float64)
    found = []
    while len(score):
        cluster = _overlap(values[0, :2], size[0], values[:, :2], size) > _OVERLAP
        cluster[0] = True
        points = np.average(values[cluster, 2:], axis=0, weights=score[cluster]).reshape(2, 2)
        points = (points - lies.margin_px) / lies.scale
        found.append(Detection(float(score[0]), region_between(points[0], points[1])))
        score, values, size = score[~cluster], values[~cluster], size[~cluster]
    return found


def _overlap(centre: FloatArray, size: FloatArray, centres: FloatArray, sizes: FloatArray) -> FloatArray:
    """Intersection over union of one box with many, (N,)."""
    low = np.maximum(centre - size / 2, centres - sizes / 2)
    high = np.minimum(centre + size / 2, centres + sizes / 2)
    common = np.prod(np.clip(high - low, 0.0, None), axis=1)
    union = np.prod(size) + np.prod(sizes, axis=1) - common
    return np.asarray(np.divide(common, union, out=np.zeros_like(common), where=union > 0))


def crop(image: Image, region: Region) -> Tensor:
    """The landmark network's input (1, 3, 256, 256) in 0..1: the region upright, the picture's edge
    repeated."""
    scale = region.side_px / LANDMARK_SIDE_PX
    cosine, sine = math.cos(region.rotation_rad), math.sin(region.rotation_rad)
    half = region.side_px / 2
    corner = (region.x_px - half * (cosine - sine), region.y_px - half * (sine + cosine))
    matrix = _similarity(scale, region.rotation_rad, corner)
    square = _warped(image, matrix, LANDMARK_SIDE_PX, cv2.BORDER_REPLICATE, cv2.WARP_INVERSE_MAP)
    return _tensor(square, 1 / 255.0, 0.0)


def refine(xy: FloatArray, heatmap: Tensor) -> FloatArray:
    """(N, 2) points in 0..1 moved to the centre of gravity of the 7x7 cells around them on their heat maps.

    heatmap (N, 64, 64) before the sigmoid. A point stays where it is outside the map, and where no cell
    around it reaches 0.5.
    """
    count = len(xy)
    column, row = np.trunc(xy * _MAP_SIDE).astype(np.int64).T
    inside = (column >= 0) & (column < _MAP_SIDE) & (row >= 0) & (row < _MAP_SIDE)
    rows, columns = row[:, None] + _REACH, column[:, None] + _REACH
    on_map = ((rows >= 0) & (rows < _MAP_SIDE))[:, :, None] & ((columns >= 0) & (columns < _MAP_SIDE))[
        :, None, :
    ]
    last = _MAP_SIDE - 1
    cells = heatmap[
        np.arange(count)[:, None, None], rows.clip(0, last)[:, :, None], columns.clip(0, last)[:, None, :]
    ]
    weight = np.where(on_map, sigmoid(cells.astype(np.float64)), 0.0)
    sure = inside & (weight.max(axis=(1, 2)) >= _REFINE_ABOVE)
    total = np.where(sure, weight.sum(axis=(1, 2)), 1.0)
    x = (weight.sum(axis=1) * columns).sum(axis=1) / total / _MAP_SIDE
    y = (weight.sum(axis=2) * rows).sum(axis=1) / total / _MAP_SIDE
    return np.where(sure[:, None], np.column_stack([x, y]), xy)


def decode_landmarks(
    region: Region, landmarks: Tensor, presence: Tensor, heatmap: Tensor, world: Tensor
) -> Landmarks:
    """The landmark network's outputs as landmarks in the whole picture.

    landmarks (1, 195): 39 times x, y, z in pixels of the crop, visibility and presence before the sigmoid;
    presence (1, 1); heatmap (1, 39, 64, 64); world (1, 117): 39 times x, y, z metres in the crop's rotation.
    """
    points = landmarks.reshape(_POINTS, 5)[: _AUXILIARY.stop].astype(np.float64)
    xy = refine(points[:, :2] / LANDMARK_SIDE_PX, heatmap[0, : _AUXILIARY.stop])
    cosine, sine = math.cos(region.rotation_rad), math.sin(region.rotation_rad)
    turn = np.array([[cosine, sine], [-sine, cosine]])  # of row vectors
    xy_px = (xy - 0.5) @ turn * region.side_px + (region.x_px, region.y_px)
    body = len(LANDMARKS)
    world_m = world.reshape(_POINTS, 3)[:body].astype(np.float64)
    world_m[:, :2] = world_m[:, :2] @ turn
    return Landmarks(
        xy_px[:body], world_m, sigmoid(points[:body, 3]), xy_px[_AUXILIARY], float(presence.reshape(-1)[0])
    )
