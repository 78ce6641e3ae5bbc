"""The many shapes of what TikTok and its scrapers give out: Studio, the APIs, Apify, web items, files of yt-dlp."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from intake_cases import CASES, context, counts, export, figures, known_formats, read_text, reasons

from cityreach import intake
from cityreach.errors import InboxError

POST, AT = "7478268670632787973", "2025-03-05 10:21:48"
LINK = f"https://www.tiktok.com/@riverport.city/video/{POST}"
FIGURES = ("likes", "comments", "shares", "views", "saves")


def own(tmp_path: Path, text: str, name: str = "file.csv") -> intake.FileResult:
    """A file in the folder of its account."""
    file = tmp_path / "tiktok@riverport.city" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return intake.read_file(file, known_formats(), context())


def followers(result: intake.FileResult) -> list[list[Any]]:
    return result.snapshots[["account_id", "followers", "precision"]].to_numpy().tolist()


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Video title,Post time,Video link,Total views,Total likes,Total comments,Total shares,Average watch time",
         f"A,2025-03-05 18:30:00,{LINK},900,40,3,2,6.8"),
        ("Video title,Video link,Post time,Views in the last 7 days,Total views,Total likes,Total comments,"
         "Total shares", f"A,{LINK},March 5,7,900,40,3,2"),
        ("Video title,Video link,Post time,Video views,Likes,Comments,Shares,Reach",
         f"A,{LINK},2025/03/05 09:00,900,40,3,2,800"),
        ("Video title,Video link,Video publish time,Total views,Total likes,Total comments,Total shares",
         f"A,{LINK},2025-03-05 21:03:11,900,40,3,2"),
    ],
)  # fmt: skip
def test_contents_of_studio_and_of_business_accounts(tmp_path: Path, header: str, row: str) -> None:
    result = own(tmp_path, f"{header}\n{row}")
    assert figures(result, *FIGURES) == [(POST, AT, 40, 3, 2, 900, None)]  # the exact time, from the link


def test_contents_without_links_are_refused(tmp_path: Path) -> None:
    header = "Video title,Post time,Total views,Total likes,Total comments,Total shares"
    with pytest.raises(InboxError, match="Nearest is tiktok-studio, which also needs Video link"):
        own(tmp_path, f"{header}\nA,March 5,900,40,3,2")


@pytest.mark.parametrize(
    "written",
    ["28 марта", "28 березня", "28 Mart", "28 marca", "28 tháng 3", "3월 28일", "28 maart", "28 Mac", "28 martie",
     "28. března", "28 Μαρτίου", "28 مارس", "Mar 28", "28 Mar", "2025/03/28", "2025-03-28"],
)  # fmt: skip
def test_days_of_followers(tmp_path: Path, written: str) -> None:
    found = own(tmp_path, f"Date,Followers,Difference in followers from previous day\n{written},100,0").snapshots
    assert found["day"].dt.strftime("%Y-%m-%d").tolist() == ["2025-03-28"]


def test_followers_of_business_accounts(tmp_path: Path) -> None:
    result = own(tmp_path, "Date,New followers,Total followers,Engaged audience\n2025/03/10,3,12500,900")
    assert followers(result) == [["tiktok:riverport.city", 12500, "exact"]]


@pytest.mark.parametrize("more", [",New followers", ",Reached audience", ""])
def test_overviews_of_every_generation_are_left_out(tmp_path: Path, more: str) -> None:
    log = own(tmp_path, f"Date,Video views,Profile views,Likes,Comments,Shares{more}\n28 апреля,1,2,3,4,5").log
    assert (log.format, log.filtered) == ("tiktok-studio", 1)


def clockworks(**changes: Any) -> dict[str, Any]:
    author = {"id": "6800", "name": "riverport.city", "fans": 5001, "video": 210}
    plain = {"id": POST, "text": "Market", "createTimeISO": "2025-03-05T10:21:48.000Z", "webVideoUrl": LINK}
    counted = {"diggCount": 40, "commentCount": 3, "shareCount": 2, "playCount": 900, "collectCount": 6}
    return plain | counted | {"authorMeta": author} | changes


OLD = {key: value for key, value in clockworks(createTime=1741170108).items() if key != "createTimeISO"}


@pytest.mark.parametrize(
    "shape", [[clockworks()], {"data": [clockworks()]}, {"items": [clockworks()]}, {"collector": [OLD]}, [OLD]]
)
def test_apify(tmp_path: Path, shape: Any) -> None:
    result = read_text(tmp_path, json.dumps(shape))
    assert result.log.format == "tiktok-apify"
    assert figures(result, *FIGURES) == [(POST, AT, 40, 3, 2, 900, 6)]
    assert followers(result) == [["tiktok:riverport.city", 5001, "exact"]]


@pytest.mark.parametrize("sign", [".", "/"])
def test_apify_tables_write_keys_inside_keys_with_dots_or_slashes(tmp_path: Path, sign: str) -> None:
    header = "authorMeta.id,authorMeta.name,authorMeta.fans,createTimeISO,webVideoUrl,diggCount,playCount,note,error"
    rows = (f"6800,riverport.city,5001,2025-03-05T10:21:48.000Z,{LINK},40,900,,", ",,,,,,,,no such profile")
    result = read_text(tmp_path, "\n".join([header.replace(".", sign), *rows]))
    assert figures(result, "likes", "views") == [(POST, AT, 40, 900)]
    assert followers(result) == [["tiktok:riverport.city", 5001, "exact"]]
    assert result.log.filtered_reasons == {"the scraper says why it found no post": 1}


def test_profiles_without_posts_still_have_followers(tmp_path: Path) -> None:
    profile = {"authorMeta": {"name": "yuntai", "fans": 77}, "input": "yuntai", "note": "No videos found"}
    missing = {"error": "This profile does not exist.", "input": "x"}
    alone = read_text(tmp_path, json.dumps([profile]))
    assert followers(alone) == [["tiktok:yuntai", 77, "exact"]]
    mixed = read_text(tmp_path, json.dumps([clockworks(), profile, missing]))
    assert counts(mixed) == {"rows": 3, "kept": 2, "duplicates": 0, "outside": 0, "filtered": 1, "quarantined": 0}
    assert [row[1] for row in followers(mixed)] == [5001, 77]
    unread = read_text(tmp_path, json.dumps([profile, missing]))
    assert reasons(unread) == [(2, "", "fits no table of its format")]


@pytest.mark.parametrize("flat", [True, False])
def test_apify_by_apidojo(tmp_path: Path, flat: bool) -> None:
    channel = {"id": "6800", "username": "riverport.city", "followers": 5001}
    plain = {"id": POST, "title": "Market", "uploadedAtFormatted": "2025-03-05T10:21:48.000Z", "postPage": LINK}
    item = plain | {"likes": 40, "comments": 3, "shares": 2, "views": 900, "bookmarks": 6}
    text = json.dumps([item | {"channel": channel}, {"noResults": True}])
    if flat:
        row = item | {f"channel.{key}": value for key, value in channel.items()}
        text = f"{','.join(row)}\n{','.join(map(str, row.values()))}"
    result = read_text(tmp_path, text)
    assert figures(result, *FIGURES) == [(POST, AT, 40, 3, 2, 900, 6)]
    assert followers(result) == [["tiktok:riverport.city", 5001, "exact"]]
    assert result.log.filtered == (not flat)


def test_comments_are_no_posts(tmp_path: Path) -> None:
    comment = {"videoWebUrl": LINK, "cid": "1", "text": "x", "diggCount": 3, "createTimeISO": "2025-03-05T10:21:48Z"}
    with pytest.raises(InboxError, match="no known format fits"):
        read_text(tmp_path, json.dumps([comment]))


def test_web_items() -> None:
    result = export("tiktok_web.json")
    assert figures(result, "format", *FIGURES) == [
        (POST, AT, "video", 12345, 32, 16, 191265, 4),  # stats has them rounded
        ("7478497158597967877", "2025-03-06 01:08:27", "carousel", 5, 0, 0, 70, 0),
    ]
    assert followers(result) == [["tiktok:riverport.city", 64200, "rounded"]]


def item(**changes: Any) -> dict[str, Any]:
    stats = {"diggCount": 40, "commentCount": 3, "shareCount": 2, "playCount": 900, "collectCount": 6}
    author = {"id": "6800", "uniqueId": "riverport.city"}
    return {"id": POST, "desc": "Market", "createTime": 1741170108, "author": author, "stats": stats} | changes


@pytest.mark.parametrize(
    "shape",
    [
        item(),
        [item()],
        {"items": [item()]},
        {"itemInfo": {"itemStruct": item()}, "statusCode": 0},
        {"ItemModule": {POST: item(author="riverport.city", authorId="6800")}},
    ],
)
def test_web_items_of_lists_and_pages(tmp_path: Path, shape: Any) -> None:
    result = read_text(tmp_path, json.dumps(shape))
    assert figures(result, "account_id", *FIGURES) == [(POST, AT, "tiktok:riverport.city", 40, 3, 2, 900, 6)]


def test_web_items_kept_by_a_browser_extension_say_when_they_were_seen(tmp_path: Path) -> None:
    seen = 1743800000000  # 4 April, 20:53 UTC: the 5th in Beijing
    lines = [{"item_id": one["id"], "timestamp_collected": seen, "data": one} for one in (item(), item(id="1" * 19))]
    result = read_text(tmp_path, "\n".join(map(json.dumps, lines)))
    assert figures(result, *FIGURES)[0] == (POST, AT, 40, 3, 2, 900, 6)
    assert result.posts["counted_at"].astype(str).tolist() == ["2025-04-05"] * 2


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("wrapped", [True, False])
def test_web_profiles(tmp_path: Path, exact: bool, wrapped: bool) -> None:
    profile: dict[str, Any] = {"user": {"id": "6800", "uniqueId": "riverport.city"}}
    profile["stats"] = {"followerCount": 11000, "videoCount": 210}
    if exact:
        profile["statsV2"] = {"followerCount": "10963", "videoCount": "210"}
    result = read_text(tmp_path, json.dumps({"userInfo": profile} if wrapped else profile))
    assert followers(result) == [["tiktok:riverport.city", *((10963, "exact") if exact else (11000, "rounded"))]]


@pytest.mark.parametrize("times", [{"timestamp": "2025-03-05 10:21:48", "unix_timestamp": 1741170108},
                                   {"timestamp": 1741170108}])  # fmt: skip
def test_tables_of_web_items_by_4cat(tmp_path: Path, times: dict[str, Any]) -> None:
    row = {"id": POST, "author": "riverport.city", "author_followers": 5001, "body": "Market", "tiktok_url": LINK}
    row |= {"likes": 40, "comments": 3, "shares": 2, "plays": 900} | times
    result = read_text(tmp_path, f"{','.join(row)}\n{','.join(map(str, row.values()))}")
    assert figures(result, *FIGURES) == [(POST, AT, 40, 3, 2, 900, None)]
    assert followers(result) == [["tiktok:riverport.city", 5001, "rounded"]]


def test_yt_dlp() -> None:
    result = export("tiktok_yt_dlp.json")
    assert result.log.format == "tiktok-yt-dlp"
    assert figures(result, "account_id", *FIGURES) == [(POST, AT, "tiktok:riverport.city", 533, 32, 16, 191265, 4)]


RESEARCH = {"id": POST, "username": "riverport.city", "video_description": "Market", "create_time": 1741170108}
RESEARCH |= {"region_code": "SG", "like_count": 40, "comment_count": 3, "share_count": 2, "view_count": 900}


def test_research_api_pages_with_an_empty_one(tmp_path: Path) -> None:
    pages = [{"data": {"videos": [RESEARCH]}, "error": {"code": "ok"}}, {"data": {"videos": []}, "error": {}}]
    assert figures(read_text(tmp_path, json.dumps(pages)), *FIGURES) == [(POST, AT, 40, 3, 2, 900, None)]


@pytest.mark.parametrize(("id_", "name"), [("id", "username"), ("video_id", "author_name")])
def test_research_api_as_a_table(tmp_path: Path, id_: str, name: str) -> None:
    row = {"id": id_, "username": name}
    header = ",".join(row.get(key, key) for key in RESEARCH)
    values = ",".join(str(value) for value in (RESEARCH | {"create_time": "2025-03-05 10:21:48"}).values())
    assert figures(read_text(tmp_path, f"{header}\n{values}"), *FIGURES) == [(POST, AT, 40, 3, 2, 900, None)]


@pytest.mark.parametrize("more", [{"display_name": "R"}, {"likes_count": 3, "following_count": 1}])
def test_accounts_of_the_research_api_with_some_of_their_keys(tmp_path: Path, more: dict[str, Any]) -> None:
    text = json.dumps({"data": {"follower_count": 64200, **more}, "error": {"code": "ok"}})
    assert followers(own(tmp_path, text, "user.json")) == [["tiktok:riverport.city", 64200, "exact"]]


@pytest.mark.parametrize("wrapped", [True, False])
def test_accounts_of_another_platform_are_not_taken_for_tiktoks(tmp_path: Path, wrapped: bool) -> None:
    user = {"pk": 361, "username": "riverport.city", "follower_count": 42600, "following_count": 3, "media_count": 9}
    with pytest.raises(InboxError, match="no known format fits"):
        read_text(tmp_path, json.dumps({"user": user, "status": "ok"} if wrapped else user))


DISPLAY = {"id": POST, "create_time": 1741170108, "title": "", "video_description": "Lock gates", "duration": 15}
DISPLAY |= {"like_count": 40, "comment_count": 3, "share_count": 2, "view_count": 900}


@pytest.mark.parametrize("link", [{"share_url": LINK + "?utm=1"}, {"embed_link": "https://www.tiktok.com/x"}, {}])
def test_display_api_with_some_of_its_keys(tmp_path: Path, link: dict[str, str]) -> None:
    result = own(tmp_path, json.dumps({"data": {"videos": [DISPLAY | link]}}), "videos.json")
    assert result.log.format == "tiktok-display-api"
    assert figures(result, "text", *FIGURES) == [(POST, AT, "Lock gates", 40, 3, 2, 900, None)]


def test_display_api_without_a_name_outside_its_folder(tmp_path: Path) -> None:
    result = read_text(tmp_path, json.dumps({"data": {"videos": [DISPLAY]}}))
    assert reasons(result) == [(1, "", "names no account")]


def test_accounts_of_the_display_api(tmp_path: Path) -> None:
    user = {"open_id": "o", "username": "riverport.city", "follower_count": 64200, "video_count": 210}
    result = read_text(tmp_path, json.dumps({"data": {"user": user}, "error": {"code": "ok"}}))
    assert (result.log.format, followers(result)) == (
        "tiktok-display-api", [["tiktok:riverport.city", 64200, "exact"]],
    )  # fmt: skip


def test_posts_without_a_key_that_they_must_have_are_counted_beside_their_account(tmp_path: Path) -> None:
    """Where the figure of plays is absent only the by-product of the rows is of use: that they are lost is said."""
    text = (CASES / "tiktok_posts.csv").read_text(encoding="utf-8-sig").replace('"playCount"', '"plays"')
    log = read_text(tmp_path, text).log
    assert log.format == "tiktok-apify" and log.rows == log.quarantined > 3
    assert set(log.quarantine_reasons) >= {"fits no table of its format"}
