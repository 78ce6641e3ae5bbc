"""The project's own plain tables: every spelling that staff use, how dates, zones and unknown figures are written."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from intake_cases import read_text

from cityreach import intake, registry
from cityreach.intake.formats import Format, Source

PLAIN = ("plain-posts", "plain-accounts", "plain-totals")
POST = "平台,账号,帖文ID,{head},点赞数\nX,Riverport_City,1,{time},{likes}\n"


def formats() -> dict[str, Format]:
    return {one.id: one for one in intake.load_formats()}


def source(name: str, field: str) -> Source:
    return formats()[name].tables[0].fields[field][0]


def published(folder: Path, head: str, time: str) -> pd.Timestamp:
    result = read_text(folder, POST.format(head=head, time=time, likes=3))
    assert (result.log.format, result.log.kept, result.log.quarantined) == ("plain-posts", 1, 0)
    found: pd.Timestamp = result.posts["published_at"].iloc[0]
    return found


def test_the_three_tables_know_the_same_platforms_and_words_for_unknown() -> None:
    assert len({str(source(name, "platform").values) for name in PLAIN}) == 1
    assert len({formats()[name].missing for name in PLAIN}) == 1
    assert {"无", "暂无", "未公布", "/"} <= set(formats()["plain-posts"].missing)


def test_every_platform_is_known_by_its_id_and_both_its_names() -> None:
    words = {word.casefold(): ours for word, ours in (source("plain-posts", "platform").values or {}).items()}
    for name, platform in registry.load().platforms.items():
        assert {words[each.casefold()] for each in (name, platform.name.zh, platform.name.en)} == {name}
    assert (words["领英"], words["twitch"]) == ("linkedin", "twitch")


@pytest.mark.parametrize("name", PLAIN)
def test_a_header_means_one_column_only(name: str) -> None:
    """No spelling stands for two of our columns, except a day that a table has once and a link that holds the id."""
    seen: dict[str, str] = {}
    for field, sources in formats()[name].tables[0].fields.items():
        for spelling in {path.casefold() for one in sources if not one.extract for path in one.paths}:
            assert seen.setdefault(spelling, field) == field, spelling


@pytest.mark.parametrize(
    "time",
    ["2025-03-24 08:05", "2025/3/24 8:05", "2025/03/24 08:05:00", "2025年3月24日 8:05", "2025-03-24T08:05:00+08:00"],
)
@pytest.mark.parametrize("head", ["发布时间(北京时间)", "发布时间（北京时间）", "发布时间", "published_at"])
def test_a_time_without_a_zone_is_beijings(tmp_path: Path, head: str, time: str) -> None:
    assert str(published(tmp_path, head, time)) == "2025-03-24 00:05:00+00:00"


@pytest.mark.parametrize("time", ["2025-03-24 08:05", "2025/3/24 8:05", "2025年3月24日 8:05"])
@pytest.mark.parametrize("head", ["发布时间(UTC)", "published_at_utc", "Date (GMT)"])
def test_a_header_that_names_utc_is_utc(tmp_path: Path, head: str, time: str) -> None:
    assert str(published(tmp_path, head, time)) == "2025-03-24 08:05:00+00:00"


@pytest.mark.parametrize("day", ["2025-03-24", "2025/3/24", "2025.3.24", "2025年3月24日"])
def test_a_bare_day_is_that_day_in_beijing(tmp_path: Path, day: str) -> None:
    assert f"{published(tmp_path, '发布时间', day).tz_convert('Asia/Shanghai'):%Y-%m-%d}" == "2025-03-24"


@pytest.mark.parametrize("name", PLAIN)
def test_dates_whose_order_is_in_doubt_are_apart_from_the_others(name: str) -> None:
    """Years in front prove nothing about 03/04/2025, so the two never share a list of patterns."""
    fields = formats()[name].tables[0].fields
    both = [one for sources in fields.values() for one in sources if one.or_patterns]
    assert both and all("%Y" not in pattern[:2] for one in both for pattern in (*one.patterns, *one.or_patterns))


@pytest.mark.parametrize("word", ["", "无", "暂无", "未公布", "/", "-", "N/A"])
def test_an_unknown_figure_stays_unknown(tmp_path: Path, word: str) -> None:
    result = read_text(tmp_path, POST.format(head="发布时间", time="2025-03-24", likes=word))
    assert result.log.kept == 1 and result.posts["likes"].isna().all()


def test_accounts_by_handle_or_id_in_either_language(tmp_path: Path) -> None:
    for text in (
        "社交平台,账号名称,订阅人数,采集日期\n油管,riverportcity,1.2万,2025/4/5\n",
        "network,uid,subscribers,day\nYouTube,UCriverport00000000000AB,12K,2025-04-05\n",
    ):
        result = read_text(tmp_path, text)
        assert result.log.format == "plain-accounts"
        assert result.snapshots["account_id"].tolist() == ["youtube:riverportcity"]
        assert result.snapshots["followers"].tolist() == [12_000]
    assert formats()["plain-accounts"].tables[0].precision == "typed"


def test_a_table_of_accounts_with_a_city_and_posts_is_one_of_accounts(tmp_path: Path) -> None:
    result = read_text(tmp_path, "平台,城市,账号,粉丝数,发帖数\nX,河港,Riverport_City,900,12\n")
    assert (result.log.format, result.log.kept) == ("plain-accounts", 1)


LINKED = (  # platform, account, link up to the id, the id, what follows it
    ("X", "Riverport_City", "x.com/Riverport_City/status/", "1897225572971446273", ""),
    ("照片墙（Instagram）", "river.port", "www.instagram.com/river.port/reel/", "DGq2bqRSzBy", "/?igsh=1"),
    ("抖音国际版（TikTok）", "riverport.city", "www.tiktok.com/@riverport.city/video/", "7477700000000000001", ""),
    ("YouTube/油管", "riverportcity", "www.youtube.com/watch?app=d&v=", "abcdefghijk", ""),
    ("油管", "riverportcity", "youtu.be/", "abcdefghijl", "?si=1"),
    ("YouTube频道", "riverportcity", "www.youtube.com/shorts/", "abcdefghijm", ""),
    ("Facebook（脸书）", "RiverportCity", "www.facebook.com/RiverportCity/posts/some-words/", "12345678901", "/"),
    ("脸书", "RiverportCity", "www.facebook.com/permalink.php?story_fbid=", "12345678902", "&id=1"),
    ("Facebook", "RiverportCity", "www.facebook.com/RiverportCity/photos/a.111/", "12345678903", "/"),
    ("FB", "RiverportCity", "www.facebook.com/watch/?v=", "12345678904", ""),
    ("领英", "riverport", "www.linkedin.com/posts/riverport_x-activity-", "7306192134921519107", "-EGae"),
    ("Twitch", "riverport_city", "www.twitch.tv/videos/", "335921245", ""),
)


def test_a_post_may_be_known_by_its_link_alone(tmp_path: Path) -> None:
    links = [(*one, f"https://{head}{post}{tail}") for *one, head, post, tail in LINKED]
    rows = "".join(f"{name},{who},2025-03-24,{link},5\n" for name, who, link in links)
    result = read_text(tmp_path, f"平台,账号,发布时间,帖文链接,点赞数\n{rows}")
    assert (result.log.format, result.log.quarantined) == ("plain-posts", 0)
    assert result.posts.sort_values("source_row")["post_id"].tolist() == [post for *_, post, _ in LINKED]


@pytest.mark.parametrize("link", ["见附件", "https://www.facebook.com/RiverportCity/posts/pfbid0abcDEF"])
def test_a_link_without_an_id_is_refused(tmp_path: Path, link: str) -> None:
    result = read_text(tmp_path, f"平台,账号,发布时间,帖文链接,赞\n脸书,RiverportCity,2025-03-24,{link},1\n")
    assert result.quarantine[["value", "reason"]].to_numpy().tolist() == [[link, "unusable id"]]


def test_a_table_of_accounts_with_links_is_one_of_accounts(tmp_path: Path) -> None:
    text = "平台,账号,链接,日期,粉丝数\nX,Riverport_City,https://x.com/Riverport_City,2025-04-05,900\n"
    result = read_text(tmp_path, text)
    assert (result.log.format, result.snapshots["followers"].tolist()) == ("plain-accounts", [900])


def test_an_id_cut_by_excel_comes_back_out_of_the_link(tmp_path: Path) -> None:
    link = "https://x.com/Riverport_City/status/1897225572971446273"
    result = read_text(tmp_path, f"平台,账号,帖文ID,发布时间,链接\nX,Riverport_City,1.89723E+18,2025-03-24,{link}\n")
    assert result.posts["post_id"].tolist() == ["1897225572971446273"]


@pytest.mark.parametrize(
    ("head", "cell", "likes"),
    [
        ("点赞数（次）", "12", 12),
        ("点 赞 数：", "12", 12),
        ("点赞数（万）", "1.9", 19_000),
        ("点赞量(万)", "0", 0),
        ("点赞数（万）", "1.9万", 19_000),  # the unit in both places is still one unit
        ("点赞数（万）", "—", None),
    ],
)
def test_what_a_header_says_about_its_figures(tmp_path: Path, head: str, cell: str, likes: int | None) -> None:
    result = read_text(tmp_path, f"平 台,账 号,帖文ID,发布时间,{head}\nX,Riverport_City,1,2025-03-24,{cell}\n")
    assert result.log.kept == 1
    assert result.posts["likes"].astype(object).where(result.posts["likes"].notna(), None).tolist() == [likes]


def test_figures_in_ten_thousands_are_rounded(tmp_path: Path) -> None:
    accounts = read_text(tmp_path, "平台,账号,粉丝数（万）,统计日期\nX,Riverport_City,1.9,2025年4月5日\n")
    assert accounts.snapshots[["followers", "precision"]].to_numpy().tolist() == [[19_000, "rounded"]]
    totals = read_text(tmp_path, "平台,城市,发帖数,点赞数（万）\nX,河港,12,3.4\n总计,,12,3.4\n")
    assert totals.totals["likes"].tolist() == [34_000] and totals.log.filtered == 1


@pytest.mark.parametrize(
    ("time", "utc"),
    [
        ("2025-03-24 上午8:05", "00:05"),
        ("2025/3/24 下午 03:05", "07:05"),
        ("2025年3月24日下午3:05", "07:05"),
        ("2025-03-24 下午12:05", "04:05"),
        ("2025年3月24日 星期一 8:05", "00:05"),
        ("2025年3月24日（周一）", "04:00"),
        ("2025年3月24日20点30分", "12:30"),
        ("2025年3月24号", "04:00"),
        ("20250324", "04:00"),
        ("2025-03-24 8:05 PM", "12:05"),
        ("2025-03-24 08:05 (UTC+8)", "00:05"),
    ],
)
def test_times_as_they_are_typed_in_china(tmp_path: Path, time: str, utc: str) -> None:
    assert f"{published(tmp_path, '发布时间', time):%Y-%m-%d %H:%M}" == f"2025-03-24 {utc}"


@pytest.mark.parametrize("time", ["3月24日", "昨天 08:05", "2025-03-24 08:05 CST", "2025年3月24日晚8点", "25/3/24"])
def test_a_time_that_may_be_several_is_refused(tmp_path: Path, time: str) -> None:
    result = read_text(tmp_path, POST.format(head="发布时间", time=time, likes=3))
    assert result.quarantine["reason"].tolist() == ["unusable time"]


@pytest.mark.parametrize("word", ["——", "暂无数据", "隐藏", "#N/A", "\\"])
def test_more_words_for_an_unknown_figure(tmp_path: Path, word: str) -> None:
    result = read_text(tmp_path, POST.format(head="发布时间", time="2025-03-24", likes=word))
    assert result.log.kept == 1 and result.posts["likes"].isna().all()


@pytest.mark.parametrize("number", ["约1.2万", "1234次", "#VALUE!", "五百", "12,34"])
def test_a_figure_that_is_no_number_is_refused(tmp_path: Path, number: str) -> None:
    result = read_text(tmp_path, POST.format(head="发布时间", time="2025-03-24", likes=f'"{number}"'))
    assert result.quarantine["reason"].tolist() == ["unusable number"]


def test_sums_and_remarks_below_the_rows_are_left_out(tmp_path: Path) -> None:
    text = (
        "2025年3月帖文统计表,,,,\n平台,账号,帖文ID,发布时间,点赞数\nX,Riverport_City,1,2025-03-24,5\n"
        "合计,,,,5\n注：数据截至4月5日,,,,\n"
    )
    result = read_text(tmp_path, text)
    assert result.log.filtered_reasons == {"line of totals": 1, "remark below the table": 1}
    assert (result.log.kept, result.log.quarantined) == (1, 0)


@pytest.mark.parametrize("name", ["抖音", "微博", "Threads"])
def test_other_platforms_are_refused(tmp_path: Path, name: str) -> None:
    result = read_text(tmp_path, f"平台,账号,帖文ID,发布时间\n{name},Riverport_City,1,2025-03-24\n")
    assert result.quarantine["reason"].tolist() == ["unknown platform"]


@pytest.mark.parametrize(
    ("heads", "cells"),
    [
        ("账号", "https://x.com/Riverport_City?s=20"),
        ("账号", "＠Riverport_City"),
        ("账号名称,主页链接", "河港发布,https://www.twitter.com/Riverport_City/"),
        ("主页链接", "x.com/@riverport_city"),
    ],
)
def test_an_account_may_be_known_by_its_link(tmp_path: Path, heads: str, cells: str) -> None:
    result = read_text(tmp_path, f"平台,{heads},粉丝数\nX,{cells},900\n")
    assert (result.log.format, result.snapshots["account_id"].tolist()) == ("plain-accounts", ["x:riverport_city"])
    posts = read_text(tmp_path, f"平台,{heads},帖文ID,发布时间\nX,{cells},1,2025-03-24\n")
    assert posts.posts["account_id"].tolist() == ["x:riverport_city"]


def test_a_name_that_is_no_handle_is_refused(tmp_path: Path) -> None:
    result = read_text(tmp_path, "平台,账号名称,粉丝数\nX,河港发布,900\n")
    assert result.quarantine[["value", "reason"]].to_numpy().tolist() == [["河港发布", "unknown account"]]
