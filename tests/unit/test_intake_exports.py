"""Every invented export is read by one format alone, with every row accounted for; every format has one."""

from __future__ import annotations

from pathlib import Path

import pytest
from intake_cases import EXPORTS, ROOT, context, counts, export, figures, known_formats, reasons
from workbooks import KINDS, description, write

from cityreach import intake, tables

FILES = sorted(
    path.relative_to(EXPORTS).as_posix()
    for path in EXPORTS.rglob("*")
    if path.is_file() and path.parent.name != "workbooks" and path.name != "README.md"
)
BOOKS = {  # description -> format, folder of the account
    "linkedin": ("linkedin-page", "linkedin@riverport"),
    "linkedin_dates": ("linkedin-page", "linkedin@riverport"),
    "linkedin_es": ("linkedin-page", "linkedin@riverport"),
    "linkedin_pt": ("linkedin-page", "linkedin@riverport"),
    "meta_by_hand": ("meta-hand-edited", "instagram@river.port"),
    "french": ("manual-posts-french", "inbox"),
    "tiktok_overview": ("tiktok-studio", "inbox"),
}


def book(tmp_path: Path, name: str, kind: str = "xlsx") -> intake.FileResult:
    """A described workbook, written and read in the folder of its account."""
    file = write(tmp_path / BOOKS[name][1] / f"{name}.{kind}", description(name))
    return intake.read_file(file, known_formats(), context())


@pytest.mark.parametrize("name", FILES)
def test_every_row_is_accounted_for(name: str) -> None:
    result = export(name)
    account = counts(result)
    assert account["rows"] > 0
    assert account.pop("rows") == sum(account.values())
    for table, frame in (("posts", result.posts), ("snapshots", result.snapshots), ("quarantine", result.quarantine)):
        tables.check(tables.conform(frame, table).reset_index(drop=True), table)


@pytest.mark.parametrize("name", FILES)
def test_a_file_can_be_read_without_an_edition(name: str) -> None:
    result = intake.read_file(EXPORTS / name, known_formats(), intake.Context())
    assert result.log.outside == 0
    assert result.log.rows == export(name).log.rows


def test_every_format_has_an_invented_export(tmp_path: Path) -> None:
    tried = {export(name).log.format for name in FILES}
    tried |= {form for form, _ in BOOKS.values()}
    old = {"facebook-graph", "instagram-apify", "tiktok-apify", "x-api", "youtube-data-api"}  # in tests/cases/intake
    text = (EXPORTS / "workbooks" / "meta_page_daily.txt").read_text(encoding="utf-8")
    (tmp_path / "daily.csv").write_bytes(text.encode("utf-16"))
    tried.add(intake.read_file(tmp_path / "daily.csv", known_formats(), context()).log.format)
    plain = {one.id for one in known_formats() if one.id.startswith("plain-")}
    assert tried | old | plain == {one.id for one in known_formats()}


def test_meta_daily_totals_in_utf_16_with_two_lines_above_the_header(tmp_path: Path) -> None:
    text = (EXPORTS / "workbooks" / "meta_page_daily.txt").read_text(encoding="utf-8")
    (tmp_path / "daily.csv").write_bytes(text.encode("utf-16"))
    log = intake.read_file(tmp_path / "daily.csv", known_formats(), context()).log
    assert (log.format, log.rows, log.filtered_reasons) == (
        "meta-page-daily", 2, {"daily totals of an account, no posts": 2},
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_linkedin_workbook(tmp_path: Path, kind: str) -> None:
    result = book(tmp_path, "linkedin", kind)
    assert figures(result, "account_id", "likes", "comments", "shares", "impressions") == [
        ("7306192134921519107", "2025-03-14 05:59:07", "linkedin:riverport", 3, 1, 0, 26),
        ("7300000000000000001", "2025-03-12 12:00:00", "linkedin:riverport", 0, 0, 2, 1904),  # the day alone
    ]
    assert [(log.rows, log.kept, log.filtered_reasons) for log in result.logs] == [
        (2, 0, {"daily totals of an account, no posts": 2}),  # the sheet Metrics
        (2, 2, {}),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_date_cell_is_a_day(tmp_path: Path, kind: str) -> None:
    assert figures(book(tmp_path, "linkedin_dates", kind), "impressions") == [
        ("7300000000000000002", "2025-03-12 12:00:00", 1904)
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_meta_export_edited_by_hand_counts_once_it_has_links(tmp_path: Path, kind: str) -> None:
    result = book(tmp_path, "meta_by_hand", kind)
    assert [reason for *_, reason in reasons(result)] == ["unusable id", "unusable id"]
    rows = figures(result, "likes", "comments", "shares", "saves", "views", "reach")
    assert [row[1:] for row in rows] == [("2025-03-22 19:00:00", 17970, 33, 16319, 7814, 448153, 311669)]


@pytest.mark.parametrize("kind", KINDS)
def test_french_workbook(tmp_path: Path, kind: str) -> None:
    result = book(tmp_path, "french", kind)
    found = figures(result, "account_id", "views", "likes")
    assert [row[1:] for row in found] == [
        ("2025-03-24 10:00:00", "x:riverport_city", 499000, 18900),
        ("2025-03-24 10:00:00", "tiktok:riverport.city", 1200000, 1797),
        ("2025-03-24 10:00:00", "instagram:river.port", None, 42600),
    ]
    assert [reason for *_, reason in reasons(result)] == ["unusable id"]


def test_tiktok_workbook_of_no_use(tmp_path: Path) -> None:
    assert book(tmp_path, "tiktok_overview").log.filtered_reasons == {"daily totals of an account, no posts": 1}


def test_formats_are_described_for_staff() -> None:
    text = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| `")]
    listed = {cells[1].strip(" `"): cells[4].strip() for cells in rows}
    words = {"samples": "tried on real files", "documents": "documented, untested"}
    assert listed == {one.id: words[one.evidence] for one in known_formats()}
