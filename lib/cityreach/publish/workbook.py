"""The workbook: a cover sheet and one sheet per table, for readers who live in a spreadsheet program."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Any

from cityreach.publish.job import Job
from cityreach.publish.tables import DataTable

BRAND, INK, INK_2, RULE, FOCUS = "#12406B", "#1A1F2B", "#5B6472", "#D9DEE5", "#C8372D"
FONT = "Microsoft YaHei"
WIDEST = 42
LONGEST = 32767  # characters that a cell can hold
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def write(path: Path, job: Job, tables: Mapping[str, DataTable]) -> None:
    """Write the workbook; the same tables give the same bytes. Texts are written as texts: no formula, no link."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties(
            {"title": job.title, "comments": job.band or "", "created": datetime.combine(job.day, time())}
        )
        formats = _formats(book)
        names = sheet_names(tables)
        _cover(book, formats, job, contents=list(zip(names, tables.values(), strict=True)))
        for name, table in zip(names, tables.values(), strict=True):
            _sheet(book.add_worksheet(name), formats, table, job.band)


def sheet_names(tables: Mapping[str, DataTable]) -> list[str]:
    """A legal name for each sheet: at most 31 characters, none forbidden, all different whatever their case."""
    names: list[str] = []
    taken = {"history", _cover_name("zh").casefold(), _cover_name("en").casefold()}
    for key, table in tables.items():
        base = " ".join(table.title.translate(_FORBIDDEN).strip("' ").split()) or key
        name, count = base[:31].strip("' "), 1
        while name.casefold() in taken:
            count += 1
            name = f"{base[: 31 - len(str(count)) - 1]} {count}"
        taken.add(name.casefold())
        names.append(name)
    return names


def _cover_name(lang: str) -> str:
    return "说明" if lang == "zh" else "About"


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "vcenter"}
    shapes: dict[str, dict[str, Any]] = {
        "text": {},
        "int": {"num_format": "#,##0"},
        "float": {"num_format": "#,##0.00"},
        "day": {"num_format": "yyyy-mm-dd"},
        "header": {"bold": True, "bottom": 1, "bottom_color": INK, "text_wrap": True},
        "header_right": {"bold": True, "bottom": 1, "bottom_color": INK, "align": "right", "text_wrap": True},
        "title": {"bold": True, "font_size": 20, "font_color": BRAND},
        "name": {"bold": True, "font_size": 13, "font_color": BRAND},
        "note": {"font_color": INK_2},
        "band": {"bold": True, "font_color": FOCUS},
    }
    return {name: book.add_format({**base, **shape}) for name, shape in shapes.items()}


def _cover(book: Any, formats: dict[str, Any], job: Job, *, contents: list[tuple[str, DataTable]]) -> None:
    """The first sheet: what this is, of which day and method, and what each of the other sheets holds."""
    sheet = book.add_worksheet(_cover_name(job.lang))
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 24, formats["text"])
    sheet.set_column(1, 1, 10, formats["text"])
    sheet.set_column(2, 2, 90, formats["note"])
    sheet.set_row(1, 34)
    sheet.write_string(1, 0, job.title, formats["title"])
    facts = " · ".join(str(fact) for fact in (job.day.isoformat(), job.provenance.get("method", "")) if fact)
    sheet.write_string(2, 0, facts, formats["note"])
    if job.band:
        sheet.write_string(3, 0, job.band, formats["band"])
    if job.notice:
        sheet.write_string(4, 0, job.notice, formats["band"])
    for row, (name, table) in enumerate(contents, start=6 if job.notice else 5):
        sheet.write_string(row, 0, name, formats["text"])
        sheet.write_number(row, 1, table.rows, formats["int"])
        sheet.write_string(row, 2, table.note, formats["note"])
    _page(sheet, job.band)


def _sheet(sheet: Any, formats: dict[str, Any], table: DataTable, band: str | None) -> None:
    """Title, note and band above the header; the header stays in view and filters."""
    sheet.hide_gridlines(2)
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, table.title, formats["name"])
    sheet.write_string(1, 0, table.note, formats["note"])
    if band:
        sheet.write_string(2, 0, band, formats["band"])
    top = 3
    for index, (name, values) in enumerate(table.columns.items()):
        _column(sheet, (top, index), formats, values, str(table.labels.get(name, name)))
    sheet.set_row(top, 24)
    sheet.freeze_panes(top + 1, 1)
    sheet.autofilter(top, 0, top + max(table.rows, 1), max(len(table.columns) - 1, 0))
    sheet.repeat_rows(top)
    _page(sheet, band)


def _column(sheet: Any, at: tuple[int, int], formats: dict[str, Any], values: list[Any], label: str) -> None:
    """A header and the values under it; a missing value leaves its cell empty."""
    top, index = at
    numeric = any(_is_number(value) for value in values)
    sheet.write_string(top, index, label, formats["header_right" if numeric else "header"])
    sheet.set_column(index, index, _width([label, *values]))
    for row, value in enumerate(values, start=top + 1):
        if isinstance(value, str):
            sheet.write_string(row, index, value[:LONGEST], formats["text"])
        elif _is_number(value):
            if math.isfinite(value):
                sheet.write_number(row, index, value, formats["float" if isinstance(value, float) else "int"])
        elif isinstance(value, bool):
            sheet.write_boolean(row, index, value, formats["text"])
        elif hasattr(value, "isoformat") and not getattr(value, "tzinfo", None):
            sheet.write_datetime(row, index, value, formats["day"])
        elif value is not None:
            sheet.write_string(row, index, str(value)[:LONGEST], formats["text"])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _page(sheet: Any, band: str | None) -> None:
    """Printed as landscape A4, one page wide; the band is in every footer."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{(band or '').replace('&', '&&')}&R&P / &N")


def _width(values: list[Any]) -> float:
    """A column's width in characters: its widest text, a Han character counted as two, within bounds."""
    widest = max(_shown_width(value) for value in values[:400])
    return min(max(widest + 3, 8), WIDEST)


def _shown_width(value: Any) -> int:
    if value is None:
        return 0
    if _is_number(value):
        return len(f"{value:,.2f}" if isinstance(value, float) else f"{value:,}")
    if hasattr(value, "isoformat"):
        return 10
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in str(value))
