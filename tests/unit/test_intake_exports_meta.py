"""Invented exports in the shapes of what Meta, CrowdTangle and Hootsuite write: every trap of the real files."""

from __future__ import annotations

from pathlib import Path

from intake_cases import EXPORTS, counts, export, figures, read_text, reasons

LIKES = ("likes", "comments", "shares", "views", "reach")


def test_business_suite_facebook() -> None:
    result = export("meta_facebook.csv")
    assert result.log.format == "meta-business-suite-facebook"
    assert counts(result) == {"rows": 9, "kept": 5, "duplicates": 0, "outside": 1, "filtered": 0, "quarantined": 3}
    assert figures(result, "format", *LIKES) == [
        ("122100000000000011", "2025-03-01 14:30:00", "photo", 310, 21, 14, 4000, 2500),
        ("122100000000000013", "2025-03-09 10:15:00", "reel", 77, 3, 9, 9000, 1800),  # summer time since 02:00
        ("122100000000000014", "2025-03-31 15:59:00", "video", 12, None, 1, 700, 300),  # 23:59 in Beijing
        ("122100000000000017", "2025-03-22 17:00:00", "photo", 4, 1, 0, 20, 10),  # its id out of the link
        ("122100000000000018", "2025-03-23 17:00:00", "photo", 6, 1, 0, 20, 10),  # a row shorter than the header
    ]
    assert set(result.posts["account_id"]) == {"facebook:riverportcity"}
    assert result.posts["impressions"].isna().all()
    assert result.posts["text"].tolist()[1] == "The first ferry of the day,\nseen from the lighthouse"


def test_business_suite_facebook_quarantine() -> None:
    assert reasons(export("meta_facebook.csv")) == [
        (6, "777000777000", "unknown account"),
        (7, "1.002E+11", "names no account"),
        (10, "many", "unusable number"),
    ]


def test_an_id_cut_by_excel_is_refused_as_that(tmp_path: Path) -> None:
    text = (EXPORTS / "meta_facebook.csv").read_text(encoding="utf-8-sig").replace("1.002E+11", "100200300400")
    assert reasons(read_text(tmp_path, text))[1] == (
        7, "1.221E+17", "unusable id: cut to scientific notation by Excel",
    )  # fmt: skip


def test_business_suite_facebook_in_chinese() -> None:
    assert figures(export("meta_facebook_zh.csv"), "format", *LIKES) == [
        ("122100000000000021", "2025-03-13 01:00:00", "photo", 100, 20, 10, 5200, 4100),
        ("122100000000000022", "2025-03-14 01:00:00", "video", 5, 1, 0, None, None),
    ]


def test_business_suite_with_german_dates(tmp_path: Path) -> None:
    text = (EXPORTS / "meta_facebook_zh.csv").read_text(encoding="utf-8").replace("03/12/2025 18:00", "12.03.25 18:00")
    assert figures(read_text(tmp_path, text))[0] == ("122100000000000021", "2025-03-13 01:00:00")


def test_business_suite_instagram() -> None:
    result = export("meta_instagram.csv")
    assert result.log.format == "meta-business-suite-instagram"
    assert figures(result, "format", "likes", "comments", "shares", "saves", "views", "reach") == [
        ("DG0gDm0gBDh", "2025-03-05 14:03:41", "photo", 27, 0, 2, 1, 856, 326),  # to the second, out of the code
        ("DG4SQANgBDh", "2025-03-07 01:35:00", "reel", 76, 8, 7, 3, 1430, 596),  # a quarter of an hour after its code
        ("DHA1S0mABDh", "2025-03-10 09:00:09", "carousel", None, 1, 1, 0, 90, 80),
    ]
    assert reasons(result) == [(4, "partner.museum", "unknown account")]


def test_business_suite_instagram_in_chinese_gives_the_same_posts() -> None:
    result = export("meta_instagram_zh.csv")
    assert figures(result, "likes", "shares", "comments", "saves", "views") == [
        ("DG0gDm0gBDh", "2025-03-05 14:03:41", 28, 2, 0, 1, 900),
        ("DHD1iZTgBDh", "2025-03-11 13:03:00", 60, 4, 2, 3, 1900),
    ]
    assert result.posts["followers_at_posting"].isna().all()  # 关注者数 is what the post gained


def test_stories_are_no_posts(tmp_path: Path) -> None:
    text = (EXPORTS / "meta_instagram.csv").read_text(encoding="utf-8").replace("IG image", "IG story")
    result = read_text(tmp_path, text)
    assert result.log.filtered_reasons == {"story, gone after a day": 1}
    assert "DG0gDm0gBDh" not in set(result.posts["post_id"])


def test_content_library() -> None:
    assert figures(export("meta_content_library.csv"), "likes", "comments", "shares", "views") == [
        ("900000000000001", "2025-03-04 05:06:07", 46, 7, 3, 2100),
        ("900000000000002", "2025-03-05 05:06:07", 2, 0, 0, None),
    ]


def test_facebook_insights() -> None:
    result = export("facebook_insights.csv")
    assert figures(result, "format", "likes", "comments", "shares", "views", "impressions", "reach") == [
        ("600100", "2025-03-15 00:45:00", "video", 50, 4, 6, 312, 1500, 1000),  # the filled one of two columns + paid
        ("600101", "2025-03-15 07:05:00", "text", 3, None, None, None, 15, 10),
    ]
    assert result.log.filtered_reasons == {"description of the columns": 1}


def test_crowdtangle_facebook() -> None:
    result = export("crowdtangle_facebook.csv")
    assert counts(result) == {"rows": 4, "kept": 1, "duplicates": 0, "outside": 2, "filtered": 0, "quarantined": 1}
    assert figures(result, "format", *LIKES, "followers_at_posting") == [
        ("700100", "2025-03-05 23:02:45", "photo", 380, 24, 42, None, None, 81438),  # all reactions
    ]
    assert reasons(result) == [(5, "2025-03-06 18:02:45 CST", "unusable time")]  # Chicago or China?


def test_crowdtangle_instagram_takes_the_time_from_the_code_where_the_zone_is_not_known() -> None:
    assert figures(export("crowdtangle_instagram.csv"), "format", "likes", "comments", "views") == [
        ("DHLW6htABDh", "2025-03-14 11:06:20", "carousel", 12223, 454, None),
        ("DHNmdBjgBDh", "2025-03-15 08:00:36", "video", 900, 4, 36717),
    ]


def test_crowdtangle_twitter() -> None:
    result = export("crowdtangle_twitter.csv")
    assert figures(result, "format", "likes", "comments", "shares", "views") == [
        ("1897392196311580679", "2025-03-05 21:02:06", "text", 217, None, 70, None),
        ("1897497364919222279", "2025-03-06 04:00:00", "video", 20, None, 7, None),
    ]
    assert result.log.filtered_reasons == {"repost of another account's post": 1}


def test_hootsuite_posts() -> None:
    result = export("hootsuite_posts.csv")
    assert (result.log.format, result.log.evidence) == ("hootsuite-posts", "documents")
    assert figures(result, *LIKES, "impressions") == [("800100", "2025-03-11 21:30:11", 60, 4, 7, None, 1500, 2000)]


def test_instagram_graph() -> None:
    result = export("instagram_discovery.json")
    assert figures(result, "format", "likes", "comments", "shares") == [
        ("DHPbHVTgBDh", "2025-03-16 01:00:00", "photo", 87, 11, None),
        ("DHR_6NTgBDh", "2025-03-17 01:05:00", "reel", None, 2, None),  # likes hidden
    ]
    assert result.snapshots[["account_id", "followers", "posts_total"]].to_numpy().tolist() == [
        ["instagram:river.port", 64976, 436]
    ]
    assert export("instagram_user.json").snapshots["followers"].tolist() == [64980]


def test_a_table_without_accounts_takes_the_one_of_its_folder() -> None:
    result = export("instagram@river.port/media.csv")
    assert result.posts["account_id"].tolist() == ["instagram:river.port"]
    assert figures(result, "likes", "comments") == [("DHUktFTgBDh", "2025-03-18 01:00:00", 12, None)]


def test_a_sheet_kept_by_hand_counts_once_it_has_links() -> None:
    assert reasons(export("instagram@river.port/by_hand.csv")) == [(2, "", "unusable id")]
    assert figures(export("instagram@river.port/by_hand_with_links.csv"), "likes", "saves", "impressions") == [
        ("DHAThy7gBDh", "2025-03-10 04:05:06", 162, 98, 3920)
    ]
