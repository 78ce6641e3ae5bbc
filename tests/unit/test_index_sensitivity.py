"""Sobol indices: known functions through the same samples and estimators, then inputs of a plan."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from firm_cases import content, method_of, plan_of, study_of, table
from numpy.typing import NDArray

from cityreach.errors import SpecError
from cityreach.index import compute
from cityreach.index.sensitivity import indices, saltelli_points, sobol
from cityreach.index.study import check

Array = NDArray[np.float64]


def ishigami(u: Array) -> Array:
    x = np.pi * (2 * u - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def additive(u: Array) -> Array:
    """1 x + 2 y + 3 z of uniform numbers: variances in the ratio 1 : 4 : 9."""
    return u @ np.array([1.0, 2.0, 3.0])


def product(u: Array) -> Array:
    """(2x - 1) (2y - 1), and z does nothing: no first order, all in the interaction."""
    return (2 * u[:, 0] - 1) * (2 * u[:, 1] - 1)


KNOWN: list[tuple[Callable[[Array], Array], list[float], list[float]]] = [
    (ishigami, [0.3139, 0.4424, 0.0], [0.5576, 0.4424, 0.2437]),  # Ishigami and Homma 1990, a = 7, b = 0.1
    (additive, [1 / 14, 4 / 14, 9 / 14], [1 / 14, 4 / 14, 9 / 14]),
    (product, [0.0, 0.0, 0.0], [1.0, 1.0, 0.0]),
]


@pytest.mark.parametrize(("function", "first", "total"), KNOWN)
def test_known_functions_have_the_indices_that_can_be_worked_out(
    function: Callable[[Array], Array], first: list[float], total: list[float]
) -> None:
    found = indices(function(saltelli_points(4096, 3, 1))[None, :], 3)
    np.testing.assert_allclose(found.first[0], first, atol=0.03)
    np.testing.assert_allclose(found.total[0], total, atol=0.03)
    for ends, exact in ((found.first_ends, first), (found.total_ends, total)):
        low, high, error = ends[:, 0]
        assert (low - 0.01 <= exact).all()
        assert (exact <= high + 0.01).all()
        assert (error < 0.05).all()


def test_the_standard_error_is_that_of_repeated_studies() -> None:
    """Independent random samples scatter about as much as the bootstrap of one of them says."""
    plain = np.random.default_rng(0)
    found = []
    for _ in range(60):
        a, b = plain.random((128, 3)), plain.random((128, 3))
        mixed = [np.where(np.arange(3) == column, b, a) for column in range(3)]
        found.append(indices(ishigami(np.vstack([a, b, *mixed]))[None, :], 3))
    scatter = np.std([each.total[0] for each in found], axis=0)
    said = np.mean([each.total_ends[2, 0] for each in found], axis=0)
    np.testing.assert_allclose(said, scatter, rtol=0.35)


def test_the_bootstrap_says_what_scipys_own_says() -> None:
    from scipy.stats import sobol_indices

    outputs = ishigami(saltelli_points(512, 3, 1)).reshape(1, 5, -1)
    own = indices(outputs.reshape(1, -1), 3)
    func = {"f_A": outputs[:, 0], "f_B": outputs[:, 1], "f_AB": np.moveaxis(outputs[:, 2:], 1, 0)}
    theirs = sobol_indices(func=func, n=512)
    np.testing.assert_allclose(own.first[0], theirs.first_order)
    np.testing.assert_allclose(own.total[0], theirs.total_order)
    error = theirs.bootstrap(n_resamples=400).total_order.standard_error
    np.testing.assert_allclose(own.total_ends[2, 0], error, rtol=0.2)


def test_outputs_are_worked_by_themselves_and_one_that_does_not_vary_has_none() -> None:
    points = saltelli_points(256, 3, 1)
    both = np.vstack([ishigami(points), np.ones(len(points)), additive(points)])
    found = indices(both, 3)
    assert np.isnan(found.first[1]).all()
    assert np.isnan(found.total_ends[:, 1]).all()
    np.testing.assert_allclose(found.first[2], indices(both[2:], 3).first[0])


def test_the_samples_are_two_and_their_mixtures() -> None:
    points = saltelli_points(8, 2, 0).reshape(4, 8, 2)
    a, b, first, second = points
    np.testing.assert_array_equal(first, np.column_stack([b[:, 0], a[:, 1]]))
    np.testing.assert_array_equal(second, np.column_stack([a[:, 0], b[:, 1]]))
    assert not (a == b).any()


def test_the_only_input_has_all_the_variance() -> None:
    found = sobol(study_of(weights=0.4, draws=256), "2025")
    assert found.runs == 256 * 3
    assert found.shift.loc[0, "input"] == "weights"
    assert found.shift.loc[0, "total"] == pytest.approx(1, abs=0.1)
    assert found.shift.loc[0, "first"] == pytest.approx(1, abs=0.1)
    assert found.mean_shift > 0


def test_an_input_without_effect_has_none_and_draws_are_rounded_up_to_a_power_of_two() -> None:
    """A mean of one child is that child: another mean at the pillars of the right wing alone changes nothing."""
    given = content()
    given["tree"]["children"] = given["tree"]["children"][1:]
    given["weight_sets"] = {}
    study = study_of(compute(method_of(given), table()), weights=0.4, aggregation={"pillar": "harmonic"}, draws=200)
    found = sobol(study, "2024")
    assert found.runs == 256 * 4
    rows = found.shift.set_index("input")
    assert rows.loc["aggregation.pillar", ["first", "total"]].tolist() == [0.0, 0.0]
    assert rows.loc["weights", "total"] == pytest.approx(1, abs=0.1)


def test_each_unit_has_its_own_and_a_firm_place_none() -> None:
    data = table(gaps=0)
    data.loc[data["unit"] == "U03", list("abcefg")] = 1e4
    data.loc[data["unit"] == "U03", "d"] = 1e-4
    study = study_of(compute(method_of(), data), weights=0.3, normalisation="percentile", draws=128)
    found = sobol(study, "2025")
    assert found.units["unit"].tolist() == [f"U{unit:02d}" for unit in range(9) for _ in range(2)]
    assert found.units["input"].tolist() == ["normalisation", "weights"] * 9
    firm = found.units["unit"] == "U03"
    assert found.units.loc[firm].drop(columns=["unit", "input"]).isna().all(axis=None)
    assert (found.units.loc[~firm, "total"] > 0.5).any()
    again = sobol(study, "2025")
    assert again.units.equals(found.units)
    assert not sobol(study, "2025", seed=5).units.equals(found.units)


def test_a_plan_that_varies_nothing_is_refused() -> None:
    study = check(plan_of(), compute(method_of(), table()))
    with pytest.raises(SpecError, match="nothing is varied in firm@1"):
        sobol(study, "2025")
