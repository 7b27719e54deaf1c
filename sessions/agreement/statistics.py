"""Measures of how far two or more raters agree, each with its 95 % interval, or with the reason why there is none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import scipy

Weights = Literal["none", "linear", "quadratic"]
LEAST: Final = 10
"""With fewer pairs nothing is said: an interval over less would span nearly all that is possible."""

TOO_FEW: Final = "There are too few pairs to say."
ONE_KIND: Final = "One of the two gave the same answer every time: chance and agreement cannot be told apart."
NO_SPREAD: Final = "One of the two gave the same score every time."
ALL_AGREE: Final = "They differed nowhere, or by the same everywhere: the formula gives no interval there."
NO_INTERVAL: Final = "The formula gives no interval for these scores."
NOT_FOUND: Final = "The one compared with never found it."
ALWAYS_FOUND: Final = "The one compared with found it every time."
NO_TRUTH: Final = "Between two therapists neither is the one compared with."
"""Why a number or its interval is missing."""

_Z: Final = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Estimate:
    """A number over n pairs with its 95 % interval [low, high]; never NaN.

    reason: why value, or the interval alone, is None; empty where all three are there. Raises ValueError for a number
    that is not finite, an interval that does not hold its value, and a gap without a reason.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    reason: str = ""

    def __post_init__(self) -> None:
        known = [one for one in (self.value, self.low, self.high) if one is not None]
        if not all(math.isfinite(one) for one in known):
            raise ValueError(f"estimate: expected finite numbers, got {known}")
        if len(known) < 3 and not self.reason:
            raise ValueError("estimate: expected a reason for what is missing")
        if len(known) == 3 and known != [known[0], min(known), max(known)]:
            raise ValueError(f"estimate: expected {known[1]} to {known[2]} to hold {known[0]}")

    @classmethod
    def none(cls, n: int, reason: str) -> Estimate:
        """No number, and why."""
        return cls(None, None, None, n, reason)


def kappa(counts: npt.ArrayLike, weights: Weights = "none", least: int = LEAST) -> Estimate:
    """Cohen's kappa of a square table of counts (categories of one rater x of the other), -1 to 1.

    weights: none counts only full agreement; linear and quadratic take disagreement by its distance, for categories
    in order. The interval is that of the large-sample variance of Fleiss, Cohen & Everitt (1969), kept within -1 to 1.
    No number with fewer than `least` pairs and where a rater used one category alone (the formula then gives 0 or 0/0
    whatever the other did).
    """
    table = np.asarray(counts, dtype=float)
    n = int(table.sum())
    if n < least:
        return Estimate.none(n, TOO_FEW)
    p = table / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    if np.count_nonzero(rows) < 2 or np.count_nonzero(columns) < 2:
        return Estimate.none(n, ONE_KIND)
    w = _weights(len(p), weights)
    seen, chance = float((w * p).sum()), float(rows @ w @ columns)
    value = (seen - chance) / (1 - chance)
    if np.count_nonzero(p) == np.count_nonzero(np.diag(p)):
        return Estimate(1.0, None, None, n, ALL_AGREE)
    mean = (w @ columns)[:, None] + (rows @ w)[None, :]
    spread = (p * (w * (1 - chance) - mean * (1 - seen)) ** 2).sum()
    variance = (spread - (seen * chance - 2 * chance + seen) ** 2) / (n * (1 - chance) ** 4)
    half = _Z * math.sqrt(max(float(variance), 0.0))
    return Estimate(value, max(value - half, -1.0), min(value + half, 1.0), n)


def _weights(categories: int, kind: Weights) -> npt.NDArray[np.float64]:
    """What a pair of categories counts: 1 on the diagonal, 0 at the farthest corner (Fleiss, Levin & Paik 2003)."""
    if kind == "none":
        return np.eye(categories)
    apart = np.abs(np.subtract.outer(np.arange(categories), np.arange(categories))) / (categories - 1)
    return np.asarray(1 - apart if kind == "linear" else 1 - apart**2, dtype=np.float64)


@dataclass(frozen=True)
class Intraclass:
    """How alike raters' numbers are, 1 for the same.

    agreement: ICC(2,1), any rater's single number in place of any other's, so that one who is always higher counts as
    disagreement. consistency: ICC(3,1), of these very raters, where that does not count.
    """

    agreement: Estimate
    consistency: Estimate


def intraclass(scores: npt.ArrayLike, least: int = LEAST) -> Intraclass:
    """ICC(2,1) and ICC(3,1) of scores (n rated, k raters), none NaN, with their 95 % intervals.

    Values as in Shrout & Fleiss (1979), intervals as in McGraw & Wong (1996), cases A-1 and C-1. No number with fewer
    than `least` rated and where a rater's scores do not vary.
    """
    x = np.asarray(scores, dtype=float)
    n, k = x.shape
    if n < least:
        return Intraclass(Estimate.none(n, TOO_FEW), Estimate.none(n, TOO_FEW))
    if (np.ptp(x, axis=0) == 0).any():
        return Intraclass(Estimate.none(n, NO_SPREAD), Estimate.none(n, NO_SPREAD))
    rated, raters, rest = _mean_squares(x)
    consistency = (rated - rest) / (rated + (k - 1) * rest)
    agreement = (rated - rest) / (rated + (k - 1) * rest + k * (raters - rest) / n)
    if rest <= 1e-12 * rated:
        low_and_high = (None, None, n, ALL_AGREE)
        return Intraclass(Estimate(agreement, *low_and_high), Estimate(1.0, *low_and_high))
    return Intraclass(
        _within(agreement, *_agreement_interval(rated, raters, rest, n, k), n),
        _within(consistency, *_consistency_interval(rated / rest, n, k), n),
    )


def _mean_squares(x: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    """Of what is rated, of the raters, and the rest, from a two-way analysis of variance without repeats."""
    n, k = x.shape
    of_rated, of_raters = x.mean(axis=1, keepdims=True), x.mean(axis=0, keepdims=True)
    rest = x - of_rated - of_raters + x.mean()
    return (
        float(k * of_rated.var(ddof=1)),
        float(n * of_raters.var(ddof=1)),
        float((rest**2).sum() / ((n - 1) * (k - 1))),
    )


def _consistency_interval(ratio: float, n: int, k: int) -> tuple[float, float]:
    within = (n - 1) * (k - 1)
    low = ratio / scipy.stats.f.ppf(0.975, n - 1, within)
    high = ratio * scipy.stats.f.ppf(0.975, within, n - 1)
    return float((low - 1) / (low + k - 1)), float((high - 1) / (high + k - 1))


def _agreement_interval(rated: float, raters: float, rest: float, n: int, k: int) -> tuple[float, float]:
    value = (rated - rest) / (rated + (k - 1) * rest + k * (raters - rest) / n)
    a = k * value / (n * (1 - value))
    b = 1 + k * value * (n - 1) / (n * (1 - value))
    freedom = (a * raters + b * rest) ** 2 / (
        (a * raters) ** 2 / (k - 1) + (b * rest) ** 2 / ((n - 1) * (k - 1))
    )
    down = scipy.stats.f.ppf(0.975, n - 1, freedom)
    up = scipy.stats.f.ppf(0.975, freedom, n - 1)
    spread = k * raters + (k * n - k - n) * rest
    low = n * (rated - down * rest) / (down * spread + n * rated)
    high = n * (up * rated - rest) / (spread + n * up * rated)
    return float(low), float(high)


def _within(value: float, low: float, high: float, n: int) -> Estimate:
    """An estimate; without an interval where the formula gives none that holds the value."""
    if not (math.isfinite(low) and math.isfinite(high) and low <= value <= high):
        return Estimate(value, None, None, n, NO_INTERVAL)
    return Estimate(value, low, high, n)


@dataclass(frozen=True)
class Difference:
    """One rater's scores less the other's: their mean, and the limits within which 95 % of them lie, with intervals.

    spread: standard deviation of the differences, None where there is no number.
    """

    bias: Estimate
    lower: Estimate
    upper: Estimate
    spread: float | None


def bland_altman(one: Sequence[float], other: Sequence[float], least: int = LEAST) -> Difference:
    """Bias and limits of agreement of `one` less `other`, points.

    Bland & Altman (1986), with the variance of the limits of their 1999 paper (s^2 (1/n + 1.96^2 / (2 (n - 1)))) and
    Student's t. No number with fewer than `least` pairs. Raises ValueError for unequal lengths.
    """
    if len(one) != len(other):
        raise ValueError(f"scores: expected as many of one as of the other, got {len(one)}, {len(other)}")
    n = len(one)
    if n < max(least, 2):
        few = Estimate.none(n, TOO_FEW)
        return Difference(few, few, few, None)
    apart = np.asarray(one, dtype=float) - np.asarray(other, dtype=float)
    bias, spread = float(apart.mean()), float(apart.std(ddof=1))
    often = float(scipy.stats.t.ppf(0.975, n - 1))
    of_bias = often * spread / math.sqrt(n)
    of_limit = often * spread * math.sqrt(1 / n + _Z**2 / (2 * (n - 1)))
    limits = [
        Estimate(at, at - of_limit, at + of_limit, n) for at in (bias - _Z * spread, bias + _Z * spread)
    ]
    return Difference(Estimate(bias, bias - of_bias, bias + of_bias, n), limits[0], limits[1], spread)


def share(found: int, of: int, reason: str) -> Estimate:
    """found of `of` as a share 0..1 with Wilson's interval (1927); no number where `of` is 0, for that reason."""
    if of == 0:
        return Estimate.none(0, reason)
    p, z2 = found / of, _Z**2
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z / (1 + z2 / of) * math.sqrt(p * (1 - p) / of + z2 / (4 * of**2))
    return Estimate(p, min(max(middle - half, 0.0), p), max(min(middle + half, 1.0), p), of)
