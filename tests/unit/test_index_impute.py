"""Missing figures filled by column, by group and over time."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_step_cases import codes, column, names, scenario

from cityreach.index import impute
from cityreach.index.impute import impute_latest, impute_linear, impute_mean, impute_median

pytestmark = pytest.mark.filterwarnings("error")
NAN = np.nan
SCENARIOS: dict[str, tuple[str, dict[str, Any]]] = {
    "01_mean": ("mean", {}),
    "02_mean_by_group": ("mean", {}),
    "03_median_by_group": ("median", {}),
    "04_mean_of_base_window": ("mean", {}),
    "05_latest": ("latest", {"max_age": 2}),
    "06_latest_of_months": ("latest", {"max_age": 1}),
    "07_linear": ("linear", {}),
    "08_linear_constant_ends": ("linear", {"ends": "constant"}),
    "09_four_short_series": ("linear", {"ends": "constant"}),
}


def rows_of(table: pd.DataFrame, by: str) -> dict[str, Any]:
    """What the engine knows of the rows, as the method takes it."""
    if by in ("latest", "linear"):
        return {"unit": codes(table), "period": table["period"].to_numpy()}
    given = {name: table[name].to_numpy() for name in ("group", "basis") if name in table}
    return given


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    table, expected = scenario("impute", name)
    by, options = SCENARIOS[name]
    fill: Callable[..., np.ndarray] = impute.IMPUTERS[by]
    found = fill(column(table), **rows_of(table, by), **options)
    np.testing.assert_allclose(found, column(expected), rtol=1e-15)


def test_every_scenario_file_is_run() -> None:
    assert names("impute") == set(SCENARIOS)


@st.composite
def panels(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Figures, units and months in any order; every unit has some of the months, each at most once."""
    places = draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), unique=True, max_size=20))
    figure = st.one_of(st.just(NAN), st.floats(-1e6, 1e6))
    values = [draw(figure) for _ in places]
    unit, period = (np.array([place[part] for place in places], dtype=np.intp) for part in (0, 1))
    return np.array(values, dtype=float), unit, period


def all_ways(panel: tuple[np.ndarray, np.ndarray, np.ndarray]) -> list[np.ndarray]:
    values, unit, period = panel
    time: dict[str, Any] = {"unit": unit, "period": period}
    return [
        impute_mean(values), impute_median(values),
        impute_mean(values, group=period), impute_median(values, group=unit),
        impute_latest(values, **time), impute_latest(values, **time, max_age=2),
        impute_linear(values, **time), impute_linear(values, **time, ends="constant"),
    ]  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(panels())
def test_observed_figures_never_change(panel: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    seen = ~np.isnan(panel[0])
    for filled in all_ways(panel):
        assert filled[seen].tobytes() == panel[0][seen].tobytes()


@settings(max_examples=60, deadline=None)
@given(panels())
def test_nothing_is_filled_beyond_the_figures_seen(panel: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    values = panel[0]
    for filled in all_ways(panel):
        known = filled[~np.isnan(filled)]
        assert not len(known) or (known.min() >= np.nanmin(values) - 1e-6 and known.max() <= np.nanmax(values) + 1e-6)


@settings(max_examples=60, deadline=None)
@given(panels(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(panel: tuple[np.ndarray, np.ndarray, np.ndarray], chance: Any) -> None:
    rows = np.array(chance.sample(range(len(panel[0])), len(panel[0])), dtype=np.intp)
    turned = (panel[0][rows], panel[1][rows], panel[2][rows])
    for straight, mixed in zip(all_ways(panel), all_ways(turned), strict=True):
        np.testing.assert_allclose(mixed, straight[rows], rtol=1e-9, atol=1e-9)


def plainly_latest(panel: tuple[np.ndarray, np.ndarray, np.ndarray], max_age: float) -> list[float]:
    """Row by row: the unit's figure of the greatest period that is not later."""
    found = []
    for value, unit, period in zip(*panel, strict=True):
        past = [(p, v) for v, u, p in zip(*panel, strict=True) if u == unit and p <= period and not math.isnan(v)]
        recent = [pair for pair in past if period - pair[0] <= max_age]
        found.append(value if not math.isnan(value) else max(recent)[1] if recent else NAN)
    return found


@settings(max_examples=80, deadline=None)
@given(panels(), st.integers(0, 5))
def test_latest_is_the_greatest_earlier_period(panel: tuple[np.ndarray, np.ndarray, np.ndarray], age: int) -> None:
    values, unit, period = panel
    found = impute_latest(values, unit=unit, period=period, max_age=age)
    np.testing.assert_array_equal(found, plainly_latest(panel, age))
    unlimited = impute_latest(values, unit=unit, period=period)
    np.testing.assert_array_equal(unlimited, plainly_latest(panel, 99))


@settings(max_examples=80, deadline=None)
@given(panels())
def test_linear_is_interpolation_unit_by_unit(panel: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    values, unit, period = panel
    for ends, outside in (("none", NAN), ("constant", None)):
        expected = values.copy()
        for code in np.unique(unit):
            mine = np.flatnonzero(unit == code)
            seen = mine[~np.isnan(values[mine])]
            seen = seen[np.argsort(period[seen])]
            if len(seen):
                expected[mine] = np.interp(period[mine], period[seen], values[seen], left=outside, right=outside)
        found = impute_linear(values, unit=unit, period=period, ends=ends)  # type: ignore[arg-type]
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-6)


def test_a_straight_line_comes_back() -> None:
    period, unit = np.array([1.0, 2, 4.5, 7, 8]), np.zeros(5, dtype=np.intp)
    holes = np.array([3.0, NAN, NAN, 21, 24])
    np.testing.assert_allclose(impute_linear(holes, unit=unit, period=period), 3 * period)


def test_one_row_and_no_row() -> None:
    for values in (np.array([NAN]), np.array([])):
        rows = np.zeros(len(values), dtype=np.intp)
        for filled in all_ways((values, rows, rows)):
            np.testing.assert_array_equal(filled, values)


def test_groups_may_be_labels_with_gaps() -> None:
    groups = np.array(["a", None, "a", NAN, "b"], dtype=object)
    found = impute_median(np.array([2.0, NAN, NAN, 9, NAN]), group=groups)
    np.testing.assert_array_equal(found, [2, NAN, 2, 9, NAN])
