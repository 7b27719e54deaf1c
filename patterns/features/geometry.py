"""Angles and frames from points, vectorised over leading axes. NaN in gives NaN out; nothing is ever filled."""

from __future__ import annotations

import numpy as np

from vision.pose import FloatArray


def unit(vectors: FloatArray) -> FloatArray:
    """Vectors (..., D) scaled to length 1; NaN where the length is 0."""
    length = np.sqrt((vectors * vectors).sum(axis=-1, keepdims=True))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(length > 0, vectors / length, np.nan))


def dot(a: FloatArray, b: FloatArray) -> FloatArray:
    """Scalar products (...) of vectors (..., D)."""
    return np.asarray((a * b).sum(axis=-1))


def angle_deg(a: FloatArray, b: FloatArray) -> FloatArray:
    """Angle (...) between vectors (..., D), 0..180 degrees; NaN where one has no length."""
    return np.asarray(np.degrees(np.arccos(np.clip(dot(unit(a), unit(b)), -1.0, 1.0))))


def signed_angle_2d_deg(a: FloatArray, b: FloatArray) -> FloatArray:
    """Turn (...) from a to b, both (..., 2), in -180..180 degrees, positive from the x axis towards the y axis."""
    cross = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return np.asarray(np.degrees(np.arctan2(cross, dot(a, b))))


def across(vector: FloatArray, axis: FloatArray) -> FloatArray:
    """The part (..., D) of vector at right angles to axis, scaled to length 1."""
    along = unit(axis)
    return unit(vector - along * dot(vector, along)[..., None])


def trunk_frame(
    shoulders: tuple[FloatArray, FloatArray], hips: tuple[FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Axes (left, up, forward) of the trunk, each (..., 3), from (left, right) shoulders and hips in metres.

    Up runs from mid-hip to mid-shoulder, left along the shoulder line at right angles to it, forward out of the
    chest. Departure from ISB (Wu 2005): 1. up is the line of surface mid-points in place of mid(PX, T8) to
    mid(IJ, C7); 2. left is the shoulder line in place of the normal of IJ, C7 and their mid-point.
    World coordinates are x image right, y down, z away from the camera, a right-handed system.
    """
    up = unit((shoulders[0] + shoulders[1] - hips[0] - hips[1]) / 2)
    left = across(shoulders[0] - shoulders[1], up)
    return left, up, cross(left, up)


def cross(a: FloatArray, b: FloatArray) -> FloatArray:
    """Vector products (..., 3); numpy's own costs five times as much for the single vectors of a live frame."""
    (ax, ay, az), (bx, by, bz) = np.moveaxis(a, -1, 0), np.moveaxis(b, -1, 0)
    return np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], axis=-1)
