"""One file of each format, with the traps of real files; every row is accounted for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlwt
from intake_cases import CASES, context, counts, known_formats, post, read, read_text

from cityreach import intake, tables
from cityreach.errors import InboxError
from cityreach.intake import delimited, reading

FILES = sorted(path.name for path in CASES.iterdir() if path.is_file() and path.suffix != ".md")


def reasons(result: intake.FileResult) -> list[tuple[int, str, str, str]]:
    frame = result.quarantine[["row", "column", "value", "reason"]]
    return [tuple(row) for row in frame.to_numpy().tolist()]  # type: ignore[misc]


def followers(result: intake.FileResult) -> dict[str, Any]:
    return dict(zip(result.snapshots["account_id"], result.snapshots["followers"], strict=True))


@pytest.mark.parametrize("name", FILES)
def test_every_row_is_accounted_for(name: str) -> None:
    result = read(name)
    account = counts(result)
    assert account["rows"] > 0
    assert account.pop("rows") == sum(account.values())
    assert sum(result.log.quarantine_reasons.values()) == len(result.quarantine) == account["quarantined"]
    own = sum(log.own for log in result.logs)
    assert account["kept"] == len(result.posts) + own
    assert own <= len(result.snapshots)


@pytest.mark.parametrize("name", FILES)
def test_frames_keep_their_contracts(name: str) -> None:
    result = read(name)
    for table, frame in (("posts", result.posts), ("snapshots", result.snapshots), ("quarantine", result.quarantine)):
        tables.check(tables.conform(frame, table).reset_index(drop=True), table)


@pytest.mark.parametrize("name", FILES)
def test_a_file_can_be_read_without_an_edition(name: str) -> None:
    result = intake.read_file(CASES / name, known_formats(), intake.Context())
    assert result.log.outside == 0
    assert not result.strangers
    assert result.log.rows == counts(read(name))["rows"]


def test_facebook_pages_with_posts() -> None:
    result = read("facebook_pages.json")
    assert counts(result) == {"rows": 16, "kept": 8, "duplicates": 1, "outside": 2, "filtered": 0, "quarantined": 5}
    assert followers(result) == {
        "facebook:quietharbour": 120,
        "facebook:riverportcity": 415000,
        "facebook:yuntaipage": 900,
    }
    assert reasons(result) == [
        (3, "username", "somebody", "unknown account"),
        (8, "id", "", "unusable id"),
        (9, "created_time", "yesterday", "unusable time"),
        (10, "reactions.summary.total_count", "-3", "negative count"),
        (12, "^.username", "somebody", "unknown account"),
    ]
    assert result.seen == {"facebook:quietharbour", "facebook:riverportcity", "facebook:yuntaipage"}
    assert result.strangers == {("facebook", "somebody"): 2}


def test_the_window_is_cut_in_beijing() -> None:
    result = read("facebook_pages.json")
    times = set(result.posts["published_at"].astype(str))
    assert "2025-02-28 16:00:00+00:00" in times  # 1 March 00:00 in Beijing
    assert "2025-03-31 15:59:59+00:00" in times  # 31 March 23:59:59
    assert (result.log.first, result.log.last) == ("2025-02-28", "2025-04-01")


def test_of_the_same_post_twice_the_last_stays_and_the_difference_is_counted() -> None:
    result = read("facebook_pages.json")
    assert post(result, "901")["likes"] == 19001
    assert post(result, "901")["source_row"] == 7
    assert (result.log.duplicates, result.log.differing) == (1, 1)


def test_facebook_shares_are_absent_when_nobody_shared_and_unknown_when_not_asked_for() -> None:
    result = read("facebook_pages.json")
    assert post(result, "902")["shares"] == 0
    assert post(result, "31")[["likes", "comments", "shares"]].isna().all()
    assert post(result, "31")["text"] == "Yuntai updated its cover photo."
    assert pd.isna(post(result, "31")["url"])  # javascript: is no link
    assert result.posts[["views", "saves"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("name", "ids", "likes"),
    [
        ("facebook_feed.json", ["911", "912"], [11, 12]),
        ("facebook_post.json", ["921"], [21]),
        ("facebook_by_id.json", ["931", "932"], [31, 32]),
        ("facebook_flat.json", ["941", "942"], [290, 1]),
    ],
)
def test_facebook_in_all_its_shapes(name: str, ids: list[str], likes: list[int]) -> None:
    result = read(name)
    assert result.log.format == "facebook-graph"
    assert result.posts["post_id"].tolist() == ids
    assert result.posts["likes"].tolist() == likes
    assert set(result.posts["account_id"]) <= {"facebook:riverportcity", "facebook:yuntaipage"}


def test_the_flat_shape_says_when_it_was_counted() -> None:
    found = post(read("facebook_flat.json"), "941")
    assert str(found["counted_at"]) == "2025-04-02 00:00:00"
    assert found["text"] == "Café by the river\nsecond line"


def test_a_visitors_post_is_not_the_pages_own(tmp_path: Path) -> None:
    page = {"id": "100200300400", "username": "RiverportCity", "name": "R", "fan_count": 1}
    made = {"id": "100200300400_5", "created_time": "2025-03-02T00:00:00+0000", "message": "hi", "from": {"id": "66"}}
    result = read_text(tmp_path, json.dumps({**page, "feed": {"data": [made]}}))
    assert reasons(result) == [(1, "from.id", "66", "unknown account")]


def test_instagram() -> None:
    result = read("instagram_posts.json")
    assert counts(result) == {"rows": 6, "kept": 4, "duplicates": 0, "outside": 0, "filtered": 1, "quarantined": 1}
    assert result.log.filtered_reasons == {"the scraper found nothing there": 1}
    assert result.posts["format"].tolist() == ["photo", "carousel", "reel", "video"]
    assert pd.isna(post(result, "DAb2222222b")["likes"])  # -1: hidden
    assert pd.isna(post(result, "DAa1111111a")["views"])  # a photo has none, whatever the file says
    assert post(result, "DAc3333333c")["views"] == 1500
    assert pd.isna(post(result, "DAd4444444d")["views"])  # the file counts plays, views are another count
    assert result.posts[["shares", "saves"]].isna().all(axis=None)
    assert [reason for *_, reason in reasons(result)] == ["unknown account"]


def test_instagram_profiles() -> None:
    result = read("instagram_profiles.json")
    assert result.snapshots[["followers", "posts_total"]].to_numpy().tolist() == [[52000, 800]]
    assert result.posts.empty


def test_x_answers_one_a_line() -> None:
    result = read("x_responses.jsonl")
    assert counts(result) == {"rows": 8, "kept": 4, "duplicates": 0, "outside": 0, "filtered": 1, "quarantined": 3}
    assert result.log.filtered_reasons == {"repost of another account's post": 1}
    first = post(result, "1897000000000000001")
    assert first[["likes", "comments", "shares", "views", "saves"]].tolist() == [100, 2, 15, 12345, 6]
    assert (first["format"], first["lang"]) == ("photo", "en")
    assert first["url"] == "https://x.com/i/web/status/1897000000000000001"
    edited = post(result, "1896999999999999999")  # counted once, under its first id
    assert edited[["views", "saves", "lang"]].isna().all()
    assert [(row, reason) for row, _, _, reason in reasons(result)] == [
        (3, "not JSON"), (4, "unusable id: cut to scientific notation by Excel"), (7, "unknown account"),
    ]  # fmt: skip


def test_x_time_from_the_id_and_text_beyond_280_characters() -> None:
    found = post(read("x_responses.jsonl"), "1898000000000000001")
    assert str(found["published_at"]) == "2025-03-07 13:17:17.791000+00:00"
    assert found["text"] == "The whole long text of the post"
    assert found["account_id"] == "x:yuntai_visit"  # found by the name beside the post


def test_x_followers_bystanders_and_capture_days() -> None:
    result = read("x_responses.jsonl")
    assert result.snapshots[["account_id", "followers"]].to_numpy().tolist() == [
        ["x:riverport_city", 88000], ["x:yuntai_visit", 1201],
    ]  # fmt: skip
    assert result.snapshots["day"].astype(str).tolist() == ["2025-04-04", "2025-04-05"]  # 20:00 UTC is the next day
    assert ("x", "a_bystander") not in result.strangers


def test_x_an_answer_without_posts_still_shows_its_account(tmp_path: Path) -> None:
    user = {"id": "7001", "username": "Riverport_City", "public_metrics": {"followers_count": 5, "tweet_count": 1}}
    silent = {"data": [], "includes": {"users": [user]}, "meta": {"result_count": 0}}
    posted = {"data": [{"id": "9", "text": "t", "created_at": "2025-03-02T00:00:00Z", "author_id": "1"}]}
    result = read_text(tmp_path, "\n".join(map(json.dumps, [silent, posted])))
    assert result.seen == {"x:riverport_city"}
    mentioned = {**posted, "includes": {"users": [user]}}
    result = read_text(tmp_path, json.dumps(mentioned))
    assert result.seen == frozenset()  # a name beside somebody else's post does not show its own export
    assert followers(result) == {"x:riverport_city": 5}


def test_x_flattened_posts(tmp_path: Path) -> None:
    author = {"id": "7001", "username": "Riverport_City", "public_metrics": {"followers_count": 5, "tweet_count": 1}}
    made = {"id": "9", "text": "t", "created_at": "2025-03-02T00:00:00Z", "author_id": "7001", "author": author}
    repost = {**made, "id": "10", "referenced_tweets": [{"type": "retweeted", "id": "1"}]}
    twarc = {"__twarc": {"retrieved_at": "2025-04-02T01:00:00+00:00"}}
    result = read_text(tmp_path, "\n".join(json.dumps(one | twarc) for one in (made, repost)))
    assert result.posts[["post_id", "account_id"]].to_numpy().tolist() == [["9", "x:riverport_city"]]
    assert str(result.posts["counted_at"].iloc[0].date()) == "2025-04-02"
    assert (followers(result), result.log.filtered) == ({"x:riverport_city": 5}, 1)


def test_comments_are_not_taken_for_posts(tmp_path: Path) -> None:
    comment = {"id": "9", "text": "t", "timestamp": "2025-03-02T00:00:00Z", "username": "someone"}
    with pytest.raises(InboxError, match="no known format fits"):
        read_text(tmp_path, json.dumps({"data": [comment]}))


def test_youtube_answers_without_the_parts_needed_end_in_quarantine(tmp_path: Path) -> None:
    video = {"kind": "youtube#video", "id": "abc", "statistics": {"viewCount": "5"}}
    result = read_text(tmp_path, json.dumps({"kind": "youtube#videoListResponse", "items": [video]}))
    assert reasons(result) == [(1, "snippet.channelId", "", "names no account")]


def test_youtube() -> None:
    result = read("youtube_videos.json")
    first, second = post(result, "vid-0000001"), post(result, "vid-0000002")
    assert first[["views", "likes", "comments"]].tolist() == [45210, 812, 31]
    assert second[["likes", "comments"]].isna().all()  # switched off
    assert (first["format"], second["format"], first["url"]) == (
        "video",
        "live",
        "https://www.youtube.com/watch?v=vid-0000001",
    )
    assert reasons(result) == [
        (3, "snippet.channelId", "UCsomebodyelse000000000", "unknown account"),
        (4, "[].items[]", "", "fits no table of its format"),
    ]


def test_youtube_channels() -> None:
    result = read("youtube_channels.json")
    assert followers(result)["youtube:riverportcity"] == 123000
    assert pd.isna(followers(result)["youtube:yuntai"])  # hidden
    assert result.snapshots["posts_total"].tolist() == [410, 4]
    assert ("youtube", "UCyuntai0000000000000000") in result.learned  # the register has the handle alone


def test_tiktok() -> None:
    result = read("tiktok_posts.csv")
    assert counts(result) == {"rows": 7, "kept": 4, "duplicates": 0, "outside": 0, "filtered": 0, "quarantined": 3}
    second = post(result, "7480000000000000002")
    assert (second["likes"], second["views"]) == (1200, 1234567)
    assert pd.isna(second["saves"])
    assert "\nsecond line" in post(result, "7480000000000000001")["text"]
    assert post(result, "7480000000000000007")["source_row"] == 9  # the empty row before it is a row of the sheet
    thirtieth = post(result, "7480000000000000004")  # 30 February: the id knows better
    assert str(thirtieth["published_at"]) == "2025-03-10 02:20:14+00:00"
    assert followers(result) == {"tiktok:riverport.city": 64000}
    assert reasons(result) == [
        (4, "diggCount", "many", "unusable number"),
        (6, "authorMeta.name", "stranger", "unknown account"),
        (8, "(row)", "one cell too many", "more cells than the header"),
    ]


def test_plain_table() -> None:
    result = read("plain_posts.csv")
    first, second = post(result, "1897000000000000011"), post(result, "1897000000000000012")
    assert first[["likes", "views"]].tolist() == [19000, 146000000]
    assert (second["likes"], second["city_id"]) == (1234, "990100")
    assert second[["views", "saves"]].isna().all()
    assert post(result, "1001")["platform"] == "facebook"
    assert [reason for *_, reason in reasons(result)] == [
        "city differs from the register", "unknown platform", "unusable id: cut to scientific notation by Excel",
        "unusable time", "negative count", "unusable number",
    ]  # fmt: skip


def test_plain_accounts() -> None:
    result = read("plain_accounts.csv")
    assert followers(result) == {"x:riverport_city": 88000, "facebook:yuntaipage": 900}
    assert result.snapshots["day"].astype(str).tolist() == ["2025-04-05", "2025-04-05"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_the_plain_table_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    text = (CASES / "plain_posts.csv").read_text(encoding="utf-8-sig")
    result = read_text(tmp_path, text.encode(encoding))
    assert result.log.encoding.startswith(encoding)
    pd.testing.assert_frame_equal(
        result.posts.drop(columns="source_file"), read("plain_posts.csv").posts.drop(columns="source_file")
    )


@pytest.mark.parametrize("sign", [";", "\t"])
def test_other_separators(tmp_path: Path, sign: str) -> None:
    lines = ["平台,账号,帖文ID,发布时间(UTC),点赞数", "X,@Riverport_City,12,2025-03-04 01:00:00,5"]
    assert read_text(tmp_path, "\n".join(lines).replace(",", sign)).posts["likes"].tolist() == [5]


def test_a_handle_and_an_id_of_two_accounts_are_not_reconciled(tmp_path: Path) -> None:
    item = json.loads((CASES / "instagram_posts.json").read_text(encoding="utf-8"))[0]
    both = intake.Context(
        context().window, context().counting_date, context().register.learn({("instagram", "99"): "x:y"})
    )  # type: ignore[union-attr]
    file = tmp_path / "one.json"
    file.write_text(json.dumps([item | {"ownerId": "99"}]), encoding="utf-8")
    result = intake.read_file(file, known_formats(), both)
    assert [reason for *_, reason in reasons(result)] == ["handle and id belong to two accounts"]


def test_the_later_counting_day_wins_wherever_it_stands(tmp_path: Path) -> None:
    head = "平台,账号,帖文ID,发布时间(UTC),点赞数,统计日期\n"
    rows = [f"X,@Riverport_City,{post},2025-03-04,{likes},{day}\n" for post, likes, day in
            [(1, 9, "2025/4/9"), (1, 5, "2025/4/2"), (2, 3, "2025/4/2"), (2, 3, "2025/4/2")]]  # fmt: skip
    result = read_text(tmp_path, head + "".join(rows))
    assert result.posts[["post_id", "likes", "source_row"]].to_numpy().tolist() == [["1", 9, 2], ["2", 3, 5]]
    assert (result.log.duplicates, result.log.differing) == (2, 1)


def test_records_that_are_no_objects_are_quarantined(tmp_path: Path) -> None:
    items = json.loads((CASES / "instagram_posts.json").read_text(encoding="utf-8"))[:1]
    result = read_text(tmp_path, json.dumps([None, "text", *items, [1]]))
    assert counts(result)["kept"] == 1
    assert [reason for *_, reason in reasons(result)] == ["not an object"] * 3


def test_hostile_values_end_in_quarantine_as_harmless_text(tmp_path: Path) -> None:
    items = json.loads((CASES / "instagram_posts.json").read_text(encoding="utf-8"))[:1]
    bad = items[0] | {"shortCode": "../../etc\x00\ud83d passwd", "url": "x", "id": {"a": 1}}
    result = read_text(tmp_path, json.dumps([*items, bad]))
    assert reasons(result) == [(2, "shortCode", "../../etc passwd", "unusable id")]
    tables.check(result.quarantine, "quarantine").to_parquet(tmp_path / "q.parquet")


def test_values_in_quarantine_are_cut() -> None:
    assert reading.LONGEST_VALUE == 200


def test_a_damaged_sheet_name_is_told_in_one_readable_line(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    book.add_sheet("Sheet\x1e1").write(0, 0, "nobody's heading")
    book.save(tmp_path / "odd.xls")
    with pytest.raises(InboxError, match="Sheet1: no known format fits") as caught:
        intake.read_file(tmp_path / "odd.xls", intake.load_formats(), intake.Context())
    assert str(caught.value).isprintable()


def test_dates_that_a_late_row_decides_are_read_anew_and_no_row_stands_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches that were read before the first date with two meanings are forgotten, not kept beside the new ones."""
    days = ["03/03/2025"] * 6000 + ["04/03/2025"] * 3 + ["13/03/2025"]
    rows = [f"X平台,@Riverport_City,{1_896_000_000_000_000_000 + n},{day},{n}" for n, day in enumerate(days)]
    monkeypatch.setattr(delimited, "PIECE", 100_000)
    result = read_text(tmp_path, "\n".join(["平台,账号,帖文ID,发布时间(北京时间),点赞数", *rows]) + "\n")
    assert counts(result) == {
        "rows": 6004,
        "kept": 6004,
        "duplicates": 0,
        "outside": 0,
        "filtered": 0,
        "quarantined": 0,
    }
    found = result.posts["published_at"].dt.tz_convert("Asia/Shanghai").dt.strftime("%m-%d").value_counts()
    assert found.to_dict() == {"03-03": 6000, "03-04": 3, "03-13": 1} and result.posts["post_id"].is_unique
