"""Whether the parts of an index belong together: hand-worked cases, published numbers, and a node really left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from index_cases import CASES
from index_trees import Case, read_case, small_method

from cityreach.errors import DataError, UnknownNameError
from cityreach.index import aggregate, compute, multivariate
from cityreach.index.leaveout import leave_one_out
from cityreach.index.multivariate import Flags

FILES = sorted((CASES / "multivariate").glob("*_input.csv"))
TAI = pd.read_csv(CASES / "published" / "tai_handbook.csv", comment="#", index_col="country").loc[:, :"university"]
TREE: dict[str, Any] = {"p": [5, {"a": 2, "b": 1, "c": 1}], "q": [3, {"d": 1, "e": 1}], "r": [2, {"f": 1}]}


def answer(case: Case) -> pd.DataFrame:
    name, parameters = case.ask()
    scores = case.scores()
    if name == "leave_one_out":
        return leave_one_out(scores, **parameters).nodes
    if name == "components":
        found = multivariate.components(scores, **parameters)
        loadings = found.loadings.pivot(index="component", columns="item", values="loading").add_prefix("loading_")
        return found.eigenvalues.merge(loadings, on="component")
    return getattr(multivariate, name)(scores, **parameters)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem.removesuffix("_input"))
def test_by_hand(path: Any) -> None:
    case = read_case(path)
    empty = {name: "" for name in ("flag", "unit") if name in case.expected}
    found, expected = (
        frame.astype(dict.fromkeys(empty, "str")).fillna(empty) for frame in (answer(case), case.expected)
    )
    chance = [name for name in ("p",) if name in expected]  # which for |r| = 1 is the root of the noise in r
    pd.testing.assert_frame_equal(found[chance], expected[chance], check_dtype=False, rtol=0, atol=1e-7)
    found, expected = found.drop(columns=chance), expected.drop(columns=chance)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=0, atol=1e-9)


def tai_scores() -> Any:
    data = TAI.reset_index().rename(columns={"country": "unit"})
    return compute(small_method(dict.fromkeys(TAI.columns, 1), periods=False), data)


def test_correlations_of_the_handbooks_technology_index() -> None:
    """OECD/JRC Handbook 2008, multivariate analysis of the 23 countries; telephones are given there to fewer digits."""
    published = {
        ("patents", "exports"): 0.45, ("royalties", "internet"): 0.46, ("internet", "exports"): -0.45,
        ("internet", "telephones"): 0.56, ("internet", "electricity"): 0.84, ("internet", "schooling"): 0.63,
        ("telephones", "electricity"): 0.64, ("patents", "royalties"): 0.13, ("exports", "electricity"): -0.36,
    }  # fmt: skip
    matrix = multivariate.correlation_matrix(tai_scores(), 1)
    assert {pair: round(matrix.loc[pair], 2) for pair in published} == published
    found = multivariate.correlations(tai_scores(), relations=["brothers"]).set_index(["node", "other"])
    assert found.loc[("internet", "exports"), "flag"] == "conflicting"
    assert found.loc[("patents", "royalties"), "flag"] == "weak"
    assert found.loc[("internet", "electricity"), "flag"] == ""


def test_reliability_of_the_handbooks_technology_index() -> None:
    """There: alpha 0.70 of the standardised indicators; without one at a time, and its correlation with the others."""
    assert round(multivariate.reliability(tai_scores()).loc[0, "alpha_standardised"], 2) == 0.70
    published = {
        "patents": (0.261, 0.704), "royalties": (0.527, 0.645), "internet": (0.566, 0.636), "exports": (-0.108, 0.774),
        "telephones": (0.701, 0.603), "electricity": (0.614, 0.624), "schooling": (0.451, 0.662),
        "university": (0.249, 0.706),
    }  # fmt: skip
    found = multivariate.reliability_without(tai_scores()).set_index("item")
    for item, (r_rest, alpha) in published.items():
        assert found.loc[item, "r_rest"] == pytest.approx(r_rest, abs=0.007)
        assert found.loc[item, "alpha_standardised"] == pytest.approx(alpha, abs=0.002)


def test_components_of_the_handbooks_technology_index() -> None:
    found = multivariate.components(tai_scores()).eigenvalues
    published = [0.419, 0.218, 0.123, 0.111, 0.060, 0.037, 0.022, 0.009]
    np.testing.assert_allclose(found["share"], published, atol=0.0012)
    assert found["eigenvalue"].sum() == pytest.approx(8)


def test_alpha_of_four_columns_of_mtcars_as_the_r_package_performance_has_it() -> None:
    cylinders = [6, 6, 4, 6, 8, 6, 8, 4, 4, 6, 6, 8, 8, 8, 8, 8, 8, 4, 4, 4, 4, 8, 8, 8, 8, 4, 4, 4, 8, 6, 8, 4]
    gears = [4, 4, 4, 3, 3, 3, 3, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 4, 4, 4, 3, 3, 3, 3, 3, 4, 5, 5, 5, 5, 5, 4]
    carburettors = [4, 4, 1, 1, 2, 1, 4, 2, 2, 4, 4, 3, 3, 3, 4, 4, 4, 1, 2, 1, 1, 2, 2, 4, 2, 1, 2, 2, 4, 6, 8, 2]
    horsepower = [
        110, 110, 93, 110, 175, 105, 245, 62, 95, 123, 123, 180, 180, 180, 205, 215, 230, 66, 52, 65, 97, 150, 150, 245,
        175, 66, 91, 113, 264, 175, 335, 109,
    ]  # fmt: skip
    values = np.column_stack([cylinders, gears, carburettors, horsepower]).astype(float)
    assert multivariate.cronbach_alpha(values) == pytest.approx(0.09463206, abs=5e-9)


@pytest.mark.parametrize(
    ("r", "relation", "flag"),
    [
        (0.95, "brothers", "redundant"), (-0.95, "brothers", "redundant"), (-0.5, "brothers", "conflicting"),
        (-0.1, "brothers", "weak"), (0.5, "brothers", ""), (-0.1, "parent", "conflicting"), (0.2, "parent", "weak"),
        (-0.95, "ancestor", "conflicting"), (0.99, "parent", "redundant"), (np.nan, "parent", ""),
    ],
)  # fmt: skip
def test_flags(r: float, relation: Any, flag: str) -> None:
    assert Flags().of(r, relation) == flag


def panel(seed: int, units: int = 9, missing: float = 0.15) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    values = rng.uniform(10, 90, (units, 6))
    gone = rng.random(values.shape) < missing
    gone[gone.all(axis=1), 0] = False
    names = [f"u{number}" for number in range(units)]
    return pd.DataFrame({"unit": names, **dict(zip("abcdef", np.where(gone, np.nan, values).T, strict=True))})


def without(path: str) -> dict[str, Any]:
    """The tree without a node; a branch of which nothing is left goes as well."""
    if path in TREE:
        return {code: given for code, given in TREE.items() if code != path}
    branch, code = path.split(".")
    weight, leaves = TREE[branch]
    left = {name: given for name, given in leaves.items() if name != code}
    return without(branch) if not left else {**TREE, branch: [weight, left]}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@example("arithmetic", "zero", 1, 0.0, 712)  # a unit of which nothing is known but what is left out
@given(
    st.sampled_from(["arithmetic", "geometric", "sum", "median", "copeland", {"by": "harmonic", "shift": 1}]),
    st.sampled_from(["reweight", "zero", "withhold"]), st.sampled_from([1, 2]), st.sampled_from([0.0, 0.5]),
    st.integers(0, 10_000),
)  # fmt: skip
def test_a_node_left_out_is_a_method_without_it(
    top: Any, missing: str, level: int, available: float, seed: int
) -> None:
    data = panel(seed)

    def scored(tree: dict[str, Any]) -> Any:
        method = small_method(tree, aggregate=[top, "arithmetic"], missing=missing, periods=False,
                              screening={"available": 0.01})  # fmt: skip
        levels = tuple(each.model_copy(update={"available": available}) for each in method.levels)
        return compute(method.model_copy(update={"levels": levels}), data)

    try:
        found = leave_one_out(scored(TREE), level)
        paths = list(dict.fromkeys(found.units["node"]))
        assert paths == (list("pqr") if level == 1 else ["p.a", "p.b", "p.c", "q.d", "q.e", "r.f"])
        alone = {path: scored(without(path)) for path in paths}
    except DataError:
        assume(False)
    for path, scores in alone.items():
        rows = found.units[found.units["node"] == path].set_index("unit")["rank_without"]
        table = scores.table[scores.table["node"] == "root"].set_index("unit")["rank"]
        assert rows.reindex(table.index).astype("Int64").tolist() == table.tolist(), path
        assert rows.drop(table.index).isna().all()


def test_a_unit_that_has_nothing_else_is_left_without_a_place() -> None:
    data = panel(3, missing=0)
    data.loc[2, list("abcdf")] = np.nan
    scores = compute(small_method(TREE, periods=False), data)
    found = leave_one_out(scores, 1).nodes.set_index("node")
    assert found["unranked"].to_dict() == {"p": 0, "q": 1, "r": 0}


def test_an_only_child_is_left_out_with_its_parent() -> None:
    scores = compute(small_method(TREE, missing="zero", periods=False), panel(4))
    below = leave_one_out(scores, 2).units.query("node == 'r.f'")["rank_without"].tolist()
    assert below == leave_one_out(scores, 1).units.query("node == 'r'")["rank_without"].tolist()


def test_one_period_is_looked_at_alone_and_all_together_by_default() -> None:
    data = pd.concat([panel(1).assign(period="1"), panel(2).assign(period="2")])
    scores = compute(small_method(TREE), data)
    alone = compute(small_method(TREE, periods=False), panel(1))
    for function in (multivariate.correlations, multivariate.importance, multivariate.reliability):
        pd.testing.assert_frame_equal(function(scores, period="1"), function(alone))
        assert not function(scores).equals(function(alone))
    pd.testing.assert_frame_equal(leave_one_out(scores, 1, period="1").units, leave_one_out(alone, 1).units)
    pooled = multivariate.correlations(scores, relations=["brothers"])
    assert pooled["n"].max() > 9
    with pytest.raises(UnknownNameError, match="no period `3`"):
        multivariate.correlations(scores, period="3")


def test_every_pair_has_one_relation() -> None:
    relations: Any = ("brothers", "parent", "ancestor", "level", "across")
    found = multivariate.correlations(compute(small_method(TREE, periods=False), panel(1)), relations=relations)
    assert len(found) == 10 * 9 // 2
    counts = found["relation"].value_counts().to_dict()
    assert counts == {"brothers": 3 + 3 + 1, "parent": 9, "ancestor": 6, "level": 15 - 4, "across": 18 - 6}


def test_columns_that_do_not_vary_give_no_number_and_no_warning() -> None:
    data = panel(1, missing=0).assign(a=5.0, d=1.0, e=1.0)
    scores = compute(small_method(TREE, periods=False), data)
    table = multivariate.correlations(scores)
    assert table.loc[table["node"].isin(["p.a", "q.d"]), "r"].isna().all()
    assert multivariate.reliability(scores).set_index(["node", "of"]).loc[("q", "children"), "alpha":].isna().all()
    assert multivariate.reliability_without(scores)["r_rest"].isna().sum() == 5
    loadings = multivariate.components(scores).loadings
    assert "q" not in set(loadings["node"])
    assert "p.a" not in set(loadings["item"])
    assert multivariate.importance(scores).set_index("node").loc["q.d", "importance":"importance"].isna().all()


def test_one_row_and_no_complete_row_are_no_trouble() -> None:
    one = compute(small_method(TREE, periods=False), panel(1, units=1, missing=0))
    gaps = panel(1, units=4, missing=0)
    gaps.loc[:1, "a"], gaps.loc[2:, "b"] = np.nan, np.nan
    for scores in (one, compute(small_method(TREE, periods=False), gaps)):
        assert len(multivariate.correlations(scores)) == 16
        assert multivariate.reliability(scores)["alpha"].isna().any()
        multivariate.reliability_without(scores)
        multivariate.components(scores)
        multivariate.importance(scores)
        leave_one_out(scores, 2)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_importance_adds_up_among_brothers_and_on_every_level(seed: int) -> None:
    found = multivariate.importance(compute(small_method(TREE, periods=False), panel(seed, missing=0)))
    assert found.groupby("level")["importance_whole"].sum().tolist() == pytest.approx([1, 1])
    assert found.groupby("level")["weight_whole"].sum().tolist() == pytest.approx([1, 1])
    assert found.groupby(found["node"].str.rpartition(".")[0])["importance"].sum().tolist() == pytest.approx([1] * 4)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_units_changes_nothing(seed: int) -> None:
    data, method = panel(seed), small_method(TREE, periods=False)
    one, two = compute(method, data), compute(method, data.sample(frac=1, random_state=seed))
    pd.testing.assert_frame_equal(multivariate.correlations(one), multivariate.correlations(two))
    pd.testing.assert_frame_equal(leave_one_out(one, 2).nodes, leave_one_out(two, 2).nodes)


def test_a_level_that_the_index_does_not_have_is_named() -> None:
    with pytest.raises(UnknownNameError, match=r"No node of level 3 is part of small@1\. Name a level from 1 to 2"):
        leave_one_out(compute(small_method(TREE, periods=False), panel(1)), 3)


def test_a_child_of_weight_0_is_not_there() -> None:
    weights, absent = np.array([1.0, 0.0]), np.array([[True, False], [False, True], [False, False]])
    withhold = np.full((3, 2), aggregate.WITHHOLD, dtype=np.int8)
    assert aggregate.has_score(absent, withhold, weights=weights).tolist() == [False, True, True]
    np.testing.assert_array_equal(aggregate.effective_shares(weights, ~absent), [[1, 0]] * 3)
