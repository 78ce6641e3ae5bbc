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
    """No spelling stands for two of our columns, except a day that a table has but once."""
    seen: dict[str, str] = {}
    for field, sources in formats()[name].tables[0].fields.items():
        for spelling in {path.casefold() for one in sources for path in one.paths}:
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
