"""Invented exports in the shapes of what YouTube, TikTok and Twitch give out."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from intake_cases import context, counts, export, figures, known_formats, reasons

from cityreach import intake

FIGURES = ("likes", "comments", "shares", "views")


def test_youtube_studio() -> None:
    result = export("youtube@riverportcity/Table data.csv")
    assert counts(result) == {"rows": 7, "kept": 3, "duplicates": 0, "outside": 1, "filtered": 1, "quarantined": 2}
    assert result.log.filtered_reasons == {"row of totals": 1}
    assert figures(result, *FIGURES, "impressions") == [
        ("rvP0000_a1A", "2025-03-18 19:00:00", 100, 12, 8, 4632, 37864),  # noon of the Pacific day
        ("-vP0000-b2B", "2025-03-01 20:00:00", 20, 2, 1, 470, 100),
        ("rvP0000_c3C", "2025-03-30 19:00:00", None, None, None, None, 312),
    ]  # noon of 31 March there is 1 April in Beijing: outside
    assert reasons(result) == [(6, "#NAME?", "unusable id"), (8, "", "unusable time")]
    assert set(result.posts["account_id"]) == {"youtube:riverportcity"}


def test_youtube_studio_out_of_excel_and_in_chinese() -> None:
    assert figures(export("youtube@riverportcity/resaved.csv"), *FIGURES) == [
        ("rvP0000_e5E", "2025-03-02 20:00:00", 78, 7, 33, 3281)
    ]
    chinese = export("youtube@riverportcity/表格数据.csv")
    assert figures(chinese, "views", "impressions") == [("rvP0000_f6F", "2025-03-20 19:00:00", 900, 2000)]
    assert chinese.log.filtered == 1


def test_youtube_by_products_are_left_out() -> None:
    for name, reason in (
        ("youtube_geography.csv", "viewers by country"),
        ("youtube_totals.csv", "daily totals of an account, no posts"),
        ("youtube_chart.csv", "figures per video and day"),
        ("youtube_sources.csv", "viewers by source, age or gender"),
    ):
        result = export(name)
        assert (result.log.format, list(result.log.filtered_reasons)) == ("youtube-studio", [reason])
        assert result.log.filtered == result.log.rows


def test_yt_dlp() -> None:
    result = export("youtube_yt_dlp.json")
    assert figures(result, "format", *FIGURES) == [("rvP0000_g7G", "2025-03-04 03:00:00", "video", 30, 4, None, 900)]
    assert result.snapshots[["account_id", "followers", "precision"]].to_numpy().tolist() == [
        ["youtube:riverportcity", 123000, "rounded"]
    ]


def test_tiktok_content() -> None:
    result = export("tiktok_content.csv")
    assert figures(result, "format", *FIGURES) == [
        ("7478268670632787973", "2025-03-05 10:21:48", "video", 533, 32, 16, 191265),
        ("7478497158597967877", "2025-03-06 01:08:27", "carousel", 109, 7, 31, None),
    ]
    assert result.posts["counted_at"].astype(str).tolist() == ["2025-04-02"] * 2  # the column Time has no year
    assert [reason for *_, reason in reasons(result)] == ["names no account", "unknown account"]


def test_tiktok_followers_have_days_without_a_year() -> None:
    result = export("tiktok@riverport.city/FollowerHistory.csv")
    rows = result.snapshots[["account_id", "day", "followers", "precision"]].astype(str).to_numpy().tolist()
    assert rows == [
        ["tiktok:riverport.city", "2024-04-06", "4000", "exact"],  # not after the counting date: last year's
        ["tiktok:riverport.city", "2025-03-31", "4996", "exact"],
        ["tiktok:riverport.city", "2025-04-04", "5001", "exact"],
    ]
    assert result.log.filtered_reasons == {"TikTok shows no follower count for that day": 1}


@pytest.mark.parametrize(
    ("written", "day"),
    [("March 8", "03-08"), ("8 March", "03-08"), ("8 de marzo", "03-08"), ("8 de março", "03-08"), ("8 mars", "03-08"),
     ("8. März", "03-08"), ("3月8日", "03-08"), ("4 April", "04-04")],
)  # fmt: skip
def test_days_are_read_in_the_language_of_the_account(tmp_path: Path, written: str, day: str) -> None:
    text = f"Date,Followers,Difference in followers from previous day\n{written},100,0\n"
    file = tmp_path / "tiktok@riverport.city" / "FollowerHistory.csv"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    found = intake.read_file(file, known_formats(), context()).snapshots
    assert found["day"].dt.strftime("%Y-%m-%d").tolist() == [f"2025-{day}"]


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_history_of_a_year_that_was_exported_before_the_counting_date(tmp_path: Path, newest_first: bool) -> None:
    days = pd.date_range("2024-04-02", "2025-04-01")  # counted on 5 April: the first rows are of last year
    rows = [f"{day:%B} {day.day},{1000 + place},1" for place, day in enumerate(days)]
    file = tmp_path / "tiktok@riverport.city" / "FollowerHistory.csv"
    file.parent.mkdir()
    rows = rows[::-1] if newest_first else rows
    file.write_text("\n".join(["Date,Followers,Difference in followers from previous day", *rows]), encoding="utf-8")
    found = intake.read_file(file, known_formats(), context()).snapshots.set_index("day")["followers"]
    assert (len(found), found["2024-04-02"], found["2025-04-01"]) == (365, 1000, 1364)
    assert found.index.max() == pd.Timestamp("2025-04-01")


def test_tiktok_tables_of_no_use() -> None:
    for name in ("overview", "viewers", "activity", "gender", "territories"):
        result = export(f"tiktok_{name}.csv")
        assert (result.log.format, result.log.filtered) == ("tiktok-studio", result.log.rows)


def test_tiktok_apis() -> None:
    assert figures(export("tiktok_research.json"), *FIGURES, "saves") == [
        ("7479623698454937605", "2025-03-09 02:00:00", 40, 3, 2, 900, 6)
    ]
    assert figures(export("tiktok_display.json"), *FIGURES) == [
        ("7479994783629312005", "2025-03-10 02:00:00", 41, 3, 2, 901)
    ]
    profile = export("tiktok@riverport.city/user_info.json")
    assert profile.snapshots[["account_id", "followers", "posts_total"]].to_numpy().tolist() == [
        ["tiktok:riverport.city", 64200, 210]
    ]


def test_twitch() -> None:
    result = export("twitch_videos.json")
    assert figures(result, "account_id", "format", *FIGURES) == [
        ("2240001", "2025-03-22 02:00:00", "twitch:riverport_city", "live", None, None, None, 4924)
    ]
    followers = export("twitch@riverport_city/followers.json").snapshots
    assert followers[["account_id", "followers"]].to_numpy().tolist() == [["twitch:riverport_city", 8150]]


def test_twitch_answers_of_no_use() -> None:
    found = {name: list(export(f"twitch_{name}.json").log.filtered_reasons) for name in ("users", "streams", "follows")}
    assert found == {
        "users": ["users, without followers"],
        "streams": ["viewers of the moment"],
        "follows": ["who follows whom"],
    }
