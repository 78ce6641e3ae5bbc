"""Invented exports in the shapes of what X, Twitter Analytics, twarc and LinkedIn write."""

from __future__ import annotations

from intake_cases import counts, export, figures, reasons

FIGURES = ("likes", "comments", "shares", "views", "impressions", "saves")


def test_x_analytics_takes_id_and_time_from_the_link() -> None:
    result = export("x_analytics_2024.csv")
    assert counts(result) == {"rows": 5, "kept": 3, "duplicates": 0, "outside": 1, "filtered": 1, "quarantined": 0}
    assert figures(result, *FIGURES) == [
        ("1895504230614040583", "2025-02-28 16:00:00", 31, 3, 6, None, 900, 2),  # the file says 28 February
        ("1906738254439251975", "2025-03-31 15:59:59", 1, 1, 0, None, 44, 0),
        ("1900879650616246281", "2025-03-15 12:00:00", 0, 0, 0, None, 20, 0),  # 1.90E+18 in the column of ids
    ]
    assert result.log.filtered_reasons == {"empty row of the platform (/status/undefined)": 1}


def test_x_analytics_with_other_headers() -> None:
    newer = export("x_analytics_2026.csv")
    assert figures(newer, *FIGURES) == [("1899399900165046273", "2025-03-11 10:00:00", 31, 3, 6, None, 1204, 2)]
    assert reasons(newer) == [(3, "https://x.com/somebody/status/1899762288030646274", "unknown account")]
    japanese = export("x_analytics_ja.csv")
    assert figures(japanese, *FIGURES) == [("1900124675896246273", "2025-03-13 10:00:00", 0, 1, 0, None, 90, 0)]
    assert (japanese.log.format, japanese.log.filtered) == ("x-analytics-content", 1)


def test_x_tweet_activity() -> None:
    assert figures(export("x_tweet_activity.csv"), *FIGURES) == [
        ("1895866450703286273", "2025-03-01 15:59:00", 2, 0, 1, None, 104, None),
        ("1896219275555766274", "2025-03-02 15:21:00", 1, 1, 0, None, 354, None),
    ]


def test_x_daily_tables_are_left_out() -> None:
    for name, form in (("x_overview.csv", "x-analytics-overview"), ("x_tweet_activity_daily.csv", "x-tweet-activity")):
        result = export(name)
        assert (result.log.format, result.log.filtered) == (form, result.log.rows)


def test_x_twarc() -> None:
    result = export("x_twarc.csv")
    assert figures(result, *FIGURES) == [
        ("1901936615224246273", "2025-03-18 10:00:00", 4, 1, 5, 500, None, 5),
        ("1902661390955446275", "2025-03-20 10:00:00", 4, 1, 5, None, None, None),  # the time out of the id
    ]
    assert result.log.filtered_reasons == {"repost of another account's post": 1}
    assert result.snapshots[["followers", "posts_total"]].to_numpy().tolist() == [[12345, 678]]
    assert export("x_twarc_users.csv").snapshots["followers"].tolist() == [12346]


def test_x_scraper_in_chinese() -> None:
    result = export("x_scraper_zh.csv")
    assert figures(result, *FIGURES) == [("1903023778821046273", "2025-03-21 10:00:00", 40, 3, 5, 12000, None, 1)]
    assert result.snapshots[["followers", "precision"]].to_numpy().tolist() == [[12000, "rounded"]]


def test_linkedin_apify() -> None:
    result = export("linkedin_posts.json")
    assert figures(result, "account_id", "format", "likes", "comments", "shares") == [
        ("7302983605754527747", "2025-03-05 09:29:34", "linkedin:riverport", "photo", 30, 4, 0),
        ("7303700938752000003", "2025-03-07 09:00:00", "linkedin:riverport", "text", 0, 0, 1),
    ]
    assert result.log.filtered_reasons == {"repost of another account's post": 1}
    assert result.snapshots[["account_id", "followers"]].to_numpy().tolist() == [["linkedin:riverport", 1040]]
