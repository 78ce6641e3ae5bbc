"""Figures to scores: what holds for every normalisation, and the odd columns that must not crash one."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cityreach.errors import SpecError
from cityreach.index import normalise as family
from cityreach.index import transform
from cityreach.index.numeric import round_down, round_half_up, round_significant, weighted_median

NAN = np.nan
BOUNDED: dict[str, dict[str, Any]] = {
    "minmax": {}, "best": {"range": (1, 10)}, "goalposts": {"low": "p25", "high": "p75"},
    "centred": {"reference": "mean"}, "zscore": {"mean": 100, "sd": 10}, "rank": {},
    "borda": {"ties": "mean"}, "percentile": {"kind": "exc"},
    "categories": {},
}  # fmt: skip
RATIOS: dict[str, dict[str, Any]] = {"share": {}, "index": {}, "above_mean": {"margin": 0.1}}
ALL = (
    BOUNDED
    | RATIOS
    | {"none": {}, "normal": {}, "target": {"target": 50.0, "worst": "min"}, "reference": {"reference": "p90"}}
)
Figures = arrays(float, st.integers(1, 12), elements=st.sampled_from([1.0, 2, 3, 5, 8, 13, 40, 99.5, NAN]))
quick = settings(max_examples=20, deadline=None)


@pytest.fixture(autouse=True)
def strict() -> Iterator[None]:
    """No step may warn."""
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        yield


def scores(name: str, values: np.ndarray, basis: np.ndarray | None = None, **other: Any) -> np.ndarray:
    return family.normalise(name, values, values if basis is None else basis, **{**ALL[name], **other})


def test_every_normalisation_is_under_test() -> None:
    assert set(ALL) == set(family.NORMALISERS)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("direction", [1, -1])
@quick
@given(values=Figures)
def test_scores_follow_the_values_in_their_direction(name: str, direction: int, values: np.ndarray) -> None:
    found = scores(name, values, direction=direction)
    order = np.argsort(direction * values)
    known = found[order][~np.isnan(found[order])]
    assert (np.diff(known) >= -1e-9).all()
    assert np.isnan(found[np.isnan(values)]).all()


@pytest.mark.parametrize("name", BOUNDED)
@quick
@given(values=Figures)
def test_less_is_better_is_more_is_better_of_the_negative(name: str, values: np.ndarray) -> None:
    turned = scores(name, -values, direction=-1)
    np.testing.assert_allclose(turned, scores(name, values), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ALL)
@quick
@given(values=Figures, seed=st.integers(0, 99))
def test_the_order_of_the_rows_does_not_matter(name: str, values: np.ndarray, seed: int) -> None:
    shuffled = np.random.default_rng(seed).permutation(len(values))
    np.testing.assert_allclose(scores(name, values[shuffled]), scores(name, values)[shuffled], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", BOUNDED | RATIOS)
@quick
@given(values=Figures, factor=st.sampled_from([0.001, 0.3, 7.0, 1e6]), shift=st.sampled_from([-50.0, 0.1, 1e3]))
def test_another_unit_of_measurement_gives_the_same_scores(
    name: str, values: np.ndarray, factor: float, shift: float
) -> None:
    moved = values * factor + (shift if name in BOUNDED else 0.0)
    np.testing.assert_allclose(scores(name, moved), scores(name, values), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", ALL)
@quick
@given(values=Figures)
def test_missing_values_in_the_basis_do_not_count(name: str, values: np.ndarray) -> None:
    wider = np.append(values, [NAN, NAN])
    np.testing.assert_array_equal(scores(name, values, wider), scores(name, values, values))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "values", [[], [NAN], [NAN, NAN], [7.0], [0.1, 0.1, 0.1], [0.0, 0.0], [-3.0, -3.0, NAN], [0.0, -1.0]]
)
@pytest.mark.parametrize("direction", [1, -1])
def test_odd_columns_neither_crash_nor_warn(name: str, values: list[float], direction: int) -> None:
    column = np.array(values)
    found = scores(name, column, direction=direction)
    assert found.shape == column.shape
    assert np.isnan(found[np.isnan(column)]).all()


@pytest.mark.parametrize("name", ["minmax", "best", "goalposts", "centred", "zscore"])
def test_equal_values_have_no_scale_even_with_binary_noise(name: str) -> None:
    values = np.array([0.3, 0.1 + 0.2, 0.3])
    assert transform.undefined(values, scores(name, values)).all()


def test_places_do_not_see_binary_noise() -> None:
    values = np.array([0.3, 0.1 + 0.2, 0.2])
    np.testing.assert_array_equal(scores("rank", values), [2, 2, 1])
    cut = family.normalise_categories(np.array([0.1 + 0.2, 0.3]), np.array([0.3]), cuts=(0.5,), scores=(0, 1))
    np.testing.assert_array_equal(cut, [1, 1])


@pytest.mark.parametrize("clip", [False, True, "low", "high"])
def test_clipping_holds_the_ends_that_it_names(clip: bool | str) -> None:
    values = np.array([-10.0, 0, 5, 10, 20])
    expected = np.array([-100.0, 0, 50, 100, 200])
    expected[0] = 0 if clip in (True, "low") else -100
    expected[4] = 100 if clip in (True, "high") else 200
    found = family.normalise("minmax", values, np.array([0.0, 10]), clip=clip)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("word", "value"), [("min", 0), ("max", 100), ("mean", 50), ("median", 50), ("p2.5", 2.5), ("p0", 0), (42.0, 42)]
)
def test_words_for_goalposts(word: str | float, value: float) -> None:
    assert family.post(word, np.append(np.linspace(0, 100, 11), NAN)) == pytest.approx(value)


@pytest.mark.parametrize("word", ["p101", "p", "p5%", "p-1", "5", "mode", "p1.2.3", "", "p٣"])
def test_another_word_is_refused(word: str) -> None:
    with pytest.raises(SpecError, match="is no goalpost"):
        family.post(word, np.arange(3.0))


def test_log_mean_and_shares_have_no_value_where_they_have_no_meaning() -> None:
    values = np.array([-4.0, 0, 1, 100, NAN])
    expected = {
        "none": [-4, 0, 1, 100],
        "log": [NAN, NAN, 0, np.log(100)],
        "log10": [NAN, NAN, 0, 2],
        "log1p": [0, 0, np.log(2), np.log(101)],
        "sqrt": [NAN, 0, 1, 10],
        "square": [-16, 0, 1, 10000],
        "reciprocal": [NAN, NAN, 1, 0.01],
    }
    for name, column in expected.items():
        np.testing.assert_allclose(transform.TRANSFORMS[name](values), [*column, NAN], rtol=1e-15, atol=1e-15)
    np.testing.assert_allclose(transform.transform_log_shift(values, shift=4), [NAN, *np.log([4, 5, 104]), NAN])
    np.testing.assert_allclose(transform.transform_logit(values, whole=101), [NAN, NAN, -np.log(100), np.log(100), NAN])
    assert set(expected) | {"log_shift", "logit"} == set(transform.TRANSFORMS)
    assert transform.undefined(values, transform.transform_log(values)).tolist() == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("value", "decimals", "half_up", "down"),
    [
        (0.285, 2, 0.29, 0.28), (1.005, 2, 1.01, 1.0), (2.5, 0, 3, 2), (-2.5, 0, -3, -2), (0.29, 2, 0.29, 0.29),
        (0.1 + 0.2, 1, 0.3, 0.3), (2 / 3, 4, 0.6667, 0.6666), (-0.001, 2, 0, 0),
        (123456789.5, 0, 123456790, 123456789), (2.0**52 + 1, 0, 2.0**52 + 1, 2.0**52 + 1), (1e300, 4, 1e300, 1e300),
        (0.49999, 0, 0, 0), (8.7 * 3, 1, 26.1, 26.1),
    ],
)  # fmt: skip
def test_rounding_as_a_spreadsheet_does(value: float, decimals: int, half_up: float, down: float) -> None:
    assert round_half_up(np.array([value, NAN]), decimals)[0] == half_up
    assert round_down(np.array([value]), decimals)[0] == down
    assert not np.signbit(round_half_up(np.array([-0.001]), 2)[0])


@settings(max_examples=300, deadline=None)
@given(st.decimals(-99999, 99999, places=6), st.integers(0, 5))
def test_rounding_agrees_with_decimal_arithmetic(number: Decimal, decimals: int) -> None:
    step = Decimal(1).scaleb(-decimals)
    values = np.array([float(number)])
    assert round_half_up(values, decimals)[0] == float(number.quantize(step, ROUND_HALF_UP))
    assert round_down(values, decimals)[0] == float(number.quantize(step, ROUND_DOWN))


def test_twelve_digits_of_very_small_and_very_large_numbers() -> None:
    values = np.array([1e-320, 1e-305, 123456789012345.0, 1.7e308, -2.0000000000001, 0.0, np.inf])
    expected = [0.0, 0.0, 123456789012000.0, 1.7e308, -2.0, 0.0, np.inf]
    np.testing.assert_allclose(round_significant(values), expected, rtol=1e-15, atol=1e-300)


@quick
@given(arrays(float, st.integers(1, 9), elements=st.sampled_from([1.0, 2, 3.5, 7, NAN])))
def test_the_median_of_equal_weights_is_the_usual_one(values: np.ndarray) -> None:
    known = values[~np.isnan(values)]
    expected = np.median(known) if known.size else NAN
    np.testing.assert_array_equal(weighted_median(values, np.full(len(values), 0.1)), expected)
