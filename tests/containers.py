"""Tables and documents written into the files in which exports come: CSV dialects, workbooks, archives.

The same content makes the same bytes, so that a file that was made once can be made again.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import zipfile
from collections.abc import Sequence

Rows = Sequence[Sequence[str]]
MADE = dt.datetime(2025, 4, 1, 9, 0)


def text_table(rows: Rows, *, delimiter: str = ",", ends: str = "\r\n", encoding: str = "utf-8") -> bytes:
    """A CSV; in UTF-16 with a byte order mark."""
    sink = io.StringIO()
    csv.writer(sink, delimiter=delimiter, lineterminator=ends).writerows(rows)
    return sink.getvalue().encode(encoding)


def xlsx(rows: Rows, *, sheet: str = "Sheet1") -> bytes:
    """A workbook of one sheet whose cells are all texts."""
    import xlsxwriter

    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        workbook.set_properties({"created": MADE})
        page = workbook.add_worksheet(sheet)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell:
                    page.write_string(number, place, cell)
    return sink.getvalue()


def xls(rows: Rows, *, sheet: str = "Sheet1") -> bytes:
    """The same in the old binary form."""
    import xlwt

    workbook = xlwt.Workbook(encoding="utf-8")
    page = workbook.add_sheet(sheet)
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            if cell:
                page.write(number, place, cell)
    sink = io.BytesIO()
    workbook.save(sink)
    return sink.getvalue()


def ods(rows: Rows, *, sheet: str = "Sheet1") -> bytes:
    """The same as an OpenDocument sheet."""
    from odf import opendocument, table

    document = opendocument.OpenDocumentSpreadsheet()
    page = table.Table(name=sheet)
    for row in rows:
        line = table.TableRow()
        for cell in row:
            line.addElement(_ods_cell(cell))
        page.addElement(line)
    document.spreadsheet.addElement(page)
    sink = io.BytesIO()
    document.write(sink)
    return _without_clock(sink)


def _without_clock(book: io.BytesIO) -> bytes:
    """A zip with its parts as they are, but for the times at which they were written."""
    sink = io.BytesIO()
    with zipfile.ZipFile(book) as parts, zipfile.ZipFile(sink, "w") as archive:
        for info in parts.infolist():
            archive.writestr(zipfile.ZipInfo(info.filename), parts.read(info), info.compress_type)
    return sink.getvalue()


def _ods_cell(cell: str) -> object:
    from odf import table, teletype, text

    if not cell:
        return table.TableCell()
    made = table.TableCell(valuetype="string")
    for line in cell.split("\n"):
        paragraph = text.P()
        teletype.addTextToElement(paragraph, line)
        made.addElement(paragraph)
    return made


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content, 1, mtime=0)


def zipped(content: bytes, *, name: str = "export.csv") -> bytes:
    """A zip of one member, with what a Mac adds beside it."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
        archive.writestr(zipfile.ZipInfo(f"__MACOSX/._{name}"), b"\x00\x05\x16\x07")
    return sink.getvalue()


BOOKS = {"xlsx": xlsx, "xls": xls, "ods": ods}
