"""The data files: one CSV per table, UTF-8 with BOM, as any spreadsheet program opens it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cityreach.publish.tables import Columns, DataTable
from cityreach.tracing.cells import FORMULA_STARTS

STATUS_COLUMN = "data_status"


def write_all(folder: Path, tables: Mapping[str, DataTable], *, simulated: bool) -> list[Path]:
    """Write data/<key>.csv for each table; in a simulated report every row says so in its last column."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for key, table in tables.items():
        status = {STATUS_COLUMN: ["simulated"] * table.rows} if simulated else {}
        path = folder / f"{key}.csv"
        path.write_bytes(to_csv(table.columns | status))
        written.append(path)
    return written


def to_csv(columns: Columns) -> bytes:
    """A table's columns under a header; null is empty, floats round-trip, days are ISO dates, lines end in LF."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([neutral(name) for name in columns])
    writer.writerows(zip(*([_cell(value) for value in values] for values in columns.values()), strict=True))
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8", "replace")


def neutral(text: str) -> str:
    """A text that no spreadsheet program takes for a formula: an apostrophe goes in front of a dangerous start."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if hasattr(value, "isoformat"):
        return _moment(value)
    return neutral(str(value)).replace("\r\n", "\n").replace("\r", "\n")


def _moment(value: Any) -> str:
    """A day as 2025-03-01, an instant with its time and zone."""
    text = str(value.isoformat())
    return text.removesuffix("T00:00:00")
