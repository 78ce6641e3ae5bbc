"""Weights from the data: sums, orders, exactness, and refusals that say which child and why."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cityreach.errors import DataError
from cityreach.index import weight as family

NAN = np.nan
quick = settings(max_examples=20, deadline=None)


def correlated(seed: int, rows: int = 40, children: int = 4) -> np.ndarray:
    """Scores with a common factor, in different units."""
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(rows, 1)) + rng.normal(size=(rows, children))) * rng.uniform(1, 50, children) + 100


def correlations(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    mean = scores @ weights
    return np.array([np.corrcoef(mean, column)[0, 1] for column in scores.T])


@pytest.mark.parametrize("name", family.WEIGHTS)
@quick
@given(seed=st.integers(0, 999))
def test_weights_add_up_to_one_are_none_below_zero_and_follow_their_children(name: str, seed: int) -> None:
    scores = correlated(seed)
    weights = family.WEIGHTS[name](scores)
    assert weights.sum() == pytest.approx(1, abs=1e-12)
    assert (weights >= 0).all()
    turned = np.random.default_rng(seed).permutation(scores.shape[1])
    np.testing.assert_allclose(family.WEIGHTS[name](scores[:, turned]), weights[turned], atol=1e-6)


@pytest.mark.parametrize("rule", ["first", "oecd"])
@quick
@given(seed=st.integers(0, 999))
def test_component_weights_do_not_depend_on_units_nor_on_rows_with_gaps(rule: str, seed: int) -> None:
    scores = correlated(seed)
    weights = family.weight_pca(scores, rule=rule)
    gaps = np.vstack([scores * [1, 10, 0.1, 7] + 5, [NAN, 1, 2, 3]])
    np.testing.assert_allclose(family.weight_pca(gaps, rule=rule), weights, atol=1e-6)


@quick
@given(seed=st.integers(0, 999))
def test_optimised_weights_make_correlations_as_the_targets_are(seed: int) -> None:
    scores, aims = correlated(seed), np.array([1.0, 1, 1, 1.1])
    weights = family.weight_optimised(scores, targets=list(aims))
    found = correlations(scores, weights)
    if (weights > 1e-3).all():
        np.testing.assert_allclose(found / found.sum(), aims / aims.sum(), atol=1e-9)


def test_targets_out_of_reach_are_met_as_nearly_as_weights_above_zero_can() -> None:
    pytest.importorskip("scipy", reason="SciPy finds the nearest weights")
    scores, aims = correlated(3, children=3), np.array([4.0, 1, 1])
    weights = family.weight_optimised(scores, targets=list(aims))

    def miss(given: np.ndarray) -> float:
        found = correlations(scores, given)
        return float(((found / found.sum() - aims / aims.sum()) ** 2).sum())

    grid = [np.array([a, b, 1 - a - b]) for a in np.linspace(0, 1, 41) for b in np.linspace(0, 1 - a, 41)]
    assert weights.sum() == pytest.approx(1)
    assert miss(weights) <= min(miss(np.maximum(point, 0)) for point in grid) + 1e-9


def test_varimax_keeps_lengths_and_finds_a_simple_structure_from_any_turn() -> None:
    simple = np.array([[0.9, 0], [0.8, 0], [0, 0.7], [0, 0.6], [0, 0.5]])
    for angle in (0.0, 0.3, np.pi / 4, 1.2, 3.0):  # at a quarter of a half turn the gradient vanishes
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        found = np.abs(family.varimax(simple @ turn))
        found = found if found[0, 0] > found[0, 1] else found[:, ::-1]
        np.testing.assert_allclose(found, simple, atol=1e-9)


@pytest.mark.parametrize("rule", ["first", "oecd"])
@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ([[1, 2], [2, 3], [NAN, 4]], "2 of 3 rows have a score for every child, at least 3 must"),
        ([[1, 7.1], [2, 7.1], [3, 7.1]], "`reach` has the same score in all 3 complete rows"),
    ],
)
def test_too_little_to_weigh_by(rule: str, scores: list[list[float]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        family.weight_pca(np.array(scores), rule=rule, names=["posts", "reach"])
    with pytest.raises(DataError, match=message):
        family.weight_optimised(np.array(scores), names=["posts", "reach"])


def test_a_child_that_runs_against_the_others_is_named() -> None:
    scores = correlated(1)
    scores[:, 2] *= -1
    with pytest.raises(DataError, match=r"`c` runs against the other children, .* Check its direction"):
        family.weight_pca(scores, rule="first", names=list("abcd"))
    with pytest.raises(DataError, match="child 3 runs against"):
        family.weight_pca(scores, rule="first")


@pytest.mark.parametrize(
    ("eigenvalues", "kept"),
    [
        ([2.5, 1.6, 0.5, 0.4], 2),  # two above 1, 82 % of the variance
        ([1.5, 0.9, 0.9, 0.9, 0.8], 3),  # one above 1 has 30 %, three have 66 %
        ([3.2, 1.0, 0.5, 0.3], 1),  # the second is not above 1
        ([12.0, 1.05, 0.95, 0.9, 0.6, 0.5], 1),  # above 1, with less than 10 %
        ([1.0], 1),
    ],
)
def test_components_that_the_oecd_rule_keeps(eigenvalues: list[float], kept: int) -> None:
    assert family._kept(np.array(eigenvalues)) == kept


def test_one_child_has_all_the_weight() -> None:
    scores = np.array([[1.0], [2], [4]])
    for function in family.WEIGHTS.values():
        np.testing.assert_allclose(function(scores), [1])
