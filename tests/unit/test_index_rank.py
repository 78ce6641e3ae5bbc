"""Places, inside groups and at printed precision, and the means and medians of groups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cityreach.index import rank

NAN = np.nan
Scores = arrays(float, st.tuples(st.integers(1, 9), st.integers(1, 3)), elements=st.sampled_from([1.0, 2, 3, 4.5, NAN]))
quick = settings(max_examples=40, deadline=None)


@quick
@given(Scores)
def test_dense_and_average_places(scores: np.ndarray) -> None:
    for column, dense, average in zip(scores.T, rank.rank_dense(scores).T, rank.rank_average(scores).T, strict=True):
        known = column[~np.isnan(column)]
        expected = [1 + len({*known[known > value]}) if value == value else NAN for value in column]
        np.testing.assert_array_equal(dense, expected)
        means = [
            (known > value).sum() + ((known == value).sum() + 1) / 2 if value == value else NAN for value in column
        ]
        np.testing.assert_array_equal(average, means)


@quick
@given(Scores, st.integers(0, 99))
def test_places_inside_groups_are_places_of_the_group_alone(scores: np.ndarray, seed: int) -> None:
    groups = np.random.default_rng(seed).choice(np.array(["a", "b", None], dtype=object), len(scores))
    found = rank.rank_within(scores, groups)
    for name in ("a", "b"):
        np.testing.assert_array_equal(found[groups == name], rank.rank_competition(scores[groups == name]))
    assert np.isnan(found[[name is None for name in groups]]).all()


def test_scores_are_compared_as_they_are_printed() -> None:
    scores = np.array([71.25, 71.34, 71.24])
    assert rank.rank_competition(rank.comparable(scores)).tolist() == [2, 1, 3]
    assert rank.rank_competition(rank.comparable(scores, decimals=1)).tolist() == [1, 1, 3]
    assert rank.tied(rank.comparable(scores, decimals=1)).tolist() == [True, True, False]
    assert rank.rank_competition(rank.comparable(scores, significant=2)).tolist() == [1, 1, 1]


def test_means_and_medians_of_groups() -> None:
    values = np.array([10.0, 20, 60, NAN, 5, 7, 8, NAN])
    groups = np.array(["west", "west", "west", "west", "east", None, "east", "north"], dtype=object)
    labels, means = rank.group_mean(values, groups)
    assert labels == ["west", "east", "north"]
    np.testing.assert_allclose(means, [30, 6.5, NAN])
    np.testing.assert_allclose(rank.group_median(values, groups)[1], [20, 6.5, NAN])


def test_weighted_means_and_medians_of_groups() -> None:
    # west: (10 x 1 + 20 x 1 + 60 x 2) / 4 = 37.5; half of the weight lies up to 20, half from 60: median 40.
    values, groups = np.array([10.0, 20, 60, 90, 5, 8]), ["west"] * 4 + ["east"] * 2
    weights = np.array([1.0, 1, 2, NAN, 0, 0])
    np.testing.assert_allclose(rank.group_mean(values, groups, weights=weights)[1], [37.5, NAN])
    np.testing.assert_allclose(rank.group_median(values, groups, weights=weights)[1], [40, NAN])


@pytest.mark.parametrize("ranking", rank.RANKINGS)
def test_no_rows_and_no_scores(ranking: str) -> None:
    assert rank.RANKINGS[ranking](np.empty(0)).shape == (0,)
    assert np.isnan(rank.RANKINGS[ranking](np.array([NAN, NAN]))).all()
    assert rank.RANKINGS[ranking](np.array([[3.0]])).tolist() == [[1]]
    assert rank.rank_within(np.array([1.0]), [None], ranking=ranking).shape == (1,)
