"""Measures of agreement against published worked examples, and what they say where there is nothing to say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.agreement import statistics as measures
from sessions.agreement.statistics import Estimate, Weights, bland_altman, intraclass, kappa, share

# Shrout & Fleiss (1979), table 2: six subjects, four judges.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]

# Bland & Altman (1986), table 1: peak expiratory flow (l/min) of 17 people, first reading with each meter.
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]

# The example of the SAS manual (PROC FREQ, AGREE), of which its own output is known.
SAS = [[0, 4, 1], [0, 8, 0], [0, 1, 5]]


def numbers(estimate: Estimate) -> list[float]:
    assert estimate.value is not None
    assert estimate.low is not None
    assert estimate.high is not None
    return [estimate.value, estimate.low, estimate.high]


@pytest.mark.parametrize(
    ("counts", "weights", "value", "low", "high"),
    [
        (SAS, "none", 0.4842, 0.2137, 0.7547),
        (SAS, "linear", 0.4701, 0.1845, 0.7558),
        # Fleiss, Levin & Paik (2003), table 18.1: diagnoses of 100 people by two raters; kappa 0.68, its error 0.087.
        ([[75, 1, 4], [5, 4, 1], [0, 0, 10]], "none", 0.676, 0.676 - 1.96 * 0.088, 0.676 + 1.96 * 0.088),
    ],
)
def test_kappa_is_that_of_worked_examples(
    counts: list[list[int]], weights: Weights, value: float, low: float, high: float
) -> None:
    within = 1e-4 if counts == SAS else 2e-3
    assert numbers(kappa(counts, weights)) == pytest.approx([value, low, high], abs=within)


def test_kappa_of_cohens_own_table_is_his() -> None:
    """Cohen (1960), table 1: agreement .70, by chance .41, kappa .492."""
    assert kappa([[88, 14, 18], [10, 40, 10], [2, 6, 12]]).value == pytest.approx(0.492, abs=5e-4)


def test_quadratic_kappa_is_the_intraclass_correlation_it_is_known_to_come_to() -> None:
    """Fleiss & Cohen (1973): with quadratic weights and many pairs kappa is the ICC for agreement of the ranks."""
    rng = np.random.default_rng(5)
    one = rng.integers(0, 5, 40_000)
    other = np.clip(one + rng.integers(-1, 2, 40_000), 0, 4)
    table = np.zeros((5, 5))
    np.add.at(table, (one, other), 1)
    same = intraclass(np.column_stack([one, other])).agreement.value
    assert kappa(table, "quadratic").value == pytest.approx(same, abs=1e-4)


@given(st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=4, max_size=4))
def test_weighted_kappa_is_one_less_the_cost_over_the_cost_by_chance(table: list[list[int]]) -> None:
    """Cohen (1968): the slow way, pair by pair."""
    n = sum(map(sum, table))
    costs: dict[Weights, int] = {"linear": 1, "quadratic": 2}
    for weights, power in costs.items():
        got = kappa(table, weights)
        if got.value is None:
            continue
        cost = sum(count * abs(i - j) ** power for i, row in enumerate(table) for j, count in enumerate(row))
        chance = sum(
            sum(table[i]) * sum(row[j] for row in table) / n * abs(i - j) ** power
            for i in range(4)
            for j in range(4)
        )
        assert got.value == pytest.approx(1 - cost / chance, abs=1e-9)


def test_intraclass_correlations_are_those_of_shrout_and_fleiss() -> None:
    """Values of the paper, .29 and .71 (table 4); intervals to three places as R's psych gives them for its table."""
    got = intraclass(SHROUT_FLEISS, least=6)
    assert numbers(got.agreement) == pytest.approx([0.290, 0.019, 0.761], abs=5e-4)
    assert numbers(got.consistency) == pytest.approx([0.715, 0.342, 0.946], abs=5e-4)


def test_limits_of_agreement_are_those_of_bland_and_altman() -> None:
    """Mean -2.1, standard deviation 38.8, 95 % interval of the mean -22.0 to 17.8 l/min."""
    got = bland_altman(WRIGHT, MINI)
    assert numbers(got.bias) == pytest.approx([-2.1, -22.0, 17.8], abs=0.06)
    assert got.spread == pytest.approx(38.8, abs=0.05)
    low, high = numbers(got.lower), numbers(got.upper)
    # The paper takes 2 for 1.96 and 3 for 1 + 1.96^2 / 2: -79.7 (-114.3 to -45.1) and 75.5 (40.9 to 110.1).
    assert low == pytest.approx([-79.7, -114.3, -45.1], abs=2.6)
    assert high == pytest.approx([75.5, 40.9, 110.1], abs=2.6)
    assert low[0] == pytest.approx(-2.118 - 1.96 * 38.77, abs=0.02)


@pytest.mark.parametrize(
    ("found", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_shares_have_the_interval_of_wilson(found: int, of: int, low: float, high: float) -> None:
    """Newcombe (1998), table I, method 3."""
    assert numbers(share(found, of, "")) == pytest.approx([found / of, low, high], abs=5e-5)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ([[5, 0], [0, 4]], measures.TOO_FEW),
        ([[0, 0], [0, 0]], measures.TOO_FEW),
        ([[30, 0], [0, 0]], measures.ONE_KIND),
        ([[20, 10], [0, 0]], measures.ONE_KIND),
        ([[20, 0], [10, 0]], measures.ONE_KIND),
    ],
)
@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_kappa_says_why_it_says_nothing(counts: list[list[int]], weights: Weights, reason: str) -> None:
    got = kappa(counts, weights)
    assert (got.value, got.low, got.high, got.reason) == (None, None, None, reason)


def test_raters_who_never_differ_get_no_interval_of_no_width() -> None:
    for got in (kappa([[9, 0], [0, 9]]), intraclass([[i, i] for i in range(12)]).agreement):
        assert (got.value, got.low, got.high, got.reason) == (1.0, None, None, measures.ALL_AGREE)


def test_one_who_is_always_ten_points_higher_is_consistent_but_does_not_agree() -> None:
    got = intraclass([[i, i + 10] for i in range(12)])
    assert got.consistency.value == 1.0
    assert got.agreement.value is not None
    assert got.agreement.value < 0.25


@pytest.mark.parametrize(
    ("scores", "reason"),
    [
        ([[50.0, 60.0]] * 9, measures.TOO_FEW),
        ([[50.0, 60.0 + i] for i in range(20)], measures.NO_SPREAD),
        ([[50.0, 50.0]] * 20, measures.NO_SPREAD),
    ],
)
def test_intraclass_says_why_it_says_nothing(scores: list[list[float]], reason: str) -> None:
    got = intraclass(scores)
    assert {got.agreement, got.consistency} == {Estimate(None, None, None, len(scores), reason)}


def test_too_few_differences_have_no_limits() -> None:
    got = bland_altman([1.0] * 9, [2.0] * 9)
    assert got.spread is None
    assert {got.bias, got.lower, got.upper} == {Estimate(None, None, None, 9, measures.TOO_FEW)}
    assert bland_altman([], []).bias.n == 0


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=40))
def test_no_scores_make_a_number_that_is_none(pairs: list[tuple[int, int]]) -> None:
    """Estimate refuses NaN and an interval beside its value, so that making one is the test."""
    scores = np.array(pairs, dtype=float).reshape(-1, 2)
    icc = intraclass(scores)
    for one in (icc.agreement, icc.consistency):
        assert one.value is None or -1 <= one.value <= 1 + 1e-9
    bland_altman(list(scores[:, 0]), list(scores[:, 1]))


@pytest.mark.parametrize(
    "wrong",
    [(math.nan, 0.0, 1.0, 5, ""), (0.5, None, None, 5, ""), (0.5, 0.6, 0.7, 5, ""), (None, 0.1, 0.2, 5, "")],
)
def test_an_estimate_cannot_be_half_a_number(wrong: tuple[float, float, float, int, str]) -> None:
    with pytest.raises(ValueError, match="estimate"):
        Estimate(*wrong)
