"""X in other languages and generations of its exports, and in other wrappings of its answers (invented content)."""

from __future__ import annotations

from pathlib import Path

import pytest
from intake_cases import EXPORTS, context, counts, export, figures, known_formats, read_text, reasons

from cityreach import intake
from cityreach.errors import InboxError

FIGURES = ("likes", "comments", "shares", "views", "impressions", "saves")
MORNING, NOON = "1897225572971446273", "1897610610078646273"
AT, LATER = "2025-03-05 10:00:00", "2025-03-06 11:30:00"
BARE = {"rows": 2, "kept": 1, "duplicates": 0, "outside": 0, "filtered": 1, "quarantined": 0}
REPOST = {"repost of another account's post": 1}


def test_x_analytics_in_spanish_and_portuguese() -> None:
    spanish = export("x_analytics_es.csv")
    assert figures(spanish, *FIGURES) == [(MORNING, AT, 31, 3, 6, None, 1204, 2)]
    assert spanish.log.filtered_reasons == {"empty row of the platform (/status/undefined)": 1}
    portuguese = export("x_analytics_pt.csv")  # the id is cut by Excel, shares by message (7) are not reposts
    assert figures(portuguese, *FIGURES) == [(NOON, LATER, 5, 2, 4, None, 90, 1)]
    assert {spanish.log.format, portuguese.log.format} == {"x-analytics-content"}


@pytest.mark.parametrize("name", ["x_overview_ja.csv", "x_overview_pt.csv", "x_video_overview.csv"])
def test_x_days_in_other_languages_are_left_out(name: str) -> None:
    log = export(name).log
    assert (log.format, log.filtered) == ("x-analytics-overview", log.rows)


@pytest.mark.parametrize("kind", ["2015", "ja", "fr", "pt"])
def test_x_tweet_activity_in_other_languages(kind: str) -> None:
    result = export(f"x_tweet_activity_{kind}.csv")
    assert figures(result, *FIGURES) == [(MORNING, AT, 21, 3, 4, None, 354, None)]
    assert set(result.posts["time_source"]) == {"field"}


def test_x_tweet_activity_by_day_in_japanese_is_left_out() -> None:
    assert export("x_tweet_activity_daily_ja.csv").log.filtered_reasons == {"daily totals of an account, no posts": 1}


def test_x_posts_taken_out_of_their_answers() -> None:
    assert figures(export("x_api_list.json"), *FIGURES) == [
        (MORNING, AT, 21, 3, 5, 354, None, 2),
        (NOON, LATER, 21, 3, 5, 0, 777, 2),  # views of nobody are 0; the owner's own figure stands apart
    ]


def test_x_counts_no_views_before_december_2022() -> None:
    result = intake.read_file(EXPORTS / "x_api_old.jsonl", known_formats(), intake.Context())
    assert figures(result, "likes", "views") == [
        ("1576119725061046273", "2022-10-01 08:00:00", 21, None),
        (MORNING, AT, 21, 354),
    ]


def test_x_users_taken_out_of_their_answers() -> None:
    assert export("x_api_users.json").snapshots[["followers", "posts_total"]].to_numpy().tolist() == [[12350, 680]]


def test_x_answers_that_hold_nothing_are_left_out() -> None:
    for name in ("x_api_nothing.json", "x_api_errors.json"):
        log = export(name).log
        assert (log.format, log.rows, log.filtered) == ("x-api", 1, 1)


def test_x_timeline_that_names_no_account_takes_it_from_the_folder(tmp_path: Path) -> None:
    name = "x@riverport_city/x_timeline.json"
    result = export(name)
    assert counts(result) == BARE and result.log.filtered_reasons == REPOST  # known by its RT
    assert figures(result, "account_id", "likes") == [(MORNING, AT, "x:riverport_city", 21)]
    elsewhere = read_text(tmp_path, (EXPORTS / name).read_bytes())
    assert reasons(elsewhere) == [(1, "", "names no account")]


def test_x_api_v1_search_and_stream() -> None:
    search = export("x_v1_search.json")
    assert (search.log.format, search.log.filtered_reasons) == ("x-v1-api", REPOST)
    assert figures(search, "format", "text", *FIGURES) == [
        (MORNING, AT, "photo", "Boats at noon", 21, None, 4, None, None, None)
    ]
    assert search.snapshots[["followers", "posts_total"]].to_numpy().tolist() == [[12350, 680]]
    assert figures(export("x_v1_stream.jsonl"), "text", "comments", "shares") == [
        (NOON, LATER, "Boats all along the quay", 3, 5)
    ]


def test_x_api_v1_users_are_no_page_of_facebook() -> None:
    result = export("x_v1_users.json")
    assert (result.log.format, result.snapshots["account_id"].tolist()) == ("x-v1-api", ["x:riverport_city"])


@pytest.mark.parametrize("name", ["x_v1_twarc.csv", "x@riverport_city/x_v1_archive.json"])
def test_x_api_v1_as_a_table_and_out_of_an_archive(name: str) -> None:
    result = export(name)
    assert counts(result) == BARE and result.log.filtered_reasons == REPOST
    assert figures(result, "account_id", "likes", "shares") == [(MORNING, AT, "x:riverport_city", 21, 4)]


def test_x_twarc_table_saved_by_pandas(tmp_path: Path) -> None:
    """An edited post keeps its first id, whichever quotation marks stand around it."""
    text = (
        ",id,author_id,created_at,text,public_metrics.like_count,public_metrics.retweet_count,edit_history_tweet_ids\n"
        f"0,{NOON},7001,2025-03-06T11:30:00.000Z,Boats,21.0,4.0,\"['{MORNING}', '{NOON}']\"\n"
    )
    assert figures(read_text(tmp_path, text), "likes", "shares") == [(MORNING, LATER, 21, 4)]


def test_x_archive_as_the_script_that_it_is(tmp_path: Path) -> None:
    (tmp_path / "x@riverport_city").mkdir()
    posts = (EXPORTS / "x@riverport_city" / "x_v1_archive.json").read_bytes()
    result = read_text(tmp_path / "x@riverport_city", b"window.YTD.tweets.part0 = " + posts)
    assert (result.log.format, figures(result, "likes")) == ("x-v1-api", [(MORNING, AT, 21)])
    with pytest.raises(InboxError, match="not valid JSON"):
        read_text(tmp_path, "window.YTD.tweets.part0 = [broken")


@pytest.mark.parametrize(("name", "shown"), [("x_apify.json", 2), ("x_apify_pages.json", 1), ("x_apify.csv", 1)])
def test_x_apify(name: str, shown: int) -> None:
    result = export(name)
    assert (result.log.format, result.log.rows, result.log.filtered) == ("x-apify", shown, shown - 1)
    assert figures(result, *FIGURES) == [(MORNING, AT, 21, 3, 5, 354, None, 2)]
    assert result.snapshots[["account_id", "followers"]].to_numpy().tolist() == [["x:riverport_city", 12350]]
    assert intake.read_file(EXPORTS / name, known_formats(), context()).quarantine.empty
