"""How smooth a movement was: spectral arc length, and the jitter that would hide it.

Source: Balasubramanian, Melendez-Calderon, Burdet, "A robust and sensitive metric for quantifying movement
smoothness", IEEE Trans Biomed Eng 59:2126, 2012; the authors' reference code gives -1.41403 for its test vector.
Departures: 1. the band ends at half the sampling rate where that is below 10 Hz, because past it the spectrum is only
mirrored; 2. the path is low-passed first, because a webcam's jitter reads as unsmooth movement.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import scipy

from vision.pose import FloatArray

BAND_HZ: Final = 10.0
AMPLITUDE_THRESHOLD: Final = 0.05
LOW_PASS_HZ: Final = 6.0
LARGEST_JITTER: Final = 0.015
"""Residual of the low-pass, in arm or leg lengths, beyond which smoothness is not shown."""

TREMOR_FROM_HZ: Final = 3.0
"""From here on a way of a second or more holds no movement that was meant."""

_MEANT_IN_A_WAY: Final = 4.0
"""A shorter way is itself quicker: what swings slower than this often in a way counts as meant."""

_FEWEST_SAMPLES: Final = 16


def spectral_arc_length(speed: FloatArray, sample_rate_hz: float) -> float:
    """SPARC of one discrete movement's speed (N,): negative, nearer 0 is smoother; a minimum-jerk reach is -1.4."""
    points = 2 ** (math.ceil(math.log2(len(speed))) + 4)
    frequency = np.arange(points) * sample_rate_hz / points
    magnitude = np.abs(np.fft.fft(speed, points))
    magnitude = magnitude / magnitude.max()
    inside = frequency <= min(BAND_HZ, sample_rate_hz / 2)
    frequency, magnitude = frequency[inside], magnitude[inside]
    loud = np.flatnonzero(magnitude >= AMPLITUDE_THRESHOLD)
    frequency, magnitude = frequency[loud[0] : loud[-1] + 1], magnitude[loud[0] : loud[-1] + 1]
    if len(frequency) < 2:
        return 0.0
    steps = np.diff(frequency) / (frequency[-1] - frequency[0])
    return float(-np.hypot(steps, np.diff(magnitude)).sum())


def tremor(t_s: FloatArray, place: FloatArray, way_s: float) -> float | None:
    """How far something trembles about its way, median, in the unit of its places (T, 2); None where little is seen.

    What swings faster than the way itself can explain: above 3 Hz, or above four swings in a way of way_s where that is
    faster; the median over time leaves single jerks and jumps of the picture out.
    """
    evenly = _evenly(t_s, place)
    if evenly is None:
        return None
    even, rate_hz = evenly
    cut_hz = max(TREMOR_FROM_HZ, _MEANT_IN_A_WAY / max(way_s, 1e-3))
    if cut_hz >= 0.45 * rate_hz:
        return None
    quick = scipy.signal.sosfiltfilt(
        scipy.signal.butter(2, cut_hz, "high", fs=rate_hz, output="sos"), even, axis=0
    )
    return float(np.median(np.linalg.norm(quick, axis=1)))


def _evenly(t_s: FloatArray, path: FloatArray) -> tuple[FloatArray, float] | None:
    """Places (N, D) at even times with their rate, gaps bridged by lines; None for fewer than 16."""
    seen = np.isfinite(path).all(axis=1)
    if seen.sum() < 2:
        return None
    rate_hz = float((seen.sum() - 1) / (t_s[seen][-1] - t_s[seen][0]))
    even_s = np.arange(t_s[seen][0], t_s[seen][-1], 1 / rate_hz)
    if len(even_s) < _FEWEST_SAMPLES:
        return None
    return np.stack([np.interp(even_s, t_s[seen], column[seen]) for column in path.T], axis=-1), rate_hz


def path_smoothness(t_s: FloatArray, path: FloatArray) -> tuple[float, float] | None:
    """(SPARC, jitter) of a path (T, D) in arm or leg lengths at times (T,); None where too short or unseen.

    The path is brought to even times at its own mean rate. Jitter is the standard deviation of what the low-pass
    takes away.
    """
    evenly = _evenly(t_s, path)
    if evenly is None:
        return None
    even, rate_hz = evenly
    smooth = even
    if rate_hz > 2.5 * LOW_PASS_HZ:
        smooth = scipy.signal.sosfiltfilt(
            scipy.signal.butter(2, LOW_PASS_HZ, fs=rate_hz, output="sos"), even, axis=0
        )
    jitter = float((even - smooth).std(axis=0).max())
    speed = np.linalg.norm(np.gradient(smooth, 1 / rate_hz, axis=0), axis=1)
    if speed.max() <= 0:
        return None
    return spectral_arc_length(speed, rate_hz), jitter
