"""A small annual edition for tests: three cities of the panel, with sheets as staff keep them."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path
from typing import Any

import xlsxwriter

from cityreach import index, paths, sheets

NAME = "image-x"
PANEL = {"110000": "北京", "310000": "上海", "330100": "杭州", "440300": "深圳"}
CODES = list(index.load_method("city-image@1").indicators)
LEVELS = {"110000": 0.9, "310000": 0.7, "330100": 0.3, "440300": 0.5}
TOP = {
    "media_reports": 90_000, "social_posts": 900.5, "reach": 1_900.5, "search_volume": 9_000,
    "interactions_per_post": 400.5,
    "reprints": 50.25, "word_of_mouth": 40.25, "sentiment": 90, "positive_comments": 90, "ai_recognition": 90,
    "ai_recommendation": 50,
}  # fmt: skip
EDITION = """\
id: {name}
index: {index}
title: {{zh: 城市国际网络形象指数, en: City International Online Image Index}}
label: {{zh: 试编版, en: Trial}}
year: "2025"
window: {{first: 2025-01-01, last: 2025-12-31}}
counting_date: 2026-01-10
panel: four-cities
method: city-image@1
mode: {mode}
source: collected
sheet: {sheet}
"""
Rows = list[list[Any]]


def rows(**changed: str) -> Rows:
    """A correct sheet as rows of cells. changed: cells by their address, such as D9="n/a"."""
    heads = {
        "code": CODES, "indicator": CODES, "unit": [""] * len(CODES), "source": ["统计年鉴"] * len(CODES),
        "source_en": ["Yearbook"] * len(CODES), "date": ["2026-01-05"] * len(CODES), "nature": ["real"] * len(CODES),
    }  # fmt: skip
    table: Rows = [[f"{head} 说明", "", *heads[head]] for head in sheets.HEADS]
    table.append(["city_id", "name", *[""] * len(CODES)])
    table += [
        [city, name, *(str(round(TOP[code] * LEVELS[city], 2)) for code in CODES)] for city, name in PANEL.items()
    ]
    for address, value in changed.items():
        letters = address.rstrip("0123456789")
        column = next(place for place in range(40) if sheets.letters(place) == letters)
        table[int(address[len(letters) :]) - 1][column] = value
    return table


def as_csv(table: Rows, encoding: str = "utf-8-sig") -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(table)
    return buffer.getvalue().encode(encoding)


def as_workbook(table: Rows, path: Path) -> None:
    """The same as Excel keeps it: numbers and city codes as numbers, days as days."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        for row, cells in enumerate(table):
            for column, cell in enumerate(cells):
                if row == sheets.HEADS.index("date") and column >= sheets.FIRST:
                    from datetime import datetime

                    sheet.write_datetime(row, column, datetime.fromisoformat(cell), day)
                elif cell.replace(".", "", 1).isdigit():
                    sheet.write_number(row, column, float(cell))
                else:
                    sheet.write_string(row, column, cell)


def write(home: Path, table: Rows, *, name: str = NAME, mode: str = "ordered", workbook: bool = False) -> None:
    """An edition of that name with its sheet in a project's home."""
    folder = home / "data" / "annual" / name
    folder.mkdir(parents=True, exist_ok=True)
    sheet = "sheet.xlsx" if workbook else "sheet.csv"
    text = EDITION.format(name=name, index="image", mode=mode, sheet=sheet)
    (folder / "edition.yml").write_text(text, encoding="utf-8")
    if workbook:
        as_workbook(table, folder / sheet)
    else:
        (folder / sheet).write_bytes(as_csv(table))


def home(folder: Path) -> Path:
    """A home with the project's data files, without inbox, store and reports."""
    root = paths.PACKAGE.parents[1]
    for name in ("annual", "methods", "published", "registry", "sentiment", "simulation"):
        shutil.copytree(root / "data" / name, folder / "data" / name)
    return folder
