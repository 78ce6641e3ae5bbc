"""The real exports, where they are at hand: expected counts, every row accounted for, nothing but clean errors."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from intake_cases import ROOT, known_formats

from cityreach import intake
from cityreach.errors import InboxError

SAMPLES = ROOT.parent / "shared" / "samples"
EXPORTS = SAMPLES / "exports"
FOUND = (
    sorted(path for path in SAMPLES.rglob("*") if path.is_file() and path.suffix != ".md") if SAMPLES.is_dir() else []
)
ENDS = ("kept", "duplicates", "outside", "filtered", "quarantined")
pytestmark = pytest.mark.skipif(not FOUND, reason="the folder ../shared/samples with real exports is not here")

COUNTED = date(2026, 3, 31)  # for days without a year; the export that has them is of 28 February
BUSINESS_SUITE = "facebook/meta_business_suite_posts_csv/"

# file -> format, rows, posts, snapshots
EXPECTED = {
    "facebook/crowdtangle_csv/2021-07-05-22-49-20-BRT-search-csv-export.csv": ("crowdtangle-facebook", 10, 10, 0),
    "facebook/crowdtangle_csv/history_post_3758007754304128.csv": ("crowdtangle-facebook", 7, 0, 0),
    "facebook/excel_resaved_csv/FULL_SET_FB.csv": ("meta-business-suite-facebook", 878, 26, 0),
    "facebook/graph_api_flattened_json/posts.json": ("facebook-graph", 802, 801, 0),
    "facebook/graph_api_flattened_json/page_info.json": ("facebook-graph", 1, 0, 1),
    "facebook/graph_api_json/feeds_default_fields_p1.json": ("facebook-graph", 5, 5, 0),
    "facebook/graph_api_json/single_default_page.json": ("facebook-graph", 1, 0, 1),
    "facebook/graph_api_json/single_post_data.json": ("facebook-graph", 1, 1, 0),
    "facebook/hootsuite_csv/facebook_postreactions_ns_2018-07-01_to_2018-09-19_created_on_20180920T0140Z"
    "_account_metrics.csv": ("hootsuite-account", 81, 0, 0),
    "facebook/legacy_insights_csv/fb_post_data.csv": ("facebook-insights-legacy", 363, 362, 0),
    BUSINESS_SUITE + "Apr-02-2024_Jul-02-2024_665360019788100.csv": ("meta-business-suite-facebook", 59, 59, 0),
    BUSINESS_SUITE + "Jun-01-2025_Aug-31-2025_1102644542553570.csv": ("meta-business-suite-facebook", 264, 264, 0),
    BUSINESS_SUITE + "Nov-01-2025_Dec-07-2025_749559520789783.csv": ("meta-business-suite-facebook", 222, 222, 0),
    BUSINESS_SUITE + "Nov-01-2025_Dec-07-2025_832643122946276.csv": ("meta-business-suite-facebook", 222, 222, 0),
    BUSINESS_SUITE + "Oct-01-2025_Oct-31-2025_723907156931247.csv": ("meta-business-suite-facebook", 194, 194, 0),
    BUSINESS_SUITE + "Sep-01-2025_Sep-30-2025_884684340719315.csv": ("meta-business-suite-facebook", 164, 164, 0),
    "instagram/apify_csv/instagram_hashtags.csv": ("instagram-apify", 342, 310, 0),
    "instagram/apify_json/dataset_instagram-scraper_2025-09-04_13-39-02-289.json": ("instagram-apify", 99, 99, 0),
    "instagram/crowdtangle_csv/Official Page.csv": ("crowdtangle-instagram", 46, 46, 0),
    "instagram/graph_api_json/base_discovery_medias_p1.json": ("instagram-graph", 5, 5, 0),
    "instagram/graph_api_json/discovery_medias_p1.json": ("instagram-graph", 2, 2, 0),
    "instagram/graph_api_json/discovery_user_fields.json": ("instagram-graph", 1, 0, 1),
    "instagram/graph_api_json/hashtag_top_medias_p1.json": ("instagram-graph", 25, 0, 0),
    "instagram/graph_api_json/media_insights_new.json": ("instagram-graph", 1, 0, 0),
    "instagram/graph_api_json/user_insights_new.json": ("instagram-graph", 1, 0, 0),
    "instagram/graph_api_script_csv/media.csv": ("instagram-graph", 7, 7, 0),
    "instagram/hand_collected_csv/Instagram data.csv": ("instagram-hand-collected", 176, 0, 0),
    "instagram/meta_business_suite_hand_edited_xlsx/Instagram_reels.xlsx": ("meta-hand-edited", 71, 0, 0),
    "instagram/meta_business_suite_posts_csv/excerpt_Jan-01-2025_Dec-31-2025_4283743298543699.csv": (
        "meta-business-suite-instagram", 13, 13, 0,
    ),
    "linkedin/apify_company_posts_json/dataset_linkedin-company-posts_2025-09-04_13-39-39-919.json": (
        "linkedin-apify", 93, 92, 1,
    ),
    "linkedin/page_analytics_xls/pro-efficient-data-entry_content_1742193384396.xls": ("linkedin-page", 38, 8, 0),
    "multi/manual_excel/REPORTING_AFCON.xlsx": ("manual-posts-french", 972, 634, 0),
    "tiktok/apify_csv/tiktok.csv": ("tiktok-apify", 1351, 1160, 0),
    "tiktok/studio_csv/a_Content.csv": ("tiktok-studio", 13, 13, 0),
    "tiktok/studio_csv/a_FollowerActivity.csv": ("tiktok-studio", 168, 0, 0),
    "tiktok/studio_csv/a_FollowerGender.csv": ("tiktok-studio", 3, 0, 0),
    "tiktok/studio_csv/a_FollowerHistory.csv": ("tiktok-studio", 365, 0, 340),
    "tiktok/studio_csv/a_FollowerTopTerritories.csv": ("tiktok-studio", 11, 0, 0),
    "tiktok/studio_csv/a_Overview.csv": ("tiktok-studio", 365, 0, 0),
    "tiktok/studio_csv/a_Viewers.csv": ("tiktok-studio", 365, 0, 0),
    "tiktok/studio_csv/b_Overview.csv": ("tiktok-studio", 7, 0, 0),
    "tiktok/studio_csv/b_Overview.xlsx": ("tiktok-studio", 7, 0, 0),
    "twitch/helix_json/users.json": ("twitch-helix", 2, 0, 0),
    "twitch/helix_json/users_follows.json": ("twitch-helix", 2, 0, 0),
    "twitch/helix_json/videos.json": ("twitch-helix", 1, 1, 0),
    "x/api_v2_json/timeline_tweets.json": ("x-api", 5, 5, 0),
    "x/api_v2_json/tweets_resp.json": ("x-api", 2, 2, 0),
    "x/api_v2_json/users_resp.json": ("x-api", 2, 0, 2),
    "x/api_v2_jsonl/two_tweets.jsonl": ("x-api", 1, 0, 2),
    "x/api_v2_jsonl/users.jsonl": ("x-api", 96, 0, 91),
    "x/api_v2_jsonl/verified_type.jsonl": ("x-api", 1, 1, 1),
    "x/crowdtangle_twitter_csv/CrowdTangle.csv": ("crowdtangle-twitter", 62, 62, 0),
    "x/legacy_tweet_activity_csv/daily_tweet_activity_metrics_LisaDeBruine_20211201_20220101_en.csv": (
        "x-tweet-activity", 31, 0, 0,
    ),
    "x/legacy_tweet_activity_csv/tweet_activity_metrics_LisaDeBruine_20211201_20220101_en.csv": (
        "x-tweet-activity", 119, 119, 0,
    ),
    "x/x_analytics_content_csv/account_analytics_content_2024-11-06_2025-02-04.csv": (
        "x-analytics-content", 1780, 1780, 0,
    ),
    "x/x_analytics_content_csv/account_analytics_content_2025-11-16_2026-02-13.csv": (
        "x-analytics-content", 1598, 1568, 0,
    ),
    "x/x_analytics_content_csv/account_analytics_content_2026-08-10_2026-08-16.csv": ("x-analytics-content", 40, 40, 0),
    "x/x_analytics_overview_csv/kaiadevintern_account_overview_analytics.csv": ("x-analytics-overview", 271, 0, 0),
    "youtube/data_api_v3_json/channel_info_single.json": ("youtube-data-api", 1, 0, 1),
    "youtube/data_api_v3_json/info_multiple.json": ("youtube-data-api", 2, 0, 2),
    "youtube/data_api_v3_json/videos_info_multi.json": ("youtube-data-api", 2, 2, 0),
    "youtube/excel_resaved_csv/final_full_set_yt.csv": ("youtube-studio", 71, 71, 0),
    "youtube/studio_table_csv/codingtrain_geography_Table data.csv": ("youtube-studio", 202, 0, 0),
    "youtube/studio_table_csv/codingtrain_geography_Totals.csv": ("youtube-studio", 365, 0, 0),
    "youtube/studio_table_csv/oisin_Table data.csv": ("youtube-studio", 103, 102, 0),
    "youtube/studio_table_csv/pune_Table data.csv": ("youtube-studio", 221, 217, 0),
}  # fmt: skip
# rows that cannot be used, by file: a clear refusal of each
QUARANTINED = {
    "facebook/excel_resaved_csv/FULL_SET_FB.csv": {
        "unusable id": 10, "unusable id: cut to scientific notation by Excel": 842,
    },
    "instagram/hand_collected_csv/Instagram data.csv": {"unusable id": 176},
    "instagram/meta_business_suite_hand_edited_xlsx/Instagram_reels.xlsx": {"unusable id": 71},
    "multi/manual_excel/REPORTING_AFCON.xlsx": {"unknown platform": 1, "unusable id": 321},
    "youtube/studio_table_csv/pune_Table data.csv": {"unusable time": 3},  # three videos without a publish time
}  # fmt: skip
REFUSED = {  # of no use for accounts of cities, and no export of a platform
    "chinese/gbk_csv/weibospider.csv",
    "chinese/wan_yi_csv/weibo_chaohua.csv",
    "youtube/trending_csv/18.01.11_CA_videos.csv",
}


def read(name: str) -> intake.FileResult:
    return intake.read_file(EXPORTS / name, known_formats(), intake.Context(counting_date=COUNTED))


def rows(name: str) -> list[dict[str, Any]]:
    """A sample read without our reader."""
    text = (EXPORTS / name).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines(keepends=True))) if name.endswith(".csv") else json.loads(text)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples_of_the_known_formats(name: str) -> None:
    result = read(name)
    sums = {key: sum(getattr(log, key) for log in result.logs) for key in ("rows", "posts", "snapshots", *ENDS)}
    assert {log.format for log in result.logs} == {EXPECTED[name][0]}
    assert (sums["rows"], sums["posts"], sums["snapshots"]) == EXPECTED[name][1:]
    assert sums["rows"] == sum(sums[key] for key in ENDS)
    assert sums["outside"] == 0
    assert result.quarantine["reason"].value_counts().to_dict() == QUARANTINED.get(name, {})


def test_every_sample_is_in_one_of_the_lists() -> None:
    here = {path.relative_to(EXPORTS).as_posix() for path in FOUND if EXPORTS in path.parents}
    assert here - {"SOURCES.csv"} == set(EXPECTED) | REFUSED


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_is_no_export_is_refused_in_one_line(name: str) -> None:
    with pytest.raises(InboxError, match="no known format fits") as caught:
        read(name)
    assert "\n" not in str(caught.value)
    assert Path(name).name in str(caught.value)


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
