"""Why a score or a place moved, on any method: hand-worked cases and what holds for every aggregation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from index_cases import CASES, figures, make_edition, mini_content
from index_trees import read_case, small_method
from test_index_compute import random_metrics

from cityreach import scoring
from cityreach.errors import DataError, UnknownNameError
from cityreach.index import Scores, compute, load_method, shapley
from cityreach.index.decompose import OTHERS, decompose_change, decompose_rank
from cityreach.index.method import Method

FOLDER = CASES / "decompose"
CHANGES = sorted(FOLDER.glob("[0-9]*_input.csv"))
RANKS = sorted(FOLDER.glob("rank_*_input.csv"))
TREE = {"p": [5, {"a": 2, "b": 1, "c": 1}], "q": [3, {"d": 1, "e": 1}], "r": [2, {"f": 1}]}
LEAVES = "abcdef"
# Means that exist for scores of 0, too, so that every rule for missing figures can be met.
AGGREGATES: list[Any] = [
    "arithmetic", "sum", "median", "minimum", "copeland", "mazziotta_pareto", {"by": "geometric", "shift": 1},
    {"by": "harmonic", "shift": 1}, {"by": "power", "power": 2}, {"by": "power", "power": 0.5},
]  # fmt: skip
POSITIVE: list[Any] = ["geometric", "harmonic", {"by": "power", "power": -2}, {"by": "power", "power": 0}]


@pytest.mark.parametrize("path", CHANGES, ids=lambda path: path.stem.removesuffix("_input"))
def test_parts_of_a_score_by_hand(path: Any) -> None:
    case = read_case(path)
    found = decompose_change(case.scores(), "A", "2", "1")
    assert set(found["how"]) == {case.notes["how"]}
    pd.testing.assert_frame_equal(found[list(case.expected)], case.expected, check_dtype=False, rtol=0, atol=1e-12)


@pytest.mark.parametrize("path", RANKS, ids=lambda path: path.stem.removesuffix("_input"))
def test_parts_of_a_place_by_hand(path: Any) -> None:
    case = read_case(path)
    scores = case.scores()
    found = decompose_rank(scores, "A", "2", "1")
    assert {name: getattr(found, name) for name in case.notes} == case.notes
    pd.testing.assert_frame_equal(found.pairs, case.expected, check_dtype=False)
    places = scores.table[(scores.table["unit"] == "A") & (scores.table["node"] == "root")]["rank"]
    assert [found.rank_before, found.rank] == places.tolist()


def panel(seed: int, units: int = 5, missing: float = 0.2, low: float = 70, high: float = 130) -> pd.DataFrame:
    """Two periods of scores around 100; every unit has a figure at least."""
    rng = np.random.default_rng(seed)
    values = rng.uniform(low, high, (2 * units, len(LEAVES)))
    gone = rng.random(values.shape) < missing
    gone[gone.all(axis=1), 0] = False
    keys = {"unit": [f"u{number}" for number in range(units)] * 2, "period": ["1"] * units + ["2"] * units}
    return pd.DataFrame({**keys, **dict(zip(LEAVES, np.where(gone, np.nan, values).T, strict=True))})


def adds_up(scores: Scores, unit: str, found: pd.DataFrame) -> None:
    """The root's change is that of its scores, and every node's is the sum of its children's."""
    part, nodes = found.set_index("node")["change"], scores.method.nodes
    root = scores.method.root
    wide = scores.wide("score")[root].fillna(0.0)
    assert part[root] == pytest.approx(wide["2", unit] - wide["1", unit], abs=1e-9)
    for path, node in nodes.items():
        if node.children:
            below = sum(part[child] for child in node.children) + (part.get(OTHERS, 0.0) if path == root else 0.0)
            assert below == pytest.approx(part[path], abs=1e-9), path
    np.testing.assert_allclose(found["by_score"] + found["by_weight"], found["change"], atol=1e-9)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(
    st.sampled_from(AGGREGATES + POSITIVE), st.sampled_from(AGGREGATES + POSITIVE),
    st.sampled_from(["reweight", "zero", "withhold"]), st.sampled_from(["reweight", "zero", "withhold"]),
    st.integers(0, 10_000),
)  # fmt: skip
def test_parts_add_up_for_every_aggregation_and_rule(top: Any, low: Any, above: str, below: str, seed: int) -> None:
    if low == "copeland":  # whose scores lie around 0, where few of the others exist
        assume(top in ("arithmetic", "sum", "median", "minimum", "copeland"))
    method = small_method(TREE, aggregate=[top, low], missing=[above, below])
    try:
        scores = compute(method, panel(seed))
    except DataError:
        assume(False)
    for unit in ("u0", "u1"):
        adds_up(scores, unit, decompose_change(scores, unit, "2", "1"))
        adds_up(scores, unit, decompose_change(scores, unit, "2", "1", how="shapley"))


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(AGGREGATES + POSITIVE), st.integers(0, 10_000))
def test_the_way_back_undoes_the_way_there(top: Any, seed: int) -> None:
    scores = compute(small_method(TREE, aggregate=[top, "arithmetic"]), panel(seed))
    there, back = (decompose_change(scores, "u0", *periods, how="shapley") for periods in (("2", "1"), ("1", "2")))
    np.testing.assert_allclose(there["change"], -back["change"], atol=1e-9)
    np.testing.assert_allclose(there["by_weight"], -back["by_weight"], atol=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(AGGREGATES + POSITIVE), st.sampled_from(LEAVES), st.integers(0, 10_000))
def test_a_leaf_that_did_not_move_has_no_part(top: Any, leaf: str, seed: int) -> None:
    data = panel(seed, missing=0)
    data.loc[data["period"] == "2", leaf] = data.loc[data["period"] == "1", leaf].to_numpy()
    if leaf in "de":  # nor did its only brother
        for each in "de":
            data.loc[data["period"] == "2", each] = data.loc[data["period"] == "1", each].to_numpy()
    scores = compute(small_method(TREE, aggregate=[top, "arithmetic"]), data)
    part = decompose_change(scores, "u1", "2", "1", how="shapley").set_index("node")["change"]
    assert part[next(path for path in part.index if path.endswith(f".{leaf}"))] == 0
    if leaf in "de":
        assert part["q"] == 0


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(AGGREGATES + POSITIVE), st.integers(0, 10_000))
def test_brothers_that_are_alike_have_equal_parts(top: Any, seed: int) -> None:
    data = panel(seed, missing=0)
    data["e"] = data["d"]
    scores = compute(small_method(TREE, aggregate=top), data)
    part = decompose_change(scores, "u0", "2", "1", how="shapley").set_index("node")["change"]
    assert part["q.d"] == pytest.approx(part["q.e"], abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from([*AGGREGATES, *POSITIVE]), st.integers(0, 10_000))
def test_the_order_of_units_and_their_names_change_nothing(top: Any, seed: int) -> None:
    method, data = small_method(TREE, aggregate=[top, "arithmetic"]), panel(seed)
    renamed = data.assign(unit=data["unit"].map(lambda name: f"z{9 - int(name[1:])}"))
    first = decompose_change(compute(method, data), "u1", "2", "1")
    second = decompose_change(compute(method, renamed.sample(frac=1, random_state=seed)), "z8", "2", "1")
    pd.testing.assert_frame_equal(first, second, rtol=0, atol=1e-9)


@pytest.mark.parametrize("aggregate", ["arithmetic", "sum"])
def test_both_ways_agree_on_means_in_which_nothing_is_missing(aggregate: str) -> None:
    scores = compute(small_method(TREE, aggregate=aggregate), panel(4, missing=0))
    weights, orders = (decompose_change(scores, "u2", "2", "1", how=how) for how in ("weights", "shapley"))
    columns = ["node", "level", "change", "by_score", "by_weight"]
    pd.testing.assert_frame_equal(weights[columns], orders[columns], rtol=0, atol=1e-9)


def test_a_branch_can_be_taken_apart_by_itself() -> None:
    scores = compute(small_method(TREE, aggregate="geometric"), panel(2, missing=0))
    found = decompose_change(scores, "u0", "2", "1", node="p")
    assert found["node"].tolist() == ["p", "p.a", "p.b", "p.c"]
    wide = scores.wide("score")["p"]
    assert found.loc[1:, "change"].sum() == pytest.approx(wide["2", "u0"] - wide["1", "u0"], abs=1e-9)
    leaf = decompose_change(scores, "u0", "2", "1", node="p.a", how="shapley")
    assert leaf["change"].tolist() == pytest.approx([scores.wide("score")["p.a"].diff(5)["2", "u0"]])


def test_more_than_twelve_brothers_are_sampled_and_said_so() -> None:
    tree = {f"x{number}": 1 for number in range(14)}
    rng = np.random.default_rng(0)
    data = pd.DataFrame(rng.uniform(10, 90, (2, 14)), columns=list(tree)).assign(unit="u0", period=["1", "2"])
    scores = compute(small_method(tree, aggregate="geometric"), data[["unit", "period", *tree]])
    found = decompose_change(scores, "u0", "2", "1")
    assert set(found["how"]) == {"sampled"}
    assert found.loc[1:, "change"].sum() == pytest.approx(found.loc[0, "change"], abs=1e-9)
    assert (found.loc[1:, "error"] > 0).all()
    pd.testing.assert_frame_equal(found, decompose_change(scores, "u0", "2", "1"))
    assert not found.equals(decompose_change(scores, "u0", "2", "1", seed=1))


def test_a_sample_of_a_method_comes_near_its_exact_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = compute(small_method(TREE, aggregate="geometric"), panel(8))
    exact = decompose_change(scores, "u0", "2", "1")
    monkeypatch.setattr(shapley, "BROTHERS", 1)
    sampled = decompose_change(scores, "u0", "2", "1", draws=400)
    assert ((exact["change"] - sampled["change"]).abs() <= 5 * sampled["error"] + 1e-9).all()


def geometric_mini() -> Method:
    """The mini method whose platforms make a shifted geometric mean."""
    content = mini_content()
    content["levels"][0]["aggregate"] = {"by": "geometric", "shift": 1}
    return Method.model_validate(content)


def editions_scored(before: pd.DataFrame, now: pd.DataFrame, method: Method, platforms: tuple[str, str]) -> Scores:
    editions = [make_edition(name, platforms=names) for name, names in zip(("1", "2"), platforms, strict=True)]
    return scoring.score(method, pd.concat([before, now]), editions=editions)


def test_a_platform_without_an_account_is_as_before_until_all_of_it_moved() -> None:
    """x had no account (0 in the mean), now 25 and 75: half of its way is posts, half peak, whatever their scores.

    posts alone gives x 25 x 0.25 / 0.25 = 25 (peak is unknown then, not 0), peak alone 75; both 62.5.
    """
    before = figures("1", A_facebook=(20, 100), A_x=(None, None))
    before["status"] = ["measured", "no_account"]
    now = figures("2", A_facebook=(20, 100), A_x=(10, 150))
    scores = editions_scored(before, now, geometric_mini(), ("facebook x", "facebook x"))
    part = decompose_change(scores, "A", "2", "1").set_index("node")

    def root(x: float) -> float:
        return float(51**0.6 * (x + 1) ** 0.4 - 1)

    posts = ((root(25) - root(0)) + (root(62.5) - root(75))) / 2
    assert part.loc["x.posts", "change"] == pytest.approx(posts, abs=1e-9)
    assert part.loc["x", "change"] == pytest.approx(root(62.5) - root(0), abs=1e-9)
    assert part.loc["x", "by_weight"] == pytest.approx(0, abs=1e-12)
    assert part.loc["facebook", "change"] == 0


def test_a_status_that_changes_without_a_figure_is_the_branchs_part() -> None:
    """x is left out, then has no account: the same lack of figures, another rule."""
    before, now = (figures(period, A_facebook=(20, 100), A_x=(None, None)) for period in "12")
    before["status"], now["status"] = ["measured", "missing"], ["measured", "no_account"]
    scores = editions_scored(before, now, geometric_mini(), ("facebook x", "facebook x"))
    part = decompose_change(scores, "A", "2", "1").set_index("node")["change"]
    assert part["x"] == pytest.approx(51**0.6 - 51, abs=1e-9)
    assert part["x.posts"] == pytest.approx(part["x.peak"], abs=1e-9)


def test_a_platform_that_joins_the_index_has_the_change_it_brings() -> None:
    before, now = figures("1", A_facebook=(20, 100)), figures("2", A_facebook=(20, 100), A_x=(40, 200))
    scores = editions_scored(before, now, geometric_mini(), ("facebook", "facebook x"))
    found = decompose_change(scores, "A", "2", "1").set_index("node")
    assert found.loc["x", "change"] == pytest.approx(51**0.6 * 101**0.4 - 51, abs=1e-9)
    assert found.loc["x", "by_weight"] == pytest.approx(found.loc["x", "change"], abs=1e-9)
    assert OTHERS not in found.index


def test_figures_of_a_platform_that_an_edition_does_not_have_are_not_seen() -> None:
    """Copeland of facebook (a tie) and x, which B had figures of before its edition had it.

    A's x first: B has none yet, a tie; A's x last: ahead of B, 1. So half of the change is A's, half B's.
    """
    content = mini_content()
    content["levels"][0]["aggregate"] = "copeland"
    before = figures("1", A_facebook=(20, 100), B_facebook=(20, 100), B_x=(10, 10))
    now = figures("2", A_facebook=(20, 100), A_x=(40, 200), B_facebook=(20, 100), B_x=(10, 10))
    scores = editions_scored(before, now, Method.model_validate(content), ("facebook", "facebook x"))
    part = decompose_change(scores, "A", "2", "1").set_index("node")["change"]
    assert part[["composite", "facebook", "x", OTHERS]].tolist() == pytest.approx([1, 0, 0.5, 0.5])


def test_weights_that_the_method_derives_stay_what_they_are() -> None:
    method = small_method(dict.fromkeys("abc"), aggregate="geometric", weights={"derive": "optimised"})
    scores = compute(method, panel(5, units=8, missing=0)[["unit", "period", *"abc"]])
    found = decompose_change(scores, "u3", "2", "1").set_index("node")["change"]
    assert list(found.index) == ["root", "a", "b", "c"]
    assert found[list("abc")].sum() == pytest.approx(found["root"], abs=1e-9)


def test_a_branch_ruled_out_takes_leaves_that_count_as_zero_along() -> None:
    """Below x absent figures count as zero; without an account x itself has no score, and its brother all weight."""
    content = mini_content()
    content["levels"][0].update(aggregate={"by": "geometric", "shift": 1}, missing={"no_account": "reweight"})
    content["levels"][1]["missing"] = "zero"
    before, now = (
        figures(period, A_facebook=(20, 100), A_x=pair) for period, pair in (("1", (None, None)), ("2", (40, 200)))
    )
    before["status"] = ["measured", "no_account"]
    scores = editions_scored(before, now, Method.model_validate(content), ("facebook x", "facebook x"))
    part = decompose_change(scores, "A", "2", "1").set_index("node")["change"]

    def root(x: float) -> float:
        return float(51**0.6 * (x + 1) ** 0.4 - 1)

    # posts first: x is 25 (peak counts as zero); peak first: 75; both: 100.
    assert part["x.posts"] == pytest.approx(((root(25) - 50) + (root(100) - root(75))) / 2, abs=1e-9)
    assert part["x"] == pytest.approx(root(100) - 50, abs=1e-9)


def test_the_monthly_method_with_a_geometric_mean_adds_up_whatever_is_missing() -> None:
    method = load_method("social-reach@1")
    top = method.levels[0].model_copy(update={"aggregate": geometric_mini().levels[0].aggregate})
    strict = method.model_copy(update={"levels": (top, *method.levels[1:])})
    metrics = pd.concat([random_metrics(1).assign(edition="1"), random_metrics(51).assign(edition="2")])
    platforms = {"1": "facebook x instagram", "2": "x instagram youtube tiktok"}
    editions = [make_edition(name, platforms=names) for name, names in platforms.items()]
    scores = scoring.score(strict, metrics, editions=editions)
    wide = scores.wide("score")[strict.root].fillna(0.0)
    for unit in sorted(set(scores.leaves.rows.unit))[:4]:
        found = decompose_change(scores, unit, "2", "1")
        sums = found.groupby("level")["change"].sum()
        np.testing.assert_allclose(sums, wide["2", unit] - wide["1", unit], atol=1e-9)
        assert OTHERS not in set(found["node"])


def test_a_unit_period_or_node_that_is_not_there_is_named() -> None:
    scores = compute(small_method(TREE), panel(1))
    with pytest.raises(UnknownNameError, match="no unit `nobody` in period `1`"):
        decompose_change(scores, "nobody", "2", "1")
    with pytest.raises(UnknownNameError, match="in period `3`"):
        decompose_rank(scores, "u0", "3", "1")
    with pytest.raises(UnknownNameError, match="No score of `u0` on `zz` in period `1`"):
        decompose_change(scores, "u0", "2", "1", node="zz")
    with pytest.raises(UnknownNameError, match="no unit `nobody`"):
        decompose_rank(scores, "nobody", "2", "1")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([1.0, 2.0, 3.0, np.nan]), min_size=12, max_size=12))
def test_parts_of_a_place_add_up_with_ties_and_gaps(values: list[float]) -> None:
    units = [f"u{number}" for number in range(6)]
    data = pd.DataFrame({"unit": units * 2, "period": ["1"] * 6 + ["2"] * 6, "a": values}).dropna()
    assume(set(data["period"]) == {"1", "2"})
    scores = compute(small_method({"a": 1}), data)
    places = scores.table[scores.table["node"] == "root"].set_index(["period", "unit"])["rank"]
    for unit in units:
        if {("1", unit), ("2", unit)} <= set(places.index):
            found = decompose_rank(scores, unit, "2", "1")
            assert found.change == places["1", unit] - places["2", unit] == found.pairs["part"].sum()
            assert found.own + found.others == found.change


def test_a_unit_without_a_place_is_named() -> None:
    data = panel(3, missing=0)
    data.loc[0, list("abc")] = np.nan
    scores = compute(small_method(TREE, missing="withhold"), data)
    with pytest.raises(DataError, match="`u0` has no place on `root` in period `1`"):
        decompose_rank(scores, "u0", "2", "1")
