"""Totals, places, profiles, staying power, regions, coverage: analyses of the whole panel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from insight_frames import PLATFORMS, accounts, metrics, posts, scores

from cityreach.insight import coverage, levels, profiles, ranking, regions, staying, totals
from cityreach.insight.rules import LevelRules, ProfileRules, StayingRules

STAYING = StayingRules(
    least_editions=3,
    editions=12,
    top=2,
    staying_share=0.66,
    burst_quantile=0.75,
    near=4,
    rising_places=2,
    least_posts=3,
)


def month(edition: str, posts_: int, **more: object) -> dict[str, object]:
    return {"edition": edition, "city_id": "1", "posts": posts_, "interactions": posts_ * 10, **more}


def test_totals_stand_against_the_edition_before() -> None:
    table = metrics([month("a", 10), month("b", 15), month("b", 0, city_id="2", status="silent")])
    found = totals.totals(table, "b", "a").set_index("key")
    assert found.loc["posts", ["value", "previous", "change"]].tolist() == [15, 10, 0.5]
    assert found.loc[["cities", "accounts"], "value"].tolist() == [2, 1]
    assert found.loc[["views", "followers"], "value"].isna().all()


@pytest.mark.parametrize(("previous", "comparable", "known"), [(None, True, 0), ("a", False, 6), ("never", True, 0)])
def test_totals_show_no_change_without_a_comparable_edition(previous: str, comparable: bool, known: int) -> None:
    table = metrics([month(edition, 10, views=1, followers=2) for edition in ("a", "b")])
    found = totals.totals(table, "b", previous, comparable=comparable)
    assert found["change"].isna().all()
    assert found["previous"].notna().sum() == known


def test_concentration_counts_cities_without_figures_as_nothing() -> None:
    table = metrics([month("a", 10), {"edition": "a", "city_id": "2", "status": "no_account"}])
    found = totals.concentration(table, "a").set_index("measure")
    assert found.loc["posts", ["gini", "first_ten", "cities"]].tolist() == [0.5, 1, 2]
    assert "views" not in found.index


def test_gini_of_equal_and_of_no_values() -> None:
    assert totals.gini(np.array([3.0, 3, 3])) == pytest.approx(0)
    assert totals.gini(np.zeros(3)) == 0


def test_top_keeps_all_that_share_the_last_place() -> None:
    table = scores({"b": {"x": {"3": 9, "2": 5, "1": 5, "4": 1}}})
    assert ranking.top(table, "b", "x", 2)["city_id"].tolist() == ["3", "1", "2"]
    assert ranking.top(table, "b", "facebook").empty


def test_gaps_name_the_lead_and_the_closest_pair() -> None:
    table = scores({"b": {"x": {"1": 90, "2": 80, "3": 79.5, "4": 79.5, "5": 60}}})
    assert ranking.gaps(table, "b", "x").values.tolist() == [["lead", "1", "2", 1, 10], ["closest", "2", "3", 2, 0.5]]


def test_a_tie_for_first_has_no_lead_and_one_city_no_gap() -> None:
    tie = scores({"b": {"x": {"1": 90, "2": 90, "3": 50}}})
    assert ranking.gaps(tie, "b", "x")["kind"].tolist() == ["closest"]
    assert ranking.gaps(scores({"b": {"x": {"1": 90}}}), "b", "x").empty


def moves(*rows: tuple[str, int | None, int | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["city_id", "rank", "rank_before"]).astype(
        {"rank": "Int64", "rank_before": "Int64"}
    )
    return frame.assign(change=frame["rank_before"] - frame["rank"])


def test_movers_of_the_panel_and_of_the_first() -> None:
    table = moves(("1", 1, 2), ("2", 2, 1), ("3", 3, 9), ("4", 4, 10), ("5", 5, 3), ("6", None, 6), ("7", 7, None))
    found = ranking.movers(table, 2)
    assert found[["kind", "city_id", "change"]].values.tolist() == [
        ["riser", "3", 6], ["riser", "4", 6], ["faller", "5", -2], ["top_riser", "1", 1], ["top_faller", "2", -1],
    ]  # fmt: skip


def test_without_moves_or_places_there_are_no_movers() -> None:
    assert ranking.movers(moves(("1", 1, 1), ("2", 2, None))).empty
    assert list(ranking.movers(moves())) == ranking.MOVERS


def test_streak_counts_back_from_the_last_edition() -> None:
    led = {"a": "1", "b": "2", "c": "2"}
    table = scores({edition: {"x": {"1": 1.5, "2": 1.5} | {city: 2}} for edition, city in led.items()})
    assert ranking.streak(table, ["a", "b", "c"], "x").values.tolist() == [["2", 2, "b"]]
    assert ranking.streak(table, [], "x").empty
    assert ranking.streak(table, ["a", "zzz"], "x").empty


def test_leaders_tied_for_first_have_their_own_streaks() -> None:
    table = scores({"a": {"x": {"1": 2, "2": 1}}, "b": {"x": {"1": 2, "2": 2}}})
    assert ranking.streak(table, ["a", "b"], "x").values.tolist() == [["1", 2, "a"], ["2", 1, "b"]]


def test_profiles_find_best_and_weakest_platform() -> None:
    table = scores(
        {"b": {"facebook": {"1": 3, "2": 2, "3": 1}, "x": {"1": 1, "2": 2, "3": 3, "4": 0}, "composite": {"1": 9}}}
    )
    profile = profiles.platform_profile(table, "b", ["facebook", "x"], 1)
    shape = profiles.platform_shape(profile, rules=ProfileRules(lopsided=0.6, balanced=0.2)).set_index("city_id")
    assert shape.loc["1", ["platforms", "best", "weakest", "leads", "shape"]].tolist() == [
        2,
        "facebook",
        "x",
        1,
        "lopsided",
    ]
    assert shape.loc["2", "shape"] == "balanced"
    assert shape.loc["4", "shape"] == "single"
    assert pd.isna(shape.loc["4", "best"])
    assert profile["standing"].between(0, 1).all()


def enriched(values: dict[str, list[int]]) -> pd.DataFrame:
    rows = [{"city_id": city, "likes": value} for city, likes in values.items() for value in likes]
    return levels.enrich(posts(rows), None, PLATFORMS, rules=LevelRules(editions=0, least_posts=2))


def test_burst_shares() -> None:
    found = staying.burst(enriched({"1": [70, 10, 20], "2": [9], "3": [0, 0, 0]}), least_posts=3).set_index("city_id")
    assert found.loc["1", ["peak_share", "top_share"]].tolist() == [0.7, 0.7]
    assert found.loc[["2", "3"], "peak_share"].isna().all()


def test_staying_groups() -> None:
    ranks = {"a": "12345", "b": "12354", "c": "13542"}  # city at each place
    table = scores(
        {
            edition: {"composite": {city: 10.0 - place for place, city in enumerate(order)}}
            for edition, order in ranks.items()
        }
    )
    likes = enriched({"1": [5, 5, 5], "3": [5, 5, 5], "4": [98, 1, 1], "5": [5, 5, 5], "2": [5, 5, 5]})
    found = staying.staying(likes, table, list("abc"), rules=STAYING).set_index("city_id")
    assert found["group"].to_dict() == {"1": "long_red", "3": "quiet", "5": "rising", "4": "burst", "2": "long_red"}
    assert found.loc["1", ["months", "months_in_top", "mean_rank", "rank_sd"]].tolist() == [3, 3, 1, 0]
    assert found.loc["5", "rank_gain"] == 2


def test_staying_needs_history() -> None:
    table = scores({"a": {"composite": {"1": 1}}, "b": {"composite": {"1": 1}}})
    found = staying.staying(enriched({"1": [1]}), table, ["a", "b"], rules=STAYING)
    assert found.empty
    assert list(found) == staying.COLUMNS


CITIES = pd.DataFrame(
    {"city_id": ["1", "2", "3"], "region": ["east", "east", "west"], "province_zh": ["江苏", "江苏", "四川"]}
).set_index("city_id")
PLACES = scores({"b": {"composite": {"1": 90, "2": 40, "3": 70}}})


def test_regions_and_squads() -> None:
    table = regions.region_table(PLACES, CITIES, "b").set_index("key")
    assert table.index.tolist() == ["west", "east"]
    assert table.loc["east", ["cities", "mean_score", "best_city", "best_rank", "top10"]].tolist() == [2, 65, "1", 1, 2]
    assert regions.squad(PLACES, CITIES, "b", "江苏")["city_id"].tolist() == ["1", "2"]
    assert regions.region_table(PLACES, CITIES, "never").empty


def test_tiers_end_at_their_cuts() -> None:
    assert regions.tiers(PLACES, "b", cuts=(1, 2))["tier"].tolist() == [1, 2, 3]


def test_coverage_tells_silent_from_missing() -> None:
    table = metrics(
        [
            {"city_id": "1", "posts": 2},
            {"city_id": "2", "posts": 0, "status": "silent"},
            {"city_id": "1", "platform": "x", "status": "missing"},
            {"city_id": "2", "platform": "x", "status": "no_account", "accounts": 0},
        ]
    )
    known = accounts("facebook:1", "facebook:2", "x:1", "facebook:9")
    found = coverage.coverage(table, posts([{"city_id": "1"}, {"city_id": "1"}]), known, "2025-03").set_index(
        "platform"
    )
    assert found.loc["facebook", ["expected", "seen", "share", "posts", "silent"]].tolist() == [2, 1, 0.5, 2, 1]
    assert found.loc["x", ["expected", "seen", "missing", "no_account", "measured"]].tolist() == [1, 0, 1, 1, 0]


def test_coverage_counts_the_accounts_of_cities_measured_by_totals() -> None:
    rows = [
        {"city_id": "1", "posts": 2},
        {"city_id": "2", "posts": 7},
        {"city_id": "3", "posts": 0, "status": "silent"},
    ]
    known = accounts("facebook:1", "facebook:2", "facebook:3")
    found = coverage.coverage(metrics(rows), posts([{"city_id": "1"}, {"city_id": "1"}]), known, "2025-03").iloc[0]
    assert found[["expected", "seen", "posts", "measured", "silent"]].tolist() == [3, 2, 9, 2, 1]
