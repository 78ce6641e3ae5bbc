"""LinkedIn, Twitch, tools for several networks: other languages, workbooks, scrapers, answers (invented content)."""

from __future__ import annotations

from pathlib import Path

import pytest
from intake_cases import context, counts, export, figures, known_formats, read_text, reasons
from workbooks import KINDS, description, write

from cityreach import intake
from cityreach.errors import InboxError

QUAY = ("7306192134921519107", "2025-03-14 05:59:07")
COUNTS = ("likes", "comments", "shares")


def book(tmp_path: Path, name: str, kind: str = "xls") -> intake.FileResult:
    """A described workbook in the folder of the page."""
    file = write(tmp_path / "linkedin@riverport" / f"{name}.{kind}", description(name))
    return intake.read_file(file, known_formats(), context())


@pytest.mark.parametrize("kind", KINDS)
def test_linkedin_page_in_portuguese_and_spanish(tmp_path: Path, kind: str) -> None:
    portuguese, spanish = (book(tmp_path, name, kind) for name in ("linkedin_pt", "linkedin_es"))
    shown = ("format", *COUNTS, "views", "impressions")
    assert figures(portuguese, *shown) == [(*QUAY, "video", 5, 1, 2, 20, 100)]
    assert figures(spanish, *shown) == [("7300000000000000002", "2025-03-12 12:00:00", None, 5, 1, 2, None, 100)]
    for result in (portuguese, spanish):
        assert [log.filtered for log in result.logs] == [1, 0] and result.quarantine.empty


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("linkedin_followers", "followers won per day, not the page's followers"),
        ("linkedin_visitors", "visitors per day"),
        ("linkedin_competitors", "pages by their titles, which name no account"),
    ],
)
def test_linkedin_workbooks_without_posts_are_left_out(tmp_path: Path, name: str, why: str) -> None:
    """What LinkedIn calls total followers is never taken for the followers of the page."""
    result = book(tmp_path, name, "xlsx")
    assert {log.format for log in result.logs} == {"linkedin-page"}
    assert why in result.logs[0].filtered_reasons
    assert result.snapshots.empty and all(log.filtered == log.rows for log in result.logs)


@pytest.mark.parametrize(
    "heads",
    [
        "Data,Follower sponsorizzati,Follower organici,Follower invitati automaticamente,Follower totali",
        "Data,Impressioni (organiche),Impressioni (totale),Reazioni (organiche),Reazioni (totale)",
        "Data,Totale visualizzazioni della pagina (totale),Totale visitatori unici (totale),x,y",
    ],
)
def test_linkedin_days_in_italian_are_left_out(tmp_path: Path, heads: str) -> None:
    log = read_text(tmp_path, f"{heads}\n03/10/2025,0,4,1,5\n").log
    assert (log.format, log.filtered) == ("linkedin-page", 1)


def test_linkedin_apify_as_a_table_and_under_posts() -> None:
    table, wrapped = export("linkedin_posts_table.csv"), export("linkedin_posts_wrapped.json")
    assert figures(table, "format", *COUNTS) == [
        (*QUAY, "photo", 7, 0, 0),
        ("7306554522786991177", "2025-03-15 05:59:07", "text", 0, 0, 0),  # figures that are zero stand nowhere
    ]
    assert figures(wrapped, *COUNTS) == [(*QUAY, 7, 0, 1)]
    for result in (table, wrapped):
        assert result.snapshots["followers"].tolist() == [1046]


def test_linkedin_of_another_scraper() -> None:
    result = export("linkedin_posts_other.json")
    assert (result.log.format, result.log.filtered_reasons) == (
        "linkedin-apify", {"repost of another account's post": 1},
    )  # fmt: skip
    assert figures(result, "account_id", "format", *COUNTS) == [(*QUAY, "linkedin:riverport", "video", 3, 0, 1)]
    assert result.snapshots[["account_id", "followers"]].to_numpy().tolist() == [["linkedin:riverport", 4146]]


def test_twitch_followers_with_their_names() -> None:
    result = export("twitch@riverport_city/followers_named.json")
    assert result.snapshots["followers"].tolist() == [8150] and result.log.rows == 2


@pytest.mark.parametrize("name", ["subscriptions", "chatters"])
def test_twitch_totals_of_something_else_are_no_followers(name: str) -> None:
    result = export(f"twitch@riverport_city/{name}.json")
    assert result.snapshots.empty
    assert result.log.filtered_reasons == {"subscribers or viewers in the chat, not followers": 1}


def test_twitch_subscriptions_of_nobody_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InboxError, match="no known format fits"):
        read_text(tmp_path, '{"data": [], "pagination": {}, "total": 0, "points": 0}')


def test_twitch_videos_taken_out_of_their_answer() -> None:
    assert figures(export("twitch_videos_list.json"), "format", "views", "likes") == [
        ("335921245", "2025-03-05 10:00:00", "live", 100, None)
    ]
    for name in ("twitch_channels.json", "twitch_clips.json"):
        assert export(name).log.filtered == 1


def test_sprout_social_takes_times_from_the_links_alone() -> None:
    """Its clock is nowhere said: what has no time in its id is refused."""
    result = export("sprout_posts.csv")
    assert counts(result) == {"rows": 4, "kept": 2, "duplicates": 0, "outside": 0, "filtered": 1, "quarantined": 1}
    assert figures(result, "account_id", "format", *COUNTS, "views", "impressions", "reach", "saves") == [
        ("1897225572971446273", "2025-03-05 10:00:00", "x:riverport_city", "photo", 31, 3, 6, None, 1204, None, None),
        ("DGq2bqRSzBx", "2025-03-01 20:06:48", "instagram:river.port", "reel", 40, 2, 1, None, 900, 700, 5),
    ]
    assert [reason for *_, reason in reasons(result)] == ["unusable time"]
    days = export("sprout_profiles.csv").log
    assert (days.format, days.filtered_reasons) == ("sprout-posts", {"daily totals of a profile by its name": 1})
