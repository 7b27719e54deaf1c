"""Pictures of a video as a person sees them: upright, with square pixels, all of the size of the first."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.sidedata.sidedata import SideData

Image = npt.NDArray[np.uint8]
Quarter = tuple[int, int, int, int]

_ASPECTS: Final = (Fraction(1, 8), Fraction(8))
"""Pixels of another shape are taken for a mistake of the file."""


def quarter_turn(picture: av.VideoFrame) -> Quarter:
    """Return the file's display matrix (a, b, c, d), rounded to quarter turns and mirrors.

    A stored point (x, y), y down, is shown at (a x + c y, b x + d y), shifted into view (QuickTime File
    Format, "Matrices"); (1, 0, 0, 1) where the file has none. Ask it of one picture alone: a picture whose side data
    was read waits for the garbage collector.
    """
    data = picture.side_data.get("DISPLAYMATRIX")
    if not isinstance(data, SideData):
        return 1, 0, 0, 1
    m = np.frombuffer(bytes(data), np.int32)[[0, 1, 3, 4]] / 65536.0
    if abs(m[0]) + abs(m[3]) >= abs(m[1]) + abs(m[2]):
        return (1 if m[0] >= 0 else -1), 0, 0, (1 if m[3] >= 0 else -1)
    return 0, (1 if m[1] >= 0 else -1), (1 if m[2] >= 0 else -1), 0


def shown_size(picture: av.VideoFrame, turn: Quarter, aspect: Fraction) -> tuple[int, int]:
    """Return width and height of a picture as shown; aspect: width of a pixel as a share of its height."""
    width, height = max(1, round(picture.width * aspect)), picture.height
    return (width, height) if turn[0] else (height, width)


def pixel_aspect(stated: Fraction | None) -> Fraction:
    """Return the width of a pixel as a share of its height; 1 where the file states none, or none that can be."""
    return stated if stated is not None and _ASPECTS[0] <= stated <= _ASPECTS[1] else Fraction(1)


def upright(picture: av.VideoFrame, size_wh: tuple[int, int], turn: Quarter, aspect: Fraction) -> Image:
    """Return the picture turned, in its own shape, as (H, W, 3) uint8 RGB of size_wh.

    A picture of another shape than size_wh, of a phone that was turned while it recorded, is fitted in whole, with
    black beside it: stretched, the person would have other angles.
    """
    own_wh = shown_size(picture, turn, aspect)
    share = min(size_wh[0] / own_wh[0], size_wh[1] / own_wh[1])
    fitted = max(1, round(own_wh[0] * share)), max(1, round(own_wh[1] * share))
    a, b, c, d = turn
    width, height = fitted if a else fitted[::-1]
    image: Image = np.asarray(picture.to_ndarray(format="rgb24", width=width, height=height), dtype=np.uint8)
    if a == 0:
        image = np.asarray(cv2.transpose(image), dtype=np.uint8)
    flip_x, flip_y = (a or c) < 0, (d or b) < 0
    if flip_x or flip_y:
        image = np.asarray(cv2.flip(image, (-1 if flip_y else 1) if flip_x else 0), dtype=np.uint8)
    if fitted == size_wh:
        return np.ascontiguousarray(image)
    whole = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    top, left = (size_wh[1] - fitted[1]) // 2, (size_wh[0] - fitted[0]) // 2
    whole[top : top + fitted[1], left : left + fitted[0]] = image
    return whole
