"""Screening of units and statistics of indicators."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from index_step_cases import names, scenario, texts

from cityreach.index.screen import Flags, describe, screen

pytestmark = pytest.mark.filterwarnings("error")
NAN = np.nan
LIMITS = {"available": 0.75, "nonzero": 0.5}
SCENARIOS: dict[str, tuple[str, str]] = {"01_both_limits": ("", ""), "02_lists": ("c d", "a d")}
TABLES = arrays(
    float, st.tuples(st.integers(1, 8), st.integers(1, 6)), elements=st.sampled_from([NAN, 0.0, 1, 2.5, -3])
)
SHARE = st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 2 / 3, 0.75, 1.0])


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    table, expected = scenario("screen", name)
    keep, drop = (table["unit"].isin(units.split()).to_numpy(bool) for units in SCENARIOS[name])
    found = screen(table.drop(columns="unit").to_numpy(float), **LIMITS, keep=keep, drop=drop)
    assert found.kept.tolist() == expected["kept"].tolist()
    assert found.reason.tolist() == texts(expected, "reason")
    np.testing.assert_array_equal(found.available, expected["available"])
    np.testing.assert_array_equal(found.nonzero, expected["nonzero"])


def test_statistics_scenario() -> None:
    table, expected = scenario("screen", "03_describe")
    found = describe({name: table[name].to_numpy(float) for name in table.columns[1:]})
    assert list(found) == list(expected.columns)
    pd.testing.assert_frame_equal(pd.DataFrame(found), expected, check_dtype=False, rtol=1e-14, atol=1e-14)


def test_every_scenario_file_is_run() -> None:
    assert names("screen") == {*SCENARIOS, "03_describe"}


def test_nothing_is_asked_of_zeros_unless_a_limit_says_so() -> None:
    table = np.array([[0.0, 0, 0], [1, NAN, NAN], [1, 0, NAN]])
    assert screen(table).kept.tolist() == [True, False, True]


def test_a_unit_without_figures_fails_a_limit_on_zeros_alone() -> None:
    found = screen(np.array([[NAN, NAN], [0.0, 1]]), available=0, nonzero=0.1)
    assert found.kept.tolist() == [False, True]
    assert found.reason.tolist() == ["many_zeros", ""]


@settings(max_examples=60, deadline=None)
@given(TABLES, SHARE, SHARE)
def test_shares_are_counted_and_both_limits_hold(table: np.ndarray, available: float, nonzero: float) -> None:
    found = screen(table, available=available, nonzero=nonzero)
    for row, figures in enumerate(table):
        there = [figure for figure in figures if not math.isnan(figure)]
        full = sum(figure != 0 for figure in there) / len(there) if there else 0.0
        assert found.available[row] == len(there) / len(figures)
        assert found.kept[row] == (len(there) / len(figures) >= available and full >= nonzero)
        assert found.kept[row] == (found.reason[row] == "")


@settings(max_examples=40, deadline=None)
@given(TABLES, SHARE, SHARE, st.randoms(use_true_random=False))
def test_order_of_units_and_indicators_does_not_matter(
    table: np.ndarray, available: float, nonzero: float, chance: Any
) -> None:
    rows, columns = (chance.sample(range(size), size) for size in table.shape)
    straight = screen(table, available=available, nonzero=nonzero)
    turned = screen(table[np.ix_(rows, columns)], available=available, nonzero=nonzero)
    assert turned.kept.tolist() == straight.kept[rows].tolist()
    np.testing.assert_array_equal(turned.nonzero, straight.nonzero[rows])


@settings(max_examples=60, deadline=None)
@given(arrays(float, st.integers(0, 12), elements=st.sampled_from([NAN, 0.0, 1, 2, 2.5, 1e6, -1e-6])))
def test_statistics_agree_with_pandas(values: np.ndarray) -> None:
    found, series = describe({"i": values}), pd.Series(values)
    for name, expected in {
        "count": series.count(), "min": series.min(), "max": series.max(), "mean": series.mean(),
        "median": series.median(), "sd": series.std(), "distinct": series.nunique() / max(series.count(), 1),
    }.items():  # fmt: skip
        if series.count():
            np.testing.assert_allclose(found[name][0], expected, rtol=1e-12, atol=1e-12)


def test_flags_have_limits_of_their_own() -> None:
    columns = {"i": np.array([0.0, 1, NAN, NAN])}
    assert describe(columns)["few_data"].tolist() == [True]
    loose = describe(columns, flags=Flags(available=0.5, nonzero=0.6))
    assert (loose["few_data"].tolist(), loose["many_zeros"].tolist()) == ([False], [True])


def test_no_indicator_gives_empty_columns() -> None:
    assert {len(values) for values in describe({}).values()} == {0}
    assert screen(np.empty((2, 0))).kept.tolist() == [False, False]
