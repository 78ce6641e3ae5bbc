"""How firm a place is: replications against indices written out, intervals, pairs, changes between periods."""

from __future__ import annotations

import tracemalloc
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from firm_cases import OWN, WORDS, changed, content, method_of, plan_of, study_of, table
from hypothesis import given, settings
from hypothesis import strategies as st
from index_cases import figures, make_edition, mini
from test_index_compute import PLATFORMS, random_metrics

from cityreach.errors import UnknownNameError
from cityreach.index import Scores, compute, load_method, replicate, uncertainty
from cityreach.index.plan import load_plan
from cityreach.index.rank import rank_competition
from cityreach.index.replicate import Design, root_scores
from cityreach.index.rows import Rows
from cityreach.index.study import Study, check
from cityreach.index.uncertainty import Draws, draw
from cityreach.scoring import score

WIDE: dict[str, Any] = {
    "normalisation": [{"by": "percentile", "range": [1, 100]}, {"by": "zscore", "mean": 60, "sd": 10}],
    "treatment": [{"by": "forced", "high": 1}],
    "weight_sets": ["even", "odd"],
    "weights": {"wing": 0.5, "indicator": 0.3},
    "aggregation": {
        "wing": ["geometric", "minimum"], "pillar": ["harmonic"], "indicator": [{"by": "power", "power": 2}],
    },
    "leave_out": ["indicators", "left.q", "right"],
}  # fmt: skip


def design_of(study: Study) -> Design:
    points = uncertainty.sobol_points(study.plan.draws, len(study.inputs), study.plan.seed)
    factors = uncertainty.factors_of(study.inputs, study.plan.draws, study.plan.seed)
    return Design(uncertainty.choices_of(study.inputs, points, study.plan.draws), factors)


def written_out(study: Study, design: Design, number: int) -> dict[str, Any]:
    """One replication as a method's file."""
    found, weights, gone = content(), {}, set()
    for entry, chosen in zip(study.inputs, design.choices[number], strict=True):
        option = entry.options[chosen] if entry.options else None
        if option is None:
            base = {path: node.given for path, node in study.scores.method.nodes.items()} | weights
            weights.update({path: base[path] * design.factors[path][chosen] for path in entry.spread})
        elif option.weights:
            weights.update(option.weights)
            gone |= {path for path, weight in weights.items() if weight == 0}
        elif option.rule is not None and entry.kind == "aggregation":
            place = ["wing", "pillar", "indicator"].index(entry.name.partition(".")[2])
            found["levels"][place]["aggregate"] = option.rule.model_dump()
        elif option.rule is not None:
            rule = option.rule.model_dump()
            key = {"treatment": rule, "normalisation": OWN | {"default": rule}}
            found[entry.name] = key[entry.name]
        gone |= option.paths if option else set()
    return found | {"tree": changed(found["tree"], weights, gone), "weight_sets": {}}


def test_every_replication_is_the_index_that_a_file_with_these_choices_gives() -> None:
    data = table(gaps=0.15)
    study = study_of(compute(method_of(), data), **WIDE, draws=48)
    design = design_of(study)
    (part,) = study.scores.parts
    here = np.arange(len(part.at))
    roots = np.full((len(here), len(design)), np.nan)
    for members, root in root_scores(study.case, design, part, here):
        roots[:, members] = root if root.ndim == 2 else root[:, None]
    ranks = draw(study).ranks
    assert len(design) == 48
    for number in range(len(design)):
        scores = compute(method_of(written_out(study, design, number)), data)
        expected = scores.parts[0].tree.score["index"]
        np.testing.assert_allclose(roots[:, number], expected, rtol=1e-11)
        places = scores.table.loc[scores.table["node"] == "index", "rank"].fillna(0).to_numpy(int)
        np.testing.assert_array_equal(ranks[:, number], places)


def test_the_options_of_an_input_are_equally_likely() -> None:
    study = study_of(**WIDE, draws=128)
    for column, entry in zip(design_of(study).choices.T, study.inputs, strict=True):
        counts = np.bincount(column, minlength=entry.size(128))
        assert counts.max() - counts.min() <= 1


def test_every_set_of_weights_is_used_once_and_stays_within_its_bounds() -> None:
    study = study_of(weights=0.25, draws=256)
    design = design_of(study)
    assert sorted(design.choices[:, 0]) == list(range(256))
    for factors in design.factors.values():
        assert 0.75 <= factors.min() < 0.76
        assert 1.24 < factors.max() <= 1.25
        assert factors.mean() == pytest.approx(1, abs=1e-3)


def test_a_weighted_sum_keeps_the_sum_of_its_weights() -> None:
    """Weights 1 and 3 are varied and brought back to 4: the score of figures that are all alike cannot move."""
    given = content() | {"weight_sets": {}, "normalisation": OWN | {"default": "none"}}
    given["levels"] = [given["levels"][0] | {"aggregate": "sum"}]
    given["indicators"] = {code: {"label": WORDS} for code in "ab"}
    given["tree"] = {
        "code": "index",
        "label": WORDS,
        "children": [{"code": "a", "weight": 1}, {"code": "b", "weight": 3}],
    }
    scores = compute(method_of(given), pd.DataFrame({"unit": ["A", "B"], "year": 1, "a": [2.0, 9.0], "b": [2.0, 1.0]}))
    study = study_of(scores, weights=0.4)
    (piece,) = root_scores(study.case, design_of(study), scores.parts[0], np.arange(2))
    np.testing.assert_allclose(piece[1][0], 8.0)
    assert np.ptp(piece[1][1]) > 1


@pytest.mark.parametrize("level", [1, 2])
def test_derived_weights_are_those_of_the_published_index(level: int) -> None:
    """Also where the scores that they would be derived from are those of a replication (level 1: the pillars)."""
    given = content() | {"weight_sets": {}}
    given["levels"][level]["weights"]["derive"] = "pca"
    left, right = given["tree"]["children"]
    for node in (*left["children"], *right["children"]):
        for derived in [node] if level == 1 else node["children"]:
            del derived["weight"]
    scores = compute(method_of(given), table(units=20, gaps=0))
    assert len(scores.parts[0].tree.derived) >= 2
    names = [each["code"] for each in given["levels"]]
    still = draw(study_of(scores, weights=dict.fromkeys(names, 1e-9), normalisation="rank"))
    published = still.ranks == still.published[:, None]
    assert 0.4 < published.all(axis=0).mean() < 0.6  # those with the method's own scale


def test_without_variation_every_place_is_the_published_one() -> None:
    for scores in (compute(method_of(), table()), reach_scored(random_metrics(4))):
        draws = draw(check(plan_of(), scores))
        assert draws.ranks.shape == (len(scores.leaves.rows), 64)
        expected = scores.table[scores.table["node"] == scores.method.root]["rank"]
        np.testing.assert_array_equal(draws.published, expected.to_numpy(float, na_value=np.nan))
        np.testing.assert_array_equal(draws.ranks, np.nan_to_num(draws.published)[:, None] * np.ones(64))
        rows = uncertainty.intervals(draws)
        for name in ("low", "median", "high"):
            pd.testing.assert_series_equal(rows[name], rows["rank"], check_names=False)
        assert set(rows["p_first"]) == {0.0, 1.0}


def test_who_is_best_everywhere_is_first_in_every_draw() -> None:
    data = table(gaps=0)
    data.loc[data["unit"] == "U03", list("abcefg")] = 1e4
    data.loc[data["unit"] == "U03", "d"] = 1e-4
    rows = uncertainty.intervals(draw(study_of(compute(method_of(), data), **WIDE, tops=[1, 2])))
    best = rows[rows["unit"] == "U03"]
    assert best[["low", "high", "mean", "p_first", "p_top2"]].to_numpy().tolist() == [[1, 1, 1, 1, 1]] * 2
    assert (rows.loc[rows["unit"] != "U03", "p_first"] < 1).all()


def test_intervals_hold_the_published_place_of_nearly_all() -> None:
    scores = compute(method_of(), table(units=40, seed=5, gaps=0))
    modest = {
        "weights": 0.2,
        "aggregation": {"wing": "geometric"},
        "normalisation": {"by": "minmax", "range": [10, 100]},
    }
    rows = uncertainty.intervals(draw(study_of(scores, **modest, draws=512)))
    held = (rows["low"] <= rows["rank"]) & (rows["rank"] <= rows["high"])
    assert held.mean() > 0.9
    assert (rows["low"] <= rows["median"]).all()
    assert (rows["median"] <= rows["high"]).all()
    assert (rows["high"] > rows["low"]).mean() > 0.5


def test_same_seed_same_answer_and_another_seed_a_close_one() -> None:
    study = study_of(**WIDE, draws=1024)
    first, second, other = (draw(study, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.ranks, second.ranks)
    assert not np.array_equal(first.ranks, other.ranks)
    here, there = uncertainty.intervals(first), uncertainty.intervals(other)
    assert np.abs(here["mean"] - there["mean"]).max() < 0.15
    assert np.abs(here["p_top3"] - there["p_top3"]).max() < 2 * first.error + 1e-9
    assert first.error == 0.5 / 32


def test_one_period_and_the_whole_panel_agree() -> None:
    study = study_of(**WIDE)
    both = draw(study)
    for period in ("2024", "2025"):
        alone = draw(study, [period])
        np.testing.assert_array_equal(both.of(period).ranks, alone.ranks)
        np.testing.assert_array_equal(both.of(period).published, alone.published)
        assert alone.rows.unit.tolist() == both.of(period).rows.unit.tolist()


def test_a_scale_above_the_leaves_is_taken_over_all_periods_even_for_one() -> None:
    """A z-score of a pillar hangs on every row; other periods must not drop out of it."""
    method = content()
    method["tree"]["children"][0]["children"][0]["normalise"] = {"by": "zscore", "mean": 50, "sd": 20}
    method["weight_sets"] = {}
    data = table(gaps=0)
    data.loc[data["year"] == 2025, ["a", "b"]] *= 5
    study = study_of(compute(method_of(method), data), weights=0.3)
    both = draw(study)
    np.testing.assert_array_equal(both.of("2025").ranks, draw(study, ["2025"]).ranks)
    still = draw(check(plan_of(), study.scores), ["2025"])
    np.testing.assert_array_equal(still.ranks[:, 0], still.published)


def test_the_size_of_a_piece_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    study = study_of(**WIDE)
    whole = draw(study).ranks
    for cells in (1, 3000):
        monkeypatch.setattr(replicate, "CELLS", cells)
        np.testing.assert_array_equal(draw(study).ranks, whole)


def test_memory_grows_by_the_places_alone() -> None:
    scores = compute(method_of(), table(units=60))
    few, many = (
        _peak(study_of(scores, weights=0.2, aggregation={"wing": "geometric"}, draws=n)) for n in (4000, 12000)
    )
    places, factors = 120 * 8000 * 2, 11 * 8000 * 8
    assert many - few < 2 * (places + 2 * factors)


def _peak(study: Study) -> int:
    draw(study)
    tracemalloc.start()
    draw(study)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_no_warning_and_no_score_where_only_what_is_left_out_has_one() -> None:
    """A has nothing but a: without a it has no score, and no place, in these replications."""
    data = table(gaps=0, years=[2024])
    data.loc[0, list("bcdefg")] = np.nan
    study = study_of(compute(method_of(), data), leave_out=["a", "b", "right"])
    draws = draw(study)
    rows = uncertainty.intervals(draws).set_index("unit")
    assert rows.loc["U00", "without"] == 0.25
    assert (rows["without"].drop("U00") == 0).all()
    assert draws.ranks[1:].max() == 9
    without_a = draws.ranks[:, draws.ranks[0] == 0]
    assert without_a.shape == (9, 16)
    assert without_a.max() == 8


def test_a_branch_that_is_left_out_as_a_whole_raises_no_warning() -> None:
    study = study_of(leave_out=["right.r", "left.p"], aggregation=["harmonic", {"by": "power", "power": -1}])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (draw(study).ranks > 0).all()


def test_a_weight_set_of_the_method_is_the_index_computed_with_it() -> None:
    data = table(gaps=0)
    scores = compute(method_of(), data)
    study = study_of(scores, weight_sets=["even", "odd"])
    drawn = uncertainty.drawn(study.case, Design(np.array([[0], [1], [2]])), None, tops=(1,))
    for column, name in enumerate((None, "even", "odd")):
        found = compute(method_of(), data, weights=name).table
        np.testing.assert_array_equal(drawn.ranks[:, column], found.loc[found["node"] == "index", "rank"].to_numpy(int))


def test_the_base_may_itself_be_a_weight_set() -> None:
    scores = compute(method_of(), table(), weights="even")
    draws = draw(check(plan_of(weights=1e-9), scores))
    assert (draws.ranks == draws.published[:, None]).all()


def of_ranks(ranks: list[list[int]], published: list[float], periods: list[int], units: str) -> Draws:
    rows = Rows(("before", "now"), np.array(periods), np.array(list(units), dtype=object))
    return Draws(rows, np.array(ranks, dtype=np.int16), np.array(published, dtype=float), (1, 2))


def test_the_figures_of_a_place_are_those_worked_by_hand() -> None:
    """Places of A: 1 1 1 2 (mean 5/4); of B: 2 2 0 1, three known (mean 5/3); C never has one."""
    draws = of_ranks([[1, 1, 1, 2], [2, 2, 0, 1], [0, 0, 0, 0]], [1, 2, np.nan], [0, 0, 0], "ABC")
    rows = uncertainty.intervals(draws).set_index("unit")
    assert rows.loc["A", ["rank", "low", "median", "high", "mean"]].tolist() == [1, 1, 1, 2, 1.25]
    assert rows.loc["B", ["rank", "low", "median", "high"]].tolist() == [2, 1, 2, 2]
    assert rows.loc["B", "mean"] == pytest.approx(5 / 3)
    assert rows["p_first"].tolist() == [0.75, 0.25, 0.0]
    assert rows["p_top2"].tolist() == [1.0, 0.75, 0.0]
    assert rows["without"].tolist() == [0.0, 0.25, 1.0]
    assert rows.loc["C", ["rank", "low", "median", "high", "mean"]].isna().all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=60), st.sampled_from([0.05, 0.25, 0.5, 0.95]))
def test_quantiles_are_those_of_the_inverted_distribution(places: list[int], share: float) -> None:
    found = uncertainty.quantiles(np.array([[*places, 0, 0]], dtype=np.int16), [share])[0][0]
    assert found == np.quantile(places, share, method="inverted_cdf")


def test_a_pair_is_worked_by_hand() -> None:
    """A against B in five draws: ahead, ahead, tied, behind, B without a score: 2.5 of 4."""
    draws = of_ranks([[1, 1, 1, 2, 1], [2, 3, 1, 1, 0], [3, 2, 3, 3, 2]], [1, 2, 3], [0, 0, 0], "ABC")
    pairs = uncertainty.ahead(draws, "before", [("A", "B"), ("B", "A"), ("A", "A"), ("C", "B")])
    assert pairs["p_ahead"].tolist() == [0.625, 0.375, 0.5, 0.25]
    assert uncertainty.neighbours(draws, "before")["unit_b"].tolist() == ["B", "C"]
    assert uncertainty.neighbours(draws, "before", first=1)["unit_b"].tolist() == ["B"]


def test_the_matrix_of_pairs_agrees_with_the_pairs() -> None:
    draws = draw(study_of(**WIDE))
    matrix = uncertainty.dominance(draws, "2025", first=5)
    assert matrix.shape == (5, 5)
    order = draws.of("2025").published[[list(draws.of("2025").rows.unit).index(unit) for unit in matrix.index]]
    assert order.tolist() == sorted(order)
    np.testing.assert_allclose(matrix + matrix.T, 1.0)
    np.testing.assert_array_equal(np.diag(matrix), 0.5)
    a, b = matrix.index[0], matrix.index[3]
    assert matrix.loc[a, b] == uncertainty.ahead(draws, "2025", [(a, b)]).loc[0, "p_ahead"]
    assert uncertainty.dominance(draws, "2025", first=None).shape == (9, 9)


def test_a_change_is_worked_by_hand() -> None:
    """X is in the second period alone and leaves the comparison: there B is 1, 1, 2, 2 and A 2, 2, 1, 1."""
    draws = of_ranks(
        [[1, 1, 1, 1], [2, 2, 2, 2], [3, 3, 2, 0], [2, 2, 3, 3], [1, 1, 1, 2]],
        [1, 2, 3, 2, 1], [0, 0, 1, 1, 1], "ABABX",
    )  # fmt: skip
    rows = uncertainty.changes(draws, "before", "now").set_index("unit")
    assert rows.loc["A", ["rank_before", "rank", "change"]].tolist() == [1, 2, -1]
    assert rows.loc["B", ["rank_before", "rank", "change"]].tolist() == [2, 1, 1]
    assert rows.loc["B", ["low", "high"]].tolist() == [0, 1]  # gains of 1, 1, 0, 1
    assert rows.loc["B", ["p_rise", "p_fall"]].tolist() == [0.75, 0.0]
    assert rows.loc["A", ["p_rise", "p_fall"]].tolist() == [0.0, pytest.approx(2 / 3)]  # falls, falls, stays; unknown
    assert rows.index.tolist() == ["A", "B"]


def test_a_change_under_the_same_draws_is_firmer_than_the_places() -> None:
    """Figures that stay as they are give no change in any draw, however much the places move."""
    data = table(gaps=0, years=[2024])
    study = study_of(compute(method_of(), pd.concat([data, data.assign(year=2025)])), **WIDE)
    draws = draw(study)
    assert (uncertainty.intervals(draws).eval("high - low") > 0).any()
    rows = uncertainty.changes(draws, "2024", "2025")
    assert rows[["change", "low", "high", "p_rise", "p_fall"]].to_numpy(float).any() == 0


def test_the_usual_plan_runs_on_the_reach_index_of_a_year_with_other_trees() -> None:
    """Two editions, the second with another set of platforms: two trees, the same draws."""
    first = random_metrics(1).assign(edition="2025-03")
    second = random_metrics(2)
    editions = [make_edition("2025-03", platforms=" ".join(PLATFORMS)), make_edition(platforms="facebook x instagram")]
    scores = score(load_method("social-reach@1"), pd.concat([first, second]), editions=editions)
    study = check(load_plan("usual"), scores)
    draws = draw(study)
    rows = uncertainty.intervals(draws)
    assert rows["period"].tolist() == ["2025-03"] * 12 + ["2025-04"] * 12
    held = (rows["low"] <= rows["rank"]) & (rows["rank"] <= rows["high"])
    assert held[rows["rank"].notna()].mean() > 0.8
    assert rows.loc[rows["rank"].isna(), "without"].eq(1).all()
    np.testing.assert_array_equal(draw(study, ["2025-04"]).ranks, draws.of("2025-04").ranks)


def test_a_single_platform_may_be_left_out_where_it_is_all_there_is() -> None:
    scores = score(mini(), figures(A_x=(1, 1), B_x=(2, 2)), editions=[make_edition(platforms="x")])
    draws = draw(check(plan_of(leave_out="platform"), scores))
    assert uncertainty.intervals(draws)["without"].tolist() == [pytest.approx(1 / 3, abs=0.01)] * 2


def test_what_the_draws_do_not_hold_is_named() -> None:
    study = study_of(weights=0.2)
    with pytest.raises(UnknownNameError, match="The scores hold no period `2030`"):
        draw(study, ["2030"])
    draws = draw(study, ["2024"])
    with pytest.raises(UnknownNameError, match="The draws hold no period `2025`"):
        uncertainty.dominance(draws, "2025")
    with pytest.raises(UnknownNameError, match="The draws hold no unit `U99`"):
        uncertainty.ahead(draws, "2024", [("U00", "U99")])


def reach_scored(metrics: pd.DataFrame) -> Scores:
    return score(load_method("social-reach@1"), metrics, editions=[make_edition(platforms=" ".join(PLATFORMS))])


def small() -> Scores:
    """A is best everywhere, D worst everywhere, B and C are each better on one platform."""
    metrics = figures(
        A_facebook=(40, 200), A_x=(40, 200), B_facebook=(20, 140), B_x=(20, 60),
        C_facebook=(20, 100), C_x=(20, 125), D_facebook=(0, 0), D_x=(0, 0),
    )  # fmt: skip
    return score(mini(), metrics, editions=[make_edition()])


def test_rank_intervals_of_a_small_index() -> None:
    rows = uncertainty.rank_intervals(small(), "2025-04", draws=200, seed=3).set_index("unit")
    assert rows.loc["A", ["low", "high", "p_first", "p_top10"]].tolist() == [1, 1, 1.0, 1.0]
    assert rows.loc["D", ["low", "high", "p_first"]].tolist() == [4, 4, 0.0]
    assert rows.loc["B", ["low", "high"]].tolist() == [2, 3]
    assert rows.loc["C", ["low", "high"]].tolist() == [2, 3]


def test_rank_intervals_are_those_of_plain_random_factors_worked_step_by_step() -> None:
    """The interval of the monthly report: one factor a node, in the tree's order, from the seeded generator."""
    scores = small()
    draws = uncertainty.weight_draws(scores, "2025-04", draws=300, seed=7)
    factors = dict(zip(scores.method.nodes, np.random.default_rng(7).uniform(0.8, 1.2, (10, 300)), strict=True))
    places = [list(column) for column in _by_hand(factors)]
    np.testing.assert_array_equal(draws.ranks, np.array(places).T)


def _by_hand(factors: dict[str, Any]) -> Iterator[np.ndarray]:
    """Scores of the leaves are posts / 40 and peak / 200, times 100; weights 60 and 40, and 0.25 and 0.75."""
    leaf = {
        "facebook": np.array([[100, 100], [50, 70], [50, 50], [0, 0]]),
        "x": np.array([[100, 100], [50, 30], [50, 62.5], [0, 0]]),
    }
    for number in range(300):
        total, weight = np.zeros(4), 0.0
        for platform, share in (("facebook", 0.6), ("x", 0.4)):
            inner = np.array([0.25 * factors[f"{platform}.posts"][number], 0.75 * factors[f"{platform}.peak"][number]])
            outer = share * factors[platform][number]
            total, weight = total + outer * (leaf[platform] @ inner) / inner.sum(), weight + outer
        yield rank_competition(np.round(total / weight, 9))


def test_a_city_without_a_score_has_no_interval() -> None:
    metrics = figures(A_x=(1, 1), B_x=(None, None))
    rows = uncertainty.rank_intervals(score(mini(), metrics, editions=[make_edition()]), "2025-04", draws=20)
    assert rows["low"].isna().tolist() == [False, True]
    assert rows["p_first"].tolist() == [1.0, 0.0]


def test_an_edition_without_scores_is_named() -> None:
    with pytest.raises(UnknownNameError, match="The scores hold no period `2030-01`"):
        uncertainty.rank_intervals(small(), "2030-01")


def test_copeland_takes_part_in_the_replications_as_well() -> None:
    study = study_of(compute(method_of(), table(gaps=0)), aggregation={"wing": "copeland"}, weights=0.3)
    fixed = Design(np.array([[0, 0], [0, 1]]), {path: np.ones(64) for path in study.inputs[0].spread})
    drawn = uncertainty.drawn(study.case, fixed, None, tops=(1,))
    given = content()
    given["levels"][0]["aggregate"] = "copeland"
    expected = compute(method_of(given), table(gaps=0)).table
    np.testing.assert_array_equal(drawn.ranks[:, 1], expected.loc[expected["node"] == "index", "rank"].to_numpy(int))
