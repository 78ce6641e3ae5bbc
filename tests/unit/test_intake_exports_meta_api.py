"""Invented answers in the shapes of Meta's and CrowdTangle's interfaces and of Apify's datasets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from intake_cases import counts, export, figures, read_text, reasons

LIKES = ("likes", "comments", "shares", "views")
NOTHING = {"the scraper found nothing there": 1}
AT = "2025-03-05T16:05:55+0000"


def read(folder: Path, answer: Any) -> Any:
    return read_text(folder, json.dumps(answer))


def test_crowdtangle_of_2018_names_the_page_in_its_link_only() -> None:
    result = export("crowdtangle_2018.csv")
    assert result.log.format == "crowdtangle-facebook"
    assert figures(result, "account_id", "format", *LIKES, "followers_at_posting") == [
        ("700100", "2025-03-05 23:02:45", "facebook:riverportcity", "photo", 308, 24, 42, None, None),
        ("700101", "2025-03-10 22:02:45", "facebook:riverportcity", "video", 10, 1, 2, 500, None),
    ]


def test_crowdtangle_api() -> None:
    result = export("crowdtangle_api.json")
    assert (result.log.format, result.log.evidence) == ("crowdtangle-api", "documents")
    assert figures(result, "account_id", "format", *LIKES, "followers_at_posting") == [
        ("700100", "2025-03-05 23:02:45", "facebook:riverportcity", "photo", 308, 24, 42, None, 81000),
        ("DHLW6htABDh", "2025-03-14 11:06:13", "instagram:river.port", "carousel", 441, 13, None, None, 1600),
    ]
    assert result.posts["text"].tolist() == ["Fog on the river", "Ten bridges"]
    assert {f"{day:%Y-%m-%d}" for day in result.posts["counted_at"]} == {"2025-03-20"}
    assert figures(export("crowdtangle_flat.csv"), *LIKES) == [("700100", "2025-03-05 23:02:45", 305, 24, 42, None)]


def test_crowdtangle_api_sums_of_accounts_are_no_posts(tmp_path: Path) -> None:
    one = {"account": {"id": 1}, "summary": {"postCount": 3}, "subscriberData": {"finalCount": 9}}
    log = read(tmp_path, {"status": 200, "result": {"accountStatistics": [one]}}).log
    assert (log.format, log.filtered_reasons) == ("crowdtangle-api", {"sums of accounts, no posts": 1})


def test_facebook_by_apify(tmp_path: Path) -> None:
    result = export("facebook_apify.json")
    assert (result.log.format, result.log.filtered_reasons) == ("facebook-apify", NOTHING)
    assert figures(result, "account_id", "format", *LIKES) == [
        ("700200", "2025-03-05 16:05:55", "facebook:riverportcity", "reel", 146, 3, 27, 999),
        (
            "700201",
            "2025-03-06 16:05:55",
            "facebook:quietharbour",
            "photo",
            0,
            None,
            0,
            None,
        ),  # its address names no page
    ]
    old = {"postId": "700202", "pageName": "RiverportCity", "url": "https://www.facebook.com/1", "likes": 1}
    old |= {"time": "Thursday, 6 March 2025 at 16:05", "timestamp": 1741277155000}
    assert figures(read(tmp_path, {"items": [old]}), "likes") == [("700202", "2025-03-06 16:05:55", 1)]
    pages = export("facebook_apify_pages.csv")
    assert pages.snapshots[["account_id", "followers"]].to_numpy().tolist() == [["facebook:riverportcity", 5600]]


def test_instagram_by_apify_without_result_and_comments(tmp_path: Path) -> None:
    profile = {"username": "river.port", "id": "361", "followersCount": 64976, "postsCount": 436}
    gone = {"username": "gone", "error": "not_found", "errorDescription": "x"}
    result = read(tmp_path, [profile, gone])
    assert (result.snapshots["followers"].tolist(), result.log.filtered_reasons) == ([64976], NOTHING)
    comment = {"postUrl": "https://www.instagram.com/p/DHLW6htABDh/", "text": "!", "ownerUsername": "river.port"}
    result = read(tmp_path, [comment | {"timestamp": "2025-03-14T11:06:20.000Z", "likesCount": 1}])
    assert (result.log.format, result.log.filtered_reasons) == ("instagram-apify", {"comments under posts": 1})


def test_graph_pages_keyed_by_id_keep_their_posts() -> None:
    result = export("facebook_pages_by_id.json")
    assert counts(result) == {"rows": 5, "kept": 4, "duplicates": 0, "outside": 0, "filtered": 1, "quarantined": 0}
    assert figures(result, "account_id", "likes", "shares", "impressions", "reach") == [
        ("31", "2025-03-05 16:05:55", "facebook:riverportcity", 5, 2, 120, 100),  # seconds since 1970; insights
        ("33", "2025-03-05 16:05:55", "facebook:quietharbour", None, None, None, None),
    ]
    assert result.log.filtered_reasons == {"not published": 1}
    assert sorted(result.snapshots["followers"]) == [10, 900]


def test_graph_shares_that_nobody_asked_for_are_unknown(tmp_path: Path) -> None:
    post = {"id": "100200300400_41", "created_time": AT, "reactions": {"summary": {"total_count": 4}}}
    assert figures(read(tmp_path, {"data": [post]}), "shares") == [("41", "2025-03-05 16:05:55", None)]
    shared = post | {"id": "100200300400_42", "shares": {"count": 2}}
    assert [row[2] for row in figures(read(tmp_path, {"data": [post, shared]}), "shares")] == [0, 2]


def test_graph_comments_videos_and_photos_are_no_posts(tmp_path: Path) -> None:
    sender = {"id": "100200300400", "name": "Riverport"}
    comment = {"id": "700100_55", "created_time": AT, "message": "Thanks", "from": sender}
    log = read(tmp_path, {"data": [comment]}).log
    assert log.filtered_reasons == {"comments, or posts without link and figures": 1}
    log = read(tmp_path, {"data": [comment | {"comment_count": 0, "permalink_url": "https://www.facebook.com/1"}]}).log
    assert log.filtered_reasons == {"comment under a post": 1}
    video = {"id": "900100", "created_time": AT, "permalink_url": "/RiverportCity/videos/900100/", "from": sender}
    for key, value in (("length", 33.2), ("images", [{"height": 1}])):
        log = read(tmp_path, {"data": [video | {key: value}]}).log
        assert log.filtered_reasons == {"video or photo by itself, not its post": 1}


def test_graph_posts_in_a_table() -> None:
    result = export("facebook_graph.csv")
    assert result.log.format == "facebook-table"
    assert figures(result, "account_id", "format", *LIKES) == [
        ("51", "2025-03-05 16:05:55", "facebook:riverportcity", "photo", 290, 161, 70, None),
        ("52", "2025-03-06 16:05:55", "facebook:riverportcity", "reel", 5, 0, None, None),
    ]
    assert [(row, reason) for row, _, reason in reasons(result)] == [(4, "unknown account")]


def test_graph_instagram_takes_insights_by_their_names_and_leaves_out_stories() -> None:
    result = export("instagram_media.json")
    assert figures(result, "format", "likes", "comments", "shares", "saves", "views", "reach") == [
        ("DHLW6htABDh", "2025-03-14 11:06:20", "photo", 5, 1, None, 3, 500, 77),
        ("DHNmdBjgBDh", "2025-03-15 08:00:36", "reel", 6, 0, 0, None, None, 90),
    ]
    assert result.log.filtered_reasons == {"story, gone after a day": 1}


def test_graph_instagram_inside_other_answers(tmp_path: Path) -> None:
    account = {"id": "361", "username": "river.port", "followers_count": 64976, "media_count": 436}
    result = read(tmp_path, {"instagram_business_account": account, "id": "100200300400"})
    assert (result.log.rows, result.snapshots["followers"].tolist()) == (1, [64976])
    post = {"id": "1", "permalink": "https://www.instagram.com/p/DHLW6htABDh/", "timestamp": "2025-03-14T11:06:20+0000"}
    photo = post | {"media_type": "IMAGE", "comments_count": 3, "view_count": 0}
    reel = {
        "id": "2",
        "permalink": "https://www.instagram.com/reel/DHNmdBjgBDh/",
        "timestamp": "2025-03-15T08:00:36+0000",
    }
    reel |= {"media_type": "VIDEO", "comments_count": 4, "view_count": 7757}
    found = account | {"media": {"data": [photo, reel]}}
    result = read(tmp_path, {"river.port": {"business_discovery": found, "id": "17"}})
    assert figures(result, "likes", "comments", "views") == [
        ("DHLW6htABDh", "2025-03-14 11:06:20", None, 3, None),  # a photo has no views, whatever the answer says
        ("DHNmdBjgBDh", "2025-03-15 08:00:36", None, 4, 7757),
    ]
    assert (result.log.rows, result.snapshots["posts_total"].tolist(), reasons(result)) == (3, [436], [])
