"""Workbooks (XLSX, XLS, XLSB, ODS): each sheet a table whose cells are texts, as a CSV of it would have them.

Dates become ISO texts. A whole number with more than 15 digits has lost its last ones in the spreadsheet, so it is
written the way Excel shows it, 1.23E+17: such an id is refused later on. A text that stands in merged cells holds for
each of them; a number counts once.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import re
import zipfile
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

from cityreach.errors import InboxError
from cityreach.intake import workbook_process
from cityreach.intake.delimited import HEAD_ROWS, ROWS, batch
from cityreach.intake.document import Document, Grid, Header, readable
from cityreach.intake.records import TableBatch

PRECISE = 10**15
FIRST_ROWS = 2_000  # rows of the first batch, by which a sheet is recognised
LARGEST_SHEET = 40_000_000  # cells, empty ones between the corners included
PER_REPEATED = 200  # one cell of an ODS that is said by repetition counts as so many: equal rows are few
LARGEST_XML = 1 << 30
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')
_ODS_ROW = re.compile(rb"<table:table-row([^>]*)>(.*?)</table:table-row>", re.DOTALL)
_ODS_CELL = re.compile(rb"<table:table-cell([^>]*)>\s*<text:|<table:table-cell([^>]*office:value[^>]*)>")
_REPEATED = re.compile(rb'-repeated="(\d{1,12})"')


def sheets(content: bytes, name: str) -> Iterator[Document]:
    """The sheets that hold anything; InboxError where the workbook is damaged, protected or too large."""
    form = _form(content)
    if form in ("xlsx", "ods"):
        _refuse_bombs(content, name)
    for title, cells, merged in _read(content, name):
        numbers, rows = [number for number, _ in cells], [[_text(value) for value in row] for _, row in cells]
        for first, last in merged:
            _fill(numbers, rows, first, last)
        grid = _grid(numbers, rows)
        if grid.head:
            yield Document("table", form, sheet=readable(title), grid=grid)


def _read(content: bytes, name: str) -> list[workbook_process.Sheet]:
    try:
        return workbook_process.ask(content)
    except workbook_process.Unreadable as error:
        reason = " ".join("".join(sign if sign.isprintable() else " " for sign in str(error)).split())[:120]
        if "assword" in reason or "ncrypt" in reason:
            raise InboxError(f"{name}: the workbook is protected by a password. Save it without one.") from None
        raise InboxError(f"{name}: not a readable workbook ({reason}). Open it in Excel and save it again.") from None


def _form(content: bytes) -> str:
    if content.startswith(b"PK"):
        start = content[:200]
        return "ods" if b"opendocument" in start else "xlsx"
    return "xls"


def _refuse_bombs(content: bytes, name: str) -> None:
    """InboxError where the workbook would fill the memory: far too much text, or cells in far corners."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            infos = [info for info in parts.infolist() if info.filename.endswith(".xml")]
            if sum(info.file_size for info in infos) > LARGEST_XML:
                raise InboxError(f"{name}: the workbook is too large. Split it, or save its sheets as CSV.")
            texts = (parts.read(info) for info in infos if _holds_cells(info))
            largest = max((_size(text) for text in texts), default=0)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, zipfile.zlib.error):  # type: ignore[attr-defined]
        raise InboxError(f"{name}: a damaged workbook. Open it in Excel and save it again.") from None
    if largest > LARGEST_SHEET:
        raise InboxError(f"{name}: a cell lies far outside the table. Delete the empty rows and columns, save again.")


def _holds_cells(info: zipfile.ZipInfo) -> bool:
    return ("worksheets/" in info.filename or info.filename == "content.xml") and info.file_size < 1 << 25


def _size(text: bytes) -> int:
    """The number of cells between the first and the farthest one; of an ODS those that stand for many."""
    cells = _CELL.findall(text)
    rows = max((int(row) for _, row in cells), default=0)
    repeated = sum(map(_repeated, _ODS_ROW.finditer(text)))
    return max(rows * max((_column(letters) for letters, _ in cells), default=0), repeated * PER_REPEATED)


def _repeated(row: re.Match[bytes]) -> int:
    """The cells with content that a row says in few words; 0 where it says each of them."""
    cells = [_times(one[1] or one[2] or b"") for one in _ODS_CELL.finditer(row[2])]
    made = _times(row[1]) * sum(cells)
    return made if made > len(cells) else 0


def _times(attributes: bytes) -> int:
    found = _REPEATED.search(attributes)
    return int(found[1]) if found else 1


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _text(value: Any) -> str:
    """A cell as text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d}" if value.time() == dt.time() else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else "" if value is None else str(value)


def _number(value: float) -> str:
    if abs(value) >= PRECISE:
        return f"{value:.2E}"
    return str(int(value)) if float(value).is_integer() else repr(value)


def _fill(numbers: list[int], rows: list[list[str]], first: tuple[int, int], last: tuple[int, int]) -> None:
    """Gives a text in merged cells (counted from 0) to each of them."""
    (top, left), (bottom, right) = first, last
    start, end = bisect_left(numbers, top + 1), bisect_right(numbers, bottom + 1)
    if start == len(rows) or numbers[start] != top + 1 or left >= len(rows[start]):
        return
    value = rows[start][left]
    if not value or value.replace(".", "").replace(",", "").isdigit():
        return
    for row in rows[start:end]:
        for place in range(left, min(right + 1, len(row))):
            row[place] = row[place] or value


def _grid(numbers: list[int], rows: list[list[str]]) -> Grid:
    head = [(number, row) for number, row in zip(numbers, rows[:HEAD_ROWS], strict=False) if number <= HEAD_ROWS]

    def reader(header: Header, wanted: Sequence[int]) -> Iterator[TableBatch]:
        for start, end in itertools.pairwise([0, *range(FIRST_ROWS, len(rows), ROWS), len(rows)]):
            made = batch(header, rows[start:end], numbers[start:end], wanted)
            if len(made.numbers):
                yield made

    return Grid(head, reader)
