"""Metrics of cities whose figures arrived as totals, without their posts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from test_metrics import COLUMNS, make_edition, make_posts, make_registry, snapshots

from cityreach import intake, metrics, store, tables, totals

FIGURES = ["posts", "active_days", "interactions", "interactions_per_post", "peak", "views", "views_per_post"]
PARTS = {"likes": 10, "comments": 2, "shares": 1}


def make_totals(*rows: dict[str, Any]) -> pd.DataFrame:
    """Totals with every column of the contract; a row names only what matters to it."""
    usual = {"city_id": "1", "platform": "facebook", "day": "2025-04-02", "posts": 4, "source_file": "t"}
    frame = pd.DataFrame([{**usual, "source_row": number, **row} for number, row in enumerate(rows, start=2)])
    return tables.conform(frame.assign(day=pd.to_datetime(frame["day"])), "totals")


def row(*, viewed: tuple[str, ...] = (), **given: Any) -> pd.Series:
    """One row of totals as figures."""
    return totals.figures(make_totals(given), COLUMNS, viewed).iloc[0]


def test_interactions_as_given_go_before_the_parts() -> None:
    assert row(interactions=99, **PARTS)["interactions"] == 99
    assert row(**PARTS)["interactions"] == 13
    assert row(platform="instagram", **PARTS)["interactions"] == 12


def test_a_part_that_is_unknown_makes_the_sum_unknown_but_one_that_does_not_count_does_not() -> None:
    assert pd.isna(row(likes=10, comments=2)["interactions"])
    assert row(platform="instagram", likes=10, comments=2)["interactions"] == 12


def test_per_post_figures_are_over_all_posts() -> None:
    found = row(posts=8, interactions=20, views=100)
    assert (found["interactions_per_post"], found["views_per_post"]) == (2.5, 12.5)


def test_unknown_figures_stay_unknown() -> None:
    found = row(posts=3, viewed=("facebook",))
    assert found["posts"] == 3
    assert found[[*FIGURES[1:], "accounts", "followers"]].isna().all()


def test_no_post_means_flows_of_zero_and_no_mean() -> None:
    found = row(posts=0, viewed=("facebook",))
    assert found[["active_days", "interactions", "peak", "views"]].tolist() == [0, 0, 0, 0]
    assert found[["interactions_per_post", "views_per_post"]].isna().all()
    assert pd.isna(row(posts=0)["views"])  # a platform that publishes no views


def test_a_platform_that_the_edition_does_not_measure_is_left_out() -> None:
    assert totals.figures(make_totals({"platform": "weibo"}), COLUMNS, ()).empty


@pytest.fixture
def home(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project whose March has a post of city 1 on Facebook, and no other post."""
    monkeypatch.setenv("CITYREACH_HOME", str(tmp_path))
    log = SimpleNamespace(seen_accounts=["facebook:a", "facebook:b"])
    monkeypatch.setattr(intake, "load_log", lambda edition_id: log, raising=False)
    store.write(make_posts({"city_id": "1", "likes": 5}), "posts", "2025-03")
    store.write(snapshots("2025-04-02", a=100), "snapshots", "2025-03")


def build(*given: dict[str, Any], previous: str = "") -> pd.DataFrame:
    """March with these totals, by platform and city."""
    store.write(make_totals(*given), "totals", "2025-03")
    frame = metrics.build(make_edition(), make_registry(), make_edition(id=previous) if previous else None)
    return tables.check(frame, "metrics").set_index(["platform", "city_id"])


@pytest.mark.usefixtures("home")
def test_totals_measure_a_city_without_posts() -> None:
    found = build({"city_id": "3", "active_days": 3, "peak": 9, "followers": 50, **PARTS}).loc[("facebook", "3")]
    assert found[FIGURES[:5]].tolist() == [4, 3, 13, 3.25, 9]
    assert found[["status", "accounts", "followers"]].tolist() == ["measured", 1, 50]
    assert found[["views", "views_per_post", "new_followers"]].isna().all()


@pytest.mark.usefixtures("home")
def test_posts_win_and_totals_fill_in_only_followers_that_no_snapshot_gives() -> None:
    found = build({"city_id": "1", "posts": 77, "interactions": 7000, "followers": 9999}).loc[("facebook", "1")]
    assert found[["posts", "interactions", "followers", "status"]].tolist() == [1, 5, 100, "measured"]
    store.write(snapshots("2025-04-02", a=None), "snapshots", "2025-03")
    found = build({"city_id": "1", "posts": 77, "followers": 9999}).loc[("facebook", "1")]
    assert found[["posts", "followers"]].tolist() == [1, 9999]


@pytest.mark.usefixtures("home")
def test_status_of_totals_and_of_cities_without_them() -> None:
    frame = build({"city_id": "2", "posts": 0}, {"city_id": "4", "posts": 2, "accounts": 3}, {"city_id": "9"})
    assert frame["status"].xs("facebook").to_dict() == {
        "1": "measured", "2": "silent", "3": "missing", "4": "measured"
    }  # fmt: skip
    assert frame.loc[("facebook", "2"), ["posts", "interactions", "peak"]].tolist() == [0, 0, 0]
    assert frame.loc[("facebook", "3"), FIGURES].isna().all()
    assert frame["accounts"].xs("facebook").to_dict() == {"1": 1, "2": 1, "3": 1, "4": 3}


@pytest.mark.usefixtures("home")
def test_a_measured_city_with_unknown_figures_holds_no_zero() -> None:
    found = build({"city_id": "3"}, {"city_id": "2", "platform": "instagram", "likes": 4})
    for place in (("facebook", "3"), ("instagram", "2")):
        assert found.loc[place, "status"] == "measured"
        assert found.loc[place, [*FIGURES[1:], "followers", "new_followers"]].isna().all()


@pytest.mark.usefixtures("home")
def test_growth_is_against_the_totals_before_else_the_metrics_before() -> None:
    store.write(snapshots("2025-03-02"), "snapshots", "2025-02")
    measured = {"edition": "2025-02", "platform": "facebook", "accounts": 1, "status": "measured", "posts": 1}
    before = pd.DataFrame([measured | {"city_id": city, "followers": 30} for city in "23"])
    store.write(tables.conform(before, "metrics"), "metrics", "2025-02")
    store.write(make_totals({"city_id": "3", "followers": 80}, {"city_id": "4"}), "totals", "2025-02")
    given = [{"city_id": city, "followers": 50} for city in "234"]
    grown = build(*given, previous="2025-02")["new_followers"].xs("facebook")
    assert grown[["2", "3"]].tolist() == [20, -30]
    assert pd.isna(grown["4"])
    assert build(*given)["new_followers"].isna().all()


@pytest.mark.usefixtures("home")
def test_a_store_without_totals_is_one_of_posts_alone() -> None:
    frame = metrics.build(make_edition(), make_registry(), make_edition(id="2025-02"))
    assert not store.exists("totals", "2025-03")
    assert frame.set_index(["platform", "city_id"])["status"].xs("facebook").tolist() == [
        "measured", "silent", "missing", "no_account"
    ]  # fmt: skip


@pytest.mark.usefixtures("home")
def test_an_edition_of_totals_alone() -> None:
    store.write(tables.empty("posts"), "posts", "2025-03")
    store.write(tables.empty("snapshots"), "snapshots", "2025-03")
    frame = build({"city_id": "1", "followers": 7, **PARTS})
    assert frame.loc[("facebook", "1"), ["posts", "interactions", "followers"]].tolist() == [4, 13, 7]
