"""Figures to scores: hand-worked scenarios and the properties that hold for any figures."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from index_cases import CASES, FIGURES, cell, figures, make_edition, metrics_of, mini, mini_content

from cityreach import index, tables
from cityreach.errors import DataError, UnknownNameError
from cityreach.index import load_method
from cityreach.index.method import Method
from cityreach.scoring import compute

SCENARIOS = {
    "01_all_measured": (30, "facebook x"),
    "02_no_account_counts_zero": (30, "facebook x"),
    "03_silent_scores_zero_and_has_a_place": (30, "facebook x"),
    "04_missing_export_is_left_out": (30, "facebook x"),
    "05_ties_share_the_better_place": (30, "facebook x"),
    "06_one_platform_takes_all_weight": (30, "x"),
    "07_sixty_days_count_half": (60, "facebook x"),
    "08_unknown_figure_hands_on_its_weight": (30, "facebook x"),
    "09_outside_is_ranked_alone": (30, "facebook x tiktok"),
}
PLATFORMS = ("facebook", "x", "instagram", "youtube", "tiktok")


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    days, platforms = SCENARIOS[name]
    given = metrics_of(pd.read_csv(CASES / f"{name}_input.csv"))
    expected = pd.read_csv(CASES / f"{name}_expected.csv").set_index(["city_id", "node"])
    scores = compute(mini(), given, editions=[make_edition(days=days, platforms=platforms)])
    found = scores.set_index(["city_id", "node"]).loc[expected.index, list(expected.columns)]
    pd.testing.assert_frame_equal(found.astype(float), expected.astype(float), rtol=0, atol=1e-9)


def test_every_scenario_file_is_run() -> None:
    assert {path.stem.removesuffix("_input") for path in CASES.glob("*_input.csv")} == set(SCENARIOS)


def table_scores(method: Method, row: dict[str, object]) -> pd.DataFrame:
    """The scores of a plain table of one row, with the unit as `city_id`."""
    return index.compute(method, pd.DataFrame([row])).table.rename(columns={"unit": "city_id"})


def random_metrics(seed: int, cities: int = 12) -> pd.DataFrame:
    """Figures for social-reach@1 with every status and some unknown figures."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame([(f"{city:02d}", platform) for city in range(cities) for platform in PLATFORMS])
    rows.columns = pd.Index(["city_id", "platform"])
    for name in FIGURES:
        rows[name] = np.rint(rng.lognormal(5, 2.5, len(rows))) * np.where(rng.random(len(rows)) < 0.05, np.nan, 1)
    rows["status"] = rng.choice(["measured", "no_account", "missing"], len(rows), p=[0.8, 0.1, 0.1])
    rows.loc[rows["status"] != "measured", FIGURES] = np.nan
    return metrics_of(rows)


def reach(metrics: pd.DataFrame) -> pd.DataFrame:
    return compute(load_method("social-reach@1"), metrics, editions=[make_edition(platforms=" ".join(PLATFORMS))])


@pytest.mark.parametrize("seed", range(4))
def test_contributions_add_up_to_the_parents_score(seed: int) -> None:
    scores = reach(random_metrics(seed))
    parts = scores[~scores["node"].isin(["composite", "tiktok"])].copy()
    parts["parent"] = parts["node"].str.rpartition(".")[0].replace("", "composite")
    sums = parts.groupby(["city_id", "parent"])["contribution"].sum(min_count=1)
    parents = scores.set_index(["city_id", "node"])["score"].reindex(sums.index)
    np.testing.assert_allclose(sums.to_numpy(float, na_value=-1), parents.to_numpy(float, na_value=-1), atol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_weights_of_brothers_add_up_to_one_in_every_city(seed: int) -> None:
    scores = reach(random_metrics(seed))
    parts = scores[~scores["node"].isin(["composite", "tiktok"])].copy()
    parts["parent"] = parts["node"].str.rpartition(".")[0]
    assert parts.groupby(["city_id", "parent"])["weight"].sum().sub(1).abs().max() < 1e-12


@pytest.mark.parametrize("seed", range(4))
def test_scores_lie_between_0_and_100_and_keep_their_contract(seed: int) -> None:
    scores = tables.check(reach(random_metrics(seed)), "scores")
    assert scores["score"].min() >= 0
    assert scores["score"].max() <= 100


def test_a_city_keeps_its_score_when_another_citys_figures_change() -> None:
    metrics = random_metrics(7)
    changed = metrics.copy()
    changed.loc[changed["city_id"] == "03", FIGURES] = 10**7
    before, after = (
        frame[frame["city_id"] != "03"].drop(columns=["rank", "tied"]) for frame in map(reach, (metrics, changed))
    )
    pd.testing.assert_frame_equal(before, after)
    assert not cell(reach(metrics), "03").equals(cell(reach(changed), "03"))


@pytest.mark.parametrize("name", FIGURES)
def test_more_of_any_figure_never_lowers_a_score(name: str) -> None:
    metrics = random_metrics(11)
    raised = metrics.copy()
    raised[name] = raised[name] * 2
    gain = reach(raised)["score"] - reach(metrics)["score"]
    assert gain.min() >= -1e-12
    assert gain.max() > 0


def test_the_order_of_rows_does_not_matter() -> None:
    metrics = random_metrics(5)
    shuffled = metrics.sample(frac=1, random_state=1).reset_index(drop=True)
    pd.testing.assert_frame_equal(reach(metrics), reach(shuffled))


def test_social_reach_by_its_formula() -> None:
    """One city on Facebook and YouTube, worked from METHODOLOGY.md with nothing but logarithms."""

    def scale(value: float, low: float, high: float) -> float:
        return 100 * (math.log1p(value) - math.log1p(low)) / (math.log1p(high) - math.log1p(low))

    flow = 30 / 31
    rows = pd.DataFrame(
        {"city_id": "A", "platform": ["facebook", "youtube"], "posts": [128, 9], "active_days": [30, 7]}
    )
    rows = rows.assign(interactions=[412907, 3000], interactions_per_post=[412907 / 128, 3000 / 9], peak=[19000, 900])
    rows = rows.assign(
        followers=[500000, 20000], new_followers=[-50, None], views=[None, 90000], views_per_post=[None, 1e4]
    )
    edition = make_edition(days=31, platforms="facebook x instagram youtube")
    scores = compute(load_method("social-reach@1"), metrics_of(rows), editions=[edition])
    facebook = (
        0.2 * (0.5 * scale(128 * flow, 4, 250) + 0.5 * scale(30 * flow, 2, 30))
        + 0.5 * 0.4 * (scale(412907 * flow, 200, 1e6) + scale(412907 / 128, 10, 1e4))
        + 0.5 * 0.2 * scale(19000, 50, 1e5)
        + 0.3 * 0.7 * scale(500000, 2000, 1e7)
    )
    youtube = (
        0.15 * (0.5 * scale(9 * flow, 1, 80) + 0.5 * scale(7 * flow, 1, 30))
        + 0.35 * 0.4 * (scale(3000 * flow, 10, 1e5) + scale(3000 / 9, 2, 5000))
        + 0.35 * 0.2 * scale(900, 5, 30000)
        + 0.2 * scale(20000, 200, 1e6)
        + 0.3 * 0.5 * (scale(90000 * flow, 500, 1e7) + scale(1e4, 100, 5e5))
    )
    assert cell(scores, "A", "facebook")["score"] == pytest.approx(facebook, abs=1e-9)
    assert cell(scores, "A", "youtube")["score"] == pytest.approx(youtube, abs=1e-9)
    assert cell(scores, "A")["score"] == pytest.approx((35 * facebook + 20 * youtube) / 55, abs=1e-9)


def test_a_loss_of_followers_scores_zero() -> None:
    rows = pd.DataFrame({"city_id": ["A"], "platform": ["x"], "followers": [5000], "new_followers": [-900]})
    scores = compute(load_method("social-reach@1"), metrics_of(rows), editions=[make_edition(platforms="x")])
    assert cell(scores, "A", "x.audience.new_followers")["score"] == 0
    assert cell(scores, "A", "x.audience.new_followers")["value"] == -900


def test_a_branch_that_the_status_rules_out_has_no_score_whatever_stands_below() -> None:
    content = mini_content()
    content["levels"][1]["missing"] = "zero"
    metrics = figures(A_facebook=(20, 100), A_x=(None, None), B_facebook=(20, 100), B_x=(40, None))
    metrics.loc[metrics["platform"] == "x", "status"] = ["no_account", "measured"]
    scores = compute(Method.model_validate(content), metrics, editions=[make_edition()])
    assert pd.isna(cell(scores, "A", "x")["score"])
    assert cell(scores, "A", "x.posts")[["score", "contribution"]].isna().all()
    assert cell(scores, "B", "x")["score"] == 25


def test_a_ruled_out_branch_takes_everything_below_with_it() -> None:
    """Three levels: the platform is ruled out, so its dimension has no score although its rule says zero."""
    method = load_method("social-reach@1")
    lower = tuple(level.model_copy(update={"missing": "zero"}) for level in method.levels[1:])
    strict = method.model_copy(update={"levels": (method.levels[0], *lower)})
    rows = metrics_of(pd.DataFrame({"city_id": ["A", "A"], "platform": ["x", "facebook"], "followers": [5000, 5000]}))
    rows["status"] = ["no_account", "measured"]
    scores = compute(strict, rows, editions=[make_edition()])
    assert pd.isna(cell(scores, "A", "x.engagement")["score"])
    assert cell(scores, "A", "facebook.engagement")["score"] == 0


def test_wci_gives_the_published_example() -> None:
    figures = {
        "reads_total": 10000,
        "reads_mean": 100,
        "reads_max": 300,
        "likes_total": 4000,
        "likes_mean": 40,
        "likes_max": 60,
    }
    scores = table_scores(load_method("wci@2.0"), {"account": "example", **figures})
    assert round(cell(scores, "example", "wci")["score"], 4) == 411.4875
    parts = scores[scores["node"].isin(["reads", "likes"])]["contribution"]
    assert parts.sum() == pytest.approx(cell(scores, "example", "wci")["score"], abs=1e-9)


def test_wci_withholds_the_score_where_a_figure_is_unknown() -> None:
    figures = {
        "reads_total": 10000,
        "reads_mean": 100,
        "reads_max": None,
        "likes_total": 4000,
        "likes_mean": 40,
        "likes_max": 60,
    }
    scores = table_scores(load_method("wci@2.0"), {"account": "example", **figures})
    assert pd.isna(cell(scores, "example", "wci")["score"])
    assert cell(scores, "example", "likes")["score"] > 0


def test_editions_keep_their_own_trees_and_the_order_asked_for() -> None:
    metrics = pd.concat(
        [figures("new", A_facebook=(20, 100), A_tiktok=(40, 200)), figures("old", A_facebook=(40, 200))]
    )
    editions = [make_edition("old"), make_edition("new", platforms="facebook x tiktok")]
    scores = compute(mini(), metrics, editions=editions)
    assert list(dict.fromkeys(scores["edition"])) == ["old", "new"]
    assert set(scores.loc[scores["edition"] == "old", "node"].str.split(".").str[0]) == {"composite", "facebook", "x"}
    assert cell(scores, "A", "tiktok", "new")["score"] == 100


def test_minmax_over_all_editions_and_over_each() -> None:
    metrics = pd.concat([figures("a", A_x=(0, 1), B_x=(10, 1)), figures("b", A_x=(20, 1), B_x=(20, 1))])
    content = mini_content()
    leaf = content["tree"]["children"][1]["children"][0]
    editions = [make_edition(name, platforms="x") for name in "ab"]
    found = {}
    for over in ("all", "period"):
        leaf["normalise"] = {"by": "minmax", "over": over}
        scores = compute(Method.model_validate(content), metrics, editions=editions)
        found[over] = [cell(scores, city, "x.posts", edition)["score"] for edition in "ab" for city in "AB"]
    assert found["all"] == [0, 50, 100, 100]
    assert found["period"][:2] == [0, 100]
    assert all(pd.isna(score) for score in found["period"][2:])


def test_less_is_better_turns_the_scale_round() -> None:
    content = mini_content()
    content["indicators"]["peak"]["direction"] = -1
    scores = compute(Method.model_validate(content), figures(A_x=(0, 50)), editions=[make_edition(platforms="x")])
    assert cell(scores, "A", "x.peak")["score"] == 75


def test_an_edition_without_figures_is_named() -> None:
    with pytest.raises(DataError, match="no row of period `2025-05`"):
        compute(mini(), figures(A_x=(1, 1)), editions=[make_edition("2025-04"), make_edition("2025-05")])


def test_a_platform_that_the_method_does_not_know_is_not_scored_and_changes_no_score() -> None:
    table = figures(A_x=(1, 1), A_weibo=(9, 9))
    scores = compute(mini(), table, editions=[make_edition(platforms="x weibo")])
    assert not scores["node"].str.startswith("weibo").any()
    pd.testing.assert_frame_equal(scores, compute(mini(), table, editions=[make_edition(platforms="x")]))


def test_an_edition_of_platforms_that_the_method_does_not_know_is_refused_with_a_remedy() -> None:
    with pytest.raises(
        UnknownNameError, match=r"mini@1 scores none of its platforms \(weibo, qzone\), only facebook, tiktok, x\. Copy"
    ):
        compute(mini(), figures(A_weibo=(1, 1)), editions=[make_edition(platforms="weibo qzone")])


def test_a_lacking_column_and_a_doubled_row_are_named() -> None:
    metrics = figures(A_x=(1, 1))
    with pytest.raises(DataError, match=r"no column `peak`, which `facebook\.peak` reads"):
        compute(mini(), metrics.drop(columns="peak"), editions=[make_edition()])
    with pytest.raises(DataError, match=r"A \(2025-04\) has two rows for platform x"):
        compute(mini(), pd.concat([metrics, metrics]), editions=[make_edition()])


def test_text_in_a_number_column_is_named() -> None:
    with pytest.raises(DataError, match=r"Row 2 of the data \(A \(2025-04\)\): column `posts` holds 'many'"):
        compute(mini(), figures(A_x=(1, 1)).assign(posts="many"), editions=[make_edition()])
