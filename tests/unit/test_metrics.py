"""Posts and snapshots to one row per city and platform."""

from __future__ import annotations

import time
from datetime import date
from types import SimpleNamespace
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cityreach import intake, metrics, store, tables
from cityreach.edition import Edition, Window
from cityreach.errors import DataError
from cityreach.registry import Panel, Platform, Registry, Terms

WORDS = {"zh": "字", "en": "word"}
COLUMNS = {"facebook": ("likes", "comments", "shares"), "instagram": ("likes", "comments")}
MARCH = Window(first=date(2025, 3, 1), last=date(2025, 3, 31))


def make_posts(*rows: dict[str, Any]) -> pd.DataFrame:
    """Posts with every column of the contract; a row names only what matters to it."""
    usual = {
        "platform": "facebook", "account_id": "facebook:a", "city_id": "320100", "published_at": "2025-03-10T00:00:00Z",
        "text": "", "counted_at": "2025-04-02", "source_file": "f", "source_row": 1,
    }  # fmt: skip
    frame = pd.DataFrame([{**usual, "post_id": str(number), **row} for number, row in enumerate(rows)])
    times = pd.to_datetime(frame["published_at"], format="ISO8601", utc=True)
    return tables.conform(frame.assign(published_at=times, counted_at=pd.to_datetime(frame["counted_at"])), "posts")


def sums(*rows: dict[str, Any], window: Window | None = None) -> pd.DataFrame:
    posts = ibis.memtable(pa.Table.from_pandas(make_posts(*rows)))
    posts = posts if window is None else metrics.in_window(posts, window)
    return metrics.posts_to_metrics(posts, COLUMNS).to_pyarrow().to_pandas()


def snapshots(edition_day: str, **followers: int | None) -> pd.DataFrame:
    rows = [(f"facebook:{name}", pd.Timestamp(edition_day), count) for name, count in followers.items()]
    frame = pd.DataFrame(rows, columns=["account_id", "day", "followers"]).assign(source_file="f")
    return tables.conform(frame, "snapshots")


def test_a_posts_interactions_are_its_platforms_columns() -> None:
    counts = {"likes": 10, "comments": 2, "shares": 1}
    rows = sums(counts, {**counts, "platform": "instagram"}).set_index("platform")
    assert rows["interactions"].to_dict() == {"facebook": 13, "instagram": 12}


def test_per_post_and_peak_and_published_example() -> None:
    rows = sums(*[{"likes": 3225}] * 127, {"likes": 412907 - 127 * 3225})
    assert rows.loc[0, ["posts", "interactions", "peak"]].tolist() == [128, 412907, 412907 - 127 * 3225]
    assert round(rows.loc[0, "interactions_per_post"], 2) == 3225.84


def test_hidden_likes_count_with_the_known_parts_and_an_unknown_post_in_no_mean() -> None:
    rows = sums({"likes": None, "comments": 4}, {"likes": 10, "comments": 0}, {"likes": None})
    assert rows.loc[0, ["posts", "interactions", "peak", "interactions_per_post"]].tolist() == [3, 14, 10, 7.0]


def test_all_unknown_is_null_never_zero() -> None:
    row = sums({"likes": None}).iloc[0]
    assert row["posts"] == 1
    assert row[["interactions", "interactions_per_post", "peak", "views", "views_per_post"]].isna().all()


def test_a_platform_without_interactions_has_posts_and_views_alone() -> None:
    posts = ibis.memtable(pa.Table.from_pandas(make_posts({"platform": "twitch", "views": 90})))
    for columns in ({"twitch": ()}, {"twitch": (), **COLUMNS}):
        row = metrics.posts_to_metrics(posts, columns).to_pyarrow().to_pandas().iloc[0]
        assert (row["posts"], row["views"]) == (1, 90)
        assert row[["interactions", "interactions_per_post", "peak"]].isna().all()


def test_views_are_summed_where_they_are_published() -> None:
    row = sums({"platform": "instagram", "views": 90}, {"platform": "instagram", "views": None}).iloc[0]
    assert (row["views"], row["views_per_post"], row["posts"]) == (90, 90.0, 2)


def test_the_window_is_cut_at_beijings_midnight() -> None:
    times = ["2025-02-28T15:59:59.999Z", "2025-02-28T16:00:00Z", "2025-03-31T15:59:59.999Z", "2025-03-31T16:00:00Z"]
    row = sums(*[{"published_at": time, "likes": 10**number} for number, time in enumerate(times)], window=MARCH)
    assert row.loc[0, ["posts", "interactions"]].tolist() == [2, 110]


def test_active_days_are_days_in_beijing() -> None:
    same_day = ["2025-03-09T16:00:00Z", "2025-03-10T15:59:59.700Z"]
    assert sums(*[{"published_at": time} for time in same_day]).loc[0, "active_days"] == 1
    next_day = ["2025-03-10T15:59:59Z", "2025-03-10T16:00:00Z"]
    assert sums(*[{"published_at": time} for time in next_day]).loc[0, "active_days"] == 2


def test_followers_are_the_latest_known_count_and_growth_needs_both_editions() -> None:
    now = pd.concat([snapshots("2025-04-01", a=140, b=7), snapshots("2025-04-02", a=130, c=50, b=None)])
    before = snapshots("2025-03-02", a=90, c=60)
    accounts = pd.DataFrame({"account_id": [f"facebook:{name}" for name in "abc"], "platform": "facebook"})
    accounts["city_id"] = ["320100", "510100", "320100"]
    given = [ibis.memtable(pa.Table.from_pandas(frame, preserve_index=False)) for frame in (now, before, accounts)]
    rows = metrics.followers_by_city(*given).to_pyarrow().to_pandas().set_index("city_id")
    assert rows["followers"].to_dict() == {"320100": 180, "510100": 7}
    assert rows.loc["320100", "new_followers"] == 30
    assert pd.isna(rows.loc["510100", "new_followers"])


def make_edition(**other: Any) -> Edition:
    content = {
        "id": "2025-03", "title": WORDS, "label": WORDS, "window": {"first": MARCH.first, "last": MARCH.last},
        "counting_date": date(2025, 4, 2), "panel": "four", "platforms": ("facebook", "instagram"),
        "method": "social-reach@1", "mode": "ordered", "source": "simulated",
    }  # fmt: skip
    return Edition(**{**content, **other})


def make_registry() -> Registry:
    """Four cities: a posts, b is silent, c is not in the exports, d has a closed account only."""
    accounts = (
        pd.DataFrame(
            [
                (f"facebook:{name}", "facebook", city, "active")
                for name, city in zip("abc", ("1", "2", "3"), strict=True)
            ]
            + [("instagram:b", "instagram", "2", "active"), ("facebook:d", "facebook", "4", "closed")],
            columns=["account_id", "platform", "city_id", "status"],
        )
        .assign(origin="real")
        .set_index("account_id")
    )
    platforms = {
        "facebook": Platform(name=WORDS, interactions=COLUMNS["facebook"], publishes=COLUMNS["facebook"], primer=WORDS),
        "instagram": Platform(
            name=WORDS, interactions=COLUMNS["instagram"], publishes=("likes", "comments", "views"), primer=WORDS
        ),
    }
    panels = {"four": Panel(note=WORDS, cities=("1", "2", "3", "4"))}
    return Registry(platforms, panels, Terms(region={}, tier={}, size_group={}, themes={}), pd.DataFrame(), accounts)


@pytest.fixture
def taken_in(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project with two editions in its store."""
    monkeypatch.setenv("CITYREACH_HOME", str(tmp_path))
    log = SimpleNamespace(seen_accounts=["facebook:a", "facebook:b", "instagram:b"])
    monkeypatch.setattr(intake, "load_log", lambda edition_id: log, raising=False)
    posts = make_posts({"city_id": "1", "likes": 5}, {"city_id": "9", "likes": 7, "account_id": "facebook:z"})
    store.write(posts, "posts", "2025-03")
    store.write(snapshots("2025-04-02", a=100, b=20), "snapshots", "2025-03")
    store.write(snapshots("2025-03-02", a=120), "snapshots", "2025-02")


@pytest.mark.usefixtures("taken_in")
def test_every_city_and_platform_has_a_row_and_a_status() -> None:
    frame = metrics.build(make_edition(), make_registry(), make_edition(id="2025-02"))
    tables.check(frame, "metrics")
    status = frame.set_index(["city_id", "platform"])["status"]
    assert len(frame) == 8
    assert status.xs("facebook", level="platform").tolist() == ["measured", "silent", "missing", "no_account"]
    assert status.xs("instagram", level="platform").tolist() == ["no_account", "silent", "no_account", "no_account"]


@pytest.mark.usefixtures("taken_in")
def test_silent_counts_zero_missing_counts_nothing() -> None:
    frame = metrics.build(make_edition(), make_registry(), make_edition(id="2025-02"))
    rows = frame.set_index(["platform", "city_id"])
    silent, missing = rows.loc[("facebook", "2")], rows.loc[("facebook", "3")]
    assert silent[["posts", "active_days", "interactions", "peak", "followers"]].tolist() == [0, 0, 0, 0, 20]
    assert silent[["interactions_per_post", "views", "views_per_post"]].isna().all()
    assert rows.loc[("instagram", "2"), "views"] == 0
    assert missing[["posts", "interactions", "followers"]].isna().all()
    assert rows.loc[("facebook", "1"), "new_followers"] == -20
    assert rows.loc[("facebook", "4"), "accounts"] == 0


@pytest.mark.usefixtures("taken_in")
def test_without_a_previous_edition_growth_is_unknown_and_metrics_are_stored() -> None:
    metrics.write(make_edition(), make_registry(), previous=None)
    frame = metrics.load(["2025-03"])
    assert frame["new_followers"].isna().all()
    assert frame["followers"].sum() == 120


@pytest.mark.usefixtures("taken_in")
def test_an_edition_not_taken_in_is_one_clear_line() -> None:
    with pytest.raises(DataError, match=r"data/store/2025-05/posts\.parquet does not exist\. Run the intake"):
        metrics.build(make_edition(id="2025-05"), make_registry(), None)


@pytest.mark.usefixtures("taken_in")
def test_twenty_thousand_posts_take_a_fraction_of_a_second() -> None:
    rng = np.random.default_rng(1)
    size = 20_000
    base = make_posts({"city_id": "1"})
    posts = base.loc[base.index.repeat(size)].assign(post_id=[str(number) for number in range(size)])
    posts["likes"] = pd.array(rng.integers(0, 999, size), dtype="Int64")
    store.write(posts, "posts", "2025-03")
    metrics.build(make_edition(), make_registry(), None)
    start = time.perf_counter()
    metrics.build(make_edition(), make_registry(), make_edition(id="2025-02"))
    assert time.perf_counter() - start < 0.75  # 0.1 s on an idle machine
