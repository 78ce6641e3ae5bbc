"""The one sheet of an annual edition: cities by indicators, with source, date and nature of every column.

As staff keep it in a spreadsheet program, saved as CSV or XLSX. The first column says what a row is: six rows about the
columns (`HEADS`, in any language after the key), the row `city_id`, then one row a city, whose name in the second
column is for the reader. An empty cell is a figure that is not known; 0 was counted.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cityreach import paths
from cityreach.errors import InboxError

if TYPE_CHECKING:
    import pandas as pd

HEADS = ("code", "indicator", "unit", "source", "source_en", "date", "nature")
CITY = "city_id"
NATURES = ("real", "simulated")
FIRST = 2  # columns before the figures: city_id and name
WORDS = {
    "code": "code 代码", "indicator": "indicator 指标", "unit": "unit 单位", "source": "source 来源",
    "source_en": "source_en 来源（英文）", "date": "date 统计日", "nature": "nature 性质", CITY: "city_id",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """What a sheet says of one of its columns; nature: `real` or `simulated`."""

    code: str
    indicator: str
    unit: str
    source: str
    source_en: str
    date: date
    nature: str


@dataclass(frozen=True)
class Sheet:
    """A checked sheet: its columns by code, and figures as cities (city_id) x codes, NaN where not known."""

    columns: Mapping[str, Column]
    figures: pd.DataFrame


@dataclass(frozen=True)
class _Grid:
    """A file's cells as text, and where each part of the sheet begins."""

    name: str
    rows: list[list[str]]
    heads: dict[str, int]
    cities: int  # the first row of a city

    def cell(self, row: int, column: int) -> str:
        return self.rows[row][column] if column < len(self.rows[row]) else ""

    def refuse(self, row: int, column: int, problem: str, remedy: str) -> InboxError:
        """The error of one cell, by its address in a spreadsheet program and what stands at both its ends."""
        heads = [self.cell(self.heads["indicator"], column) or self.cell(self.heads["code"], column)]
        heads += [self.cell(row, 1)] if row >= self.cities else []
        named = ", ".join(each for each in heads if each)
        where = f"cell {letters(column)}{row + 1}" + (f" ({named})" if named else "")
        return InboxError(f"{self.name}, {where}: {problem}. {remedy}")


def read(path: Path, *, codes: Collection[str], cities: Collection[str]) -> Sheet:
    """The sheet of a file, which must hold these indicators and cities and no others; InboxError names the cell."""
    grid = _grid(path)
    places = [place for place in range(FIRST, max(map(len, grid.rows))) if not _is_empty(grid.rows, place)]
    columns = {place: _column(grid, place) for place in places}
    _check_codes(grid, columns, codes)
    figures = _figures(grid, _cities(grid, cities), columns)
    return Sheet({each.code: each for each in columns.values()}, figures)


def write(sheet: Sheet, names: Mapping[str, str]) -> bytes:
    """The sheet as CSV that a spreadsheet program opens; `names` are the cities' names by id, in the order wanted."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    columns = list(sheet.columns.values())
    for head in HEADS:
        values = [getattr(column, head) for column in columns]
        writer.writerow([WORDS[head], "", *(each.isoformat() if head == "date" else each for each in values)])
    writer.writerow([WORDS[CITY], "name 城市", *([""] * len(columns))])
    figures = sheet.figures.loc[list(names), [column.code for column in columns]].to_numpy(dtype=float)
    for (city, name), values in zip(names.items(), figures.tolist(), strict=True):
        writer.writerow([city, name, *map(_shown, values)])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def letters(column: int) -> str:
    """A column's name in a spreadsheet program: 0 is A, 26 is AA."""
    head, rest = divmod(column, 26)
    return (letters(head - 1) if head else "") + chr(ord("A") + rest)


def _shown(value: float) -> str:
    if value != value:
        return ""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


# reading


def _grid(path: Path) -> _Grid:
    name = paths.relative(path)
    rows = [[_clean(cell) for cell in row] for row in _rows(path, name)]
    firsts = [row[0].split(" ")[0] if row else "" for row in rows]
    lacking = [head for head in (*HEADS, CITY) if head not in firsts and head != "source_en"]
    if lacking:
        raise InboxError(
            f"{name}: column A has no row `{lacking[0]}`. Write in column A, from the top: "
            f"{', '.join((*HEADS, CITY))}, then one row a city."
        )
    heads = {head: firsts.index(head) for head in HEADS if head in firsts}
    return _Grid(name, rows, heads, firsts.index(CITY) + 1)


def _rows(path: Path, name: str) -> list[list[Any]]:
    if not path.is_file():
        raise InboxError(f"{name}: the file does not exist. Put the edition's sheet there, or name it in the edition.")
    if path.suffix.lower() == ".xlsx":
        return _workbook(path, name)
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))
        except UnicodeDecodeError:
            continue
        except csv.Error as error:
            raise InboxError(f"{name}: not a CSV table ({error}). Save it again as CSV UTF-8.") from None
    raise InboxError(f"{name}: neither UTF-8 nor GB 18030. Save it as CSV UTF-8.")


def _workbook(path: Path, name: str) -> list[list[Any]]:
    import python_calamine

    try:
        book = python_calamine.load_workbook(path)
        return book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except python_calamine.CalamineError as error:
        raise InboxError(f"{name}: not a readable workbook ({error}). Save it again as XLSX.") from None


def _clean(cell: Any) -> str:
    """A cell as text: whole numbers without .0, days as ISO, full-width signs as plain ones, one line."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = cell.isoformat()[:10] if hasattr(cell, "isoformat") else str(cell)
    return " ".join(text.split())


def _is_empty(rows: Sequence[Sequence[str]], column: int) -> bool:
    return not any(row[column] for row in rows if column < len(row))


def _column(grid: _Grid, place: int) -> Column:
    said = {head: grid.cell(row, place) for head, row in grid.heads.items()}
    for head in ("code", "source"):
        if not said[head]:
            raise grid.refuse(grid.heads[head], place, f"the column's {head} is empty", f"Write its {head} there.")
    if said["nature"] not in NATURES:
        problem = f"`nature` must be one of {', '.join(NATURES)}, found {said['nature']!r}"
        raise grid.refuse(grid.heads["nature"], place, problem, "Correct it.")
    said.setdefault("source_en", "")
    said["source_en"] = said["source_en"] or said["source"]
    return Column(**{**said, "date": _day(grid, place, said["date"])})  # type: ignore[arg-type]


def _day(grid: _Grid, place: int, text: str) -> date:
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        problem = f"`date` is no day, found {text!r}"
        raise grid.refuse(grid.heads["date"], place, problem, "Write it like 2025-12-10.") from None


def _check_codes(grid: _Grid, columns: Mapping[int, Column], codes: Collection[str]) -> None:
    seen: list[str] = []
    for place, column in columns.items():
        if column.code not in codes:
            remedy = f"Write one of: {', '.join(codes)}."
            raise grid.refuse(grid.heads["code"], place, f"the method has no indicator {column.code!r}", remedy)
        if column.code in seen:
            problem = f"the indicator {column.code!r} stands twice"
            raise grid.refuse(grid.heads["code"], place, problem, "Remove one column.")
        seen.append(column.code)
    lacking = [code for code in codes if code not in seen]
    if lacking:
        raise InboxError(
            f"{grid.name}: no column for {', '.join(lacking)}. Add a column with this code in its row `code`; leave "
            "its cells empty where figures are not known."
        )


def _cities(grid: _Grid, cities: Collection[str]) -> list[str]:
    """The city of each row below the heads, "" for an empty row."""
    ids: list[str] = []
    for row in range(grid.cities, len(grid.rows)):
        city = grid.cell(row, 0)
        if not city and not any(grid.rows[row]):
            ids.append("")
            continue
        if city not in cities:
            remedy = "Write the six-digit code of cities.csv, or remove the row."
            raise grid.refuse(row, 0, f"{city!r} is no city of the edition's panel", remedy)
        if city in ids:
            raise grid.refuse(row, 0, f"city {city} stands a second time", "Remove one of its rows.")
        ids.append(city)
    lacking = [city for city in cities if city not in ids]
    if lacking:
        raise InboxError(f"{grid.name}: no row for city {', '.join(lacking[:5])} of the edition's panel. Add the row.")
    return ids


def _figures(grid: _Grid, ids: Sequence[str], columns: Mapping[int, Column]) -> pd.DataFrame:
    import pandas as pd

    found = {
        city: [_number(grid, row, place) for place in columns]
        for row, city in enumerate(ids, start=grid.cities)
        if city
    }
    names = [column.code for column in columns.values()]
    return pd.DataFrame.from_dict(found, orient="index", columns=names).sort_index()


def _number(grid: _Grid, row: int, column: int) -> float:
    """A figure; NaN for an empty cell."""
    text = unicodedata.normalize("NFKC", grid.cell(row, column)).replace(",", "").replace(" ", "")
    if not text:
        return float("nan")
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 <= value < float("inf"):
        problem = f"{grid.cell(row, column)!r} is not a number of at least 0"
        raise grid.refuse(row, column, problem, "Write the number alone, or leave the cell empty if it is not known.")
    return value
