"""The small pure functions of the index engine."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cityreach.index import aggregate, normalise, rank, transform

NAN = np.nan


def test_goalposts_scale_and_clip() -> None:
    values = np.array([-5.0, 0, 5, 10, 15, NAN])
    np.testing.assert_array_equal(normalise.normalise_goalposts(values, low=0, high=10), [0, 0, 50, 100, 100, NAN])
    np.testing.assert_array_equal(
        normalise.normalise_goalposts(values, low=0, high=10, clip=False), [-50, 0, 50, 100, 150, NAN]
    )


def test_log_takes_a_loss_as_nothing() -> None:
    np.testing.assert_allclose(transform.transform_log1p(np.array([-9.0, 0, np.e - 1])), [0, 0, 1])


def test_a_flow_is_brought_to_its_basis() -> None:
    np.testing.assert_allclose(transform.per_days(np.array([31.0, 59]), basis=30, days=np.array([31.0, 59])), [30, 30])


def test_shares_of_those_who_take_part() -> None:
    kept = np.array([[True, True], [True, False], [False, False]])
    np.testing.assert_allclose(
        aggregate.effective_shares(np.array([1.0, 3]), kept), [[0.25, 0.75], [1, 0], [0.25, 0.75]]
    )


@pytest.mark.parametrize(
    ("rule", "score", "share"), [("zero", 25.0, 0.5), ("reweight", 50.0, 0.0), ("withhold", NAN, 0.0)]
)
def test_the_three_rules_for_a_child_without_a_score(rule: str, score: float, share: float) -> None:
    scores, weights = np.array([[50.0, NAN]]), np.array([1.0, 1])
    absent, rules = np.isnan(scores), np.full((1, 2), aggregate.RULES[rule], dtype=np.int8)
    shares = aggregate.effective_shares(weights, aggregate.takes_part(absent, rules))
    found = np.where(aggregate.has_score(absent, rules), aggregate.aggregate_arithmetic(scores, shares), NAN)
    np.testing.assert_array_equal(found, [score])
    assert shares[0, 1] == share


def test_contributions_hand_down_a_parents_last_step() -> None:
    scores, shares = np.array([[10.0, 30], [0, 0]]), np.array([[0.5, 0.5], [0.5, 0.5]])
    parts = aggregate.contributions(scores, shares, parent=np.array([20.0**2, 0]))
    np.testing.assert_allclose(parts, [[100, 300], [0, 0]])


def test_competition_ranks_with_ties_and_nulls() -> None:
    scores = np.array([5.0, 9, 5, NAN, 1])
    np.testing.assert_array_equal(rank.rank_competition(scores), [2, 1, 2, NAN, 4])
    assert rank.tied(scores).tolist() == [True, False, True, False, False]


def test_noise_in_the_last_digits_is_a_tie() -> None:
    scores = rank.round_significant(np.array([0.1 + 0.2, 0.3, 0.30000001, 0.0, NAN]))
    np.testing.assert_array_equal(rank.rank_competition(scores), [2, 2, 1, 4, NAN])


@settings(max_examples=40, deadline=None)
@given(arrays(float, st.tuples(st.integers(1, 9), st.integers(1, 4)), elements=st.sampled_from([1.0, 2, 3, 4.5, NAN])))
def test_ranks_by_columns_are_one_plus_how_many_are_better(scores: np.ndarray) -> None:
    expected = [[1 + np.sum(column > value) if value == value else NAN for value in column] for column in scores.T]
    np.testing.assert_array_equal(rank.rank_competition(scores).T, np.array(expected))
    same = [[np.sum(column == value) > 1 for value in column] for column in scores.T]
    np.testing.assert_array_equal(rank.tied(scores).T, np.array(same))


@settings(max_examples=40, deadline=None)
@given(st.floats(1e-6, 1e9), st.integers(3, 14))
def test_rounding_keeps_the_digits_asked_for(value: float, digits: int) -> None:
    rounded = rank.round_significant(np.array([value]), digits)[0]
    unit = 10.0 ** (np.floor(np.log10(value)) - digits + 1)
    assert abs(rounded - value) <= 0.5 * unit + 1e-15 * value
    assert float(f"{rounded:.{digits - 1}e}") == pytest.approx(rounded, rel=1e-15)
