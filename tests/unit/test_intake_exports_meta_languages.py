"""Business Suite exports in other languages, by day, and with chosen figures: invented rows under real headers."""

from __future__ import annotations

from pathlib import Path

import pytest
from intake_cases import EXPORTS, counts, export, figures, read_text, reasons

LIKES = ("likes", "comments", "shares", "views", "reach")
SAVES = ("likes", "comments", "shares", "saves", "views", "reach")
BY_DAY = "figures of one day, not of the post's whole life"
STORY = "story, gone after a day"


@pytest.mark.parametrize(
    ("name", "first", "form"),
    [
        ("es", "122100000000000031", "photo"),
        ("fr", "122100000000000033", "photo"),
        ("sv", "122100000000000041", "other"),
        ("zh_hant", "122100000000000034", "photo"),
    ],
)
def test_facebook_in_other_languages(name: str, first: str, form: str) -> None:
    result = export(f"meta_facebook_{name}.csv")
    assert result.log.format == "meta-business-suite-facebook"
    assert figures(result, "account_id", "format", *LIKES)[0] == (
        first, "2025-03-13 01:00:00", "facebook:riverportcity", form, 100, 20, 10, 5200, 4100,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("es", "carousel"),
        ("fr", "other"),
        ("pt", "carousel"),
        ("sv", "other"),
        ("zh_hant", "other"),
        ("ja", "carousel"),
    ],
)
def test_instagram_in_other_languages(name: str, form: str) -> None:
    result = export(f"meta_instagram_{name}.csv")
    assert result.log.format == "meta-business-suite-instagram"
    assert figures(result, "account_id", "format", *SAVES)[0] == (
        "DG0gDm0gBDh", "2025-03-05 14:03:41", "instagram:river.port", form, 28, 0, 2, 1, 900, 400,
    )  # fmt: skip
    assert result.posts["followers_at_posting"].isna().all()  # what the post gained


def test_a_reel_is_known_by_its_link() -> None:
    assert export("meta_facebook_es.csv").posts["format"].tolist() == ["photo", "reel"]  # the file says Videos
    assert figures(export("meta_instagram_ja.csv"), "format")[1] == ("DG4SQANgBDh", "2025-03-07 01:35:00", "reel")


@pytest.mark.parametrize(("name", "second"), [("es", "122100000000000032"), ("sv", "122100000000000042")])
def test_rows_of_single_days_do_not_replace_the_figures_of_the_whole_life(name: str, second: str) -> None:
    result = export(f"meta_facebook_{name}.csv")
    assert counts(result) == {"rows": 3, "kept": 2, "duplicates": 0, "outside": 0, "filtered": 1, "quarantined": 0}
    assert result.log.filtered_reasons == {BY_DAY: 1}
    assert figures(result, "likes")[1][::2] == (second, 5)


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("meta_facebook.csv", "Lifetime"),
        ("meta_facebook_zh_hant.csv", "總期間"),
        ("meta_instagram.csv", "Lifetime"),
        ("meta_instagram_es.csv", "Total"),
        ("meta_instagram_pt.csv", "Total"),
        ("meta_instagram_sv.csv", "Totalt"),
        ("meta_instagram_ja.csv", "通算"),
    ],
)
def test_an_export_by_day_holds_no_figures_of_posts(tmp_path: Path, name: str, whole: str) -> None:
    text = (EXPORTS / name).read_text(encoding="utf-8-sig").replace(whole, "03/14/2025")
    result = read_text(tmp_path, text)
    assert result.posts.empty
    assert result.log.filtered_reasons[BY_DAY] > 0


def test_stories_are_known_by_their_link() -> None:
    assert export("meta_instagram_es.csv").log.filtered_reasons == {STORY: 1}
    assert export("meta_instagram_sv.csv").log.filtered_reasons == {STORY: 1}
    assert export("meta_facebook_chosen.csv").log.filtered_reasons == {STORY: 1}


def test_figures_that_nobody_chose_are_unknown() -> None:
    result = export("meta_facebook_chosen.csv")
    assert figures(result, *LIKES) == [("122100000000000036", "2025-03-13 01:00:00", None, None, None, 5200, None)]


def test_the_order_of_day_and_month_is_decided_by_the_file(tmp_path: Path) -> None:
    assert [row[1] for row in figures(export("meta_instagram_pt.csv"))] == [
        "2025-03-05 14:03:41",  # out of the code
        "2025-03-07 01:35:00",
        "2025-03-23 00:35:00",
    ]
    text = (EXPORTS / "meta_instagram_pt.csv").read_text(encoding="utf-8")
    first = read_text(tmp_path, text.replace("05/03", "03/05").replace("06/03", "03/06").replace("22/03", "03/22"))
    assert figures(first) == figures(export("meta_instagram_pt.csv"))
    unsure = read_text(tmp_path, "\n".join(text.splitlines()[:3]))
    assert [(row, reason) for row, _, reason in reasons(unsure)] == [(3, "day and month may stand in either order")]


def test_daily_totals_in_spanish(tmp_path: Path) -> None:
    text = 'sep=,\n"Seguidores"\n"Fecha","Primary"\n"2025-03-01T00:00:00","20"\n'
    log = read_text(tmp_path, text.encode("utf-16")).log
    assert (log.format, log.filtered_reasons) == ("meta-page-daily", {"daily totals of an account, no posts": 1})
