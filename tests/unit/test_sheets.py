"""The sheet of an annual edition: what is read from it, and what a broken one is answered with."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from tests.unit import annual_cases as cases

from cityreach import sheets
from cityreach.errors import InboxError


def read(path: Path) -> sheets.Sheet:
    return sheets.read(path, codes=cases.CODES, cities=list(cases.PANEL))


def from_rows(folder: Path, table: cases.Rows, encoding: str = "utf-8-sig") -> sheets.Sheet:
    path = folder / "sheet.csv"
    path.write_bytes(cases.as_csv(table, encoding))
    return read(path)


def message(folder: Path, table: cases.Rows) -> str:
    with pytest.raises(InboxError) as caught:
        from_rows(folder, table)
    text = str(caught.value)
    assert "\n" not in text and text.startswith("sheet.csv")
    return text


def test_figures_and_what_is_said_of_their_columns(tmp_path):
    sheet = from_rows(tmp_path, cases.rows(C9="", D9="1,234.5"))
    assert list(sheet.figures.index) == sorted(cases.PANEL) and list(sheet.figures) == cases.CODES
    assert math.isnan(sheet.figures.at["110000", "media_reports"])
    assert sheet.figures.at["110000", "social_posts"] == 1234.5
    column = sheet.columns["reach"]
    assert (column.source, column.source_en, column.date.isoformat(), column.nature) == (
        "统计年鉴", "Yearbook", "2026-01-05", "real",
    )  # fmt: skip


def test_excel_gives_the_same_as_csv(tmp_path):
    table = cases.rows()
    cases.as_workbook(table, tmp_path / "sheet.xlsx")
    from_csv, from_excel = from_rows(tmp_path, table), read(tmp_path / "sheet.xlsx")
    assert from_excel.columns == from_csv.columns
    assert from_excel.figures.equals(from_csv.figures)


def test_a_chinese_spreadsheets_own_encoding_and_full_width_digits_are_read(tmp_path):
    sheet = from_rows(tmp_path, cases.rows(C9="１２３４"), encoding="gb18030")
    assert sheet.figures.at["110000", "media_reports"] == 1234 and sheet.columns["reach"].source == "统计年鉴"


def test_an_empty_column_and_empty_rows_between_change_nothing(tmp_path):
    table = [[*row[:4], "", *row[4:]] for row in cases.rows()]
    table.insert(9, [""] * len(table[0]))
    assert from_rows(tmp_path, table).figures.equals(from_rows(tmp_path, cases.rows()).figures)


def test_what_is_written_is_read_again(tmp_path):
    sheet = from_rows(tmp_path, cases.rows(C9=""))
    (tmp_path / "again.csv").write_bytes(sheets.write(sheet, cases.PANEL))
    again = read(tmp_path / "again.csv")
    assert again.figures.equals(sheet.figures) and again.columns == sheet.columns


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"E10": "n/a"}, ("E10", "reach", "上海", "'n/a' is not a number", "leave the cell empty")),
        ({"D9": "-3"}, ("D9", "social_posts", "北京", "'-3' is not a number of at least 0")),
        ({"M12": "12%"}, ("M12", "ai_recommendation", "深圳", "'12%'")),
        ({"D1": "likes"}, ("D1", "has no indicator 'likes'", "Write one of: media_reports")),
        ({"D1": "reach"}, ("E1", "'reach' stands twice")),
        ({"F6": "5 Jan"}, ("F6", "search_volume", "`date` is no day", "2025-12-10")),
        ({"F7": "true"}, ("F7", "`nature` must be one of real, simulated, found 'true'")),
        ({"C4": ""}, ("C4", "the column's source is empty")),
        ({"A9": "999999"}, ("A9", "'999999' is no city of the edition's panel")),
        ({"A10": "110000"}, ("A10", "city 110000 stands a second time")),
        ({"A6": "days"}, ("column A has no row `date`",)),
    ],
)  # fmt: skip
def test_a_broken_cell_is_named_with_its_column_and_city(tmp_path, changed, said):
    text = message(tmp_path, cases.rows(**changed))
    for part in said:
        assert part in text, text


def test_a_lacking_city_or_column_is_named(tmp_path):
    assert "no row for city 440300" in message(tmp_path, cases.rows()[:-1])
    assert "no column for ai_recommendation" in message(tmp_path, [row[:-1] for row in cases.rows()])


def test_what_is_no_table_is_refused(tmp_path):
    with pytest.raises(InboxError, match="does not exist"):
        read(tmp_path / "sheet.csv")
    (tmp_path / "sheet.xlsx").write_bytes(b"no workbook")
    with pytest.raises(InboxError, match="not a readable workbook"):
        read(tmp_path / "sheet.xlsx")
    (tmp_path / "sheet.csv").write_bytes(b"\x81\x20\xff")
    with pytest.raises(InboxError, match="neither UTF-8 nor GB 18030"):
        read(tmp_path / "sheet.csv")
    assert "column A has no row" in message(tmp_path, [[""]])


def test_columns_have_the_names_of_a_spreadsheet():
    assert [sheets.letters(place) for place in (0, 2, 25, 26, 27, 51, 52)] == ["A", "C", "Z", "AA", "AB", "AZ", "BA"]
