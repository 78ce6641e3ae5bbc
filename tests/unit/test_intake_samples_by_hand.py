"""Rows of the real exports that were looked at by hand, and sums added up without our reader."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from intake_cases import ROOT, figures, known_formats

from cityreach import intake

EXPORTS = ROOT.parent / "shared" / "samples" / "exports"
pytestmark = pytest.mark.skipif(
    not EXPORTS.is_dir(), reason="the folder ../shared/samples with real exports is not here"
)
META = "facebook/meta_business_suite_posts_csv/"
IG = "instagram/meta_business_suite_posts_csv/excerpt_Jan-01-2025_Dec-31-2025_4283743298543699.csv"
XA = "x/x_analytics_content_csv/account_analytics_content_"
LINKEDIN = "linkedin/apify_company_posts_json/dataset_linkedin-company-posts_2025-09-04_13-39-39-919.json"
PAGE = "linkedin/page_analytics_xls/pro-efficient-data-entry_content_1742193384396.xls"
STUDIO = "youtube/studio_table_csv/"
LEGACY = "x/legacy_tweet_activity_csv/tweet_activity_metrics_LisaDeBruine_20211201_20220101_en.csv"
HISTORY = "facebook/crowdtangle_csv/2021-07-05-22-49-20-BRT-search-csv-export.csv"
REACTIONS = ("Likes", "Love", "Wow", "Haha", "Sad", "Angry", "Care")
STORIES = "Lifetime Post Stories by action type - "

# file -> columns of ours, rows: id, time in UTC, values
BY_HAND: dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]] = {
    META + "Apr-02-2024_Jul-02-2024_665360019788100.csv": (
        ("format", "likes", "comments", "shares", "views", "reach"),
        [
            ("980197593467253", "2024-04-02 11:32:00", "video", 845, 61, 89, None, 11581),  # 04:32 in Los Angeles
            ("1011458300341182", "2024-05-23 16:00:00", "photo", 2189, 139, 223, None, 27551),
            ("980754086744937", "2024-04-03 09:04:00", "photo", 196, 15, 22, None, 7498),
        ],
    ),
    META + "Jun-01-2025_Aug-31-2025_1102644542553570.csv": (
        ("format", "likes", "comments", "shares", "views", "reach"),
        [
            ("122147511734762707", "2025-08-05 05:00:00", "photo", 312, 101, 19, 57940, 30505),
            ("122136584996762707", "2025-06-10 09:59:00", "photo", 813, 158, 231, 63543, 35795),  # a short row
            ("122135239664762707", "2025-06-03 02:00:00", "photo", 385, 253, 162, 18686, 8047),
        ],
    ),
    META + "Nov-01-2025_Dec-07-2025_749559520789783.csv": (
        ("format", "likes", "comments", "shares", "views", "reach"),
        [
            ("1399473931616618", "2025-11-17 07:30:00", "live", 1470, 3007, 1251, 9114, 8512),  # winter time
            ("122150426660654483", "2025-11-01 09:30:00", "photo", 122, 128, 32, 3114, 1466),  # still summer time
        ],
    ),
    META + "Oct-01-2025_Oct-31-2025_723907156931247.csv": (
        ("account_id", "likes", "comments", "shares", "views"),
        [("122134572416930072", "2025-10-17 09:00:00", "facebook:61577902179538", None, None, None, 15346)],
    ),
    "facebook/excel_resaved_csv/FULL_SET_FB.csv": (
        ("likes", "comments", "shares", "views", "reach"),
        [
            ("417999776353707", "2021-10-08 12:16:00", 40, 35, 0, 24, 939),
            ("788483389305342", "2023-04-28 12:03:00", 63, 68, 0, 36, 2363),
            ("782094796610868", "2023-04-16 04:20:00", 74, 56, 1, 61, 1433),
        ],
    ),
    "facebook/legacy_insights_csv/fb_post_data.csv": (
        ("format", "likes", "comments", "shares", "impressions", "reach"),
        [
            ("10153786664111247", "2016-07-01 00:45:00", "link", 50, None, 4, 8683, 5431),
            ("10153786598831247", "2016-06-30 21:14:30", "link", 23, None, 6, 2637, 1606),
            ("10153589885861247", "2016-04-01 16:00:00", "link", 297, 22, 111, 31983, 19818),
        ],
    ),
    HISTORY: (
        ("account_id", "format", "likes", "comments", "shares", "views", "followers_at_posting"),
        [
            ("345428873810280", "2021-07-05 21:02:45", "facebook:neymarjr", "photo", 378372, 24506, 4259,
             None, 81438971),
            ("2474970829318555", "2021-07-05 20:43:42", "facebook:jairmessias.bolsonaro", "video", 82975, 7550, 15705,
             461836, 14146066),
            ("5891691177537921", "2021-07-05 16:30:58", "facebook:butantanoficial", "video", 70643, 2536, 4920, 588582,
             307262),
        ],
    ),
    IG: (
        ("account_id", "format", "likes", "comments", "shares", "saves", "views", "reach"),
        [
            ("DE2b-McMrvR", "2025-01-15 15:03:41", "instagram:interactivedigi", "photo", 27, 0, 0, 1, 856, 326),
            ("DGTMxLTtOFA", "2025-02-20 15:48:00", "instagram:loopandco_", "reel", 24, 0, 3, 0, 599, None),
            ("DH3KUQFsCQZ", "2025-03-31 11:22:50", "instagram:interactivedigi", "photo", 40, 0, 0, 1, 853, 293),
        ],
    ),
    "instagram/crowdtangle_csv/Official Page.csv": (
        ("account_id", "format", "likes", "comments", "views", "followers_at_posting"),
        [
            ("CHkaJJtBNvF", "2020-11-14 11:06:20", "instagram:nadiemmakarim", "carousel", 12223, 454, None, 118309),
            ("CH7Zc8vl1xW", "2020-11-23 09:22:50", "instagram:ditjen.gtk.kemdikbud", "photo", 610, 8, None, 106758),
            ("B9x2uhqlAn3", "2020-03-16 03:12:17", "instagram:kemdikbud.ri", "photo", 63405, 935, None, 1238208),
        ],
    ),
    "instagram/graph_api_json/base_discovery_medias_p1.json": (
        ("format", "likes", "comments", "views"),
        [
            ("CVVV5iaIaBp", "2021-10-22 14:00:39", "video", 958, 333, None),
            ("CVTtCZotdJX", "2021-10-21 22:43:59", "video", 1284, 182, None),
            ("CUoIN-kJMRI", "2021-10-05 00:34:47", "photo", 8008, 976, None),
        ],
    ),
    "instagram/graph_api_json/discovery_medias_p1.json": (
        ("account_id", "likes", "comments"),
        [
            ("CSr71Gzlqo4", "2021-08-17 19:00:42", "instagram:17841407673135339", 87, 11),
            ("CSpNPqgFxE0", "2021-08-16 17:35:10", "instagram:17841407673135339", 186, 16),
        ],
    ),
    "instagram/graph_api_script_csv/media.csv": (
        ("format", "likes", "comments"),
        [
            ("CSisS8dFo38", "2021-08-14 04:51:48", "photo", 1, None),
            ("CSisFDJlmjD", "2021-08-14 04:49:55", "photo", 1, None),
            ("CSZY28Blv-v", "2021-08-10 14:08:48", "photo", 0, None),
        ],
    ),
    LINKEDIN: (
        ("account_id", "format", "lang", "likes", "comments", "shares"),
        [
            ("7368575809428672513", "2025-09-02 09:29:34", "linkedin:goeduitje", "video", "nl", 3, 0, 0),
            ("7367272810123108355", "2025-08-29 19:11:55", "linkedin:goeduitje", "video", "nl", 4, 0, 0),
            ("7239514052996071424", "2024-09-11 06:04:13", "linkedin:goeduitje", "video", "nl", 26, 1, 2),
        ],
    ),
    PAGE: (
        ("likes", "comments", "shares", "views", "impressions"),
        [
            ("7306192134921981953", "2025-03-14 05:59:07", 0, 0, 0, None, 26),
            ("7303016991877906432", "2025-03-05 11:42:14", 2, 0, 0, None, 22),
            ("7297880561568600064", "2025-02-19 07:31:53", 3, 0, 0, None, 98),
        ],
    ),
    "multi/manual_excel/REPORTING_AFCON.xlsx": (
        ("account_id", "views", "likes"),
        [
            ("2005368230437875746", "2025-12-28 20:00:18", "x:actufoot_", 86000, 2000),  # the second of two rows
            ("DTLIz2IjA68", "2026-01-06 15:19:49", "instagram:qg", None, 22600),
            ("7596876486401969430", "2026-01-19 01:20:42", "tiktok:parismatch", 372000, 19000),
        ],
    ),
    "tiktok/studio_csv/a_Content.csv": (
        ("account_id", "likes", "comments", "shares", "views"),
        [
            ("7527623000473079054", "2025-07-16 10:21:48", "tiktok:haileytupy2.0", 533, 32, 16, 191265),
            ("7546034661705796877", "2025-09-04 01:08:27", "tiktok:haileytupy2.0", 109, 7, 31, 154414),
            ("7496081920573328683", "2025-04-22 10:26:18", "tiktok:haileytupy2.0", 21, 4, 0, 11489),
        ],
    ),
    "twitch/helix_json/videos.json": (
        ("account_id", "format", "lang", "likes", "views"),
        [("224404190", "2018-01-31 22:35:55", "twitch:dyrus", "video", "en", None, 4924)],
    ),
    "x/crowdtangle_twitter_csv/CrowdTangle.csv": (
        ("account_id", "format", "likes", "comments", "shares", "followers_at_posting"),
        [
            ("1133116187934466048", "2019-05-27 21:02:06", "x:gabrielzamora", "text", 2171, None, 70, 416179),
            ("1135214491308875779", "2019-06-02 16:00:00", "x:abc7", "link", 200, None, 139, 1080476),
            ("1135514482149658626", "2019-06-03 11:52:04", "x:fox8news", "link", 0, None, 0, 230873),
        ],
    ),
    LEGACY: (
        ("account_id", "likes", "comments", "shares", "impressions"),
        [
            ("1476946213748543488", "2021-12-31 15:59:00", "x:lisadebruine", 2, 0, 0, 104),
            ("1468902929302233091", "2021-12-09 11:18:00", "x:lisadebruine", 3, 1, 0, 356),
            ("1465956139712061440", "2021-12-01 08:09:00", "x:lisadebruine", 42, 1, 8, 9702),
        ],
    ),
    XA + "2024-11-06_2025-02-04.csv": (
        ("account_id", "likes", "comments", "shares", "saves", "views", "impressions"),
        [
            ("1886483849795768598", "2025-02-03 18:36:13", "x:tom_doerr", 0, 0, 0, 0, None, 0),
            ("1858547650221482362", "2024-11-18 16:27:44", "x:tom_doerr", 221, 4, 42, 292, None, 22892),
        ],
    ),
    XA + "2025-11-16_2026-02-13.csv": (
        ("account_id", "likes", "comments", "shares", "impressions"),
        [
            ("2019770265215930588", "2026-02-06 13:48:51", "x:k_chachamaru", 0, 1, 0, 90),
            ("2018564056899322102", "2026-02-03 05:55:48", "x:k_chachamaru", 0, 0, 0, 14),
        ],
    ),
    XA + "2026-08-10_2026-08-16.csv": (
        ("account_id", "likes", "comments", "shares", "impressions"),
        [
            ("2088707180694323466", "2026-08-15 19:19:32", "x:hestysinvest", 1, 1, 0, 44),  # 16 August in Beijing
            ("2086694293977047143", "2026-08-10 06:01:03", "x:hestysinvest", 0, 0, 0, 185),
        ],
    ),
    STUDIO + "pune_Table data.csv": (
        ("format", "views", "impressions", "likes"),
        [
            ("Sx0ytsHc1kk", "2022-12-18 20:00:00", "video", 4632, 37864, None),  # noon of the Pacific day
            ("-yO5tEy1DAE", "2025-07-26 19:00:00", "video", 94, 3368, None),
            ("UHcTqaR88K4", "2020-09-02 19:00:00", "video", None, 312, None),
        ],
    ),
    STUDIO + "oisin_Table data.csv": (
        ("views", "impressions", "likes"),
        [
            ("M1fTBQ96BRM", "2023-12-15 20:00:00", 4835, 618, 134),
            ("-GhQQTIylYY", "2023-11-29 20:00:00", 203, 118, 15),
            ("bDZjnP3KKDQ", "2024-01-22 20:00:00", 24, 97, 6),
        ],
    ),
    "youtube/excel_resaved_csv/final_full_set_yt.csv": (
        ("views", "impressions", "likes", "shares", "comments"),
        [
            ("fqVpq1OweWg", "2024-07-02 19:00:00", 3281, 111416, 78, 33, 7),
            ("NQBRpBlCzvE", "2024-05-23 19:00:00", 73630, 550092, 1612, 874, 116),
            ("gPs-S4qrI7k", "2025-07-03 19:00:00", 935, 1071, 24, 2, 3),
        ],
    ),
}  # fmt: skip

# file -> our column: the export's columns whose values are added up
BUSINESS = {"likes": ("Reactions",), "comments": ("Comments",), "shares": ("Shares",), "reach": ("Reach",)}
VIDEO = {"views": ("Views",), "impressions": ("Impressions",)}
ENGLISH = {"likes": ("Likes",), "comments": ("Replies",), "shares": ("Reposts",), "impressions": ("Impressions",)}
SUMS: dict[str, dict[str, tuple[str, ...]]] = {
    META + "Apr-02-2024_Jul-02-2024_665360019788100.csv": BUSINESS,
    META + "Jun-01-2025_Aug-31-2025_1102644542553570.csv": BUSINESS | {"views": ("Views",)},
    META + "Nov-01-2025_Dec-07-2025_749559520789783.csv": BUSINESS | {"views": ("Views",)},
    META + "Nov-01-2025_Dec-07-2025_832643122946276.csv": BUSINESS | {"views": ("Views",)},
    META + "Oct-01-2025_Oct-31-2025_723907156931247.csv": BUSINESS | {"views": ("Views",)},
    META + "Sep-01-2025_Sep-30-2025_884684340719315.csv": BUSINESS | {"views": ("Views",)},
    IG: {name: (name.capitalize(),) for name in ("likes", "comments", "shares", "saves", "views", "reach")},
    "facebook/legacy_insights_csv/fb_post_data.csv": {
        "likes": (STORIES + "like",),
        "comments": (STORIES + "comment",),
        "shares": (STORIES + "share",),
        "reach": ("Lifetime Post Total Reach",),
        "impressions": ("Lifetime Post Total Impressions",),
    },
    HISTORY: {"likes": REACTIONS, "comments": ("Comments",), "shares": ("Shares",), "views": ("Post Views",)},
    "instagram/crowdtangle_csv/Official Page.csv": {
        "likes": ("Likes",), "comments": ("Comments",), "views": ("Views",),
    },
    "x/crowdtangle_twitter_csv/CrowdTangle.csv": {"likes": ("Likes",), "shares": ("Retweets",)},
    LEGACY: {"likes": ("likes",), "comments": ("replies",), "shares": ("retweets",), "impressions": ("impressions",)},
    XA + "2024-11-06_2025-02-04.csv": ENGLISH,
    XA + "2026-08-10_2026-08-16.csv": ENGLISH | {"saves": ("Bookmarks",)},
    XA + "2025-11-16_2026-02-13.csv": {
        "likes": ("いいね",), "comments": ("返信",), "shares": ("リポスト",), "impressions": ("インプレッション数",),
    },
    STUDIO + "pune_Table data.csv": VIDEO,
    STUDIO + "oisin_Table data.csv": VIDEO | {"likes": ("Likes",)},
    "youtube/excel_resaved_csv/final_full_set_yt.csv": VIDEO | {
        "likes": ("Likes",), "shares": ("Shares",), "comments": ("Comments added",),
    },
    "tiktok/studio_csv/a_Content.csv": {
        name: (f"Total {name}",) for name in ("likes", "comments", "shares", "views")
    },
}  # fmt: skip
CODE_PAGE = ("instagram/crowdtangle_csv/Official Page.csv", "youtube/excel_resaved_csv/final_full_set_yt.csv")


def read(name: str) -> intake.FileResult:
    return intake.read_file(EXPORTS / name, known_formats(), intake.Context(counting_date=date(2026, 3, 31)))


def table(name: str) -> list[dict[str, str]]:
    """A CSV sample read without our reader, without rows of totals and descriptions."""
    text = (EXPORTS / name).read_bytes().decode("cp437" if name in CODE_PAGE else "utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    return [row for row in found if row.get("Content") != "Total" and row.get("Post ID", "x")]


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_rows_looked_at_by_hand(name: str) -> None:
    columns, expected = BY_HAND[name]
    found = {row[0]: row for row in figures(read(name), *columns)}
    assert [found.get(row[0]) for row in expected] == expected


@pytest.mark.parametrize("name", sorted(SUMS))
def test_sums_per_metric(name: str) -> None:
    posts = read(name).posts
    without_time = "Video publish time"  # such videos go into quarantine
    rows = [row for row in table(name) if row.get(without_time, "x")]
    for ours, theirs in SUMS[name].items():
        total = sum(int(float(row[column])) for row in rows for column in theirs if row[column])
        assert posts[ours].sum() == total, ours


def test_linkedin_sums() -> None:
    posts = read(LINKEDIN).posts
    records = json.loads((EXPORTS / LINKEDIN).read_text(encoding="utf-8"))
    stats = [record["stats"] for record in records if record["post_type"] != "repost"]
    for ours, theirs in (("likes", "total_reactions"), ("comments", "comments"), ("shares", "reposts")):
        assert posts[ours].sum() == sum(one.get(theirs, 0) for one in stats)
    assert read(LINKEDIN).snapshots["followers"].tolist() == [104]


def test_workbooks_have_the_sums_of_their_cells() -> None:
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(str(EXPORTS / PAGE)).get_sheet_by_name("All posts").to_python()
    header, *rows = sheet
    posts = read(PAGE).posts
    for ours, theirs in (("likes", "Likes"), ("shares", "Reposts"), ("impressions", "Impressions")):
        assert posts[ours].sum() == sum(int(row[header.index(theirs)]) for row in rows)  # type: ignore[arg-type]


def test_business_suite_times_agree_with_the_graph_api() -> None:
    """The same posts in both: unmarked Pacific time and UTC agree to the minute but for a few posts (none by hours)."""
    graph = read("facebook/graph_api_flattened_json/posts.json").posts.set_index("post_id")["published_at"]
    gaps = []
    for name in (name for name in SUMS if name.startswith(META)):
        ours = read(name).posts.set_index("post_id")["published_at"]
        both = ours.index.intersection(graph.index)
        gaps += (graph[both] - ours[both]).dt.total_seconds().abs().tolist()
    assert len(gaps) == 579
    assert max(gaps) < 3600
    assert sum(gap < 60 for gap in gaps) == 565


def test_tiktok_followers() -> None:
    days = read("tiktok/studio_csv/a_FollowerHistory.csv").snapshots
    found = {f"{day:%Y-%m-%d}": int(count) for day, count in zip(days["day"], days["followers"], strict=True)}
    assert (found["2025-03-25"], found["2025-08-27"], found["2026-02-27"]) == (37, 5077, 5013)
    rows = [row for row in table("tiktok/studio_csv/a_FollowerHistory.csv") if row["Followers"] != "undefined"]
    assert sum(found.values()) == sum(int(row["Followers"]) for row in rows)


def test_where_times_come_from() -> None:
    for name, source, precision in (
        (META + "Apr-02-2024_Jul-02-2024_665360019788100.csv", "zone rule", "minute"),
        (XA + "2026-08-10_2026-08-16.csv", "id", "second"),
        ("tiktok/studio_csv/a_Content.csv", "id", "second"),
        (LEGACY, "field", "minute"),
        (HISTORY, "field", "second"),
        (STUDIO + "pune_Table data.csv", "zone rule", "day"),
        (PAGE, "id", "second"),
        ("facebook/legacy_insights_csv/fb_post_data.csv", "zone rule", "second"),
    ):
        posts = read(name).posts
        assert (set(posts["time_source"]), set(posts["time_precision"])) == ({source}, {precision}), name


def test_youtube_subscribers_are_rounded() -> None:
    assert set(read("youtube/data_api_v3_json/info_multiple.json").snapshots["precision"]) == {"rounded"}
