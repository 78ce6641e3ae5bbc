"""Outliers: the shape of a column, winsorising, logs, and the record of what was done."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from index_cases import CASES
from index_step_cases import column, names, scenario, texts

from cityreach.errors import UnknownNameError
from cityreach.index import moments, treat
from cityreach.index.treat import LOGS, Treated, treat_forced, treat_percentiles, treat_two_stage

pytestmark = pytest.mark.filterwarnings("error")
NAN = np.nan
SCENARIOS: dict[str, tuple[str, dict[str, Any]]] = {
    "01_passes": ("two_stage", {}),
    "02_one_high": ("two_stage", {"points": 2}),
    "03_one_low": ("two_stage", {}),
    "04_log_of_original": ("two_stage", {"points": 1, "then": "log"}),
    "05_log_of_winsorised": ("two_stage", {"points": 1, "then": "log", "combine": True}),
    "06_no_log": ("two_stage", {"points": 1, "then": None}),
    "07_ties_move_together": ("two_stage", {"points": 1}),
    "08_kurtosis_passes_alone": ("two_stage", {}),
    "09_lone_figure": ("two_stage", {}),
    "10_limits_are_reached": ("two_stage", {}),
    "11_constant": ("two_stage", {}),
    "12_no_figures": ("two_stage", {}),
    "13_base_window": ("two_stage", {}),
    "14_base_window_log": ("forced", {"log": "log_shift"}),
    "15_forced_points": ("forced", {"high": 2, "low": 1}),
    "16_forced_points_and_log": ("forced", {"high": 1, "log": "log1p"}),
    "17_two_sided_log": ("forced", {"log": "log_two_sided"}),
    "18_percentiles": ("percentiles", {"low": 5, "high": 95}),
    "19_none": ("none", {}),
    "20_no_log_of_zero": ("forced", {"log": "log"}),
}
FIGURE = st.one_of(st.integers(-3, 3), st.integers(-1000, 1000), st.sampled_from([NAN, 0, 0.5, 1e5])).map(float)
COLUMN = arrays(float, st.integers(0, 30), elements=FIGURE)
OUTLYING = st.tuples(
    arrays(float, st.integers(4, 25), elements=st.integers(-20, 20).map(float)),
    arrays(float, st.integers(1, 4), elements=st.sampled_from([100.0, 90, 300, 1000, -400])),
).map(np.concatenate)
BY_NAME: dict[str, Callable[..., Treated]] = treat.TREATMENTS


def run(name: str) -> tuple[pd.DataFrame, pd.DataFrame, Treated]:
    table, expected = scenario("treat", name)
    by, options = SCENARIOS[name]
    basis = table["basis"].to_numpy(bool) if "basis" in table else None
    return table, expected, BY_NAME[by](column(table), basis=basis, **options)


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    table, expected, found = run(name)
    np.testing.assert_allclose(found.values, column(expected), rtol=0, atol=1e-14)
    steps: dict[int, list[str]] = {row: [] for row in range(len(table))}
    for row, step in zip(found.cells()["row"], found.cells()["step"], strict=True):
        steps[int(row)].append(str(step))
    assert [" + ".join(done) for done in steps.values()] == texts(expected, "step")


@pytest.mark.parametrize("name", SCENARIOS)
def test_summary(name: str) -> None:
    expected = pd.read_csv(CASES / "treat" / "summary.csv").set_index("name").loc[name].dropna()
    found = pd.Series(asdict(run(name)[2].summary))[expected.index]
    words = ["treatment", "passed"]
    assert found[words].tolist() == expected[words].tolist()
    numbers = expected.drop(words).astype(float)
    np.testing.assert_allclose(found.drop(words).astype(float), numbers, rtol=0, atol=5.1e-7)


def test_every_scenario_file_is_run() -> None:
    assert names("treat") == set(SCENARIOS) == set(pd.read_csv(CASES / "treat" / "summary.csv")["name"])


def test_undefined_logs_are_marked() -> None:
    assert run("20_no_log_of_zero")[2].undefined.tolist() == [True, True, False, False]
    assert not run("12_no_figures")[2].undefined.any()
    assert treat_forced(np.array([-1.0, 0, NAN]), log="log1p").undefined.tolist() == [True, False, False]


def exact_shape(values: list[float]) -> tuple[float, float]:
    """SKEW and KURT by their printed formulas in exact fractions; only the last root is taken in floats."""
    n, figures = len(values), [Fraction(value) for value in values]
    mean = sum(figures, Fraction(0)) / n
    variance = sum(((value - mean) ** 2 for value in figures), Fraction(0)) / (n - 1)
    cubes, fourths = (sum(((value - mean) ** power for value in figures), Fraction(0)) for power in (3, 4))
    skewness = Fraction(n, (n - 1) * (n - 2)) * cubes / variance
    kurtosis = Fraction(n * (n + 1), (n - 1) * (n - 2) * (n - 3)) * fourths / variance**2
    return float(skewness) / math.sqrt(variance), float(kurtosis - Fraction(3 * (n - 1) ** 2, (n - 2) * (n - 3)))


@settings(max_examples=80, deadline=None)
@given(COLUMN)
def test_shape_is_that_of_the_spreadsheet(values: np.ndarray) -> None:
    seen = [float(value) for value in values if not math.isnan(value)]
    assume(len(seen) >= 4 and len(set(seen)) > 1)
    np.testing.assert_allclose(moments.shape(values), exact_shape(seen), rtol=1e-10, atol=1e-10)


@settings(max_examples=40, deadline=None)
@given(COLUMN)
def test_shape_agrees_with_pandas(values: np.ndarray) -> None:
    series, found = pd.Series(values), moments.shape(values)
    assume(series.nunique() > 1)
    np.testing.assert_allclose(found, [series.skew(), series.kurt()], rtol=1e-9, atol=1e-9)


def test_shape_agrees_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats", reason="SciPy is not installed")
    for seed in range(20):
        values = np.random.default_rng(seed).lognormal(0, 1 + seed / 10, 51)
        expected = [stats.skew(values, bias=False), stats.kurtosis(values, bias=False)]
        np.testing.assert_allclose(moments.shape(values), expected, rtol=1e-11)


@pytest.mark.parametrize("count", range(3, 60, 7))
def test_one_figure_apart_has_skewness_root_n_and_kurtosis_n(count: int) -> None:
    found = moments.shape(np.array([*[0.1] * (count - 1), 7.3]))
    np.testing.assert_allclose(found, [math.sqrt(count), count if count > 3 else NAN], rtol=1e-12)


@pytest.mark.parametrize("apart", [0.4, 1.1, 7.7, -0.3, 1e7 / 3, -1e-7])
def test_noise_in_the_last_digits_does_not_pass_a_limit(apart: float) -> None:
    for count in (4, 9, 16, 25):
        found = moments.shape(np.array([*[0.1] * (count - 1), apart]))
        assert not found.passes((math.sqrt(count), count))


@pytest.mark.parametrize("values", [[], [1.0], [1, 2], [NAN] * 5, [0.1] * 60, [1e300, 1e300, 1e300, 1e300]])
def test_shape_is_unknown_where_there_is_too_little(values: list[float]) -> None:
    assert all(math.isnan(part) for part in moments.shape(np.array(values)))


@pytest.mark.parametrize("factor", [1e-300, 1e-9, 3, 1e9, 1e300])
def test_shape_knows_no_unit(factor: float) -> None:
    values = np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 30, 100.0])
    np.testing.assert_allclose(moments.shape(values * factor), [3.063241, 9.741391], atol=5.1e-7)


def plainly(values: list[float], points: int | None, then: str | None) -> list[float]:
    """The two stages of the rule in lists: which figures move, one after the other, and when the log is taken."""
    work, high, low = list(values), set[int](), set[int]()

    def failing(figures: list[float]) -> bool:
        if len(set(figures)) == 1:
            return False
        skewness, kurtosis = (round(part, 12) for part in exact_shape(figures))
        return abs(skewness) >= 2 and kurtosis >= 3.5

    while failing(work) and (points is None or len(high) + len(low) < points):
        up = exact_shape(work)[0] >= 0
        edge = max(work) if up else min(work)
        others = [figure for figure in work if figure != edge]
        if len(set(others)) == 1:
            break
        moved, side = {row for row, figure in enumerate(work) if figure == edge}, high if up else low
        side |= moved
        work = [(max(others) if up else min(others)) if row in moved else figure for row, figure in enumerate(work)]
    if not failing(work) or then is None:
        return work
    span = max(values) - min(values)
    return [math.log(figure - min(values) + 0.01 * span) for figure in values]


@settings(max_examples=150, deadline=None)
@given(st.one_of(OUTLYING, COLUMN), st.sampled_from([0, 1, 2, 3, 5, None]), st.sampled_from(["log_shift", None]))
def test_two_stages_as_the_rule_says(values: np.ndarray, points: int | None, then: str | None) -> None:
    seen = values[~np.isnan(values)]
    assume(len(seen) >= 4)
    found = treat_two_stage(values, points=points, then=then).values
    np.testing.assert_allclose(found[~np.isnan(values)], plainly(seen.tolist(), points, then), rtol=1e-12, atol=1e-12)


TREATED: list[Callable[..., Treated]] = [
    treat_two_stage,
    lambda values, **given: treat_two_stage(values, points=1, then="log_two_sided", combine=True, **given),
    lambda values, **given: treat_forced(values, high=2, low=1, **given),
    lambda values, **given: treat_forced(values, high=1, log="log1p_shift", **given),
    lambda values, **given: treat_percentiles(values, low=10, high=80, **given),
    treat.treat_none,
]


@pytest.mark.parametrize("way", range(len(TREATED)))
@settings(max_examples=40, deadline=None)
@given(values=st.one_of(OUTLYING, COLUMN), chance=st.randoms(use_true_random=False))
def test_any_treatment_keeps_order_and_gaps(way: int, values: np.ndarray, chance: Any) -> None:
    found = TREATED[way](values)
    assert np.array_equal(np.isnan(found.values), np.isnan(values)) and not found.undefined.any()
    ordered = found.values[np.argsort(values)]
    assert not (np.diff(ordered[~np.isnan(ordered)]) < 0).any()
    rows = np.array(chance.sample(range(len(values)), len(values)), dtype=np.intp)
    np.testing.assert_array_equal(TREATED[way](values[rows]).values, found.values[rows])


@pytest.mark.parametrize("way", range(len(TREATED)))
@settings(max_examples=40, deadline=None)
@given(values=st.one_of(OUTLYING, COLUMN))
def test_the_record_leads_from_the_figures_to_the_result(way: int, values: np.ndarray) -> None:
    found = TREATED[way](values)
    cells, work = found.cells(), values.copy()
    for row, before, after in zip(cells["row"], cells["before"], cells["after"], strict=True):
        assert work[row] == before
        work[row] = after
    np.testing.assert_array_equal(work, found.values)
    moved = np.isin(cells["step"], ["winsorised_high", "winsorised_low"]).sum()
    assert moved == found.summary.points_high + found.summary.points_low
    assert (found.summary.treatment == "none") == (found.steps == ())


@settings(max_examples=60, deadline=None)
@given(st.one_of(OUTLYING, COLUMN))
def test_winsorising_flips_with_the_sign(values: np.ndarray) -> None:
    assume(abs(moments.shape(values).skewness) > 1e-9)
    up, down = treat_two_stage(values, then=None), treat_two_stage(-values, then=None)
    np.testing.assert_array_equal(down.values, -up.values)
    assert (up.summary.points_high, up.summary.points_low) == (down.summary.points_low, down.summary.points_high)


@settings(max_examples=60, deadline=None)
@given(st.one_of(OUTLYING, COLUMN), st.sampled_from([0.25, 1024.0]))
def test_the_unit_of_the_figures_does_not_matter(values: np.ndarray, factor: float) -> None:
    small, large = treat_two_stage(values, points=2), treat_two_stage(values * factor, points=2)
    assert small.summary.treatment == large.summary.treatment
    logged = small.summary.treatment == "log_shift"
    expected = small.values + math.log(factor) if logged else small.values * factor
    np.testing.assert_allclose(large.values, expected, rtol=1e-10, atol=1e-10)


@settings(max_examples=60, deadline=None)
@given(st.one_of(OUTLYING, COLUMN))
def test_rows_outside_the_basis_never_change_the_treatment(values: np.ndarray) -> None:
    more = np.concatenate([values, [5000.0, -5000.0, NAN]])
    basis = np.arange(len(more)) < len(values)
    for way in TREATED:
        alone, among = way(values), way(more, basis=basis)
        np.testing.assert_array_equal(among.values[: len(values)], alone.values)
        assert repr(among.summary) == repr(alone.summary)
        assert math.isnan(among.values[-1]) and among.values[-3] >= among.values[-2]


@settings(max_examples=60, deadline=None)
@given(OUTLYING, st.integers(0, 4), st.integers(0, 4))
def test_forced_points_really_move(values: np.ndarray, high: int, low: int) -> None:
    values = values + np.arange(len(values)) / 1000  # no ties
    assume(len(np.unique(values)) == len(values) > high + low + 1)
    found, ordered = treat_forced(values, high=high, low=low), np.sort(values)
    assert (found.summary.points_high, found.summary.points_low) == (high, low)
    np.testing.assert_array_equal(found.values, np.clip(values, ordered[low], ordered[len(values) - 1 - high]))


@pytest.mark.parametrize("values", [[], [NAN], [4.0], [4, NAN, 4, 4, 4], [0, 0, 0, 0, 0, 3.0], [1, 2.0]])
@pytest.mark.parametrize("log", sorted(set(LOGS) - {"box_cox"}))
def test_poor_columns_are_no_trouble(values: list[float], log: str) -> None:
    given = np.array(values, dtype=float)
    for found in (treat_forced(given, high=3, low=3, log=log), treat_two_stage(given, points=None, then=log)):
        before, after = (len(np.unique(column[~np.isnan(column)])) for column in (given, found.values))
        assert not np.isinf(found.values).any()
        assert before < 2 or after > 1 or found.undefined.any()


def test_limits_and_points_can_be_set() -> None:
    values = np.array([*range(1, 11), 30, 100.0])
    assert treat_two_stage(values, skewness=3.1).summary.treatment == "none"
    assert treat_two_stage(values, kurtosis=9.8).summary.treatment == "none"
    assert treat_two_stage(values, skewness=1.7, kurtosis=1.8).summary.points_high == 2
    assert treat_two_stage(values, points=0).summary.treatment == "log_shift"


def test_other_logs_by_hand() -> None:
    values = np.array([3.0, 4, 6, 10])
    expected = {
        "log": np.log([3, 4, 6, 10]),
        "log1p": np.log([4, 5, 7, 11]),
        "log1p_shift": np.log([1, 2, 4, 8]),
        "log_shift": np.log([0.07, 1.07, 3.07, 7.07]),
        "log_mirror": -np.log([7.07, 6.07, 4.07, 0.07]),
        "log_two_sided": np.log([0.07, 1.07, 3.07, 7.07]),
    }
    for name, logs in expected.items():
        np.testing.assert_allclose(treat_forced(values, log=name).values, logs, rtol=1e-14)


def test_box_cox_names_its_power() -> None:
    stats = pytest.importorskip("scipy.stats", reason="SciPy is not installed")
    values = np.exp(np.random.default_rng(5).normal(2, 1, 60))
    found = treat_forced(values, log="box_cox")
    word, power = found.summary.treatment.split()
    shifted = (values - values.min()) / np.ptp(values) + 0.01
    expected = (shifted ** float(power) - 1) / float(power)
    assert (
        word == "box_cox" and found.summary.treatment == treat_forced(values * 1e-20, log="box_cox").summary.treatment
    )
    np.testing.assert_allclose(found.values, expected, rtol=1e-12, atol=1e-12)
    assert float(power) == pytest.approx(stats.boxcox_normmax(shifted, method="mle"), abs=1e-4)
    assert abs(found.summary.skewness_log) < abs(found.summary.skewness_before) / 4
    assert treat_forced(np.array([2.0, 2]), log="box_cox").summary.treatment == "none"


def test_an_unknown_log_is_named() -> None:
    with pytest.raises(UnknownNameError, match=r"`ln` is no log\. Write one of log, log1p"):
        treat_forced(np.array([1.0, 2]), log="ln")
