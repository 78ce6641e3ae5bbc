"""The real exports, where they are at hand: expected counts, every row accounted for, nothing but clean errors."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from intake_cases import ROOT, counts, known_formats

from cityreach import intake
from cityreach.errors import InboxError

SAMPLES = ROOT.parent / "shared" / "samples"
EXPORTS = SAMPLES / "exports"
FOUND = (
    sorted(path for path in SAMPLES.rglob("*") if path.is_file() and path.suffix != ".md") if SAMPLES.is_dir() else []
)
pytestmark = pytest.mark.skipif(not FOUND, reason="the folder ../shared/samples with real exports is not here")

# file -> format, rows, posts, snapshots
EXPECTED = {
    "facebook/graph_api_flattened_json/posts.json": ("facebook-graph", 802, 801, 0),
    "facebook/graph_api_flattened_json/page_info.json": ("facebook-graph", 1, 0, 1),
    "facebook/graph_api_json/feeds_default_fields_p1.json": ("facebook-graph", 5, 5, 0),
    "facebook/graph_api_json/single_default_page.json": ("facebook-graph", 1, 0, 1),
    "facebook/graph_api_json/single_post_data.json": ("facebook-graph", 1, 1, 0),
    "instagram/apify_csv/instagram_hashtags.csv": ("instagram-apify", 342, 310, 0),
    "instagram/apify_json/dataset_instagram-scraper_2025-09-04_13-39-02-289.json": ("instagram-apify", 99, 99, 0),
    "tiktok/apify_csv/tiktok.csv": ("tiktok-apify", 1351, 1160, 0),
    "x/api_v2_json/timeline_tweets.json": ("x-api", 5, 5, 0),
    "x/api_v2_json/tweets_resp.json": ("x-api", 2, 2, 0),
    "x/api_v2_json/users_resp.json": ("x-api", 2, 0, 2),
    "x/api_v2_jsonl/two_tweets.jsonl": ("x-api", 1, 0, 2),
    "x/api_v2_jsonl/users.jsonl": ("x-api", 96, 0, 91),
    "x/api_v2_jsonl/verified_type.jsonl": ("x-api", 1, 1, 1),
    "youtube/data_api_v3_json/channel_info_single.json": ("youtube-data-api", 1, 0, 1),
    "youtube/data_api_v3_json/info_multiple.json": ("youtube-data-api", 2, 0, 2),
    "youtube/data_api_v3_json/videos_info_multi.json": ("youtube-data-api", 2, 2, 0),
}


def read(name: str) -> intake.FileResult:
    return intake.read_file(EXPORTS / name, known_formats(), intake.Context())


def rows(name: str) -> list[dict[str, Any]]:
    """A sample read without our reader."""
    text = (EXPORTS / name).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines(keepends=True))) if name.endswith(".csv") else json.loads(text)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples_of_the_known_formats(name: str) -> None:
    result = read(name)
    log = result.log
    assert (log.format, log.rows, log.posts, log.snapshots) == EXPECTED[name]
    account = counts(result)
    assert account.pop("rows") == sum(account.values())
    assert account["quarantined"] == account["outside"] == 0


def test_every_other_file_is_recognised_or_refused_in_one_line() -> None:
    for path in FOUND:
        try:
            account = counts(intake.read_file(path, known_formats(), intake.Context()))
        except InboxError as error:
            assert not any(path.as_posix().endswith(name) for name in EXPECTED)
            assert "\n" not in str(error)
            assert path.name in str(error)
        else:
            assert account.pop("rows") == sum(account.values())


def test_facebook_sums() -> None:
    posts = read("facebook/graph_api_flattened_json/posts.json").posts
    last = {post["id"].split("_")[1]: post for post in rows("facebook/graph_api_flattened_json/posts.json")["posts"]}  # type: ignore[call-overload]
    for ours, theirs in (("likes", "reactions"), ("comments", "comments"), ("shares", "shares")):
        assert posts[ours].sum() == sum(post[theirs] for post in last.values())
    assert set(posts["account_id"]) == {"facebook:580104038511364"}
    feed = read("facebook/graph_api_json/feeds_default_fields_p1.json").posts.iloc[0]
    assert feed[["post_id", "likes", "comments", "shares", "format"]].tolist() == [
        "10158349356748553", 125, 13, 10, "photo",
    ]  # fmt: skip
    assert str(feed["published_at"]) == "2021-07-09 19:09:52+00:00"


def test_instagram_hidden_likes_are_null() -> None:
    posts = read("instagram/apify_csv/instagram_hashtags.csv").posts.set_index("url")
    last = {row["url"]: row for row in rows("instagram/apify_csv/instagram_hashtags.csv")}
    hidden = {url for url, row in last.items() if row["likesCount"] in ("-1", "")}
    assert hidden and set(posts.index[posts["likes"].isna()]) == hidden
    assert posts["likes"].sum() == sum(int(row["likesCount"]) for url, row in last.items() if url not in hidden)


def test_tiktok_sums() -> None:
    posts = read("tiktok/apify_csv/tiktok.csv").posts
    last = {row["webVideoUrl"]: row for row in rows("tiktok/apify_csv/tiktok.csv")}
    pairs = {
        "likes": "diggCount",
        "comments": "commentCount",
        "shares": "shareCount",
        "views": "playCount",
        "saves": "collectCount",
    }
    for ours, theirs in pairs.items():
        assert posts[ours].sum() == sum(int(row[theirs]) for row in last.values() if row[theirs])
    assert posts["published_at"].notna().all()


def test_x_and_youtube_by_hand() -> None:
    post = read("x/api_v2_jsonl/verified_type.jsonl").posts.iloc[0]
    assert post[["likes", "comments", "shares", "views"]].tolist() == [745, 37, 128, 139075]
    assert pd.isna(post["saves"])
    assert (post["account_id"], str(post["counted_at"].date())) == ("x:twitterdev", "2023-01-06")
    assert read("x/api_v2_jsonl/two_tweets.jsonl").log.filtered == 1
    users = read("x/api_v2_json/users_resp.json").snapshots.set_index("account_id")
    assert users.loc["x:twitter", ["followers", "posts_total"]].tolist() == [58677711, 13944]
    channels = read("youtube/data_api_v3_json/info_multiple.json").snapshots.set_index("account_id")
    assert channels.loc["youtube:google", ["followers", "posts_total"]].tolist() == [10700000, 2678]
    video = read("youtube/data_api_v3_json/videos_info_multi.json").posts.iloc[0]
    assert video[["likes", "comments", "views"]].isna().all()  # not asked for: unknown, not 0


def test_the_real_edition() -> None:
    result = intake.read_file(SAMPLES / "real_edition" / "x_posts.csv", known_formats(), intake.Context())
    assert (result.log.format, result.log.kept) == ("plain-posts", 526)
    posts = result.posts.assign(all=lambda frame: frame[["likes", "comments", "shares"]].sum(axis=1))
    by_account = posts.groupby("account_id")["all"].agg(["size", "sum", "max"])
    accounts = ["x:visitbeijingcn", "x:meetinshanghai", "x:hangzhoufeel", "x:szdaily1"]
    assert by_account.loc[accounts, "size"].tolist() == [191, 62, 196, 77]
    assert by_account.loc[accounts, "sum"].tolist() == [48581, 1000, 29285, 753]
    assert by_account.loc[accounts, "max"].tolist() == [2747, 300, 12951, 402]


def test_the_real_edition_taken_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cityreach import edition, registry, store

    (tmp_path / "data" / "inbox" / "x-four-cities").mkdir(parents=True)
    for part in ("formats", "registry", "editions"):
        (tmp_path / "data" / part).symlink_to(ROOT / "data" / part)
    source = SAMPLES / "real_edition" / "x_posts.csv"
    (tmp_path / "data" / "inbox" / "x-four-cities" / "x_posts.csv").write_bytes(source.read_bytes())
    monkeypatch.setenv("CITYREACH_HOME", str(tmp_path))
    chosen = edition.load("x-four-cities")
    log = intake.run(chosen, registry.load())
    assert (log.totals["rows"], log.totals["posts"], log.quarantined) == (526, 526, 0)
    assert store.read("posts", "x-four-cities", ["city_id"])["city_id"].value_counts().to_dict() == {
        "330100": 196, "110000": 191, "440300": 77, "310000": 62,
    }  # fmt: skip
    assert intake.is_current(chosen)
