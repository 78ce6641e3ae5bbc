"""From bytes to documents: encodings, JSON and JSON Lines, CSV and its dialects, archives, workbooks."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from cityreach.errors import InboxError
from cityreach.intake.containers import documents
from cityreach.intake.document import Document, Header
from cityreach.intake.records import TableBatch


def opened(folder: Path, content: bytes) -> list[Document]:
    file = folder / "f"
    file.write_bytes(content)
    return list(documents(file, "f"))


def document(folder: Path, content: bytes) -> Document:
    (found,) = opened(folder, content)
    return found


def table(found: Document) -> tuple[Header, list[TableBatch]]:
    """The first possible header of a table and all its batches."""
    assert found.grid is not None
    header = next(found.grid.headers())
    return header, list(found.grid.reader(header, range(len(header.names))))


def rows(found: Document) -> tuple[list[int], list[list[str | None]]]:
    """Row numbers and cells of a table below its first possible header."""
    header, batches = table(found)
    numbers = [int(number) for one in batches for number in one.numbers]
    cells = [
        list(row)
        for one in batches
        for row in zip(*(one.cells[place].to_pylist() for place in sorted(one.cells)), strict=True)
    ]
    assert len(header.names) == len(cells[0])
    return numbers, cells


def test_encodings_are_proved_not_guessed(tmp_path: Path) -> None:
    text = "平台,账号\nX,河港的春天与夜市"
    for encoding, name in (
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16-le"), ("utf-16-be", "utf-16-be"),
        ("gb18030", "gb18030"),
    ):  # fmt: skip
        mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
        found = document(tmp_path, mark + text.encode(encoding))
        assert (found.encoding, rows(found)[1]) == (name, [["X", "河港的春天与夜市"]])
        assert found.notes == ()


def test_a_guess_is_noted(tmp_path: Path) -> None:
    text = "name,likes\nCafé à Zürich où l'été,12\nCrème brûlée déjà vue,7\n"
    found = document(tmp_path, text.encode("cp1252"))
    assert rows(found)[1][0][1] == "12"
    assert "is a guess" in found.notes[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "f: the file is empty"),
        (b"\xef\xbb\xbf \n", "f: the file is empty"),
        (b",,\n,,\n", "f: the table has no cell with content"),
        ("河港的春天,夜市,码头\n".encode() * 9 + b"\xe6\xb2,x", r"f: not UTF-8 text \(byte"),
        (b"\xff\xfea", "f: not utf-16-le text"),
        ("名字,锟斤拷\n1,2".encode(), "destroyed by an earlier program"),
        (b"PK\x03\x04xx", "a damaged zip file"),
        (b"\xd0\xcf\x11\xe0", "not a readable workbook"),
        (b"\x1f\x8b\x08", "the archive is damaged"),
        (b"%PDF-1.7", "this is a PDF"),
        (b"<html><table>", "a web page or XML"),
        (b'{"a": 1', "f: not valid JSON"),
        (b'[{"a": 1}, {"a"', "f: not valid JSON"),
        (b"[" * 5000, "f: not valid JSON"),
        ('{"a": "河港的春天"}'.encode("gb18030"), "f: JSON must be UTF-8"),
    ],
)  # fmt: skip
def test_unreadable_files_give_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(InboxError, match=message) as caught:
        document(tmp_path, content)
    assert "\n" not in str(caught.value)


def test_a_quote_that_is_never_closed_loses_nothing_in_silence(tmp_path: Path) -> None:
    with pytest.raises(InboxError, match=r"not a clean CSV table near row 3 \(a quotation mark is never closed\)"):
        rows(document(tmp_path, b'a,b\n1,2\n"x,y\n3,4\n'))


def test_stray_quotes_are_text(tmp_path: Path) -> None:
    found = document(tmp_path, b'a,b\n5" screen,1\n"x"y,2\n"he said ""no""",3\n')
    assert rows(found)[1] == [['5" screen', "1"], ["xy", "2"], ['he said "no"', "3"]]


def test_tables(tmp_path: Path) -> None:
    found = document(tmp_path, '\ufeff账号（X）; b \n"1;\n2";x\n\n;\n3'.encode())
    header, _ = table(found)
    assert (found.kind, header.names, header.last) == ("table", ("账号(x)", "b"), 1)
    assert rows(found) == ([2, 5], [["1;\n2", "x"], ["3", None]])  # as a spreadsheet counts, empty rows included


def test_json_lines(tmp_path: Path) -> None:
    assert document(tmp_path, b'\n [{"a": 1}]').root == [{"a": 1}]
    lines = document(tmp_path, '{"a": "\u2028"}\n\n{"a": \n{"b": 2}\n'.encode())
    assert (lines.kind, lines.root, lines.broken) == ("jsonl", [{"a": "\u2028"}, {"b": 2}], [(3, '{"a": ')])
    assert document(tmp_path, b'{"a": "x\\ud83d"}').root == {"a": "x"}  # half an emoji does not stop the file


def test_long_tables_come_in_batches_that_lose_no_row(tmp_path: Path) -> None:
    lines = [f'{number},"text, {number}\nwith a ""line"" end",x' for number in range(120_000)]
    content = "id,text,c\n" + "\n".join(lines) + "\n"
    found = document(tmp_path, content.encode())
    numbers, cells = rows(found)
    assert len(table(found)[1]) > 1
    assert [int(row[0] or 0) for row in cells] == list(range(120_000))
    assert cells[-1][1] == 'text, 119999\nwith a "line" end'
    assert numbers[:2] == [2, 3] and numbers[-1] == 120_001


def test_short_long_and_empty_rows_in_the_middle_of_a_long_table(tmp_path: Path) -> None:
    lines = [f"{number},b,c" for number in range(20_000)]
    lines[15_000:15_003] = ["short,b", "long,b,c,d", ",,"]
    found = document(tmp_path, ("x,y,z\n" + "\n".join(lines)).encode())
    _, batches = table(found)
    assert sum(len(one.numbers) for one in batches) == 19_999
    strange = [(int(one.numbers[place]), text) for one in batches for place, text, _ in one.strange()]
    assert strange == [(15_003, "d")]
    short = [int(number) for one in batches for number in one.numbers[one.filled()]]
    assert short == [15_002]


def test_archives(tmp_path: Path) -> None:
    assert rows(document(tmp_path, gzip.compress(b"a,b\n1,2\n")))[1] == [["1", "2"]]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Table data.csv", "a,b\n1,2\n")
        archive.writestr("__MACOSX/x", "junk")
        archive.writestr("notes.pdf", "%PDF-1.7")
    first, second = opened(tmp_path, buffer.getvalue())
    assert (first.sheet, first.kind, second.sheet, second.kind) == (
        "Table data.csv",
        "table",
        "notes.pdf",
        "unreadable",
    )


def test_bombs_are_refused(tmp_path: Path) -> None:
    bomb = gzip.compress(b"a,b\n" + b"0" * (1 << 28))
    with pytest.raises(InboxError, match="unpacks to far more than it should"):
        document(tmp_path, bomb)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("inner.csv.gz", gzip.compress(b"a,b\n1,2\n"))
    (nested,) = opened(tmp_path, buffer.getvalue())
    assert nested.kind == "unreadable" and "an archive inside an archive" in nested.notes[0]
