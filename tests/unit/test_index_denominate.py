"""Figures over a denominator."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from index_step_cases import column, names, scenario

from cityreach.index.denominate import denominate

pytestmark = pytest.mark.filterwarnings("error")
SCENARIOS = {"01_per_ten_thousand": 10_000.0, "02_no_denominator": 1.0}
FIGURE = st.one_of(st.just(np.nan), st.floats(-1e9, 1e9))


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    table, expected = scenario("denominate", name)
    found = denominate(column(table), column(table, "denominator"), scale=SCENARIOS[name])
    np.testing.assert_allclose(found.values, column(expected), rtol=1e-15)
    assert found.undefined.tolist() == expected["undefined"].tolist()


def test_every_scenario_file_is_run() -> None:
    assert names("denominate") == set(SCENARIOS)


@settings(max_examples=60, deadline=None)
@given(arrays(float, (2, 7), elements=FIGURE), st.floats(0.1, 1e6))
def test_every_figure_comes_out_or_is_named(pair: np.ndarray, scale: float) -> None:
    values, denominator = pair
    found = denominate(values, denominator, scale=scale)
    assert np.array_equal(~np.isnan(values), ~np.isnan(found.values) | found.undefined)
    assert not (found.undefined & (denominator > 1e-200)).any()
    known = ~np.isnan(found.values)
    np.testing.assert_allclose(found.values[known], values[known] / denominator[known] * scale, rtol=1e-15)


def test_a_denominator_next_to_nothing_gives_no_infinite_figure() -> None:
    found = denominate(np.array([1e300, 2.0]), np.array([1e-300, 2.0]), scale=10)
    np.testing.assert_array_equal(found.values, [np.nan, 10])
    assert found.undefined.tolist() == [True, False]
