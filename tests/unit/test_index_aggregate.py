"""Children to parent: what holds for every aggregation, with and without replications."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cityreach.index import aggregate as family
from cityreach.index.aggregate import AGGREGATES, effective_shares, has_score, taken_weights

NAN = np.nan
GIVEN: dict[str, dict[str, Any]] = {name: {} for name in AGGREGATES} | {"power": {"power": 2.0}}
MEANS = ["arithmetic", "geometric", "harmonic", "power", "median", "minimum"]
Scores = arrays(
    float, st.tuples(st.integers(1, 7), st.integers(1, 5)), elements=st.sampled_from([1.0, 2, 3, 50, 99.5, 100])
)
Seeds = st.integers(0, 999)
quick = settings(max_examples=20, deadline=None)


@pytest.fixture(autouse=True)
def strict() -> Iterator[None]:
    """No step may warn."""
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        yield


def run(name: str, scores: np.ndarray, shares: np.ndarray, **other: Any) -> np.ndarray:
    return AGGREGATES[name](scores, shares, **{**GIVEN[name], **other})


def weights_of(seed: int, children: int, *replications: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(1, 9, (children, *replications)) / 10


def shares_of(seed: int, scores: np.ndarray) -> np.ndarray:
    return effective_shares(weights_of(seed, scores.shape[1]), ~np.isnan(scores))


def with_gaps(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.where(rng.random(shape) < 0.2, NAN, rng.uniform(1, 100, shape))


@pytest.mark.parametrize("name", AGGREGATES)
@pytest.mark.parametrize("varied", ["weights", "scores", "both"])
@pytest.mark.parametrize("gaps", [False, True])
def test_replications_are_single_runs_side_by_side(name: str, varied: str, gaps: bool) -> None:
    rng = np.random.default_rng(5)
    flat = with_gaps(1, (9, 4)) if gaps else rng.uniform(1, 100, (9, 4))
    scores = flat[:, :, None] * rng.uniform(0.9, 1.1, (9, 1, 6)) if varied != "weights" else flat
    weights = weights_of(2, 4, 6) if varied != "scores" else weights_of(2, 4)
    kept = ~np.isnan(flat)
    share = taken_weights if name == "sum" else effective_shares
    together = run(name, scores, share(weights, kept))
    for number in range(6):
        one = scores if scores.ndim == 2 else scores[:, :, number]
        alone = run(name, one, share(weights if weights.ndim == 1 else weights[:, number], kept))
        np.testing.assert_allclose(together[:, number], alone, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", AGGREGATES)
def test_copeland_and_the_others_do_not_depend_on_how_replications_are_cut(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores, shares = with_gaps(3, (8, 4)), effective_shares(weights_of(4, 4, 50), np.ones((8, 4), dtype=bool))
    whole = run(name, np.nan_to_num(scores, nan=5.0), shares)
    monkeypatch.setattr(family, "PAIRS", 64 * 7)
    np.testing.assert_array_equal(run(name, np.nan_to_num(scores, nan=5.0), shares), whole)


@pytest.mark.parametrize("name", AGGREGATES)
@quick
@given(scores=Scores, seed=Seeds)
def test_neither_rows_nor_children_have_an_order(name: str, scores: np.ndarray, seed: int) -> None:
    shares = shares_of(seed, scores)
    rng = np.random.default_rng(seed)
    rows, children = rng.permutation(scores.shape[0]), rng.permutation(scores.shape[1])
    turned = run(name, scores[rows][:, children], shares[rows][:, children])
    np.testing.assert_allclose(turned, run(name, scores, shares)[rows], rtol=1e-12)


@pytest.mark.parametrize("name", MEANS)
@quick
@given(scores=Scores, seed=Seeds)
def test_a_mean_lies_between_its_children_and_keeps_its_unit(name: str, scores: np.ndarray, seed: int) -> None:
    shares = shares_of(seed, scores)
    mean = run(name, scores, shares)
    assert (mean >= scores.min(axis=1) - 1e-9).all()
    assert (mean <= scores.max(axis=1) + 1e-9).all()
    np.testing.assert_allclose(run(name, scores * 0.01, shares), mean * 0.01, rtol=1e-9)


@pytest.mark.parametrize("name", [*MEANS, "sum", "copeland"])
@quick
@given(scores=Scores, seed=Seeds)
def test_a_child_that_rises_never_lowers_its_parent(name: str, scores: np.ndarray, seed: int) -> None:
    shares = shares_of(seed, scores)
    risen = scores.copy()
    risen[0, seed % scores.shape[1]] += 20
    assert run(name, risen, shares)[0] >= run(name, scores, shares)[0] - 1e-9


@quick
@given(scores=Scores, seed=Seeds)
def test_harmonic_geometric_arithmetic_stand_in_order(scores: np.ndarray, seed: int) -> None:
    shares = shares_of(seed, scores)
    harmonic, geometric, arithmetic = (run(name, scores, shares) for name in ("harmonic", "geometric", "arithmetic"))
    assert (harmonic <= geometric + 1e-9).all()
    assert (geometric <= arithmetic + 1e-9).all()
    assert (run("mazziotta_pareto", scores, shares) <= arithmetic + 1e-9).all()
    assert (run("mazziotta_pareto", scores, shares, penalty=1) >= arithmetic - 1e-9).all()


@quick
@given(scores=Scores, seed=Seeds)
def test_the_power_mean_grows_with_its_power_through_the_other_means(scores: np.ndarray, seed: int) -> None:
    shares = shares_of(seed, scores)
    powers = [-200, -3, -1, -1e-3, -1e-9, 0, 1e-12, 1e-6, 0.5, 1, 2, 7, 300]
    found = [run("power", scores, shares, power=power) for power in powers]
    for lower, higher in itertools.pairwise(found):
        assert (lower <= higher * (1 + 1e-12)).all()
    for power, name in ((-1, "harmonic"), (0, "geometric"), (1, "arithmetic")):
        np.testing.assert_allclose(found[powers.index(power)], run(name, scores, shares), rtol=1e-12)


@quick
@given(scores=Scores, seed=Seeds)
def test_copeland_sums_to_nothing_and_sees_only_the_order(scores: np.ndarray, seed: int) -> None:
    shares = shares_of(seed, scores)
    found = run("copeland", scores, shares)
    assert found.sum() == 0
    assert (np.abs(found) <= len(scores) - 1).all()
    np.testing.assert_array_equal(run("copeland", np.exp(scores / 50), shares), found)


@quick
@given(seed=Seeds)
def test_copeland_sums_to_nothing_where_children_are_missing(seed: int) -> None:
    scores = with_gaps(seed, (7, 4))
    kept = ~np.isnan(scores)
    found = run("copeland", scores, effective_shares(weights_of(seed, 4, 3), kept))
    assert np.nansum(found) == 0
    np.testing.assert_array_equal(np.isnan(found), np.repeat(~kept.any(axis=1)[:, None], 3, axis=1))


def test_copeland_leaves_out_whom_it_is_told_to() -> None:
    scores, shares = np.array([[3.0], [2], [1], [NAN]]), np.ones((1, 1))
    np.testing.assert_array_equal(run("copeland", scores, shares), [2, 0, -2, NAN])
    valid = np.array([True, False, True, True])  # the last counts as zero
    np.testing.assert_array_equal(run("copeland", scores, shares, valid=valid), [2, NAN, 0, -2])
    nobody = np.zeros(4, dtype=bool)
    assert np.isnan(run("copeland", scores, shares, valid=nobody)).all()


@pytest.mark.parametrize("name", AGGREGATES)
def test_a_missing_child_with_a_share_counts_as_zero_and_one_without_is_not_there(name: str) -> None:
    scores, zero = np.array([[5.0, NAN], [7, 3]]), np.array([[5.0, 0], [7, 3]])
    half = np.full((2, 2), 0.5)
    np.testing.assert_array_equal(run(name, scores, half), run(name, zero, half))
    alone = np.array([[1.0, 0], [0.5, 0.5]])
    assert run(name, scores, alone)[0] == pytest.approx(-1 if name == "copeland" else 5, rel=1e-15)


@pytest.mark.parametrize(
    ("name", "parameters", "marked"),
    [
        ("arithmetic", {}, []), ("minimum", {}, []), ("power", {"power": 1.0}, []), ("power", {"power": 2.0}, [(0, 0)]),
        ("power", {"power": 0.0}, [(0, 0), (1, 1)]), ("power", {"power": -1.0}, [(0, 0), (1, 1)]),
        ("geometric", {}, [(0, 0), (1, 1)]), ("harmonic", {}, [(0, 0), (1, 1)]),
        ("geometric", {"shift": 1.0}, [(0, 0)]), ("harmonic", {"shift": 5.0}, []),
    ],
)  # fmt: skip
def test_forbidden_children_are_those_that_leave_their_parent_without_a_score(
    name: str, parameters: dict[str, float], marked: list[tuple[int, int]]
) -> None:
    scores, kept = np.array([[-3.0, 5, 4], [6, 0, 2], [1, 0, 2]]), np.ones((3, 3), dtype=bool)
    kept[2, 1] = False
    shares = effective_shares(np.ones(3), kept)
    found = family.forbidden(scores, shares, name, **parameters)
    assert list(zip(*np.nonzero(found), strict=True)) == marked
    np.testing.assert_array_equal(np.isnan(run(name, scores, shares, **parameters)), found.any(axis=1))


def test_an_indicator_left_out_in_some_replications_forbids_only_the_others() -> None:
    scores, kept = np.array([[0.0, 4, 9]]), np.ones((1, 3), dtype=bool)
    shares = effective_shares(np.array([[1.0, 0], [1, 1], [1, 1]]), kept)
    np.testing.assert_allclose(run("geometric", scores, shares), [[NAN, 6]])
    assert family.forbidden(scores, shares, "geometric")[0].tolist() == [[True, False], [False, False], [False, False]]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({}, [True, True, True, False]),
        ({"available_count": 0.5}, [True, True, False, False]),
        ({"available_count": 2 / 3}, [True, True, False, False]),
        ({"available_weight": 0.6}, [True, False, True, False]),
        ({"available_weight": 0.6, "available_count": 0.5}, [True, False, False, False]),
    ],
)
def test_enough_children_by_weight_and_by_number(limits: dict[str, float], expected: list[bool]) -> None:
    absent = np.array([[False, False, False], [True, False, False], [False, True, True], [True, True, True]])
    rules, weights = np.full(absent.shape, family.REWEIGHT, dtype=np.int8), np.array([6.0, 2, 2])
    assert has_score(absent, rules, weights=weights, **limits).tolist() == expected
    varied = np.column_stack([weights, np.array([2.0, 4, 4])])
    found = has_score(absent, rules, weights=varied, **limits)
    assert found[:, 0].tolist() == expected
    rules[:] = family.ZERO  # an absence that counts as zero is there
    assert has_score(absent, rules, weights=weights, **limits).all()


def test_shares_that_are_alike_in_all_rows_are_given_once() -> None:
    weights, kept = weights_of(1, 3, 5), np.ones((4, 3), dtype=bool)
    assert effective_shares(weights, kept).shape == (1, 3, 5)
    kept[0, 0] = False
    assert effective_shares(weights, kept).shape == (4, 3, 5)


@pytest.mark.parametrize("name", AGGREGATES)
@quick
@given(scores=Scores, seed=Seeds)
def test_contributions_add_up_to_the_parent(name: str, scores: np.ndarray, seed: int) -> None:
    shares = shares_of(seed, scores)
    parent = run(name, scores, shares)
    np.testing.assert_allclose(family.contributions(scores, shares, parent).sum(axis=1), parent, atol=1e-9)


@pytest.mark.parametrize("share", [effective_shares, taken_weights])
def test_contributions_to_a_mean_or_sum_are_share_times_score_even_where_they_cancel_out(share: Any) -> None:
    scores = np.array([[0.1, 0.2, -0.3], [1.5, -1.5, NAN], [0, 0, 0]])
    shares = share(np.array([1.0, 1, 1]), ~np.isnan(scores))
    parts = family.contributions(scores, shares, run("sum", scores, shares))
    np.testing.assert_array_equal(parts, np.nan_to_num(scores) * shares)


def test_contributions_that_nearly_cancel_out_are_not_blown_up_by_noise_in_the_parent() -> None:
    scores, shares = np.array([[1.0, -1 + 1e-10]]), np.array([[0.5, 0.5]])
    parent = run("arithmetic", scores, shares) * (1 + 1e-3)
    np.testing.assert_array_equal(family.contributions(scores, shares, parent), scores * shares)


def test_contributions_that_cannot_be_scaled_share_the_difference() -> None:
    scores, shares = np.array([[1.0, -1]]), np.array([[0.25, 0.75]])
    parts = family.contributions(np.array([[3.0, -1]]), shares, np.array([8.0]))
    np.testing.assert_allclose(parts, [[0.75 + 2, -0.75 + 6]])
    np.testing.assert_array_equal(family.contributions(scores, shares, np.array([NAN])), [[NAN, NAN]])


@pytest.mark.parametrize("name", AGGREGATES)
@pytest.mark.parametrize("shape", [(0, 3), (1, 1), (3, 1)])
def test_small_tables_neither_crash_nor_warn(name: str, shape: tuple[int, int]) -> None:
    for scores in (np.ones(shape), np.full(shape, NAN), np.zeros(shape)):
        kept = ~np.isnan(scores)
        found = run(name, scores, effective_shares(np.ones(shape[1]), kept))
        assert found.shape == shape[:1]
        varied = run(name, scores, effective_shares(np.ones((shape[1], 2)), kept))
        assert varied.shape == (shape[0], 2)


def test_a_mean_that_is_noise_has_no_coefficient_of_variation() -> None:
    scores = np.array([[0.1 + 0.2, -0.3], [0.3, 0.3]])
    np.testing.assert_allclose(run("mazziotta_pareto", scores, np.array([[0.5, 0.5]])), [NAN, 0.3])
