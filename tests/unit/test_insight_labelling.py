"""Themes for any table of texts: encodings, separators, cells of every kind, and errors in one line."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import xlsxwriter

from cityreach.errors import CityreachError
from cityreach.insight import labelling

HEADER = "id,text\n"


def labelled(folder: Path, content: bytes, name: str = "texts.csv") -> list[list[str]]:
    source, out = folder / name, folder / "labels.csv"
    source.write_bytes(content)
    count = labelling.label_file(source, out)
    assert not out.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(out.open(encoding="utf-8", newline="")))
    assert rows[0] == ["id", "themes"]
    assert len(rows) == count + 1
    return rows[1:]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_usual_encodings(tmp_path: Path, encoding: str) -> None:
    text = HEADER + "1,成都大熊猫繁育研究基地的大熊猫幼崽亮相\n2,杭州地铁新线路今日开通运营\n"
    assert labelled(tmp_path, text.encode(encoding)) == [["1", "animals"], ["2", "transport"]]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_usual_separators_and_any_place_of_the_columns(tmp_path: Path, sign: str) -> None:
    rows = sign.join(("kind", " Text", "ID ")) + "\r\n" + sign.join(("x", "a marathon", "007")) + "\r\n"
    assert labelled(tmp_path, rows.encode()) == [["007", "sports_events"]]


def test_every_row_once_in_its_order_also_empty_and_repeated_ones(tmp_path: Path) -> None:
    text = HEADER + 'b,"A ""metro""\nline, 🚇\n\nopens"\na,\nb,a marathon\n\nc\n,panda cub\n'
    assert labelled(tmp_path, text.encode()) == [
        ["b", "transport"],
        ["a", "other"],
        ["b", "sports_events"],
        ["c", "other"],
        ["", "animals"],
    ]


def test_themes_are_parted_by_a_bar_main_one_first(tmp_path: Path) -> None:
    text = HEADER + "1,The marathon went viral: runners and spectators of the race\n"
    assert labelled(tmp_path, text.encode()) == [["1", "sports_events|trending"]]


def test_no_rows_give_a_header_alone(tmp_path: Path) -> None:
    assert labelled(tmp_path, HEADER.encode()) == []


def test_a_huge_cell(tmp_path: Path) -> None:
    text = HEADER + '1,"' + "blah, " * 200_000 + 'marathon"\n2,metro line\n'
    assert labelled(tmp_path, text.encode()) == [["1", "sports_events"], ["2", "transport"]]


def test_stray_quotes_are_kept_as_text(tmp_path: Path) -> None:
    assert labelled(tmp_path, (HEADER + '1,"big" marathon\n2,a 5" metro\n').encode()) == [
        ["1", "sports_events"],
        ["2", "transport"],
    ]


def test_workbooks(tmp_path: Path) -> None:
    sheets = {
        "notes": [["Notes"]],  # the first sheet is none with texts
        "posts": [["id", "text"], [1, "a marathon\nin the city"], [2, None], ["x", "metro line 3"]],
    }
    with xlsxwriter.Workbook(tmp_path / "made.xlsx") as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    found = labelled(tmp_path, (tmp_path / "made.xlsx").read_bytes(), "texts.xlsx")
    assert found == [["1", "sports_events"], ["2", "other"], ["x", "transport"]]


def test_an_earlier_output_is_replaced_and_its_folder_made(tmp_path: Path) -> None:
    (tmp_path / "texts.csv").write_text(HEADER + "1,a marathon\n", encoding="utf-8")
    out = tmp_path / "new" / "labels.csv"
    for _ in range(2):
        assert labelling.label_file(tmp_path / "texts.csv", out) == 1
    assert out.read_text(encoding="utf-8") == "id,themes\n1,sports_events\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"id,content\n1,x\n", "columns `id` and `text` are needed, found id, content. Name them so."),
        (b"text\nx\n", "found text"),
        (b'id,text\n1,"open\n2,x\n', "a quotation mark opens a cell that never closes"),
        (b"", "found no column"),
        (b"\x00\xff\x81\x00\xfe\x81\x8d", "texts.csv"),
        (b"PK\x03\x04 nothing", "damaged"),
    ],
)
def test_errors_in_one_line_name_the_file(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "texts.csv").write_bytes(content)
    with pytest.raises(CityreachError) as caught:
        labelling.label_file(tmp_path / "texts.csv", tmp_path / "labels.csv")
    assert words in str(caught.value)
    assert "texts.csv" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "labels.csv").exists()


def test_a_missing_file_and_an_output_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(CityreachError, match=r"none.csv: the file does not exist"):
        labelling.label_file(tmp_path / "none.csv", tmp_path / "labels.csv")
    texts = tmp_path / "texts.csv"
    texts.write_text(HEADER, encoding="utf-8")
    with pytest.raises(CityreachError, match="this is the file with the texts"):
        labelling.label_file(texts, tmp_path / "." / "texts.csv")
    with pytest.raises(CityreachError, match="cannot be written"):
        labelling.label_file(texts, tmp_path)
    assert texts.read_text(encoding="utf-8") == HEADER
