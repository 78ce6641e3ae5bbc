"""Workbooks for tests, written from descriptions of their cells; none is kept in the repository.

A description is {sheet: rows}; a cell is a text, a number, {"date": "2025-03-14"} or {"time": "20:00"} (numbers with a
date format, as Excel has them), or "" for an empty one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any

from intake_cases import EXPORTS

Cell = Any
Sheets = dict[str, list[list[Cell]]]
KINDS = ("xlsx", "xls", "ods")


def description(name: str) -> Sheets:
    """A description kept in tests/cases/exports/workbooks."""
    sheets: Sheets = json.loads((EXPORTS / "workbooks" / f"{name}.json").read_text(encoding="utf-8"))
    return sheets


def write(path: Path, sheets: Sheets) -> Path:
    """A workbook of the kind that the path's ending names: xlsx, xls or ods."""
    writers: dict[str, Callable[[Path, Sheets], None]] = {".xlsx": _xlsx, ".xls": _xls, ".ods": _ods}
    path.parent.mkdir(parents=True, exist_ok=True)
    writers[path.suffix](path, sheets)
    return path


def _value(cell: Cell) -> Any:
    if isinstance(cell, dict):
        return date.fromisoformat(cell["date"]) if "date" in cell else time.fromisoformat(cell["time"])
    return cell


def _xlsx(path: Path, sheets: Sheets) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"strings_to_urls": False, "strings_to_formulas": False})
    formats = {date: book.add_format({"num_format": "yyyy-mm-dd"}), time: book.add_format({"num_format": "hh:mm"})}
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for row, column, value in _cells(rows):
            sheet.write(row, column, value, formats.get(type(value)))
    book.close()


def _xls(path: Path, sheets: Sheets) -> None:
    import xlwt

    book = xlwt.Workbook()
    styles = {date: xlwt.easyxf(num_format_str="YYYY-MM-DD"), time: xlwt.easyxf(num_format_str="HH:MM")}
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for row, column, value in _cells(rows):
            sheet.write(row, column, value, styles.get(type(value), xlwt.Style.default_style))
    book.save(str(path))


def _cells(rows: list[list[Cell]]) -> list[tuple[int, int, Any]]:
    cells = [(row, column, _value(cell)) for row, line in enumerate(rows) for column, cell in enumerate(line)]
    return [cell for cell in cells if cell[2] != ""]


def _ods(path: Path, sheets: Sheets) -> None:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableRow

    book = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        sheet = Table(name=name)
        for line in rows:
            row = TableRow()
            for cell in line:
                row.addElement(_ods_cell(_value(cell)))
            sheet.addElement(row)
        book.spreadsheet.addElement(sheet)
    book.save(str(path))


def _ods_cell(value: Any) -> Any:
    from odf.table import TableCell
    from odf.text import P

    if value == "":
        return TableCell()
    if isinstance(value, date):
        cell = TableCell(valuetype="date", datevalue=value.isoformat())
    elif isinstance(value, time):
        cell = TableCell(valuetype="time", timevalue=f"PT{value.hour:02}H{value.minute:02}M00S")
    elif isinstance(value, int | float):
        cell = TableCell(valuetype="float", value=value)
    else:
        cell = TableCell(valuetype="string")
    for part in str(value).split("\n"):
        cell.addElement(P(text=part))
    return cell
